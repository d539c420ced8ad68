package stats

import "math"

// Share estimates a proportion, its values 0 and 1, within [0,1] also where tasks are
// weighted or grouped: Wilson's interval at the effective number of tasks
//
//	n = p(1 − p)/SE²,  SE over units,
//
// with Student's t for the normal quantile, after Korn and Graubard (1998), who put the same n into an
// exact interval. Where all values are equal n is (Σw)²/ΣW² over the weights W of units (Kish 1965).
// Without weights and groups it is Wilson's interval itself.
func Share(s Sample, confidence float64) Estimate {
	if s.Weights == nil && s.Groups == nil {
		return Mean(s, confidence)
	}
	u, err := s.sums()
	if err != nil {
		return withheld(len(s.Values), 0, confidence, math.NaN(), err.Error())
	}
	g := len(u.weight)
	if g < minUnits {
		return withheld(len(s.Values), g, confidence, u.mean, tooFew(g))
	}
	n := u.kish()
	if se := u.standardError(); se > noSpread {
		n = u.mean * (1 - u.mean) / (se * se)
	}
	z := quantileT(confidence, g-1)
	centre := (u.mean + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(u.mean*(1-u.mean)/n+z*z/(4*n*n))
	e := Estimate{
		Value: u.mean, Lo: math.Max(0, centre-half), Hi: math.Min(1, centre+half),
		Confidence: confidence, N: len(s.Values), Groups: g, Method: "wilson at the effective n",
	}
	if g < fewUnits {
		e.Warnings = append(e.Warnings, approximate(g))
	}
	return e
}

// kish is the effective number of units by their weights alone.
func (u unitSums) kish() float64 {
	squares := 0.0
	for _, w := range u.weight {
		squares += w * w
	}
	return u.total * u.total / squares
}
