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
// NaN where there are no differences.
func BaselineLuck(differences []float64, level float64) float64 {
	n := float64(len(differences))
	if n == 0 {
		return math.NaN()
	}
	var s float64
	for _, x := range differences {
		s += x * x
	}
	return distuv.UnitNormal.Quantile(1-level) * math.Sqrt((s+2*math.Sqrt(s)+3)/2) / n
}
