// Package tune chooses a knob: the best point of a curve that meets a goal.
package tune

import "math"

// A Point is one operating point of a curve, by its means on the split that is
// chosen on.
type Point struct {
	Knob, Quality, Cost float64
}

// A Goal is what a chosen point is to be: the cheapest whose quality is at least
// MinQuality, or, where Maximise is set, the best whose cost is at most MaxCost.
// Both bounds may be given; an infinite bound is none.
type Goal struct {
	Maximise   bool    // quality, instead of minimising cost
	MinQuality float64 // -Inf if none
	MaxCost    float64 // +Inf if none
}

// Choose is the position of the point that meets the goal best, and whether any
// meets it. Ties in what is optimised go to the better other, then to the first.
// A plain choice such as this is biased: the quality of the chosen point on the
// split that it was chosen on flatters it.
func Choose(points []Point, g Goal) (best int, ok bool) {
	best = -1
	for i, p := range points {
		if p.Quality < g.MinQuality || p.Cost > g.MaxCost || math.IsNaN(p.Quality+p.Cost) {
			continue
		}
		if best < 0 || better(p, points[best], g.Maximise) {
			best = i
		}
	}
	return best, best >= 0
}

func better(a, b Point, maximise bool) bool {
	if maximise {
		return a.Quality > b.Quality || a.Quality == b.Quality && a.Cost < b.Cost
	}
	return a.Cost < b.Cost || a.Cost == b.Cost && a.Quality > b.Quality
}
