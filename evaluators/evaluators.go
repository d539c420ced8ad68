// Package evaluators says what an answer is worth: one file a grader. There is
// no standard "exact match" or "numeric"; every grader names its semantics, has a
// version, and offers the behaviour of published harnesses as presets.
package evaluators

import (
	"context"
	"errors"
	"fmt"

	"waymark"
)

// A Kind is a family of graders, as a suite names it in type.
type Kind struct {
	Name    string
	Version int    // raised when what the grader means changes, since grades are remembered by it
	Doc     string // one line
	New     func() Config
}

// Kinds are the graders that a suite or a task can name. To add one, write its
// file and add its line.
var Kinds = []Kind{
	{"recorded", 1, "the score that the dataset records", func() Config { return new(Recorded) }},
	{"equals", 1, "the answer is one of the references", func() Config { return new(Equals) }},
	{"contains", 1, "the answer contains one of the references", func() Config { return new(Contains) }},
	{"icontains", 1, "as contains, whatever the case of letters", func() Config { return &Contains{ignoreCase: true} }},
	{"contains-any", 1, "the answer contains at least one of several texts", func() Config { return new(Contains) }},
	{"contains-all", 1, "the answer contains all of several texts", func() Config { return &Contains{all: true} }},
	{"regex", 1, "a regular expression matches the answer", func() Config { return new(Regex) }},
	{"choice", 1, "the letter that the answer chooses", func() Config { return new(Choice) }},
	{"numeric", 1, "the number that the answer arrives at, by value", func() Config { return new(Numeric) }},
	{"f1", 1, "overlap of words between answer and reference", func() Config { return new(F1) }},
}

// A Config is what a specification says of one grader. Build checks it.
type Config interface {
	Build() (Judge, error)
}

// A Judge judges text. It must be safe for concurrent use.
type Judge interface {
	Judge(ctx context.Context, t *waymark.Task, text string) (waymark.Grade, error)
}

// ErrNoOutput reports that there is nothing to judge: no output under a grader that
// reads text, no score under one that takes it as recorded. That is a hole, and
// not a wrong answer.
var ErrNoOutput = errors.New("there is nothing to judge")

// errNoReference reports a task that cannot be judged for want of a reference.
func errNoReference(t *waymark.Task) error {
	return fmt.Errorf("task %q has no reference to compare the answer with", t.ID)
}

// Named is a grader that tells its name, version and configuration: what a grade
// is remembered by.
type Named interface {
	waymark.Grader
	Name() string
}

// right and wrong are the plain grades.
func right(extracted, why string) waymark.Grade {
	return waymark.Grade{Score: 1, Status: waymark.Graded, Extracted: extracted, Why: why}
}

func wrong(extracted, why string) waymark.Grade {
	return waymark.Grade{Status: waymark.Graded, Extracted: extracted, Why: why}
}

func noAnswer(why string) waymark.Grade { return waymark.Grade{Status: waymark.NoAnswer, Why: why} }
