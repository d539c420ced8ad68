package waymark

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// A Trial is one attempt of a policy at a query: what it may see and do.
// A Trial is used by one goroutine; Call makes its calls side by side.
type Trial struct {
	Query  Query
	Repeat int    // of a stochastic policy, from 0
	Seed   uint64 // of the run

	src     Source
	calls   []Call
	signals []Signal
	parts   []Part
	part    string // where in the whole this trial stands; "" for the whole
	round   int
	clock   time.Duration // when the next round begins, by recorded latencies
	waited  time.Duration
}

// A Call is a request, its response, and when in the trial it was made.
type Call struct {
	N     int           // position in the trial
	Round int           // calls of one round run side by side
	Start time.Duration // when it began, counted from the trial's start in the latencies of the calls before it
	Part  string        // the part of the query that it is about, such as "2" or "2/1"; "" for the whole
	Request
	Response

	late bool
}

// Late reports whether the call timed out under a limit of its trial: what is recorded of it came too late.
func (c Call) Late() bool { return c.late }

// A Signal is a number that a policy decided by.
type Signal struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// NewTrial is a trial of q whose calls src answers.
func NewTrial(q Query, repeat int, seed uint64, src Source) *Trial {
	return &Trial{Query: q, Repeat: repeat, Seed: seed, src: src}
}

// Call makes one round of calls, side by side, and returns them in order. Calls
// that failed are part of the trial too, since they may have cost money.
func (t *Trial) Call(ctx context.Context, reqs ...Request) ([]Call, error) {
	return t.CallWithin(ctx, 0, reqs...)
}

// CallWithin is Call with a limit of time for each call; 0 is none. A call that took
// longer has failed: it costs what it cost, and takes the limit and no longer, since
// nobody waits on. A recorded answer whose latency is not known cannot be held to a
// limit: it is a hole.
func (t *Trial) CallWithin(ctx context.Context, limit time.Duration, reqs ...Request) ([]Call, error) {
	start := time.Now()
	out := make([]Call, len(reqs))
	errs := make([]error, len(reqs))
	for i, r := range reqs {
		out[i] = Call{N: len(t.calls) + i, Round: t.round, Start: t.clock, Part: t.part, Request: r}
	}
	if len(reqs) == 1 {
		errs[0] = out[0].make(ctx, t.src, limit)
	} else {
		var wg sync.WaitGroup
		for i := range out {
			wg.Go(func() { errs[i] = out[i].make(ctx, t.src, limit) })
		}
		wg.Wait()
	}
	t.enter(out)
	t.waited += time.Since(start)
	return out, errors.Join(errs...)
}

// make obtains the response of a call.
func (c *Call) make(ctx context.Context, src Source, limit time.Duration) (err error) {
	within := ctx
	if limit > 0 {
		var stop context.CancelFunc
		within, stop = context.WithTimeout(ctx, limit)
		defer stop()
	}
	c.Response, err = src.Respond(within, c.Request)
	late := limit > 0 && (c.Latency > limit || errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil)
	switch {
	case late:
		c.late = true
		c.Latency, c.Err = limit, fmt.Sprintf("timed out after %s", limit)
		return nil
	case err != nil && c.Err == "":
		c.Err = err.Error()
	case limit > 0 && err == nil && c.Err == "" && c.Latency == 0:
		err = fmt.Errorf("how long %s took on %s, which a timeout is held to: %w", c.Model, c.Query.ID, ErrNotRecorded)
		c.Err = err.Error()
	}
	return err
}

// enter makes calls the trial's next round.
func (t *Trial) enter(round []Call) {
	slowest := time.Duration(0)
	for _, c := range round {
		slowest = max(slowest, c.Latency)
	}
	t.calls = append(t.calls, round...)
	t.round++
	t.clock += slowest
}

// Spend enters a step that is not a model's answer, such as a classifier's, as a
// round of its own with the purpose of routing. It is charged like any call.
func (t *Trial) Spend(on ModelID, s Spending) { t.spend(on, s, ForRouting) }

// SpendAnswering is Spend for an answer that the policy got by itself, such as that of an
// endpoint that picks the model: where its cost is not known, that of the trial is not.
func (t *Trial) SpendAnswering(on ModelID, s Spending) { t.spend(on, s, ForAnswer) }

func (t *Trial) spend(on ModelID, s Spending, p Purpose) {
	t.enter([]Call{{
		N: len(t.calls), Round: t.round, Start: t.clock, Part: t.part,
		Request:  Request{Model: on, Query: Query{ID: t.Query.ID}, Purpose: p},
		Response: Response{Cost: s.Cost, Latency: s.Latency},
	}})
}

// Ask calls one model with the query as it is.
func (t *Trial) Ask(ctx context.Context, m ModelID) (Call, error) {
	c, err := t.Call(ctx, Request{Model: m, Query: t.Query})
	return c[0], err
}

// Calls returns the calls made so far.
func (t *Trial) Calls() []Call { return t.calls[:len(t.calls):len(t.calls)] }

// Signals returns the numbers noted so far.
func (t *Trial) Signals() []Signal { return t.signals[:len(t.signals):len(t.signals)] }

// Note records a number that the policy decided by.
func (t *Trial) Note(name string, v float64) { t.signals = append(t.signals, Signal{name, v}) }
