// Package tune chooses a knob: the best point of a curve that meets a goal.
package tune

import "math"

// A Point is one operating point of a curve, by its means on the split that is
// chosen on.
type Point struct {
	Knob, Quality, Cost float64
	// Slack is by how much the point meets the tightest of its conditions, in that condition's
	// own unit: at least 0 where all are met, +Inf where there are none.
	Slack float64
}

// rounding is the slack that a condition may lack: 0.97 · mean is met by the point
// that reaches it, whatever the last bit of a mean.
const rounding = 1e-12

// Choose is the position of the cheapest point (or, with maximise, the best one) that
// meets its conditions, and whether any does. Ties in what is optimised go to the
// better other, then to the first. A plain choice such as this is biased:
// the quality of the chosen point on the split that it was chosen on flatters it.
func Choose(points []Point, maximise bool) (best int, ok bool) {
	best = -1
	for i, p := range points {
		if !(p.Slack >= -rounding) || math.IsNaN(p.Quality+p.Cost) {
			continue
		}
		if best < 0 || better(p, points[best], maximise) {
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
