package stats_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat"

	"waymark/internal/stats"
	"waymark/internal/testdata"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s = %.9g, want %.9g ± %g", what, got, want, within)
	}
}

// Figures: ../shared/vectors/metrics.json.
func TestStandardErrorsOfTheVectors(t *testing.T) {
	text, err := os.ReadFile(testdata.Shared(t, "vectors/metrics.json"))
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Plain     struct{ Mean, Standard_error, Variance_n_minus_1 float64 } `json:"standard_error"`
		Clustered struct{ Standard_error float64 }                           `json:"clustered_standard_error"`
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	plain := stats.Sample{}
	for i := range 10 {
		plain.Values = append(plain.Values, float64(i))
	}
	e := stats.Mean(plain, 0.95)
	near(t, "mean of 0 to 9", e.Value, v.Plain.Mean, 1e-12)
	near(t, "standard error", (e.Hi-e.Value)/stats.TQuantile(0.95, 9), v.Plain.Standard_error, 1e-8)
	near(t, "variance", 10*math.Pow((e.Hi-e.Value)/stats.TQuantile(0.95, 9), 2), v.Plain.Variance_n_minus_1, 1e-8)
	clustered := stats.Sample{}
	for i := range 20 {
		clustered.Values = append(clustered.Values, float64(i))
		clustered.Groups = append(clustered.Groups, int32(i%4))
	}
	// Four groups are too few for an interval of ours; the standard error is the same
	// with each group twice, up to the correction C/(C-1).
	if e := stats.Mean(clustered, 0.95); e.Withheld == "" || e.Groups != 4 {
		t.Errorf("four groups have an interval: %+v", e)
	}
	twice := stats.Sample{Values: append(slices.Clone(clustered.Values), clustered.Values...)}
	for i := range 40 {
		twice.Groups = append(twice.Groups, int32(i%4+4*(i/20)))
	}
	e = stats.Mean(twice, 0.95)
	se := (e.Hi - e.Value) / stats.TQuantile(0.95, 7)
	near(t, "clustered standard error", se*math.Sqrt2*math.Sqrt((4.0/3)/(8.0/7)), v.Clustered.Standard_error, 1e-6)
}

// Wilson's interval of 8 of 10, and of none and all, by its closed form.
func TestWilson(t *testing.T) {
	s := func(ones, n int) stats.Sample {
		x := make([]float64, n)
		for i := range ones {
			x[i] = 1
		}
		return stats.Sample{Values: x}
	}
	e := stats.Mean(s(8, 10), 0.95)
	near(t, "lower", e.Lo, 0.4901624715, 1e-9)
	near(t, "upper", e.Hi, 0.9433178485, 1e-9)
	if e := stats.Mean(s(0, 50), 0.95); e.Lo != 0 || !(e.Hi > 0.05 && e.Hi < 0.09) {
		t.Errorf("none of 50: [%g, %g]", e.Lo, e.Hi)
	}
	if e := stats.Mean(s(50, 50), 0.95); e.Hi != 1 || e.Method != "wilson" {
		t.Errorf("all of 50: %+v", e)
	}
}

// Where there is nothing to go by there is a reason and no interval.
func TestReasonsInPlaceOfIntervals(t *testing.T) {
	same := slices.Repeat([]float64{0.5}, 50)
	few := []int32{0, 0, 1, 1, 2, 2, 3, 3}
	for name, e := range map[string]stats.Estimate{
		"none":       stats.Mean(stats.Sample{}, 0.95),
		"one":        stats.Mean(stats.Sample{Values: []float64{0.3}}, 0.95),
		"NaN":        stats.Mean(stats.Sample{Values: append([]float64{math.NaN()}, same...)}, 0.95),
		"equal":      stats.Mean(stats.Sample{Values: same}, 0.95),
		"0.1 thrice": stats.Mean(stats.Sample{Values: slices.Repeat([]float64{0.1}, 41)}, 0.95), // its sum rounds
		"few groups": stats.Mean(stats.Sample{Values: same[:8], Groups: few}, 0.95),
		"no weight":  stats.Mean(stats.Sample{Values: same[:8], Weights: make([]float64, 8)}, 0.95),
		"no gap":     stats.Ratio(stats.Sample{Values: []float64{1, 0, 1, 0, 1, 0, 1, 0}}, stats.Sample{Values: []float64{1, -1, 1, -1, 1, -1, 1, -1}}, 0.95),
		"difference": stats.MeanDifference(stats.Sample{Values: make([]float64, 30)}, 0.95),
	} {
		if e.Withheld == "" || !math.IsNaN(e.Lo) || !math.IsNaN(e.Hi) {
			t.Errorf("%s: %+v", name, e)
		}
	}
	e := stats.Mean(stats.Sample{Values: []float64{1, 2, 3, 4, 5, 6, 7, 8.5}}, 0.95)
	if e.Withheld != "" || len(e.Warnings) == 0 {
		t.Errorf("eight values want a warning: %+v", e)
	}
}

// Equal weights change nothing, and doubling all of them neither.
func TestWeightsAreRelative(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	s := stats.Sample{}
	for range 100 {
		s.Values = append(s.Values, rng.NormFloat64())
	}
	a := stats.Mean(s, 0.95)
	s.Weights = slices.Repeat([]float64{2}, 100)
	b := stats.Mean(s, 0.95)
	near(t, "lower end", b.Lo, a.Lo, 1e-12)
	near(t, "upper end", b.Hi, a.Hi, 1e-12)
}

func TestLatencyQuantilesAreR7(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	x := make([]float64, 1001)
	for i := range x {
		x[i] = rng.ExpFloat64()
	}
	q, err := stats.Latency(x)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(x)
	for p, got := range map[float64]float64{0.5: q.P50, 0.95: q.P95, 0.99: q.P99} {
		near(t, "quantile with an interval", stats.SampleQuantile(stats.Sample{Values: x}, p, 0.95).Value, got, 1e-12)
		near(t, "quantile", got, x[int(p*1000)], 1e-12) // 1,001 values: type 7 falls on one of them
	}
	near(t, "median", q.P50, stat.Quantile(0.5, stat.Empirical, x, nil), 1e-12)
	if _, err := stats.Latency([]float64{1, math.NaN()}); err == nil {
		t.Error("a latency that is not a number passed")
	}
}

// Poisson weights have mean and variance 1, and depend on key, seed and block alone.
func TestPoissonWeights(t *testing.T) {
	var sum, squares, n float64
	for key := range uint64(20000) {
		for _, w := range stats.Weights4(3, key*0x9e3779b97f4a7c15, int(key%7)) {
			sum += float64(w)
			squares += float64(w) * float64(w)
			n++
		}
	}
	mean := sum / n
	near(t, "mean of weights", mean, 1, 0.015)
	near(t, "variance of weights", squares/n-mean*mean, 1, 0.03)
	if stats.Weights4(1, 2, 3) == stats.Weights4(1, 2, 4) && stats.Weights4(1, 2, 3) == stats.Weights4(1, 3, 3) {
		t.Error("weights do not depend on block and key")
	}
}

// coverage is how often intervals of simulated samples hold the truth.
func coverage(rounds int, seed uint64, truth float64, draw func(*rand.Rand) stats.Sample) (covered float64, methods map[string]int) {
	rng := rand.New(rand.NewPCG(seed, seed))
	methods = map[string]int{}
	for range rounds {
		e := stats.Mean(draw(rng), 0.95)
		methods[e.Method]++
		if e.Lo <= truth && truth <= e.Hi {
			covered++
		}
	}
	return covered / float64(rounds), methods
}

// A 95 % interval covers 95 %, within three Monte-Carlo standard errors. Where it does
// not, the least coverage that is promised is stated instead. docs/metrics.md has the figures.
func TestCoverage(t *testing.T) {
	rounds := 2000
	if testing.Short() {
		rounds = 500
	}
	mcse := math.Sqrt(0.95 * 0.05 / float64(rounds))
	for _, c := range []struct {
		name   string
		truth  float64
		method string
		least  float64 // 0.95 unless the promise is narrower
		draw   func(*rand.Rand) stats.Sample
	}{
		{"proportion 0.7, n 200", 0.7, "wilson", 0.95, func(r *rand.Rand) (s stats.Sample) {
			for range 200 {
				s.Values = append(s.Values, bernoulli(r, 0.7))
			}
			return s
		}},
		{"proportion 0.02, n 300", 0.02, "wilson", 0.93, func(r *rand.Rand) (s stats.Sample) {
			for range 300 {
				s.Values = append(s.Values, bernoulli(r, 0.02))
			}
			return s
		}},
		{"normal, n 50", 0, "cluster-t", 0.95, func(r *rand.Rand) (s stats.Sample) {
			for range 50 {
				s.Values = append(s.Values, r.NormFloat64())
			}
			return s
		}},
		{"60 groups of 5, ICC 0.1", 0.6, "cluster-t", 0.95, func(r *rand.Rand) (s stats.Sample) {
			for g := range 60 { // beta-binomial: a = p(1-ρ)/ρ
				p := beta(r, 0.6*9, 0.4*9)
				for range 5 {
					s.Values = append(s.Values, bernoulli(r, p))
					s.Groups = append(s.Groups, int32(g))
				}
			}
			return s
		}},
		{"lognormal cost, sigma 1.5, n 200", math.Exp(1.5 * 1.5 / 2), "bootstrap-t", 0.925, func(r *rand.Rand) (s stats.Sample) {
			for range 200 {
				s.Values = append(s.Values, math.Exp(1.5*r.NormFloat64()))
			}
			return s
		}},
	} {
		n := rounds
		if c.method == "bootstrap-t" {
			n = rounds / 4 // 2,000 replicates each
		}
		got, methods := coverage(n, 7, c.truth, c.draw)
		t.Logf("%s: %.3f over %d samples", c.name, got, n)
		if methods[c.method] != n {
			t.Errorf("%s: methods %v, want %s", c.name, methods, c.method)
		}
		tolerance := 3 * math.Sqrt(0.95*0.05/float64(n))
		if got < c.least-tolerance || got > 0.95+tolerance+mcse {
			t.Errorf("%s: covers %.3f, want %.3f ± %.3f", c.name, got, c.least, tolerance)
		}
	}
}

func bernoulli(r *rand.Rand, p float64) float64 {
	if r.Float64() < p {
		return 1
	}
	return 0
}

// beta draws by Jöhnk's ratio of gammas (Marsaglia and Tsang 2000).
func beta(r *rand.Rand, a, b float64) float64 {
	x, y := gamma(r, a), gamma(r, b)
	return x / (x + y)
}

func gamma(r *rand.Rand, a float64) float64 {
	d := a - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		z := r.NormFloat64()
		v := math.Pow(1+c*z, 3)
		if v > 0 && math.Log(r.Float64()) < z*z/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// Fieller's interval of a ratio covers, and its ends are where the test turns.
func TestFiellerCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	rounds, covered := 1500, 0.0
	for range rounds {
		a, b := stats.Sample{}, stats.Sample{}
		for range 150 {
			gap := 1 + rng.NormFloat64()
			b.Values = append(b.Values, gap)
			a.Values = append(a.Values, 0.6*gap+0.5*rng.NormFloat64())
		}
		e := stats.Ratio(a, b, 0.95)
		if e.Withheld != "" {
			t.Fatal(e.Withheld)
		}
		if e.Lo <= 0.6 && 0.6 <= e.Hi {
			covered++
		}
	}
	near(t, "coverage of Fieller", covered/float64(rounds), 0.95, 3*math.Sqrt(0.95*0.05/float64(rounds)))
}

func TestWarningsNameWhatIsSkewed(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	s := stats.Sample{}
	for range 300 {
		s.Values = append(s.Values, math.Exp(2*rng.NormFloat64()))
	}
	e := stats.Mean(s, 0.95)
	if e.Method != "bootstrap-t" || !strings.Contains(strings.Join(e.Warnings, " "), "skewed") || e.Hi-e.Value < e.Value-e.Lo {
		t.Errorf("a skewed cost: %+v", e)
	}
}
