package policytest

import (
	"context"
	"fmt"
	"testing"

	"waymark"
)

// A failure is a source in which some calls are recorded as failed: without text, at their cost, and with
// a response all the same. What such a call is worth is a matter of grading and of no policy.
type failure struct {
	src waymark.Source
	at  func(waymark.Request) bool
}

func (f failure) Respond(ctx context.Context, r waymark.Request) (waymark.Response, error) {
	out, err := f.src.Respond(ctx, r)
	if err == nil && f.at(r) {
		out.Output, out.HasOutput, out.Err = "", false, "overloaded"
	}
	return out, err
}

// failing holds the law of Sweeper where calls are recorded as failed: every call of the profile in turn, every
// model in turn, all calls, and all but one. The curve is drawn of the profile, and the row of Route.
func failing(t *testing.T, p waymark.Sweeper, src waymark.Source, q waymark.Query, qs *waymark.Queries) {
	t.Helper()
	trial := waymark.NewTrial(q, qs.Repeat, qs.Seed, src)
	prof, err := p.Profile(t.Context(), trial)
	if err != nil {
		return // the laws of what fails by itself are those of segments
	}
	asked := map[waymark.Key]waymark.Request{}
	for _, s := range prof {
		for _, r := range requests(trial, s) {
			asked[r.Key()] = r
		}
	}
	flawed(t, p, failure{src, func(waymark.Request) bool { return true }}, q, qs, "every call fails")
	for key, one := range asked {
		of := func(r waymark.Request) bool { return r.Key() == key }
		flawed(t, p, failure{src, of}, q, qs, fmt.Sprintf("%s fails (%s, sample %d)", one.Model, one.Purpose, one.Sample))
		flawed(t, p, failure{src, func(r waymark.Request) bool { return !of(r) }}, q, qs, fmt.Sprintf("all fail but %s (%s, sample %d)", one.Model, one.Purpose, one.Sample))
		flawed(t, p, failure{src, func(r waymark.Request) bool { return r.Model == one.Model }}, q, qs, fmt.Sprintf("all of %s fail", one.Model))
	}
}

// flawed compares Route with the profile at and around every breakpoint. A profile that fails says nothing.
func flawed(t *testing.T, p waymark.Sweeper, src waymark.Source, q waymark.Query, qs *waymark.Queries, how string) {
	t.Helper()
	trial := waymark.NewTrial(q, qs.Repeat, qs.Seed, src)
	prof, err := p.Profile(t.Context(), trial)
	if err != nil {
		return
	}
	var from []float64
	for _, s := range prof {
		from = append(from, s.From)
	}
	for _, x := range probes(from, p.Knob()) {
		k := 0
		for k+1 < len(prof) && prof[k+1].From <= x {
			k++
		}
		tr := waymark.Attempt(t.Context(), p.At(x), waymark.NewTrial(q, qs.Repeat, qs.Seed, src))
		agree(t, fmt.Sprintf("query %s at %g, where %s", q.ID, x, how), tr, trial, prof[k])
	}
}
