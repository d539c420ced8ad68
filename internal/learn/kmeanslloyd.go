package learn

import (
	"context"
	"math/rand/v2"
)

// An estLloyd is one start of Lloyd's algorithm.
type estLloyd struct {
	e       *estSample
	k       int
	centres []float32 // k × cols
	of      []int     // the cluster of each row
	away    []float64 // squared distance of each row to its centre
	inertia float64
}

// newEstLloyd draws centres by k-means++: each is a row, by chance in proportion to
// its weight times the squared distance to the nearest centre so far. It stops
// where all rows are centres.
func newEstLloyd(e *estSample, k int, r *rand.Rand) *estLloyd {
	l := &estLloyd{e: e, of: make([]int, e.n), away: make([]float64, e.n)}
	for i := range l.away {
		l.away[i] = 1
	}
	for range k {
		at := l.draw(r.Float64())
		if at < 0 {
			break
		}
		l.centres = append(l.centres, e.row(at)...)
		for i := range e.n {
			d := estDistance(e.row(i), e.row(at))
			if l.k == 0 || d < l.away[i] {
				l.of[i], l.away[i] = l.k, d
			}
		}
		l.k++
	}
	return l
}

// draw is the row at a share u of the weights, −1 if they are all 0.
func (l *estLloyd) draw(u float64) int {
	total := 0.0
	for i, d := range l.away {
		total += l.e.w[i] * d
	}
	sum, last := 0.0, -1
	for i, d := range l.away {
		if d > 0 {
			if sum, last = sum+l.e.w[i]*d, i; sum > u*total {
				break
			}
		}
	}
	return last
}

func estDistance(a, b []float32) float64 {
	sum := 0.0
	for i, v := range a {
		d := float64(v) - float64(b[i])
		sum += d * d
	}
	return sum
}

// run moves centres until no row changes its cluster.
func (l *estLloyd) run(ctx context.Context, iterations int) error {
	for range iterations {
		if err := ctx.Err(); err != nil {
			return err
		}
		l.move()
		if !l.assign() {
			break
		}
	}
	return nil
}

// move puts each centre at the mean of its rows, and one without rows at the row
// that is furthest from its own centre.
func (l *estLloyd) move() {
	p := l.e.p
	sums, weights := make([]float64, l.k*p), make([]float64, l.k)
	for i, c := range l.of {
		weights[c] += l.e.w[i]
		for j, v := range l.e.row(i) {
			sums[c*p+j] += l.e.w[i] * float64(v)
		}
	}
	for c, w := range weights {
		if w == 0 {
			far := estFurthest(l.away)
			copy(l.centres[c*p:(c+1)*p], l.e.row(far))
			l.away[far] = 0
			continue
		}
		for j := range p {
			l.centres[c*p+j] = float32(sums[c*p+j] / w)
		}
	}
}

func estFurthest(away []float64) int {
	at := 0
	for i, d := range away {
		if d > away[at] {
			at = i
		}
	}
	return at
}

// assign gives each row its nearest centre and reports whether any changed.
func (l *estLloyd) assign() bool {
	e, squares, centres := l.e, l.squares(), estTranspose(l.k, l.e.p, l.centres)
	estParallel((e.n+estBlock-1)/estBlock, func(block int) {
		lo, hi := block*estBlock, min(e.n, (block+1)*estBlock)
		for at, c := range estNearest(hi-lo, e.p, e.x[lo*e.p:hi*e.p], centres, squares) {
			i := lo + at
			d := estDistance(e.row(i), l.centre(c))
			// Single precision may prefer another centre that is as near: stay, so that the loop ends.
			if own := estDistance(e.row(i), l.centre(l.of[i])); own <= d {
				c, d = l.of[i], own
			}
			l.away[i] = d
			if c != l.of[i] {
				l.of[i] = -1 - c
			}
		}
	})
	changed := false
	l.inertia = 0
	for i, c := range l.of {
		if c < 0 {
			l.of[i], changed = -1-c, true
		}
		l.inertia += e.w[i] * l.away[i]
	}
	return changed
}

func (l *estLloyd) centre(c int) []float32 { return l.centres[c*l.e.p : (c+1)*l.e.p] }

func (l *estLloyd) squares() Floats {
	out := make(Floats, l.k)
	zero := make([]float32, l.e.p)
	for c := range out {
		out[c] = float32(estDistance(l.centre(c), zero))
	}
	return out
}

// drop leaves out clusters without rows.
func (l *estLloyd) drop() {
	used := make([]int, l.k)
	for _, c := range l.of {
		used[c] = 1
	}
	var centres []float32
	k := 0
	for c, u := range used {
		if u == 1 {
			centres = append(centres, l.centre(c)...)
			used[c] = k
			k++
		}
	}
	for i, c := range l.of {
		l.of[i] = used[c]
	}
	l.centres, l.k = centres, k
}
