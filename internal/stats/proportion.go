package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// PairedProportions estimates the difference of two paired proportions, mean(a) −
// mean(b) of zeros and ones on the same tasks, by the score interval of Tango (1998).
// As Wilson's does for one proportion, it holds where few tasks are discordant, and
// where none is: being alike on n tasks bounds the difference by z²/(n+z²). It does
// not know weights or groups; MeanDifference does.
func PairedProportions(a, b []float64, confidence float64) Estimate {
	n, gained, lost := len(a), 0.0, 0.0
	for i := range a {
		switch a[i] - b[i] {
		case 1:
			gained++
		case -1:
			lost++
		}
	}
	if n == 0 {
		return withheld(0, 0, confidence, math.NaN(), errEmpty.Error())
	}
	m := float64(n)
	e := Estimate{Value: (gained - lost) / m, Confidence: confidence, N: n, Groups: n, Method: "tango"}
	if n < minUnits {
		return withheld(n, n, confidence, e.Value, tooFew(n))
	}
	z := distuv.UnitNormal.Quantile(0.5 + confidence/2)
	score := func(d float64) float64 { return tangoScore(gained, lost, m, d) }
	e.Lo = bisect(func(d float64) bool { return score(d) > z }, -1, e.Value)
	e.Hi = bisect(func(d float64) bool { return score(d) >= -z }, e.Value, 1)
	if n < fewUnits {
		e.Warnings = append(e.Warnings, approximate(n))
	}
	return e
}

// tangoScore is (b − c − nΔ) / √(n(2q + Δ(1 − Δ))) with q the maximum likelihood
// estimate of the lesser discordant cell at a difference of Δ.
func tangoScore(gained, lost, n, d float64) float64 {
	b := -gained - lost + (2*n-gained+lost)*d
	c := -lost * d * (1 - d)
	q := (math.Sqrt(math.Max(0, b*b-8*n*c)) - b) / (4 * n)
	variance := n * (2*q + d*(1-d))
	distance := gained - lost - n*d
	if variance <= 0 {
		return math.Inf(int(math.Copysign(1, distance)))
	}
	return distance / math.Sqrt(variance)
}

// bisect is where yes, which holds at lo and from some place on no longer, ends.
func bisect(yes func(float64) bool, lo, hi float64) float64 {
	for range 60 {
		mid := lo + (hi-lo)/2
		if yes(mid) {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo + (hi-lo)/2
}

// ZeroOne reports whether all values are 0 or 1.
func ZeroOne(values []float64) bool { return zeroOne(values) }
