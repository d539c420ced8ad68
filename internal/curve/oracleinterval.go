package curve

import (
	"cmp"
	"math"
	"slices"

	"waymark/internal/stats"
)

// OracleAPGRInterval estimates the APGR that the grades themselves would give a pair of
// models: the area under RouteLLM's optimal router, in which a task that the stronger model does
// not improve keeps the weak answer, against the gap of the two. It is what a policy's APGR can reach and can exceed 1.
// Its area is a functional whose influence is known (see APGRInterval), and the
// ratio has Fieller's interval. It is a maximum over the noise of recorded answers, which the interval leaves in.
func (p Pair) OracleAPGRInterval(s stats.Sample, confidence float64) stats.Estimate {
	steps := p.oracleSteps(s)
	c, err := Sweep(steps)
	if err != nil {
		return stats.Estimate{Value: nan, Lo: nan, Hi: nan, Confidence: confidence, Withheld: err.Error()}
	}
	area, err := steps.areaInfluence(c)
	if err != nil {
		return stats.Estimate{Value: nan, Lo: nan, Hi: nan, Confidence: confidence, N: len(p.Weak), Withheld: err.Error()}
	}
	by, recovered := c.Shares(), 0.0
	for i := 1; i < len(by); i++ {
		recovered += (by[i].Share - by[i-1].Share) * (by[i].Quality + by[i-1].Quality) / 2
	}
	gap := make([]float64, len(p.Weak))
	for i, w := range p.Weak {
		area[i] -= w
		gap[i] = p.Strong[i] - w
	}
	e := stats.Ratio(steps.sample(area), steps.sample(gap), confidence)
	e.Value = PGR(recovered, by[0].Quality, by[0].Quality+weightedMean(gap, s.Weights))
	return e
}

// oracleSteps sends first where strong gains most. Where it gains nothing the answer stays weak's.
func (p Pair) oracleSteps(s stats.Sample) *Steps {
	steps := &Steps{Start: []int{0}, Weights: s.Weights, Groups: s.Groups, Keys: s.Keys}
	for i, w := range p.Weak {
		gain := math.Max(0, p.Strong[i]-w)
		steps.From = append(steps.From, math.Inf(-1), math.Nextafter(gain, math.Inf(1)))
		steps.Quality = append(steps.Quality, w+gain, w)
		steps.Cost = append(steps.Cost, 0, 0)
		steps.Strong = append(steps.Strong, true, false)
		steps.Start = append(steps.Start, len(steps.From))
	}
	return steps
}

// OracleCPTInterval estimates the least share of strong calls at which the oracle recovers
// p of the gap. With g the gains and t that of the task at which it does, the share is
//
//	x = (p·mean(strong − weak) − mean((g − t)⁺)) / t,
//
// which moves with t by nothing at first order, so that it is the mean of one value a
// task. It is withheld where the gap's own interval includes 0.
func (p Pair) OracleCPTInterval(share float64, s stats.Sample, confidence float64) (e stats.Estimate, reached bool) {
	n := len(p.Weak)
	e = stats.Estimate{Value: nan, Lo: nan, Hi: nan, Confidence: confidence, N: n}
	gains, gap := make([]float64, n), make([]float64, n)
	order := make([]int, n)
	for i, w := range p.Weak {
		gap[i] = p.Strong[i] - w
		gains[i], order[i] = math.Max(0, gap[i]), i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(gains[b], gains[a]) })
	s.Values = gap
	difference := stats.Linear(s, confidence)
	target := share*difference.Value - 1e-12
	if !(difference.Value > 0) {
		e.Withheld = "not reached"
		return e, false
	}
	value, total, got, margin := 0.0, 0.0, 0.0, 0.0
	for _, i := range order {
		total += weightOf(s.Weights, i)
	}
	for _, i := range order {
		if got >= target {
			break
		}
		w := weightOf(s.Weights, i) / total
		value, got, margin = value+w, got+w*gains[i], gains[i]
	}
	e.Value, e.Groups = value, difference.Groups
	if difference.Withheld != "" || difference.Lo <= 0 {
		e.Withheld = "the interval of the gap between weak and strong includes 0"
		return e, true
	}
	values := make([]float64, n)
	for i := range values {
		values[i] = (share*gap[i] - math.Max(0, gains[i]-margin)) / margin
	}
	s.Values = values
	e = stats.Linear(s, confidence)
	e.Value = value
	s.Values = gap
	return overGap(e, s, confidence), true
}

func weightOf(weights []float64, i int) float64 {
	if weights == nil {
		return 1
	}
	return weights[i]
}
