package tune

import "math"

// bets is how many constant bets the capital is spread over.
const bets = 24

// Betting tests H0: E[X] ≤ 0 for independent X in [lo, hi], lo < 0 < hi, by betting
// against it (Waudby-Smith and Ramdas 2024): capital grows by 1 + λ·X each time, which
// under H0 no λ in [0, 1/−lo] can expect to gain by. It is spread evenly over
// constant bets from 1/−lo down by halves of octaves, which loses at most log(bets) of the
// growth of the best of them. By Ville's inequality the chance that capital ever reaches
// 1/p under H0 is at most p: that is the p-value. X are taken in the order given, which must
// not depend on them. It is 1 where nothing speaks against H0.
func Betting(x []float64, lo, hi float64) float64 {
	if !(lo < 0 && hi > 0) {
		return 1
	}
	var capital, lambda [bets]float64
	for j := range capital {
		capital[j], lambda[j] = 1.0/bets, lambdaAt(j, lo)
	}
	most, scale := 1.0, 0.0 // capital is capital · e^scale
	best := 0.0             // log of the most that it ever was
	for _, v := range x {
		if v == 0 {
			continue
		}
		sum := 0.0
		for j := range capital {
			capital[j] *= 1 + lambda[j]*v
			sum += capital[j]
		}
		if sum > most {
			most = sum
			best = math.Max(best, math.Log(most)+scale)
		}
		if sum > 1e100 || sum < 1e-100 && sum > 0 {
			for j := range capital {
				capital[j] /= sum
			}
			scale += math.Log(sum)
			most = math.Exp(best - scale)
		}
	}
	return math.Min(1, math.Exp(-best))
}

// lambdaAt is the jth bet: a hair under 1/−lo, so that capital is never lost for good,
// and down by √2 each.
func lambdaAt(j int, lo float64) float64 { return 0.999 / -lo * math.Pow(2, -float64(j)/2) }

// Needed is about how many such X it takes for Betting to reach a p-value of at most delta:
// log(bets/delta) over the growth of the best bet. It is +Inf where the mean is not above 0.
func Needed(x []float64, lo, delta float64) float64 {
	growth := 0.0
	for j := range bets {
		l, sum := lambdaAt(j, lo), 0.0
		for _, v := range x {
			sum += math.Log1p(l * v)
		}
		growth = math.Max(growth, sum/float64(len(x)))
	}
	if !(growth > 0) {
		return math.Inf(1)
	}
	return math.Ceil(math.Log(bets/delta) / growth)
}
