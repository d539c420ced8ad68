package offpolicy

import "math"

const (
	// Folds is how many parts the outcome model is cross-fitted over.
	Folds = 5
	// Shrinkage is how many tasks' worth of evidence the wider mean counts for.
	Shrinkage = 10.0
)

// A model predicts the outcome of an action on a task by the mean of its stratum,
// shrunk towards the mean of the action over all strata, and that towards the mean
// over everything:
//
//	q(k,a) = (S[k,a] + λ·q(a)) / (N[k,a] + λ)
//	q(a)   = (S[a] + λ·q) / (N[a] + λ)
//	q      = S / N
//
// with S the sum of outcomes over the tasks of stratum k on which a was taken, N how
// many there are, both weighted by sampling weights of mean 1, and λ = Shrinkage.
// What is predicted for a task comes from the tasks of the other folds: folds are
// by hash of the unit's key, so that all tasks of a unit are in one (cross-fitting:
// Chernozhukov et al., "Double/debiased machine learning", 2018). Where another fold
// holds no outcome at all the prediction is 0, which makes the doubly robust
// estimate the inverse-propensity one.
type model struct {
	log *Log
	// by fold, action and stratum
	cells [Folds][][]float64
}

// fit fits the model to the outcomes that are there; NaN is none.
func (l *Log) fit(values []float64) *model {
	strata := l.strata()
	total := newSums(l.Actions, strata)
	var parts [Folds]sums
	for f := range parts {
		parts[f] = newSums(l.Actions, strata)
	}
	scale := l.meanWeight()
	for i, v := range values {
		if math.IsNaN(v) {
			continue
		}
		w := l.weight(i) / scale
		total.add(int(l.Action[i]), int(l.Strata[i]), w, v)
		parts[l.fold(i)].add(int(l.Action[i]), int(l.Strata[i]), w, v)
	}
	m := &model{log: l}
	for f := range parts {
		m.cells[f] = total.without(parts[f]).shrunk()
	}
	return m
}

// at is what the model predicts of an action on a task.
func (m *model) at(a, i int) float64 { return m.cells[m.log.fold(i)][a][m.log.Strata[i]] }

func (l *Log) meanWeight() float64 {
	if l.Weights == nil {
		return 1
	}
	sum := 0.0
	for _, w := range l.Weights {
		sum += w
	}
	if sum == 0 {
		return 1
	}
	return sum / float64(len(l.Weights))
}

// fold is the part that a task's unit belongs to: its key by the finaliser of
// SplitMix64, so that it depends on nothing but the key.
func (l *Log) fold(i int) int {
	z := l.Keys[i] + 0x6f66662d706f6c // of no meaning, but not the splits' seed
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int((z ^ z>>31) % Folds)
}

// sums are Σw·v and Σw by action and stratum.
type sums struct{ s, n [][]float64 }

func newSums(actions, strata int) sums {
	x := sums{make([][]float64, actions), make([][]float64, actions)}
	for a := range actions {
		x.s[a], x.n[a] = make([]float64, strata), make([]float64, strata)
	}
	return x
}

func (x sums) add(a, k int, w, v float64) {
	x.s[a][k] += w * v
	x.n[a][k] += w
}

func (x sums) without(y sums) sums {
	out := newSums(len(x.s), len(x.s[0]))
	for a := range x.s {
		for k := range x.s[a] {
			out.s[a][k] = x.s[a][k] - y.s[a][k]
			out.n[a][k] = math.Max(0, x.n[a][k]-y.n[a][k])
		}
	}
	return out
}

// shrunk are the predictions.
func (x sums) shrunk() [][]float64 {
	var s, n float64
	for a := range x.s {
		s, n = s+sum(x.s[a]), n+sum(x.n[a])
	}
	all := 0.0
	if n > 0 {
		all = s / n
	}
	out := make([][]float64, len(x.s))
	for a := range x.s {
		mean := (sum(x.s[a]) + Shrinkage*all) / (sum(x.n[a]) + Shrinkage)
		out[a] = make([]float64, len(x.s[a]))
		for k := range out[a] {
			out[a][k] = (x.s[a][k] + Shrinkage*mean) / (x.n[a][k] + Shrinkage)
		}
	}
	return out
}

func sum(values []float64) (total float64) {
	for _, v := range values {
		total += v
	}
	return total
}
