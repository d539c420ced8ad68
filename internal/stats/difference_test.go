package stats_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"waymark/internal/stats"
)

// An interval of differences misses on neither side more often than it says, whether a few large
// ones go both ways or one. Of costs that rise on some tasks only, the upper end is short: that is
// what it promises less of.
func TestDifferencesMissOnNeitherSide(t *testing.T) {
	draws := 800
	if testing.Short() {
		draws = 200
	}
	for _, c := range []struct {
		name         string
		mean         float64
		above, below float64 // of the truth: what is allowed beside Monte-Carlo error
		one          func(r *rand.Rand) float64
	}{
		{"sparse, both ways", 0, 0.025, 0.025, func(r *rand.Rand) float64 {
			switch u := r.Float64(); {
			case u < 0.05:
				return math.Exp(r.NormFloat64())
			case u > 0.95:
				return -math.Exp(r.NormFloat64())
			}
			return 0
		}},
		{"of costs, both ways", 0, 0.025, 0.025, func(r *rand.Rand) float64 {
			return math.Exp(r.NormFloat64()) * (math.Exp(0.3*r.NormFloat64()) - math.Exp(0.3*r.NormFloat64()))
		}},
		{"of costs, on one task in five", 0.2 * math.Exp(0.5), 0.025, 0.045, func(r *rand.Rand) float64 {
			if r.Float64() < 0.2 {
				return math.Exp(r.NormFloat64())
			}
			return 0
		}},
	} {
		var above, below float64
		for d := range draws {
			r := rand.New(rand.NewPCG(uint64(d), 12))
			s := stats.Sample{}
			for range 200 {
				s.Values = append(s.Values, c.one(r))
			}
			e := stats.MeanDifference(s, 0.95)
			above += count(e.Lo > c.mean) / float64(draws)
			below += count(e.Hi < c.mean) / float64(draws)
		}
		t.Logf("%s: above the truth in %.3f, below in %.3f of %d samples", c.name, above, below, draws)
		limit := func(p float64) float64 { return p + 3*math.Sqrt(p*(1-p)/float64(draws)) }
		if above > limit(c.above) || below > limit(c.below) {
			t.Errorf("%s: above in %.3f, below in %.3f of samples, want at most %.3f and %.3f", c.name, above, below, limit(c.above), limit(c.below))
		}
	}
}

// A cost of nothing is no share of successes: nothing is known of its spread.
func TestAmountsAreNoShares(t *testing.T) {
	free := stats.Sample{Values: make([]float64, 200)}
	if e := stats.Amount(free, 0.95); e.Withheld == "" || e.Value != 0 {
		t.Errorf("200 tasks that cost nothing cost %+v", e)
	}
	if e := stats.Mean(free, 0.95); e.Withheld != "" || !(e.Hi > 0.01) {
		t.Errorf("200 wrong answers are right in %+v", e)
	}
	if _, g := stats.GatedAmount(free, 0.95); g != nil {
		t.Error("what has no interval has a gate")
	}
}
