package crossfit

import (
	"context"
	"fmt"

	"waymark"
)

// A Part says which copy decides a query, by the query's ID. A query that it does
// not know is the last copy's.
type Part struct {
	Copies int
	Of     map[string]int
}

func (p Part) of(id string) int {
	if i, ok := p.Of[id]; ok {
		return i
	}
	return p.Copies - 1
}

// Join is the policy that has copies[part of q] decide each query q. All copies are
// of one kind: one-shot, swept or free to call. It is swept as its copies are.
func Join(copies []waymark.Policy, of map[string]int) (waymark.Policy, error) {
	if len(copies) == 0 {
		panic("crossfit: no copies")
	}
	part := Part{Copies: len(copies), Of: of}
	switch first := copies[0].(type) {
	case waymark.OneShot:
		s, err := joinSelectors(part, copies, func(p waymark.OneShot) waymark.Selector { return p.Selector })
		return waymark.OneShot{Selector: s}, err
	case waymark.OneShotSweep:
		s, err := joinSelectors(part, copies, func(p waymark.OneShotSweep) waymark.Selector { return p.StepSelector })
		return waymark.OneShotSweep{StepSelector: steps{s}}, err
	case waymark.OneShotCuts:
		s, err := joinSelectors(part, copies, func(p waymark.OneShotCuts) waymark.Selector { return p.CutSelector })
		return waymark.OneShotCuts{CutSelector: cuts{s}}, err
	case waymark.Staged:
		out := staged{policy{part, copies}}
		for _, c := range copies {
			s, ok := c.(waymark.Staged)
			if !ok {
				return nil, mixed(first, c)
			}
			if len(s.Stages()) != len(first.Stages()) {
				return nil, fmt.Errorf("copies of one policy have %d and %d stages, whose bars cannot be moved together", len(first.Stages()), len(s.Stages()))
			}
		}
		return out, nil
	case waymark.Sweeper:
		out := sweeper{part: part, copies: make([]waymark.Sweeper, len(copies))}
		for i, c := range copies {
			s, ok := c.(waymark.Sweeper)
			if !ok {
				return nil, mixed(first, c)
			}
			out.copies[i] = s
		}
		return out, nil
	}
	return policy{part, copies}, nil
}

func mixed(a, b waymark.Policy) error {
	return fmt.Errorf("copies of one policy are of different kinds, %T and %T", a, b)
}

func joinSelectors[P waymark.Policy](part Part, copies []waymark.Policy, of func(P) waymark.Selector) (*selector, error) {
	var all []waymark.Selector
	for _, c := range copies {
		p, ok := c.(P)
		if !ok {
			return nil, mixed(copies[0], c)
		}
		all = append(all, of(p))
	}
	return join(part, all), nil
}

// A policy has the copy of each query route it.
type policy struct {
	part   Part
	copies []waymark.Policy
}

func (p policy) Route(ctx context.Context, t *waymark.Trial) (waymark.Decision, error) {
	return p.copies[p.part.of(t.Query.ID)].Route(ctx, t)
}

// A sweeper has the copy of each query profile it.
type sweeper struct {
	part   Part
	copies []waymark.Sweeper
}

func (s sweeper) copy(t *waymark.Trial) waymark.Sweeper { return s.copies[s.part.of(t.Query.ID)] }

func (s sweeper) Route(ctx context.Context, t *waymark.Trial) (waymark.Decision, error) {
	return s.copy(t).Route(ctx, t)
}

func (s sweeper) Profile(ctx context.Context, t *waymark.Trial) (waymark.Profile, error) {
	return s.copy(t).Profile(ctx, t)
}

func (s sweeper) At(x float64) waymark.Policy {
	out := policy{part: s.part}
	for _, c := range s.copies {
		out.copies = append(out.copies, c.At(x))
	}
	return out
}

func (s sweeper) Knob() waymark.Knob {
	ks := make([]waymark.Knob, len(s.copies))
	for i, c := range s.copies {
		ks[i] = c.Knob()
	}
	return common(ks)
}

// common is the knob of all copies: an end at which they differ is not one model.
func common(ks []waymark.Knob) waymark.Knob {
	k := ks[0]
	for _, o := range ks[1:] {
		if o.Weak != k.Weak {
			k.Weak = ""
		}
		if o.Strong != k.Strong {
			k.Strong = ""
		}
	}
	return k
}

// staged has the copy of each query climb for it.
type staged struct{ policy }

// Stages are those of the last copy, that of the queries which are reported on.
func (s staged) Stages() []waymark.ModelID {
	return s.copies[len(s.copies)-1].(waymark.Staged).Stages()
}

func (s staged) AtBars(bars []float64) waymark.Policy {
	out := policy{part: s.part}
	for _, c := range s.copies {
		out.copies = append(out.copies, c.(waymark.Staged).AtBars(bars))
	}
	return out
}

func (s staged) Climb(ctx context.Context, t *waymark.Trial) ([]waymark.Rung, error) {
	return s.copies[s.part.of(t.Query.ID)].(waymark.Staged).Climb(ctx, t)
}
