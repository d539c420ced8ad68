package suite

import (
	"fmt"
	"slices"
	"strings"
)

// unlike tells why two runs are not about the same thing, as reasons that begin with "its"; none
// if they are. Tasks may come and go, as in a rolling sample, and be answered anew: the
// dataset's digest may differ for that. A task that has kept its id and asks something else, or is
// judged by something else, may not.
func unlike(a, b *Evidence) (why []string) {
	if a.Dataset.Name != b.Dataset.Name {
		why = append(why, fmt.Sprintf("its dataset is %s, not %s", b.Dataset.Name, a.Dataset.Name))
	}
	if a.Dataset.QualityLo != b.Dataset.QualityLo || a.Dataset.QualityHi != b.Dataset.QualityHi {
		why = append(why, fmt.Sprintf("its quality goes from %g to %g, not from %g to %g", b.Dataset.QualityLo, b.Dataset.QualityHi, a.Dataset.QualityLo, a.Dataset.QualityHi))
	}
	graders := !slices.Equal(a.Graders, b.Graders)
	if text := gradersOf(a, b); graders && (text != "" || overlap(a, b) == 0) {
		why = append(why, "its graders are others"+text)
	}
	if a.Dataset.Digest == b.Dataset.Digest && a.Dataset.Digest != "" && !graders {
		return why
	}
	switch changed, first := a.changed(b); {
	case overlap(a, b) == 0:
	case a.Contents == nil || b.Contents == nil:
		why = append(why, "its dataset has another digest, and one of the two runs is too old to tell whether the tasks are the same")
	case changed > 0:
		why = append(why, fmt.Sprintf("%d of its %d tasks that are in both ask something else or are judged by something else (the first is %q)", changed, overlap(a, b), first))
	}
	return why
}

// gradersOf names the graders that only one of two runs has; "" where tasks that came or went
// explain them, since those that stayed are judged as before.
func gradersOf(a, b *Evidence) string {
	if changed, _ := a.changed(b); changed == 0 && a.Contents != nil && b.Contents != nil {
		return ""
	}
	var gone, come []string
	for _, g := range b.Graders {
		if !slices.Contains(a.Graders, g) {
			gone = append(gone, g)
		}
	}
	for _, g := range a.Graders {
		if !slices.Contains(b.Graders, g) {
			come = append(come, g)
		}
	}
	return fmt.Sprintf(": %s, where this run has %s", listed(gone), listed(come))
}

func listed(names []string) string {
	if len(names) == 0 {
		return "none of its own"
	}
	return strings.Join(names, ", ")
}

// changed counts the tasks of both that are not the same task, and names the first.
func (e *Evidence) changed(b *Evidence) (n int, first string) {
	if e.Contents == nil || b.Contents == nil {
		return 0, ""
	}
	for i, k := range e.within(b) {
		if k >= 0 && b.Contents[k] != e.Contents[i] {
			if n++; n == 1 {
				first = e.Tasks[i]
			}
		}
	}
	return n, first
}

// overlap is how many tasks of a are in b.
func overlap(a, b *Evidence) (n int) {
	for _, k := range a.within(b) {
		if k >= 0 {
			n++
		}
	}
	return n
}

// rests says what a comparison of two runs rests on that a reader would want to know.
func rests(a, b *Evidence) (notes []string) {
	n := overlap(a, b)
	if gone, come := len(b.Tasks)-n, len(a.Tasks)-n; gone > 0 || come > 0 {
		notes = append(notes, fmt.Sprintf("of %s's %d tasks %d are not in this run, which has %d new ones", runName(b), len(b.Tasks), gone, come))
	}
	if a.Dataset.Digest != b.Dataset.Digest && n > 0 {
		notes = append(notes, fmt.Sprintf("the dataset's files are not those of %s: responses may be fresh, and differences are theirs too", runName(b)))
	}
	return notes
}
