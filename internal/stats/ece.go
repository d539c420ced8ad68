package stats

import "math"

// eceFolds is how many folds the direction of a bin's gap is learnt over.
const eceFolds = 5

// ECE estimates the expected calibration error over bins (Naeini, Cooper and
// Hauskrecht 2015): the distance between what scores claim and what comes,
//
//	ECE = Σ_b |m_b|,  m_b = Σ_{i in b} w_i (p_i − y_i) / Σ_i w_i.
//
// The value is that, and biased upwards: |m_b| is positive by noise alone. So noise,
// which is returned beside it, is what a perfectly calibrated score would show on
// these tasks: √(2/π)·Σ_b SE(m_b), over units. The interval takes each
// end from the estimate that errs to its side. Its upper end is the value plus t·SE
// with the signs of the m_b as observed, which is too high if anything. Its lower end takes the sign of
// each bin from four folds of units and measures on the fifth: Σ s_b·m_b is at most ECE whatever the
// signs. It is not below 0. The truth that it is of is that at the bins as they were cut.
func (b Binned) ECE(confidence float64) (e Estimate, noise float64) {
	n := len(b.s.Score)
	joint, err := NewJoint(b.gaps(), b.s.sample(nil))
	if err != nil {
		return withheld(n, 0, confidence, math.NaN(), err.Error()), math.NaN()
	}
	value := 0.0
	for _, m := range joint.Means {
		value += math.Abs(m)
	}
	upper := Linear(b.s.sample(b.signed(func(bin, _ int) float64 { return joint.Means[bin] })), confidence)
	lower := Linear(b.s.sample(b.signed(b.learnt())), confidence)
	if upper.Withheld != "" || lower.Withheld != "" {
		return withheld(n, joint.Units, confidence, value, upper.Withheld), math.NaN()
	}
	return Estimate{
		Value: value, Lo: math.Max(0, lower.Value-learntWidening*(lower.Value-lower.Lo)), Hi: math.Min(1, upper.Hi),
		Confidence: confidence, N: n, Groups: joint.Units, Method: "cross-fitted below, plug-in above",
	}, expectedNoise(joint)
}

// learntWidening is by how much the lower side is widened for signs that are learnt of
// gaps that are none: folds that learn from each other vary together. See docs/coverage.md.
const learntWidening = 1.4

// gap is how much the score of a task claims beyond what came.
func (b Binned) gap(i int) float64 { return b.s.Score[i] - float64(oneIf(b.s.Event[i])) }

// gaps are the gaps of each bin's tasks, 0 elsewhere.
func (b Binned) gaps() [][]float64 {
	out := make([][]float64, b.bins)
	for k := range out {
		out[k] = make([]float64, len(b.of))
	}
	for i, k := range b.of {
		out[k][i] = b.gap(i)
	}
	return out
}

// signed are the gaps, each with the sign of its bin as seen from its fold.
func (b Binned) signed(direction func(bin, fold int) float64) []float64 {
	out := make([]float64, len(b.of))
	for i, k := range b.of {
		out[i] = math.Copysign(1, direction(k, b.fold(i))) * b.gap(i)
	}
	return out
}

func (b Binned) fold(i int) int {
	key := uint64(b.s.unit(i))
	if b.s.Keys != nil {
		key = b.s.Keys[i]
	}
	return int(SignBits(0x666f6c64, key, 0) >> 17 % eceFolds)
}

// learnt are the sums of the gaps of each bin over all folds but one.
func (b Binned) learnt() func(bin, fold int) float64 {
	all := make([]float64, b.bins)
	own := make([][eceFolds]float64, b.bins)
	for i, k := range b.of {
		x := b.s.weight(i) * b.gap(i)
		all[k] += x
		own[k][b.fold(i)] += x
	}
	return func(bin, fold int) float64 { return all[bin] - own[bin][fold] }
}

// expectedNoise is E Σ|z| of normal z around 0: √(2/π) times the standard errors.
func expectedNoise(j *Joint) (sum float64) {
	for k := range j.Means {
		sum += math.Sqrt(2 / math.Pi * math.Max(0, j.Cov.At(k, k)))
	}
	return sum
}
