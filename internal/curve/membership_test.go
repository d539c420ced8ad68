package curve_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"waymark/internal/curve"
	"waymark/internal/stats"
)

// duel is a cheap policy and a dear one, which is better by gap standard errors.
func duel(rng *rand.Rand, n int, gap float64) (quality, cost [][]float64) {
	quality, cost = make([][]float64, 2), make([][]float64, 2)
	for range n {
		quality[0], cost[0] = append(quality[0], rng.NormFloat64()), append(cost[0], 1)
		quality[1], cost[1] = append(quality[1], rng.NormFloat64()), append(cost[1], 2)
	}
	var mean, ss float64
	for i := range n {
		mean += (quality[1][i] - quality[0][i]) / float64(n)
	}
	for i := range n {
		d := quality[1][i] - quality[0][i] - mean
		ss += d * d
	}
	for i := range n {
		quality[1][i] += gap*math.Sqrt(ss)/float64(n) - mean
	}
	return quality, cost
}

// A dear policy is on the frontier as often as it comes out better: by another way, Φ of
// its lead in standard errors. The cheap one always is.
func TestMembershipByTheNormalLimit(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, lead := range []float64{-1, 0, 0.7, 2} {
		quality, cost := duel(rng, 400, lead)
		share, n := curve.Membership(quality, cost, stats.Sample{}, 0)
		want := 0.5 * math.Erfc(-lead/math.Sqrt2)
		near(t, "share of the dear policy", share[1], want, 4*math.Sqrt(want*(1-want)/float64(n))+0.01)
		near(t, "share of the cheap policy", share[0], 1, 0)
		if n != 1000 {
			t.Errorf("%d resamples", n)
		}
	}
}

// Nothing but the tasks decides: not their order, nor workers; a policy that is far
// dominated changes no share; doubled weights and groups of one change none.
func TestMembershipLaws(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	quality, cost := duel(rng, 100, 0.5)
	s := stats.Sample{}
	for i := range 100 {
		s.Keys = append(s.Keys, rng.Uint64())
		s.Weights = append(s.Weights, 2)
		s.Groups = append(s.Groups, int32(i))
	}
	want, _ := curve.Membership(quality, cost, stats.Sample{Keys: s.Keys}, 1)
	same := func(what string, quality, cost [][]float64, s stats.Sample, workers int) {
		t.Helper()
		got, _ := curve.Membership(quality, cost, s, workers)
		if got[0] != want[0] || got[1] != want[1] {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	same("four workers", quality, cost, stats.Sample{Keys: s.Keys}, 4)
	same("weights and groups of one", quality, cost, s, 0)
	worse := [][]float64{quality[0], quality[1], make([]float64, 100)}
	dear := [][]float64{cost[0], cost[1], make([]float64, 100)}
	for i := range 100 {
		worse[2][i], dear[2][i] = quality[0][i]-50+rng.NormFloat64(), 9+rng.Float64()
	}
	same("a dominated policy", worse, dear, stats.Sample{Keys: s.Keys}, 0)
	if got, _ := curve.Membership(worse, dear, stats.Sample{Keys: s.Keys}, 0); got[2] != 0 {
		t.Errorf("the dominated policy is on %g of the frontiers", got[2])
	}
	reversed := stats.Sample{}
	back := [][]float64{nil, nil}
	for i := 99; i >= 0; i-- {
		reversed.Keys = append(reversed.Keys, s.Keys[i])
		back[0], back[1] = append(back[0], quality[0][i]), append(back[1], quality[1][i])
	}
	same("reversed tasks", back, cost, reversed, 0)
}

func TestMembershipOfNothing(t *testing.T) {
	if share, n := curve.Membership(nil, nil, stats.Sample{}, 0); len(share) != 0 || n != 0 {
		t.Errorf("no policies: %v of %d", share, n)
	}
	if share, n := curve.Membership([][]float64{{}}, [][]float64{{}}, stats.Sample{}, 0); share[0] != 0 || n != 0 {
		t.Errorf("no tasks: %v of %d", share, n)
	}
	one, _ := curve.Membership([][]float64{{1}, {1}}, [][]float64{{1}, {1}}, stats.Sample{}, 0)
	if one[0] != 1 || one[1] != 0 {
		t.Errorf("one task, two alike: %v", one)
	}
}
