package policytest

import (
	"context"
	"errors"
	"math"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"

	"waymark"
)

// Calls checks that a policy which makes calls of its own keeps their laws on the queries qs, whose
// calls src answers, always in the same way: all that was asked is in the trace and charged, the same trial twice gives
// the same trace, also beside others; the decision points at an answer; a source that fails at any call, or has a
// hole there, is an error of the trial or of no consequence, and a hole stays one; and a sweeper decides at every
// knob as its profile says, also where calls are recorded as failed.
func Calls(t *testing.T, p waymark.Policy, src waymark.Source, qs *waymark.Queries) {
	t.Helper()
	for i := range qs.Len() {
		q := qs.Query(i)
		tr := charged(t, p, src, q, qs)
		inRange(t, q, tr)
		var side sync.WaitGroup
		for range 4 {
			side.Go(func() {
				again := waymark.Attempt(t.Context(), p, waymark.NewTrial(q, qs.Repeat, qs.Seed, src))
				if !reflect.DeepEqual(untimed(again), untimed(tr)) {
					t.Errorf("query %s: the same trial twice gives\n%+v and\n%+v", q.ID, again, tr)
				}
			})
		}
		side.Wait()
		broken(t, p, src, q, qs, len(tr.Calls))
		if s, ok := p.(waymark.Sweeper); ok {
			segments(t, s, src, q, qs)
			failing(t, s, src, q, qs)
		}
	}
}

// untimed is a trace without the policy's own time, and with its error as text.
func untimed(tr waymark.Trace) waymark.Trace {
	tr.Overhead = 0
	if tr.Err != nil {
		tr.Err = errors.New(tr.Err.Error())
	}
	return tr
}

// A counter counts what is asked of a source.
type counter struct {
	src waymark.Source
	n   atomic.Int64
}

func (c *counter) Respond(ctx context.Context, r waymark.Request) (waymark.Response, error) {
	c.n.Add(1)
	return c.src.Respond(ctx, r)
}

func charged(t *testing.T, p waymark.Policy, src waymark.Source, q waymark.Query, qs *waymark.Queries) waymark.Trace {
	t.Helper()
	c := &counter{src: src}
	tr := waymark.Attempt(t.Context(), p, waymark.NewTrial(q, qs.Repeat, qs.Seed, c))
	paid := waymark.Paid(0)
	asked := 0
	for n, call := range tr.Calls {
		paid = paid.Plus(call.Cost)
		if call.N != n {
			t.Errorf("query %s: call %d says that it is %d", q.ID, n, call.N)
		}
		if call.Purpose != waymark.ForRouting {
			asked++
		}
	}
	if int(c.n.Load()) != asked {
		t.Errorf("query %s: %d calls were made and %d are in the trace", q.ID, c.n.Load(), asked)
	}
	if tr.Cost() != paid {
		t.Errorf("query %s: calls cost %v, the trial %v", q.ID, paid, tr.Cost())
	}
	return tr
}

func inRange(t *testing.T, q waymark.Query, tr waymark.Trace) {
	t.Helper()
	if tr.Err != nil {
		return
	}
	if n := tr.Decision.Answer; n != waymark.Composed && tr.Calls[n].Err != "" && !settled(tr) {
		t.Errorf("query %s: the answer is a call that failed: %s", q.ID, tr.Calls[n].Err)
	}
	if tr.Decision.Reason == "" {
		t.Errorf("query %s: a decision without a reason", q.ID)
	}
	for _, part := range tr.Parts {
		if part.Answer != waymark.Composed && (part.Answer < 0 || part.Answer >= len(tr.Calls)) {
			t.Errorf("query %s: part %s is answered by call %d of %d", q.ID, part.Query, part.Answer, len(tr.Calls))
		}
	}
}

// settled reports whether a failed answer is one that nothing is left to do about: that of the last call, or of
// answers that all failed. What a source refused is nobody's answer.
func settled(tr waymark.Trace) bool {
	n := tr.Decision.Answer
	if tr.Calls[n].Err == errRefused.Error() || tr.Calls[n].Purpose != waymark.ForAnswer {
		return false
	}
	for _, c := range tr.Calls {
		if c.Purpose == waymark.ForAnswer && c.Err == "" {
			return n == len(tr.Calls)-1
		}
	}
	return true
}

var errRefused = errors.New("refused")

// A flaw is a source that does not answer requests which the whole answered first at a position.
type flaw struct {
	src waymark.Source
	at  func(waymark.Request) bool
	err error
}

func (f flaw) Respond(ctx context.Context, r waymark.Request) (waymark.Response, error) {
	if f.at(r) {
		return waymark.Response{Cost: waymark.Paid(1), Latency: 1}, f.err
	}
	return f.src.Respond(ctx, r)
}

// broken has the source fail everywhere, and leave a hole at each call in turn.
func broken(t *testing.T, p waymark.Policy, src waymark.Source, q waymark.Query, qs *waymark.Queries, calls int) {
	t.Helper()
	attempt := func(f flaw) waymark.Trace {
		return waymark.Attempt(t.Context(), p, waymark.NewTrial(q, qs.Repeat, qs.Seed, f))
	}
	all := func(waymark.Request) bool { return true }
	if tr := attempt(flaw{src, all, errRefused}); tr.Err == nil || errors.Is(tr.Err, waymark.ErrNotRecorded) || len(tr.Calls) == 0 {
		t.Errorf("query %s: every call is refused, and the trial says %v after %d calls", q.ID, tr.Err, len(tr.Calls))
	}
	whole := waymark.Attempt(t.Context(), p, waymark.NewTrial(q, qs.Repeat, qs.Seed, src))
	for n := range calls {
		key, id := whole.Calls[n].Key(), whole.Calls[n].Query.ID
		at := func(r waymark.Request) bool { return r.Key() == key && r.Query.ID == id }
		if tr := attempt(flaw{src, at, waymark.ErrNotRecorded}); whole.Calls[n].Purpose != waymark.ForRouting && !errors.Is(tr.Err, waymark.ErrNotRecorded) {
			t.Errorf("query %s: call %d is a hole, and the trial says %v", q.ID, n, tr.Err)
		}
		inRange(t, q, attempt(flaw{src, at, errRefused}))
	}
}

// segments holds the law of Sweeper at, below, above and between the breakpoints of a profile.
func segments(t *testing.T, p waymark.Sweeper, src waymark.Source, q waymark.Query, qs *waymark.Queries) {
	t.Helper()
	trial := waymark.NewTrial(q, qs.Repeat, qs.Seed, src)
	prof, err := p.Profile(t.Context(), trial)
	if err != nil {
		for _, x := range []float64{p.Knob().Lo, p.Knob().Hi} {
			if tr := waymark.Attempt(t.Context(), p.At(x), waymark.NewTrial(q, qs.Repeat, qs.Seed, src)); tr.Err == nil {
				t.Errorf("query %s: Profile fails (%v) and Route at %g does not", q.ID, err, x)
			}
		}
		return
	}
	if len(prof) == 0 || prof[0].From != p.Knob().Lo {
		t.Fatalf("query %s: the profile %+v does not begin at the knob's %g", q.ID, prof, p.Knob().Lo)
	}
	var from []float64
	for _, s := range prof {
		from = append(from, s.From)
	}
	for _, x := range probes(from, p.Knob()) {
		k := 0
		for k+1 < len(prof) && prof[k+1].From <= x {
			k++
		}
		tr := waymark.Attempt(t.Context(), p.At(x), waymark.NewTrial(q, qs.Repeat, qs.Seed, src))
		sameAs(t, q, x, tr, trial.Calls(), prof[k])
	}
}

func sameAs(t *testing.T, q waymark.Query, x float64, tr waymark.Trace, made []waymark.Call, s waymark.Segment) {
	t.Helper()
	want := make([]waymark.Request, 0, len(s.Made)+len(s.More))
	for _, n := range s.Made {
		want = append(want, made[n].Request)
	}
	want = append(want, s.More...)
	if len(tr.Calls) != len(want) {
		t.Errorf("query %s at %g: %d calls, the profile has %d", q.ID, x, len(tr.Calls), len(want))
		return
	}
	for n, r := range want {
		if tr.Calls[n].Key() != r.Key() {
			t.Errorf("query %s at %g: call %d is %+v, the profile has %+v", q.ID, x, n, tr.Calls[n].Request, r)
		}
	}
	if tr.Err == nil && (tr.Decision.Answer != s.Answer || tr.Decision.Reason != s.Reason || math.IsNaN(x)) {
		t.Errorf("query %s at %g: decides %+v, the profile has %+v", q.ID, x, tr.Decision, s)
	}
}
