package tune

import "math"

// mostBet is the greatest bet, as a part of 1/−lo: one loss leaves a tenth of the capital.
const mostBet = 0.9

// Betting tests H0: E[X] ≤ 0 for independent X in [lo, hi], lo < 0 < hi, by betting
// against it (Waudby-Smith and Ramdas 2024): capital grows by 1 + λ·X each time, which
// under H0 no λ in [0, 1/−lo] that was fixed before X can expect to gain by. By Ville's
// inequality the chance that capital ever reaches 1/p is then at most p: that is the p-value, whatever
// delta is. The bet is their predictable plug-in for n values and a level of delta,
//
//	λ_t = √(2·log(1/δ) / (n·σ̂²_{t−1})), at most 0.9/−lo,
//
// σ̂² being the variance of the values so far, with −lo·hi/4 as one value more: about
// the bet that is best where the test is near its level. X are taken in the order given, which
// must not depend on them. The p-value is 1 where nothing speaks against H0, and 0 where X cannot be below 0.
func Betting(x []float64, lo, hi, delta float64) float64 {
	if lo >= 0 { // it is met whatever comes
		return 0
	}
	if !(hi > 0) {
		return 1
	}
	aim, most := 2*math.Log(1/delta)/float64(len(x)), mostBet/-lo
	sum, squares := 0.0, -lo*hi/4
	capital, best := 0.0, 0.0 // their logarithms
	for t, v := range x {
		seen := float64(t + 1)
		lambda := math.Min(most, math.Sqrt(aim*seen/squares))
		capital += math.Log1p(lambda * v)
		best = math.Max(best, capital)
		d := v - sum/seen
		sum += v
		squares += d * d
	}
	return math.Min(1, math.Exp(-best))
}

// bets is how many constant bets Needed tries, each √2 below the one before.
const bets = 24

// Needed is about how many such X it takes for Betting to reach a p-value of at most delta:
// log(1/δ) over the growth of the best constant bet on these. It is +Inf where their mean is not above 0.
func Needed(x []float64, lo, delta float64) float64 {
	growth := 0.0
	for j := range bets {
		bet, sum := mostBet/-lo*math.Pow(2, -float64(j)/2), 0.0
		for _, v := range x {
			sum += math.Log1p(bet * v)
		}
		growth = math.Max(growth, sum/float64(len(x)))
	}
	if !(growth > 0) {
		return math.Inf(1)
	}
	return math.Ceil(math.Log(1/delta) / growth)
}
