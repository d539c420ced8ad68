package waymark

import (
	"context"
	"fmt"
	"time"
)

// A Column is one feature of a batch of queries: the value of query i is
// Dict[Code[i]], which is a string, a float64, a bool or nil.
type Column struct {
	Code []uint32
	Dict []any
}

// Value is the value of query i.
func (c Column) Value(i int) any { return c.Dict[c.Code[i]] }

// Queries is a batch of queries as columns: what one-shot policies decide from.
// It is read-only. Text is read only where a policy asks for it.
type Queries struct {
	IDs      []string
	Features map[string]Column     // by name, one value for each of IDs
	Messages func(i int) []Message // the conversation of query i of the whole; nil if there is no text
	Parts    func(i int) []Query   // how query i of the whole is taken apart; nil if none is
	First    int                   // position of IDs[0] in the whole that Slice was taken of
	Seed     uint64
	Repeat   int
}

// Len is the number of queries.
func (q *Queries) Len() int { return len(q.IDs) }

// Conversation is the messages of query i.
func (q *Queries) Conversation(i int) []Message {
	if q.Messages == nil {
		return nil
	}
	return q.Messages(q.First + i)
}

// Query is query i on its own.
func (q *Queries) Query(i int) Query {
	out := Query{ID: q.IDs[i], Messages: q.Conversation(i)}
	if q.Parts != nil {
		out.Parts = q.Parts(q.First + i)
	}
	if len(q.Features) > 0 {
		out.Features = make(map[string]any, len(q.Features))
		for name, c := range q.Features {
			if v := c.Value(i); v != nil {
				out.Features[name] = v
			}
		}
	}
	return out
}

// Slice is the queries from lo up to hi, sharing memory with q.
func (q *Queries) Slice(lo, hi int) *Queries {
	s := *q
	s.IDs, s.First = q.IDs[lo:hi], q.First+lo
	s.Features = make(map[string]Column, len(q.Features))
	for name, c := range q.Features {
		s.Features[name] = Column{Code: c.Code[lo:hi], Dict: c.Dict}
	}
	return &s
}

// Pick is the queries at some positions, in that order.
func (q *Queries) Pick(at []int) *Queries {
	s := *q
	s.First, s.IDs = 0, make([]string, len(at))
	s.Features = make(map[string]Column, len(q.Features))
	for name, c := range q.Features {
		code := make([]uint32, len(at))
		for k, i := range at {
			code[k] = c.Code[i]
		}
		s.Features[name] = Column{Code: code, Dict: c.Dict}
	}
	for k, i := range at {
		s.IDs[k] = q.IDs[i]
	}
	if q.Messages != nil {
		s.Messages = func(k int) []Message { return q.Conversation(at[k]) }
	}
	if q.Parts != nil {
		s.Parts = func(k int) []Query { return q.Parts(q.First + at[k]) }
	}
	return &s
}

// One is the batch of the one query of a trial.
func One(t *Trial) *Queries {
	q := &Queries{IDs: []string{t.Query.ID}, Seed: t.Seed, Repeat: t.Repeat, Features: map[string]Column{}}
	q.Messages = func(int) []Message { return t.Query.Messages }
	for name, v := range t.Query.Features {
		q.Features[name] = Column{Code: []uint32{0}, Dict: []any{v}}
	}
	return q
}

// A Pick is a one-shot decision: a model, and why.
type Pick struct {
	Arm    int32   // index into the selector's Arms; NoArm if no decision could be made
	Reason int32   // index into the selector's Reasons
	Signal float64 // the number that it was decided by; NaN if none
}

// NoArm as the Arm of a Pick is a failed row; its Reason says why.
const NoArm = -1

// A Selector picks one model for each query from its features alone. Select
// must be safe for concurrent use, and what it picks for a query may depend on
// nothing but that query, Seed and Repeat.
type Selector interface {
	Arms() []ModelID
	Reasons() []string
	// Select writes one Pick for each query into picks, which is as long as qs.
	Select(ctx context.Context, qs *Queries, picks []Pick) error
}

// Steps are the decisions of a batch as step functions of a knob, as columns.
// Query i has the steps Start[i] to Start[i+1], by ascending From, and each
// holds for knobs in [From, next From). A failed query has none.
type Steps struct {
	Start []int     // one more than there are queries
	From  []float64 // the first of a query is the lower end of the knob's domain
	Arm   []int32
	Pick  []Pick // one a query: its Signal, or NoArm and the reason for the failure
}

// A StepSelector is a Selector governed by one number. For every x, At(x)
// selects as the step that contains x.
type StepSelector interface {
	Selector
	Knob() Knob
	At(x float64) Selector
	Steps(ctx context.Context, qs *Queries) (*Steps, error)
}

// A Charger is a Selector that spends money or time to decide: a classifier's
// call, a remote router. What it spends is charged to the policy.
type Charger interface {
	Selector
	// Charge writes what deciding each query costs and takes into spent, which
	// is as long as qs. Deciding that is free costs Paid(0).
	Charge(qs *Queries, spent []Spending)
}

// Spending is what a step that is not a model's answer cost and took.
type Spending struct {
	Cost    Cost
	Latency time.Duration // 0 if it takes no time that matters
}

// A Remarker is a Selector that has more to say about single decisions than its
// Reasons: a remote router's own words, or why it has none.
type Remarker interface {
	Selector
	// Remark writes what there is to say about each query into said, which is as long
	// as qs; "" is nothing.
	Remark(qs *Queries, said []string)
}

// A Waiter is a Selector or a Policy that waits for something outside to decide. A
// run keeps what it decided in smaller parts, so that little is lost with it.
type Waiter interface {
	Waits() bool
}

// remark is what s has to say about the one query of t, or reason.
func remark(s Selector, t *Trial, reason string) string {
	r, ok := s.(Remarker)
	if !ok {
		return reason
	}
	var said [1]string
	if r.Remark(One(t), said[:]); said[0] != "" {
		return said[0]
	}
	return reason
}

// OneShot makes a Selector a Policy. Route is Select on a batch of one, so both
// agree by construction.
type OneShot struct{ Selector }

// Route picks a model and asks it.
func (p OneShot) Route(ctx context.Context, t *Trial) (Decision, error) {
	var pick [1]Pick
	if err := p.Select(ctx, One(t), pick[:]); err != nil {
		return Decision{}, err
	}
	if c, ok := p.Selector.(Charger); ok {
		var spent [1]Spending
		c.Charge(One(t), spent[:])
		if spent[0] != (Spending{Cost: Paid(0)}) {
			t.Spend("router", spent[0])
		}
	}
	reason := remark(p.Selector, t, p.Reasons()[pick[0].Reason])
	if pick[0].Signal == pick[0].Signal {
		t.Note("signal", pick[0].Signal)
	}
	if pick[0].Arm == NoArm {
		return Decision{}, fmt.Errorf("no decision: %s", reason)
	}
	c, err := t.Ask(ctx, p.Arms()[pick[0].Arm])
	return Decision{Answer: c.N, Reason: reason}, err
}

// OneShotSweep makes a StepSelector a Sweeper. As a Policy it stands at the
// knob that its selector was made with.
type OneShotSweep struct{ StepSelector }

// Route picks a model and asks it.
func (p OneShotSweep) Route(ctx context.Context, t *Trial) (Decision, error) {
	return OneShot{p.StepSelector}.Route(ctx, t)
}

// At is the policy with its knob at x.
func (p OneShotSweep) At(x float64) Policy { return OneShot{p.StepSelector.At(x)} }

// Profile names the model of each segment and calls none.
func (p OneShotSweep) Profile(ctx context.Context, t *Trial) (Profile, error) {
	s, err := p.Steps(ctx, One(t))
	if err != nil {
		return nil, err
	}
	if s.Pick[0].Arm == NoArm {
		return nil, fmt.Errorf("no decision: %s", p.Reasons()[s.Pick[0].Reason])
	}
	if x := s.Pick[0].Signal; x == x {
		t.Note("signal", x)
	}
	prof := make(Profile, 0, s.Start[1])
	for i := s.Start[0]; i < s.Start[1]; i++ {
		more := []Request{{Model: p.Arms()[s.Arm[i]], Query: t.Query}}
		prof = append(prof, Segment{From: s.From[i], More: more})
	}
	return prof, nil
}

// A CutSelector is a Selector governed by several ascending cuts along one score,
// the Signal of its picks: below the first cut it picks the weakest tier, from there to
// the second the next, and so on.
type CutSelector interface {
	Selector
	Tiers() []int32                 // the arm of each tier, the weakest first; one more than there are cuts
	AtCuts(cuts []float64) Selector // with its cuts there
}

// OneShotCuts makes a CutSelector a Policy that can be tuned. As a Policy it
// stands at the cuts that its selector was made with.
type OneShotCuts struct{ CutSelector }

// Route picks a model and asks it.
func (p OneShotCuts) Route(ctx context.Context, t *Trial) (Decision, error) {
	return OneShot{p.CutSelector}.Route(ctx, t)
}
