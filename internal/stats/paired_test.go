package stats_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"waymark/internal/stats"
)

// pairs are n tasks of which some only a solves and some only b.
func pairs(n, onlyA, onlyB int) (a, b []float64) {
	a, b = make([]float64, n), make([]float64, n)
	for i := range onlyA {
		a[i] = 1
	}
	for i := range onlyB {
		b[onlyA+i] = 1
	}
	return a, b
}

// An end of Tango's interval at 0 is where McNemar's statistic is z²; without
// discordance the interval has a closed form, and exchanging a and b mirrors it.
func TestPairedProportions(t *testing.T) {
	z := 1.959963984540054
	lost := 10.0
	gained := lost + z*math.Sqrt(2*lost+z*z/4) + z*z/2 // (b − c)² = z²(b + c)
	e := stats.PairedProportions(expand(200, gained, lost))
	near(t, "lower end at McNemar's limit", e.Lo, 0, 0.005)
	a, b := pairs(100, 0, 0)
	e = stats.PairedProportions(a, b, 0.95)
	near(t, "upper end without discordance", e.Hi, z*z/(100+z*z), 1e-9)
	near(t, "lower end without discordance", e.Lo, -z*z/(100+z*z), 1e-9)
	a, b = pairs(300, 20, 7)
	x, y := stats.PairedProportions(a, b, 0.95), stats.PairedProportions(b, a, 0.95)
	near(t, "mirrored lower end", y.Lo, -x.Hi, 1e-9)
	near(t, "value", x.Value, 13.0/300, 1e-12)
	large := stats.MeanDifference(stats.Sample{Values: minus(pairs(30000, 2000, 700))}, 0.95)
	a, b = pairs(30000, 2000, 700)
	near(t, "t interval of many tasks", stats.PairedProportions(a, b, 0.95).Lo, large.Lo, 1e-4)
	if e := stats.PairedProportions([]float64{1}, []float64{0}, 0.95); e.Withheld == "" {
		t.Errorf("one task has an interval: %+v", e)
	}
}

func expand(n int, gained, lost float64) (a, b []float64, confidence float64) {
	a, b = pairs(n, int(math.Round(gained)), int(lost))
	return a, b, 0.95
}

func minus(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] - b[i]
	}
	return out
}

// With few units all signs are enumerated: of five equal gains, two of 32 sign
// patterns are as far from 0. Drawn signs agree with the normal limit.
func TestSignFlip(t *testing.T) {
	near(t, "five gains", stats.SignFlip(stats.Sample{Values: []float64{1, 1, 1, 1, 1, 0, 0}}), 2.0/32, 1e-12)
	if p := stats.SignFlip(stats.Sample{Values: []float64{0, 0}}); p != 1 {
		t.Errorf("nothing differs: p = %g", p)
	}
	if p := stats.SignFlip(stats.Sample{}); !math.IsNaN(p) {
		t.Errorf("no tasks: p = %g", p)
	}
	a, b := pairs(1000, 60, 40)
	want := math.Erfc(19.5 / 10 / math.Sqrt2) // with the correction for continuity
	near(t, "60 against 40", stats.SignFlip(stats.Sample{Values: minus(a, b)}), want, 0.006)
	grouped := stats.Sample{Values: []float64{1, -1, 1, -1, 1, -1}, Groups: []int32{0, 0, 1, 1, 2, 2}}
	if p := stats.SignFlip(grouped); p != 1 {
		t.Errorf("differences that cancel within groups: p = %g", p)
	}
}

// Under no difference the test rejects at its level.
func TestSignFlipKeepsItsLevel(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	rejected, draws := 0, 400
	for range draws {
		s := stats.Sample{}
		for range 40 {
			s.Values = append(s.Values, math.Copysign(rng.ExpFloat64(), rng.Float64()-0.5))
			s.Keys = append(s.Keys, rng.Uint64())
		}
		if stats.SignFlip(s) <= 0.05 {
			rejected++
		}
	}
	near(t, "share rejected", float64(rejected)/float64(draws), 0.05, 3*math.Sqrt(0.05*0.95/float64(draws)))
}

func TestHolm(t *testing.T) { // Holm (1979): 0.01·4, 0.02·3, max(0.03·2, …), 0.04·1
	got := stats.Holm([]float64{0.04, 0.01, 0.02, math.NaN(), 0.03})
	want := []float64{0.06, 0.04, 0.06, math.NaN(), 0.06}
	for i := range want {
		if math.IsNaN(want[i]) != math.IsNaN(got[i]) || math.Abs(want[i]-got[i]) > 1e-12 {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

// Hsu's intervals hold all together as often as they say, also where the best two are equal.
func TestAgainstTheBest(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	truth := []float64{0.7, 0.7, 0.68, 0.5}
	held, draws := 0, 300
	for range draws {
		series := make([][]float64, len(truth))
		for range 400 {
			shared := rng.Float64()
			for k, p := range truth {
				x := 0.0
				if 0.6*shared+0.4*rng.Float64() < p {
					x = 1
				}
				series[k] = append(series[k], x)
			}
		}
		j, err := stats.NewJoint(series, stats.Sample{})
		if err != nil {
			t.Fatal(err)
		}
		all := true
		for i, e := range j.AgainstBest(0.95, 1) {
			d := expectation(truth[i]) - bestOther(truth, i)
			all = all && e.Lo <= d && d <= e.Hi
		}
		if all {
			held++
		}
	}
	if share := float64(held) / float64(draws); share < 0.95-3*math.Sqrt(0.05*0.95/float64(draws)) {
		t.Errorf("all four intervals hold in %.3f of draws", share)
	}
}

// expectation is P(0.6u + 0.4v < p) for u and v uniform on [0,1] and p in [0.4, 0.6]
// or above.
func expectation(p float64) float64 {
	if p <= 0.6 {
		return (p - 0.2) / 0.6
	}
	d := 1 - p
	return 1 - d*d/(2*0.6*0.4)
}

func bestOther(truth []float64, i int) float64 {
	best := math.Inf(-1)
	for k, p := range truth {
		if k != i {
			best = math.Max(best, expectation(p))
		}
	}
	return best
}

func TestQuantileInterval(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	held, draws := 0, 2000
	for range draws {
		var x []float64
		for range 200 {
			x = append(x, rng.ExpFloat64())
		}
		e := stats.Quantile(x, 0.95, 0.95)
		if truth := -math.Log(0.05); e.Lo <= truth && truth <= e.Hi {
			held++
		}
	}
	if share := float64(held) / float64(draws); share < 0.95-0.015 || share > 0.99 {
		t.Errorf("covers in %.3f of draws", share)
	}
	if e := stats.Quantile(slices.Repeat([]float64{1}, 20), 0.99, 0.95); e.Withheld == "" {
		t.Errorf("twenty values bound no 99 %% quantile: %+v", e)
	}
}

// Woodruff's interval of grouped values covers; with nothing but equal weights it is
// close to that of order statistics.
func TestWoodruff(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 8))
	held, draws := 0, 1000
	var s stats.Sample
	for range draws {
		s = stats.Sample{}
		for g := range 60 {
			shared := rng.NormFloat64()
			for range 5 {
				s.Values = append(s.Values, math.Exp(0.4*shared+rng.NormFloat64()))
				s.Groups = append(s.Groups, int32(g))
			}
		}
		e := stats.SampleQuantile(s, 0.9, 0.95)
		truth := math.Exp(1.2815515655446004 * math.Sqrt(1.16))
		if e.Lo <= truth && truth <= e.Hi {
			held++
		}
	}
	near(t, "coverage", float64(held)/float64(draws), 0.95, 0.03)
	s.Groups, s.Weights = nil, slices.Repeat([]float64{2}, len(s.Values))
	a, b := stats.SampleQuantile(s, 0.9, 0.95), stats.Quantile(s.Values, 0.9, 0.95)
	near(t, "lower end", a.Lo, b.Lo, 0.1*b.Value)
	near(t, "upper end", a.Hi, b.Hi, 0.1*b.Value)
}
