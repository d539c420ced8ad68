package waymark_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"waymark"
)

// timed answers with the model's name, which is how long it takes: "3s".
type timed struct{}

func (timed) Respond(_ context.Context, r waymark.Request) (waymark.Response, error) {
	l, err := time.ParseDuration(string(r.Model))
	return waymark.Response{Output: string(r.Model), HasOutput: true, Cost: waymark.Paid(1), Latency: l}, err
}

// chain asks models one after the other and answers as the last.
type chain []waymark.ModelID

func (c chain) Route(ctx context.Context, t *waymark.Trial) (waymark.Decision, error) {
	var last waymark.Call
	for _, m := range c {
		var err error
		if last, err = t.Ask(ctx, m); err != nil {
			return waymark.Decision{}, err
		}
	}
	return waymark.Decision{Answer: last.N}, nil
}

// tree has a (1 s, then 5 s) beside b (5 s, then 1 s), and c (2 s) after b, and another call (1 s) after all.
type tree struct{ fail bool }

func (p tree) Route(ctx context.Context, t *waymark.Trial) (waymark.Decision, error) {
	a, b := t.Fork("a", waymark.Query{ID: t.Query.ID + "/a"}), t.Fork("b", waymark.Query{ID: t.Query.ID + "/b"})
	branches := make([]waymark.Branch, 3)
	var wg sync.WaitGroup
	wg.Go(func() { branches[0] = a.Answered(ctx, chain{"1s", "5s"}) })
	wg.Go(func() { branches[1] = b.Answered(ctx, chain{"5s", "1s"}) })
	wg.Wait()
	third := chain{"2s"}
	if p.fail {
		third = chain{"2s", "broken"}
	}
	c := t.Fork("c", waymark.Query{ID: t.Query.ID + "/c"}, b)
	branches[2] = c.Answered(ctx, third)
	if _, err := t.Join(branches...); err != nil {
		return waymark.Decision{}, err
	}
	last, err := t.Ask(ctx, "1s")
	return waymark.Decision{Answer: last.N, Text: branches[0].Text() + branches[1].Text() + branches[2].Text()}, err
}

// Two branches side by side take as long as the slower one, not as the sum of the
// slowest calls of each round; a third begins when the one that it waits for has ended.
func TestBranchesTakeAsLongAsTheSlowest(t *testing.T) {
	tr := waymark.Attempt(t.Context(), tree{}, waymark.NewTrial(waymark.Query{ID: "q"}, 0, 1, timed{}))
	if tr.Err != nil || tr.Latency() != 9*time.Second || tr.Cost() != waymark.Paid(6) || tr.Decision.Text != "5s1s2s" {
		t.Errorf("latency %v (want 6 + 2 + 1 s), cost %v, %q, error %v", tr.Latency(), tr.Cost(), tr.Decision.Text, tr.Err)
	}
	for i, c := range tr.Calls {
		if c.N != i {
			t.Errorf("call %d says that it is %d", i, c.N)
		}
	}
	if len(tr.Parts) != 3 || tr.Parts[1].Path != "b" || tr.Parts[1].Query != "q/b" || tr.Calls[tr.Parts[1].Answer].Part != "b" || tr.Calls[tr.Parts[1].Answer].Model != "1s" {
		t.Errorf("parts %+v", tr.Parts)
	}
	if last := tr.Calls[5]; last.Start != 8*time.Second || last.Round != 3 || last.Part != "" {
		t.Errorf("the last call %+v", last)
	}
}

// A branch that fails is an error of the trial, and all calls are charged.
func TestAFailedBranchIsCharged(t *testing.T) {
	tr := waymark.Attempt(t.Context(), tree{fail: true}, waymark.NewTrial(waymark.Query{ID: "q"}, 0, 1, timed{}))
	if tr.Err == nil || !strings.Contains(tr.Err.Error(), "part q/c") || len(tr.Calls) != 6 || len(tr.Parts) != 2 {
		t.Errorf("error %v, %d calls, parts %+v", tr.Err, len(tr.Calls), tr.Parts)
	}
}

func TestALimitEndsTheWaitAndNotTheCharge(t *testing.T) {
	trial := waymark.NewTrial(waymark.Query{ID: "q"}, 0, 1, timed{})
	calls, err := trial.CallWithin(t.Context(), 2*time.Second, waymark.Request{Model: "3s"}, waymark.Request{Model: "2s"})
	if err != nil || calls[0].Err != "timed out after 2s" || calls[0].Cost != waymark.Paid(1) || calls[1].Err != "" {
		t.Errorf("%+v, %v", calls, err)
	}
	if got := waymark.LatencyOf(trial.Calls()); got != 2*time.Second {
		t.Errorf("the round took %v", got)
	}
	if _, err := trial.CallWithin(t.Context(), time.Second, waymark.Request{Model: "0s"}); !errors.Is(err, waymark.ErrNotRecorded) {
		t.Errorf("a latency that is not known under a limit: %v, want a hole", err)
	}
}
