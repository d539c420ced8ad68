package replay

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"waymark"
)

// A Sink is a file that calls are appended to.
type Sink interface {
	Write([]byte) (int, error)
	Sync() error
}

// A Recorder is a source whose every response is on disk before it is used, so that what a
// run did with it can be replayed: a line of calls.jsonl each. Put it around what is behind
// the cells of a recording, and plain answers that are recorded already never reach it. A call
// that failed is recorded as such, since a replay must fail there too; a hole and a call that
// was given up because the run ended are not. A request that is made a second time for the same
// task, by another policy or repeat, is given the recorded response, as a replay would: what is
// to differ must differ in its Sample.
type Recorder struct {
	Source waymark.Source
	Encode func(waymark.Request, waymark.Response) ([]byte, error) // a line, without its end
	Sink   Sink

	mu   sync.Mutex
	done map[ownKey]recorded
}

// recorded is what a call came to.
type recorded struct {
	resp waymark.Response
	err  error
}

// Respond asks the source and records what it said. A response that could not be recorded is an error.
func (r *Recorder) Respond(ctx context.Context, req waymark.Request) (waymark.Response, error) {
	key := ownKey{req.Query.ID, req.Key()}
	r.mu.Lock()
	had, ok := r.done[key]
	r.mu.Unlock()
	if ok {
		return had.resp, had.err
	}
	start := time.Now()
	resp, err := r.Source.Respond(ctx, req)
	if errors.Is(err, waymark.ErrNotRecorded) || errors.Is(err, context.Canceled) {
		return resp, err
	}
	kept := resp
	if err != nil && kept.Err == "" {
		kept.Err = err.Error()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		kept.Latency = max(kept.Latency, time.Since(start))
	}
	out, e := r.append(key, req, kept, recorded{resp, err})
	if e != nil {
		return waymark.Response{}, fmt.Errorf("recording a call of %s for task %s: %w", req.Model, req.Query.ID, e)
	}
	return out.resp, out.err
}

// append records a call, unless one with its key was recorded while it was made.
func (r *Recorder) append(key ownKey, req waymark.Request, resp waymark.Response, came recorded) (recorded, error) {
	line, err := r.Encode(req, resp)
	if err != nil {
		return came, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if had, ok := r.done[key]; ok {
		return had, nil
	}
	if _, err := r.Sink.Write(append(line, '\n')); err != nil {
		return came, err
	}
	if r.done == nil {
		r.done = map[ownKey]recorded{}
	}
	r.done[key] = came
	return came, r.Sink.Sync()
}

var _ waymark.Source = (*Recorder)(nil)
