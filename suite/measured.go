package suite

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"waymark/internal/claim"
	"waymark/internal/stats"
)

// measured is the left side of a claim, estimated.
type measured struct {
	estimate  Interval
	method    string  // of the comparison, where it is not the plain one
	quantile  float64 // that the interval's half width is a multiple of the standard error by
	unchanged float64 // its value where the runs that it names had not changed
	why       string  // for which it cannot be told
}

func anyStar(text string) bool { return strings.Contains(text, "*)") || strings.Contains(text, "=*") }

// leftOf is the claim's metrics without operator and bound.
func leftOf(c claim.Claim) string {
	left, _, _ := strings.Cut(c.String(), " "+c.Op+" ")
	return left
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

// leastOverlap is the share of the run's tasks that another run must have for the
// two to be paired.
const leastOverlap = 0.5

// estimate is the left side of a claim with its interval.
func (j *judge) estimate(c claim.Claim, paired bool) (measured, error) {
	if j.now.log != nil {
		return j.now.log.claimed(j.now, c)
	}
	switch c.Terms[0].Metric.Unit {
	case claim.Figure:
		return j.figure(c.Terms[0]), nil
	case claim.Count:
		return j.count(c.Terms[0])
	case claim.MS:
		return j.latency(c.Terms[0])
	}
	if !paired {
		return j.pairedMean(c)
	}
	for _, t := range c.Terms {
		if e, err := j.evidence(t); err != nil || e == j.now {
			continue
		} else if n := overlap(j.now, e); float64(n) < leastOverlap*float64(len(j.now.Tasks)) {
			return j.unpaired(c)
		} else if n < len(j.now.Tasks) || n < len(e.Tasks) {
			j.warn(fmt.Sprintf("%d of %d tasks are in %s too (of its %d): comparisons with it are made on those", n, len(j.now.Tasks), name(e), len(e.Tasks)))
		}
	}
	return j.pairedMean(c)
}

func name(e *Evidence) string { return pickText(e.Run != "", "run "+e.Run, "the baseline") }

func (j *judge) warn(text string) {
	if !slices.Contains(j.out.Warnings, text) {
		j.out.Warnings = append(j.out.Warnings, text)
	}
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
			out[i] = pick(o.Model[i] >= 0 && o.Models[o.Model[i]] == t.Arg, 1, 0)
		}
	}
	return out
}

// A part is one term on the rows of the run at hand.
type part struct {
	term   claim.Term
	e      *Evidence
	o      *Outcomes
	values []float64 // by row of the run at hand; NaN where there is none
	in     []bool    // whether a row is of the term's slice
}

func (j *judge) parts(c claim.Claim) ([]part, error) {
	var out []part
	for _, t := range c.Terms {
		e, o, _, err := j.outcomes(t)
		if err != nil {
			return nil, err
		}
		p := part{term: t, e: e, o: o, values: values(t, o)}
		if p.in, err = j.now.slice(t); err != nil {
			return nil, err
		}
		if e != j.now {
			theirs := p.values
			p.values = make([]float64, len(j.now.Tasks))
			for i, id := range j.now.Tasks {
				p.values[i] = math.NaN()
				if k := e.row(id); k >= 0 {
					p.values[i] = theirs[k]
				}
			}
		}
		out = append(out, p)
	}
	return out, nil
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
		var known []string
		for n := range e.Slices {
			known = append(known, n)
		}
		slices.Sort(known)
		return nil, &claim.Error{Column: t.Column, Msg: fmt.Sprintf("found slice %q, which this run does not keep, expected one of %v", t.Slice, known)}
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

// pairedMean estimates a claim that is one value a task: over the rows that have
// all that it needs.
func (j *judge) pairedMean(c claim.Claim) (measured, error) {
	parts, err := j.parts(c)
	if err != nil {
		return measured{}, err
	}
	rows := complete(parts, len(j.now.Tasks))
	m := measured{quantile: stats.TQuantile(j.now.Level, max(1, len(rows)-1))}
	if len(rows) == 0 {
		m.estimate = Interval(nothing("no task has all values that it needs"))
		return m, nil
	}
	m.unchanged = j.unchanged(parts, rows)
	sliced := slices.ContainsFunc(parts, func(p part) bool { return p.term.Slice != "" })
	if !sliced {
		m.estimate = j.plainMean(parts, rows)
		return m, nil
	}
	sum := make([]float64, len(rows))
	for _, p := range parts {
		v := linearised(p.values, p.in, rows, j.now.Weights)
		for k := range sum {
			sum[k] += p.term.Factor * v[k]
		}
	}
	m.estimate = Interval(stats.Linear(j.now.sample(sum, rows), j.now.Level))
	return m, nil
}

// plainMean is the estimate of a claim about all tasks.
func (j *judge) plainMean(parts []part, rows []int) Interval {
	sum := make([]float64, len(rows))
	for _, p := range parts {
		for k, i := range rows {
			sum[k] += p.term.Factor * p.values[i]
		}
	}
	quality := parts[0].term.Metric.Unit != claim.USD
	unit := func(f float64) bool { return f == 1 || f == -1 }
	switch {
	case len(parts) == 1 && unit(parts[0].term.Factor):
		if parts[0].term.Factor == 1 {
			return Interval(stats.Mean(j.now.sample(sum, rows), j.now.Level))
		}
		return mirrored(Interval(stats.Mean(j.now.sample(at(parts[0].values, rows), rows), j.now.Level)))
	case len(parts) == 2 && unit(parts[0].term.Factor) && parts[0].term.Factor == -parts[1].term.Factor:
		a, b := parts[0], parts[1]
		if a.term.Factor < 0 {
			a, b = b, a
		}
		if alike(a, b, rows) {
			return Interval{Confidence: j.now.Level, N: len(rows), Groups: len(rows), Method: "the same decisions and outcomes on every task"}
		}
		return j.now.difference(at(a.values, rows), at(b.values, rows), rows, quality)
	}
	return Interval(stats.MeanDifference(j.now.sample(sum, rows), j.now.Level))
}

// alike reports whether two policies chose the same models with the same outcomes on
// all rows: then there is no change to be uncertain about.
func alike(a, b part, rows []int) bool {
	for _, i := range rows {
		k := i
		if b.e != a.e {
			k = b.e.row(a.e.Tasks[i])
		}
		if a.values[i] != b.values[i] || modelOf(a.o, i) != modelOf(b.o, k) {
			return false
		}
	}
	return true
}

func modelOf(o *Outcomes, i int) string {
	if i < 0 || o.Model[i] < 0 {
		return ""
	}
	return o.Models[o.Model[i]]
}

func mirrored(e Interval) Interval {
	e.Value, e.Lo, e.Hi = -e.Value, -e.Hi, -e.Lo
	return e
}

// complete are the rows on which every part that is of the row's slice has a value.
func complete(parts []part, n int) (rows []int) {
	for i := range n {
		ok := true
		for _, p := range parts {
			ok = ok && (!p.in[i] || !math.IsNaN(p.values[i]))
		}
		if ok {
			rows = append(rows, i)
		}
	}
	return rows
}

// linearised is the mean of the values that are in, plus each row's influence on it.
func linearised(values []float64, in []bool, rows []int, weights []float64) []float64 {
	shares, out := make([]float64, len(rows)), make([]float64, len(rows))
	var all, some float64
	for k, i := range rows {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		all += w
		if in[i] {
			some += w
			shares[k], out[k] = 1, values[i]
		}
	}
	for k := range shares {
		shares[k] *= all / some
	}
	var w []float64
	if weights != nil {
		w = at(weights, rows)
	}
	linearise(out, shares, w)
	return out
}

// unchanged is the claim's left side where each policy of another run is as it is in
// this one: what a gate would see on a night on which nothing happened.
func (j *judge) unchanged(parts []part, rows []int) float64 {
	total := 0.0
	for _, p := range parts {
		v := p.values
		if mine := j.now.Rows[p.term.Of]; p.e != j.now && mine != nil {
			v = values(p.term, mine)
		}
		var sum, weight float64
		for _, i := range rows {
			w := 1.0
			if j.now.Weights != nil {
				w = j.now.Weights[i]
			}
			if p.in[i] && !math.IsNaN(v[i]) {
				sum += w * v[i]
				weight += w
			}
		}
		total += p.term.Factor * sum / weight
	}
	return total
}
