package curve_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"waymark/internal/curve"
	"waymark/internal/stats"
)

func TestHypervolumeByHand(t *testing.T) {
	spots := []curve.Spot{{Quality: 0.8, Cost: 2}, {Quality: 0.5, Cost: 1}, {Quality: 0.7, Cost: 3}, {Quality: 1, Cost: 5}}
	h, ok := curve.Hypervolume(spots, 4)
	if near(t, "hypervolume", h, 0.75*0.5+0.5*0.3, 1e-12); !ok {
		t.Error("there is no hypervolume")
	}
	if _, ok := curve.Hypervolume(spots, 0); ok {
		t.Error("a dearest model that is free bounds a box")
	}
}

// The area by its definition: the best quality that a budget buys, over all budgets.
func TestHypervolumeIsTheAreaOverBudgets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var spots []curve.Spot
		var costs []float64
		for range rapid.IntRange(1, 8).Draw(t, "spots") {
			s := curve.Spot{Quality: float64(rapid.IntRange(0, 8).Draw(t, "quality")) / 8, Cost: float64(rapid.IntRange(0, 12).Draw(t, "cost"))}
			spots, costs = append(spots, s), append(costs, s.Cost)
		}
		const dearest = 10
		slices.Sort(costs)
		costs = append(costs, dearest)
		area := 0.0
		for k, c := range costs[:len(costs)-1] {
			best := 0.0
			for _, s := range spots {
				if s.Cost <= c {
					best = max(best, s.Quality)
				}
			}
			area += best * max(0, min(dearest, costs[k+1])-c) / dearest
		}
		if h, _ := curve.Hypervolume(spots, dearest); math.Abs(h-area) > 1e-12 {
			t.Fatalf("%v: %g, by budgets %g", spots, h, area)
		}
	})
}

// router is a threshold router's steps on n tasks with scores at so many levels (0:
// all different), and what the strong model costs on each.
func router(seed uint64, n, levels int) (*curve.Steps, []float64) {
	rng := rand.New(rand.NewPCG(seed, 2))
	s := &curve.Steps{Start: []int{0}}
	var dearest []float64
	for range n {
		score := rng.Float64()
		if levels > 0 {
			score = math.Floor(score * float64(levels))
		}
		weak, strong := 0.0, 0.0
		if rng.Float64() < 0.8-0.5*score {
			weak = 1
		}
		if rng.Float64() < 0.85 {
			strong = 1
		}
		d := 0.01 * math.Exp(0.4*rng.NormFloat64())
		s.From = append(s.From, math.Inf(-1), math.Nextafter(score, math.Inf(1)))
		s.Quality, s.Cost, s.Strong = append(s.Quality, strong, weak), append(s.Cost, d, d/10), append(s.Strong, true, false)
		s.Start, s.Keys = append(s.Start, len(s.From)), append(s.Keys, rng.Uint64())
		dearest = append(dearest, d)
	}
	return s, dearest
}

func sweep(t testing.TB, s *curve.Steps) curve.Curve {
	t.Helper()
	c, err := curve.Sweep(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// columns are what every task does at every point of a curve.
func columns(s *curve.Steps, c curve.Curve) (quality, cost [][]float64) {
	for _, p := range c {
		var q, d []float64
		for i := range s.Tasks() {
			k := s.Start[i]
			for k+1 < s.Start[i+1] && s.From[k+1] <= p.Knob {
				k++
			}
			q, d = append(q, s.Quality[k]), append(d, s.Cost[k])
		}
		quality, cost = append(quality, q), append(cost, d)
	}
	return quality, cost
}

// A curve of a few points is a set of policies: both ways to its hypervolume agree.
func TestHypervolumeOfACurveIsThatOfItsPoints(t *testing.T) {
	s, dearest := router(1, 400, 9)
	s.Weights = make([]float64, 400)
	for i := range s.Weights {
		s.Weights[i] = 0.5 + float64(i%3)
	}
	c := sweep(t, s)
	quality, cost := columns(s, c)
	value, e := curve.HypervolumeInterval(s, c, dearest, 0.95)
	wantValue, want := curve.SetHypervolume(quality, cost, dearest, stats.Sample{Weights: s.Weights, Keys: s.Keys}, 0.95)
	near(t, "value", value, wantValue, 1e-12)
	near(t, "cross-fitted", e.Value, want.Value, 1e-12)
	near(t, "lower end", e.Lo, want.Lo, 1e-10)
	near(t, "upper end", e.Hi, want.Hi, 1e-10)
	if !(e.Lo < e.Value && e.Value < e.Hi && e.Value < value+0.01) {
		t.Errorf("%g, cross-fitted %+v", value, e)
	}
}

// The standard error against the infinitesimal jackknife: how the cross-fitted share
// moves with each task's weight.
func TestHypervolumeMovesWithItsWeights(t *testing.T) {
	s, dearest := router(2, 250, 0)
	rng := rand.New(rand.NewPCG(6, 6))
	for range 250 {
		s.Weights = append(s.Weights, 0.5+rng.Float64()) // without ties, that a frontier would hang on
	}
	at := func() stats.Estimate {
		_, e := curve.HypervolumeInterval(s, sweep(t, s), dearest, 0.95)
		return e
	}
	e := at()
	ss := 0.0
	for i, w := range s.Weights {
		const h = 1e-7 // too little to choose another frontier
		s.Weights[i] = w + h
		up := at().Value
		s.Weights[i] = w - h
		down := at().Value
		s.Weights[i] = w
		d := w * (up - down) / (2 * h)
		ss += d * d
	}
	want := math.Sqrt(250.0 / 249 * ss)
	near(t, "standard error, which is widened by a tenth", (e.Hi-e.Value)/stats.TQuantile(0.95, 249)/1.1, want, 1e-5*want)
}

func TestHypervolumeWithoutAnAnswer(t *testing.T) {
	s, dearest := router(3, 50, 0)
	value, e := curve.HypervolumeInterval(s, sweep(t, s), dearest, 0.95)
	if !(value > 0) || !strings.Contains(e.Withheld, "too few units") {
		t.Errorf("50 tasks: %g, %+v", value, e)
	}
	if value, e := curve.HypervolumeInterval(s, sweep(t, s), make([]float64, 50), 0.95); !math.IsNaN(value) || !strings.Contains(e.Withheld, "costs nothing") {
		t.Errorf("a free dearest model: %g, %+v", value, e)
	}
	one, d := router(3, 1, 0)
	if _, e := curve.HypervolumeInterval(one, sweep(t, one), d, 0.95); e.Withheld == "" || !math.IsNaN(e.Lo) {
		t.Errorf("one task: %+v", e)
	}
	big, dear := router(4, 400, 0)
	a, b := curve.NewStanding(big, sweep(t, big), dear), curve.NewStanding(big, sweep(t, big), dear)
	for name, e := range map[string]stats.Estimate{"APGR": a.APGR(b, 0.95), "AIQ": a.AIQ(b, 0.95), "hypervolume": a.Hypervolume(b, 0.95)} {
		if e.Withheld == "" || e.Value != 0 {
			t.Errorf("%s of a curve against itself: %+v", name, e)
		}
	}
}
