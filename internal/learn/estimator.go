package learn

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// What the estimators share.
//
// Rows are fitted in an order that follows their contents and the seed, and not
// their places, so that permuting the rows of a sample changes nothing. Rows that
// weigh nothing, or of which no output is known, are left out. An output that no
// row knows has no prediction: it is predicted NaN.

// An estSample is a sample that was checked, dense, and in the order of its rows' keys.
type estSample struct {
	n, p int
	x    []float32   // n × p
	y    [][]float64 // by output and row; NaN where it is not known
	w    []float64
	key  []uint64 // of the rows' contents
	unit []uint64 // rows of one unit stay together
	at   []int    // the row of the sample
	seed uint64
}

var errNothingKnown = errors.New("learn: no row has both a weight above 0 and a known output: there is nothing to fit on")

// estPrepare checks a sample and orders its rows.
func estPrepare(s *Sample) (*estSample, error) {
	if err := s.estCheck(); err != nil {
		return nil, err
	}
	x := estDense(s.X)
	keys, at := make([]uint64, x.Rows), make([]int, 0, x.Rows)
	for i := range x.Rows {
		if s.Weight(i) > 0 && s.estKnown(i) {
			keys[i] = s.estKey(x, i)
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return nil, errNothingKnown
	}
	slices.SortFunc(at, func(a, b int) int {
		return estCompare(keys[a], keys[b], s.Weight(a), s.Weight(b), a, b)
	})
	return s.estTake(x, keys, at), nil
}

func estCompare(k, l uint64, v, w float64, a, b int) int {
	switch {
	case k != l:
		return 1 - 2*estOne(k < l)
	case v != w:
		return 1 - 2*estOne(v < w)
	}
	return a - b
}

func estOne(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (s *Sample) estTake(x *Table, keys []uint64, at []int) *estSample {
	e := &estSample{
		n: len(at), p: x.Cols, x: make([]float32, len(at)*x.Cols), y: make([][]float64, len(s.Y)),
		w: make([]float64, len(at)), key: make([]uint64, len(at)), unit: make([]uint64, len(at)), at: at, seed: s.Seed,
	}
	for i, from := range at {
		copy(e.row(i), x.Row(from))
		e.w[i], e.key[i], e.unit[i] = s.Weight(from), keys[from], keys[from]
		if s.Units != nil {
			e.unit[i] = s.Units[from]
		}
	}
	for o, y := range s.Y {
		e.y[o] = make([]float64, len(at))
		for i, from := range at {
			e.y[o][i] = y[from]
		}
	}
	return e
}

func (e *estSample) row(i int) []float32 { return e.x[i*e.p : (i+1)*e.p : (i+1)*e.p] }

// take is some of the rows.
func (e *estSample) take(rows []int) *estSample {
	out := *e
	out.n = len(rows)
	out.x, out.w = make([]float32, len(rows)*e.p), make([]float64, len(rows))
	out.key, out.unit, out.at = make([]uint64, len(rows)), make([]uint64, len(rows)), make([]int, len(rows))
	out.y = make([][]float64, len(e.y))
	for o := range e.y {
		out.y[o] = make([]float64, len(rows))
	}
	for i, from := range rows {
		copy(out.row(i), e.row(from))
		out.w[i], out.key[i], out.unit[i], out.at[i] = e.w[from], e.key[from], e.unit[from], e.at[from]
		for o := range e.y {
			out.y[o][i] = e.y[o][from]
		}
	}
	return &out
}

// estCheck reports what no estimator can be fitted on.
func (s *Sample) estCheck() error {
	if s.X == nil || len(s.Y) == 0 {
		return errors.New("learn: a sample has no features or no outputs")
	}
	for o, y := range s.Y {
		if len(y) != s.X.Rows {
			return fmt.Errorf("learn: output %d has %d values, expected one for each of %d rows", o, len(y), s.X.Rows)
		}
		for i, v := range y {
			if v < 0 || v > 1 {
				return fmt.Errorf("learn: output %d of row %d is %g, expected a number in [0,1] or NaN", o, i, v)
			}
		}
	}
	if s.Units != nil && len(s.Units) != s.X.Rows || s.Weights != nil && len(s.Weights) != s.X.Rows {
		return fmt.Errorf("learn: %d weights and %d units, expected none or one for each of %d rows", len(s.Weights), len(s.Units), s.X.Rows)
	}
	for i, w := range s.Weights {
		if !(w >= 0) || math.IsInf(w, 1) {
			return fmt.Errorf("learn: the weight of row %d is %g, expected a number of at least 0", i, w)
		}
	}
	return estUsable(s.X)
}

// estCells is the most cells of a table that is made dense: four bytes each, a few times over.
const estCells = 1 << 28

// estLargest is the largest size of a feature, whose square is still a float32.
const estLargest = 1e17

// estUsable reports features that cannot be computed with.
func estUsable(x *Table) error {
	if x.Cols > 0 && x.Rows > estCells/x.Cols {
		return fmt.Errorf("learn: found %d rows of %d columns, expected at most %d cells; reduce the columns first", x.Rows, x.Cols, estCells)
	}
	values := x.Dense
	if x.Sparse() {
		values = x.Value
	}
	for i, v := range values {
		if !(v >= -estLargest && v <= estLargest) {
			return fmt.Errorf("learn: value %d of the features is %g, expected numbers of at most %g in size", i, v, estLargest)
		}
	}
	return nil
}

func (s *Sample) estKnown(i int) bool {
	for _, y := range s.Y {
		if !math.IsNaN(y[i]) {
			return true
		}
	}
	return false
}

// estKey mixes the seed with all that is known of a row but its weight, so that a
// row that stands twice stands where one of twice the weight would.
func (s *Sample) estKey(x *Table, i int) uint64 {
	h := estMix(s.Seed)
	for _, v := range x.Row(i) {
		h = (h ^ uint64(math.Float32bits(v))) * 1099511628211
		h ^= h >> 29
	}
	for _, y := range s.Y {
		h = estMix(h ^ math.Float64bits(y[i]))
	}
	if s.Units != nil {
		h ^= s.Units[i]
	}
	return estMix(h)
}

// estMix is the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
func estMix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// means are the weighted means of the outputs, NaN where no row knows one.
func (e *estSample) means() Floats {
	out := make(Floats, len(e.y))
	for o, y := range e.y {
		sum, weight := 0.0, 0.0
		for i, v := range y {
			if !math.IsNaN(v) {
				sum, weight = sum+e.w[i]*v, weight+e.w[i]
			}
		}
		out[o] = float32(sum / weight)
	}
	return out
}

// weight is the sum of the weights.
func (e *estSample) weight() float64 {
	sum := 0.0
	for _, w := range e.w {
		sum += w
	}
	return sum
}

// folds deals the rows to k folds by unit, evenly: the units are ordered by a key
// that follows the seed, and dealt in turn. It is nil if there are fewer than 2k units.
func (e *estSample) folds(k int) []int {
	rank := map[uint64]int{}
	var units []uint64
	for _, u := range e.unit {
		if _, seen := rank[u]; !seen {
			rank[u] = 0
			units = append(units, u)
		}
	}
	if len(units) < 2*k {
		return nil
	}
	slices.SortFunc(units, func(a, b uint64) int {
		return estCompare(estMix(a^estMix(e.seed)), estMix(b^estMix(e.seed)), 0, 0, 0, 0)
	})
	for at, u := range units {
		rank[u] = at % k
	}
	out := make([]int, e.n)
	for i, u := range e.unit {
		out[i] = rank[u]
	}
	return out
}

// estSigmoid is the logistic function.
func estSigmoid(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + math.Exp(-x))
	}
	z := math.Exp(x)
	return z / (1 + z)
}

// estLogOnePlus is log(1 + exp(x)).
func estLogOnePlus(x float64) float64 {
	return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x)))
}
