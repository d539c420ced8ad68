package offpolicy

import "math"

// An Outcome is a number that came of the action taken on each task, such as quality
// or cost, with its cross-fitted model.
//
// An outcome may not have been observed: a call that failed has no quality. Those
// that were stand in for it, by the share of outcomes of the same action and stratum that
// were observed, which is modelled and cross-fitted as the outcome is:
//
//	s = 1 / r(k,a) where the outcome was observed, 0 where it was not
//
// so that an action's failures count as its other answers do. Where everything was
// observed, s is 1.
type Outcome struct {
	log     *Log
	support *Support
	values  []float64 // NaN where not observed
	scale   []float64 // s; nil where it is 1 everywhere
	model   *model    // of the outcome
	spread  *model    // of the square of what the model of the outcome misses
}

// Outcome takes the outcomes of the actions taken, NaN where one was not observed.
func (l *Log) Outcome(values []float64, s *Support) *Outcome {
	o := &Outcome{log: l, support: s, values: values, model: l.fit(values)}
	squares, seen, missing := make([]float64, len(values)), make([]float64, len(values)), false
	for i, v := range values {
		squares[i] = math.NaN()
		if math.IsNaN(v) {
			missing = true
			continue
		}
		seen[i] = 1
		squares[i] = o.residual(i) * o.residual(i)
	}
	o.spread = l.fit(squares)
	if missing {
		o.scale = l.inverseRates(seen)
	}
	return o
}

// inverseRates are s where 1 says that an outcome was observed.
func (l *Log) inverseRates(seen []float64) []float64 {
	rate, out := l.fit(seen), make([]float64, len(seen))
	for i, a := range l.Action {
		if r := rate.at(int(a), i); seen[i] == 1 && r > 0 {
			out[i] = 1 / r
		}
	}
	return out
}

// s is the factor of an observed outcome, 0 where it was not observed.
func (o *Outcome) s(i int) float64 {
	if o.scale == nil {
		return 1
	}
	return o.scale[i]
}

// value is the observed outcome; 0 where there is none, which s multiplies by 0.
func (o *Outcome) value(i int) float64 {
	if math.IsNaN(o.values[i]) {
		return 0
	}
	return o.values[i]
}

// Observed is how many outcomes there are.
func (o *Outcome) Observed() (n int) {
	for _, v := range o.values {
		if !math.IsNaN(v) {
			n++
		}
	}
	return n
}
