package stats_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"waymark/internal/stats"
)

// Quantiles of latencies of which each task has several, weighted so that a task counts once:
// its latencies resemble each other, and the task is the unit.
func TestQuantileOfRepeatedTasksCovers(t *testing.T) {
	for _, p := range []float64{0.5, 0.9} {
		rng := rand.New(rand.NewPCG(17, uint64(100*p)))
		hits, draws := 0, 1000
		truth := math.Exp(math.Sqrt2 * math.Erfinv(2*p-1) * math.Sqrt(0.5*0.5+0.8*0.8))
		for range draws {
			s := stats.Sample{}
			for i := range 150 {
				task, k := 0.8*rng.NormFloat64(), 1+rng.IntN(4)
				for range k {
					s.Values = append(s.Values, math.Exp(task+0.5*rng.NormFloat64()))
					s.Weights = append(s.Weights, 1/float64(k))
					s.Groups = append(s.Groups, int32(i))
				}
			}
			hits += holds(stats.SampleQuantile(s, p, 0.95), truth)
		}
		covered(t, fmt.Sprintf("the %g quantile", p), hits, draws, false)
	}
}

// Fieller's interval of a ratio of skewed costs, as of a saving: paired, and correlated.
func TestRatioOfCostsCovers(t *testing.T) {
	for _, sigma := range []float64{0.5, 1.2} {
		rng := rand.New(rand.NewPCG(18, uint64(10*sigma)))
		hits, draws := 0, 2000
		for range draws {
			a, b := stats.Sample{}, stats.Sample{}
			for range 200 {
				task := sigma * rng.NormFloat64()
				b.Values = append(b.Values, 0.01*math.Exp(task+0.3*rng.NormFloat64()))
				a.Values = append(a.Values, 0.004*math.Exp(task+0.3*rng.NormFloat64()))
			}
			hits += holds(stats.Ratio(a, b, 0.95), 0.4)
		}
		share := float64(hits) / float64(draws)
		t.Logf("σ = %g: %.1f %%", sigma, 100*share)
		if floor := map[bool]float64{false: 0.95, true: 0.93}[sigma > 1]; share < floor-3*math.Sqrt(0.95*0.05/float64(draws)) {
			t.Errorf("σ = %g: covers %.1f %% of draws", sigma, 100*share)
		}
	}
}
