package stats_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"waymark/internal/stats"
)

// Both by going through all pairs.
func TestDisagreementByAllPairs(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 7))
	for range 200 {
		set := make([][]int32, 2+rng.IntN(4))
		for i := range set {
			for range 1 + rng.IntN(4) {
				set[i] = append(set[i], int32(rng.IntN(3)))
			}
		}
		var differ, pairs float64
		for i := range set {
			for j := range i {
				var d float64
				for _, a := range set[i] {
					for _, b := range set[j] {
						d += oneIf(a != b)
					}
				}
				differ += d / float64(len(set[i])*len(set[j]))
				pairs++
			}
		}
		near(t, "over a set", stats.PairDisagreement(set), differ/pairs, 1e-12)
		if xs := set[0]; len(xs) > 1 {
			differ, pairs = 0, 0
			for i := range xs {
				for j := range i {
					differ += oneIf(xs[i] != xs[j])
					pairs++
				}
			}
			near(t, "over repeats", stats.Disagreement(xs), differ/pairs, 1e-12)
		}
	}
	for name, x := range map[string]float64{
		"one repeat": stats.Disagreement([]int32{1}), "no repeat": stats.Disagreement(nil), "one task": stats.PairDisagreement([][]int32{{1, 2}}),
		"a task without a repeat": stats.PairDisagreement([][]int32{{1}, {}}),
	} {
		if !math.IsNaN(x) {
			t.Errorf("%s: %g", name, x)
		}
	}
}

// The mean over tasks covers the chance that two repeats differ, whatever the number of repeats.
func TestDisagreementCovers(t *testing.T) {
	for repeats, seed := range map[int]uint64{2: 5, 3: 6, 5: 7} {
		rng := rand.New(rand.NewPCG(seed, 7))
		truth := 0.0 // a third of the tasks each are decided by 0, 0.2 and 0.5
		for _, p := range []float64{0, 0.2, 0.5} {
			truth += 2 * p * (1 - p) / 3
		}
		hits, draws := 0, 2000
		for range draws {
			s := stats.Sample{}
			for range 150 {
				p := []float64{0, 0.2, 0.5}[rng.IntN(3)]
				var choices []int32
				for range repeats {
					choices = append(choices, int32(oneIf(rng.Float64() < p)))
				}
				s.Values = append(s.Values, stats.Disagreement(choices))
			}
			hits += holds(stats.Mean(s, 0.95), truth)
		}
		covered(t, fmt.Sprintf("the share that changes over %d repeats", repeats), hits, draws, false)
	}
}
