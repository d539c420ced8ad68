package curve

import (
	"math"

	"waymark/internal/stats"
)

// ArenaInterval estimates RouterArena's score from every task's quality in [0,1] and
// cost in US dollars, by the delta method from both jointly: with A and c their means and
// x = log c, a task moves the score by
//
//	∂S/∂A·(quality − A) + ∂S/∂c·(cost − c),
//	∂S/∂A = (1+β)·C²/(βA + C)²,  ∂S/∂C = (1+β)·β·A²/(βA + C)²,  ∂C/∂c = −1/(c·ln(200/0.0044)).
//
// Where c is outside [0.0044, 200] USD per 1,000 queries it is clamped and its slope is 0, and the
// estimate says so. The interval is withheld where that of the cost reaches over an end of the clamp, at which the
// score has a corner, and at 200 and above, where the score is 0 whatever the quality.
func ArenaInterval(quality, cost []float64, s stats.Sample, confidence float64) stats.Estimate {
	s.Values = cost
	dollars := stats.Linear(s, confidence)
	s.Values = quality
	accuracy := stats.Linear(s, confidence)
	a, c := accuracy.Value, 1000*dollars.Value
	e := stats.Estimate{Value: Arena(a, c), Lo: nan, Hi: nan, Confidence: confidence, N: len(quality), Groups: accuracy.Groups}
	if math.IsNaN(a + c) {
		e.Value, e.Withheld = nan, accuracy.Withheld
		return e
	}
	slopeA, slopeC := arenaSlopes(a, c)
	switch lo, hi := 1000*dollars.Lo, 1000*dollars.Hi; {
	case c >= arenaMost:
		e.Withheld = "a cost of 200 dollars per 1,000 or more is clamped, and the score is 0 whatever the quality"
		return e
	case lo < arenaLeast && hi > arenaLeast, lo < arenaMost && hi > arenaMost:
		e.Withheld = "the interval of the cost reaches over an end of the range that it is clamped to"
		return e
	}
	values := make([]float64, len(quality))
	for i := range values {
		values[i] = e.Value + slopeA*(quality[i]-a) + slopeC*1000*(cost[i]-dollars.Value)
	}
	s.Values = values
	out := stats.Linear(s, confidence)
	out.Value = e.Value
	if c < arenaLeast {
		out.Warnings = append(out.Warnings, "the cost is below 0.0044 dollars per 1,000 and is clamped to it")
	}
	return out
}

// arenaSlopes are those of the score in the accuracy and in the cost per 1,000.
func arenaSlopes(a, c float64) (inA, inCost float64) {
	x := arenaCheapness(c)
	d := arenaBeta*a + x
	if d == 0 {
		return 0, 0
	}
	inA = (1 + arenaBeta) * x * x / (d * d)
	if c > arenaLeast && c < arenaMost {
		inCost = -(1 + arenaBeta) * arenaBeta * a * a / (d * d) / (c * math.Log(arenaMost/arenaLeast))
	}
	return inA, inCost
}
