package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"waymark"
)

// ErrSecret is text that is more than words to a person, and so is not told with a part
// of it taken out.
var ErrSecret = errors.New("has the value of an environment variable in it that it was given, which is not kept")

// A Turn is what a router does next in a trial: calls to make side by side, or
// its decision.
type Turn struct {
	Calls  []waymark.Request
	Decide *waymark.Decision
	Spent  Spent // by deciding, over the whole trial
}

// turn checks a router's line in a trial of q, in which some calls are made already.
func (r *Reply) turn(q waymark.Query, models []waymark.ModelID, made int) (*Turn, error) {
	if why := r.failure(); why != "" {
		return nil, fmt.Errorf("%s", why)
	}
	call, decide := r.fields["call"], r.fields["decide"]
	switch {
	case (call == nil) == (decide == nil):
		return nil, fmt.Errorf("the router's line has neither or both of call and decide, expected one")
	case call != nil:
		return r.calls(call, q, models)
	}
	return r.decision(decide, made)
}

func (h heard) calls(raw json.RawMessage, q waymark.Query, models []waymark.ModelID) (*Turn, error) {
	var entries []map[string]json.RawMessage
	if err := strict(raw, &entries); err != nil {
		return nil, h.wrong(raw, "call", "a list of objects")
	}
	if len(entries) == 0 || len(entries) > MaxCalls {
		return nil, fmt.Errorf("the router makes %d calls in a round, expected 1 to %d", len(entries), MaxCalls)
	}
	t := &Turn{}
	for i, f := range entries {
		req, err := h.request(f, q, models)
		if err != nil {
			return nil, fmt.Errorf("call[%d]: %w", i, err)
		}
		t.Calls = append(t.Calls, req)
	}
	return t, nil
}

var purposes = []waymark.Purpose{waymark.ForAnswer, waymark.ForRouting, waymark.ForChecking, waymark.ForPlanning}

func (h heard) request(f map[string]json.RawMessage, q waymark.Query, models []waymark.ModelID) (req waymark.Request, err error) {
	req.Query = q
	if req.Model, err = h.modelOf(f["model"], models); err != nil {
		return req, err
	}
	if raw := f["messages"]; raw != nil && string(raw) != "null" {
		req.Query.Messages = nil
		if err := strict(raw, &req.Query.Messages); err != nil || len(req.Query.Messages) == 0 {
			return req, h.wrong(raw, "messages", "a list of {role, content}")
		}
		told := string(raw)
		for _, m := range req.Query.Messages {
			told += "\n" + m.Role + "\n" + m.Content
		}
		if h.secrets.In(told) {
			return req, fmt.Errorf("messages: what it sends %w", ErrSecret)
		}
	}
	if raw := f["params"]; raw != nil && string(raw) != "null" {
		if req.Params, err = h.canonical(raw); err != nil {
			return req, err
		}
	}
	if raw := f["sample"]; raw != nil {
		if err := strict(raw, &req.Sample); err != nil || req.Sample < 0 || req.Sample > 1<<20 {
			return req, h.wrong(raw, "sample", "a whole number from 0")
		}
	}
	name, err := h.textOf(f["purpose"], "purpose")
	if err != nil || name == "" {
		return req, err
	}
	i := slices.IndexFunc(purposes, func(p waymark.Purpose) bool { return p.String() == name })
	if i < 0 {
		return req, h.wrong(f["purpose"], "purpose", fmt.Sprint("one of ", purposes))
	}
	req.Purpose = purposes[i]
	return req, nil
}

// canonical is an object with its keys in order. An empty one says nothing.
func (h heard) canonical(raw json.RawMessage) (string, error) {
	var v map[string]any
	if err := strict(raw, &v); err != nil {
		return "", h.wrong(raw, "params", "an object")
	}
	if len(v) == 0 {
		return "", nil
	}
	b, err := json.Marshal(v) // sorts keys
	if h.secrets.In(string(b)) {
		return "", fmt.Errorf("params: what it sends %w", ErrSecret)
	}
	return string(b), err
}

func (h heard) decision(raw json.RawMessage, made int) (*Turn, error) {
	var f map[string]json.RawMessage
	if err := strict(raw, &f); err != nil {
		return nil, h.wrong(raw, "decide", "an object")
	}
	t := &Turn{Decide: &waymark.Decision{}}
	var err error
	if t.Decide.Reason, err = h.textOf(f["reason"], "reason"); err != nil {
		return nil, err
	}
	if t.Spent, err = h.spentOf(f); err != nil {
		return nil, err
	}
	answer, text := f["answer"], f["text"]
	if (answer == nil) == (text == nil) {
		return nil, fmt.Errorf("decide has neither or both of answer and text, expected one")
	}
	if text != nil {
		t.Decide.Answer = waymark.Composed
		if err := strict(text, &t.Decide.Text); err != nil {
			return nil, h.wrong(text, "text", "text")
		}
		if h.secrets.In(t.Decide.Text) { // it counts, so that it cannot be changed
			return nil, fmt.Errorf("the router's text %w", ErrSecret)
		}
		return t, nil
	}
	if err := strict(answer, &t.Decide.Answer); err != nil || t.Decide.Answer < 0 || t.Decide.Answer >= made {
		return nil, fmt.Errorf("found answer: %s, expected the position of one of the %d calls that were made, from 0", h.clip(string(answer)), made)
	}
	return t, nil
}
