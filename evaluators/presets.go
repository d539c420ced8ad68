package evaluators

import (
	"context"
	"sort"
	"strings"

	"waymark"
	"waymark/internal/yamlfile"
)

// A preset is the rule of a published harness: what it extracts from an answer,
// and whether that equals a reference. found is false where it extracts nothing.
type preset func(text, reference string) (extracted string, equal, found bool)

// presetJudge grades by a preset; of several references any may match.
type presetJudge struct {
	name string
	rule preset
}

func (j presetJudge) Judge(_ context.Context, t *waymark.Task, text string) (waymark.Grade, error) {
	if len(t.Reference) == 0 {
		return waymark.Grade{}, errNoReference(t)
	}
	out := noAnswer("nothing extracted by " + j.name)
	for _, ref := range t.Reference {
		got, equal, found := j.rule(text, ref)
		switch {
		case equal:
			return right(got, "as "+j.name+" compares"), nil
		case found:
			out = wrong(got, "not equal, as "+j.name+" compares")
		}
	}
	return out, nil
}

func unknownPreset[T any](name string, among map[string]T) error {
	names := make([]string, 0, len(among))
	for n := range among {
		names = append(names, n)
	}
	sort.Strings(names)
	if near := yamlfile.Nearest(name, names); near != "" {
		return specf([]any{"preset"}, "found %q; did you mean %q?", name, near)
	}
	return specf([]any{"preset"}, "found %q, expected one of %s", name, strings.Join(names, ", "))
}
