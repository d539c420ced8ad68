package suite

import (
	"fmt"
	"math"

	"waymark/internal/stats"
)

// still fills in the left side where nothing changes: where each policy of another run is as it
// is in this one. For a difference to the same policy that is 0, and certain; for
// A − c·B it is (1 − c)·A, which is estimated. Of a claim about this run alone it is
// what was found.
func (j *judge) still(m *measured, s span, parts []part, rows []int) {
	if m.alone {
		m.still = m.estimate
		return
	}
	for _, p := range parts {
		if p.still == nil {
			m.still, m.whyNot = Interval(nothing("")), fmt.Sprintf("%s is not in this run, so that what no change would be is not known", p.term.Of)
			return
		}
	}
	if !oneSlice(parts) {
		m.still = Interval(stats.Linear(j.now.sample(linearSum(parts, rows, j.now.Weights, unmovedOf), rows), j.now.Level))
	} else {
		e := stats.MeanDifference(j.now.sample(s.sum(parts, rows, unmovedOf), rows), j.now.Level)
		m.still, _ = scaled(e, nil, s.offset(parts), s.width)
	}
	certain(&m.still)
}

// certain gives a value without spread its own as ends.
func certain(e *Interval) {
	if math.IsNaN(e.Lo) && !math.IsNaN(e.Value) {
		e.Lo, e.Hi = e.Value, e.Value
	}
}

// slicedMean is the estimate of a claim whose terms are about different tasks.
func (j *judge) slicedMean(m *measured, parts []part, rows []int) {
	e, g := stats.GatedLinear(j.now.sample(linearSum(parts, rows, j.now.Weights, observedOf), rows), j.now.Level)
	m.estimate, m.gate = Interval(e), g
}

// linearSum is the sum of the terms' means, plus each row's influence on it.
func linearSum(parts []part, rows []int, weights []float64, of func(part) []float64) []float64 {
	sum := make([]float64, len(rows))
	for _, p := range parts {
		v := linearised(of(p), p.in, rows, weights)
		for k := range sum {
			sum[k] += p.term.Factor * v[k]
		}
	}
	return sum
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
