// Package policytest is the contract of a policy as an executable suite. Every
// policy's tests run it.
package policytest

import (
	"context"
	"math"
	"slices"
	"sync"
	"testing"

	"waymark"
)

// Run checks that p keeps the laws of a policy on the queries qs, of which there
// should be some that decide differently. For a one-shot policy: Route agrees
// with Select, decisions do not depend on company, order or concurrency, and
// indices are in range. For a sweeper: every x decides as the step that
// contains it, and the ends of the knob are the models that it declares. For a policy of
// several bars: at all bars it stops at the rung that they say.
func Run(t *testing.T, p waymark.Policy, qs *waymark.Queries) {
	t.Helper()
	RunOn(t, p, qs, Echo{})
}

// RunOn is Run with a source of one's own for the calls of a policy that decides by answers.
func RunOn(t *testing.T, p waymark.Policy, qs *waymark.Queries, src waymark.Source) {
	t.Helper()
	switch p := p.(type) {
	case waymark.OneShot:
		selector(t, p.Selector, qs)
		route(t, p, p.Selector, qs)
	case waymark.OneShotSweep:
		selector(t, p.StepSelector, qs)
		route(t, p, p.StepSelector, qs)
		sweeper(t, p, qs)
	case waymark.OneShotCuts:
		selector(t, p.CutSelector, qs)
		route(t, p, p.CutSelector, qs)
		cuts(t, p, qs)
	case waymark.Sweeper:
		repeatable(t, p, qs, src)
		profiles(t, p, qs, src)
		for i := range qs.Len() {
			failing(t, p, src, qs.Query(i), qs)
		}
	case waymark.Staged:
		repeatable(t, p, qs, src)
		stages(t, p, qs, src)
		stages(t, p, qs, failure{src, func(r waymark.Request) bool { return r.Model == p.Stages()[len(p.Stages())-1] }})
	default:
		repeatable(t, p, qs, src)
	}
}

// Echo answers every call with the name of the model that was asked, for $1.
type Echo struct{}

// Respond gives the model's name.
func (Echo) Respond(_ context.Context, r waymark.Request) (waymark.Response, error) {
	return waymark.Response{Output: string(r.Model), HasOutput: true, Cost: waymark.Paid(waymark.Dollar), Latency: 1}, nil
}

func pick(t *testing.T, s waymark.Selector, qs *waymark.Queries) []waymark.Pick {
	t.Helper()
	picks := make([]waymark.Pick, qs.Len())
	if err := s.Select(t.Context(), qs, picks); err != nil {
		t.Fatalf("Select: %v", err)
	}
	return picks
}

func same(a, b waymark.Pick) bool {
	bothNaN := math.IsNaN(a.Signal) && math.IsNaN(b.Signal)
	return a.Arm == b.Arm && a.Reason == b.Reason && (a.Signal == b.Signal || bothNaN)
}

func selector(t *testing.T, s waymark.Selector, qs *waymark.Queries) {
	t.Helper()
	all := pick(t, s, qs)
	for i, p := range all {
		if p.Arm != waymark.NoArm && (p.Arm < 0 || int(p.Arm) >= len(s.Arms())) {
			t.Errorf("query %s: arm %d of %d", qs.IDs[i], p.Arm, len(s.Arms()))
		}
		if p.Reason < 0 || int(p.Reason) >= len(s.Reasons()) {
			t.Errorf("query %s: reason %d of %d", qs.IDs[i], p.Reason, len(s.Reasons()))
		}
	}
	if distinct := slices.Compact(slices.Sorted(slices.Values(s.Arms()))); len(distinct) != len(s.Arms()) {
		t.Errorf("arms name a model twice: %v", s.Arms())
	}
	var wg sync.WaitGroup
	for lo := range qs.Len() { // each alone, all at once
		wg.Go(func() {
			one := make([]waymark.Pick, 1)
			if err := s.Select(context.Background(), qs.Slice(lo, lo+1), one); err != nil {
				t.Errorf("Select alone: %v", err)
			} else if !same(one[0], all[lo]) {
				t.Errorf("query %s: alone %+v, in company %+v", qs.IDs[lo], one[0], all[lo])
			}
		})
	}
	wg.Wait()
}

func route(t *testing.T, p waymark.Policy, s waymark.Selector, qs *waymark.Queries) {
	t.Helper()
	for i, want := range pick(t, s, qs) {
		tr := waymark.Attempt(t.Context(), p, waymark.NewTrial(qs.Query(i), qs.Repeat, qs.Seed, Echo{}))
		if want.Arm == waymark.NoArm {
			if tr.Err == nil {
				t.Errorf("query %s: Select fails and Route does not", qs.IDs[i])
			}
			continue
		}
		if tr.Err != nil {
			t.Errorf("query %s: Route: %v", qs.IDs[i], tr.Err)
			continue
		}
		if got := tr.Calls[tr.Decision.Answer].Model; got != s.Arms()[want.Arm] {
			t.Errorf("query %s: Route asks %s, Select picks %s", qs.IDs[i], got, s.Arms()[want.Arm])
		}
		if tr.Decision.Reason == "" {
			t.Errorf("query %s: a decision without a reason", qs.IDs[i])
		}
	}
}

// sweeper holds the law of StepSelector at, between, just below and beyond every
// breakpoint.
func sweeper(t *testing.T, p waymark.OneShotSweep, qs *waymark.Queries) {
	t.Helper()
	steps, err := p.Steps(t.Context(), qs)
	if err != nil {
		t.Fatalf("Steps: %v", err)
	}
	knob := p.Knob()
	for _, x := range probes(steps.From, knob) {
		picks := pick(t, p.StepSelector.At(x), qs)
		for i, got := range picks {
			if want := armAt(steps, i, x); got.Arm != want {
				t.Fatalf("query %s at %g: At picks arm %d, the step has %d", qs.IDs[i], x, got.Arm, want)
			}
		}
	}
	for i := range qs.Len() {
		if lo := steps.Start[i]; lo < steps.Start[i+1] && steps.From[lo] != knob.Lo {
			t.Errorf("query %s: the first step begins at %g, the knob at %g", qs.IDs[i], steps.From[lo], knob.Lo)
		}
		profile(t, p, qs, steps, i)
	}
	ends(t, p, qs)
}

func probes(from []float64, k waymark.Knob) []float64 {
	at := []float64{k.Lo, k.Hi}
	for _, x := range from {
		at = append(at, x, math.Nextafter(x, math.Inf(-1)), math.Nextafter(x, math.Inf(1)))
	}
	slices.Sort(at)
	for i := range len(at) - 1 {
		if mid := at[i] + (at[i+1]-at[i])/2; !math.IsNaN(mid) && !math.IsInf(mid, 0) {
			at = append(at, mid)
		}
	}
	return slices.DeleteFunc(at, func(x float64) bool { return x < k.Lo || x > k.Hi })
}

func armAt(s *waymark.Steps, i int, x float64) int32 {
	arm := int32(waymark.NoArm)
	for k := s.Start[i]; k < s.Start[i+1] && s.From[k] <= x; k++ {
		arm = s.Arm[k]
	}
	return arm
}

func profile(t *testing.T, p waymark.OneShotSweep, qs *waymark.Queries, s *waymark.Steps, i int) {
	t.Helper()
	trial := waymark.NewTrial(qs.Query(i), qs.Repeat, qs.Seed, Echo{})
	prof, err := p.Profile(t.Context(), trial)
	if s.Start[i] == s.Start[i+1] {
		if err == nil {
			t.Errorf("query %s: Steps fails and Profile does not", qs.IDs[i])
		}
		return
	}
	if err != nil || len(prof) != s.Start[i+1]-s.Start[i] {
		t.Fatalf("query %s: Profile has %d segments (%v), Steps %d", qs.IDs[i], len(prof), err, s.Start[i+1]-s.Start[i])
	}
	for _, c := range trial.Calls() {
		if c.Purpose == waymark.ForAnswer {
			t.Errorf("query %s: Profile asks %s; it is to name requests and not to make them", qs.IDs[i], c.Model)
		}
	}
	for k, seg := range prof {
		if arm := s.Arm[s.Start[i]+k]; seg.From != s.From[s.Start[i]+k] || seg.More[0].Model != p.Arms()[arm] {
			t.Errorf("query %s: segment %d is %+v, step has arm %d from %g", qs.IDs[i], k, seg, arm, s.From[s.Start[i]+k])
		}
	}
}

func ends(t *testing.T, p waymark.OneShotSweep, qs *waymark.Queries) {
	t.Helper()
	k := p.Knob()
	low, high := k.Strong, k.Weak
	if k.Rising {
		low, high = high, low
	}
	for _, end := range []struct {
		x    float64
		want waymark.ModelID
	}{{k.Lo, low}, {k.Hi, high}} {
		for i, got := range pick(t, p.StepSelector.At(end.x), qs) {
			if end.want != "" && got.Arm != waymark.NoArm && p.Arms()[got.Arm] != end.want {
				t.Errorf("query %s at %g: picks %s, the knob declares %s", qs.IDs[i], end.x, p.Arms()[got.Arm], end.want)
			}
		}
	}
}

func repeatable(t *testing.T, p waymark.Policy, qs *waymark.Queries, src waymark.Source) {
	t.Helper()
	for i := range qs.Len() {
		attempt := func() waymark.Trace {
			return waymark.Attempt(t.Context(), p, waymark.NewTrial(qs.Query(i), qs.Repeat, qs.Seed, src))
		}
		a, b := attempt(), attempt()
		if a.Decision != b.Decision || len(a.Calls) != len(b.Calls) {
			t.Errorf("query %s: the same trial twice gives %+v and %+v", qs.IDs[i], a.Decision, b.Decision)
		}
	}
}

// cuts holds the law of CutSelector: the tier of a query is the number of cuts that its
// score reaches, for cuts at, just below and just above every score.
func cuts(t *testing.T, p waymark.OneShotCuts, qs *waymark.Queries) {
	t.Helper()
	n := len(p.Tiers()) - 1
	probes := []float64{math.Inf(-1), math.Inf(1)}
	for _, got := range pick(t, p.CutSelector, qs) {
		if x := got.Signal; got.Arm != waymark.NoArm {
			probes = append(probes, x, math.Nextafter(x, math.Inf(-1)), math.Nextafter(x, math.Inf(1)))
		}
	}
	slices.Sort(probes)
	for lo := range probes {
		at := make([]float64, n)
		for k := range at {
			at[k] = probes[min(len(probes)-1, lo+k*(1+lo%3))]
		}
		for i, got := range pick(t, p.AtCuts(at), qs) {
			if got.Arm == waymark.NoArm {
				continue
			}
			reached := 0
			for reached < n && got.Signal >= at[reached] {
				reached++
			}
			if want := p.Tiers()[reached]; got.Arm != want {
				t.Fatalf("query %s of score %g at cuts %v: picks arm %d, reaches tier %d with arm %d", qs.IDs[i], got.Signal, at, got.Arm, reached, want)
			}
		}
	}
}
