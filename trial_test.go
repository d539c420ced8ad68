package waymark_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"waymark"
)

type script map[waymark.ModelID]waymark.Response

func (s script) Respond(_ context.Context, r waymark.Request) (waymark.Response, error) {
	if x, ok := s[r.Model]; ok {
		return x, nil
	}
	return waymark.Response{}, waymark.ErrNotRecorded
}

type policyFunc func(context.Context, *waymark.Trial) (waymark.Decision, error)

func (f policyFunc) Route(ctx context.Context, t *waymark.Trial) (waymark.Decision, error) {
	return f(ctx, t)
}

var answers = script{
	"a": {Output: "A", HasOutput: true, Cost: waymark.Paid(5), Latency: 2 * time.Second},
	"b": {Output: "B", HasOutput: true, Cost: waymark.Paid(7), Latency: 3 * time.Second},
}

// Rounds follow each other, calls of a round run side by side, and all of them
// are charged.
func TestRoundsAreMetered(t *testing.T) {
	p := policyFunc(func(ctx context.Context, t *waymark.Trial) (waymark.Decision, error) {
		q := waymark.Query{ID: "1"}
		if _, err := t.Call(ctx, waymark.Request{Model: "a", Query: q}, waymark.Request{Model: "b", Query: q}); err != nil {
			return waymark.Decision{}, err
		}
		t.Spend("router", waymark.Spending{Cost: waymark.Paid(1), Latency: time.Second})
		c, err := t.Ask(ctx, "a")
		return waymark.Decision{Answer: c.N}, err
	})
	tr := waymark.Attempt(t.Context(), p, waymark.NewTrial(waymark.Query{ID: "1"}, 0, 1, answers))
	if tr.Err != nil || tr.Cost() != waymark.Paid(5+7+1+5) || tr.Latency() != 6*time.Second || tr.Decision.Answer != 3 {
		t.Errorf("cost %v latency %v decision %+v error %v", tr.Cost(), tr.Latency(), tr.Decision, tr.Err)
	}
}

func TestHoleIsReportedAndCostUnknown(t *testing.T) {
	p := policyFunc(func(ctx context.Context, t *waymark.Trial) (waymark.Decision, error) {
		_, err := t.Ask(ctx, "nobody")
		return waymark.Decision{}, err
	})
	tr := waymark.Attempt(t.Context(), p, waymark.NewTrial(waymark.Query{ID: "1"}, 0, 1, answers))
	if !errors.Is(tr.Err, waymark.ErrNotRecorded) || tr.Cost().Known {
		t.Errorf("error %v, cost %v", tr.Err, tr.Cost())
	}
}

func TestDecisionMustPointAtACall(t *testing.T) {
	for _, answer := range []int{0, 3, -7} {
		p := policyFunc(func(context.Context, *waymark.Trial) (waymark.Decision, error) {
			return waymark.Decision{Answer: answer}, nil
		})
		if tr := waymark.Attempt(t.Context(), p, waymark.NewTrial(waymark.Query{}, 0, 1, answers)); tr.Err == nil {
			t.Errorf("a decision for call %d of none passed", answer)
		}
	}
}

func TestKeyTellsPurposeAndPromptApart(t *testing.T) {
	base := waymark.Request{Model: "a", Query: waymark.Query{ID: "1", Messages: []waymark.Message{{Role: "user", Content: "x"}}}}
	same := base
	same.Query.ID = "2"
	if base.Key() != same.Key() {
		t.Error("the task's ID is part of the key; a model does not see it")
	}
	others := []func(*waymark.Request){
		func(r *waymark.Request) { r.Purpose = waymark.ForPlanning },
		func(r *waymark.Request) { r.Sample = 1 },
		func(r *waymark.Request) { r.Params = `{"temperature":1}` },
		func(r *waymark.Request) { r.Model = "b" },
		func(r *waymark.Request) { r.Query.Messages = []waymark.Message{{Role: "user", Content: "y"}} },
	}
	for i, change := range others {
		r := base
		change(&r)
		if r.Key() == base.Key() {
			t.Errorf("change %d leaves the key alone", i)
		}
	}
}

func TestUniformDependsOnSeedQueryAndRepeat(t *testing.T) {
	sum, n := 0.0, 20000
	for i := range n {
		sum += waymark.Uniform(uint64(i%7), string(rune('a'+i%26))+string(rune(i)), i%3)
	}
	if mean := sum / float64(n); mean < 0.49 || mean > 0.51 {
		t.Errorf("mean of uniforms = %g", mean)
	}
	u := waymark.Uniform(1, "t", 0)
	if u == waymark.Uniform(2, "t", 0) || u == waymark.Uniform(1, "u", 0) || u == waymark.Uniform(1, "t", 1) || u != waymark.Uniform(1, "t", 0) {
		t.Error("a draw does not depend on exactly seed, query and repeat")
	}
}
