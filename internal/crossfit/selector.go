package crossfit

import (
	"context"
	"slices"

	"waymark"
)

// A selector has the copy of each query pick its model. Arms and reasons are those
// of all copies together.
type selector struct {
	part    Part
	copies  []waymark.Selector
	arms    []waymark.ModelID
	reasons []string
	arm     [][]int32 // of a copy's arms, where each stands among all
	reason  [][]int32
}

func join(part Part, copies []waymark.Selector) *selector {
	s := &selector{part: part, copies: copies}
	for _, c := range copies {
		var arm, reason []int32
		s.arms, arm = union(s.arms, c.Arms())
		s.reasons, reason = union(s.reasons, c.Reasons())
		s.arm, s.reason = append(s.arm, arm), append(s.reason, reason)
	}
	return s
}

// union adds the new ones of some to all and says where each of some then stands.
func union[T comparable](all, some []T) ([]T, []int32) {
	at := make([]int32, len(some))
	for i, x := range some {
		k := slices.Index(all, x)
		if k < 0 {
			k = len(all)
			all = append(all, x)
		}
		at[i] = int32(k)
	}
	return all, at
}

func (s *selector) Arms() []waymark.ModelID { return s.arms }

func (s *selector) Reasons() []string { return s.reasons }

// deal is the positions of the queries that each copy decides.
func (s *selector) deal(qs *waymark.Queries) [][]int {
	at := make([][]int, len(s.copies))
	for i, id := range qs.IDs {
		p := s.part.of(id)
		at[p] = append(at[p], i)
	}
	return at
}

// each calls do for every copy with the queries that it decides, where there are any.
func (s *selector) each(qs *waymark.Queries, do func(c int, part *waymark.Queries, at []int) error) error {
	for c, at := range s.deal(qs) {
		if len(at) == 0 {
			continue
		}
		part := qs
		if len(at) < qs.Len() {
			part = qs.Pick(at)
		}
		if err := do(c, part, at); err != nil {
			return err
		}
	}
	return nil
}

func (s *selector) Select(ctx context.Context, qs *waymark.Queries, picks []waymark.Pick) error {
	return s.each(qs, func(c int, part *waymark.Queries, at []int) error {
		own := make([]waymark.Pick, len(at))
		if err := s.copies[c].Select(ctx, part, own); err != nil {
			return err
		}
		s.enter(c, own, at, picks)
		return nil
	})
}

// enter puts a copy's picks in their places.
func (s *selector) enter(c int, own []waymark.Pick, at []int, picks []waymark.Pick) {
	for k, p := range own {
		if p.Arm != waymark.NoArm {
			p.Arm = s.arm[c][p.Arm]
		}
		p.Reason = s.reason[c][p.Reason]
		picks[at[k]] = p
	}
}

// Charge is what each query's copy spends to decide.
func (s *selector) Charge(qs *waymark.Queries, spent []waymark.Spending) {
	_ = s.each(qs, func(c int, part *waymark.Queries, at []int) error {
		own := make([]waymark.Spending, len(at))
		if ch, ok := s.copies[c].(waymark.Charger); ok {
			ch.Charge(part, own)
		} else {
			for k := range own {
				own[k].Cost = waymark.Paid(0)
			}
		}
		for k, i := range at {
			spent[i] = own[k]
		}
		return nil
	})
}

// Remark is what each query's copy has to say.
func (s *selector) Remark(qs *waymark.Queries, said []string) {
	_ = s.each(qs, func(c int, part *waymark.Queries, at []int) error {
		r, ok := s.copies[c].(waymark.Remarker)
		if !ok {
			return nil
		}
		own := make([]string, len(at))
		r.Remark(part, own)
		for k, i := range at {
			said[i] = own[k]
		}
		return nil
	})
}

// Waits reports whether a copy waits for something outside.
func (s *selector) Waits() bool {
	return slices.ContainsFunc(s.copies, func(c waymark.Selector) bool {
		w, ok := c.(waymark.Waiter)
		return ok && w.Waits()
	})
}

// steps is a selector whose copies are swept.
type steps struct{ *selector }

func (s steps) Knob() waymark.Knob {
	ks := make([]waymark.Knob, len(s.copies))
	for i, c := range s.copies {
		ks[i] = c.(waymark.StepSelector).Knob()
	}
	return common(ks)
}

func (s steps) At(x float64) waymark.Selector {
	at := make([]waymark.Selector, len(s.copies))
	for i, c := range s.copies {
		at[i] = c.(waymark.StepSelector).At(x)
	}
	return join(s.part, at)
}

// Steps are each query's steps under its copy.
func (s steps) Steps(ctx context.Context, qs *waymark.Queries) (*waymark.Steps, error) {
	type place struct {
		of *waymark.Steps
		k  int
		c  int
	}
	places := make([]place, qs.Len())
	out := &waymark.Steps{Start: make([]int, 1, qs.Len()+1), Pick: make([]waymark.Pick, qs.Len())}
	err := s.each(qs, func(c int, part *waymark.Queries, at []int) error {
		own, err := s.copies[c].(waymark.StepSelector).Steps(ctx, part)
		if err != nil {
			return err
		}
		s.enter(c, own.Pick, at, out.Pick)
		for k, i := range at {
			places[i] = place{own, k, c}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, p := range places {
		lo, hi := p.of.Start[p.k], p.of.Start[p.k+1]
		out.From = append(out.From, p.of.From[lo:hi]...)
		for _, arm := range p.of.Arm[lo:hi] {
			out.Arm = append(out.Arm, s.arm[p.c][arm])
		}
		out.Start = append(out.Start, len(out.From))
	}
	return out, nil
}

// cuts is a selector whose copies have several cuts.
type cuts struct{ *selector }

// Tiers are those of the first copy: they are configured, and not fitted.
func (s cuts) Tiers() []int32 {
	own := s.copies[0].(waymark.CutSelector).Tiers()
	out := make([]int32, len(own))
	for i, arm := range own {
		out[i] = s.arm[0][arm]
	}
	return out
}

func (s cuts) AtCuts(at []float64) waymark.Selector {
	all := make([]waymark.Selector, len(s.copies))
	for i, c := range s.copies {
		all[i] = c.(waymark.CutSelector).AtCuts(at)
	}
	return join(s.part, all)
}
