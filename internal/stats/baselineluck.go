package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// BaselineLuck bounds by how much the mean of one recorded baseline lies above what
// its tasks would give on average: the luck of its draw, which every later night is
// held against. It takes the differences of one fresh night to the baseline.
//
// Where responses vary as much on both, E[x_i²] ≥ 2·Var(baseline_i), so that
// Var(baseline mean) ≤ E Σx²/(2n²). Σx² is replaced by S + 2√S + 3, about its upper
// 97.5 % limit as a count. With probability of about 1 − level the luck is at most
//
//	z(1−level)·√((S + 2√S + 3)/2)/n,  S = Σ x_i².
//
// With weights v_i = w_i/max w takes the place of each 1: S = Σ (v_i·x_i)² and n = Σ v_i. NaN where
// there are no differences, or no weight.
func BaselineLuck(differences, weights []float64, level float64) float64 {
	var n, s, most float64
	for i := range differences {
		most = math.Max(most, weightOf(weights, i))
	}
	if most == 0 {
		return math.NaN()
	}
	for i, x := range differences {
		v := weightOf(weights, i) / most
		n += v
		s += v * x * v * x
	}
	return distuv.UnitNormal.Quantile(1-level) * math.Sqrt((s+2*math.Sqrt(s)+3)/2) / n
}
