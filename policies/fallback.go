package policies

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"waymark"
)

// Fallback asks models one after the other until one answers. A call that failed, or took
// longer than the timeout, is charged what it cost; a call that timed out takes the timeout,
// since nobody waits on. Where all failed, the last
// model's call is the answer, graded as its cell, unless it timed out: then nobody has its answer. A model of which no response is recorded is a hole and not a failure.
type Fallback struct {
	Models  []waymark.ModelID `yaml:"models" json:"models" doc:"in the order in which they are asked; at least two" required:"true"`
	Timeout float64           `yaml:"timeout_ms" json:"timeout_ms,omitempty" doc:"milliseconds after which the next model is asked; default: none. Needs recorded latencies"`
}

// Build makes the policy.
func (c *Fallback) Build(in Inputs) (waymark.Policy, error) {
	if err := in.pool(c.Models, 2, "models"); err != nil {
		return nil, err
	}
	if !(c.Timeout >= 0 && c.Timeout <= 1e9) {
		return nil, fieldf([]any{"timeout_ms"}, "found %g, expected milliseconds from 0 to 1e9", c.Timeout)
	}
	return &fallback{c.Models, time.Duration(math.Round(c.Timeout * 1e6))}, nil
}

type fallback struct {
	models []waymark.ModelID
	limit  time.Duration
}

func (p *fallback) Route(ctx context.Context, t *waymark.Trial) (waymark.Decision, error) {
	reason := "the first model answered"
	var last, refused error
	var end waymark.Call
	for _, m := range p.models {
		calls, err := t.CallWithin(ctx, p.limit, waymark.Request{Model: m, Query: t.Query})
		if ends(ctx, err) {
			return waymark.Decision{}, err
		}
		end, refused = calls[0], err
		if last = failure(calls[0]); last == nil {
			return waymark.Decision{Answer: calls[0].N, Reason: reason}, nil
		}
		reason = last.Error()
	}
	reason = fmt.Sprintf("all %d models failed; the last: %v", len(p.models), last)
	if refused != nil || end.Late() {
		return waymark.Decision{}, errors.New(reason)
	}
	return waymark.Decision{Answer: end.N, Reason: reason}, nil
}
