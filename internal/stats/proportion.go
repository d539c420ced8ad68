package stats

import (
	"math"
)

// PairedProportions estimates the difference of two paired proportions, mean(a) −
// mean(b) of zeros and ones on the same tasks, by the score interval of Tango (1998).
// As Wilson's does for one proportion, it holds where few tasks are discordant, and
// where none is: being alike on n tasks bounds the difference by z²/(n+z²). It does
// not know weights or groups; PairedScore does.
func PairedProportions(a, b []float64, confidence float64) Estimate {
	d := make([]float64, len(a))
	for i := range a {
		d[i] = a[i] - b[i]
	}
	return PairedScore(Sample{Values: d}, confidence)
}

// tangoScore is (b − c − nΔ) / √(n(2q + Δ(1 − Δ))) with q the maximum likelihood
// estimate of the lesser discordant cell at a difference of Δ.
func tangoScore(gained, lost, n, d float64) float64 {
	variance, distance := tangoVariance(gained, lost, n, d), gained-lost-n*d
	if variance <= 0 {
		return math.Inf(int(math.Copysign(1, distance)))
	}
	return distance / math.Sqrt(variance)
}

// tangoVariance is that of the difference of counts where the difference of shares is d.
func tangoVariance(gained, lost, n, d float64) float64 {
	b := -gained - lost + (2*n-gained+lost)*d
	c := -lost * d * (1 - d)
	q := (math.Sqrt(math.Max(0, b*b-8*n*c)) - b) / (4 * n)
	return n * (2*q + d*(1-d))
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
