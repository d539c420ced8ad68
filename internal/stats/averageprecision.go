package stats

import "math"

// AveragePrecision estimates the precision at every score that a task with the
// event has, averaged over those tasks:
//
//	AP = Σ_i w_i · P(s_i) / Σ_i w_i over tasks with the event,
//	P(s) = weight of those with the event at scores ≥ s / weight of all there.
//
// It is Σ (R_n − R_{n−1})·P_n over distinct scores, without interpolation (Davis and
// Goadrich 2006 say why not). A score that says nothing has the event's share. Its
// interval is that of its linearisation, on the scale of the logit (Boyd, Eng and Page 2013): a task
// moves the mean directly, and the precision at all scores up to its own.
func (s Scores) AveragePrecision(confidence float64) Estimate {
	order, err := s.byScore()
	if err != nil {
		return withheld(len(s.Score), 0, confidence, math.NaN(), err.Error())
	}
	c := s.classes()
	if why := c.missing(); why != "" {
		return withheld(len(s.Score), 0, confidence, math.NaN(), why)
	}
	value, influence := s.averagePrecision(order, c)
	if c.all < fewForPrecision {
		return withheld(len(s.Score), c.all, confidence, value, tooFew(c.all))
	}
	return s.onLogit(value, influence, c, confidence)
}

// fewForPrecision is the least number of units at which the simulated coverage holds
// its promise: the precision at the highest scores rests on few tasks.
const fewForPrecision = 100

// averagePrecision is the value and each task's influence on it. With π the share of
// the event, M(s) the share of tasks at scores ≥ s and E over tasks with the event at
// scores ≤ s, a task of outcome y moves π·AP by y·P(s) + y·E[1/M] − E[P/M].
func (s Scores) averagePrecision(order []int, c classes) (value float64, influence []float64) {
	total := c.weight[0] + c.weight[1]
	precision := make([]float64, len(order))
	inverse, product := make([]float64, len(order)), make([]float64, len(order)) // E[1/M], E[P/M]
	above, events := total, c.weight[1]                                          // weights at this score or higher
	var sumInverse, sumProduct float64
	s.tied(order, func(run []int) {
		p := 0.0
		if above > 0 {
			p = events / above
		}
		var all, with float64
		for _, i := range run {
			all += s.weight(i)
			with += s.weight(i) * float64(oneIf(s.Event[i]))
		}
		if with > 0 {
			sumInverse += with / above
			sumProduct += with / above * p
		}
		for _, i := range run {
			precision[i], inverse[i], product[i] = p, sumInverse, sumProduct
		}
		value += with * p / c.weight[1]
		above -= all
		events -= with
	})
	share := c.weight[1] / total
	influence = make([]float64, len(order))
	for i := range influence {
		influence[i] = -product[i]
		if s.Event[i] {
			influence[i] += precision[i] + inverse[i] - value
		}
		influence[i] /= share
	}
	return value, influence
}
