package suite

import (
	"fmt"
	"math"

	"waymark/internal/curve"
	"waymark/internal/tune"
)

// A Match holds a swept policy against another policy or model: what it costs where it
// is as good, and how good it is where it costs as much. Its knobs are chosen on the tune split
// and everything is estimated on the test split.
type Match struct {
	Versus    string      `json:"versus"`
	Kind      string      `json:"kind"` // "strong", "best constant", both joined by "and", or "policy"
	AtQuality MatchedKnob `json:"at_equal_quality"`
	AtCost    MatchedKnob `json:"at_equal_cost"`
}

// A MatchedKnob is the cheapest knob at which the policy was as good as the other on the tune split,
// or the best at which it cost no more, with what it does on the test split. Differences are the policy minus the other.
type MatchedKnob struct {
	Knob    []Number `json:"knob"`          // empty where there is none
	Why     string   `json:"why,omitempty"` // there is none
	Share   Interval `json:"strong_share"`
	Quality Interval `json:"quality_diff"`
	Cost    Interval `json:"cost_diff_usd"` // per task
	Saving  Interval `json:"saving"`        // share of the other's cost
	// Warnings say where the two were not equal after all.
	Warnings []string `json:"warnings,omitempty"`
}

// A target is what a swept policy is held against, on both splits.
type target struct {
	name, kind string
	on         func(rows []int) series
}

// targets are the stronger model, the best constant, and every other policy that ran.
func (f *field) targets(c *candidate, cands []*candidate) (out []target) {
	strong := f.b.matrix.Column(c.sweep.Knob().Strong)
	add := func(col int, kind string) {
		out = append(out, target{f.name(col), kind, func(rows []int) series { return f.b.constant(col, rows) }})
	}
	switch {
	case strong >= 0 && strong == f.best:
		add(strong, "strong and best constant")
	default:
		if strong >= 0 {
			add(strong, "strong")
		}
		if f.best >= 0 {
			add(f.best, "best constant")
		}
	}
	for _, o := range cands {
		if o != c && o.rows != nil {
			out = append(out, target{o.entry.Name, "policy", func(rows []int) series { return observed(o.rows, rows) }})
		}
	}
	return out
}

// matches holds a swept candidate against all targets.
func (f *field) matches(c *candidate, cands []*candidate, test *swept) ([]Match, error) {
	chosen := test
	if f.b.split {
		var err error
		if chosen, err = c.sweepOver(f.b, f.b.tune); err != nil {
			return nil, err
		}
	}
	var out []Match
	for _, t := range f.targets(c, cands) {
		out = append(out, f.match(c, t, chosen, test))
	}
	return out, nil
}

func (f *field) match(c *candidate, t target, chosen, test *swept) Match {
	m := Match{Versus: t.name, Kind: t.kind}
	a, b := t.on(chosen.rows), t.on(test.rows)
	quality, cost := f.means(chosen, a)
	none := func(why string) MatchedKnob {
		n := Interval(nothing(why))
		return MatchedKnob{Knob: []Number{}, Why: why, Share: n, Quality: n, Cost: n, Saving: n}
	}
	if incomplete(a.quality, b.quality) || f.b.costKnown && incomplete(a.cost, b.cost) {
		m.AtQuality = none(t.name + " lacks an answer or a cost on some of the tasks")
		m.AtCost = m.AtQuality
		return m
	}
	m.AtQuality, m.AtCost = none("no knob was as good on the tune split"), none("no knob cost as little on the tune split")
	if i := chosen.curve.Cheapest(quality, f.b.costKnown); i >= 0 {
		m.AtQuality = f.matched(c, chosen.knob(c, i), test, b)
	}
	switch i := chosen.curve.Best(cost); {
	case !f.b.costKnown:
		m.AtCost = none("costs are unknown")
	case i >= 0:
		m.AtCost = f.matched(c, chosen.knob(c, i), test, b)
	}
	m.unequal()
	return m
}

// knob is one inside the segment of a point of the curve.
func (sw *swept) knob(c *candidate, i int) float64 {
	points := make([]tune.Point, len(sw.curve))
	for j, p := range sw.curve {
		points[j].Knob = p.Knob
	}
	return c.place(points, i)
}

func incomplete(columns ...[]float64) bool {
	for _, x := range columns {
		for _, v := range x {
			if math.IsNaN(v) {
				return true
			}
		}
	}
	return false
}

// means are a target's on the rows of a curve, weighed as the curve is.
func (f *field) means(sw *swept, s series) (quality, cost float64) {
	t := curve.Table{Quality: [][]float64{s.quality}, Cost: [][]float64{s.cost}}
	return t.Means(0, upTo(len(sw.rows)), sw.input.Weights)
}

// matched is what the policy does at a knob on the test rows, against a target.
func (f *field) matched(c *candidate, knob float64, test *swept, s series) MatchedKnob {
	cost := s.cost
	if !f.b.costKnown {
		cost = nil
	}
	e := curve.MatchAt(test.input, test.curve, knob, s.quality, cost, f.m.confidence)
	out := MatchedKnob{
		Knob: c.numbers(knob), Share: Interval(e.Share), Quality: f.m.scaled(e.Quality, 0), Cost: Interval(e.Cost), Saving: Interval(e.Saving),
	}
	if !f.b.split {
		for _, x := range []*Interval{&out.Share, &out.Quality, &out.Cost, &out.Saving} {
			x.Lo, x.Hi, x.Method, x.Withheld = math.NaN(), math.NaN(), "", "the knob was chosen on the tasks that it is reported on: split the suite"
		}
		return out
	}
	return out
}

// unequal warns where the test split says that the two were not equal after all.
func (m *Match) unequal() {
	if q := m.AtQuality.Quality; q.Withheld == "" && q.Hi < 0 {
		m.AtQuality.Warnings = append(m.AtQuality.Warnings, fmt.Sprintf("as good as %s on the tune split, but measurably worse on the test split", m.Versus))
	}
	if c := m.AtCost.Cost; c.Withheld == "" && c.Lo > 0 {
		m.AtCost.Warnings = append(m.AtCost.Warnings, fmt.Sprintf("no dearer than %s on the tune split, but measurably so on the test split", m.Versus))
	}
}

// figures are what a claim may be about: savings at equal quality and gains at equal cost.
func (m *Match) figures(out map[string]Metric) {
	for kind, name := range map[string]string{"strong": "strong", "best constant": "best", "strong and best constant": "strong"} {
		if m.Kind == kind {
			out["saving_vs_"+name] = Metric{Interval: m.AtQuality.Saving, Unit: "share of the cost of " + m.Versus}
			out["gain_vs_"+name] = Metric{Interval: m.AtCost.Quality, Unit: "quality"}
		}
	}
	if m.Kind == "strong and best constant" {
		out["saving_vs_best"], out["gain_vs_best"] = out["saving_vs_strong"], out["gain_vs_strong"]
	}
}
