package coverage

import (
	"math"
	"math/rand/v2"
	"slices"

	"waymark/internal/curve"
	"waymark/internal/stats"
)

// scorerTruths are what a very large draw says of a router's scores and its curve.
type scorerTruths struct {
	auroc, difference, precision, brier, base  float64
	hypervolume, hypervolumeDifference, arena  float64
	oracleAPGR, oracleCPT, apgrDifference, pgr float64
	recall, exactness                          float64
	aiqDifference, setHypervolume              float64
	curve, other                               curve.Curve
	claims                                     []claim
}

// scoresOf reads a threshold router's scores back from its steps: strong was needed
// where it is better. chance maps a score to a claim in [0,1], somewhat off on purpose.
func scoresOf(s *curve.Steps) stats.Scores {
	out := stats.Scores{Weights: s.Weights, Groups: s.Groups, Keys: s.Keys}
	for i := range s.Tasks() {
		k := s.Start[i]
		out.Score = append(out.Score, s.From[k+1])
		out.Event = append(out.Event, s.Quality[k] > s.Quality[k+1])
	}
	return out
}

func claims(s stats.Scores) stats.Scores {
	s.Score = slices.Clone(s.Score)
	for i, x := range s.Score {
		s.Score[i] = min(1, max(0, 0.1+0.5*x))
	}
	return s
}

// another is the same tasks through a router that sees worse.
func another(s *curve.Steps, rng *rand.Rand) *curve.Steps {
	out := *s
	out.From = slices.Clone(s.From)
	for i := range s.Tasks() {
		out.From[s.Start[i]+1] += 0.3 * rng.NormFloat64()
	}
	return &out
}

func (p population) scorerTruths() scorerTruths {
	const many = 500_000
	rng := rand.New(rand.NewPCG(7, 8))
	s := p.draw(rng, many)
	other := another(s, rng)
	c, d := sweep(s), sweep(other)
	t := scorerTruths{curve: c, other: d}
	scores, worse := scoresOf(s), scoresOf(other)
	t.auroc = scores.AUROC(0.95).Value
	t.difference = t.auroc - worse.AUROC(0.95).Value
	t.precision = scores.AveragePrecision(0.95).Value
	brier, base := claims(scores).Brier(0.95)
	t.brier, t.base = brier.Value, base.Value
	t.claims = calibrations(scores)
	weak, strong, cost, _ := columns(s, 0)
	mean := func(x []float64) float64 { return stats.Linear(sampleOf(s, x), 0.95).Value }
	t.hypervolume, _ = curve.Hypervolume(spotsOf(c), mean(cost))
	h, _ := curve.Hypervolume(spotsOf(d), mean(cost))
	t.hypervolumeDifference = t.hypervolume - h
	t.aiqDifference = aiqOf(c) - aiqOf(d)
	quality, spent := p.set(s, other, t)
	var spots []curve.Spot
	for k := range quality {
		spots = append(spots, curve.Spot{Quality: mean(quality[k]), Cost: mean(spent[k])})
	}
	t.setHypervolume, _ = curve.Hypervolume(spots, mean(cost))
	t.arena = curve.Arena(mean(strong), 1000*mean(cost))
	pair := curve.Pair{Weak: weak, Strong: strong}
	if p.gap > 0 {
		t.oracleAPGR = pair.OracleAPGRInterval(sampleOf(s, nil), 0.95).Value
		x, _ := pair.OracleCPTInterval(0.5, sampleOf(s, nil), 0.95)
		t.oracleCPT = x.Value
		t.apgrDifference = c.APGR() - d.APGR()
	}
	at := atShare(c, 0.4)
	t.pgr = curve.PGR(at.Quality, mean(weak), mean(strong))
	sent := sentAt(s, at.Knob)
	confusion := stats.NewConfusion(scores, sent, 0.95)
	t.recall, t.exactness = confusion.Recall.Value, confusion.Precision.Value
	return t
}

func sweep(s *curve.Steps) curve.Curve {
	c, err := curve.Sweep(s)
	if err != nil {
		panic("coverage: " + err.Error())
	}
	return c
}

func sampleOf(s *curve.Steps, x []float64) stats.Sample {
	return stats.Sample{Values: x, Weights: s.Weights, Groups: s.Groups, Keys: s.Keys}
}

func spotsOf(c curve.Curve) (out []curve.Spot) {
	for _, p := range c {
		out = append(out, curve.Spot{Quality: p.Quality, Cost: p.Cost})
	}
	return out
}

// aiqOf is that of two thousand points of a curve.
func aiqOf(c curve.Curve) float64 {
	const many = 2000
	var spots []curve.Spot
	for j := range many {
		p := c[j*(len(c)-1)/(many-1)]
		spots = append(spots, curve.Spot{Quality: p.Quality, Cost: p.Cost})
	}
	a, _ := curve.AIQ(spots)
	return a
}

// set is nine policies: two routers at a few knobs, and both models.
func (p population) set(a, b *curve.Steps, t scorerTruths) (quality, cost [][]float64) {
	add := func(s *curve.Steps, knob float64) {
		q, d := atKnob(s, knob)
		quality, cost = append(quality, q), append(cost, d)
	}
	for _, share := range []float64{0.2, 0.4, 0.6, 0.8} {
		add(a, atShare(t.curve, share).Knob)
		add(b, atShare(t.other, share).Knob)
	}
	add(a, math.Inf(1))
	return quality, cost
}

func sentAt(s *curve.Steps, knob float64) (out []bool) {
	for i := range s.Tasks() {
		out = append(out, s.From[s.Start[i]+1] > knob)
	}
	return out
}

// scorers are the intervals of what is said of a router's scores and of its curve
// against others.
func (p population) scorers(rng *rand.Rand, s *curve.Steps, c curve.Curve, t scorerTruths) []interval {
	const confidence = 0.95
	var out []interval
	add := func(name string, e stats.Estimate, truth float64) {
		out = append(out, interval{name, e.Lo <= truth && truth <= e.Hi, e.Withheld != "", truth})
	}
	other := another(s, rng)
	scores := scoresOf(s)
	add("AUROC", scores.AUROC(confidence), t.auroc)
	add("difference of AUROC", scores.AUROCDifference(scoresOf(other), confidence), t.difference)
	add("average precision", scores.AveragePrecision(confidence), t.precision)
	brier, base := claims(scores).Brier(confidence)
	add("Brier", brier, t.brier)
	add("Brier against the base rate", base, t.base)
	for _, c := range t.claims {
		out = append(out, c.intervals(scores)...)
	}
	weak, strong, cost, _ := columns(s, 0)
	_, h := curve.HypervolumeInterval(s, c, cost, confidence)
	add("hypervolume", h, t.hypervolume)
	mine, theirs := curve.NewStanding(s, c, cost), curve.NewStanding(other, sweep(other), cost)
	add("difference of hypervolume", mine.Hypervolume(theirs, confidence), t.hypervolumeDifference)
	add("difference of AIQ", mine.AIQ(theirs, confidence), t.aiqDifference)
	if p.gap > 0 {
		add("difference of APGR", mine.APGR(theirs, confidence), t.apgrDifference)
	}
	quality, spent := p.set(s, other, t)
	_, e := curve.SetHypervolume(quality, spent, cost, sampleOf(s, nil), confidence)
	add("hypervolume of a set", e, t.setHypervolume)
	add("Arena", curve.ArenaInterval(strong, cost, sampleOf(s, nil), confidence), t.arena)
	knob := atShare(t.curve, 0.4).Knob
	confusion := stats.NewConfusion(scores, sentAt(s, knob), confidence)
	add("recall of needed", confusion.Recall, t.recall)
	add("precision of sent", confusion.Precision, t.exactness)
	if p.gap > 0 {
		pair := curve.Pair{Weak: weak, Strong: strong}
		add("oracle APGR", pair.OracleAPGRInterval(sampleOf(s, nil), confidence), t.oracleAPGR)
		e, _ := pair.OracleCPTInterval(0.5, sampleOf(s, nil), confidence)
		add("oracle CPT(50 %)", e, t.oracleCPT)
		quality, _ := atKnob(s, knob)
		add("PGR", curve.PGRInterval(quality, weak, strong, sampleOf(s, nil), confidence), t.pgr)
	}
	return append(out, p.equals(rng, s, c, t)...)
}

// atKnob is what every task does at a knob.
func atKnob(s *curve.Steps, knob float64) (quality, cost []float64) {
	for i := range s.Tasks() {
		k := s.Start[i]
		if s.From[k+1] <= knob {
			k++
		}
		quality, cost = append(quality, s.Quality[k]), append(cost, s.Cost[k])
	}
	return quality, cost
}

// equals chooses on tasks of its own the cheapest knob whose quality is that of half of
// the gap, and the best whose cost is half of strong's, and estimates both on s. The truth is that of
// the knob that was chosen.
func (p population) equals(rng *rand.Rand, s *curve.Steps, c curve.Curve, t scorerTruths) (out []interval) {
	add := func(name string, e stats.Estimate, truth float64) {
		out = append(out, interval{name, e.Lo <= truth && truth <= e.Hi, e.Withheld != "", truth})
	}
	tuning := sweep(p.draw(rng, s.Tasks()))
	first, last := tuning[0], tuning[len(tuning)-1]
	_, strong, cost, _ := columns(s, 0)
	knob := tuning[tuning.Cheapest((first.Quality+last.Quality)/2, true)].Knob
	m := curve.MatchAt(s, c, knob, strong, cost, 0.95)
	add("cost at equal quality", m.Saving, 1-t.at(knob).Cost/t.curve[0].Cost)
	add("difference of quality at it", m.Quality, t.at(knob).Quality-t.curve[0].Quality)
	knob = tuning[tuning.Best((first.Cost+last.Cost)/2)].Knob
	m = curve.MatchAt(s, c, knob, strong, cost, 0.95)
	add("quality at equal cost", m.Quality, t.at(knob).Quality-t.curve[0].Quality)
	add("difference of cost at it", m.Cost, t.at(knob).Cost-t.curve[0].Cost)
	return out
}

// at is the true point at a knob.
func (t scorerTruths) at(knob float64) curve.Point {
	i, _ := slices.BinarySearchFunc(t.curve, knob, func(p curve.Point, x float64) int {
		if p.Knob <= x {
			return -1
		}
		return 1
	})
	return t.curve[max(0, i-1)]
}
