package reports

import (
	"math"
	"sort"
)

// A box is a rectangle on the canvas, in points.
type box struct{ x0, y0, x1, y1 float64 }

func (b box) overlap(c box) float64 {
	w := math.Min(b.x1, c.x1) - math.Max(b.x0, c.x0)
	h := math.Min(b.y1, c.y1) - math.Max(b.y0, c.y0)
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h
}

func (b box) inside(c box) bool { return b.x0 >= c.x0 && b.y0 >= c.y0 && b.x1 <= c.x1 && b.y1 <= c.y1 }

// A label wants to stand near a point of the canvas.
type label struct {
	x, y          float64 // the point
	width, height float64
	rank          int // lower ranks are placed first
}

// A placed label has its box, or is left out.
type placed struct {
	box    box
	leader bool // far enough from its point to need a line to it
	ok     bool
}

// place puts labels into the canvas so that no two overlap, none leaves it and
// none covers one of the points; near its point it keeps off the lines too, where
// that goes. It tries places around the point at growing distances, by rank; a
// label for which no place is left is left out.
func place(labels []label, points, lines []box, canvas box) []placed {
	order := make([]int, len(labels))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return labels[order[a]].rank < labels[order[b]].rank })
	out := make([]placed, len(labels))
	var taken []box
	for _, i := range order {
		out[i] = settle(labels[i], taken, points, lines, canvas)
		if out[i].ok {
			taken = append(taken, out[i].box)
		}
	}
	return out
}

// settle is the first free candidate, at growing distances.
func settle(l label, taken, points, lines []box, canvas box) placed {
	for pass := range 2 {
		rings := 5
		if pass == 1 {
			rings, lines = 14, nil
		}
		for ring := range rings {
			for _, c := range candidates(l, 6+7*float64(ring), ring) {
				if c.inside(canvas) && free(c, taken) && free(c, points) && free(c, lines) {
					return placed{box: c, leader: ring > 0, ok: true}
				}
			}
		}
	}
	return placed{}
}

// candidates are boxes around the point: the quarters between the bars of its cross
// first, then along those, and more of them further out.
func candidates(l label, distance float64, ring int) []box {
	angles := []float64{40, 320, 140, 220, 0, 180, 90, 270}
	if ring > 0 {
		for a := 15.0; a < 360; a += 15 {
			angles = append(angles, a)
		}
	}
	out := make([]box, 0, len(angles))
	for _, a := range angles {
		sin, cos := math.Sincos(a * math.Pi / 180)
		cx := l.x + cos*(distance+l.width/2*math.Abs(cos))
		cy := l.y + sin*(distance+l.height/2)
		if math.Abs(cos) > 0.1 { // beside the point: the edge towards it, not the middle
			cx = l.x + cos*distance + math.Copysign(l.width/2, cos)
		}
		out = append(out, box{cx - l.width/2, cy - l.height/2, cx + l.width/2, cy + l.height/2})
	}
	return out
}

func free(b box, others []box) bool {
	for _, o := range others {
		if b.overlap(o) > 0 {
			return false
		}
	}
	return true
}
