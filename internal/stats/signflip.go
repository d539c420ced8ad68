package stats

import (
	"math"
	"math/bits"
)

// Flips is how often a sign-flip test draws signs; its least p-value is 1/(Flips+1).
const Flips = 64 * 160

const flipSeed = 0x7369676e // fixed, so that a p-value never changes by itself

// SignBits are 64 fair signs of a unit, a pure function of seed, key and block.
func SignBits(seed, key uint64, block int) uint64 {
	return mix64(mix64(key^seed*0x9e3779b97f4a7c15) + uint64(block)*0xd1342543de82ef95)
}

// SignFlip is the two-sided p-value of the randomisation test that paired
// differences are symmetric around 0 (Fisher 1935): under it, each unit's sum may
// as well have had the other sign. With up to 12 units that differ all signs are
// enumerated, else Flips are drawn and counted with the observed one, so that the
// test keeps its level (Phipson and Smyth 2010). It is 1 where nothing differs and
// NaN where the sample is not usable.
func SignFlip(s Sample) float64 {
	u, err := s.sums()
	if err != nil {
		return math.NaN()
	}
	var sums []float64
	var keys []uint64
	observed := 0.0
	for i, v := range u.value {
		if v != 0 {
			sums, keys = append(sums, v), append(keys, u.keys[i])
			observed += v
		}
	}
	if len(sums) == 0 {
		return 1
	}
	bar := math.Abs(observed) * (1 - 1e-12)
	if len(sums) <= 12 {
		return enumerated(sums, bar)
	}
	atLeast := 0
	for block := range Flips / 64 {
		for _, total := range flipped(sums, keys, block) {
			if math.Abs(total) >= bar {
				atLeast++
			}
		}
	}
	return float64(atLeast+1) / (Flips + 1)
}

func enumerated(sums []float64, bar float64) float64 {
	atLeast := 0
	for signs := range uint64(1) << len(sums) {
		total := 0.0
		for i, v := range sums {
			total += v * float64(1-2*int(signs>>i&1))
		}
		if math.Abs(total) >= bar {
			atLeast++
		}
	}
	return float64(atLeast) / float64(uint64(1)<<len(sums))
}

// flipped is 64 sums under drawn signs.
func flipped(sums []float64, keys []uint64, block int) (total [64]float64) {
	all := 0.0
	for i, v := range sums {
		all += v
		for b := SignBits(flipSeed, keys[i], block); b != 0; b &= b - 1 {
			total[bits.TrailingZeros64(b)] += v
		}
	}
	for r := range total {
		total[r] = 2*total[r] - all
	}
	return total
}
