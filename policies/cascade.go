package policies

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"waymark"
)

// Cascade asks the first model, has an acceptor rate its answer, and gives it where the
// score reaches the bar; else it asks the next. The last model's answer is not rated. A call
// that failed, and is recorded as such, goes on to the next model too. Everything that was
// asked is charged (FrugalGPT: Chen, Zaharia and Zou 2023, arXiv:2305.05176).
//
// An answer whose score equals the bar is given: a bar is what an answer must reach.
type Cascade struct {
	Models []waymark.ModelID           `yaml:"models" json:"models" doc:"in the order in which they are asked, the last the strongest"`
	Accept AnyAcceptor                 `yaml:"accept" json:"accept" doc:"what rates an answer; higher means more acceptable"`
	At     BarsValue                   `yaml:"at" json:"at" doc:"the bar that a score must reach: a number, a list with one a stage, sweep for one bar, or sweep-each for one a stage" required:"true"`
	Budget *float64                    `yaml:"budget" json:"budget" doc:"US dollars a task: a stage that may pass it is not begun"`
	Costs  map[waymark.ModelID]float64 `yaml:"costs" json:"costs" doc:"for the budget: what a call to each model is expected to cost, in US dollars; default its mean on the tune split"`
	Order  string                      `yaml:"order" json:"order" doc:"given (the default), or search: the order and subset of models that is best on the tune split"`
}

// Build makes the policy.
func (c *Cascade) Build(in Inputs) (waymark.Policy, error) {
	if err := c.check(in); err != nil {
		return nil, err
	}
	rated := c.Models[:len(c.Models)-1]
	if c.Order == "search" {
		rated = c.Models
	}
	a, err := c.Accept.build(in, rated)
	if err != nil {
		return nil, err
	}
	p := &cascade{models: c.Models, accept: a}
	if c.Order == "search" {
		best, err := learned(in, "order", func(o *waymark.Outcomes) (*order, error) {
			best, err := searchOrder(o, c.Models, a, in.Seed)
			if err == nil {
				in.Learning.facts = append(in.Learning.facts, best.fact(in.part))
			}
			return best, err
		})
		if err != nil {
			return nil, err
		}
		if err := best.check(c.Models); err != nil {
			return nil, err
		}
		p.models = best.Models
	}
	if err := c.limit(in, p); err != nil {
		return nil, err
	}
	p.bars = slices.Repeat([]float64{math.Inf(1)}, len(p.models)-1) // until it is tuned everything goes to the last
	switch {
	case c.At.Given && len(c.At.Values) == 1:
		return p.at(slices.Repeat(c.At.Values, len(p.models)-1)), nil
	case c.At.Given && len(c.At.Values) != len(p.models)-1:
		expected := "1"
		if n := len(p.models) - 1; n > 1 {
			expected = fmt.Sprint("1 or ", n)
		}
		return nil, fieldf([]any{"at"}, "found %d bars for %d models, expected %s: the last model's answer is not rated", len(c.At.Values), len(p.models), expected)
	case c.At.Given:
		return p.at(c.At.Values), nil
	case c.At.Each:
		return stagedCascade{p}, nil
	}
	return sweptCascade{p}, nil
}

// mostOrdered is how many models an order is searched of.
const mostOrdered = 5

func (c *Cascade) check(in Inputs) error {
	if len(c.Models) < 2 {
		return fieldf([]any{"models"}, "found %d models, expected at least 2", len(c.Models))
	}
	for i, m := range c.Models {
		if err := in.model(m, "models", i); err != nil {
			return err
		}
		if slices.Contains(c.Models[:i], m) {
			return fieldf([]any{"models", i}, "found model %q a second time, expected each once", m)
		}
	}
	switch c.Order {
	case "", "given":
	case "search":
		if len(c.Models) > mostOrdered {
			return fieldf([]any{"order"}, "found search over %d models, expected at most %d", len(c.Models), mostOrdered)
		}
		if c.At.Given && len(c.At.Values) > 1 {
			return fieldf([]any{"at"}, "found a list of bars beside order: search, which settles how many stages there are, expected a number, sweep or sweep-each")
		}
	default:
		return fieldf([]any{"order"}, "found %q, expected given or search", c.Order)
	}
	return nil
}

// cascade stands at some bars.
type cascade struct {
	models []waymark.ModelID
	accept Acceptor
	bars   []float64                   // one for each model but the last
	budget *waymark.USD                // nil: no limit
	expect map[waymark.ModelID]float64 // US dollars, of a call; for the budget
}

func (p *cascade) at(bars []float64) *cascade {
	q := *p
	q.bars = bars
	return &q
}

// Route asks until an answer is accepted.
func (p *cascade) Route(ctx context.Context, t *waymark.Trial) (waymark.Decision, error) {
	rungs, err := p.climb(ctx, t, func(stage int, score float64) bool { return score >= p.bars[stage] }, false)
	if err != nil {
		return waymark.Decision{}, err
	}
	r := rungs[len(rungs)-1]
	return waymark.Decision{Answer: r.Made[r.Answer], Reason: r.Reason}, nil
}

// lost reports whether an error ends a trial, as a call that merely failed does not.
func lost(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, waymark.ErrNotRecorded)
}

// climb asks stage after stage until one stops or none is left, and gives a rung for every
// stage whose answer was rated, and one for where it ends. With named the last model is named
// and not asked.
func (p *cascade) climb(ctx context.Context, t *waymark.Trial, stop func(stage int, score float64) bool, named bool) ([]waymark.Rung, error) {
	w := &ascent{cascade: p, t: t, first: len(t.Calls())}
	for stage, m := range p.models[:len(p.models)-1] {
		if ok, err := w.affords(stage); err != nil || !ok {
			return w.stopped(m, err)
		}
		call, err := p.ask(ctx, t, m)
		if err != nil {
			return nil, err
		}
		if call.Err != "" {
			continue // the next model is asked
		}
		score, err := rated(p.accept.Accept(ctx, t, call))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m, err)
		}
		t.Note("acceptance of "+string(m), score)
		w.rung(stage, score, call)
		if stop(stage, score) {
			return w.rungs, nil
		}
	}
	return w.last(ctx, named)
}

// ask calls a model whose answer is to be rated: one answer, and not the mean of several.
func (p *cascade) ask(ctx context.Context, t *waymark.Trial, m waymark.ModelID) (waymark.Call, error) {
	c, err := t.Call(ctx, waymark.Request{Model: m, Query: t.Query, Sample: 1})
	if err != nil && lost(ctx, err) {
		return c[0], err
	}
	return c[0], nil
}

// An ascent is one climb under way.
type ascent struct {
	*cascade
	t     *waymark.Trial
	first int // calls of the trial before
	rungs []waymark.Rung
}

func (w *ascent) made() []int {
	out := make([]int, len(w.t.Calls())-w.first)
	for i := range out {
		out[i] = w.first + i
	}
	return out
}

// rung adds where it stops if a stage's answer is accepted.
func (w *ascent) rung(stage int, score float64, c waymark.Call) {
	seg := waymark.Segment{Made: w.made(), Answer: c.N - w.first, Reason: fmt.Sprintf("the answer of %s reaches the bar", c.Model)}
	w.rungs = append(w.rungs, waymark.Rung{Segment: seg, Stage: stage, Score: score})
}

// last ends with the last model, whose answer is not rated.
func (w *ascent) last(ctx context.Context, named bool) ([]waymark.Rung, error) {
	stage := len(w.models) - 1
	m := w.models[stage]
	if ok, err := w.affords(stage); err != nil || !ok {
		return w.stopped(m, err)
	}
	seg := waymark.Segment{Made: w.made(), Reason: "no answer before reaches its bar, and " + string(m) + " is the last"}
	seg.Answer = len(seg.Made)
	if named {
		seg.More = []waymark.Request{{Model: m, Query: w.t.Query}}
	} else {
		c, err := w.t.Ask(ctx, m)
		if err != nil {
			return nil, err
		}
		seg.Made = append(seg.Made, c.N)
	}
	return append(w.rungs, waymark.Rung{Segment: seg, Stage: stage, Score: math.Inf(1)}), nil
}

// stopped ends before a stage that the budget does not allow, with the best answer so far: that of
// the highest score and, of equal ones, of the later model.
func (w *ascent) stopped(next waymark.ModelID, err error) ([]waymark.Rung, error) {
	if err != nil {
		return nil, err
	}
	best := -1
	for k, r := range w.rungs {
		if best < 0 || r.Score >= w.rungs[best].Score {
			best = k
		}
	}
	if best < 0 {
		return nil, fmt.Errorf("no answer: every model that was asked failed, and the budget of %s does not allow %s", w.budget, next)
	}
	made := w.made()
	seg := waymark.Segment{Made: made, Answer: w.rungs[best].Answer, Reason: fmt.Sprintf("the best answer so far: the budget of %s does not allow %s", w.budget, next)}
	return append(w.rungs, waymark.Rung{Segment: seg, Stage: w.rungs[len(w.rungs)-1].Stage, Score: math.Inf(1)}), nil
}

// String tells the policy for a person.
func (p *cascade) String() string {
	return fmt.Sprintf("%v, answers accepted from %v on", p.models, p.bars)
}

// Chain is the models in the order in which they are asked.
func (p *cascade) Chain() []waymark.ModelID { return p.models }
