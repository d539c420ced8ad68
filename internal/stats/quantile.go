package stats

import (
	"cmp"
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

// SampleQuantile is Quantile for tasks that are weighted or grouped: Woodruff's
// interval (1952), which takes the quantiles at the ends of the interval of the
// share of tasks at or below the estimate. Without weights and groups it is Quantile.
func SampleQuantile(s Sample, p, confidence float64) Estimate {
	if s.Weights == nil && s.Groups == nil {
		return Quantile(s.Values, p, confidence)
	}
	n := len(s.Values)
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(s.Values[a], s.Values[b]) })
	at := s.inverse(order)
	below := s
	below.Values = make([]float64, n)
	e := Estimate{Value: at(p), Confidence: confidence, N: n}
	for i, v := range s.Values {
		if v <= e.Value {
			below.Values[i] = 1
		}
	}
	share := Linear(below, confidence)
	e.Groups = share.Groups
	half := (share.Hi - share.Lo) / 2
	lo, hi := p-half, p+half
	if share.Withheld != "" || !(lo > 0 && hi < 1) {
		e.Lo, e.Hi, e.Withheld = math.NaN(), math.NaN(), fmt.Sprintf("%d tasks do not bound their %g %% quantile", n, 100*p)
		return e
	}
	e.Lo, e.Hi, e.Method = at(lo), at(hi), "woodruff"
	return e
}

// inverse is the weighted quantile function: the least value at or below which a
// share of the weight lies.
func (s Sample) inverse(order []int) func(p float64) float64 {
	cumulated, total := make([]float64, len(order)), 0.0
	for k, i := range order {
		w := 1.0
		if s.Weights != nil {
			w = s.Weights[i]
		}
		total += w
		cumulated[k] = total
	}
	return func(p float64) float64 {
		k, _ := slices.BinarySearch(cumulated, p*total)
		if len(order) == 0 {
			return math.NaN()
		}
		return s.Values[order[min(k, len(order)-1)]]
	}
}
