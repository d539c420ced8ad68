package coverage

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"

	"waymark/internal/curve"
	"waymark/internal/stats"
)

// An interval is what one draw gave for one statistic.
type interval struct {
	statistic string
	covered   bool
	withheld  bool
	truth     float64 // NaN for a band
}

// estimates are the intervals of all statistics on one draw, held against the truth.
type truths struct {
	quality, cost, gap, saving, apgr, aiq, coded float64
	cpt                                          [3]float64
	curve                                        curve.Curve
	scorer                                       scorerTruths
}

func (p population) truths() truths {
	c := p.truth()
	strong, weak := c[0], c[len(c)-1]
	t := truths{curve: c, scorer: p.scorerTruths(), apgr: c.APGR(), gap: strong.Quality - weak.Quality}
	at := atShare(c, 0.4)
	t.quality, t.cost, t.saving = weak.Quality, strong.Cost, at.Cost/strong.Cost
	for i, q := range levels {
		_, t.cpt[i], _ = c.CPT(q)
	}
	var spots []curve.Spot
	const many = 2000
	for j := range many {
		k := j
		if len(c) > many {
			k = j * (len(c) - 1) / (many - 1)
		}
		if k < len(c) {
			spots = append(spots, curve.Spot{Quality: c[k].Quality, Cost: c[k].Cost})
		}
	}
	t.aiq, _ = curve.AIQ(spots)
	t.coded, _ = curve.AIQAsCoded(spots)
	return t
}

var levels = [3]float64{0.2, 0.5, 0.8}

// atShare is the first point, by descending share, at most at a share.
func atShare(c curve.Curve, share float64) curve.Point {
	i := sort.Search(len(c), func(i int) bool { return c[i].Share <= share })
	return c[min(i, len(c)-1)]
}

// intervals draws once and estimates everything.
func (p population) intervals(rng *rand.Rand, n int, t truths) []interval {
	const confidence = 0.95
	s := p.draw(rng, n)
	c, err := curve.Sweep(s)
	if err != nil {
		panic("coverage: " + err.Error())
	}
	var out []interval
	add := func(name string, e stats.Estimate, truth float64) {
		out = append(out, interval{name, e.Lo <= truth && truth <= e.Hi, e.Withheld != "", truth})
	}
	weak, strong, cost, fixed := columns(s, atShare(t.curve, 0.4).Knob)
	sample := func(x []float64) stats.Sample {
		return stats.Sample{Values: x, Weights: s.Weights, Groups: s.Groups, Keys: s.Keys}
	}
	gap := make([]float64, n)
	for i := range gap {
		gap[i] = strong[i] - weak[i]
	}
	add("mean quality", stats.Mean(sample(weak), confidence), t.quality)
	add("mean cost", stats.Mean(sample(cost), confidence), t.cost)
	if s.Weights == nil && s.Groups == nil {
		add("difference of quality (Tango)", stats.PairedProportions(strong, weak, confidence), t.gap)
	}
	add("difference of quality (t)", stats.MeanDifference(sample(gap), confidence), t.gap)
	add("saving", stats.Ratio(sample(fixed), sample(cost), confidence), t.saving)
	if p.gap > 0 {
		add("APGR", curve.APGRInterval(s, c, confidence), t.apgr)
		for i, q := range levels {
			e, _ := curve.CPTInterval(s, c, q, confidence)
			add(fmt.Sprintf("CPT(%.0f %%)", 100*q), e, t.cpt[i])
		}
	}
	add("AIQ", curve.AIQInterval(s, c, confidence, false), t.aiq)
	add("AIQ as coded", curve.AIQInterval(s, c, confidence, true), t.coded)
	if n <= 1000 {
		out = append(out, bands(s, c, t)...)
	}
	return append(out, p.scorers(rng, s, c, t.scorer)...)
}

// columns are each task's qualities, what strong costs, and the cost at a knob.
func columns(s *curve.Steps, knob float64) (weak, strong, cost, fixed []float64) {
	for i := range s.Tasks() {
		k := s.Start[i]
		strong, weak, cost = append(strong, s.Quality[k]), append(weak, s.Quality[k+1]), append(cost, s.Cost[k])
		if s.From[k+1] <= knob {
			k++
		}
		fixed = append(fixed, s.Cost[k])
	}
	return weak, strong, cost, fixed
}

// bands are pointwise (at one knob) and simultaneous, for quality and cost.
func bands(s *curve.Steps, c curve.Curve, t truths) []interval {
	b := curve.SimultaneousBand(s, c, 512, 0.95, 1)
	if b.Points == 0 {
		return []interval{{statistic: "band of quality", withheld: true}, {statistic: "band of cost", withheld: true}, {statistic: "point of the curve", withheld: true}}
	}
	quality, cost := true, true
	middle, seen := true, false
	point := stats.TQuantile(0.95, s.Tasks()-1)
	k := 0
	for j := range c {
		for k+1 < len(t.curve) && t.curve[k+1].Knob <= c[j].Knob {
			k++
		}
		if !c.Banded(j) {
			continue
		}
		q, d := math.Abs(c[j].Quality-t.curve[k].Quality), math.Abs(c[j].Cost-t.curve[k].Cost)
		quality = quality && q <= b.QualityCritical*c[j].QualityError
		cost = cost && (!c.CostBanded(j) || d <= b.CostCritical*c[j].CostError)
		if c[j].Share <= 0.5 && !seen {
			seen, middle = true, q <= point*c[j].QualityError
		}
	}
	return []interval{
		{statistic: "band of quality", covered: quality},
		{statistic: "band of cost", covered: cost},
		{statistic: "point of the curve", covered: middle, withheld: !seen},
	}
}
