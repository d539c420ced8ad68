package stats

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Quantile estimates a quantile (R's type 7) with the interval between two order
// statistics, whose ranks are binomial: it needs no shape (Hahn and Meeker 1991, §5.2). Where the
// sample is too small for the upper rank to exist there is none. Values must
// be finite; weights and groups are not known to it.
func Quantile(values []float64, p, confidence float64) Estimate {
	n := len(values)
	if n == 0 || !(p > 0 && p < 1) {
		return withheld(n, n, confidence, math.NaN(), errEmpty.Error())
	}
	x := slices.Clone(values)
	slices.Sort(x)
	e := Estimate{Value: quantileSorted(x, p), Confidence: confidence, N: n, Groups: n, Method: "order statistics"}
	tail := (1 - confidence) / 2
	b := distuv.Binomial{N: float64(n), P: p}
	lo := sortSearch(n, func(k int) bool { return b.CDF(float64(k)) > tail })    // P(K ≤ lo−1) ≤ tail
	hi := sortSearch(n, func(k int) bool { return b.CDF(float64(k)) >= 1-tail }) // P(K ≤ hi) ≥ 1−tail
	if lo == 0 || hi >= n {
		return withheld(n, n, confidence, e.Value, fmt.Sprintf("%d values do not bound their %g %% quantile", n, 100*p))
	}
	e.Lo, e.Hi = x[lo-1], x[hi]
	return e
}

// sortSearch is the first k from 0 to n on which yes holds, n+1 if none.
func sortSearch(n int, yes func(int) bool) int {
	lo, hi := 0, n+1
	for lo < hi {
		if mid := (lo + hi) / 2; yes(mid) {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}
