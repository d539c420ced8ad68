package stats

import "math"

// AUROC estimates the area under the receiver operating characteristic: the chance
// that a task with the event has a higher score than one without it, ties half,
//
//	A = Σ_i Σ_j w_i w_j ψ(s_i, s_j) / (Σ_i w_i · Σ_j w_j),  ψ = 1, ½ or 0 as s_i >, = or < s_j,
//
// over tasks i with the event and j without it. Its interval rests on the
// structural components of DeLong, DeLong and Clarke-Pearson (1988): a task's placement value is the
// share of the other class that it lies on the right side of. Summed by
// unit they carry weights and groups (Obuchowski 1997). It is on the scale of the logit. There is
// no value without both classes, and no interval where either has few units or where all are ties.
func (s Scores) AUROC(confidence float64) Estimate {
	value, influence, c, why := s.auroc()
	if why != "" {
		return withheld(len(s.Score), 0, confidence, math.NaN(), why)
	}
	return s.onLogit(value, influence, c, confidence)
}

// auroc is the area and each task's influence on it.
func (s Scores) auroc() (area float64, influence []float64, c classes, why string) {
	order, err := s.byScore()
	if err != nil {
		return math.NaN(), nil, c, err.Error()
	}
	c = s.classes()
	if why := c.missing(); why != "" {
		return math.NaN(), nil, c, why
	}
	influence = make([]float64, len(order))
	var below [2]float64 // weight of each class at lower scores
	s.tied(order, func(run []int) {
		var here [2]float64
		for _, i := range run {
			here[oneIf(s.Event[i])] += s.weight(i)
		}
		for _, i := range run {
			if s.Event[i] {
				right := below[0] + here[0]/2
				influence[i] = right / c.weight[0]
				area += s.weight(i) * right
			} else {
				influence[i] = 1 - (below[1]+here[1]/2)/c.weight[1]
			}
		}
		below[0] += here[0]
		below[1] += here[1]
	})
	area /= c.weight[0] * c.weight[1]
	s.scalePlacements(influence, area, c)
	return area, influence, c, ""
}

// scalePlacements turns placement values into influences: a class of m units among
// G has the variance over m − 1 of DeLong's components, where the sample's own is over G − 1.
func (s Scores) scalePlacements(influence []float64, area float64, c classes) {
	total := c.weight[0] + c.weight[1]
	g := float64(c.all)
	var scale [2]float64
	for k, m := range c.units {
		scale[k] = total / c.weight[k]
		if m > 1 && g > 1 {
			scale[k] *= math.Sqrt(float64(m) / float64(m-1) * (g - 1) / g)
		}
	}
	for i := range influence {
		influence[i] = scale[oneIf(s.Event[i])] * (influence[i] - area)
	}
}

// AUROCDifference estimates AUROC(s) − AUROC(other) of two scores of the same tasks and
// events, paired (DeLong et al. 1988): what a task adds to both is taken off.
func (s Scores) AUROCDifference(other Scores, confidence float64) Estimate {
	a, x, c, why := s.auroc()
	b, y, _, whyOther := other.auroc()
	if why == "" {
		why = whyOther
	}
	if why != "" {
		return withheld(len(s.Score), 0, confidence, math.NaN(), why)
	}
	for i := range x {
		x[i] += a - b - y[i]
	}
	e := Linear(s.sample(x), confidence)
	switch why := c.few(); {
	case e.Groups < minUnits:
		return e
	case why != "":
		return withheld(e.N, e.Groups, confidence, a-b, why)
	case !(e.Hi-e.Lo > noSpread):
		return withheld(e.N, e.Groups, confidence, a-b, "the two rank all tasks alike")
	}
	e.Value = a - b
	return e
}
