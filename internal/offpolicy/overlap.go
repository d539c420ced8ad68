package offpolicy

import (
	"math"

	"waymark/internal/stats"
)

// An Overlap tells how much of what a policy does the log shows.
type Overlap struct {
	N         int     // tasks on which the policy decides
	Supported []bool  // of each task: whether it decides, and everything that it may do has support
	Without   int     // tasks on which it decides and something has none
	Share     float64 // of N by weight: those without
	Actions   []ActionOverlap
	ESS       float64 // effective sample size of all weights
	Plain     bool    // no task counts for more or less than itself
	// MeanWeight is the mean of π(A)/p over the supported tasks, unclipped. It is 1
	// but for chance where propensities are right and the policy does not look at which
	// action the log took; T is how many standard errors it is off by.
	MeanWeight stats.Estimate
	T          float64
	Clipped    int     // weights that were clipped
	ClippedBy  float64 // what clipping takes away of the mean weight
}

// An ActionOverlap is one action of those that a policy takes.
type ActionOverlap struct {
	Action  int
	Share   float64 // of the policy's decisions, by weight
	Without float64 // of those, where it has no support
	Exact   bool    // whether support is known from recorded probabilities everywhere
	Taken   int     // tasks on which the log took the action
	Matched int     // tasks on which the log took it and the policy would too, with an observed outcome
	Least   float64 // the smallest propensity among the matched; NaN if there are none
	ESS     float64 // effective sample size of the matched
}

// Overlap tells how much of a policy the log shows of an outcome.
func (o *Outcome) Overlap(p Policy, confidence float64) *Overlap {
	out := &Overlap{Supported: make([]bool, o.log.Len())}
	at := make([]int, o.log.Actions) // of each action among those that the policy takes
	for a := range at {
		at[a] = -1
	}
	var total float64
	for i := range o.log.Len() {
		if p.decides(i) {
			out.N++
			total += o.log.weight(i)
			out.take(o, p, i, at)
		}
	}
	if total > 0 {
		out.Share /= total
	}
	for k := range out.Actions {
		if a := &out.Actions[k]; a.Share > 0 {
			a.Without /= a.Share
			a.Share /= total
		}
	}
	out.match(o, p)
	out.meanWeight(o.log, p, confidence)
	return out
}

// take enters what the policy does with one task.
func (out *Overlap) take(o *Outcome, p Policy, i int, at []int) {
	w := o.log.weight(i)
	out.Supported[i] = true
	for _, chosen := range p.Chosen {
		a := int(chosen[i])
		if at[a] < 0 {
			at[a] = len(out.Actions)
			out.Actions = append(out.Actions, ActionOverlap{Action: a, Exact: true, Taken: o.support.Taken[a], Least: math.NaN()})
		}
		one := &out.Actions[at[a]]
		one.Share += w / float64(len(p.Chosen))
		ok, exact := o.support.Has(a, i)
		one.Exact = one.Exact && exact
		if !ok {
			one.Without += w / float64(len(p.Chosen))
			out.Supported[i] = false
		}
	}
	if !out.Supported[i] {
		out.Without++
		out.Share += w
	}
}

// match counts where log and policy agree, by action and in all.
func (out *Overlap) match(o *Outcome, p Policy) {
	l := o.log
	rho := l.weights(p)
	out.Plain = true
	for i := range rho {
		rho[i] *= o.s(i)
		out.Plain = out.Plain && (!out.Supported[i] || rho[i] == 1)
	}
	for k := range out.Actions {
		one := &out.Actions[k]
		for i, r := range rho {
			if int(l.Action[i]) != one.Action || !(r > 0) {
				continue
			}
			one.Matched++
			if !(l.Propensity[i] >= one.Least) {
				one.Least = l.Propensity[i]
			}
			if l.Clip > 0 && 1/l.Propensity[i] > l.Clip {
				out.Clipped++
			}
		}
		one.ESS = l.effective(rho, func(i int) bool { return int(l.Action[i]) == one.Action })
	}
	out.ESS = l.effective(rho, func(int) bool { return true })
}

// meanWeight holds the mean weight against 1 on the supported tasks. Weights are scaled
// by the greatest, so that squares do not overflow.
func (out *Overlap) meanWeight(l *Log, p Policy, confidence float64) {
	raw := *l
	raw.Clip = 0
	rho := raw.weights(p.On(out.Supported))
	most := 0.0
	for _, r := range rho {
		if r > most { // NaN, no decision, is not
			most = r
		}
	}
	if most == 0 {
		out.MeanWeight = stats.Estimate{Lo: math.NaN(), Hi: math.NaN(), Withheld: "the log agrees nowhere"}
		return
	}
	for i := range rho {
		rho[i] /= most
	}
	e := stats.Linear(l.Sample(rho), confidence)
	se := 0.0
	if e.Withheld == "" {
		se = (e.Hi - e.Lo) / 2 / stats.TQuantile(confidence, e.Groups-1)
	}
	if d := e.Value - 1/most; math.Abs(d) > 1e-9*e.Value && e.Groups >= fewestUnits {
		out.T = d / se // infinite where all weights are equal, and not 1
	}
	e.Value, e.Lo, e.Hi = e.Value*most, e.Lo*most, e.Hi*most
	out.MeanWeight = e
	if l.Clip > 0 {
		out.ClippedBy = e.Value - l.mean(l.weights(p.On(out.Supported)))
	}
}

// fewestUnits is how many independent units an interval needs.
const fewestUnits = 6
