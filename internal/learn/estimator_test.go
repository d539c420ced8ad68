package learn

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// estKinds are the estimators under the laws below. loose is how far a law that
// holds up to rounding may be off; batches is set where rows are drawn in
// batches, so that a row of weight 2 is not quite two rows.
var estKinds = []struct {
	name    string
	fit     func(context.Context, *Sample) (Predictor, error)
	load    func() Predictor
	batches bool
}{
	{"MLP", func(ctx context.Context, s *Sample) (Predictor, error) { return MLPOptions{}.Fit(ctx, s) }, func() Predictor { return new(MLP) }, true},
	{"MF", func(ctx context.Context, s *Sample) (Predictor, error) { return MFOptions{}.Fit(ctx, s) }, func() Predictor { return new(MF) }, true},
	{"Elo", func(ctx context.Context, s *Sample) (Predictor, error) { return EloOptions{}.Fit(ctx, s) }, func() Predictor { return new(Elo) }, false},
	{"KMeans", func(ctx context.Context, s *Sample) (Predictor, error) { return KMeansOptions{Clusters: 6}.Fit(ctx, s) }, func() Predictor { return new(KMeans) }, false},
	{"Tree", func(ctx context.Context, s *Sample) (Predictor, error) { return TreeOptions{}.Fit(ctx, s) }, func() Predictor { return new(Tree) }, false},
	{"IRT", func(ctx context.Context, s *Sample) (Predictor, error) { return IRTOptions{}.Fit(ctx, s) }, func() Predictor { return new(IRT) }, false},
}

// estTruth is a population of two kinds of rows around opposite points, one
// hard and one easy: P = σ(θ − b) with θ of 0, 1 and −0.5 and b of ±1.5.
type estTruth struct {
	sample *Sample
	p      [][]float64
}

func estSimulate(n, outputs int, seed uint64) estTruth {
	r := rand.New(rand.NewPCG(seed, 1))
	const cols = 8
	t := estTruth{sample: &Sample{X: NewDense(n, cols), Y: make([][]float64, outputs), Seed: 7}, p: make([][]float64, outputs)}
	for o := range outputs {
		t.sample.Y[o], t.p[o] = make([]float64, n), make([]float64, n)
	}
	for i := range n {
		side := float64(1 - 2*r.IntN(2))
		for c := range cols {
			t.sample.X.Row(i)[c] = float32(side*float64(1-c%2*2) + 0.4*r.NormFloat64())
		}
		for o := range outputs {
			t.p[o][i] = estSigmoid([]float64{0, 1, -0.5}[o] - 1.5*side)
			t.sample.Y[o][i] = float64(estOne(r.Float64() < t.p[o][i]))
		}
	}
	return t
}

func estPredicted(p Predictor, x *Table) [][]float64 {
	out := make([][]float64, p.Outputs())
	for o := range out {
		out[o] = make([]float64, x.Rows)
	}
	p.Predict(x, out)
	return out
}

// estError is the mean squared distance of predictions from the truth.
func estError(got, want [][]float64) float64 {
	sum, n := 0.0, 0
	for o := range got {
		for i := range got[o] {
			d := got[o][i] - want[o][i]
			sum, n = sum+d*d, n+1
		}
	}
	return sum / float64(n)
}

func estMost(got, want [][]float64) float64 {
	most := 0.0
	for o := range got {
		for i := range got[o] {
			d := math.Abs(got[o][i] - want[o][i])
			if math.IsNaN(got[o][i]) != math.IsNaN(want[o][i]) {
				d = math.Inf(1)
			}
			if !(d <= most) && !math.IsNaN(d) {
				most = d
			}
		}
	}
	return most
}

// estConstant predicts the means of a sample.
func estConstant(s *Sample, rows int) [][]float64 {
	out := make([][]float64, len(s.Y))
	for o, y := range s.Y {
		sum := 0.0
		for _, v := range y {
			sum += v
		}
		for range rows {
			out[o] = append(out[o], sum/float64(len(y)))
		}
	}
	return out
}

// estLimits are what is left at 3000 rows. A tree of few splits sees few of the columns, and
// the difficulties are not normal, as item response theory takes them to be (see TestIRTRecovers).
var estLimits = map[string]float64{"MLP": 0.002, "MF": 0.003, "Elo": 0.0005, "KMeans": 0.001, "Tree": 0.004, "IRT": 0.005}

// TestEstimatorsApproachTheTruth has the excess of the squared error over the Bayes
// risk, which is E(p̂ − p)², fall with the rows, and end near nothing. The constant mean has 0.1.
func TestEstimatorsApproachTheTruth(t *testing.T) {
	fresh := estSimulate(2000, 3, 99)
	for _, k := range estKinds {
		t.Run(k.name, func(t *testing.T) {
			var excess []float64
			for _, n := range []int{60, 400, 3000} {
				s := estSimulate(n, 3, uint64(n)).sample
				p, err := k.fit(t.Context(), s)
				if err != nil {
					t.Fatal(err)
				}
				excess = append(excess, estError(estPredicted(p, fresh.sample.X), fresh.p))
				if constant := estError(estConstant(s, 2000), fresh.p); !(excess[len(excess)-1] <= constant/3) {
					t.Errorf("%d rows: excess %.5f, the mean has %.5f", n, excess[len(excess)-1], constant)
				}
			}
			t.Logf("excess over the Bayes risk at 60, 400 and 3000 rows: %.5f", excess)
			if limit := estLimits[k.name]; !(excess[2] <= limit) || k.name != "IRT" && !(excess[2] < excess[0]/2) {
				t.Errorf("excess %.5f does not fall to %g", excess, limit)
			}
		})
	}
}

// TestEstimatorsOnNoise has nothing to learn: on fresh rows the mean is as good, up to
// a little that overfitting costs, of few columns as of many.
func TestEstimatorsOnNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for name, c := range map[string]struct{ s, fresh *Sample }{
		"8 columns":  {estSimulate(1000, 2, 5).sample, estSimulate(2000, 2, 98).sample},
		"60 columns": {estWide(300, 60), estWide(2000, 60)},
	} {
		truth := irtZeros(2, 2000)
		for o := range 2 {
			for i := range truth[o] {
				truth[o][i] = 0.5
			}
			for i := range c.s.Y[o] {
				c.s.Y[o][i] = float64(r.IntN(2))
			}
		}
		constant := estError(estConstant(c.s, 2000), truth)
		for _, k := range estKinds {
			t.Run(name+"/"+k.name, func(t *testing.T) {
				p, err := k.fit(t.Context(), c.s)
				if err != nil {
					t.Fatal(err)
				}
				excess := estError(estPredicted(p, c.fresh.X), truth)
				t.Logf("excess %.5f, of the mean %.5f", excess, constant)
				if !(excess <= constant+0.01) {
					t.Errorf("excess %.5f, the mean has %.5f", excess, constant)
				}
			})
		}
	}
}

// TestEstimatorsPredictRowsAlone has a row predicted alone, at another address, as
// in company, bit for bit; on one processor as on many; dense as sparse; and
// after a journey through JSON.
func TestEstimatorsPredictRowsAlone(t *testing.T) {
	s, fresh := estSimulate(300, 3, 4).sample, estOdd(estSimulate(400, 3, 6).sample.X)
	s.X = estOdd(s.X)
	for _, k := range estKinds {
		t.Run(k.name, func(t *testing.T) {
			p, err := k.fit(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			all := estPredicted(p, fresh)
			same := func(what string, got [][]float64) {
				t.Helper()
				if !reflect.DeepEqual(got, all) {
					t.Errorf("%s: predictions differ by up to %g", what, estMost(got, all))
				}
			}
			alone := make([][]float64, len(all))
			for i := range fresh.Rows {
				for o, v := range estPredicted(p, estRows(fresh, i, i+1)) {
					alone[o] = append(alone[o], v[0])
				}
			}
			same("alone", alone)
			same("sparse", estPredicted(p, estSparse(fresh)))
			text, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			loaded := k.load()
			if err := json.Unmarshal(text, loaded); err != nil {
				t.Fatal(err)
			}
			same("loaded", estPredicted(loaded, fresh))
			before := runtime.GOMAXPROCS(1)
			again, err := k.fit(t.Context(), s)
			runtime.GOMAXPROCS(before)
			if err != nil {
				t.Fatal(err)
			}
			same("fitted on one processor", estPredicted(again, fresh))
		})
	}
}

// estOdd adds 3 columns, so that rows start at addresses of every alignment.
func estOdd(x *Table) *Table {
	out := NewDense(x.Rows, x.Cols+3)
	for i := range x.Rows {
		copy(out.Row(i), x.Row(i))
		out.Row(i)[x.Cols+1] = 5 // a constant column
		out.Row(i)[x.Cols+2] = float32(math.Sin(float64(i)))
	}
	return out
}

func estSparse(x *Table) *Table {
	out := &Table{Rows: x.Rows, Cols: x.Cols, Start: []int{0}}
	for i := range x.Rows {
		for c, v := range x.Row(i) {
			if v != 0 {
				out.Col, out.Value = append(out.Col, int32(c)), append(out.Value, v)
			}
		}
		out.Start = append(out.Start, len(out.Col))
	}
	return out
}

// estPick is some rows of a sample, in this order.
func estPick(s *Sample, rows []int) *Sample {
	out := &Sample{X: NewDense(len(rows), s.X.Cols), Y: make([][]float64, len(s.Y)), Weights: make([]float64, len(rows)), Seed: s.Seed}
	for i, from := range rows {
		copy(out.X.Row(i), s.X.Row(from))
		out.Weights[i] = s.Weight(from)
		for o := range s.Y {
			out.Y[o] = append(out.Y[o], s.Y[o][from])
		}
	}
	return out
}

// TestEstimatorsAndTheOrderOfRows: permuting rows changes nothing, bit for bit.
func TestEstimatorsAndTheOrderOfRows(t *testing.T) {
	s := estSimulate(300, 3, 8).sample
	estHoles(s)
	fresh := estSimulate(200, 3, 9).sample.X
	permuted := estPick(s, rand.New(rand.NewPCG(1, 1)).Perm(s.X.Rows))
	for _, k := range estKinds {
		t.Run(k.name, func(t *testing.T) {
			if d := estMost(estBoth(t, k.fit, s, permuted, fresh)); d != 0 {
				t.Errorf("predictions differ by %g", d)
			}
		})
	}
}

func estBoth(t *testing.T, fit func(context.Context, *Sample) (Predictor, error), a, b *Sample, x *Table) (p, q [][]float64) {
	t.Helper()
	f, err := fit(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	g, err := fit(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return estPredicted(f, x), estPredicted(g, x)
}

// TestEstimatorsAndWeights: a row of weight 2 is two rows, and one of weight 0 none.
// Where rows are drawn in batches the former holds of the loss and not of the path.
func TestEstimatorsAndWeights(t *testing.T) {
	s := estSimulate(300, 3, 10).sample
	estHoles(s)
	fresh := estSimulate(200, 3, 11).sample.X
	s.Weights = make([]float64, s.X.Rows)
	var rows, positive []int
	for i := range s.Weights {
		s.Weights[i] = float64(i % 3)
		for range i % 3 {
			rows = append(rows, i)
		}
		if i%3 > 0 {
			positive = append(positive, i)
		}
	}
	twice := estPick(s, rows)
	for i := range twice.Weights {
		twice.Weights[i] = 1
	}
	for _, k := range estKinds {
		t.Run(k.name, func(t *testing.T) {
			limit := 1e-5
			if k.batches {
				limit = 0.15
			}
			if d := estMost(estBoth(t, k.fit, s, twice, fresh)); d > limit {
				t.Errorf("weights and repeated rows differ by %g", d)
			} else {
				t.Logf("differ by %g", d)
			}
			if d := estMost(estBoth(t, k.fit, s, estPick(s, positive), fresh)); d != 0 {
				t.Errorf("rows of weight 0 change predictions by %g", d)
			}
		})
	}
}

func estHoles(s *Sample) {
	for i := range s.X.Rows {
		if i%4 < len(s.Y) {
			s.Y[i%4][i] = math.NaN()
		}
	}
}

// TestEstimatorsAndHoles: an output that is missing is not read as 0. The second output is
// known on every tenth row only, and its predictions are still near the truth.
func TestEstimatorsAndHoles(t *testing.T) {
	fresh := estSimulate(1000, 3, 97)
	for _, k := range estKinds {
		t.Run(k.name, func(t *testing.T) {
			s := estSimulate(3000, 3, 12).sample
			for i := range s.X.Rows {
				if i%10 != 0 {
					s.Y[1][i] = math.NaN()
				}
			}
			p, err := k.fit(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			excess := estError(estPredicted(p, fresh.sample.X)[1:2], fresh.p[1:2])
			t.Logf("excess of the output with holes %.5f", excess)
			if !(excess <= 0.02) { // the mean has 0.09, and with 0 in the holes it would be 0.4
				t.Errorf("excess %.5f of the output with holes", excess)
			}
		})
	}
}

// TestEstimatorsOnLittle has samples without anything to learn from.
func TestEstimatorsOnLittle(t *testing.T) {
	nan := math.NaN()
	unknown := estSimulate(100, 3, 13).sample
	for i := range unknown.Y[1] {
		unknown.Y[1][i] = nan
	}
	equal := estSimulate(100, 2, 13).sample
	for o := range equal.Y {
		for i := range equal.Y[o] {
			equal.Y[o][i] = float64(o)
		}
	}
	flat := estSimulate(100, 2, 13).sample
	for i := range flat.X.Dense {
		flat.X.Dense[i] = 3
	}
	bare := estSimulate(100, 2, 13).sample
	bare.X = &Table{Rows: 100, Dense: []float32{}}
	cases := map[string]*Sample{
		"one row": estSimulate(1, 2, 13).sample, "three rows": estSimulate(3, 2, 13).sample, "an output unknown": unknown,
		"one output": estSimulate(50, 1, 13).sample, "equal targets": equal, "constant columns": flat, "no columns": bare,
	}
	for _, k := range estKinds {
		for name, s := range cases {
			t.Run(k.name+"/"+name, func(t *testing.T) {
				p, err := k.fit(t.Context(), s)
				if err != nil {
					t.Fatal(err)
				}
				for o, values := range estPredicted(p, s.X) {
					for i, v := range values {
						if s == unknown && o == 1 {
							if !math.IsNaN(v) {
								t.Fatalf("an output that no row knew is predicted as %g", v)
							}
						} else if !(v >= 0 && v <= 1) {
							t.Fatalf("output %d of row %d: %g", o, i, v)
						} else if s == equal && !(math.Abs(v-float64(o)) <= 0.1) {
							t.Fatalf("targets are all %d, predicted %g", o, v)
						}
					}
				}
				if text, err := json.Marshal(p); err != nil {
					t.Error(err)
				} else if err := json.Unmarshal(text, k.load()); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// TestEstimatorsRefuse has what cannot be fitted, loaded or predicted.
func TestEstimatorsRefuse(t *testing.T) {
	nan := math.NaN()
	holes := estSimulate(5, 1, 1).sample
	holes.Y[0] = []float64{nan, nan, nan, nan, nan}
	above := estSimulate(5, 1, 1).sample
	above.Y[0][3] = 1.5
	infinite := estSimulate(5, 1, 1).sample
	infinite.X.Dense[4] = float32(math.Inf(1))
	weights := estSimulate(5, 1, 1).sample
	weights.Weights = []float64{1, 1, -1, 1, 1}
	nothing := estSimulate(5, 1, 1).sample
	nothing.Weights = make([]float64, 5)
	short := estSimulate(5, 1, 1).sample
	short.Units = []uint64{1}
	bad := map[string]*Sample{
		"no rows": estSimulate(0, 2, 1).sample, "no features": {Y: [][]float64{{}}}, "nothing known": holes, "above 1": above,
		"infinite": infinite, "negative weight": weights, "no weight": nothing, "few units": short,
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	for _, k := range estKinds {
		for name, s := range bad {
			if _, err := k.fit(t.Context(), s); err == nil {
				t.Errorf("%s was fitted on a sample with %s", k.name, name)
			}
		}
		if _, err := k.fit(done, estSimulate(300, 2, 1).sample); !errors.Is(err, context.Canceled) {
			t.Errorf("%s was fitted in a context that is done: %v", k.name, err)
		}
		if err := json.Unmarshal([]byte("{}"), k.load()); err == nil {
			t.Errorf("%s was loaded from nothing", k.name)
		}
		p, err := k.fit(t.Context(), estSimulate(50, 2, 1).sample)
		if err != nil {
			t.Fatal(err)
		}
		x := estSimulate(3, 2, 2).sample.X
		x.Row(1)[2] = float32(nan)
		for o, v := range estPredicted(p, x) {
			if math.IsNaN(v[0]) || !math.IsNaN(v[1]) || math.IsNaN(v[2]) {
				t.Errorf("%s: output %d of a row with NaN, and its neighbours: %v", k.name, o, v)
			}
		}
	}
}

// TestEstimatorsRefuseOptions has numbers that mean nothing.
func TestEstimatorsRefuseOptions(t *testing.T) {
	s, nan := estSimulate(50, 2, 1).sample, math.NaN()
	for name, fit := range map[string]func() error{
		"MLPOptions.Hidden is -1":      func() error { _, err := MLPOptions{Hidden: -1}.Fit(t.Context(), s); return err },
		"MFOptions.Rate is NaN":        func() error { _, err := MFOptions{Rate: nan}.Fit(t.Context(), s); return err },
		"EloOptions.Base is -10":       func() error { _, err := EloOptions{Base: -10}.Fit(t.Context(), s); return err },
		"KMeansOptions.Clusters is -2": func() error { _, err := KMeansOptions{Clusters: -2}.Fit(t.Context(), s); return err },
		"TreeOptions.Depth is -1":      func() error { _, err := TreeOptions{Depth: -1}.Fit(t.Context(), s); return err },
		"IRTOptions.Spread is NaN":     func() error { _, err := IRTOptions{Spread: nan}.Fit(t.Context(), s); return err },
	} {
		if err := fit(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v, expected one that says %s", err, name)
		}
	}
}

// BenchmarkEstimators is of 10⁴ rows × 128 columns × 2 outputs.
func BenchmarkEstimators(b *testing.B) {
	s := estWide(10000, 128)
	for _, k := range estKinds {
		fit := k.fit
		if k.name == "KMeans" {
			fit = func(ctx context.Context, s *Sample) (Predictor, error) { return KMeansOptions{}.Fit(ctx, s) }
		}
		var p Predictor
		b.Run(k.name+"/fit", func(b *testing.B) {
			for b.Loop() {
				var err error
				if p, err = fit(b.Context(), s); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(k.name+"/predict", func(b *testing.B) {
			if p == nil {
				p, _ = fit(b.Context(), s)
			}
			for b.Loop() {
				estPredicted(p, s.X)
			}
		})
	}
}

func estWide(n, cols int) *Sample {
	r := rand.New(rand.NewPCG(1, 2))
	s := &Sample{X: NewDense(n, cols), Y: [][]float64{make([]float64, n), make([]float64, n)}}
	for i := range n {
		hard := 0.0
		for c := range cols {
			v := r.NormFloat64()
			s.X.Row(i)[c] = float32(v)
			hard += v / float64(1+c)
		}
		s.Y[0][i] = float64(estOne(r.Float64() < estSigmoid(-hard)))
		s.Y[1][i] = float64(estOne(r.Float64() < estSigmoid(1-hard)))
	}
	return s
}
