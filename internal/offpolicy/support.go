package offpolicy

import "math"

// byChance is the probability below which "the log never took it there" is taken to be
// no accident, over all actions and strata together.
const byChance = 0.001

// A Support says of each action where the log may have taken it. Where it cannot
// have, nothing is known of what would have come of it.
type Support struct {
	log *Log
	// gone[a][k]: of action a the log shows nothing in stratum k, on tasks whose
	// probabilities were not recorded.
	gone  [][]bool
	Taken []int     // tasks on which each action was taken
	Least []float64 // smallest probability with which each action was taken; NaN where never
}

// Support finds where each action has support. Recorded probabilities decide; a
// probability of 1 says that all others are 0. Where only the probability of the action
// taken is recorded, support is estimated from where each action was taken: an action
// that was never taken has none, and none in a stratum of n such tasks in which it was
// not taken either, if with the smallest probability p with which it was taken
// elsewhere that would be a rare accident: (1-p)^n < 0.001 over the number of actions and
// strata.
func (l *Log) Support() *Support {
	s := &Support{log: l, Taken: make([]int, l.Actions), Least: make([]float64, l.Actions)}
	for a := range s.Least {
		s.Least[a] = math.NaN()
	}
	for i, a := range l.Action {
		s.Taken[a]++
		if !(l.Propensity[i] >= s.Least[a]) {
			s.Least[a] = l.Propensity[i]
		}
	}
	strata := l.strata()
	open := make([]float64, strata) // tasks on which nothing was certain
	seen := make([][]bool, l.Actions)
	for a := range seen {
		seen[a] = make([]bool, strata)
	}
	for i, a := range l.Action {
		if l.Propensity[i] < 1 {
			open[l.Strata[i]]++
		}
		seen[a][l.Strata[i]] = true
	}
	rare := math.Log(byChance / float64(l.Actions*strata))
	for a := range l.Actions {
		gone := make([]bool, strata)
		for k := range gone {
			gone[k] = s.Taken[a] == 0 || !seen[a][k] && open[k]*math.Log1p(-s.Least[a]) < rare
		}
		s.gone = append(s.gone, gone)
	}
	return s
}

// Has reports whether an action has support on a task, and whether that is known
// from recorded probabilities rather than estimated.
func (s *Support) Has(a, i int) (ok, exact bool) {
	p := s.log.known(a, i)
	if math.IsNaN(p) {
		return !s.gone[a][s.log.Strata[i]], false
	}
	return p > 0, true
}
