package suite

import (
	"context"
	"fmt"
	"math"
	"strings"

	"waymark/internal/curve"
	"waymark/internal/leakage"
	"waymark/internal/tune"
	"waymark/policies"
)

// knobs looks at where knobs stand and how they came there.
func (l *linter) knobs(ctx context.Context, cands []*candidate) {
	for _, c := range cands {
		if len(c.knob) > 0 && !l.b.split && l.b.outer == nil {
			l.add(Finding{
				Kind: "in-sample-knob", Severity: Warning, Policy: c.entry.Name, Count: len(l.b.test), Of: len(l.b.test),
				Text:   fmt.Sprintf("the knob %s was chosen on the %d tasks that it is reported on: its numbers flatter it", knobText(c.knob), len(l.b.test)),
				Advice: "give the suite a split, such as split: {tune: 0.5}",
			})
		}
		signals := l.signals(c)
		if signals == nil {
			continue
		}
		for _, knob := range knobOf(c) {
			l.standing(c, at(signals, l.b.test), float64(knob))
		}
		if c.sweep == nil && l.b.split && l.b.log == nil {
			l.fitsTest(ctx, c)
		}
	}
}

// signals are the scores that a candidate decides by, of every row; nil if it has none.
func (l *linter) signals(c *candidate) []float64 {
	switch c.entry.Config.(type) {
	case *policies.Threshold, *policies.Tiers:
	default:
		return nil
	}
	if len(c.rows) > 0 {
		return c.rows[0].Signal
	}
	picks := c.picks
	if picks == nil && c.steps != nil {
		picks = c.steps.Pick
	}
	if picks == nil {
		return nil
	}
	out := make([]float64, len(picks))
	for i, p := range picks {
		out[i] = p.Signal
	}
	return out
}

func knobText(knob []Number) string {
	var out []string
	for _, x := range knob {
		out = append(out, fmt.Sprintf("%.6g", float64(x)))
	}
	return strings.Join(out, ", ")
}

// standing tells of a knob that all scores are on one side of, or that stands on
// many.
func (l *linter) standing(c *candidate, scores []float64, knob float64) {
	s := leakage.Stand(scores, knob)
	f := Finding{Policy: c.entry.Name, Severity: Warning, Of: s.N}
	switch {
	case s.N == 0 || math.IsInf(knob, 0):
		return
	case s.OneSided:
		where := "above"
		if s.Below == 0 {
			where = "at or below"
		}
		f.Kind, f.Count = "knob-out-of-range", s.N
		f.Text = fmt.Sprintf("the knob %g is %s all scores of the reported tasks (%g to %g): it sends every one to the same side", knob, where, s.Lo, s.Hi)
		f.Advice = "the policy decides nothing there: set a knob within the range, or tune it"
	case float64(s.OnTie) >= leakage.LeastMass*float64(s.N) && s.OnTie > 1:
		f.Kind, f.Count = "knob-on-tie", s.OnTie
		f.Text = fmt.Sprintf("the knob %g is the very score of %d of %d reported tasks (%s), which all go to the stronger side: the least change of knob or scorer moves them together", knob, s.OnTie, s.N, percent(s.OnTie, s.N))
		f.Advice = "set it between two scores, so that it says which side they are meant for"
	default:
		return
	}
	l.add(f)
}

// leastKnobs is how many knobs must decide differently for it to be remarkable that a
// given one is the best of them: one chance in a hundred.
const leastKnobs = 100

// fitsTest tells of a fixed threshold that is the best there is on the reported tasks and
// not on those that it should have been chosen on.
func (l *linter) fitsTest(ctx context.Context, c *candidate) {
	if _, ok := c.entry.Config.(*policies.Threshold); !ok || len(knobOf(c)) != 1 {
		return
	}
	free, err := l.s.sweptCandidate(l.b, c.entry, l.b.tune)
	if err != nil || free.profile(ctx, l.b) != nil {
		return // the run itself reports what is wrong with it
	}
	onTest, err := free.sweepOver(l.b, l.b.test)
	if err != nil || len(onTest.curve) < leastKnobs {
		return
	}
	onTune, err := free.sweepOver(l.b, l.b.tune)
	if err != nil {
		return
	}
	knob := float64(knobOf(c)[0])
	for _, aim := range l.aims(free) {
		best, bestTune := aim.best(onTest), aim.best(onTune)
		if best <= 0 || best == len(onTest.curve)-1 || bestTune < 0 { // an end is one model for all tasks
			continue
		}
		if positionOf(onTest.curve, knob) != best || positionOf(onTune.curve, knob) == bestTune {
			continue
		}
		l.add(Finding{
			Kind: "knob-fits-test", Severity: Suspicious, Policy: c.entry.Name, Count: 1, Of: len(onTest.curve),
			Text: fmt.Sprintf("of %d knobs that decide differently on the reported tasks, its fixed knob %g is the very one that %s there, and it is not that on the tune split",
				len(onTest.curve), knob, aim.text),
			Advice: "it looks chosen on the tasks that it is reported on: choose it with waymark tune, or say where it comes from",
		})
		return
	}
}

// An aim is what a knob may have been chosen for.
type aim struct {
	text string
	best func(*swept) int // the one position of the curve that is best, -1 where there is none or several
}

func (l *linter) aims(c *candidate) []aim {
	out := []aim{{"has the greatest quality", func(sw *swept) int { return onlyBest(sw.curve) }}}
	if o := l.s.Objective; o != nil {
		out = append(out, aim{"meets the objective best (" + o.String() + ")", func(sw *swept) int {
			if !l.b.costKnown && o.Minimise != "" {
				return -1
			}
			points, err := c.points(l.b, sw, o)
			if err != nil {
				return -1
			}
			best, ok := tune.Choose(points, o.Maximise != "")
			if !ok {
				return -1
			}
			return best
		}})
	}
	return out
}

// onlyBest is the position of the one greatest quality of a curve.
func onlyBest(c curve.Curve) int {
	best, several := 0, false
	for i, p := range c {
		switch {
		case p.Quality > c[best].Quality:
			best, several = i, false
		case i != best && p.Quality == c[best].Quality:
			several = true
		}
	}
	if several {
		return -1
	}
	return best
}
