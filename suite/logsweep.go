package suite

import (
	"context"
	"errors"
	"fmt"
	"math"

	"waymark"
	"waymark/internal/curve"
	"waymark/internal/offpolicy"
)

// A loggedGround is a log of what one router chose.
type loggedGround struct{ b *board }

// choose picks the knobs of swept candidates by the doubly robust estimate on the tune
// fold. What the log does not tell leaves a candidate without a knob, and says why.
func (g loggedGround) choose(ctx context.Context, s *Suite, cands []*candidate) error {
	for _, c := range cands {
		if !c.tunable() {
			continue
		}
		if s.Objective != nil && !g.b.split {
			c.why = "the suite does not split its tasks: a knob is chosen and reported on different folds of a log"
			continue
		}
		err := g.b.log.objective(g.b, s)
		if err == nil && c.several() {
			err = c.lay(ctx, g.b, s.Objective, g.b.tune)
		}
		if err == nil {
			err = c.choose(g.b, s.Objective, g.b.tune)
		}
		var u *untold
		switch {
		case errors.As(err, &u):
			c.why = u.why
		case err != nil:
			return s.claimError(err, "objective", "subject_to")
		}
	}
	return nil
}

// objective refuses an objective about a model of which the tune fold tells too little.
func (l *logged) objective(b *board, s *Suite) error {
	if s.Objective == nil {
		return nil
	}
	all, err := s.Objective.conditions()
	if err != nil {
		return err
	}
	for _, cl := range all {
		for _, t := range cl.Terms {
			col := b.matrix.Column(waymark.ModelID(t.Of))
			if t.Of == "" || col < 0 { // a name that is not there is reported where it is looked up
				continue
			}
			if p := l.project(b, l.tune, offpolicy.Always(col, len(b.tune)), nil, s.confidence()); p.refused != "" {
				return &untold{fmt.Sprintf("the objective is about %s, and on the tune fold of the log %s", t.Of, p.refused)}
			}
		}
	}
	return nil
}

// settle has nothing to do: what was not chosen is no hole.
func (loggedGround) settle(*Suite, []*candidate) error { return nil }

// sweepLog makes the curve over one side of a log: each task's pseudo-outcome is a step
// function of the knob, so that the curve of the doubly robust estimate is exact.
func (c *candidate) sweepLog(b *board, sd *side) (*swept, error) {
	u := b.units.of(sd.rows)
	sw := &swept{input: &curve.Steps{Start: []int{0}}, strong: c.sweep.Knob().Strong}
	var at []int // position in the side of each row of the curve
	for k, i := range sd.rows {
		if c.steps.Start[i] < c.steps.Start[i+1] { // the others failed
			sw.rows, at = append(sw.rows, i), append(at, k)
		}
	}
	if len(sw.rows) == 0 {
		return nil, &untold{fmt.Sprintf("%s decides on no task", c.entry.Name)}
	}
	in := sw.input
	strong := c.sweep.Knob().Strong
	for n, i := range sw.rows {
		extra := 0.0
		if c.spent != nil {
			extra = c.spent[i].Cost.USD.Float()
		}
		for s := c.steps.Start[i]; s < c.steps.Start[i+1]; s++ {
			model := c.arms()[c.steps.Arm[s]]
			quality, cost := sd.cellOf(b.matrix.Column(model), at[n])
			if math.IsNaN(quality) {
				return nil, &untold{fmt.Sprintf("the log tells nothing of %s where %s never chose it, such as on task %q", model, b.log.read.Logger, b.matrix.Tasks[i].ID)}
			}
			in.From, in.Quality, in.Cost = append(in.From, c.steps.From[s]), append(in.Quality, quality), append(in.Cost, cost+extra)
			in.Strong = append(in.Strong, model == strong)
		}
		in.Start = append(in.Start, len(in.From))
	}
	some := u.of(at)
	in.Weights, in.Groups, in.Keys = some.weights, some.groups, some.keys
	var err error
	sw.curve, err = curve.Sweep(in)
	return sw, err
}

// cellOf is the pseudo-outcome of a model on a task of the side; a cost that is unknown is 0.
func (sd *side) cellOf(col, k int) (quality, cost float64) {
	if sd.cost != nil {
		cost = sd.cost.Cell(col, k)
	}
	return sd.quality.Cell(col, k), cost
}

// policyAt is the policy that a swept candidate is at a knob.
func (c *candidate) policyAt(b *board, sd *side, x float64) offpolicy.Policy {
	chosen := make([]int32, len(sd.rows))
	cols := make([]int32, len(c.arms()))
	for a, m := range c.arms() {
		cols[a] = int32(b.matrix.Column(m))
	}
	for k, i := range sd.rows {
		s := c.steps.Start[i]
		if s == c.steps.Start[i+1] {
			chosen[k] = offpolicy.None
			continue
		}
		for s+1 < c.steps.Start[i+1] && c.steps.From[s+1] <= x {
			s++
		}
		chosen[k] = cols[c.steps.Arm[s]]
	}
	return offpolicy.Policy{Chosen: [][]int32{chosen}}
}

// did is the policy that a candidate which ran is, by the decisions that were kept.
func (c *candidate) did(sd *side) offpolicy.Policy {
	var p offpolicy.Policy
	for _, rep := range c.rows {
		chosen := make([]int32, len(sd.rows))
		for k, i := range sd.rows {
			chosen[k] = rep.Model[i] // -1, no model, is None
		}
		p.Chosen = append(p.Chosen, chosen)
	}
	return p
}
