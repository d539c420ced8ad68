package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// A Part is a part of each value's variance that is known from a model rather than
// from the values: Value i holds Residual[i], of which the model says that its square
// is Variance[i] on average. All are of the same scale as the values.
type Part struct{ Residual, Variance []float64 }

// Modelled estimates a mean of values that partly consist of residuals whose
// variance is modelled: mean ± t·SE with
//
//	SE² = (Σ_u r_u² · G/(G−1) + max(0, Σ w²·(v − e²))) / (Σw)²
//
// where r_u = Σw·(value − mean) of unit u, e is a residual and v its modelled variance:
// the squares of the residuals are taken out of the variance by units and what they are
// expected to be is put in their place, where that is more. Between units everything
// stays as it is. Where a few values are much greater than the others, as weighted ones
// are, their own squares tell little: five answers that are right say nothing of the next.
//
// The degrees of freedom are Satterthwaite's (1946) for the sum of two parts, that of
// the residuals, R = Σw²v with R²/Σ(w²v)² degrees, and the rest with G − 1:
//
//	df = S² / (R²/df_R + (S − R)²/(G − 1))   with S = SE²·(Σw)²
//
// at least 1 and at most G − 1. Values that are all 0 or 1, neither weighted nor grouped
// nor modelled, have Wilson's interval.
func Modelled(s Sample, p Part, confidence float64) Estimate {
	u, err := s.sums()
	if err != nil {
		return withheld(len(s.Values), 0, confidence, math.NaN(), err.Error())
	}
	n, g := len(s.Values), float64(len(u.weight))
	residual, fourths, change := p.sums(s.Weights)
	if residual == 0 && s.Weights == nil && s.Groups == nil && zeroOne(s.Values) {
		return newProportionTest(s, u).estimate(u, n, confidence)
	}
	e := clusterT(u, n, confidence)
	if e.Withheld != "" {
		return e
	}
	own := u.standardError() * u.total
	own *= own
	total := math.Max(own, own+change)
	df := g - 1
	if residual > 0 {
		rest := math.Max(0, total-residual)
		df = total * total / (fourths + rest*rest/(g-1))
	}
	t := distuv.StudentsT{Sigma: 1, Nu: math.Max(1, math.Min(df, g-1))}
	half := t.Quantile(0.5+confidence/2) * math.Sqrt(total) / u.total
	e.Lo, e.Hi, e.Method = u.mean-half, u.mean+half, "modelled variance t"
	return e
}

// sums are Σw²v, Σ(w²v)² and Σw²(v − e²).
func (p Part) sums(weights []float64) (residual, fourths, change float64) {
	for i, v := range p.Variance {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		residual += w * w * v
		fourths += w * w * v * w * w * v
		change += w * w * (v - p.Residual[i]*p.Residual[i])
	}
	return residual, fourths, change
}
