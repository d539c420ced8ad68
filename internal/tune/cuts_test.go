package tune

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// tiered is n tasks between three tiers, with ties in the score.
func tiered(rng *rand.Rand, n, tiers, conditions int, levels float64) *Tiered {
	t := &Tiered{}
	for range tiers {
		t.Quality, t.Cost = append(t.Quality, make([]float64, n)), append(t.Cost, make([]float64, n))
	}
	for c := range conditions {
		t.Conditions = append(t.Conditions, nil)
		for range tiers {
			t.Conditions[c] = append(t.Conditions[c], make([]float64, n))
		}
		t.Offsets = append(t.Offsets, -0.75+0.05*float64(c))
	}
	for i := range n {
		h := rng.Float64()
		t.Scores = append(t.Scores, math.Floor((h+0.2*rng.NormFloat64())*levels)/levels)
		for k := range tiers {
			if rng.Float64() < 0.95-0.8*h/float64(k+1) {
				t.Quality[k][i] = 1 / float64(n)
			}
			t.Cost[k][i] = math.Pow(5, float64(k)) * (0.5 + rng.Float64()) / float64(n)
			for c := range conditions {
				t.Conditions[c][k][i] = t.Quality[k][i] * float64(c+1) / float64(conditions)
			}
		}
	}
	return t
}

// at is the point of some cuts, task by task.
func (t *Tiered) at(cuts []float64) Point {
	p := Point{Slack: math.Inf(1)}
	slack := slices.Clone(t.Offsets)
	for i, x := range t.Scores {
		k := 0
		for k < len(cuts) && x >= cuts[k] {
			k++
		}
		p.Quality += t.Quality[k][i]
		p.Cost += t.Cost[k][i]
		for c := range slack {
			slack[c] += t.Conditions[c][k][i]
		}
	}
	for _, x := range slack {
		p.Slack = math.Min(p.Slack, x)
	}
	return p
}

// The search agrees with brute force over every pair of cuts, by another route.
func TestSearchIsExact(t *testing.T) {
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 1))
		x := tiered(rng, 40, 3, int(seed%3), 12)
		places := append(slices.Clone(x.Scores), math.Inf(-1), math.Inf(1))
		slices.Sort(places)
		for _, maximise := range []bool{false, true} {
			want, ok := Point{}, false
			for i, a := range places {
				for _, b := range places[i:] {
					if p := x.at([]float64{a, b}); p.Slack >= -rounding && (!ok || better(p, want, maximise)) {
						want, ok = p, true
					}
				}
			}
			got := x.Search(maximise)
			if !got.Exact || got.OK != ok {
				t.Fatalf("seed %d: exact %v, met %v; want met %v", seed, got.Exact, got.OK, ok)
			}
			if !ok {
				continue
			}
			if math.Abs(got.Best.Quality-want.Quality) > 1e-9 || math.Abs(got.Best.Cost-want.Cost) > 1e-9 {
				t.Errorf("seed %d, maximise %v: found %+v, brute force %+v", seed, maximise, got.Best, want)
			}
			if back := x.at(got.Best.Cuts); math.Abs(back.Quality-got.Best.Quality) > 1e-9 || math.Abs(back.Cost-got.Best.Cost) > 1e-9 {
				t.Errorf("seed %d: the cuts %v give %+v, the search says %+v", seed, got.Best.Cuts, back, got.Best.Point)
			}
			for k, f := range got.Frontier {
				if k > 0 && (f.Cost <= got.Frontier[k-1].Cost || f.Quality <= got.Frontier[k-1].Quality) {
					t.Fatalf("seed %d: the frontier does not rise at %d", seed, k)
				}
				for i, a := range places {
					for _, b := range places[i:] {
						p := x.at([]float64{a, b})
						if p.Cost < f.Cost-1e-9 && p.Quality >= f.Quality-1e-9 {
							t.Fatalf("seed %d: %v dominates the frontier's %v", seed, p, f.Point)
						}
					}
				}
			}
		}
	}
}

// Where not all places can be tried, the search says so, meets the conditions and comes near the best.
func TestSearchOverManyCuts(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	x := tiered(rng, 3000, 4, 1, 1e9)
	got := x.Search(false)
	if got.Exact || !got.OK || got.Tried > 2*budget {
		t.Fatalf("exact %v, met %v, tried %d", got.Exact, got.OK, got.Tried)
	}
	p := x.at(got.Best.Cuts)
	if p.Slack < -1e-9 || math.Abs(p.Cost-got.Best.Cost) > 1e-9 {
		t.Errorf("the cuts give %+v, the search says %+v", p, got.Best.Point)
	}
	for range 20000 { // no random place that meets the condition is cheaper
		cuts := []float64{x.Scores[rng.IntN(3000)], x.Scores[rng.IntN(3000)], x.Scores[rng.IntN(3000)]}
		slices.Sort(cuts)
		if p := x.at(cuts); p.Slack >= 0 && p.Cost < got.Best.Cost-1e-9 {
			t.Fatalf("cuts %v cost %g, the search found %g", cuts, p.Cost, got.Best.Cost)
		}
	}
}

func TestSimplest(t *testing.T) {
	for _, x := range []struct{ lo, hi, want float64 }{
		{0.1, 0.9, 0.5}, {0.11964, 0.11966, 0.11965}, {164.5, 167, 166}, {3, 3, 3}, {math.Inf(-1), 3, math.Inf(-1)}, {-2, 5, 2}, {0.1, 0.2, 0.15},
	} {
		if got := Simplest(x.lo, x.hi); got != x.want {
			t.Errorf("between %g and %g: %g, want %g", x.lo, x.hi, got, x.want)
		}
	}
}

func BenchmarkSearch2CutsOf2000Scores(b *testing.B) {
	x := tiered(rand.New(rand.NewPCG(1, 1)), 2000, 3, 1, 1e9)
	for b.Loop() {
		x.Search(false)
	}
}
