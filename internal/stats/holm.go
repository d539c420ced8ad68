package stats

import (
	"cmp"
	"math"
	"slices"
)

// Holm adjusts p-values so that rejecting those at most α keeps the chance of any
// false rejection at α (Holm 1979). A NaN stays NaN and is not counted.
func Holm(p []float64) []float64 {
	out := make([]float64, len(p))
	var order []int
	for i, x := range p {
		out[i] = math.NaN()
		if !math.IsNaN(x) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	least := 0.0
	for k, i := range order {
		least = max(least, min(1, float64(len(order)-k)*p[i]))
		out[i] = least
	}
	return out
}
