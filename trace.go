package waymark

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"
)

// A Trace is the record of a trial.
type Trace struct {
	Query    string
	Repeat   int
	Calls    []Call
	Decision Decision
	Signals  []Signal
	Parts    []Part        // of a query that was taken apart: the answer to each
	Overhead time.Duration // the policy's own time, without waiting for models
	Err      error         // why there is no answer; wraps ErrNotRecorded for a hole
}

var errNoAnswer = errors.New("the policy decided without an answer")

// Attempt has p answer t's query and returns the record of it.
func Attempt(ctx context.Context, p Policy, t *Trial) Trace {
	start := time.Now()
	d, err := p.Route(ctx, t)
	if err == nil && d.Answer != Composed && (d.Answer < 0 || d.Answer >= len(t.calls)) {
		err = errNoAnswer
	}
	return Trace{
		Query: t.Query.ID, Repeat: t.Repeat, Calls: t.Calls(), Decision: d, Signals: t.signals, Parts: t.parts,
		Overhead: max(0, time.Since(start)-t.waited), Err: err,
	}
}

// Cost is what all calls of the trial cost, failed ones included. It is unknown
// where the cost of any call is.
func (tr Trace) Cost() Cost { return CostOf(tr.Calls) }

// CostOf is what calls cost together.
func CostOf(calls []Call) Cost {
	sum := Paid(0)
	for _, c := range calls {
		sum = sum.Plus(c.Cost)
	}
	return sum
}

// Latency is the time of the trial: rounds follow each other, and a round takes
// as long as its slowest call; parts that run side by side take as long as the
// slowest of them. It is 0, not known, where that of any answer is.
func (tr Trace) Latency() time.Duration { return LatencyOf(tr.Calls) }

// LatencyOf is the time during which at least one of some calls of a trial is under way.
func LatencyOf(calls []Call) (sum time.Duration) {
	for _, c := range calls {
		if c.Latency == 0 && c.Purpose == ForAnswer {
			return 0
		}
	}
	byStart := slices.SortedFunc(slices.Values(calls), func(a, b Call) int { return cmp.Compare(a.Start, b.Start) })
	reached := time.Duration(0)
	for _, c := range byStart {
		if end := c.Start + c.Latency; end > reached {
			sum += end - max(reached, c.Start)
			reached = end
		}
	}
	return sum
}
