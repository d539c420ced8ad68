package curve

import (
	"math"

	"waymark/internal/stats"
)

// studentised is a track whose replicates are divided by standard errors of their
// own: the bootstrap-t follows the skewness of costs, which fair signs do not see.
// The sums that a replicate weighs are those of units, and change the same way
// in all of them.
type studentised struct {
	keys       []uint64
	weights    []float64 // W of each unit
	base       []float64 // X of each unit at the lower end
	steps      []unitStep
	correction float64 // G/(G−1)
}

// A unitStep is what a move adds to ΣX, ΣX² and ΣXW of a unit, and where the point
// that it completes is looked at, its mean; NaN where it is not.
type unitStep struct {
	unit                  int32
	sum, squares, crossed float64
	level                 float64
}

func newStudentised(m *multiplied, t track) *studentised {
	out := &studentised{keys: m.keys, weights: m.weights, base: t.base}
	g := float64(len(m.keys))
	out.correction = g / (g - 1)
	x := append([]float64(nil), t.base...)
	for _, v := range t.moves {
		step := unitStep{v.unit, v.delta, v.delta * (2*x[v.unit] + v.delta), v.delta * m.weights[v.unit], nan}
		if v.look != 0 {
			step.level = v.level
		}
		x[v.unit] += v.delta
		out.steps = append(out.steps, step)
	}
	return out
}

// greatest is the greatest |mean* − mean| / SE* of each replicate of a block of
// four, over all points that are looked at.
func (t *studentised) greatest(block int) (top [stats.PerHash]float64) {
	type sums struct{ w, ww, x, xx, xw float64 }
	var lane [stats.PerHash]sums
	draws := make([][stats.PerHash]uint8, len(t.keys))
	for g, key := range t.keys {
		draws[g] = stats.Weights4(bandSeed, key, block)
		w, x := t.weights[g], t.base[g]
		for r, k := range draws[g] {
			f, l := float64(k), &lane[r]
			l.w, l.ww, l.x, l.xx, l.xw = l.w+f*w, l.ww+f*w*w, l.x+f*x, l.xx+f*x*x, l.xw+f*x*w
		}
	}
	for i := range t.steps {
		v := &t.steps[i]
		k := &draws[v.unit]
		for r := range lane {
			f, l := float64(k[r]), &lane[r]
			l.x, l.xx, l.xw = l.x+f*v.sum, l.xx+f*v.squares, l.xw+f*v.crossed
		}
		if v.level != v.level {
			continue
		}
		for r := range lane {
			l := &lane[r]
			m := l.x / l.w
			if ss := l.xx - 2*m*l.xw + m*m*l.ww; ss > 0 {
				d := (m - v.level) * l.w
				top[r] = max(top[r], d*d/ss)
			}
		}
	}
	for r := range top {
		top[r] = math.Sqrt(top[r] / t.correction)
	}
	return top
}
