package curve

import (
	"cmp"
	"slices"
)

// A Spot is a place in the plane of cost and quality.
type Spot struct{ Quality, Cost float64 }

// Frontier is the positions of the spots that no other dominates (at least as good
// in both, better in one), by ascending cost. Of equal spots the first stands.
func Frontier(spots []Spot) []int {
	order := byCost(spots)
	var out []int
	for _, i := range order {
		if len(out) == 0 || spots[i].Quality > spots[out[len(out)-1]].Quality {
			out = append(out, i)
		}
	}
	return out
}

// Hull is the positions of the spots on the upper concave envelope of the
// frontier, by ascending cost: what mixing policies can reach.
func Hull(spots []Spot) []int {
	var out []int
	for _, i := range Frontier(spots) {
		for len(out) > 1 && !turnsDown(spots[out[len(out)-2]], spots[out[len(out)-1]], spots[i]) {
			out = out[:len(out)-1]
		}
		out = append(out, i)
	}
	return out
}

// turnsDown reports whether b lies above the line from a to c.
func turnsDown(a, b, c Spot) bool {
	return (b.Quality-a.Quality)*(c.Cost-a.Cost) > (c.Quality-a.Quality)*(b.Cost-a.Cost)
}

// byCost orders spots by ascending cost, at equal cost by descending quality.
func byCost(spots []Spot) []int {
	order := make([]int, len(spots))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if c := cmp.Compare(spots[a].Cost, spots[b].Cost); c != 0 {
			return c
		}
		return cmp.Compare(spots[b].Quality, spots[a].Quality)
	})
	return order
}

// AIQ is RouterBench's average improvement in quality (Hu et al. 2024, §3.3): the area
// under the non-decreasing hull of the spots over the range of their costs,
// divided by that range. ok is false where all cost the same.
func AIQ(spots []Spot) (aiq float64, ok bool) {
	area, lo, hi := hullArea(spots)
	if hi <= lo {
		return 0, false
	}
	return area / (hi - lo), true
}

// AIQAsCoded is what RouterBench's program computes: the same area divided by the
// greatest cost, not by the range.
func AIQAsCoded(spots []Spot) (aiq float64, ok bool) {
	area, lo, hi := hullArea(spots)
	if hi <= lo {
		return 0, false
	}
	return area / hi, true
}

// hullArea is the area under the hull from the least to the greatest cost; beyond
// its best spot the hull goes on level.
func hullArea(spots []Spot) (area, lo, hi float64) {
	if len(spots) == 0 {
		return 0, 0, 0
	}
	lo, hi = spots[0].Cost, spots[0].Cost
	for _, s := range spots {
		lo, hi = min(lo, s.Cost), max(hi, s.Cost)
	}
	hull := Hull(spots)
	for k := 1; k < len(hull); k++ {
		a, b := spots[hull[k-1]], spots[hull[k]]
		area += (b.Cost - a.Cost) * (a.Quality + b.Quality) / 2
	}
	last := spots[hull[len(hull)-1]]
	return area + (hi-last.Cost)*last.Quality, lo, hi
}
