package evaluators

import (
	"context"
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"

	"waymark"
)

// Regex judges whether a regular expression of RE2's syntax matches the answer
// somewhere. With a group, what the last match captures must equal a reference, if the task has
// one. RE2 has no lookaround and no backreferences.
type Regex struct {
	Pattern    string `json:"pattern" doc:"in RE2 syntax; (?i) ignores case, (?s) lets . match line ends"`
	IgnoreCase bool   `json:"ignore_case,omitempty" doc:"as (?i)"`
}

// Build compiles the pattern.
func (c *Regex) Build() (Judge, error) {
	if c.Pattern == "" {
		return nil, specf([]any{"pattern"}, "found no pattern, expected a regular expression")
	}
	pattern := c.Pattern
	if c.IgnoreCase {
		pattern = "(?i)" + pattern
	}
	re, err := regexp.Compile(pattern)
	if err == nil {
		return regexJudge{re}, nil
	}
	var at *syntax.Error
	if !errors.As(err, &at) {
		return nil, specf([]any{"pattern"}, "%v", err)
	}
	column := strings.Index(c.Pattern, at.Expr) + 1
	for _, around := range []string{"(?=", "(?!", "(?<=", "(?<!"} {
		if strings.HasPrefix(at.Expr, around) {
			return nil, specf([]any{"pattern"}, "found lookaround %q in column %d of %q: RE2 has none, so that matching takes linear time; capture what matters in a group instead", around, column, c.Pattern)
		}
	}
	return nil, specf([]any{"pattern"}, "%s %q in column %d of %q", at.Code, at.Expr, column, c.Pattern)
}

type regexJudge struct{ re *regexp.Regexp }

func (j regexJudge) Judge(_ context.Context, t *waymark.Task, text string) (waymark.Grade, error) {
	if j.re.NumSubexp() == 0 || len(t.Reference) == 0 {
		if m := j.re.FindString(text); m != "" || j.re.MatchString(text) {
			return right(clip(m), "the pattern matches"), nil
		}
		return wrong("", "the pattern does not match"), nil
	}
	all := j.re.FindAllStringSubmatch(text, -1)
	if len(all) == 0 {
		return noAnswer("the pattern does not match"), nil
	}
	got := ""
	for _, group := range all[len(all)-1][1:] {
		if group != "" {
			got = group
			break
		}
	}
	for _, ref := range t.Reference {
		if fold(got) == fold(ref) {
			return right(clip(got), "captured, equal"), nil
		}
	}
	return wrong(clip(got), "captured, not equal"), nil
}
