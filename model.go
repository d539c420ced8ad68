package waymark

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// A ModelID names a model of the pool.
type ModelID string

// A Purpose says what a call is for. It is part of a call's key: what a model
// answered to a user says nothing about what it would say as a planner.
type Purpose uint8

// The purposes of a call.
const (
	ForAnswer Purpose = iota
	ForRouting
	ForChecking
	ForPlanning
)

func (p Purpose) String() string {
	return [...]string{"answer", "routing", "checking", "planning"}[p]
}

// A Request is a call that a policy makes.
type Request struct {
	Model   ModelID `json:"model"`
	Query   Query   `json:"query"`
	Params  string  `json:"params,omitempty"` // parameters and tools, as canonical JSON
	Purpose Purpose `json:"purpose,omitempty"`
	// Sample is which of several answers to the same request is meant, from 1.
	// At 0 it is left open; a recording then answers with their mean.
	Sample int `json:"sample,omitempty"`
}

// A Key identifies a call: two requests with one key may share a response.
type Key struct {
	Model   ModelID
	Prompt  [sha256.Size]byte // of the messages
	Params  string
	Purpose Purpose
	Sample  int
}

// Key is the key of r. The query's ID and features are no part of it, since a
// model does not see them.
func (r Request) Key() Key {
	b, err := json.Marshal(r.Query.Messages)
	if err != nil {
		panic("waymark: messages do not marshal: " + err.Error()) // strings only: cannot happen
	}
	return Key{Model: r.Model, Prompt: sha256.Sum256(b), Params: r.Params, Purpose: r.Purpose, Sample: r.Sample}
}

// Usage counts tokens in disjoint buckets.
type Usage struct {
	Input       int `json:"input_tokens,omitempty"`        // without the cached ones
	CachedInput int `json:"cached_input_tokens,omitempty"` // read from a prompt cache
	Output      int `json:"output_tokens,omitempty"`       // without the reasoning ones
	Reasoning   int `json:"reasoning_tokens,omitempty"`    // billed as output
}

// UsageCachedInside makes disjoint buckets of what OpenAI, Gemini and Grok
// report, whose prompt count includes the cached tokens and whose completion
// count includes the reasoning tokens. Anthropic reports them beside each other.
func UsageCachedInside(prompt, cached, completion, reasoning int) (Usage, error) {
	if cached > prompt || reasoning > completion || min(prompt, cached, completion, reasoning) < 0 {
		return Usage{}, fmt.Errorf("token counts do not nest: %d cached of %d, %d reasoning of %d", cached, prompt, reasoning, completion)
	}
	return Usage{Input: prompt - cached, CachedInput: cached, Output: completion - reasoning, Reasoning: reasoning}, nil
}

// Known reports whether any tokens were counted.
func (u Usage) Known() bool { return u != Usage{} }

// A Response is what came back from a model.
type Response struct {
	Output       string        `json:"output,omitempty"`
	HasOutput    bool          `json:"has_output,omitempty"` // an empty answer is an answer; none recorded is not
	Usage        Usage         `json:"usage"`
	Cost         Cost          `json:"cost"`
	Latency      time.Duration `json:"latency_ns,omitempty"` // 0 if not recorded
	TTFT         time.Duration `json:"ttft_ns,omitempty"`    // to the first token; 0 if not recorded
	Err          string        `json:"error,omitempty"`      // why the call failed; it may have cost money
	FinishReason string        `json:"finish_reason,omitempty"`
	// Confidence is the model's own in its answer: the geometric mean of its tokens'
	// probabilities, or a number that it gave.
	Confidence Score `json:"confidence,omitzero"`
}

// A Source obtains responses: a recording, an endpoint, or a recorder around
// one. It must be safe for concurrent use. A recording reports a hole as an
// error that wraps [ErrNotRecorded].
type Source interface {
	Respond(ctx context.Context, req Request) (Response, error)
}

// ErrNotRecorded reports a hole in a recording.
var ErrNotRecorded = errors.New("not recorded")
