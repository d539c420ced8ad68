package policies

import (
	"context"
	"fmt"
	"math"
	"time"

	"waymark"
	"waymark/internal/wire"
)

// remote is a Selector that asks a router.
type remote struct {
	*router
	arms
}

// policy is the policy that a router turned out to be.
func (r *router) policy() waymark.Policy {
	if r.about.Mode == wire.Trial {
		return &led{r}
	}
	p := &remote{router: r}
	for _, m := range r.about.Models {
		p.index(m)
	}
	return waymark.OneShot{Selector: p}
}

// Reasons are what the router's own words stand beside.
func (*remote) Reasons() []string {
	return []string{"as the router chose", "the router gave no decision"}
}

// Select asks the router for what it was not asked before.
func (p *remote) Select(ctx context.Context, qs *waymark.Queries, picks []waymark.Pick) error {
	all, err := p.decide(ctx, qs)
	if err != nil {
		return err
	}
	for i, d := range all {
		if d.said.Err != "" {
			picks[i] = waymark.Pick{Arm: waymark.NoArm, Reason: 1, Signal: math.NaN()}
			continue
		}
		picks[i] = waymark.Pick{Arm: p.at(d.said.Model), Signal: d.said.Signal}
	}
	return nil
}

// at is the arm of a model that was checked to be one.
func (p *remote) at(m waymark.ModelID) int32 {
	for i, id := range p.ids {
		if id == m {
			return int32(i)
		}
	}
	return waymark.NoArm
}

// rater is a Scorer that asks a router.
type rater struct{ *router }

// Score asks the router for what it was not asked before. The score of a query
// does not depend on the repeat, but a part's words may: other words are another question.
func (s rater) Score(ctx context.Context, qs *waymark.Queries, out []float64) error {
	all, err := s.decide(ctx, first(qs))
	if err != nil {
		return err
	}
	for i, d := range all {
		if out[i] = d.said.Signal; d.said.Err != "" {
			out[i] = math.NaN()
		}
	}
	return nil
}

// first is the first repeat of some queries.
func first(qs *waymark.Queries) *waymark.Queries {
	q := *qs
	q.Repeat = 0
	return &q
}

// Charge is what rating each query cost, which is spent once and charged in every repeat.
func (s rater) Charge(qs *waymark.Queries, spent []waymark.Spending) {
	s.router.Charge(first(qs), spent)
}

// Remark is the router's own words.
func (s rater) Remark(qs *waymark.Queries, said []string) { s.router.Remark(first(qs), said) }

// led is a Policy whose trials a router leads.
type led struct{ *router }

// Route lets the router make calls, round by round, until it decides.
func (p *led) Route(ctx context.Context, t *waymark.Trial) (waymark.Decision, error) {
	begun := time.Now()
	talk, turn, err := p.client.Begin(ctx, t.Query, t.Repeat)
	waited := time.Since(begun)
	for rounds := 0; err == nil && turn.Decide == nil; rounds++ {
		if rounds == wire.MaxTurns {
			err = fmt.Errorf("the router makes more than %d rounds of calls", wire.MaxTurns)
			break
		}
		var calls []waymark.Call
		if calls, err = t.Call(ctx, turn.Calls...); err != nil {
			break
		}
		begun = time.Now()
		turn, err = talk.Next(ctx, calls, len(t.Calls()))
		waited += time.Since(begun)
	}
	if err != nil {
		if talk != nil {
			talk.Drop(ctx)
		}
		p.count(wire.Said{Err: err.Error()}, waymark.Spending{})
		return waymark.Decision{}, err
	}
	spent := p.charge.of(turn.Spent, waited)
	p.count(wire.Said{Spent: turn.Spent}, spent)
	if spent != (waymark.Spending{Cost: waymark.Paid(0)}) {
		t.Spend("router", spent)
	}
	if turn.Decide.Reason == "" {
		turn.Decide.Reason = "as the router decided"
	}
	return *turn.Decide, nil
}
