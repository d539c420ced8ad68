package suite

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"waymark/internal/claim"
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
	claims, err := s.claims()
	if err != nil {
		return err
	}
	if s.Objective != nil {
		of, err := s.Objective.conditions()
		if err != nil {
			return s.claimError(err, "objective", "subject_to")
		}
		claims = append(claims, of...)
	}
	return b.checkStars(claims)
}

// checkStars refuses claims about every value of a slice of very many.
func (b *board) checkStars(claims []claim.Claim) error {
	for _, c := range claims {
		for _, t := range c.Terms {
			if t.Value != "*" {
				continue
			}
			values := map[string]bool{}
			for i := range b.matrix.Tasks {
				values[sliceOf(&b.matrix.Tasks[i], t.Slice)] = true
			}
			if len(values) > mostSliceValues {
				return &InputError{fmt.Errorf("found %q over %d values of %s, expected at most %d: such a condition is about single tasks", c.Text, len(values), t.Slice, mostSliceValues)}
			}
		}
	}
	return nil
}
