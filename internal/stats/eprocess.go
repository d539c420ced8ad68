package stats

import (
	"fmt"
	"math"
)

// A Drift watches paired differences x in [−1,1], new minus old, night after night
// and bets against
//
//	H0: on every night the mean over its tasks of E[x] is at least −margin.
//
// Its capital starts at 1. Of a night with tasks i = 1…n a bet λ makes
//
//	Π (1 + λ·y_i),  y_i = −margin − x_i,  0 ≤ λ ≤ 1/(2(1 + margin)),
//
// of it. λ is fixed before the night. Where responses to different tasks are
// independent given the past, E[Π] = Π(1 + λ·E[y_i]) ≤ (1 + λ·mean E[y])ⁿ ≤ 1 by
// the inequality of means: tasks may differ among themselves, and their order is of
// no account. The capital is then a nonnegative supermartingale, and by Ville (1939)
// P(it is ever 1/α or more) ≤ α, however often one looks.
//
// With weights the mean of H0 is the weighted one, and y_i = (w_i/max w)·(−margin − x_i): the
// bets are as before, on what is then at most as large.
//
// Half of the capital is bet by a plug-in of the earlier nights, aGRAPA's
// λ = μ/(σ² + μ²), truncated (Waudby-Smith and Ramdas 2024, §B.3). The other half
// is a mixture of constant bets, each of which starts on night j with the part
// 1/(j(j+1)) and is cash before: the first night counts, and a drop after many good
// nights is not drowned by what was lost on them. Responses that hang together
// within a night (those of one session, an outage) break the promise: enter the mean of each such set as
// one value, of the set's weight.
type Drift struct {
	margin  float64
	plugIn  float64   // log capital of the plug-in
	mixture []float64 // log capital of each constant bet that has started
	nights  float64

	n, sum, squares float64 // of y, over the nights so far
}

// mixtureBets is how many constant bets there are: the largest, and each next half as large.
const mixtureBets = 9

// NewDrift starts to watch. The margin is that of the differences, at least 0 and
// below 1.
func NewDrift(margin float64) (*Drift, error) {
	if !(margin >= 0 && margin < 1) {
		return nil, fmt.Errorf("found margin %g, expected at least 0 and below 1", margin)
	}
	d := &Drift{margin: margin}
	for range mixtureBets {
		d.mixture = append(d.mixture, math.Inf(-1))
	}
	return d, nil
}

func (d *Drift) largest() float64 { return 0.5 / (1 + d.margin) }

// bet is the plug-in's: what the nights so far would have wanted. One value of 0
// and one of variance 1/4 are added to them, so that it starts at 0.
func (d *Drift) bet() float64 {
	mean := d.sum / (d.n + 1)
	second := (0.25 + d.squares) / (d.n + 1) // σ² + μ²
	return math.Max(0, math.Min(mean/second, d.largest()))
}

// Night enters the differences of one night, with their weights; nil is all alike, and they are
// the same every night. A value that is not in [−1,1], or a weight below 0, is
// refused, and nothing of the night entered.
func (d *Drift) Night(differences, weights []float64) error {
	most := 0.0
	for i, x := range differences {
		if !(x >= -1 && x <= 1) {
			return fmt.Errorf("difference %d is %g, expected a number in [-1, 1]", i, x)
		}
		w := weightOf(weights, i)
		if !(w >= 0) || math.IsInf(w, 1) {
			return fmt.Errorf("weight %d is %g, expected a finite number of at least 0", i, w)
		}
		most = math.Max(most, w)
	}
	losses := make([]float64, len(differences))
	for i, x := range differences {
		if most > 0 {
			losses[i] = weightOf(weights, i) / most * (-d.margin - x)
		}
	}
	d.enter(losses)
	return nil
}

func weightOf(weights []float64, i int) float64 {
	if weights == nil {
		return 1
	}
	return weights[i]
}

// enter bets on a night's y, and then learns from them.
func (d *Drift) enter(losses []float64) {
	d.nights++
	d.plugIn += growth(d.bet(), losses)
	lambda, start := d.largest(), -math.Log(d.nights*(d.nights+1))
	for k, before := range d.mixture {
		d.mixture[k] = addLogs(before, start) + growth(lambda, losses)
		lambda /= 2
	}
	for _, y := range losses {
		d.n++
		d.sum += y
		d.squares += y * y
	}
}

// growth is the logarithm of what a night makes of a bet.
func growth(lambda float64, losses []float64) (log float64) {
	for _, y := range losses {
		log += math.Log1p(lambda * y)
	}
	return log
}

// addLogs is log(eᵃ + eᵇ) of finite b.
func addLogs(a, b float64) float64 {
	top := math.Max(a, b)
	return top + math.Log(math.Exp(a-top)+math.Exp(b-top))
}

// EValue is the capital: evidence against H0, 1 where there is none. It is capped
// at the largest number that there is.
func (d *Drift) EValue() float64 {
	log := addLogs(d.plugIn, -math.Log(d.nights+1)) // Σ 1/(j(j+1)) over the nights to come is cash
	for _, l := range d.mixture {
		log = addLogs(l-math.Log(mixtureBets), log)
	}
	return math.Min(math.Exp(log)/2, math.MaxFloat64)
}
