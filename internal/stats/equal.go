package stats

import "math"

// Equal is the gate, and the interval, of a mean of values that are all the same: V. Others
// from Least to Most are possible and were not met, so that their share is bounded by Wilson's interval of a
// share of 0, w = z²/(n + z²); the score form of the rule of three (Hanley and
// Lippman-Hand 1983). If all of them were at one end, the mean would be
//
//	V − w·(V − Least) … V + w·(Most − V).
//
// With weights or groups n is the effective number of units, as in PairedTest.
type Equal struct {
	V, Least, Most float64
	test           ProportionTest
}

// NewEqual takes a sample whose values are all V, and what others were possible.
func NewEqual(s Sample, least, most float64) (Equal, error) {
	u, err := s.sums()
	if err != nil {
		return Equal{}, err
	}
	e := Equal{V: s.Values[0], Least: least, Most: most}
	e.test = ProportionTest{N: u.worth(float64(len(s.Values)), 0), Units: len(u.weight), Plain: s.Weights == nil && s.Groups == nil}
	return e, nil
}

// Estimate is the mean with its interval.
func (e Equal) Estimate(n int, confidence float64) Estimate {
	if e.test.Units < minUnits {
		return withheld(n, e.test.Units, confidence, e.V, tooFew(e.test.Units))
	}
	_, w := e.test.interval(confidence)
	out := Estimate{Value: e.V, Lo: e.V - w*(e.V-e.Least), Hi: e.V + w*(e.Most-e.V), Confidence: confidence, N: n, Groups: e.test.Units, Method: "rule of three"}
	if e.test.Units < fewUnits {
		out.Warnings = append(out.Warnings, approximate(e.test.Units))
	}
	return out
}

// share is which part of the way to an end would give a mean of x.
func (e Equal) share(x, end float64) float64 {
	if end == e.V {
		return pass(x != e.V)
	}
	return (x - e.V) / (end - e.V)
}

// Above is a chance: see Gate.
func (e Equal) Above(bound, truth, level float64) float64 {
	return e.test.Below(e.share(bound, e.Least), math.Max(0, e.share(truth, e.Least)), level)
}

// Below is a chance: see Gate.
func (e Equal) Below(bound, truth, level float64) float64 {
	return e.test.Below(e.share(bound, e.Most), math.Max(0, e.share(truth, e.Most)), level)
}

// PBelow is a p-value: see Gate.
func (e Equal) PBelow(bound float64) float64 { return e.test.PBelow(e.share(bound, e.Most)) }

// PAbove is a p-value: see Gate.
func (e Equal) PAbove(bound float64) float64 { return e.test.PBelow(e.share(bound, e.Least)) }
