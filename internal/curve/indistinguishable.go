package curve

import "math"

// Indistinguishable is how far from point at one can go along the curve, on either
// side, with the paired difference in quality never further from 0 than t of its
// standard errors: positions lo to hi, at among them. Between points less than least
// tasks apart the difference has no error to speak of and counts as none.
func Indistinguishable(s *Steps, c Curve, at int, t float64, least int) (lo, hi int) {
	events := s.events()
	end := make([]int, len(c)) // how many events lie before the end of each point
	point := 0
	for i, e := range events {
		if i == 0 || e.key != events[i-1].key {
			point++
		}
		end[point] = i + 1
	}
	walk := func(step int) int {
		d := newDrift(s)
		reached := at
		for j := at + step; j >= 0 && j < len(c); j += step {
			first, last := end[max(j, j-step)-1], end[max(j, j-step)] // the events between j and j − step
			for _, e := range events[first:last] {
				d.move(e, float64(step))
			}
			if d.moved >= least && !d.within(t) {
				break
			}
			reached = j
		}
		return reached
	}
	return walk(-1), walk(1)
}

// drift is the paired difference between two points of a curve, by unit.
type drift struct {
	s         *Steps
	x, w      []float64 // of each unit
	total, ww float64
	sum       sum
	xx, xw    float64
	moved     int
}

func newDrift(s *Steps) *drift {
	d := &drift{s: s, x: make([]float64, s.Units()), w: make([]float64, s.Units())}
	for i := range s.Tasks() {
		d.w[s.unit(i)] += s.weight(i)
		d.total += s.weight(i)
	}
	for _, w := range d.w {
		d.ww += w * w
	}
	return d
}

func (d *drift) move(e event, sign float64) {
	k, i := int(e.step), int(e.task)
	g := d.s.unit(i)
	dx := sign * d.s.weight(i) * (d.s.Quality[k] - d.s.Quality[k-1])
	d.xx += dx * (2*d.x[g] + dx)
	d.xw += dx * d.w[g]
	d.x[g] += dx
	d.sum.add(dx)
	d.moved++
}

// within reports whether the difference is within t standard errors of 0.
func (d *drift) within(t float64) bool {
	m := d.sum.value() / d.total
	g := float64(len(d.w))
	ss := math.Max(0, d.xx-2*m*d.xw+m*m*d.ww)
	return math.Abs(m) <= t*math.Sqrt(g/(g-1)*ss)/d.total+1e-15
}
