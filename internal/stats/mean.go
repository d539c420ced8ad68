package stats

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// The bounds of what an interval is given for.
const (
	minUnits  = 6     // below this there is none
	fewUnits  = 20    // below this it carries a warning
	noSpread  = 1e-12 // a standard error below this part of the mean is rounding
	skewLimit = 1     // standard deviation of logs above which a cost is flagged as skewed
	bentLimit = 0.7   // and above which a t interval of few tasks is bent by it
)

// Mean estimates the mean of a sample. Zeros and ones get Wilson's interval, weighted or
// grouped ones at their effective size; positive values whose logarithms have a
// standard deviation above 0.7 get a bootstrap-t where their number does not make up for
// it, and are flagged above 1; everything else a t interval over units. Under 20 units there is a warning, and under 6 no interval.
func Mean(s Sample, confidence float64) Estimate {
	u, err := s.sums()
	if err != nil {
		return withheld(len(s.Values), 0, confidence, math.NaN(), err.Error())
	}
	if zeroOne(s.Values) {
		return newProportionTest(s, u).estimate(u, len(s.Values), confidence)
	}
	return amount(s, u, confidence)
}

// Amount is Mean of what is no share, though all of it may happen to be 0 or 1: costs, latencies,
// differences.
func Amount(s Sample, confidence float64) Estimate {
	u, err := s.sums()
	if err != nil {
		return withheld(len(s.Values), 0, confidence, math.NaN(), err.Error())
	}
	return amount(s, u, confidence)
}

func amount(s Sample, u unitSums, confidence float64) Estimate {
	spread := logSpread(s.Values)
	if !(spread > bentLimit) || !needsBootstrap(u) {
		return clusterT(u, len(s.Values), confidence)
	}
	e := bootstrapT(u, len(s.Values), confidence, farError)
	if spread > skewLimit {
		e.Warnings = append(e.Warnings, skewedMean)
	}
	return e
}

const skewedMean = "skewed: a few tasks make much of the mean"

// MeanDifference estimates the mean of paired differences, by a t interval over
// units or, where their distribution is far from symmetric for their number, a bootstrap-t that
// is no narrower than that on either side: a few large differences of either sign look skewed in a
// sample and are not, and a bootstrap-t then misses on 7 % of either side where a t interval does on 2.5 %.
func MeanDifference(s Sample, confidence float64) Estimate {
	u, err := s.sums()
	if err != nil {
		return withheld(len(s.Values), 0, confidence, math.NaN(), err.Error())
	}
	if !slices.ContainsFunc(s.Values, func(v float64) bool { return v != 0 }) {
		return withheld(len(s.Values), len(u.weight), confidence, 0, "the two are alike on every task")
	}
	if len(u.weight) >= fewUnits && math.Abs(u.skewness()) > 2 && needsBootstrap(u) {
		e, t := bootstrapT(u, len(s.Values), confidence, 1), clusterT(u, len(s.Values), confidence)
		e.Lo, e.Hi = math.Min(e.Lo, t.Lo), math.Max(e.Hi, t.Hi)
		e.Warnings = append(e.Warnings, skewedMean)
		return e
	}
	return clusterT(u, len(s.Values), confidence)
}

func tooFew(units int) string {
	return fmt.Sprintf("%d independent units are too few for an interval", units)
}

func approximate(units int) string {
	return fmt.Sprintf("only %d independent units: the interval is approximate", units)
}

func withheld(n, groups int, confidence, value float64, why string) Estimate {
	return Estimate{Value: value, Lo: math.NaN(), Hi: math.NaN(), Confidence: confidence, N: n, Groups: groups, Withheld: why}
}

// Linear is a t interval over units for the mean of values that are the influence
// of tasks on a statistic (its linearisation) around its value.
func Linear(s Sample, confidence float64) Estimate {
	u, err := s.sums()
	if err != nil {
		return withheld(len(s.Values), 0, confidence, math.NaN(), err.Error())
	}
	e := clusterT(u, len(s.Values), confidence)
	if e.Method != "" {
		e.Method = "linearised t"
	}
	return e
}

// clusterT is the mean ± t · SE with one fewer degree of freedom than there are units.
func clusterT(u unitSums, n int, confidence float64) Estimate {
	g := len(u.weight)
	e := Estimate{Value: u.mean, Confidence: confidence, N: n, Groups: g, Method: "cluster-t"}
	if why := u.tooFew(); why != "" {
		return withheld(n, g, confidence, u.mean, why)
	}
	se := u.standardError()
	if se <= noSpread*math.Abs(u.mean) {
		return withheld(n, g, confidence, u.mean, "all values are equal: nothing is known of their spread")
	}
	half := quantileT(confidence, g-1) * se
	e.Lo, e.Hi = u.mean-half, u.mean+half
	e.Warnings = append(e.Warnings, u.approximate()...)
	return e
}

// TQuantile is the two-sided quantile of Student's t at a confidence, NaN below one
// degree of freedom.
func TQuantile(confidence float64, df int) float64 {
	if df < 1 {
		return math.NaN()
	}
	return quantileT(confidence, df)
}

func quantileT(confidence float64, df int) float64 {
	return distuv.StudentsT{Sigma: 1, Nu: float64(df)}.Quantile(0.5 + confidence/2)
}

func zeroOne(values []float64) bool {
	for _, v := range values {
		if v != 0 && v != 1 {
			return false
		}
	}
	return true
}

// logSpread is the standard deviation of the logarithms of positive values; NaN where there are fewer
// than two, or some are not positive.
func logSpread(values []float64) float64 {
	var n, mean, m2 float64
	for _, v := range values {
		if v <= 0 {
			return math.NaN()
		}
		n++
		x := math.Log(v)
		d := x - mean
		mean += d / n
		m2 += d * (x - mean)
	}
	if n < 2 {
		return math.NaN()
	}
	return math.Sqrt(m2 / (n - 1))
}

// skewness is the standardised third moment of the units' residuals.
func (u unitSums) skewness() float64 {
	var m2, m3 float64
	for i, w := range u.weight {
		r := u.value[i] - w*u.mean
		m2 += r * r
		m3 += r * r * r
	}
	g := float64(len(u.weight))
	if m2 == 0 {
		return 0
	}
	return m3 / g / math.Pow(m2/g, 1.5)
}

// needsBootstrap reports whether the skewness of the mean, γ/√G, is enough to
// bend a t interval: by the Edgeworth expansion its one-sided error is of the
// order of γ/(6√G).
func needsBootstrap(u unitSums) bool {
	return math.Abs(u.skewness())/math.Sqrt(float64(len(u.weight))) > 0.05
}
