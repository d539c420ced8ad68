package curve

import "waymark/internal/stats"

// Hypervolume is the share of the box from quality 0 to 1 and from a cost of 0 to
// that of the dearest model that spots dominate (Zitzler and Thiele 1998): the
// reference point is (quality 0, cost dearest), and over the frontier by ascending cost
//
//	HV = Σ_i (1 − cost_i/dearest) · (quality_i − quality_{i−1}),  quality_0 = 0.
//
// A spot that costs the dearest or more adds nothing. It does not change where all prices
// double. ok is false where the dearest costs nothing.
func Hypervolume(spots []Spot, dearest float64) (share float64, ok bool) {
	if !(dearest > 0) {
		return nan, false
	}
	last := 0.0
	for _, i := range Frontier(spots) {
		if spots[i].Cost < dearest && spots[i].Quality > last {
			share += (1 - spots[i].Cost/dearest) * (spots[i].Quality - last)
			last = spots[i].Quality
		}
	}
	return share, true
}

// hypervolumeFolds is how many folds a frontier is measured on, each chosen on all others.
const hypervolumeFolds = aiqFolds

// fewForHypervolume is the least number of units at which the simulated coverage of
// the interval holds its promise; see docs/coverage.md.
const fewForHypervolume = 200

const fewUnits = "too few units for a frontier to be chosen on some and measured on others"

// SetHypervolume estimates the hypervolume of a set of policies without the flattery of a
// maximum over noise: by fold, the frontier is chosen on all other folds and
// measured on that one. quality and cost are by policy, then by task; dearest is what the dearest
// model costs on each task. s has the tasks' weights, groups and keys. value is of all tasks at once.
func SetHypervolume(quality, cost [][]float64, dearest []float64, s stats.Sample, confidence float64) (value float64, e stats.Estimate) {
	steps := &Steps{Start: make([]int, len(dearest)+1), Weights: s.Weights, Groups: s.Groups, Keys: s.Keys}
	f := newFolded(steps, dearest)
	k := &knots{s: steps, quality: quality, cost: cost}
	all, _ := k.spots(f.of, -1, true)
	value, ok := Hypervolume(all, f.mean)
	if !ok {
		return nan, steps.withheld(confidence, "the dearest model costs nothing")
	}
	values := make([]float64, len(dearest))
	mean := 0.0
	for fold := range hypervolumeFolds {
		other, otherWeight := k.spots(f.of, fold, true)
		here, weight := k.spots(f.of, fold, false)
		if !(weight > 0) || !(otherWeight > 0) {
			return value, steps.withheld(confidence, fewUnits)
		}
		g := f.measure(chooseStairs(other, f.other[fold]), here, fold)
		mean += g.share / hypervolumeFolds
		for i, of := range f.of {
			if int(of) != fold {
				continue
			}
			influence := g.dearest * (dearest[i] - f.here[fold])
			for j, d := range g.slopes {
				if d != (Spot{}) {
					influence += d.Quality*(quality[j][i]-here[j].Quality) + d.Cost*(cost[j][i]-here[j].Cost)
				}
			}
			values[i] = f.part(fold) * influence
		}
	}
	return value, f.estimate(values, mean, confidence)
}
