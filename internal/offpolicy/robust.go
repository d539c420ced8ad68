package offpolicy

import "math"

// Table is what the log says of every action on every task: the doubly robust
// pseudo-outcome, by action,
//
//	φ[a][i] = q(k,a) + 1{a = A}·s/p·(Y − q(k,a))
//
// with A the action taken on task i of stratum k, p its propensity, Y what came of it,
// s as Outcome has it and q the cross-fitted model. The mean of φ[π(i)][i] over tasks
// is the doubly robust estimate of the mean outcome of a policy π (Robins, Rotnitzky
// and Zhao 1994; Dudík, Langford and Li 2011): the propensities being known, it is
// unbiased whatever the model, and a task's φ minus the mean is its influence. It is
// linear in π, so that differences of policies, curves over a knob and means over
// slices are means of φ too. φ is NaN where the action has no support.
func (o *Outcome) Table() [][]float64 {
	l := o.log
	out := make([][]float64, l.Actions)
	for a := range out {
		out[a] = make([]float64, l.Len())
		for i := range out[a] {
			out[a][i] = o.Cell(a, i)
		}
	}
	return out
}

// Cell is the pseudo-outcome of one action on one task.
func (o *Outcome) Cell(a, i int) float64 {
	if ok, _ := o.support.Has(a, i); !ok {
		return math.NaN()
	}
	if int(o.log.Action[i]) != a {
		return o.model.at(a, i)
	}
	return o.corrected(a, i, o.log.inverse(i)*o.s(i))
}

// Robust is the contribution of tasks to the doubly robust estimate of a policy's mean
// outcome: NaN where it makes no decision, or takes an action without support.
func (o *Outcome) Robust(p Policy) Contribution {
	n := o.log.Len()
	c := Contribution{make([]float64, n), o.log.weights(p), false}
	for i := range n {
		c.Factor[i] *= o.s(i)
		if !p.decides(i) {
			c.Value[i], c.Factor[i] = math.NaN(), 0
			continue
		}
		if len(p.Chosen) == 1 {
			c.Value[i] = o.Cell(int(p.Chosen[0][i]), i)
			continue
		}
		for _, chosen := range p.Chosen {
			c.Value[i] += o.Cell(int(chosen[i]), i) / float64(len(p.Chosen))
		}
	}
	return c
}

// Logged is the contribution of tasks to the mean of the logging policy itself: what was
// observed, and a prediction corrected by s where outcomes are missing. It needs no weights.
func (o *Outcome) Logged() Contribution {
	n := o.log.Len()
	c := Contribution{make([]float64, n), make([]float64, n), false}
	for i, a := range o.log.Action {
		c.Factor[i] = o.s(i)
		c.Value[i] = o.corrected(int(a), i, c.Factor[i])
	}
	return c
}

// corrected is the prediction of the action taken, corrected by a multiple of what it
// missed; exactly what was observed where that multiple is 1.
func (o *Outcome) corrected(a, i int, by float64) float64 {
	switch by {
	case 0:
		return o.model.at(a, i)
	case 1:
		return o.value(i)
	}
	return o.model.at(a, i) + by*o.residual(i)
}
