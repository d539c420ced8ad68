package suite

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"waymark/internal/yamlfile"
)

// mostSliceValues is how many values a slice may have where tables and claims look at every one.
const mostSliceValues = 2000

// checkSlices refuses slices that no task has, and those of which nearly every task has its own.
func (b *board) checkSlices(_ context.Context, s *Suite, _ *Options) error {
	known := map[string]bool{"category": true}
	for i := range b.matrix.Tasks {
		for name := range b.matrix.Tasks[i].Metadata {
			known["metadata."+name] = true
		}
	}
	for i, name := range s.Slices {
		if known[name] || known["metadata."+name] {
			continue
		}
		near := ""
		if n := yamlfile.Nearest(name, slices.Sorted(maps.Keys(known))); n != "" {
			near = fmt.Sprintf("; did you mean %q?", n)
		}
		return s.errorf([]any{"slices", i}, "found %q, expected category or metadata.NAME of a field that some task has%s", name, near)
	}
	return b.checkStars(s)
}

// checkStars refuses claims that ask for every value of a slice of very many.
func (b *board) checkStars(s *Suite) error {
	texts := slices.Clone(s.Checks)
	if s.Objective != nil {
		texts = append(texts, s.Objective.SubjectTo)
	}
	for _, text := range texts {
		_, after, star := strings.Cut(text, "=*")
		if !star || after == "" && !strings.HasSuffix(text, "=*)") {
			continue
		}
		for _, name := range s.sliceNames() {
			if !strings.Contains(text, name+"=*") {
				continue
			}
			values := map[string]bool{}
			for i := range b.matrix.Tasks {
				values[sliceOf(&b.matrix.Tasks[i], name)] = true
			}
			if len(values) > mostSliceValues {
				return &InputError{fmt.Errorf("%s: found %q over %d values of %s, expected at most %d: such a condition is about single tasks", s.Path, text, len(values), name, mostSliceValues)}
			}
		}
	}
	return nil
}
