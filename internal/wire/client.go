package wire

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"waymark"
)

// A Conn carries a line to a router and brings the line with the same number back.
// It is safe for concurrent use.
type Conn interface {
	// Exchange is one question. Its error is a *Broken where the conversation is over.
	Exchange(ctx context.Context, n int64, line []byte) (*Reply, error)
	// Tell sends a line that is not answered.
	Tell(ctx context.Context, line []byte) error
	Close() error
}

// Broken is the end of a conversation: the router is gone, silent or cannot be
// understood. Whatever is in flight is without an answer.
type Broken struct {
	Why   string
	Query bool // the one question itself ran out of time
}

func (e *Broken) Error() string { return e.Why }

// Outage is a router that cannot be reached, is busy or fails: another day it may not.
// Nothing that the suite says is at fault.
type Outage struct{ Why string }

func (e *Outage) Error() string { return e.Why }

// Limits are how long a router may take.
type Limits struct {
	Start, Answer time.Duration
	Restarts      int // how often a router that broke off is begun anew
}

// A Client is a conversation with one router that survives the router's end, as
// often as its limits say. It is safe for concurrent use.
type Client struct {
	Ready *Ready

	open     func(context.Context) (Conn, error)
	hello    Hello
	limits   Limits
	outcomes *waymark.Outcomes // that it was trained on; nil if it was not

	mu       sync.Mutex
	conn     Conn // nil where the last one broke
	last     string
	restarts int
	n        int64
	closed   bool
}

// Dial begins a conversation.
func Dial(ctx context.Context, open func(context.Context) (Conn, error), hello Hello, limits Limits) (*Client, error) {
	hello.Protocol = Version
	c := &Client{open: open, hello: hello, limits: limits}
	conn, ready, err := c.start(ctx)
	if err != nil {
		return nil, err
	}
	c.conn, c.Ready = conn, ready
	return c, nil
}

// start opens a connection and shakes hands.
func (c *Client) start(ctx context.Context) (Conn, *Ready, error) {
	ctx, cancel := context.WithTimeout(ctx, c.limits.Start)
	defer cancel()
	conn, err := c.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	ready, err := c.greet(ctx, conn)
	if err != nil {
		return nil, nil, errors.Join(err, conn.Close())
	}
	return conn, ready, nil
}

func (c *Client) greet(ctx context.Context, conn Conn) (*Ready, error) {
	line, err := encode(c.hello.line(0))
	if err != nil {
		return nil, err
	}
	r, err := conn.Exchange(ctx, 0, line)
	var b *Broken
	if errors.As(err, &b) && b.Query {
		return nil, fmt.Errorf("the router did not answer hello within %v (startup_timeout_ms)%s", c.limits.Start, b.Why)
	}
	if err != nil {
		return nil, err
	}
	return c.hello.ready(r)
}

// Restarts is how often the router was begun anew.
func (c *Client) Restarts() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.restarts
}

// Close ends the conversation.
func (c *Client) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	if c.conn == nil {
		return nil
	}
	err := c.conn.Close()
	c.conn = nil
	return err
}

// current is the connection, begun anew where it broke, and a number for a question.
func (c *Client) current(ctx context.Context) (Conn, int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	switch {
	case c.closed:
		return nil, 0, &Broken{Why: "the conversation with the router is closed"}
	case c.conn != nil:
		return c.conn, c.n, nil
	case c.restarts >= c.limits.Restarts:
		return nil, 0, &Broken{Why: fmt.Sprintf("%s; it was begun anew %d times already (restarts)", c.last, c.restarts)}
	}
	c.restarts++
	conn, ready, err := c.start(context.WithoutCancel(ctx))
	if err == nil && (ready.Mode != c.Ready.Mode || len(ready.Models) != len(c.Ready.Models)) {
		err = errors.Join(errors.New("the router came back as another: it answers hello otherwise than before"), conn.Close())
	}
	if err == nil && c.outcomes != nil {
		if err = c.teach(ctx, conn, c.outcomes); err != nil {
			err = errors.Join(err, conn.Close())
		}
	}
	if err != nil {
		c.last = fmt.Sprintf("%s; begun anew: %v", c.last, err)
		return nil, 0, &Broken{Why: c.last}
	}
	c.conn = conn
	return conn, c.n, nil
}

// gone notes that a connection broke.
func (c *Client) gone(conn Conn, b *Broken) {
	c.mu.Lock()
	if c.conn != conn { // another question noticed it before
		c.mu.Unlock()
		return
	}
	c.conn, c.last = nil, b.Why
	c.mu.Unlock()
	_ = conn.Close() // the reason is told already
}

// ask puts a question. One whose conversation breaks while it waits is put once
// more to a router that is begun anew, unless the question itself ran out of time.
func (c *Client) ask(ctx context.Context, line func(n int64) any) (*Reply, error) {
	for again := false; ; again = true {
		conn, n, err := c.current(ctx)
		if err != nil {
			return nil, err
		}
		r, err := c.exchange(ctx, conn, n, line(n))
		var b *Broken
		if !errors.As(err, &b) {
			return r, err
		}
		c.gone(conn, b)
		if again || b.Query {
			return nil, b
		}
	}
}

func (c *Client) exchange(ctx context.Context, conn Conn, n int64, v any) (*Reply, error) {
	line, err := encode(v)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, c.limits.Answer)
	defer cancel()
	r, err := conn.Exchange(limited, n, line)
	var b *Broken
	if errors.As(err, &b) && b.Query {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		b = &Broken{Why: fmt.Sprintf("the router did not answer within %v (timeout_ms)%s", c.limits.Answer, b.Why), Query: true}
		return nil, b
	}
	return r, err
}
