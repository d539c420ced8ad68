package offpolicy

import (
	"math"
	"slices"

	"waymark/internal/stats"
)

// A Contribution is what each task contributes to an estimate: its mean over tasks is
// the estimate, and a task's contribution minus that is its influence. Contributions
// may be added and subtracted: what they are of a difference is their difference.
type Contribution struct {
	Value []float64 // NaN where the task is not part of it
	// Factor is what the residual Y − q of the outcome is multiplied by in it.
	Factor []float64
	// Heavy says that some outcome counted for more than it is before the whole was scaled.
	Heavy bool
}

// Minus is the contribution to a difference, over the tasks that both are of.
func (c Contribution) Minus(d Contribution) Contribution { return c.Plus(-1, d) }

// Plus adds a multiple of another.
func (c Contribution) Plus(by float64, d Contribution) Contribution {
	out := Contribution{make([]float64, len(c.Value)), make([]float64, len(c.Value)), c.Heavy || d.weighted()}
	for i := range c.Value {
		out.Value[i] = c.Value[i] + by*d.Value[i]
		out.Factor[i] = c.Factor[i] + by*d.Factor[i]
	}
	return out
}

// Mean estimates the mean of contributions: as any mean where nothing is weighted. The variance of residuals is that which
// their own model says: the squares of the residuals of the other folds, by action and
// stratum, shrunk as the outcomes are.
func (o *Outcome) Mean(c Contribution, confidence float64) stats.Estimate {
	var p stats.Part
	if !c.weighted() {
		s := o.log.Sample(c.Value)
		if !slices.ContainsFunc(s.Values, func(v float64) bool { return v != 0 }) {
			return stats.Amount(s, confidence) // a difference of nothing, or a cost: no share
		}
		return stats.Mean(s, confidence)
	}
	for i, v := range c.Value {
		if math.IsNaN(v) {
			continue
		}
		f, variance := c.Factor[i], 0.0
		if f != 0 {
			variance = f * f * o.spread.at(int(o.log.Action[i]), i)
		}
		p.Residual = append(p.Residual, f*o.residual(i))
		p.Variance = append(p.Variance, variance)
	}
	return stats.Modelled(o.log.Sample(c.Value), p, confidence)
}

// weighted reports whether some outcome counts for more than it is.
func (c Contribution) weighted() bool {
	return c.Heavy || slices.ContainsFunc(c.Factor, func(f float64) bool { return math.Abs(f) > 1 })
}

// residual is Y − q, 0 where Y was not observed.
func (o *Outcome) residual(i int) float64 {
	if math.IsNaN(o.values[i]) {
		return 0
	}
	return o.values[i] - o.model.at(int(o.log.Action[i]), i)
}

// None reports whether no task contributes anything.
func (c Contribution) None() bool {
	for _, v := range c.Value {
		if v != 0 && !math.IsNaN(v) {
			return false
		}
	}
	return true
}
