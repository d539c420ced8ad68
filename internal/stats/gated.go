package stats

// GatedMean is Mean with its gate; the gate is nil where there is no interval.
func GatedMean(s Sample, confidence float64) (Estimate, Gate) {
	e := Mean(s, confidence)
	if e.Withheld != "" {
		return e, nil
	}
	u, err := s.sums()
	if err != nil {
		return e, nil
	}
	if zeroOne(s.Values) {
		return e, newProportionTest(s, u)
	}
	return e, newStudent(e, u)
}

// GatedAmount is Amount with its gate; nil where there is no interval.
func GatedAmount(s Sample, confidence float64) (Estimate, Gate) {
	e := Amount(s, confidence)
	u, err := s.sums()
	if err != nil || e.Withheld != "" {
		return e, nil
	}
	return e, newStudent(e, u)
}

// PairedDifference estimates a mean of paired differences of scores in [0,1]: by the
// score interval where each is −1, 0 or 1, and else as MeanDifference does.
func PairedDifference(s Sample, confidence float64) Estimate {
	if Differs(s.Values) {
		return PairedScore(s, confidence)
	}
	return MeanDifference(s, confidence)
}

// GatedDifference is PairedDifference with its gate; nil where there is no interval.
// still is the difference that no change makes.
func GatedDifference(s Sample, still, confidence float64) (Estimate, Gate) {
	if !Differs(s.Values) {
		return GatedSum(s, confidence)
	}
	e := PairedScore(s, confidence)
	test, err := NewPairedTest(s)
	if err != nil || e.Withheld != "" {
		return e, nil
	}
	return e, PairedGate{test, still}
}

// GatedSum is MeanDifference with its gate; nil where there is no interval.
func GatedSum(s Sample, confidence float64) (Estimate, Gate) {
	e := MeanDifference(s, confidence)
	u, err := s.sums()
	if err != nil || e.Withheld != "" {
		return e, nil
	}
	return e, newStudent(e, u)
}

// GatedLinear is Linear with its gate; nil where there is no interval.
func GatedLinear(s Sample, confidence float64) (Estimate, Gate) {
	e := Linear(s, confidence)
	u, err := s.sums()
	if err != nil || e.Withheld != "" {
		return e, nil
	}
	return e, newStudent(e, u)
}

func newStudent(e Estimate, u unitSums) Student {
	return Student{Value: e.Value, Lo: e.Lo, Hi: e.Hi, SE: u.standardError(), DF: float64(len(u.weight) - 1), Level: (1 - e.Confidence) / 2}
}

// MeanCovariance is the covariance of two weighted means over the same tasks, by units.
func MeanCovariance(a, b Sample) (float64, error) {
	b.Weights, b.Groups, b.Keys = a.Weights, a.Groups, a.Keys
	ua, err := a.sums()
	if err != nil {
		return 0, err
	}
	ub, err := b.sums()
	if err != nil {
		return 0, err
	}
	return covariance(ua, ub), nil
}
