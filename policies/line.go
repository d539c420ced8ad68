package policies

import (
	"context"
	"errors"
	"fmt"
	"time"

	"waymark"
	"waymark/internal/wire"
)

// A line is a router that speaks the protocol, whatever it is reached by.
type line struct {
	kind, purpose string
	config        string // all that the suite says of it
	limits        wire.Limits
	charge        Charge
	dial          func(context.Context) (wire.Conn, error)
}

// limitsOf checks how long a router may take.
func limitsOf(timeout, startup *float64, restarts *int) (wire.Limits, error) {
	out := wire.Limits{Start: time.Minute, Answer: time.Minute, Restarts: 1}
	for _, x := range []struct {
		key string
		ms  *float64
		to  *time.Duration
	}{{"timeout_ms", timeout, &out.Answer}, {"startup_timeout_ms", startup, &out.Start}} {
		if x.ms == nil {
			continue
		}
		if !(*x.ms >= 1 && *x.ms <= 24*3600*1000) {
			return out, fieldf([]any{x.key}, "found %g, expected milliseconds from 1 to a day", *x.ms)
		}
		*x.to = time.Duration(*x.ms * float64(time.Millisecond))
	}
	if restarts != nil {
		if out.Restarts = *restarts; out.Restarts < 0 || out.Restarts > 1000 {
			return out, fieldf([]any{"restarts"}, "found %d, expected 0 to 1000", out.Restarts)
		}
	}
	return out, nil
}

// router is the router at the other end, trained where it asks for that.
func (l *line) router(in Inputs) (*router, error) {
	config := fmt.Sprintf("%s for %s: %s of %q among %q", l.kind, l.purpose, l.config, in.ladder, in.Models)
	r, err := in.Opened.router(opening{config, in.lessons(), func() (*router, error) { return l.begin(in) }})
	if err != nil || !r.about.Train {
		return r, err
	}
	return r, r.learn(in)
}

// lessons tells outcomes apart: a router that was taught something else is another.
func (in Inputs) lessons() string {
	switch l := in.Learning; {
	case l == nil:
		return ""
	case l.Memo != nil: // the same for all that are fitted on the same outcomes
		return fmt.Sprintf("%p", l.Memo)
	default:
		return fmt.Sprintf("%p", l.Outcomes)
	}
}

func (l *line) begin(in Inputs) (*router, error) {
	hello := wire.Hello{Purpose: l.purpose, Models: in.Models, Features: in.Features, Seed: in.Seed, Ladder: in.ladder}
	client, err := wire.Dial(context.Background(), l.dial, hello, l.limits)
	if err != nil {
		return nil, err
	}
	return &router{
		kind: l.kind, about: *client.Ready, batch: client.Ready.Batch, charge: l.charge,
		client: client, ask: client.Decide, close: client.Close,
	}, nil
}

// A lesson is what is known of a router that was taught: its state is its own.
type lesson struct {
	Router string `json:"router"`
	Tasks  int    `json:"tasks"`
}

// MarshalJSON refuses: what the router learned is in its process.
func (lesson) MarshalJSON() ([]byte, error) {
	return nil, errors.New("what the router learned lives in its process and cannot be saved")
}

// learn teaches a router the outcomes of the tune split.
func (r *router) learn(in Inputs) error {
	_, err := learned(in, r.kind, func(o *waymark.Outcomes) (*lesson, error) {
		if !r.taught && !r.offline {
			if err := r.client.Teach(context.Background(), o); err != nil {
				return nil, fmt.Errorf("teaching the router: %w", err)
			}
			r.taught = true
		}
		return &lesson{r.about.String(), o.Len()}, nil
	})
	if err == nil && !r.taught && !r.offline {
		return errors.New("the router learns from the tune split, and what it learned lives in its process: it cannot be loaded")
	}
	return err
}
