package suite

import (
	"context"
	"fmt"
	"slices"

	"waymark"
	"waymark/evaluators"
	"waymark/internal/replay"
)

// called is what there is on a board beside the cells of tasks.
type called struct {
	parts   *board        // of subtasks: matrix and grades, and nothing else
	calls   *replay.Calls // other than plain answers
	perTask []evaluators.Named
}

// partsOf is the board of the subtasks of some tasks.
func partsOf(b *board, tasks []waymark.Task) (*board, error) {
	m, err := replay.New(replay.Parts(tasks))
	if err != nil {
		return nil, err
	}
	return &board{info: b.info, folder: b.folder, matrix: m}, nil
}

// readCalls reads the recorded calls other than plain answers. Those of a model that is gone are left out.
func (b *board) readCalls(ctx context.Context, _ *Suite, opt *Options) error {
	b.calls = &replay.Calls{}
	for c, err := range b.folder.Calls(ctx) {
		if err != nil {
			return err
		}
		if !slices.Contains(opt.WhatIf.Without, c.Key.Model) {
			b.calls.Put(c)
		}
	}
	if n := b.calls.Replaced; n > 0 {
		b.warnings = append(b.warnings, fmt.Sprintf("%d calls were recorded more than once for the same task and request; the later ones count", n))
	}
	return nil
}

// others are the models that may be asked though they answered no task as it is.
func (b *board) others() (out []waymark.ModelID) {
	for _, m := range append(slices.Clone(b.calls.Models()), b.parts.matrix.Models...) {
		if b.matrix.Column(m) < 0 && !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	slices.Sort(out)
	return out
}

// source is what answers a policy's calls: the cells of tasks, those of subtasks, recorded calls.
func (b *board) source() waymark.Source {
	if b.parts == nil { // a board of cells alone
		return b.matrix
	}
	return replay.Layers{b.matrix, b.parts.matrix, b.calls}
}

// priceCalls prices calls and the answers to subtasks as those to tasks: by the suite's prices where it has any.
func (b *board) priceCalls(_ context.Context, s *Suite, opt *Options) error {
	prices, err := s.prices()
	if book := opt.WhatIf.Prices; book != nil {
		prices, err = book.of(b.known())
	}
	if err != nil || prices == nil {
		return err
	}
	if err := b.parts.reprice(s, prices); err != nil {
		return err
	}
	return b.calls.Reprice(func(c waymark.RecordedCall) (waymark.Cost, error) {
		p := prices[c.Key.Model]
		if p.Kind == waymark.Unpriced || p.Kind == waymark.Priced && !c.Usage.Known() {
			return waymark.Cost{}, nil // it is not known, which is an error where a policy makes the call
		}
		usd, err := p.Of(c.Usage)
		if err != nil {
			return waymark.Cost{}, s.errorf([]any{"models"}, "model %q, a call for task %q: found %v", c.Key.Model, c.Task, err)
		}
		return waymark.Paid(usd), nil
	})
}

// known is every model of which anything is recorded.
func (b *board) known() []waymark.ModelID {
	return append(slices.Clone(b.matrix.Models), b.others()...)
}

// gradeParts judges the recorded answers to subtasks.
func (b *board) gradeParts(ctx context.Context, s *Suite, opt *Options) error {
	if len(b.parts.matrix.Tasks) == 0 {
		return nil
	}
	if err := b.parts.grade(ctx, s, opt); err != nil {
		return err
	}
	for _, w := range b.parts.warnings {
		b.warnings = append(b.warnings, "of subtasks: "+w)
	}
	return nil
}

// paid refuses a policy of which it is not known what it spent, where all other costs are known: leaving
// out the tasks of which that is so would make its cost another one.
func (b *board) paid(s *Suite, c *candidate) error {
	if !b.costKnown {
		return nil
	}
	for _, rows := range c.rows {
		for _, i := range b.test {
			if rows.Traces == nil || rows.CostKnown[i] || rows.Traces[i].Err != nil {
				continue
			}
			for _, call := range rows.Traces[i].Calls {
				if !call.Cost.Known && call.Purpose == waymark.ForAnswer {
					return s.errorf([]any{"policies", c.index}, "policy %q calls %s (for %s) on task %q, and what that cost is not recorded; add cost_usd to the call, or give every model a price in the suite",
						c.entry.Name, call.Model, call.Purpose, call.Query.ID)
				}
			}
		}
	}
	return nil
}
