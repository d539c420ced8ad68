package evaluators

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"waymark"
)

// F1 scores the overlap of words: the harmonic mean of precision and recall over
// the multisets of words, without punctuation and articles (SQuAD, Rajpurkar et al. 2016).
// The best of several references counts.
type F1 struct {
	Preset string `json:"preset,omitempty" doc:"the rule of a published harness, instead of SQuAD's"`
}

// Build checks the preset.
func (c *F1) Build() (Judge, error) {
	if c.Preset == "" {
		return f1Judge{squadF1}, nil
	}
	f, ok := f1Presets[c.Preset]
	if !ok {
		return nil, unknownPreset(c.Preset, f1Presets)
	}
	return f1Judge{f}, nil
}

var f1Presets = map[string]func(a, b string) float64{
	"openai-evals.f1": squadF1,
	"helm.f1":         func(a, b string) float64 { return f1(set(words(a)), set(words(b))) },
	"inspect.f1":      func(a, b string) float64 { return f1(set(inspectWords(a)), set(inspectWords(b))) },
}

type f1Judge struct {
	score func(answer, reference string) float64
}

func (j f1Judge) Judge(_ context.Context, t *waymark.Task, text string) (waymark.Grade, error) {
	if len(t.Reference) == 0 {
		return waymark.Grade{}, errNoReference(t)
	}
	if strings.TrimSpace(text) == "" {
		return noAnswer("the answer is empty"), nil
	}
	best := 0.0
	for _, ref := range t.Reference {
		best = max(best, j.score(text, ref))
	}
	return waymark.Grade{Score: best, Status: waymark.Graded, Why: fmt.Sprintf("F1 of words %.3f", best)}, nil
}

func squadF1(a, b string) float64 { return f1(bag(words(a)), bag(words(b))) }

func bag(words []string) map[string]int {
	out := map[string]int{}
	for _, w := range words {
		out[w]++
	}
	return out
}

func set(words []string) map[string]int {
	out := map[string]int{}
	for _, w := range words {
		out[w] = 1
	}
	return out
}

// f1 is 2·common/(|a|+|b|); two empty bags agree.
func f1(a, b map[string]int) float64 {
	var common, na, nb int
	for w, n := range a {
		common += min(n, b[w])
		na += n
	}
	for _, n := range b {
		nb += n
	}
	if na+nb == 0 {
		return 1
	}
	return 2 * float64(common) / float64(na+nb)
}

// inspectWords splits at spaces and hyphens; a word that is a number, its edge
// punctuation apart, stands for its value.
func inspectWords(s string) (out []string) {
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ' ' || r == '-' || r == '\n' || r == '\t' }) {
		if x, err := strconv.ParseFloat(strings.Trim(w, ".,;:!?"), 64); err == nil {
			out = append(out, strconv.FormatFloat(x, 'g', -1, 64))
			continue
		}
		w = dropPunctuation(w)
		if x, err := strconv.ParseFloat(w, 64); err == nil {
			w = strconv.FormatFloat(x, 'g', -1, 64)
		}
		if w != "" && w != "a" && w != "an" && w != "the" {
			out = append(out, w)
		}
	}
	return out
}

// equalsPresets compare whole answers as published harnesses do.
var equalsPresets = map[string]preset{
	"helm.quasi_exact_match": func(text, ref string) (string, bool, bool) {
		a, b := strings.Join(words(text), " "), strings.Join(words(ref), " ")
		return clip(a), a == b, a != ""
	},
	"inspect.exact": func(text, ref string) (string, bool, bool) {
		a, b := strings.Join(inspectWords(text), " "), strings.Join(inspectWords(ref), " ")
		return clip(a), a == b, a != ""
	},
	"openai-evals.fuzzy_match": func(text, ref string) (string, bool, bool) {
		a, b := strings.Join(words(text), " "), strings.Join(words(ref), " ")
		if a == "" || b == "" {
			return a, a == b, a != ""
		}
		return clip(a), strings.Contains(a, b) || strings.Contains(b, a), true
	},
}
