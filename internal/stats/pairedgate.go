package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// A PairedGate is the gate of a difference of paired proportions. It supposes that
// tasks go on to differ as often as they did: at a difference of Still the shares gained and lost are
// those that differ by it and have the observed sum. A change for the worse from there adds
// losses, and one for the better gains.
type PairedGate struct {
	PairedTest
	Still float64
}

// rates are the shares gained and lost where the difference is truth.
func (g PairedGate) rates(truth float64) (gain, loss float64) {
	truth = math.Max(-1, math.Min(1, truth))
	both := math.Max(g.Gained+g.Lost, math.Abs(g.Still))
	gain, loss = (both+g.Still)/2, (both-g.Still)/2
	if change := truth - g.Still; change < 0 {
		loss -= change
	} else {
		gain += change
	}
	if gain+loss > 1 {
		gain, loss = (1+truth)/2, (1-truth)/2
	}
	return gain, loss
}

// mostExact is how many discordant tasks the distribution is summed over; beyond, it is normal.
const mostExact = 300

// Above is a chance: see Gate.
func (g PairedGate) Above(bound, truth, level float64) float64 {
	gain, loss := g.rates(truth)
	switch {
	case bound <= -1 || bound >= 1:
		return pass(bound <= -1)
	case g.Plain && g.N*(gain+loss) <= mostExact:
		return g.exact(gain, loss, bound, g.quantile(level))
	}
	return g.normal(gain, loss, bound, g.quantile(level))
}

// Below is a chance: see Gate.
func (g PairedGate) Below(bound, truth, level float64) float64 {
	mirror := g
	mirror.Gained, mirror.Lost, mirror.Still = g.Lost, g.Gained, -g.Still
	return mirror.Above(-bound, -truth, level)
}

// exact sums the multinomial distribution of gains and losses: over how many tasks
// differ, up to the most losses among them with which the score is above z.
func (g PairedGate) exact(gain, loss, bound, z float64) (p float64) {
	both := gain + loss
	if both <= 0 || both >= 1 {
		d := g.N * both
		return upTo(lastWhere(int(d), func(lost int) bool { return tangoScore(d-float64(lost), float64(lost), g.N, bound) > z }), d, loss)
	}
	differ := distuv.Binomial{N: g.N, P: both}
	spread := 9*math.Sqrt(g.N*both*(1-both)) + 9
	for d := math.Max(0, math.Floor(g.N*both-spread)); d <= math.Min(g.N, g.N*both+spread); d++ {
		most := lastWhere(int(d), func(lost int) bool { return tangoScore(d-float64(lost), float64(lost), g.N, bound) > z })
		p += differ.Prob(d) * upTo(most, d, loss/both)
	}
	return math.Min(1, p)
}

// upTo is P(K ≤ k) of a binomial K of n trials.
func upTo(k int, n, p float64) float64 {
	switch {
	case k < 0:
		return 0
	case float64(k) >= n || p <= 0:
		return 1
	case p >= 1:
		return 0
	}
	return distuv.Binomial{N: n, P: p}.CDF(float64(k))
}

// lastWhere is the last k from 0 to n on which yes holds, which then holds on all before; -1 if none.
func lastWhere(n int, yes func(int) bool) int {
	return sortSearch(n, func(k int) bool { return !yes(k) }) - 1
}

// normal takes the score's null variance at what is expected, and the difference as normal.
func (g PairedGate) normal(gain, loss, bound, z float64) float64 {
	truth := gain - loss
	null := math.Sqrt(math.Max(0, tangoVariance(gain*g.N, loss*g.N, g.N, bound)))
	sd := math.Sqrt(math.Max(0, g.N*(gain+loss-truth*truth)))
	if sd == 0 {
		return pass(g.N*(truth-bound) > z*null)
	}
	df := math.Inf(1)
	if !g.Plain {
		df = math.Max(1, float64(g.Units-1))
	}
	return studentPower(g.N*(truth-bound)/sd, z*null/sd, df)
}

// PBelow is a p-value: see Gate.
func (g PairedGate) PBelow(bound float64) float64 {
	return tailOf(g.score(math.Max(-1, math.Min(1, bound))), g.Plain, g.Units)
}

// PAbove is a p-value: see Gate.
func (g PairedGate) PAbove(bound float64) float64 {
	return tailOf(-g.score(math.Max(-1, math.Min(1, bound))), g.Plain, g.Units)
}
