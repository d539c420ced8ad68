package offpolicy

import "math"

// weights are ρ = π(A)/p of a policy on each task, clipped as the log says: NaN where
// the policy makes no decision.
func (l *Log) weights(p Policy) []float64 {
	out := make([]float64, l.Len())
	for i, a := range l.Action {
		if !p.decides(i) {
			out[i] = math.NaN()
			continue
		}
		if share := p.share(a, i); share > 0 {
			out[i] = share * l.inverse(i)
		}
	}
	return out
}

// InversePropensity are the contributions of tasks to the estimate of Horvitz and
// Thompson (1952): the mean over all tasks of ρ·s·Y. It is unbiased, knows nothing of
// the actions that were not taken, and is not kept within the range of Y.
func (o *Outcome) InversePropensity(p Policy) []float64 {
	out := o.log.weights(p)
	for i := range out {
		out[i] *= o.s(i) * o.value(i)
	}
	return out
}

// SelfNormalised are the contributions of tasks to the estimate of Hájek (1971), also
// Swaminathan and Joachims (2015): Σ ρ·s·Y / Σ ρ·s. It is a ratio, so that they are its
// linearisation, V + ρ·s·(Y − V)/mean(ρ·s); their mean is V. They are NaN where no
// task has a weight.
func (o *Outcome) SelfNormalised(p Policy) []float64 {
	rho := o.log.weights(p)
	top := make([]float64, len(rho))
	for i := range rho {
		rho[i] *= o.s(i)
		top[i] = rho[i] * o.value(i)
	}
	mean := o.log.mean(rho)
	v := o.log.mean(top) / mean
	for i := range rho {
		rho[i] = v + (top[i]-rho[i]*v)/mean
	}
	return rho
}

// Naive is the mean of what was logged where the policy agrees with the log, which
// is wrong wherever the logging policy chose by what the task is like. It is here to be
// held against the others.
func (o *Outcome) Naive(p Policy) []float64 {
	out := make([]float64, o.log.Len())
	for i, a := range o.log.Action {
		out[i] = math.NaN()
		if p.decides(i) && p.share(a, i) > 0 {
			out[i] = o.values[i]
		}
	}
	return out
}

// effective is the effective sample size of weights on some tasks, by units:
//
//	(Σ_g W_g)² / Σ_g W_g²   with W_g = Σ w·ρ over the tasks of unit g
//
// (Kish 1965). It is 0 where there is no weight.
func (l *Log) effective(rho []float64, in func(i int) bool) float64 {
	units := make([]float64, l.units())
	for i, r := range rho {
		if r > 0 && in(i) {
			units[l.unit(i)] += l.weight(i) * r
		}
	}
	most := 0.0
	for _, w := range units {
		most = math.Max(most, w)
	}
	if most == 0 {
		return 0
	}
	var sum, squares float64
	for _, w := range units {
		sum += w / most
		squares += w / most * (w / most)
	}
	return sum * sum / squares
}
