package suite

import (
	"fmt"
	"math"

	"waymark/internal/curve"
	"waymark/internal/stats"
)

// A Hypervolume is the share of the box between quality's lower end and its upper, and
// between no cost and that of the dearest model, that the policies and constants of a result
// dominate together. Curves have it against the same corner.
type Hypervolume struct {
	Estimate Interval `json:"estimate"`
	Dearest  string   `json:"dearest"`  // the model whose cost is the reference
	Cost     float64  `json:"cost_usd"` // of it, per task
	Quality  float64  `json:"quality"`  // the reference: the least that there is, in the dataset's units
	Of       int      `json:"of"`       // policies and constants that compete
}

// crossFitted says what the interval is of, where that differs from the value visibly.
func crossFitted(value float64, e stats.Estimate) Interval {
	if e.Withheld == "" && math.Abs(value-e.Value) > 5e-4 {
		e.Warnings = append(e.Warnings, fmt.Sprintf("the frontier is a maximum over noise: cross-fitted, the share is %.4g, which the interval is of", e.Value))
	}
	e.Value = value
	return Interval(e)
}

// dearest is the model of the greatest mean cost among those that are recorded on every
// reported task, -1 where there is none or costs are unknown.
func (f *field) dearest() int {
	best, most := -1, math.Inf(-1)
	if !f.b.costKnown {
		return best
	}
	for col := range f.table.Cost {
		if q, cost := f.table.Means(col, f.all, f.m.units.weights); !math.IsNaN(q+cost) && cost > most {
			best, most = col, cost
		}
	}
	return best
}

// dearestOn is what the dearest model costs on some rows of the matrix; nil where there is none.
func (f *field) dearestOn(rows []int) []float64 {
	col := f.dearest()
	if col < 0 {
		return nil
	}
	return f.b.constant(col, rows).cost
}

// hypervolume is that of a swept policy's curve.
func (f *field) hypervolume(c *candidate, sw *swept) Metric {
	dearest := f.dearestOn(sw.rows)
	if dearest == nil {
		return Metric{Interval: Interval(nothing("no model is recorded on every task"))}
	}
	e := crossFitted(curve.HypervolumeInterval(sw.input, sw.curve, dearest, f.m.confidence))
	if c.several() && !f.b.split {
		e.Lo, e.Hi, e.Method, e.Withheld, e.Warnings = math.NaN(), math.NaN(), "", "the places of its "+c.severalName()+" were chosen on the tasks that it is reported on", nil
	}
	return Metric{Interval: e}
}

// together is the hypervolume of all rows and constants that cover every reported task.
func (f *field) together(res *Result, cands []*candidate) {
	col := f.dearest()
	if col < 0 {
		return
	}
	var quality, cost [][]float64
	add := func(row PolicyRow, s series) {
		if row.N == len(f.all) && row.Cost.Known && row.Holes == 0 {
			quality, cost = append(quality, s.quality), append(cost, s.cost)
		}
	}
	for k := range f.table.Quality {
		for _, row := range res.Constants {
			if row.Name == f.name(k) {
				add(row, f.constant(k))
			}
		}
	}
	for _, c := range cands {
		for _, row := range res.Policies {
			if row.Name == c.entry.Name {
				add(row, c.series)
			}
		}
	}
	_, spent := f.table.Means(col, f.all, f.m.units.weights)
	s := stats.Sample{Weights: f.m.units.weights, Groups: f.m.units.groups, Keys: f.m.units.keys}
	res.Hypervolume = &Hypervolume{
		Estimate: crossFitted(curve.SetHypervolume(quality, cost, f.constant(col).cost, s, f.m.confidence)),
		Dearest:  f.name(col), Cost: spent, Quality: f.m.lo, Of: len(quality),
	}
}
