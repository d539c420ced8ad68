package suite

import (
	"fmt"
	"math"

	"waymark/internal/curve"
	"waymark/internal/stats"
)

// report describes the chosen knob on both splits.
func (t *tuning) report(x float64) error {
	o := t.out
	o.Knob = t.c.numbers(x)
	o.Tune, o.Test = t.side(t.tune, x), t.side(t.test, x)
	o.Optimism = optimism(o.Tune.Quality, o.Test.Quality, o.Confidence)
	if !t.b.split {
		o.Optimism = Interval(bare(0, "the suite does not split its tasks: the knob is reported on what it was chosen on"))
	}
	q := stats.TQuantile(o.Confidence, t.tune.input.Units()-1)
	lo, hi := curve.Indistinguishable(t.tune.input, t.tune.curve, t.chosen, q, 20)
	o.Indistinguishable = t.rangeOf(t.c.place(t.points, lo), t.c.place(t.points, hi))
	if t.b.costKnown {
		o.Cheaper, o.Better = t.neighbours()
	}
	t.warnOfEnd()
	t.againstStrong(x)
	if o.Saving != nil && o.Saving.Withheld == "" && o.Saving.Hi < 0 {
		o.Warnings = append(o.Warnings, fmt.Sprintf("it costs more than %s alone: there is nothing to save by this knob", o.VsStrong.Name))
	}
	return t.conditions(x)
}

// series is what the policy does on a split at a knob.
func (t *tuning) series(sw *swept, x float64) (s series, strong []float64) {
	in := sw.input
	s = newSeries(len(sw.rows))
	strong = make([]float64, len(sw.rows))
	for i := range sw.rows {
		k := in.Start[i]
		for k+1 < in.Start[i+1] && in.From[k+1] <= x {
			k++
		}
		s.quality[i], s.cost[i] = in.Quality[k], in.Cost[k]
		strong[i] = pick(in.Strong[k], 1, 0)
	}
	return s, strong
}

func (t *tuning) meter(sw *swept) *meter { return newMeter(t.b, sw.rows, t.out.Confidence) }

func (t *tuning) side(sw *swept, x float64) *Side {
	m := t.meter(sw)
	s, strong := t.series(sw, x)
	if t.c.sweep.Knob().Strong == "" {
		return &Side{N: len(sw.rows), Quality: m.quality(s.quality), Cost: m.spent(s.cost), Share: Interval(nothing("the policy has no single strongest model"))}
	}
	share := m
	return &Side{N: len(sw.rows), Quality: m.quality(s.quality), Cost: m.spent(s.cost), Share: Interval(stats.Mean(share.sample(strong), m.confidence))}
}

// optimism is the difference of two independent means, by Welch's interval.
func optimism(a, b Interval, confidence float64) Interval {
	d := a.Value - b.Value
	if a.Withheld != "" || b.Withheld != "" {
		return Interval(bare(d, "one of the two means has no interval"))
	}
	half := math.Hypot((a.Hi-a.Lo)/2, (b.Hi-b.Lo)/2)
	return Interval{Value: d, Lo: d - half, Hi: d + half, Confidence: confidence, N: a.N + b.N, Method: "two independent means"}
}

// neighbours are what the objective's conditions cost and what they spare: the
// best point at least a twentieth cheaper, and the cheapest at least a twentieth
// of the gap better.
func (t *tuning) neighbours() (cheaper, better *Neighbour) {
	at, spots := t.tune.curve[t.chosen], make([]curve.Spot, len(t.tune.curve))
	for i, p := range t.tune.curve {
		spots[i] = curve.Spot{Quality: p.Quality, Cost: p.Cost}
	}
	frontier := curve.Frontier(spots)
	for _, i := range frontier {
		if p := t.tune.curve[i]; p.Cost <= 0.95*at.Cost {
			cheaper = t.neighbour(i)
		}
	}
	top := t.tune.curve[frontier[len(frontier)-1]].Quality
	least := math.Min(0.005, (top-at.Quality)/2)
	for _, i := range frontier {
		if p := t.tune.curve[i]; better == nil && least > 0 && p.Quality >= at.Quality+least {
			better = t.neighbour(i)
		}
	}
	return cheaper, better
}

func (t *tuning) neighbour(i int) *Neighbour {
	p := t.tune.curve[i]
	m := t.meter(t.tune)
	x := t.c.place(t.points, i)
	return &Neighbour{Knob: Number(x), Knobs: t.several(x), Quality: m.lo + m.span*p.Quality, Cost: p.Cost, Share: p.Share}
}

// rangeOf is a range of knobs, with the cuts at its ends where there are several.
func (t *tuning) rangeOf(lo, hi float64) *Range {
	return &Range{Lo: Number(lo), Hi: Number(hi), LoKnobs: t.several(lo), HiKnobs: t.several(hi)}
}

// several are the cuts at a position; nil for a policy of one knob.
func (t *tuning) several(x float64) []Number {
	if !t.c.several() {
		return nil
	}
	return t.c.numbers(x)
}

// warnOfEnd warns of a chosen knob at which nothing is decided.
func (t *tuning) warnOfEnd() {
	k := t.c.sweep.Knob()
	switch end := math.Abs(t.tune.curve[t.chosen].Share - 0.5); {
	case k.Strong == "" || end != 0.5:
	case t.c.course != nil && t.tune.curve[t.chosen].Share == 0:
		t.out.Warnings = append(t.out.Warnings, fmt.Sprintf("at the chosen knob no task reaches %s", k.Strong))
	case t.c.course != nil:
		t.out.Warnings = append(t.out.Warnings, fmt.Sprintf("the chosen knob is an end of the curve: %s answers every task, and what was asked before it is wasted", k.Strong))
	default:
		t.out.Warnings = append(t.out.Warnings, "the chosen knob is an end of the curve: everything goes to one model, and the scorer decides nothing")
	}
}
