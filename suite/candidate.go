package suite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"waymark"
	"waymark/internal/curve"
	"waymark/internal/runner"
	"waymark/internal/tune"
	"waymark/internal/yamlfile"
	"waymark/policies"
)

// A candidate is one policy of a suite on its way through a run.
type candidate struct {
	entry  Entry
	index  int // in the suite
	policy waymark.Policy
	fit    *fitting
	folds  []*candidate // fitted on all folds of the suite but one, by that one; nil where it does not cross-validate

	sweep  waymark.Sweeper      // nil unless the knob is swept
	cuts   *waymark.OneShotCuts // of a policy of several cuts that are swept; its sweep is a path of them
	staged waymark.Staged       // of a policy of several bars that are swept; its sweep is a path of them
	rungs  [][]rung             // of a staged policy, by row
	lost   []error              // why rows have none
	places [][]float64          // the cuts or bars along the path, by position
	picks  []waymark.Pick       // its scores, by row
	search string               // how the cuts were gone through
	steps  *waymark.Steps       // over all rows of the matrix
	course *course              // what its steps come to, of a policy that makes calls to decide; nil of a one-shot one
	barred bool                 // it cannot be judged here, as why says
	spent  []waymark.Spending   // of deciding, by row; nil if it is free
	curves map[waymark.Split]*swept
	knob   []Number // the one that the policy runs at
	why    string   // why a swept policy has no knob

	rows   []*runner.Rows // by repeat; nil for a policy that was only swept
	series series         // on the reported rows
}

// swept is a candidate's curve on some rows.
type swept struct {
	rows   []int // those that the curve is over
	input  *curve.Steps
	curve  curve.Curve
	strong waymark.ModelID // "" where there is no single strongest model
}

// errFitting reports an interruption before anything was run.
var errFitting = &Incomplete{Why: "interrupted while fitting; nothing was run yet"}

// candidates builds the policies that the options name.
func (s *Suite) candidates(b *board, names []string) ([]*candidate, error) {
	known := make([]string, len(s.Policies))
	for i, e := range s.Policies {
		known[i] = e.Name
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			msg := fmt.Sprintf("found policy %q, expected one of the suite's %v", name, known)
			if near := yamlfile.Nearest(name, known); near != "" {
				msg += fmt.Sprintf("; did you mean %q?", near)
			}
			return nil, &InputError{fmt.Errorf("%s", msg)}
		}
	}
	var out []*candidate
	for i, e := range s.Policies {
		if len(names) > 0 && !slices.Contains(names, e.Name) {
			continue
		}
		if b.matrix.Column(waymark.ModelID(e.Name)) >= 0 {
			return nil, s.errorf([]any{"policies", i, "name"}, "found %q, which is the name of a model, expected a name of its own", e.Name)
		}
		c, err := b.candidate(e, i)
		if err != nil && b.ctx.Err() != nil {
			return nil, errFitting
		}
		if err != nil && b.needsGone(e) {
			b.warnings = append(b.warnings, fmt.Sprintf("policy %s asks for a model that is gone (%v) and is left out", e.Name, b.gone))
			continue
		}
		if err != nil {
			return nil, s.policyError(i, err)
		}
		out = append(out, c)
	}
	b.told(out, false)
	return out, nil
}

func (b *board) newCandidate(e Entry, index int, f *fitting) *candidate {
	c := &candidate{entry: e, index: index, policy: f.policy, fit: f, curves: map[waymark.Split]*swept{}}
	c.take(b, f.policy)
	return c
}

// needsGone reports whether a policy could be built if no model were gone.
func (b *board) needsGone(e Entry) bool {
	if len(b.gone) == 0 {
		return false
	}
	in := b.inputs(&policies.Learning{Outcomes: b.outcomes(b.tune)})
	in.Models = append(slices.Clone(in.Models), b.gone...)
	_, err := e.Config.Build(in)
	return err == nil
}

// profile takes a swept candidate's steps over every row.
func (c *candidate) profile(ctx context.Context, b *board) error {
	one, ok := c.sweep.(waymark.OneShotSweep)
	if !ok {
		return c.follow(ctx, b)
	}
	steps, err := one.Steps(ctx, b.queries)
	if err != nil {
		return fmt.Errorf("policy %s: %w", c.entry.Name, err)
	}
	c.steps = steps
	if ch, ok := one.StepSelector.(waymark.Charger); ok {
		c.spent = make([]waymark.Spending, b.queries.Len())
		ch.Charge(b.queries, c.spent)
	}
	return nil
}

// covered reports whether everything that a swept candidate may do with a row is
// recorded and has a score.
func (c *candidate) covered(b *board, row int) (ok, hole bool) {
	if c.cuts != nil {
		if c.picks[row].Arm == waymark.NoArm {
			return false, false
		}
		for _, arm := range c.cuts.Tiers() {
			if ok, hole := b.recorded(c.cuts.Arms()[arm], row); !ok {
				return false, hole
			}
		}
		return true, false
	}
	if c.rungs != nil && c.steps == nil {
		if hole := errors.Is(c.lost[row], waymark.ErrNotRecorded); hole {
			return false, true
		}
		return allAnswered(c.rungs[row])
	}
	if c.course != nil {
		return c.course.covered(c.steps, row)
	}
	lo, hi := c.steps.Start[row], c.steps.Start[row+1]
	for k := lo; k < hi; k++ {
		if ok, hole := b.recorded(c.arms()[c.steps.Arm[k]], row); !ok {
			return false, hole
		}
	}
	return lo < hi, false
}

// noneCovered is the error of a candidate that could do nothing on any of some rows, with the
// first reason that is known.
func (c *candidate) noneCovered(b *board, rows []int) error {
	for _, i := range rows {
		if why := c.undecided(b, i); why != "" {
			return fmt.Errorf("policy %s: it decides none of %d tasks that has a score and all answers that it may need; of task %q: %s", c.entry.Name, len(rows), b.queries.IDs[i], why)
		}
	}
	return fmt.Errorf("policy %s: no task has both a score and all answers that it may need", c.entry.Name)
}

// undecided is why a candidate has no decision on a row, "" where it has one.
func (c *candidate) undecided(b *board, row int) string {
	if c.rungs != nil && c.steps == nil {
		if err := c.lost[row]; err != nil {
			return err.Error()
		}
		return ""
	}
	var pick waymark.Pick
	var selector waymark.Selector
	switch {
	case c.cuts != nil && c.picks != nil:
		pick, selector = c.picks[row], c.cuts.CutSelector
	case c.course != nil && c.steps.Start[row] == c.steps.Start[row+1]:
		return c.course.reasons[c.steps.Pick[row].Reason]
	case c.course != nil:
		return ""
	default:
		pick, selector = c.steps.Pick[row], c.sweep.(waymark.OneShotSweep).StepSelector
	}
	if pick.Arm != waymark.NoArm {
		return ""
	}
	if r, ok := selector.(waymark.Remarker); ok {
		var said [1]string
		if r.Remark(b.queries.Slice(row, row+1), said[:]); said[0] != "" {
			return said[0]
		}
	}
	return selector.Reasons()[pick.Reason]
}

// sweepOver makes the curve over some rows; those that are not covered are left out.
func (c *candidate) sweepOver(b *board, rows []int) (*swept, error) {
	if b.log != nil {
		return c.sweepLog(b, b.log.side(rows))
	}
	sw := &swept{input: &curve.Steps{Start: []int{0}}, strong: c.sweep.Knob().Strong}
	for _, i := range rows {
		if ok, _ := c.covered(b, i); ok {
			sw.rows = append(sw.rows, i)
		}
	}
	if len(sw.rows) == 0 {
		return nil, c.noneCovered(b, rows)
	}
	u := b.units.of(sw.rows)
	in := sw.input
	in.Weights, in.Groups, in.Keys = u.weights, u.groups, u.keys
	at := c.reader(b)
	strong := b.matrix.Column(c.sweep.Knob().Strong)
	for _, i := range sw.rows {
		for k := c.steps.Start[i]; k < c.steps.Start[i+1]; k++ {
			o := at(i, k)
			in.From = append(in.From, c.steps.From[k])
			in.Quality = append(in.Quality, o.quality)
			in.Cost = append(in.Cost, o.cost)
			in.Strong = append(in.Strong, o.answer >= 0 && o.answer == strong)
		}
		in.Start = append(in.Start, len(in.From))
	}
	var err error
	sw.curve, err = curve.Sweep(in)
	return sw, err
}

// unknownSpending is on how many rows it is not known what deciding costs.
func (c *candidate) unknownSpending(b *board, rows []int) (n int) {
	for _, i := range rows {
		if c.spent != nil && !c.spent[i].Cost.Known || b.costKnown && c.course != nil && c.course.unpriced(c.steps, i) {
			n++
		}
	}
	return n
}

// choose picks the knob by the objective, on the curve over the tune rows. Without
// an objective, or where no knob meets it, the candidate has a curve and no row.
func (c *candidate) choose(b *board, o *Objective, rows []int) error {
	if o == nil {
		c.why = "the suite has no objective to choose a knob by"
		return nil
	}
	if !b.costKnown && o.Minimise != "" {
		c.why = "costs are unknown, so that none can be minimised"
		return nil
	}
	if rows = c.fit.unseen(b, rows); len(rows) == 0 {
		c.why = "it was fitted on all tasks of the tune split, so that none is left to choose a knob on: give its knob"
		return nil
	}
	sw, err := c.sweepOver(b, rows)
	if err != nil {
		return err
	}
	points, err := c.points(b, sw, o)
	if err != nil {
		return err
	}
	best, ok := tune.Choose(points, o.Maximise != "")
	if !ok {
		c.why = "no knob meets the objective on the tune split: " + o.String()
		return nil
	}
	x := c.place(points, best)
	c.knob = c.numbers(x)
	c.policy = c.sweep.At(x)
	return nil
}

// config is the candidate's keys as JSON, for the store.
func (c *candidate) config() json.RawMessage {
	var v map[string]any
	if err := c.entry.node.Decode(&v); err != nil {
		return json.RawMessage("{}")
	}
	text, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("{}")
	}
	return text
}

// selector is the candidate as a one-shot policy, nil if it is not one.
func (c *candidate) selector() waymark.Selector {
	switch p := c.policy.(type) {
	case waymark.OneShot:
		return p.Selector
	case waymark.OneShotSweep:
		return p.StepSelector
	}
	return nil
}
