package offpolicy

import (
	"errors"
	"math"

	"waymark/internal/stats"
)

// A Log is what a logging policy did: on each task one of several actions, drawn
// with a known probability that depends on the task alone.
type Log struct {
	Actions    int       // how many there are
	Action     []int32   // taken on each task
	Propensity []float64 // its probability there, in (0,1]
	// All is the probability of each action on each task, by action; NaN where it was
	// not recorded. It is nil where only those of the actions taken are.
	All    [][]float64
	Strata []int32 // dense: what the outcome model tells tasks apart by, such as a category
	// Clip is the most that 1/propensity may be; 0 clips nothing. Clipping trades variance
	// for a bias towards the outcome model.
	Clip float64

	Weights []float64 // sampling weights; nil where all are 1
	Groups  []int32   // dense index of each task's unit; nil where every task is its own
	Keys    []uint64  // a stable key of each task's unit
}

// Len is the number of tasks.
func (l *Log) Len() int { return len(l.Action) }

// Check reports a log that is none.
func (l *Log) Check() error {
	n := l.Len()
	if n == 0 {
		return errors.New("there are no tasks")
	}
	if len(l.Propensity) != n || len(l.Strata) != n || len(l.Keys) != n || l.All != nil && len(l.All) != l.Actions {
		return errors.New("columns of the log differ in length")
	}
	for i, a := range l.Action {
		if a < 0 || int(a) >= l.Actions {
			return errors.New("an action is not one of those that there are")
		}
		if p := l.Propensity[i]; !(p > 0 && p <= 1) {
			return errors.New("a propensity is not above 0 and at most 1")
		}
	}
	return nil
}

// weight is a task's sampling weight.
func (l *Log) weight(i int) float64 {
	if l.Weights == nil {
		return 1
	}
	return l.Weights[i]
}

// greatest is the most that a weight may be, so that sums of weights stay finite. A
// task with such a weight is all that there is to an estimate, which is then refused.
const greatest = 1e290

// strata is how many there are.
func (l *Log) strata() int {
	n := 0
	for _, k := range l.Strata {
		n = max(n, int(k)+1)
	}
	return n
}

// unit is the position of a task's independent unit, of units in all.
func (l *Log) unit(i int) int {
	if l.Groups == nil {
		return i
	}
	return int(l.Groups[i])
}

func (l *Log) units() int {
	if l.Groups == nil {
		return l.Len()
	}
	n := 0
	for _, g := range l.Groups {
		n = max(n, int(g)+1)
	}
	return n
}

// inverse is 1/propensity of the action taken, clipped.
func (l *Log) inverse(i int) float64 {
	x := math.Min(1/l.Propensity[i], greatest)
	if l.Clip > 0 {
		return math.Min(x, l.Clip)
	}
	return x
}

// known is the recorded probability of an action on a task, NaN where there is none.
// Where the action taken was certain, that of every other one is 0.
func (l *Log) known(a, i int) float64 {
	switch {
	case int(l.Action[i]) == a:
		return l.Propensity[i]
	case l.Propensity[i] == 1:
		return 0
	case l.All != nil:
		return l.All[a][i]
	}
	return math.NaN()
}

// Sample is numbers of tasks, one each, with the log's weights and units; tasks of
// which there is none (NaN) are left out.
func (l *Log) Sample(values []float64) stats.Sample {
	var s stats.Sample
	for i, v := range values {
		if math.IsNaN(v) {
			continue
		}
		s.Values, s.Keys = append(s.Values, v), append(s.Keys, l.Keys[i])
		if l.Weights != nil {
			s.Weights = append(s.Weights, l.Weights[i])
		}
		if l.Groups != nil {
			s.Groups = append(s.Groups, l.Groups[i])
		}
	}
	return s
}

// mean is the weighted mean of the numbers that there are.
func (l *Log) mean(values []float64) float64 {
	var sum, total float64
	for i, v := range values {
		if !math.IsNaN(v) {
			sum += l.weight(i) * v
			total += l.weight(i)
		}
	}
	return sum / total
}
