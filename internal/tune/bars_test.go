package tune_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"waymark/internal/tune"
)

// climbing is n tasks of some stages, with ties of scores, stages that failed, and climbs that end early.
func climbing(rng *rand.Rand, n, stages, levels int) *tune.Climb {
	c := &tune.Climb{Stages: stages, Start: []int{0}, Conditions: [][]float64{nil}, Offsets: []float64{-0.6}}
	for range n {
		cost := 0.0
		end := stages
		if rng.IntN(5) == 0 {
			end = 1 + rng.IntN(stages)
		}
		for s := range end {
			cost += math.Pow(3, float64(s)) * rng.Float64() / float64(n)
			if s+1 < end && rng.IntN(8) == 0 {
				continue // its call failed
			}
			right := 0.0
			if rng.Float64() < 0.4+0.2*float64(s) {
				right = 1 / float64(n)
			}
			score := float64(rng.IntN(levels))
			if s+1 == end {
				score = math.Inf(1)
			}
			c.Stage, c.Score = append(c.Stage, s), append(c.Score, score)
			c.Quality, c.Cost = append(c.Quality, right), append(c.Cost, cost)
			c.Conditions[0] = append(c.Conditions[0], right)
		}
		c.Start = append(c.Start, len(c.Stage))
	}
	return c
}

// sumsAt is what bars come to, task by task.
func sumsAt(c *tune.Climb, bars []float64) (quality, cost float64) {
	for i := range len(c.Start) - 1 {
		k := c.Start[i]
		for k+1 < c.Start[i+1] && !(c.Score[k] >= bars[c.Stage[k]]) {
			k++
		}
		quality, cost = quality+c.Quality[k], cost+c.Cost[k]
	}
	return quality, cost
}

// each calls f with every combination of bars from a list.
func each(stages int, at []float64, f func([]float64)) {
	bars := make([]float64, stages-1)
	var place func(k int)
	place = func(k int) {
		if k == len(bars) {
			f(bars)
			return
		}
		for _, x := range at {
			bars[k] = x
			place(k + 1)
		}
	}
	place(0)
}

// Where all places are tried, the best and the frontier are those of trying every combination of bars.
func TestBarsAgainstBruteForce(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 5))
		stages := 2 + int(seed%3)
		c := climbing(rng, 12, stages, 5)
		for _, maximise := range []bool{false, true} {
			got, err := c.Search(t.Context(), maximise)
			if err != nil {
				t.Fatal(err)
			}
			if !got.Exact {
				t.Fatal("so few places are not all tried")
			}
			best, ok := math.Inf(1), false
			var all [][2]float64
			each(stages, []float64{math.Inf(-1), 0.5, 1.5, 2.5, 3.5, math.Inf(1)}, func(bars []float64) {
				q, d := sumsAt(c, bars)
				all = append(all, [2]float64{q, d})
				if q < 0.6-1e-12 {
					return
				}
				ok = true
				if maximise {
					best = math.Min(best, -q)
				} else {
					best = math.Min(best, d)
				}
			})
			if ok != got.OK {
				t.Fatalf("seed %d: met %v, by brute force %v", seed, got.OK, ok)
			}
			value := got.Best.Cost
			if maximise {
				value = -got.Best.Quality
			}
			if ok && math.Abs(value-best) > 1e-12 {
				t.Errorf("seed %d maximise %v: best %g, by brute force %g", seed, maximise, value, best)
			}
			for _, f := range append(got.Frontier, got.Best) {
				if q, d := sumsAt(c, f.Cuts); math.Abs(q-f.Quality)+math.Abs(d-f.Cost) > 1e-12 {
					t.Errorf("seed %d: bars %v come to %g, %g and are said to come to %g, %g", seed, f.Cuts, q, d, f.Quality, f.Cost)
				}
			}
			for _, a := range all {
				beaten := false
				for _, f := range got.Frontier {
					beaten = beaten || f.Quality >= a[0]-1e-12 && f.Cost <= a[1]+1e-12
				}
				if !beaten {
					t.Errorf("seed %d: %v lies beyond the frontier", seed, a)
				}
			}
		}
	}
}

// A search that cannot try all says so, what it found is what its bars come to, and no move
// of one bar alone betters it.
func TestBarsBeyondAllPlaces(t *testing.T) {
	c := climbing(rand.New(rand.NewPCG(1, 1)), 1500, 4, 400)
	got, err := c.Search(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if got.Exact || !got.OK {
		t.Fatalf("exact %v, met %v", got.Exact, got.OK)
	}
	if q, d := sumsAt(c, got.Best.Cuts); math.Abs(q-got.Best.Quality)+math.Abs(d-got.Best.Cost) > 1e-9 || q < 0.6-1e-9 {
		t.Errorf("bars %v come to %g, %g and are said to come to %g, %g", got.Best.Cuts, q, d, got.Best.Quality, got.Best.Cost)
	}
	for bar := range got.Best.Cuts {
		bars := append([]float64(nil), got.Best.Cuts...)
		for x := -0.5; x <= 400; x++ {
			bars[bar] = x
			if q, d := sumsAt(c, bars); q >= 0.6 && d < got.Best.Cost-1e-9 {
				t.Fatalf("moving bar %d to %g costs %g, less than %g", bar, x, d, got.Best.Cost)
			}
		}
	}
}

// However many bars there are, a search comes to an end: it says that it moved them together, and
// what it found is what its bars come to, and no move of one bar alone betters it.
func TestManyBars(t *testing.T) {
	for _, stages := range []int{12, 16, 20, 40, 200} {
		c := climbing(rand.New(rand.NewPCG(2, uint64(stages))), 100, stages, 50)
		start := time.Now()
		got, err := c.Search(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%d stages take %v", stages, took)
		}
		if got.Exact || got.Together != (stages >= 16) || got.Tried > 3_000_000 {
			t.Errorf("%d stages: exact %v, together %v, %d places tried", stages, got.Exact, got.Together, got.Tried)
		}
		for _, f := range append(got.Frontier, got.Best) {
			if q, d := sumsAt(c, f.Cuts); math.Abs(q-f.Quality)+math.Abs(d-f.Cost)/d > 1e-9 {
				t.Fatalf("%d stages: bars come to %g, %g and are said to come to %g, %g", stages, q, d, f.Quality, f.Cost)
			}
		}
		if got.Unfinished || stages > 40 {
			continue
		}
		for bar := range got.Best.Cuts {
			bars := append([]float64(nil), got.Best.Cuts...)
			for x := -0.5; x <= 50; x++ {
				bars[bar] = x
				if q, d := sumsAt(c, bars); q >= 0.6 && d < got.Best.Cost*(1-1e-9) {
					t.Fatalf("%d stages: moving bar %d to %g costs %g, less than %g", stages, bar, x, d, got.Best.Cost)
				}
			}
		}
	}
}

func TestBarsAreInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, stages := range []int{3, 40} {
		if _, err := climbing(rand.New(rand.NewPCG(3, 3)), 50, stages, 20).Search(ctx, false); !errors.Is(err, context.Canceled) {
			t.Errorf("%d stages: %v", stages, err)
		}
	}
}
