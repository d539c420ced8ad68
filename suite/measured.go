package suite

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"waymark/internal/yamlfile"

	"waymark/internal/claim"
	"waymark/internal/stats"
)

// measured is the left side of a claim, estimated.
type measured struct {
	estimate Interval
	method   string     // of the comparison, where it is not the plain one
	why      string     // for which nothing can be told, "" if something can
	gate     stats.Gate // nil where what the check can do is not known
	whyNot   string     // why it is not
	noNotice string     // why the smallest change that it notices is not known, where the rest is
	still    Interval   // the left side where nothing changes; its ends are its value where that is certain
	same     bool       // the very same policy on the very same responses
	fresh    bool       // alike on every task, though the responses may be others
	alone    bool       // it is about one run: its estimate says where it stands, and no other
	least    float64    // what the left side cannot be below, and above
	most     float64
	fact     bool // counted, and not estimated
	atLeast  bool // more is better
}

// A part is one term on the rows of the run at hand.
type part struct {
	term   claim.Term
	e      *Evidence
	o      *Outcomes
	values []float64 // by row of the run at hand; NaN where there is none
	still  []float64 // what they are where nothing changes: those of the run at hand; nil where not known
	in     []bool    // whether a row is of the term's slice
}

// values are a term's metric on each task of the evidence that it is about.
func values(t claim.Term, o *Outcomes) []float64 {
	switch t.Metric.Name {
	case "quality":
		return o.Quality
	case "cost":
		return o.Cost
	}
	out := make([]float64, len(o.Quality))
	limit, _ := strconv.ParseFloat(t.Arg, 64) // the parser has read it already
	for i := range out {
		switch {
		case math.IsNaN(o.Quality[i]), t.Metric.Name == "within" && math.IsNaN(o.Latency[i]):
			out[i] = math.NaN()
		case t.Metric.Name == "within":
			out[i] = pick(o.Latency[i] <= limit, 1, 0)
		default:
			out[i] = pick(modelOf(o, i) == t.Arg, 1, 0)
		}
	}
	return out
}

func modelOf(o *Outcomes, i int) string {
	if i < 0 || o.Model[i] < 0 {
		return ""
	}
	return o.Models[o.Model[i]]
}

func (j *judge) parts(c claim.Claim) ([]part, error) {
	var out []part
	for _, t := range c.Terms {
		e, o, _, err := j.outcomes(t)
		if err != nil {
			return nil, err
		}
		if err := j.knownModel(t); err != nil {
			return nil, err
		}
		p := part{term: t, e: e, o: o, values: values(t, o)}
		p.still = p.values
		if p.in, err = j.now.slice(t); err != nil {
			return nil, err
		}
		if e != j.now {
			p.values = j.now.mapped(e, p.values)
			p.still = nil
			if mine := j.now.Rows[t.Of]; mine != nil {
				p.still = values(t, mine)
			}
		}
		out = append(out, p)
	}
	return out, nil
}

// knownModel refuses a share of a model that no policy of this run could have chosen.
func (j *judge) knownModel(t claim.Term) error {
	if t.Metric.Name != "share" {
		return nil
	}
	known := map[string]bool{}
	for name, o := range j.now.Rows {
		if o.Type == "constant" {
			known[name] = true
		}
		for _, m := range o.Models {
			known[m] = true
		}
	}
	if known[t.Arg] {
		return nil
	}
	near := ""
	if n := yamlfile.Nearest(t.Arg, slices.Sorted(maps.Keys(known))); n != "" {
		near = fmt.Sprintf("; did you mean %q?", n)
	}
	return &claim.Error{Column: t.Column, Msg: fmt.Sprintf("found a share of %q, expected a model of this run%s", t.Arg, near)}
}

// mapped are values of another run on the tasks of this one, NaN where it lacks one.
func (e *Evidence) mapped(other *Evidence, theirs []float64) []float64 {
	out := make([]float64, len(e.Tasks))
	for i, k := range e.within(other) {
		out[i] = math.NaN()
		if k >= 0 {
			out[i] = theirs[k]
		}
	}
	return out
}

// slice says of each task whether it is of a term's slice.
func (e *Evidence) slice(t claim.Term) ([]bool, error) {
	in := make([]bool, len(e.Tasks))
	if t.Slice == "" {
		for i := range in {
			in[i] = true
		}
		return in, nil
	}
	of, ok := e.Slices[t.Slice]
	if !ok {
		return nil, e.noSlice(t)
	}
	some := false
	for i, v := range of {
		in[i] = v == t.Value
		some = some || in[i]
	}
	if !some {
		return nil, &claim.Error{Column: t.Column, Msg: fmt.Sprintf("found %s=%s, of which there is no task", t.Slice, t.Value)}
	}
	return in, nil
}

func (e *Evidence) noSlice(t claim.Term) error {
	var known []string
	for n := range e.Slices {
		known = append(known, n)
	}
	slices.Sort(known)
	return &claim.Error{Column: t.Column, Msg: fmt.Sprintf("found slice %q, which %s does not keep, expected one of %v; results.db keeps categories only: check without --run", t.Slice, runName(e), known)}
}

// opened is a claim for each value of the slice that it leaves open with a star, of
// which there must be some: a check that nobody makes is no check.
func (e *Evidence) opened(c claim.Claim) ([]claim.Claim, error) {
	var open *claim.Term
	for i, t := range c.Terms {
		if t.Value != "*" {
			continue
		}
		if open != nil && open.Slice != t.Slice {
			return nil, &claim.Error{Column: t.Column, Msg: fmt.Sprintf("found %s=* beside %s=*, expected one slice left open", t.Slice, open.Slice)}
		}
		open = &c.Terms[i]
	}
	if open == nil {
		return []claim.Claim{c}, nil
	}
	if len(e.Slices[open.Slice]) == 0 {
		return nil, e.noSlice(*open)
	}
	out := opened(c, func(name string) []string { return e.Slices[name] })
	for i := range out {
		out[i].Text = out[i].String()
	}
	return out, nil
}

// opened is a claim for each value of the slice that it leaves open with a star.
func opened(c claim.Claim, values func(slice string) []string) []claim.Claim {
	name := ""
	for _, t := range c.Terms {
		if t.Value == "*" {
			name = t.Slice
		}
	}
	if name == "" {
		return []claim.Claim{c}
	}
	known := slices.Clone(values(name))
	slices.Sort(known)
	var out []claim.Claim
	for _, v := range slices.Compact(known) {
		one := c
		one.Terms = slices.Clone(c.Terms)
		for k := range one.Terms {
			if one.Terms[k].Slice == name && one.Terms[k].Value == "*" {
				one.Terms[k].Value = v
			}
		}
		out = append(out, one)
	}
	return out
}

// complete are the rows on which every part that is of the row's slice has a value.
func complete(parts []part, n int) (rows []int) {
	for i := range n {
		ok, some := true, false
		for _, p := range parts {
			ok = ok && (!p.in[i] || !math.IsNaN(p.values[i]))
			some = some || p.in[i]
		}
		if ok && some {
			rows = append(rows, i)
		}
	}
	return rows
}
