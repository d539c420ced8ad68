package wire

import (
	"context"
	"errors"
	"fmt"
	"time"

	"waymark"
)

// Decide asks a router about some queries, at most as many as it takes in one line.
// A router that breaks off is those queries' failure; an error is of ctx.
func (c *Client) Decide(ctx context.Context, qs *waymark.Queries) ([]Said, time.Duration, error) {
	kind := c.Ready.Mode
	start := time.Now()
	r, err := c.ask(ctx, batchLine(kind, qs))
	took := time.Since(start)
	if ctx.Err() != nil {
		return nil, took, ctx.Err()
	}
	if err != nil {
		return everyone(qs.Len(), err.Error()), took, nil
	}
	if kind == Score {
		return r.scores(qs.IDs), took, nil
	}
	return r.picks(qs.IDs, c.Ready.Models), took, nil
}

// Teach hands the outcomes of the tune split to a router that asked for them, and
// to whatever is begun anew in its place.
func (c *Client) Teach(ctx context.Context, o *waymark.Outcomes) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.conn == nil {
		return errors.New("the conversation with the router is closed")
	}
	c.outcomes = o
	return c.teach(ctx, c.conn, o)
}

// lesson is how many outcomes a line has.
const lesson = 64

// teach sends outcomes, each line of which is acknowledged, and then asks to fit.
// The caller holds the lock.
func (c *Client) teach(ctx context.Context, conn Conn, o *waymark.Outcomes) error {
	say := func(what string, line func(int64) any) error {
		c.n++
		r, err := c.exchange(ctx, conn, c.n, line(c.n))
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		if why := r.failure(); why != "" {
			return fmt.Errorf("%s: %s", what, why)
		}
		if string(r.fields["ok"]) != "true" {
			return fmt.Errorf("%s: the router did not answer ok: true", what)
		}
		return nil
	}
	for lo := 0; lo < o.Len(); lo += lesson {
		var out []Outcome
		for i := lo; i < min(lo+lesson, o.Len()); i++ {
			out = append(out, OutcomeOf(o, i))
		}
		if err := say("outcomes", outcomesLine(out)); err != nil {
			return err
		}
	}
	return say("fit", plainLine("fit"))
}

// A Talk is a trial that a router leads.
type Talk struct {
	c     *Client
	conn  Conn
	n     int64
	query waymark.Query
}

// Begin opens a trial and gives the router's first turn. A router that breaks off
// before it is asked once more, since nothing was done yet.
func (c *Client) Begin(ctx context.Context, q waymark.Query, repeat int) (*Talk, *Turn, error) {
	t := &Talk{c: c, query: q}
	line := trialLine(query(&q, repeat))
	for again := false; ; again = true {
		var err error
		if t.conn, t.n, err = c.current(ctx); err != nil {
			return nil, nil, err
		}
		turn, err := t.turn(ctx, line, 0)
		var b *Broken
		if again || !errors.As(err, &b) || b.Query {
			return t, turn, err
		}
	}
}

// Next tells the answers to the calls of the last turn and gives the next turn;
// made is how many calls there were in the whole trial.
func (t *Talk) Next(ctx context.Context, calls []waymark.Call, made int) (*Turn, error) {
	return t.turn(ctx, answersLine(calls), made)
}

func (t *Talk) turn(ctx context.Context, line func(int64) any, made int) (*Turn, error) {
	r, err := t.c.exchange(ctx, t.conn, t.n, line(t.n))
	var b *Broken
	if errors.As(err, &b) {
		t.c.gone(t.conn, b)
	}
	if err != nil {
		return nil, err
	}
	return r.turn(t.query, t.c.Ready.Models, made)
}

// Drop tells the router that a trial is over without its decision: a call could
// not be made, or what it said was wrong.
func (t *Talk) Drop(ctx context.Context) {
	line, err := encode(plainLine("drop")(t.n))
	if err == nil {
		_ = t.conn.Tell(ctx, line) // a router that is gone need not be told
	}
}
