package policies

import (
	"context"
	"errors"
	"fmt"

	"waymark"
)

// ends reports whether an error of a round ends the trial: a hole, since it is not known what
// the call would have come to, or the end of the run. Any other error is a failed call, which
// a policy may do without.
func ends(ctx context.Context, err error) bool {
	return err != nil && (ctx.Err() != nil || errors.Is(err, waymark.ErrNotRecorded) || errors.Is(err, context.Canceled))
}

// failure is why a call gave no answer, nil if it did.
func failure(c waymark.Call) error {
	if c.Err != "" {
		return fmt.Errorf("%s failed: %s", c.Model, c.Err)
	}
	return nil
}

// readable is a call whose text a policy can read: one that failed is an error, and one
// of which no text is recorded a hole.
func readable(c waymark.Call) error {
	if err := failure(c); err != nil {
		return err
	}
	if !c.HasOutput {
		return fmt.Errorf("the text that %s answered to %s: %w", c.Model, c.Query.ID, waymark.ErrNotRecorded)
	}
	return nil
}

// heard makes one call and gives it with its text, or why there is none.
func heard(ctx context.Context, t *waymark.Trial, r waymark.Request) (waymark.Call, error) {
	calls, err := t.Call(ctx, r)
	if ends(ctx, err) {
		return calls[0], err
	}
	return calls[0], readable(calls[0])
}

// promptTo is the request to a model with a prompt of the policy's own, about t's query.
func promptTo(t *waymark.Trial, m waymark.ModelID, prompt string, p waymark.Purpose) waymark.Request {
	q := waymark.Query{ID: t.Query.ID, Messages: []waymark.Message{{Role: "user", Content: prompt}}}
	return waymark.Request{Model: m, Query: q, Purpose: p}
}

// pool checks models that a key lists: at least some, each of the pool and none twice.
func (in Inputs) pool(ms []waymark.ModelID, least int, key string) error {
	if len(ms) < least || len(ms) > mostAsked {
		return fieldf([]any{key}, "found %d models, expected %d to %d", len(ms), least, mostAsked)
	}
	seen := map[waymark.ModelID]bool{}
	for i, m := range ms {
		if err := in.model(m, key, i); err != nil {
			return err
		}
		if seen[m] {
			return fieldf([]any{key, i}, "found model %q a second time, expected each once", m)
		}
		seen[m] = true
	}
	return nil
}

// mostAsked is how many models, or samples, a policy may ask at once.
const mostAsked = 64
