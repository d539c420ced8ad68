package stats_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"waymark/internal/stats"
)

// covered reports whether an interval of a nominal 95 % covered often enough: nominal
// − 3 Monte-Carlo standard errors, and as many above it unless it may be too wide.
func covered(t *testing.T, what string, hits, draws int, conservative bool) {
	t.Helper()
	share, mcse := float64(hits)/float64(draws), math.Sqrt(0.95*0.05/float64(draws))
	t.Logf("%s: %.1f %%", what, 100*share)
	if share < 0.95-3*mcse || !conservative && share > 0.95+3*mcse {
		t.Errorf("%s covers %.1f %% of %d draws, want 95 ± %.1f", what, 100*share, draws, 300*mcse)
	}
}

// With categories of equal size the macro mean is the plain mean, and without any
// difference between them its interval is nearly that of the plain mean.
func TestMacroMeanOfEqualCategories(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	s, category := stats.Sample{}, []int32{}
	for i := range 2000 {
		s.Values = append(s.Values, rng.NormFloat64())
		category = append(category, int32(i%10))
	}
	macro, micro := stats.MacroMean(s, category, math.NaN(), 0.95), stats.Mean(s, 0.95)
	near(t, "mean", macro.Value, micro.Value, 1e-12)
	near(t, "half width", macro.Hi-macro.Lo, micro.Hi-micro.Lo, 0.01*(micro.Hi-micro.Lo))
}

// The interval by another way: the variances of the category means, one by one.
func TestMacroMeanIsTheMeanOfCategoryMeans(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 2))
	s, category := stats.Sample{}, []int32{}
	sizes := []int{3, 40, 11, 90}
	var mean, variance float64
	for c, n := range sizes {
		one := stats.Sample{}
		for range n {
			v := float64(c) + rng.NormFloat64()
			one.Values = append(one.Values, v)
			s.Values, category = append(s.Values, v), append(category, int32(c))
		}
		m, ss := 0.0, 0.0
		for _, v := range one.Values {
			m += v / float64(n)
		}
		for _, v := range one.Values {
			ss += (v - m) * (v - m)
		}
		mean += m / 4
		variance += ss / float64(n-1) / float64(n) / 16
	}
	df := math.Pow(1.0/3+1.0/40+1.0/11+1.0/90, 2) / (1.0/9/2 + 1.0/1600/39 + 1.0/121/10 + 1.0/8100/89)
	e := stats.MacroMean(s, category, math.NaN(), 0.95)
	near(t, "mean", e.Value, mean, 1e-12)
	lo, hi := stats.TQuantile(0.95, int(df)+1)*math.Sqrt(variance), stats.TQuantile(0.95, int(df))*math.Sqrt(variance)
	if half := (e.Hi - e.Lo) / 2; half < lo || half > hi {
		t.Errorf("half width %g, want %g to %g", half, lo, hi)
	}
	weighted := s
	weighted.Weights = slices.Repeat([]float64{3}, len(s.Values))
	near(t, "upper end with equal weights", stats.MacroMean(weighted, category, math.NaN(), 0.95).Hi, e.Hi, 1e-12)
	grouped := s
	for i := range s.Values {
		grouped.Groups = append(grouped.Groups, int32(i))
	}
	near(t, "upper end with groups of one", stats.MacroMean(grouped, category, math.NaN(), 0.95).Hi, e.Hi, 1e-12)
}

// Coverage over draws of scores in categories of very different size and difficulty, single
// tasks among them, and of grouped ones.
func TestMacroMeanCovers(t *testing.T) {
	cases := map[string]struct {
		sizes        []int
		group        int
		conservative bool
	}{
		"large":   {[]int{100, 60, 40, 30}, 1, false},
		"uneven":  {[]int{200, 70, 44, 20, 12, 8, 6}, 1, false},
		"few":     {[]int{150, 100, 60, 40, 5, 4, 3}, 1, true},
		"singles": {[]int{110, 40, 20, 11, 7, 1, 1, 1}, 1, true},
		"grouped": {[]int{120, 90, 60}, 3, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(9, 9))
			hits, draws, truth := 0, 1000, 0.0
			for k := range c.sizes {
				truth += difficulty(k) / float64(len(c.sizes))
			}
			for range draws {
				s, category := stats.Sample{}, []int32{}
				for k, n := range c.sizes {
					shared := rng.Float64()
					for i := range n {
						if i%c.group == 0 {
							shared = rng.Float64()
						}
						u := rng.Float64()
						if c.group > 1 && rng.Float64() < 0.5 {
							u = shared
						}
						s.Values, category = append(s.Values, oneIf(u < difficulty(k))), append(category, int32(k))
						if c.group > 1 {
							s.Groups = append(s.Groups, int32(len(s.Values)-1)/int32(c.group))
						}
					}
				}
				if e := stats.MacroMean(s, category, 1, 0.95); e.Lo <= truth && truth <= e.Hi {
					hits++
				}
			}
			covered(t, "the macro mean", hits, draws, c.conservative)
		})
	}
}

func difficulty(category int) float64 { return 0.9 - 0.1*float64(category%7) }

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func TestMacroMeanGivesReasons(t *testing.T) {
	ten := []float64{0, 1, 0, 1, 0, 1, 0, 1, 0, 1}
	for name, e := range map[string]stats.Estimate{
		"nothing":        stats.MacroMean(stats.Sample{}, nil, 1, 0.95),
		"four tasks":     stats.MacroMean(stats.Sample{Values: ten[:4]}, []int32{0, 0, 1, 1}, 1, 0.95),
		"all single":     stats.MacroMean(stats.Sample{Values: ten}, []int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 0.95),
		"single costs":   stats.MacroMean(stats.Sample{Values: ten}, []int32{0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, math.NaN(), 0.95),
		"all alike":      stats.MacroMean(stats.Sample{Values: make([]float64, 10)}, []int32{0, 0, 0, 0, 0, 1, 1, 1, 1, 1}, 1, 0.95),
		"weights of 0":   stats.MacroMean(stats.Sample{Values: ten, Weights: make([]float64, 10)}, make([]int32, 10), 1, 0.95),
		"not a number":   stats.MacroMean(stats.Sample{Values: append([]float64{math.NaN()}, ten...)}, make([]int32, 11), 1, 0.95),
		"few unit sizes": stats.MacroMean(stats.Sample{Values: ten, Groups: []int32{0, 0, 0, 0, 0, 1, 1, 1, 1, 1}}, make([]int32, 10), 1, 0.95),
	} {
		if e.Withheld == "" || !math.IsNaN(e.Lo) || !math.IsNaN(e.Hi) {
			t.Errorf("%s: %+v", name, e)
		}
	}
	s := stats.Sample{Values: ten, Weights: []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 0}}
	e := stats.MacroMean(s, []int32{0, 0, 0, 0, 0, 0, 0, 0, 1, 2}, 1, 0.95)
	near(t, "a category without weight does not count", e.Value, (0.5+0)/2, 1e-12)
	if fmt.Sprint(e.Warnings) == "[]" {
		t.Error("a category of a single unit is not warned of")
	}
}
