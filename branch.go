package waymark

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A Part is the answer to one part of a query, as its trial came to it.
type Part struct {
	Query  string // the part's ID, such as "parent/2"
	Path   string // where it stands in the whole, such as "2" or "2/1"
	Answer int    // position in the trial's calls, or Composed
	Text   string // the answer, where Composed
}

// A Branch is what became of a trial of one part.
type Branch struct {
	Trial    *Trial
	Decision Decision
	Err      error // why there is no answer
}

// Fork is a trial of a part of t's query, which is named within it. It begins when
// t stands where it does now and those of after, which are forks of t, have ended.
// Forks may run side by side, each by one goroutine; what they did enters t by Join.
func (t *Trial) Fork(name string, q Query, after ...*Trial) *Trial {
	s := NewTrial(q, t.Repeat, t.Seed, t.src)
	s.part, s.round, s.clock = name, t.round, t.clock
	if t.part != "" {
		s.part = t.part + "/" + name
	}
	for _, a := range after {
		s.round, s.clock = max(s.round, a.round), max(s.clock, a.clock)
	}
	return s
}

// Answered has p answer t's query and returns what came of it. An answer that failed is an error.
func (t *Trial) Answered(ctx context.Context, p Policy) Branch {
	b := Branch{Trial: t}
	b.Decision, b.Err = p.Route(ctx, t)
	switch d := b.Decision; {
	case b.Err != nil || d.Answer == Composed:
	case d.Answer < 0 || d.Answer >= len(t.calls):
		b.Err = errNoAnswer
	case t.calls[d.Answer].Err != "":
		b.Err = fmt.Errorf("%s: %s", t.calls[d.Answer].Model, t.calls[d.Answer].Err)
	case !t.calls[d.Answer].HasOutput:
		b.Err = fmt.Errorf("the text that %s answered to %s: %w", t.calls[d.Answer].Model, t.Query.ID, ErrNotRecorded)
	}
	return b
}

// Text is the answer of a branch, "" where there is none.
func (b Branch) Text() string {
	switch {
	case b.Err != nil:
		return ""
	case b.Decision.Answer == Composed:
		return b.Decision.Text
	}
	return b.Trial.calls[b.Decision.Answer].Output
}

// Join enters forks of t, in the order given whatever the order in which they ended: all of
// their calls are charged, and t goes on when the last has ended. It returns the errors of those
// that failed, and the positions in t of the answers, Composed where a branch has no call for one.
func (t *Trial) Join(branches ...Branch) (answers []int, err error) {
	var errs []error
	waited, round, clock := time.Duration(0), t.round, t.clock
	for _, b := range branches {
		s, first := b.Trial, len(t.calls)
		for _, c := range s.calls {
			c.N += first
			t.calls = append(t.calls, c)
		}
		for _, p := range s.parts {
			t.parts = append(t.parts, p.moved(first))
		}
		for _, x := range s.signals {
			t.signals = append(t.signals, Signal{Name: s.Query.ID + ": " + x.Name, Value: x.Value})
		}
		waited, round, clock = max(waited, s.waited), max(round, s.round), max(clock, s.clock)
		p := Part{Query: s.Query.ID, Path: s.part, Answer: b.Decision.Answer, Text: b.Decision.Text}.moved(first)
		if b.Err != nil {
			errs = append(errs, fmt.Errorf("part %s: %w", s.Query.ID, b.Err))
			p.Answer = Composed
		} else {
			t.parts = append(t.parts, p)
		}
		answers = append(answers, p.Answer)
	}
	t.waited, t.round, t.clock = t.waited+waited, round, clock
	return answers, errors.Join(errs...)
}

// moved is the part in a trial of whose calls its own begin at first.
func (p Part) moved(first int) Part {
	if p.Answer != Composed {
		p.Answer += first
	}
	return p
}
