package policies

import (
	"encoding/json"
	"fmt"

	"waymark"
)

// A Learning is where the learned parts of a policy come from: they are fitted on
// outcomes, or loaded from a state that was saved.
type Learning struct {
	Outcomes *waymark.Outcomes // nil if there is nothing to fit on
	Saved    State             // of parts that are loaded in place of being fitted
	Memo     *Memo             // shared by policies that are fitted on the same outcomes; may be nil

	parts        map[string]any
	facts        []Fact
	difficulties map[string]float64
}

// A State is the fitted state of a policy's learned parts, by where in the
// configuration they stand.
type State map[string]json.RawMessage

// Asked reports whether a policy that was built had any learned part.
func (l *Learning) Asked() bool { return len(l.parts) > 0 }

// State is the fitted state of the policies that were built.
func (l *Learning) State() (State, error) {
	out := State{}
	for name, part := range l.parts {
		text, err := json.Marshal(part)
		if err != nil {
			return nil, fmt.Errorf("state of %s: %w", name, err)
		}
		out[name] = text
	}
	return out, nil
}

// within is the inputs of a part of the policy, such as a planner's inner one.
func (in Inputs) within(part string) Inputs {
	in.part += part + "/"
	return in
}

// learned is a learned part of a policy: loaded where its state was saved, else
// fitted. part names it among the parts of its owner.
func learned[T any](in Inputs, part string, fit func(*waymark.Outcomes) (*T, error)) (*T, error) {
	out, err := learnedAs(in, part, new(T), func(o *waymark.Outcomes) (any, error) { return fit(o) })
	if err != nil {
		return nil, err
	}
	return out.(*T), nil
}

// learnedAs is learned for a type that is known only when it runs: empty points at
// a value that a saved state is loaded into.
func learnedAs(in Inputs, part string, empty any, fit func(*waymark.Outcomes) (any, error)) (any, error) {
	name := in.part + part
	l := in.Learning
	if l == nil {
		return nil, fmt.Errorf("%s is learned, and there is nothing here to fit it on", name)
	}
	if l.parts == nil {
		l.parts = map[string]any{}
	}
	if _, twice := l.parts[name]; twice {
		return nil, fmt.Errorf("two learned parts are named %s", name)
	}
	l.parts[name] = nil // asked for, whatever comes of it
	if l.Saved != nil {
		text, ok := l.Saved[name]
		if !ok {
			return nil, fmt.Errorf("the saved state has no part %s: it was fitted for another policy", name)
		}
		if string(text) == "null" {
			return nil, fmt.Errorf("saved state of %s: found nothing", name)
		}
		if err := json.Unmarshal(text, empty); err != nil {
			return nil, fmt.Errorf("saved state of %s: %w", name, err)
		}
		l.parts[name] = empty
		return empty, nil
	}
	if l.Outcomes == nil || l.Outcomes.Len() == 0 {
		return nil, fmt.Errorf("%s is learned, and there are no outcomes to fit it on", name)
	}
	out, err := fit(l.Outcomes)
	if err != nil {
		return nil, err
	}
	l.parts[name] = out
	return out, nil
}
