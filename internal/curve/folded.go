package curve

import (
	"waymark/internal/stats"
)

// folded are the folds that a frontier is chosen and measured on, with what the
// dearest model costs in each.
type folded struct {
	s       *Steps
	of      []uint8
	dearest []float64 // of each task
	mean    float64   // of all
	total   float64
	weight  [hypervolumeFolds]float64
	here    [hypervolumeFolds]float64 // mean of dearest in the fold
	other   [hypervolumeFolds]float64 // and outside of it
}

func newFolded(s *Steps, dearest []float64) *folded {
	f := &folded{s: s, of: s.folds(), dearest: dearest}
	var sums [hypervolumeFolds]float64
	all := 0.0
	for i, d := range dearest {
		w := s.weight(i)
		f.weight[f.of[i]] += w
		sums[f.of[i]] += w * d
		f.total += w
		all += w * d
	}
	f.mean = all / f.total
	for k, x := range sums {
		f.here[k], f.other[k] = x/f.weight[k], (all-x)/(f.total-f.weight[k])
	}
	return f
}

// part is what a task of a fold weighs where the folds' estimates are averaged.
func (f *folded) part(fold int) float64 { return f.total / (hypervolumeFolds * f.weight[fold]) }

// estimate is that of the mean of values around mean.
func (f *folded) estimate(values []float64, mean, confidence float64) stats.Estimate {
	if f.s.Units() < fewForHypervolume {
		return f.s.withheld(confidence, fewUnits)
	}
	for i := range values {
		values[i] += mean
	}
	return widened(stats.Linear(f.s.sample(values), confidence))
}

// A gradient is a share of the box, with its slopes in every spot and in the cost of
// the dearest.
type gradient struct {
	share   float64
	slopes  []Spot
	dearest float64
}

// chooseStairs are the spots of the frontier that cost less than the dearest. A rise
// that is no more than rounding is none.
func chooseStairs(spots []Spot, dearest float64) (way []int) {
	last := 0.0
	for _, i := range Frontier(spots) {
		if s := spots[i]; s.Cost < dearest && s.Quality > last+1e-12 {
			way, last = append(way, i), s.Quality
		}
	}
	return way
}

// measure is Σ (1 − cost_i/R)·(quality_i − quality_{i−1}) along a way, as its spots lie in
// a fold, where R is what the dearest costs.
func (f *folded) measure(way []int, at []Spot, fold int) gradient {
	r := f.here[fold]
	g := gradient{slopes: make([]Spot, len(at))}
	last, weighed := 0.0, 0.0
	for k, i := range way {
		rise, left := at[i].Quality-last, 1-at[i].Cost/r
		g.share += left * rise
		weighed += at[i].Cost * rise
		g.slopes[i].Quality += left
		g.slopes[i].Cost -= rise / r
		if k > 0 {
			g.slopes[way[k-1]].Quality -= left
		}
		last = at[i].Quality
	}
	g.dearest = weighed / (r * r)
	return g
}
