package curve

import (
	"math"

	"waymark/internal/stats"
)

// hullKnots is how many points of a curve a cross-fitted hull is chosen from. They
// are spread evenly over the knob's distinct values, which needs no grade.
const hullKnots = 12

// aiqFolds is how many folds a hull is measured on, each chosen on all others.
const aiqFolds = 5

// AIQInterval estimates AIQ without the flattery of a maximum over noise: units are
// dealt into folds by a hash of their key, the hull (and the cheapest and dearest
// point, which are its range) is chosen on all folds but one and its area
// measured on that one, and the measures are averaged. For fixed vertices the area is a smooth function of
// means, so that its interval is that of its linearisation. asCoded divides by
// the greatest cost, as RouterBench's program does, in place of the range.
func AIQInterval(s *Steps, c Curve, confidence float64, asCoded bool) stats.Estimate {
	values, why := s.aiqValues(c, asCoded)
	if why != "" {
		return s.withheld(confidence, why)
	}
	return widened(stats.Linear(s.sample(values), confidence))
}

// aiqValues are a value a task whose mean is the cross-fitted area; why says what is missing.
func (s *Steps) aiqValues(c Curve, asCoded bool) (values []float64, why string) {
	if s.Units() < fewForAIQ {
		return nil, "too few units for a hull to be chosen on one half and measured on the other"
	}
	k := newKnots(s, c)
	folds := s.folds()
	values, mean := make([]float64, s.Tasks()), 0.0
	for fold := range aiqFolds {
		mean += k.crossFit(folds, fold, asCoded, values) / aiqFolds
	}
	if math.IsNaN(mean) {
		return nil, "the curve has no range of costs"
	}
	for i := range values {
		values[i] += mean
	}
	return values, ""
}

func (s *Steps) withheld(confidence float64, why string) stats.Estimate {
	return stats.Estimate{Value: nan, Lo: nan, Hi: nan, Confidence: confidence, N: s.Tasks(), Groups: s.Units(), Withheld: why}
}

// widened is an interval made wider for what it leaves out: what was chosen.
func widened(e stats.Estimate) stats.Estimate {
	e.Lo, e.Hi = e.Value-hullWidening*(e.Value-e.Lo), e.Value+hullWidening*(e.Hi-e.Value)
	return e
}

// fewForAIQ is the least number of units at which the simulated coverage of the
// interval holds its promise, and hullWidening by how much the linearised interval
// is widened for the choice of the hull, which it leaves out; see docs/coverage.md.
const (
	fewForAIQ    = 200
	hullWidening = 1.1
)

// folds deals units by the hash of their key.
func (s *Steps) folds() []uint8 {
	out := make([]uint8, s.Tasks())
	for i := range out {
		key := uint64(s.unit(i))
		if s.Keys != nil {
			key = s.Keys[i]
		}
		out[i] = uint8(stats.SignBits(0x666f6c64, key, 0) >> 17 % aiqFolds)
	}
	return out
}

// knots are every task's quality and cost at some points of a curve.
type knots struct {
	s             *Steps
	quality, cost [][]float64 // by knot, then by task
}

func newKnots(s *Steps, c Curve) *knots {
	k := &knots{s: s}
	at := s.points()
	n := min(len(c), hullKnots)
	for j := range n {
		p := j
		if len(c) > n {
			p = j * (len(c) - 1) / (n - 1)
		}
		q, d := make([]float64, s.Tasks()), make([]float64, s.Tasks())
		for i := range q {
			step := s.Start[i]
			for step+1 < s.Start[i+1] && int(at[step+1]) <= p {
				step++
			}
			q[i], d[i] = s.Quality[step], s.Cost[step]
		}
		k.quality, k.cost = append(k.quality, q), append(k.cost, d)
	}
	return k
}

// spots are the means of a fold, or of all others.
func (k *knots) spots(folds []uint8, fold int, others bool) (spots []Spot, weight float64) {
	spots = make([]Spot, len(k.quality))
	for i, f := range folds {
		if (int(f) == fold) == others {
			continue
		}
		w := k.s.weight(i)
		weight += w
		for j := range spots {
			spots[j].Quality += w * k.quality[j][i]
			spots[j].Cost += w * k.cost[j][i]
		}
	}
	for j := range spots {
		spots[j].Quality /= weight
		spots[j].Cost /= weight
	}
	return spots, weight
}

// crossFit chooses on the other folds and measures on this one. Into values goes, for
// each task of this fold, its influence on the mean of all folds' estimates. It is
// NaN where a fold is empty or has no range of costs.
func (k *knots) crossFit(folds []uint8, fold int, asCoded bool, values []float64) float64 {
	other, otherWeight := k.spots(folds, fold, true)
	here, weight := k.spots(folds, fold, false)
	if !(weight > 0) || !(otherWeight > 0) {
		return nan
	}
	h := chooseHull(other)
	aiq, slopes := h.measure(here, asCoded)
	if math.IsNaN(aiq) {
		return nan
	}
	part := (weight + otherWeight) / (aiqFolds * weight)
	for i, f := range folds {
		if int(f) != fold {
			continue
		}
		influence := 0.0
		for j, d := range slopes {
			if d != (Spot{}) {
				influence += d.Quality*(k.quality[j][i]-here[j].Quality) + d.Cost*(k.cost[j][i]-here[j].Cost)
			}
		}
		values[i] = part * influence
	}
	return aiq
}

// A hull is vertices by ascending cost, and the two spots whose costs are its range.
type hull struct {
	vertices          []int
	cheapest, dearest int
}

func chooseHull(spots []Spot) hull {
	h := hull{vertices: Hull(spots)}
	for j := range spots {
		if spots[j].Cost < spots[h.cheapest].Cost {
			h.cheapest = j
		}
		if spots[j].Cost > spots[h.dearest].Cost {
			h.dearest = j
		}
	}
	return h
}

// measure is the area under the hull's vertices as they lie among other spots, over
// its range, and the slope of that in every spot's quality and cost.
func (h hull) measure(at []Spot, asCoded bool) (aiq float64, slopes []Spot) {
	slopes = make([]Spot, len(at))
	v := h.vertices
	lo, hi := at[h.cheapest].Cost, at[h.dearest].Cost
	first, last := v[0], v[len(v)-1]
	area := (at[first].Cost-lo)*at[first].Quality + (hi-at[last].Cost)*at[last].Quality
	slopes[first].Quality += at[first].Cost - lo
	slopes[first].Cost += at[first].Quality
	slopes[last].Quality += hi - at[last].Cost
	slopes[last].Cost -= at[last].Quality
	for i := 1; i < len(v); i++ {
		a, b := at[v[i-1]], at[v[i]]
		run, mean := b.Cost-a.Cost, (a.Quality+b.Quality)/2
		area += run * mean
		slopes[v[i-1]].Quality += run / 2
		slopes[v[i]].Quality += run / 2
		slopes[v[i-1]].Cost -= mean
		slopes[v[i]].Cost += mean
	}
	slopes[h.cheapest].Cost -= at[first].Quality
	slopes[h.dearest].Cost += at[last].Quality
	span, dLo := hi-lo, 1.0
	if asCoded {
		span, dLo = hi, 0
	}
	if !(span > 0) {
		return nan, nil
	}
	aiq = area / span
	slopes[h.cheapest].Cost += dLo * aiq
	slopes[h.dearest].Cost -= aiq
	for j := range slopes {
		slopes[j].Quality /= span
		slopes[j].Cost /= span
	}
	return aiq, slopes
}
