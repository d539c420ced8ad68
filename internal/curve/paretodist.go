package curve

import "math"

// ParetoDistances is LLMRouterBench's ParetoDist (Li et al. 2026): the distance of each spot
// to the nearest spot of their frontier, which is 0 for those on it. The norm is ours to
// state, since the paper's code does not show it: Euclidean, with cost and quality each
// divided by its range over the reference spots. NaN where they have no range.
func ParetoDistances(spots, reference []Spot) []float64 {
	quality, cost := ranges(reference)
	front := Frontier(spots)
	out := make([]float64, len(spots))
	for i, s := range spots {
		out[i] = math.NaN()
		if quality == 0 || cost == 0 {
			continue
		}
		out[i] = math.Inf(1)
		for _, k := range front {
			out[i] = math.Min(out[i], math.Hypot((s.Quality-spots[k].Quality)/quality, (s.Cost-spots[k].Cost)/cost))
		}
	}
	return out
}

// ranges are the lengths of the intervals that spots fill.
func ranges(spots []Spot) (quality, cost float64) {
	if len(spots) == 0 {
		return 0, 0
	}
	least, most := spots[0], spots[0]
	for _, s := range spots {
		least.Quality, most.Quality = math.Min(least.Quality, s.Quality), math.Max(most.Quality, s.Quality)
		least.Cost, most.Cost = math.Min(least.Cost, s.Cost), math.Max(most.Cost, s.Cost)
	}
	return most.Quality - least.Quality, most.Cost - least.Cost
}
