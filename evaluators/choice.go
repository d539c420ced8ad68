package evaluators

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"waymark"
)

// Choice judges the letter that an answer chooses. It is looked for in this order,
// the last of each kind counting: in \boxed{}; after "answer is", "answer:" or
// "choose", with brackets, quotes or markdown around it or not; as the whole answer, or as the first or the
// last line of it, alone or before ")", "." or ":". A letter in running text is none.
type Choice struct {
	Preset  string `json:"preset,omitempty" doc:"the rule of a published harness, instead of ours"`
	Letters string `json:"letters,omitempty" doc:"those that can be chosen; default ABCDEFGHIJ"`
}

// Build checks the preset and the letters.
func (c *Choice) Build() (Judge, error) {
	if c.Preset != "" {
		p, ok := choicePresets[c.Preset]
		if !ok {
			return nil, unknownPreset(c.Preset, choicePresets)
		}
		return presetJudge{c.Preset, p}, nil
	}
	letters := strings.ToUpper(c.Letters)
	if letters == "" {
		letters = "ABCDEFGHIJ"
	}
	for _, r := range letters {
		if r < 'A' || r > 'Z' {
			return nil, specf([]any{"letters"}, "found %q, expected letters from A to Z", c.Letters)
		}
	}
	return choiceJudge{letters}, nil
}

type choiceJudge struct{ letters string }

func (j choiceJudge) Judge(_ context.Context, t *waymark.Task, text string) (waymark.Grade, error) {
	if len(t.Reference) == 0 {
		return waymark.Grade{}, errNoReference(t)
	}
	got := j.chosen(text)
	if got == "" {
		return noAnswer("no letter is chosen"), nil
	}
	for _, ref := range t.Reference {
		want := j.alone(ref)
		if want == "" {
			return waymark.Grade{}, fmt.Errorf("task %q: the reference %.40q is not one of the letters %s, as grader choice expects", t.ID, ref, j.letters)
		}
		if got == want {
			return right(got, "chosen"), nil
		}
	}
	return wrong(got, "chosen, not "+strings.Join(t.Reference, " or ")), nil
}

var choiceWords = []string{"answer is", "answer:", "answer", "option is", "choice is", "i choose", "i select"}

// chosen is the letter, "" if none is.
func (j choiceJudge) chosen(text string) string {
	if i := strings.LastIndex(text, `\boxed{`); i >= 0 {
		if l := j.leading(strings.TrimPrefix(text[i+len(`\boxed{`):], `\text{`)); l != "" {
			return l
		}
	}
	lower := lowerASCII(text)
	best, letter := -1, ""
	for _, w := range choiceWords {
		for from := 0; ; {
			i := strings.Index(lower[from:], w)
			if i < 0 {
				break
			}
			at := from + i
			from = at + len(w)
			if l := j.leading(text[from:]); l != "" && at >= best {
				best, letter = at, l
			}
		}
	}
	if letter != "" {
		return letter
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for _, line := range []string{lines[len(lines)-1], lines[0]} {
		if l := j.alone(line); l != "" {
			return l
		}
	}
	return ""
}

const choiceMarks = "*_`\"'“”‘’$([{: \t\n"

// leading is the letter that a text begins with, marks apart, if it stands alone:
// "A" is a letter before a space or a bracket, and a word before a letter. A lower-case letter counts in
// brackets only, since "a" is a word.
func (j choiceJudge) leading(text string) string {
	trimmed := strings.TrimLeft(text, choiceMarks)
	if trimmed == "" || len(text)-len(trimmed) > 20 {
		return ""
	}
	marks := text[:len(text)-len(trimmed)]
	rest := strings.TrimPrefix(trimmed, "option ")
	if rest == "" {
		return ""
	}
	letter := strings.ToUpper(rest[:1])
	if !strings.Contains(j.letters, letter) || letter != rest[:1] && !strings.ContainsAny(marks, "([{") {
		return ""
	}
	if next := []rune(rest[1:min(len(rest), 5)]); len(next) > 0 && (unicode.IsLetter(next[0]) || unicode.IsDigit(next[0]) || next[0] == '\'' || next[0] == '’') {
		return ""
	}
	if after := strings.TrimLeft(rest[1:], " "); (letter == "A" || letter == "I") && rest[1:] != after && after != "" && marks == strings.TrimLeft(marks, "([{*\"'`$") {
		if r := []rune(after[:min(len(after), 4)]); len(r) > 0 && unicode.IsLower(r[0]) && !strings.HasPrefix(after, "because") && !strings.HasPrefix(after, "since") && !strings.HasPrefix(after, "as ") {
			return "" // "the answer is A bird"
		}
	}
	return letter
}

// alone is the letter that a line consists of, or begins with before ")", "." or ":".
func (j choiceJudge) alone(line string) string {
	s := strings.Trim(strings.TrimSpace(line), choiceMarks)
	if s == "" {
		return ""
	}
	letter := strings.ToUpper(s[:1])
	if !strings.Contains(j.letters, letter) {
		return ""
	}
	rest := strings.TrimLeft(s[1:], "*_`\"'")
	if rest == "" || strings.HasPrefix(rest, ")") || strings.HasPrefix(rest, "]") || strings.HasPrefix(rest, "}") || letter == s[:1] && (strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, ":")) {
		return letter
	}
	return ""
}

// choicePresets are rules of published harnesses, re-implemented from their
// behaviour.
var choicePresets = map[string]preset{
	"inspect.answer(letter)": choicePattern(regexp.MustCompile(`(?i)ANSWER\s*:\s*([A-Z])(?:[^\w]|\n|$)`), true),
	"simple-evals.gpqa":      choicePattern(regexp.MustCompile(`(?i)Answer[ \t]*:[ \t]*\$?([A-D])\$?`), false),
	"lm-eval.mmlu_pro":       choicePattern(regexp.MustCompile(`answer is \(?([A-J])\)?`), false),
	"lm-eval.mmlu_flan":      choicePattern(regexp.MustCompile(`(\([A-Z]\))`), false),
}

// choicePattern takes the first or the last match of a pattern's group.
func choicePattern(re *regexp.Regexp, last bool) preset {
	return func(text, ref string) (string, bool, bool) {
		all := re.FindAllStringSubmatch(text, -1)
		if len(all) == 0 {
			return "", false, false
		}
		got := all[0][1]
		if last {
			got = all[len(all)-1][1]
		}
		return got, strings.EqualFold(strings.Trim(got, "()"), strings.Trim(ref, "()")), true
	}
}
