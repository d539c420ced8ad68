package stats

import (
	"fmt"
	"math"
)

// Ratio estimates mean(a)/mean(b) of paired values by Fieller's theorem (1954):
// the values r for which mean(a) − r·mean(b) does not differ from 0. It is
// withheld where the interval of mean(b) itself includes 0, since the ratio is
// then unbounded. The samples share weights, groups and keys; a's are used.
func Ratio(a, b Sample, confidence float64) Estimate {
	ua, err := a.sums()
	if err != nil {
		return withheld(len(a.Values), 0, confidence, math.NaN(), err.Error())
	}
	b.Weights, b.Groups, b.Keys = a.Weights, a.Groups, a.Keys
	ub, err := b.sums()
	if err != nil {
		return withheld(len(a.Values), 0, confidence, math.NaN(), err.Error())
	}
	n, g := len(a.Values), len(ua.weight)
	value := ua.mean / ub.mean
	if why := ua.tooFew(); why != "" {
		return withheld(n, g, confidence, value, why)
	}
	t := quantileT(confidence, g-1)
	va, vb, cab := covariance(ua, ua), covariance(ub, ub), covariance(ua, ub)
	if ub.mean*ub.mean <= t*t*vb {
		return withheld(n, g, confidence, value, "the interval of the gap that it is divided by includes 0")
	}
	// Σ: (mean(b)² − t²·vb)·r² − 2(mean(a)·mean(b) − t²·cab)·r + mean(a)² − t²·va = 0
	qa := ub.mean*ub.mean - t*t*vb
	qb := ua.mean*ub.mean - t*t*cab
	qc := ua.mean*ua.mean - t*t*va
	root := math.Sqrt(math.Max(0, qb*qb-qa*qc))
	e := Estimate{
		Value: value, Lo: (qb - root) / qa, Hi: (qb + root) / qa,
		Confidence: confidence, N: n, Groups: g, Method: "fieller",
	}
	if errors := math.Abs(ub.mean) / math.Sqrt(vb); errors < SureGap {
		e.Warnings = append(e.Warnings, SmallGap(errors))
	}
	return e
}

// SureGap is how many standard errors a gap has from which on having passed the test of its own
// interval no longer makes an interval over it worse; see docs/coverage.md, "small gap".
const SureGap = 4

// SmallGap is the warning of an interval that rests on a gap of so few standard errors.
func SmallGap(errors float64) string {
	return fmt.Sprintf("the gap that it rests on is only %.1f of its standard errors: of such intervals, which are shown only where the gap came out large, more than usual miss", errors)
}

// GapErrors is by how many of its standard errors a mean difference lies away from 0: NaN where
// it has none.
func GapErrors(s Sample) float64 {
	u, err := s.sums()
	if err != nil || len(u.weight) < 2 {
		return math.NaN()
	}
	return math.Abs(u.mean) / u.standardError()
}

// covariance is that of two weighted means over the same units.
func covariance(a, b unitSums) float64 {
	g := float64(len(a.weight))
	var sum float64
	for i, w := range a.weight {
		sum += (a.value[i] - w*a.mean) * (b.value[i] - w*b.mean)
	}
	return g / (g - 1) * sum / (a.total * b.total)
}
