package waymark

import (
	"context"
	"errors"
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
	round   int
	waited  time.Duration
}

// A Call is a request, its response, and when in the trial it was made.
type Call struct {
	N     int // position in the trial
	Round int // calls of one round run side by side
	Request
	Response
}

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
	start := time.Now()
	out := make([]Call, len(reqs))
	errs := make([]error, len(reqs))
	for i, r := range reqs {
		out[i] = Call{N: len(t.calls) + i, Round: t.round, Request: r}
	}
	if len(reqs) == 1 {
		out[0].Response, errs[0] = t.src.Respond(ctx, reqs[0])
	} else {
		var wg sync.WaitGroup
		for i, r := range reqs {
			wg.Go(func() { out[i].Response, errs[i] = t.src.Respond(ctx, r) })
		}
		wg.Wait()
	}
	for i, err := range errs {
		if err != nil && out[i].Err == "" {
			out[i].Err = err.Error()
		}
	}
	t.calls = append(t.calls, out...)
	t.round++
	t.waited += time.Since(start)
	return out, errors.Join(errs...)
}

// Spend enters a step that is not a model's answer, such as a classifier's, as a
// round of its own with the purpose of routing. It is charged like any call.
func (t *Trial) Spend(on ModelID, s Spending) {
	t.calls = append(t.calls, Call{
		N: len(t.calls), Round: t.round,
		Request:  Request{Model: on, Query: Query{ID: t.Query.ID}, Purpose: ForRouting},
		Response: Response{Cost: s.Cost, Latency: s.Latency},
	})
	t.round++
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
