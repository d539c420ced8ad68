package evaluators

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"waymark"
)

// Numeric judges the number that an answer arrives at, by its exact value: 20.00
// equals 20, 1e3 equals 1000, 3/4 equals 0.75.
//
// The answer is looked for in this order, the last of each kind counting:
// after "####"; inside \boxed{}; after "answer is", "answer:" and the like; the
// number after the last "=" or in bold in the last line that has a number; the last
// number of the text. An answer without any number is no answer.
type Numeric struct {
	Preset    string  `json:"preset,omitempty" doc:"the rule of a published harness, instead of ours"`
	Tolerance float64 `json:"tolerance,omitempty" doc:"absolute difference that still counts as equal"`
}

// Build checks the preset.
func (c *Numeric) Build() (Judge, error) {
	if !(c.Tolerance >= 0) {
		return nil, specf([]any{"tolerance"}, "found %g, expected a number of at least 0", c.Tolerance)
	}
	if c.Preset == "" {
		tolerance := new(big.Rat)
		if tolerance.SetFloat64(c.Tolerance) == nil {
			return nil, specf([]any{"tolerance"}, "found %g, expected a finite number", c.Tolerance)
		}
		return numericJudge{tolerance}, nil
	}
	p, ok := numericPresets[c.Preset]
	if !ok {
		return nil, unknownPreset(c.Preset, numericPresets)
	}
	return presetJudge{c.Preset, p}, nil
}

type numericJudge struct{ tolerance *big.Rat }

func (j numericJudge) Judge(_ context.Context, t *waymark.Task, text string) (waymark.Grade, error) {
	if len(t.Reference) == 0 {
		return waymark.Grade{}, errNoReference(t)
	}
	got, where := finalNumber(text)
	if where == "" {
		return noAnswer("no number in the answer"), nil
	}
	value := got.value()
	if value == nil {
		return wrong(got.text, "not a number: "+got.text), nil
	}
	for _, ref := range t.Reference {
		want, _ := finalNumber(ref)
		w := want.value()
		if want.text == "" || w == nil {
			return waymark.Grade{}, fmt.Errorf("task %q: the reference %.40q is not a number, as grader numeric expects", t.ID, ref)
		}
		if j.equal(value, w) {
			return right(got.text, where+", equal to "+want.text), nil
		}
	}
	return wrong(got.text, where+", not equal to "+strings.Join(t.Reference, " or ")), nil
}

func (j numericJudge) equal(a, b *big.Rat) bool {
	d := new(big.Rat).Sub(a, b)
	return d.Abs(d).Cmp(j.tolerance) <= 0
}

// finalNumber is the number that a text arrives at, and where it stood; "" if the
// text has no number.
func finalNumber(text string) (number, string) {
	all := numbers(text)
	if len(all) == 0 {
		return number{}, ""
	}
	if n, ok := after(text, all, "####", 1); ok {
		return n, "after ####"
	}
	if n, ok := after(text, all, `\boxed{`, 1); ok {
		return n, `in \boxed`
	}
	if n, ok := stated(text, all); ok {
		return n, "stated as the answer"
	}
	if n, ok := inLastLine(text, all); ok {
		return n, "at the end"
	}
	return all[len(all)-1], "the last number"
}

// after is the first number behind the last mark, at most so many lines on.
func after(text string, all []number, mark string, lines int) (number, bool) {
	i := strings.LastIndex(text, mark)
	if i < 0 {
		return number{}, false
	}
	return firstFrom(text, all, i+len(mark), lines)
}

func firstFrom(text string, all []number, from, lines int) (number, bool) {
	k, _ := slices.BinarySearchFunc(all, from, func(n number, at int) int { return n.start - at })
	if k == len(all) || strings.Count(text[from:all[k].start], "\n") >= lines {
		return number{}, false
	}
	return all[k], true
}
