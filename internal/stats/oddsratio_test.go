package stats_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"waymark/internal/stats"
)

// The tea-tasting lady (Fisher 1935) and the rabbits of Mantel (1963): what R's
// fisher.test and mantelhaen.test(exact = TRUE) print for them. R finds a number above 1 as the root of its
// inverse, to 1.2e-4, which bounds how well its last figures can be met.
func TestOddsRatioOfPublishedTables(t *testing.T) {
	tea := []stats.Table{{A: 3, B: 1, C: 1, D: 3}}
	about(t, "p of the tea", stats.OddsAbove(tea, 1), 17.0/70, 1e-12)
	rabbits := []stats.Table{{A: 0, B: 6, C: 0, D: 5}, {A: 3, B: 3, C: 0, D: 6}, {A: 6, B: 0, C: 2, D: 4}, {A: 5, B: 1, C: 6, D: 0}, {A: 2, B: 0, C: 5, D: 0}}
	for _, x := range []struct {
		tables        []stats.Table
		value, lo, hi float64
	}{
		{tea, 6.408309, 0.2117329, 621.9337505},
		{rabbits, 10.36102, 1.077401, 529.837399},
	} {
		e := stats.OddsRatio(x.tables, 0.95)
		about(t, "odds ratio", 1/e.Value, 1/x.value, 1.3e-4)
		about(t, "lower end", e.Lo, x.lo, 1.3e-4)
		about(t, "upper end", 1/e.Hi, 1/x.hi, 1.3e-4)
	}
}

func about(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s = %.9g, want %.9g", what, got, want)
	}
}

// With one table the test is Fisher's, which a sum over all tables of the same
// margins gives without any convolution or logarithm.
func TestOddsAboveAgreesWithASum(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	choose := func(n, k int) float64 {
		c := 1.0
		for i := range k {
			c *= float64(n-i) / float64(i+1)
		}
		return c
	}
	for range 200 {
		x := stats.Table{A: rng.IntN(9), B: rng.IntN(9), C: rng.IntN(9), D: rng.IntN(9)}
		psi := math.Exp(rng.NormFloat64())
		var above, all float64
		for a := range 20 {
			b, c := x.A+x.B-a, x.A+x.C-a
			if b < 0 || c < 0 || x.C+x.D-c < 0 {
				continue
			}
			p := choose(a+b, a) * choose(x.C+x.D, c) * math.Pow(psi, float64(a))
			all += p
			if a >= x.A {
				above += p
			}
		}
		about(t, "p", stats.OddsAbove([]stats.Table{x}, psi), above/all, 1e-9)
	}
}

// The normal distribution beyond 2,000 values of Σa continues the exact one, and
// the two tests at the ends of the interval have its level.
func TestOddsRatioOfManyTables(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	draw := func(n, each int, psi float64) (tables []stats.Table) {
		for range n {
			var x stats.Table
			for range each {
				p := 0.3
				top := rng.Float64() < 0.4
				if top {
					odds := psi * p / (1 - p)
					p = odds / (1 + odds)
				}
				hit := rng.Float64() < p
				switch {
				case top && hit:
					x.A++
				case top:
					x.B++
				case hit:
					x.C++
				default:
					x.D++
				}
			}
			tables = append(tables, x)
		}
		return tables
	}
	few, many := draw(10, 500, 2), draw(10, 900, 2) // about 1,700 and 3,100 values
	for _, x := range []struct {
		tables []stats.Table
		method string
	}{{few, "exact conditional"}, {many, "conditional, normal"}} {
		e := stats.OddsRatio(x.tables, 0.95)
		if e.Method != x.method {
			t.Errorf("%s, want %s", e.Method, x.method)
		}
		about(t, "p at the lower end", stats.OddsAbove(x.tables, e.Lo), 0.025, 1e-6)
		se := math.Log(e.Hi/e.Lo) / (2 * 1.96)
		about(t, "centre", math.Log(e.Value), math.Log(2), 4*se)
	}
	// The same tables on both sides of the bound: ten times 180 and eleven times.
	table := stats.Table{A: 120, B: 90, C: 80, D: 100}
	var tables []stats.Table
	for range 10 {
		tables = append(tables, table)
	}
	exact := stats.OddsRatio(tables, 0.95)
	normal := stats.OddsRatio(append(tables, table, table), 0.95)
	width := func(lo, hi, n float64) float64 { return math.Log(hi/lo) * math.Sqrt(n) }
	about(t, "width of the normal interval", width(normal.Lo, normal.Hi, 12), width(exact.Lo, exact.Hi, 10), 0.02)
	if exact.Method == normal.Method {
		t.Errorf("both are %s: the comparison is empty", exact.Method)
	}
}

// The exact interval covers at least its nominal share: few small tables make it
// wide, never short.
func TestOddsRatioCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	const reps = 800
	for _, psi := range []float64{1, 4} {
		covered, tried := 0, 0
		for range reps {
			var tables []stats.Table
			for range 4 {
				var x stats.Table
				base := math.Exp(rng.NormFloat64())
				for range 30 {
					top := rng.IntN(2) == 0
					odds := base
					if top {
						odds *= psi
					}
					hit := rng.Float64() < odds/(1+odds)
					switch {
					case top && hit:
						x.A++
					case top:
						x.B++
					case hit:
						x.C++
					default:
						x.D++
					}
				}
				tables = append(tables, x)
			}
			if e := stats.OddsRatio(tables, 0.95); e.Withheld == "" {
				tried++
				if e.Lo <= psi && psi <= e.Hi {
					covered++
				}
			}
		}
		share := float64(covered) / float64(tried)
		if mcse := math.Sqrt(0.95 * 0.05 / float64(tried)); share < 0.95-3*mcse || share > 0.995 {
			t.Errorf("odds ratio %g: %.4f of %d intervals cover", psi, share, tried)
		}
	}
}

func TestOddsRatioOfNothing(t *testing.T) {
	for name, tables := range map[string][]stats.Table{
		"none": nil, "empty": {{}}, "one side": {{A: 5, B: 0, C: 9, D: 0}}, "one kind": {{A: 5, B: 4}}, "one task": {{A: 1}},
	} {
		if e := stats.OddsRatio(tables, 0.95); e.Withheld == "" || !math.IsNaN(e.Value) || !math.IsNaN(e.Lo) {
			t.Errorf("%s: %+v", name, e)
		}
		if p := stats.OddsAbove(tables, 4); p != 1 {
			t.Errorf("%s: p = %g", name, p)
		}
	}
	all := []stats.Table{{A: 20, D: 10}}
	if e := stats.OddsRatio(all, 0.95); !math.IsInf(e.Value, 1) || !math.IsInf(e.Hi, 1) || !(e.Lo > 10) {
		t.Errorf("all right: %+v", e)
	}
	if e := stats.OddsRatio([]stats.Table{{B: 20, C: 10}}, 0.95); e.Value != 0 || e.Lo != 0 || !(e.Hi < 0.1) {
		t.Errorf("all wrong: %+v", e)
	}
}
