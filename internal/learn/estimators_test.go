package learn

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var nan = math.NaN()

// drawn is a dense table of normal numbers and outputs that depend on them.
func drawn(n, cols, outputs int, seed uint64) *Sample {
	random := rand.New(rand.NewPCG(seed, 0))
	s := &Sample{X: NewDense(n, cols), Y: make([][]float64, outputs)}
	for i := range s.X.Dense {
		s.X.Dense[i] = float32(random.NormFloat64())
	}
	for o := range s.Y {
		for i := range n {
			y := 0.0
			if random.Float64() < expit(float64(s.X.Row(i)[o%cols])) {
				y = 1
			}
			s.Y[o] = append(s.Y[o], y)
		}
	}
	return s
}

// only is the rows at some places of a dense sample.
func only(s *Sample, at []int) *Sample {
	out := &Sample{X: NewDense(len(at), s.X.Cols), Y: make([][]float64, len(s.Y))}
	for j, i := range at {
		copy(out.X.Row(j), s.X.Row(i))
		for o := range s.Y {
			out.Y[o] = append(out.Y[o], s.Y[o][i])
		}
		out.Weights = append(out.Weights, s.Weight(i))
	}
	return out
}

func logistic(t *testing.T, s *Sample) *Logistic {
	t.Helper()
	l, err := LogisticOptions{}.Fit(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// same compares one output of two fits.
func same(t *testing.T, what string, got *Hyperplanes, output int, want *Hyperplanes, of int, tolerance float64) {
	t.Helper()
	if d := math.Abs(got.Intercepts[output] - want.Intercepts[of]); !(d <= tolerance) {
		t.Errorf("%s: intercepts differ by %v", what, d)
	}
	for c := range got.Cols {
		a, b := got.Coefficients[c*got.Outputs()+output], want.Coefficients[c*want.Outputs()+of]
		if d := math.Abs(float64(a - b)); !(d <= tolerance) {
			t.Errorf("%s: coefficients %d differ by %v", what, c, d)
		}
	}
}

// TestLogisticHoles: an output is fitted as if the rows where it is a hole, or that
// have no weight, were not there, and the other outputs neither.
func TestLogisticHoles(t *testing.T) {
	s := drawn(200, 4, 2, 1)
	var at []int
	s.Weights = make([]float64, 200)
	for i := range 200 {
		s.Weights[i] = float64(i % 4)
		if i%3 == 0 {
			s.Y[1][i] = nan
		} else if i%4 > 0 {
			at = append(at, i)
		}
	}
	got, part := logistic(t, s), only(s, at)
	part.Y = part.Y[1:]
	want := logistic(t, part)
	same(t, "holes", &got.Hyperplanes, 1, &want.Hyperplanes, 0, 1e-6)
	if got.Rows[1] != len(at) || got.Rows[0] != 150 {
		t.Errorf("fitted on %v rows, want 150 and %d", got.Rows, len(at))
	}
	loaded := predict(saved(t, got), s.X)
	for o, p := range predict(got, s.X) {
		if !slices.Equal(p, loaded[o]) {
			t.Errorf("output %d is predicted otherwise once it is loaded", o)
		}
	}
}

// TestLogisticFractions: a target of 0.25 is a row of 1 with the weight ¼ and one of
// 0 with ¾.
func TestLogisticFractions(t *testing.T) {
	s := drawn(80, 3, 1, 2)
	split := only(s, append(slices.Collect(upTo(80)), slices.Collect(upTo(80))...))
	for i := range 80 {
		s.Y[0][i] = []float64{0.25, 1, 0}[i%3]
		split.Y[0][i], split.Y[0][80+i] = 1, 0
		split.Weights[i], split.Weights[80+i] = s.Y[0][i], 1-s.Y[0][i]
	}
	got, want := logistic(t, s), logistic(t, split)
	same(t, "fractions", &got.Hyperplanes, 0, &want.Hyperplanes, 0, 1e-6)
}

func upTo(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func TestLogisticConstants(t *testing.T) {
	s := &Sample{X: NewDense(3, 2), Y: [][]float64{{0, 0, 0}, {1, 1, nan}, {nan, nan, nan}, {0.5, 0.5, 0.5}}}
	s.X.Row(1)[0] = 1
	s.Weights = []float64{1, 2, 1}
	for o, p := range predict(logistic(t, s), s.X) {
		want := []float64{1. / 6, 4. / 5, 1. / 2, 1. / 2}[o]
		for i := range p {
			if math.Abs(p[i]-want) > 1e-12 {
				t.Errorf("output %d of row %d is %v, want %v", o, i, p[i], want)
			}
		}
	}
}

// TestLogisticHard: what is separated, on another scale or penalised little still
// converges, to a gradient of zero.
func TestLogisticHard(t *testing.T) {
	for _, scale := range []float64{1e-4, 1, 1e4} {
		for _, c := range []float64{1e-6, 1, 1e6} {
			s := drawn(100, 3, 1, 3)
			for i := range 100 {
				s.X.Row(i)[0] *= float32(scale)
				s.Y[0][i] = map[bool]float64{true: 1}[s.X.Row(i)[0] > 0]
			}
			if _, err := (LogisticOptions{C: c}).Fit(t.Context(), s); err != nil {
				t.Errorf("scale %v, C %v: %v", scale, c, err)
			}
		}
	}
}

func TestEstimatorErrors(t *testing.T) {
	one := NewDense(1, 1)
	for _, c := range []struct {
		s    Sample
		c    float64
		want string
	}{
		{Sample{X: one, Y: [][]float64{{1}}}, -1, "C = -1"},
		{Sample{X: one, Y: [][]float64{{2}}}, 1, "output 0 is 2 in row 0"},
		{Sample{X: one, Y: [][]float64{{math.Inf(1)}}}, 1, "+Inf"},
		{Sample{X: one, Y: [][]float64{{1, 0}}}, 1, "2 rows, expected 1"},
		{Sample{X: one, Y: nil}, 1, "no output"},
		{Sample{X: one, Y: [][]float64{{1}}, Weights: []float64{-1}}, 1, "weight -1"},
		{Sample{X: one, Y: [][]float64{{1}}, Weights: []float64{nan}}, 1, "weight NaN"},
		{Sample{X: FromRows(1, []float32{float32(nan)}), Y: [][]float64{{1}}}, 1, "row 0 has a feature"},
	} {
		if _, err := (LogisticOptions{C: c.c}).Fit(t.Context(), &c.s); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("found error %v, expected %q", err, c.want)
		}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := (LogisticOptions{}).Fit(stopped, drawn(50, 2, 1, 4)); err == nil {
		t.Error("a fit that was stopped goes on")
	}
}

func knn(t *testing.T, o KNNOptions, s *Sample) *KNN {
	t.Helper()
	k, err := o.Fit(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestKNNBatches: the bits of a prediction do not depend on what is predicted with
// it, whatever the number of columns is to the tiles.
func TestKNNBatches(t *testing.T) {
	for _, cols := range []int{1, 3, 16, 33, 65, 130, 384} {
		s := drawn(301, cols, 2, uint64(cols))
		queries := drawn(75, cols, 1, 99).X
		for _, o := range []KNNOptions{{K: 5, Similarity: true}, {K: 400, Similarity: true}} {
			k := knn(t, o, s)
			want := predict(k, queries)
			for _, size := range []int{1, 2, 17, 74} {
				for lo := 0; lo+size <= queries.Rows; lo += size {
					part := &Table{Rows: size, Cols: cols, Dense: queries.Dense[lo*cols : (lo+size)*cols]}
					for out, p := range predict(saved1(k), part) {
						if !slices.Equal(p, want[out][lo:lo+size]) {
							t.Fatalf("%d columns, %+v: rows from %d, %d at once, are %v, want %v", cols, o, lo, size, p, want[out][lo:lo+size])
						}
					}
				}
			}
		}
	}
}

// saved1 is another copy of the state in memory.
func saved1(k *KNN) *KNN {
	out := *k
	out.Rows = slices.Clone(k.Rows)
	out.prepare()
	return &out
}

// TestKNNBrute compares with cosines of float64, sorted.
func TestKNNBrute(t *testing.T) {
	s := drawn(150, 8, 1, 6)
	s.Weights = make([]float64, 150)
	for i := range s.Weights {
		s.Weights[i] = float64(1 + i%3)
	}
	queries := drawn(40, 8, 1, 7).X
	got := predict(saved(t, knn(t, KNNOptions{K: 9, Similarity: true}, s)), queries)[0]
	for q, g := range got {
		order := slices.Collect(upTo(150))
		cosine := func(i int) float64 {
			var ab, aa, bb float64
			for c, v := range queries.Row(q) {
				u := float64(s.X.Row(i)[c])
				ab, aa, bb = ab+u*float64(v), aa+u*u, bb+float64(v)*float64(v)
			}
			return ab / math.Sqrt(aa*bb)
		}
		slices.SortStableFunc(order, func(a, b int) int {
			if cosine(a) > cosine(b) {
				return -1
			}
			return 1
		})
		var sum, total float64
		for _, i := range order[:9] {
			w := s.Weights[i] * max(0, cosine(i))
			sum, total = sum+w*s.Y[0][i], total+w
		}
		if math.Abs(g-sum/total) > 1e-6 {
			t.Errorf("row %d is %v, want %v", q, g, sum/total)
		}
	}
}

func TestKNNEdges(t *testing.T) {
	s := &Sample{
		X: FromRows(2, []float32{1, 0}, []float32{2, 0}, []float32{0, 3}, []float32{0, 0}, []float32{-1, 0}, []float32{5, 5}),
		Y: [][]float64{{0.1, 0.2, 0.3, 0.4, 0.5, nan}, {nan, 1, 0, 0, nan, nan}},
	}
	inf := float32(math.Inf(1))
	queries := FromRows(2, []float32{7, 0}, []float32{0, 0}, []float32{inf, 0}, []float32{0, -1}, []float32{0, 1})
	for _, c := range []struct {
		o    KNNOptions
		want [][]float64
	}{
		// Of rows 0 and 1, as near as each other, the first is the neighbour, and does not know output 1. The last row knows nothing and is not kept.
		{KNNOptions{K: 1}, [][]float64{{0.1, 0.3, nan, 0.1, 0.3}, {nan, 1. / 3, nan, nan, 0}}},
		{KNNOptions{K: 2}, [][]float64{{0.15, 0.3, nan, 0.15, 0.2}, {1, 1. / 3, nan, 1, 0}}},
		{KNNOptions{K: 99}, [][]float64{{0.3, 0.3, nan, 0.3, 0.3}, {1. / 3, 1. / 3, nan, 1. / 3, 1. / 3}}},
		// Nothing is like (0,-1): all are as near as each other.
		{KNNOptions{K: 3, Similarity: true}, [][]float64{{0.15, 0.3, nan, 0.3, 0.3}, {1, 1. / 3, nan, 1. / 3, 0}}},
	} {
		k := knn(t, c.o, s)
		for o, p := range predict(saved(t, k), queries) {
			for i, want := range c.want[o] {
				if math.IsNaN(p[i]) != math.IsNaN(want) || math.Abs(p[i]-want) > 1e-7 {
					t.Errorf("%+v: output %d of row %d is %v, want %v", c.o, o, i, p[i], want)
				}
			}
		}
	}
	if _, err := (KNNOptions{}).Fit(t.Context(), &Sample{X: s.X.ToSparse(), Y: s.Y}); err == nil {
		t.Error("neighbours are looked for in a sparse table")
	}
	if _, err := (KNNOptions{}).Fit(t.Context(), &Sample{X: NewDense(1, 1), Y: [][]float64{{nan}}}); err == nil {
		t.Error("neighbours are fitted on nothing")
	}
}

// TestIsotonicLaws: the map never falls, keeps the weighted sum, and is optimal: no
// other map that is constant on the same values does better by moving a pool.
func TestIsotonicLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "n")
		x, y, w := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range n {
			x[i] = float64(rapid.IntRange(0, 12).Draw(t, "x"))
			y[i] = float64(rapid.IntRange(0, 4).Draw(t, "y")) / 4
			w[i] = float64(rapid.IntRange(1, 3).Draw(t, "w"))
		}
		f, err := FitIsotonic(x, y, w)
		if err != nil {
			t.Fatal(err)
		}
		last := math.Inf(-1)
		for at := -1.0; at < 14; at += 0.125 {
			if v := f.At(at); v < last {
				t.Fatalf("f(%v) is %v, below %v", at, v, last)
			} else {
				last = v
			}
		}
		var residual, along float64
		for i := range n {
			residual += w[i] * (y[i] - f.At(x[i]))
			along += w[i] * (y[i] - f.At(x[i])) * f.At(x[i])
		}
		if math.Abs(residual) > 1e-9 || math.Abs(along) > 1e-9 {
			t.Fatalf("residuals sum to %v, and to %v along f: both are 0 at the optimum", residual, along)
		}
		for cut := 0.0; cut < 13; cut++ { // and raising all from a place on is no descent
			var above float64
			for i := range n {
				if x[i] >= cut {
					above += w[i] * (y[i] - f.At(x[i]))
				}
			}
			if above > 1e-9 {
				t.Fatalf("the residuals from %v on sum to %v, above 0", cut, above)
			}
		}
	})
}

func TestCalibrationEdges(t *testing.T) {
	f, err := FitIsotonic([]float64{3, 1, nan, 1}, []float64{1, 0.5, nan, 0}, []float64{1, 3, 1, 1})
	if err != nil {
		t.Fatal(err)
	}
	for x, want := range map[float64]float64{-9: 0.375, 1: 0.375, 2: 0.6875, 3: 1, 9: 1, math.Inf(1): 1} {
		if got := saved(t, f).At(x); got != want {
			t.Errorf("f(%v) is %v, want %v", x, got, want)
		}
	}
	if !math.IsNaN(f.At(nan)) {
		t.Error("f(NaN) is a number")
	}
	for _, fit := range []func(x, y, w []float64) error{
		func(x, y, w []float64) error { _, err := FitIsotonic(x, y, w); return err },
		func(x, y, w []float64) error { _, err := FitPlatt(x, y, w); return err },
	} {
		for _, c := range [][3][]float64{{{1}, {nan}, nil}, {{nan}, {1}, nil}, {{1}, {1}, {-1}}, {{1, 2}, {1}, nil}, {{1}, {1}, {0}}} {
			if fit(c[0], c[1], c[2]) == nil {
				t.Errorf("%v is fitted", c)
			}
		}
	}
}

// TestPlattSeparated: all of one kind, or separated scores, have a map, by Platt's
// targets; scores of any size are fitted alike.
func TestPlattSeparated(t *testing.T) {
	one, err := FitPlatt([]float64{1, 2, 3}, []float64{1, 1, 1}, nil)
	if err != nil || math.Abs(one.At(2)-0.8) > 1e-9 {
		t.Errorf("three successes alone are %v (%v), want (3+1)/(3+2)", one, err)
	}
	for _, scale := range []float64{1e-8, 1, 1e8} {
		f, err := FitPlatt([]float64{-2 * scale, -scale, scale, 2 * scale}, []float64{0, 0, 1, 1}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if p, q := f.At(2*scale), saved(t, f).At(-scale); !(p > 0.75 && p < 1 && q < 0.5 && q > 0 && f.A < 0) || fmt.Sprintf("%.6f", f.At(0)) != "0.500000" {
			t.Errorf("scale %v: %v is %v and %v", scale, f, p, q)
		}
	}
	if constant, err := FitPlatt([]float64{4, 4}, []float64{0, 1}, nil); err != nil || constant.A != 0 || math.Abs(constant.At(math.Inf(1))-0.5) > 1e-12 {
		t.Errorf("one score for all is %v (%v)", constant, err)
	}
}
