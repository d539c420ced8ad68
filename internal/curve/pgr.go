package curve

import (
	"cmp"
	"math"
	"slices"
)

// PGR is RouteLLM's performance gap recovered (Ong et al. 2024): the part of the
// gap between the weak and the strong model that a quality makes up. Nothing is
// clamped. It is NaN where there is no gap.
func PGR(quality, weak, strong float64) float64 {
	if strong == weak {
		return math.NaN()
	}
	return (quality - weak) / (strong - weak)
}

// Shares is the curve by ascending share of the stronger model. A curve over a
// knob has a monotone share, so that this is its order or the reverse.
func (c Curve) Shares() Curve {
	out := slices.Clone(c)
	slices.SortStableFunc(out, func(a, b Point) int { return cmp.Compare(a.Share, b.Share) })
	return out
}

// APGR is the average performance gap recovered: the area under PGR over the share
// of the stronger model from 0 to 1, by trapezoids through the attainable shares.
// The curve must reach both ends; weak and strong are the qualities there.
func (c Curve) APGR() float64 {
	by := c.Shares()
	weak, strong := by[0].Quality, by[len(by)-1].Quality
	area := 0.0
	for i := 1; i < len(by); i++ {
		area += (by[i].Share - by[i-1].Share) * (by[i].Quality + by[i-1].Quality) / 2
	}
	return PGR(area, weak, strong)
}

// CPT is the least attainable share of the stronger model at which PGR is at least
// p: the call-performance threshold. first is where that is reached first and
// forGood from where on it holds at every greater share. Nothing is
// interpolated; ok is false where p is not reached, or there is no gap.
func (c Curve) CPT(p float64) (first, forGood float64, ok bool) {
	by := c.Shares()
	weak, strong := by[0].Quality, by[len(by)-1].Quality
	if strong <= weak {
		return 0, 0, false
	}
	first, forGood = math.NaN(), math.NaN()
	for _, pt := range by {
		switch reached := PGR(pt.Quality, weak, strong) >= p-1e-12; {
		case !reached:
			forGood = math.NaN()
		case math.IsNaN(forGood):
			forGood = pt.Share
		}
		if math.IsNaN(first) {
			first = forGood
		}
	}
	return first, forGood, !math.IsNaN(forGood)
}

// A Pair is two models' qualities on the same tasks.
type Pair struct {
	Weak, Strong []float64
}

// Oracle is the curve of a router that knows the grades and must send a given
// share to the stronger model: RouteLLM's optimal router with an optional strong
// call. It sends first where strong gains most; from where no task gains, quality stays level.
func (p Pair) Oracle() Curve {
	n := len(p.Weak)
	gains := make([]float64, 0, n)
	quality := 0.0
	for i := range p.Weak {
		quality += p.Weak[i]
		gains = append(gains, math.Max(0, p.Strong[i]-p.Weak[i]))
	}
	slices.SortFunc(gains, func(a, b float64) int { return cmp.Compare(b, a) })
	out := Curve{{Quality: quality / float64(n)}}
	for i, g := range gains {
		quality += g
		out = append(out, Point{Quality: quality / float64(n), Share: float64(i+1) / float64(n)})
	}
	return out
}

// OracleAPGR is the area under the oracle's PGR, against the gap of the two models.
// It can exceed 1.
func (p Pair) OracleAPGR() float64 {
	by := p.Oracle()
	area := 0.0
	for i := 1; i < len(by); i++ {
		area += (by[i].Share - by[i-1].Share) * (by[i].Quality + by[i-1].Quality) / 2
	}
	return PGR(area, mean(p.Weak), mean(p.Strong))
}

// OracleCPT is the least attainable share at which the oracle recovers p of the gap.
func (p Pair) OracleCPT(share float64) (float64, bool) {
	weak, strong := mean(p.Weak), mean(p.Strong)
	for _, pt := range p.Oracle() {
		if strong > weak && PGR(pt.Quality, weak, strong) >= share-1e-12 {
			return pt.Share, true
		}
	}
	return 0, false
}

func mean(x []float64) float64 {
	var s sum
	for _, v := range x {
		s.add(v)
	}
	return s.value() / float64(len(x))
}
