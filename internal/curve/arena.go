package curve

import "math"

// Arena is RouterArena's score (Lu et al. 2025): S = (1+β)·A·C / (β·A + C) with
// β = 0.1, accuracy A in [0,1] and C = (log₂200 − log₂c)/(log₂200 − log₂0.0044)
// for a cost of c US dollars per 1,000 queries. c is clamped to [0.0044, 200], so
// that C stays in [0,1]. A cost of 0 or below has no logarithm and clamps to the least.
func Arena(accuracy, usdPer1000 float64) float64 {
	cheap := arenaCheapness(usdPer1000)
	if arenaBeta*accuracy+cheap == 0 {
		return 0
	}
	return (1 + arenaBeta) * accuracy * cheap / (arenaBeta*accuracy + cheap)
}

const (
	arenaBeta  = 0.1
	arenaLeast = 0.0044 // US dollars per 1,000 queries
	arenaMost  = 200.0
)

// arenaCheapness is C.
func arenaCheapness(usdPer1000 float64) float64 {
	c := math.Min(math.Max(usdPer1000, arenaLeast), arenaMost)
	return (math.Log2(arenaMost) - math.Log2(c)) / (math.Log2(arenaMost) - math.Log2(arenaLeast))
}
