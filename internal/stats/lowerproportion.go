package stats

import "gonum.org/v1/gonum/stat/distuv"

// LowerProportion is the exact one-sided lower bound of a proportion of which k of n
// were seen: that below it k or more would be less probable than 1 − confidence (Clopper and Pearson
// 1934). It is 0 where none were seen.
func LowerProportion(k, n int, confidence float64) float64 {
	if k <= 0 || n <= 0 {
		return 0
	}
	return distuv.Beta{Alpha: float64(k), Beta: float64(n - k + 1)}.Quantile(1 - confidence)
}
