package suite

import (
	"context"
	"fmt"
	"strings"

	"waymark"
	"waymark/internal/crossfit"
)

// candidate builds an entry's policy for all rows that are tuned on or, where the suite
// cross-validates, once for each fold from the others.
func (b *board) candidate(e Entry, index int) (*candidate, error) {
	if b.outer == nil {
		f, err := b.build(e, e.Config, b.tune)
		if err != nil {
			return nil, err
		}
		return b.newCandidate(e, index, f), nil
	}
	var folds []*candidate
	for k, fold := range b.outer {
		f, err := b.build(e, e.Config, without(b.tune, fold))
		if err != nil {
			return nil, fmt.Errorf("for the %s of %d folds: %w", ordinal(k+1), len(b.outer), err)
		}
		if !f.learned { // it is the same for every fold
			c := b.newCandidate(e, index, f)
			for range b.outer {
				c.folds = append(c.folds, b.newCandidate(e, index, f))
			}
			return c, nil
		}
		folds = append(folds, b.newCandidate(e, index, f))
	}
	joined, err := b.joined(folds)
	if err != nil {
		return nil, err
	}
	c := b.newCandidate(e, index, &fitting{policy: joined, learned: true, loaded: e.fitted})
	c.folds = folds
	return c, nil
}

// joined has each fold decided by the policy that was made for it.
func (b *board) joined(folds []*candidate) (waymark.Policy, error) {
	part := map[string]int{}
	var copies []waymark.Policy
	for k, c := range folds {
		copies = append(copies, c.policy)
		for _, i := range b.outer[k] {
			part[b.matrix.Tasks[i].ID] = k
		}
	}
	return crossfit.Join(copies, part)
}

// chooseByFold has each fold decided at the knob that is chosen on the others. The
// candidate's own knob, chosen on all, stays what a person would deploy.
func (c *candidate) chooseByFold(ctx context.Context, b *board, o *Objective) error {
	if c.folds == nil || len(c.knob) == 0 {
		return nil
	}
	var knobs []string
	for k, f := range c.folds {
		others := without(b.tune, b.outer[k])
		if err := f.look(ctx, b); err != nil {
			return err
		}
		if f.several() {
			if err := f.lay(ctx, b, o, f.laidOn(b, others)); err != nil {
				return err
			}
		}
		if err := f.choose(b, o, others); err != nil {
			return err
		}
		if len(f.knob) == 0 {
			c.why, c.knob = fmt.Sprintf("%s (without the %s of %d folds)", f.why, ordinal(k+1), len(b.outer)), nil
			return nil
		}
		knobs = append(knobs, bracketed(f.knob))
	}
	b.byFold = append(b.byFold, fmt.Sprintf("%s %s (%s)", c.entry.Name, bracketed(c.knob), strings.Join(knobs, ", ")))
	var err error
	c.policy, err = b.joined(c.folds)
	return err
}

// bracketed is a knob of several numbers as one.
func bracketed(knob []Number) string {
	if len(knob) > 1 {
		return "[" + knobText(knob) + "]"
	}
	return knobText(knob)
}

// tellFolds says once at which knobs the rows stand.
func (b *board) tellFolds() {
	if len(b.byFold) > 0 {
		b.warnings = append(b.warnings, "a swept policy's row is of each fold at the knob that was chosen on the others, in brackets; what one would deploy is the knob that is chosen on all tasks, before them: "+strings.Join(b.byFold, "; "))
	}
}
