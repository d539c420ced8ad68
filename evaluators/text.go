package evaluators

import (
	"context"
	"strings"
	"unicode"

	"waymark"
)

// Equals judges whether the answer is one of the references: after trimming space
// and, unless exact, folding case, runs of space and the marks around a word
// (quotes, markdown, a full stop at the end).
type Equals struct {
	Preset string `json:"preset,omitempty" doc:"the rule of a published harness, instead of ours"`
	Exact  bool   `json:"exact,omitempty" doc:"compare byte by byte"`
}

// Build checks the preset.
func (c *Equals) Build() (Judge, error) {
	if c.Preset == "" {
		return equalsJudge{c.Exact}, nil
	}
	p, ok := equalsPresets[c.Preset]
	if !ok {
		return nil, unknownPreset(c.Preset, equalsPresets)
	}
	return presetJudge{c.Preset, p}, nil
}

type equalsJudge struct{ exact bool }

func (j equalsJudge) Judge(_ context.Context, t *waymark.Task, text string) (waymark.Grade, error) {
	if len(t.Reference) == 0 {
		return waymark.Grade{}, errNoReference(t)
	}
	got := text
	if !j.exact {
		got = fold(text)
	}
	for _, ref := range t.Reference {
		if j.exact && got == ref || !j.exact && got == fold(ref) {
			return right(got, "equal"), nil
		}
	}
	if strings.TrimSpace(text) == "" {
		return noAnswer("the answer is empty"), nil
	}
	return wrong(clip(got), "not equal"), nil
}

// fold lowers case, makes one space of several, and drops quotes and markdown
// around the text and a full stop at its end.
func fold(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	s = strings.Trim(s, "*_`\"'“”‘’ ")
	s = strings.TrimRight(s, ".")
	return strings.ToLower(strings.Trim(s, "*_`\"'“”‘’ "))
}

// clip shortens what is kept of an answer.
func clip(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// Contains judges whether the answer contains texts: those of values, or the
// task's references. contains and contains-any want one of them, contains-all all.
type Contains struct {
	Values     []string `json:"values,omitempty" doc:"the texts to look for; default: the task's references"`
	IgnoreCase *bool    `json:"ignore_case,omitempty" doc:"whatever the case of letters"`

	ignoreCase, all bool
}

// Build checks the values.
func (c *Contains) Build() (Judge, error) {
	j := containsJudge{values: c.Values, ignoreCase: c.ignoreCase, all: c.all}
	if c.IgnoreCase != nil {
		j.ignoreCase = *c.IgnoreCase
	}
	for i, v := range c.Values {
		if v == "" {
			return nil, specf([]any{"values", i}, "found an empty text, which every answer contains")
		}
	}
	return j, nil
}

type containsJudge struct {
	values          []string
	ignoreCase, all bool
}

func (j containsJudge) Judge(_ context.Context, t *waymark.Task, text string) (waymark.Grade, error) {
	needles := j.values
	if needles == nil {
		needles = t.Reference
	}
	if len(needles) == 0 {
		return waymark.Grade{}, errNoReference(t)
	}
	if j.ignoreCase {
		text = strings.ToLower(text)
	}
	for _, n := range needles {
		look := n
		if j.ignoreCase {
			look = strings.ToLower(n)
		}
		switch found := strings.Contains(text, look); {
		case found && !j.all:
			return right(clip(n), "contains it"), nil
		case !found && j.all:
			return wrong("", "lacks "+clip(n)), nil
		}
	}
	if j.all {
		return right("", "contains all of them"), nil
	}
	if strings.TrimSpace(text) == "" {
		return noAnswer("the answer is empty"), nil
	}
	return wrong("", "contains none of them"), nil
}

// words are the tokens of a text in lower case, without punctuation or articles.
func words(s string) (out []string) {
	for _, w := range strings.Fields(dropPunctuation(strings.ToLower(s))) {
		if w != "a" && w != "an" && w != "the" {
			out = append(out, w)
		}
	}
	return out
}

// dropPunctuation drops the punctuation of ASCII, as Python's string.punctuation
// has it.
func dropPunctuation(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (unicode.IsPunct(r) || unicode.IsSymbol(r)) {
			return -1
		}
		return r
	}, s)
}
