package learn

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
)

// Isotonic is a map that never falls: straight lines between points, and constant
// beyond the first and last.
type Isotonic struct {
	X []float64 // ascending
	Y []float64 // not descending
}

// FitIsotonic minimises Σ weight·(y - f(x))² over all f that never fall, by
// pooling adjacent violators (Best and Chakravarti, 1990, doi 10.1007/BF01580873).
// Rows of the same x are first pooled to their weighted mean. As IsotonicRegression
// of scikit-learn has it with out_of_bounds="clip", f is constant within each pool,
// from its first x to its last, and a straight line from there to the next pool.
//
// Rows whose y is NaN or whose weight is 0 are left out; weights are all 1 if nil.
// It fails if no row is left, or an x or y is not finite.
func FitIsotonic(x, y, weights []float64) (*Isotonic, error) {
	points, err := calibrationPoints(x, y, weights)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(points, func(a, b point) int { return cmp.Compare(a.x, b.x) })
	out := &Isotonic{}
	for _, p := range poolViolators(poolTies(points)) {
		out.X, out.Y = append(out.X, p.first), append(out.Y, p.mean)
		if p.last > p.first {
			out.X, out.Y = append(out.X, p.last), append(out.Y, p.mean)
		}
	}
	return out, nil
}

// At is the map at x; NaN at NaN.
func (f *Isotonic) At(x float64) float64 {
	last := len(f.X) - 1
	switch {
	case math.IsNaN(x):
		return math.NaN()
	case x <= f.X[0]:
		return f.Y[0]
	case x >= f.X[last]:
		return f.Y[last]
	}
	i := sort.SearchFloat64s(f.X, x)
	if f.X[i] == x || f.Y[i] == f.Y[i-1] {
		return f.Y[i]
	}
	share := (x - f.X[i-1]) / (f.X[i] - f.X[i-1])
	return min(f.Y[i], f.Y[i-1]+share*(f.Y[i]-f.Y[i-1]))
}

// UnmarshalJSON reads and checks a saved state.
func (f *Isotonic) UnmarshalJSON(text []byte) error {
	type plain Isotonic
	if err := json.Unmarshal(text, (*plain)(f)); err != nil {
		return err
	}
	if len(f.X) == 0 || len(f.X) != len(f.Y) || !sort.Float64sAreSorted(f.X) || !sort.Float64sAreSorted(f.Y) {
		return fmt.Errorf("learn: found a map of %d points at %d places, expected as many, ascending", len(f.Y), len(f.X))
	}
	return nil
}

// A point is a row that a map is fitted on.
type point struct{ x, y, weight float64 }

// calibrationPoints are the rows that count.
func calibrationPoints(x, y, weights []float64) ([]point, error) {
	if len(x) != len(y) || weights != nil && len(weights) != len(x) {
		return nil, fmt.Errorf("learn: found %d scores, %d targets and %d weights, expected as many", len(x), len(y), len(weights))
	}
	var out []point
	for i := range x {
		p := point{x[i], y[i], 1}
		if weights != nil {
			p.weight = weights[i]
		}
		if math.IsNaN(p.y) || p.weight == 0 {
			continue
		}
		if p.x-p.x != 0 || p.y-p.y != 0 || !(p.weight > 0) || math.IsInf(p.weight, 0) {
			return nil, fmt.Errorf("learn: row %d has the score %v, target %v and weight %v, expected finite numbers", i, p.x, p.y, p.weight)
		}
		out = append(out, p)
	}
	if len(out) == 0 {
		return nil, errors.New("learn: there is no row to fit a calibration on")
	}
	return out, nil
}

// A pool is neighbouring points that have one value.
type pool struct{ first, last, mean, weight float64 }

// join is two pools as one.
func (p pool) join(q pool) pool {
	w := p.weight + q.weight
	return pool{p.first, q.last, p.mean + (q.mean-p.mean)*(q.weight/w), w}
}

func poolTies(points []point) []pool {
	var out []pool
	for _, p := range points {
		one := pool{p.x, p.x, p.y, p.weight}
		if n := len(out); n > 0 && out[n-1].first == p.x {
			out[n-1] = out[n-1].join(one)
			continue
		}
		out = append(out, one)
	}
	return out
}

// poolViolators joins pools until means ascend.
func poolViolators(pools []pool) []pool {
	out := pools[:0]
	for _, p := range pools {
		for len(out) > 0 && out[len(out)-1].mean >= p.mean {
			p = out[len(out)-1].join(p)
			out = out[:len(out)-1]
		}
		out = append(out, p)
	}
	return out
}
