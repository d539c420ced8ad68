package suite

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"waymark"
	"waymark/internal/leakage"
	"waymark/internal/replay"
)

// prompts looks for prompts that stand on both sides of the split, or several times
// among the reported tasks.
func (l *linter) prompts(ctx context.Context) error {
	tasks := l.b.matrix.Tasks
	p := &leakage.Prompts{
		N: len(tasks), Read: func(i int) string { return waymark.Prompt(tasks[i].Messages) }, Files: l.files(),
		Side: l.side(), Workers: l.workers,
	}
	for i := range tasks {
		p.Group, p.Category = append(p.Group, tasks[i].Group), append(p.Category, tasks[i].Category)
	}
	d, err := leakage.Duplicates(ctx, p, l.out.Similarity)
	if err != nil {
		return err
	}
	l.out.Compared, l.out.Among = d.Looked, d.Among
	if d.Across.Count() > 0 {
		l.add(l.duplicated("near-duplicates", Warning, d, &d.Across,
			fmt.Sprintf("ask what a task of the tune split asks (%d in the same words, %d nearly so: similarity %g or more)", d.Across.Same, d.Across.Near, d.Similarity),
			"what was chosen or fitted on the tune split has seen them: give such tasks a common group, so that the split keeps them on one side, or filter them out"))
	}
	if n := d.Within.Count(); n > 0 {
		severity := Note
		if float64(n) >= 0.01*float64(d.Test) {
			severity = Warning
		}
		l.add(l.duplicated("repeated-prompts", severity, d, &d.Within,
			fmt.Sprintf("ask what another reported task asks (%d in the same words, %d nearly so: similarity %g or more) and count as independent of it", d.Within.Same, d.Within.Near, d.Similarity),
			"intervals may be too narrow: give such tasks a common group"))
	}
	if d.Empty > 0 && d.Test+d.Tune == 0 {
		l.add(Finding{
			Kind: "no-prompts", Severity: Note, Count: d.Empty, Of: d.Empty, Text: "no task has a prompt: duplicates cannot be told",
			Advice: "give the tasks their prompts if near-duplicates are to be found",
		})
	}
	return nil
}

// files says of a task which files its messages come with; nil where none has any.
func (l *linter) files() func(int) string {
	of := map[int]string{}
	for i := range l.b.matrix.Tasks {
		for _, m := range l.b.matrix.Tasks[i].Messages {
			for _, f := range m.Files {
				of[i] += f.Digest + "\n"
			}
		}
	}
	if len(of) == 0 {
		return nil
	}
	return func(i int) string { return of[i] }
}

func (l *linter) duplicated(kind, severity string, d *leakage.Duplicated, m *leakage.Matches, what, advice string) Finding {
	f := Finding{Kind: kind, Severity: severity, Count: m.Count(), Of: d.Test, AtLeast: d.AtLeast, Advice: advice}
	f.Text = fmt.Sprintf("%d of %d reported tasks (%s) %s", f.Count, f.Of, percent(f.Count, f.Of), what)
	if f.AtLeast {
		f.Text = "at least " + f.Text
	}
	if d.Looked < d.Test || kind == "near-duplicates" && d.Among < d.Tune {
		f.AtLeast = true
		f.Text += fmt.Sprintf("; near-duplicates were looked for on a sample only: %d of %d reported tasks among %d of %d tune tasks", d.Looked, d.Test, d.Among, d.Tune)
	}
	for _, x := range m.Examples {
		e := l.example(x.Task, x.Other)
		e.Similarity = pointer(math.Round(1000*x.Similarity) / 1000)
		f.Examples = append(f.Examples, e)
	}
	return f
}

// names looks at ids, groups and references.
func (l *linter) names() {
	tasks := l.b.matrix.Tasks
	ids, groups, questions, references := make([]string, len(tasks)), make([]string, len(tasks)), make([]string, len(tasks)), make([][]string, len(tasks))
	labelled := slices.ContainsFunc(tasks, func(t waymark.Task) bool { return len(t.Reference) > 0 })
	for i := range tasks {
		ids[i], groups[i], references[i] = tasks[i].ID, tasks[i].Group, tasks[i].Reference
		if labelled {
			questions[i] = asked(&tasks[i])
		}
	}
	if sets := leakage.AlikeIDs(ids); len(sets) > 0 {
		l.add(Finding{
			Kind: "alike-ids", Severity: Warning, Count: total(sets), Of: len(ids), Examples: l.few(sets),
			Text:   fmt.Sprintf("%d of %d task ids differ from another only in case, space or invisible characters", total(sets), len(ids)),
			Advice: "they may be one task that was written twice, and a recording may have mixed them up: rename or remove them",
		})
	}
	if labelled {
		if sets := leakage.Conflicts(questions, references); len(sets) > 0 {
			l.add(Finding{
				Kind: "conflicting-references", Severity: Warning, Count: total(sets), Of: len(ids), Examples: l.few(sets),
				Text:   fmt.Sprintf("%d tasks ask exactly what another asks and have another reference answer", total(sets)),
				Advice: "at most one of the references is right: correct them, or list both as acceptable",
			})
		}
	}
	if l.b.split {
		l.straddling(groups)
	}
}

func total(sets [][]int) (n int) {
	for _, set := range sets {
		n += len(set)
	}
	return n
}

// asked is the digest of all that a model is asked.
func asked(t *waymark.Task) string {
	text, err := json.Marshal(t.Messages)
	if err != nil {
		return "\x00" + t.ID // equal to none
	}
	sum := sha256.Sum256(text)
	return string(sum[:])
}

func (l *linter) straddling(groups []string) {
	on := leakage.Straddling(groups, l.side())
	if len(on) == 0 {
		return
	}
	names := slices.Sorted(maps.Keys(on))
	n := 0
	for _, k := range on {
		n += k
	}
	f := Finding{
		Kind: "straddling-groups", Severity: Warning, Count: n, Of: len(l.b.test),
		Text:   fmt.Sprintf("%d of %d reported tasks (%s) are of a group that has tasks on the tune side too (%d groups): the tasks' own split, a field or a time sets them apart", n, len(l.b.test), percent(n, len(l.b.test)), len(on)),
		Advice: "tasks of one group are not independent: keep each on one side, or split by share, which goes by group",
	}
	for _, name := range names[:min(len(names), 5)] {
		var rows []int
		for i, g := range groups {
			if g == name && l.side()[i] != leakage.Neither {
				rows = append(rows, i)
			}
		}
		f.Examples = append(f.Examples, l.example(rows...))
	}
	l.add(f)
}

// features looks for features that tell a grade, or are the reference, on one task of
// each unit.
func (l *linter) features() {
	b := l.b
	if len(b.info.Features) == 0 {
		return
	}
	var rows []int
	var unit, key []uint64
	for i, side := range l.side() {
		if side != leakage.Neither {
			rows, unit, key = append(rows, i), append(unit, b.units.keys[i]), append(key, taskKey(b.matrix.Tasks[i].ID))
		}
	}
	rows = at(rows, leakage.Thin(unit, key, mostContested))
	references := make([][]string, len(rows))
	units := make([]uint64, len(rows))
	for k, i := range rows {
		references[k], units[k] = b.matrix.Tasks[i].Reference, b.units.keys[i]
	}
	for _, name := range slices.Sorted(slices.Values(b.info.Features)) {
		column := b.queries.Features[name]
		values := make([]any, len(rows))
		for k, i := range rows {
			values[k] = column.Value(i)
		}
		if c := leakage.CopiesReference(values, references); c.Copies() {
			l.add(Finding{
				Kind: "feature-is-reference", Severity: Suspicious, Count: c.Equal, Of: c.N,
				Text:   fmt.Sprintf("feature %s is the reference answer itself on %d of %d tasks", name, c.Equal, c.N),
				Advice: "a policy that reads it knows the label: take it off the features in dataset.yaml",
			})
		}
		l.tells(name, values, rows, units)
	}
}

// tells looks for the model whose grades a feature tells best.
func (l *linter) tells(name string, values []any, rows []int, units []uint64) {
	var best leakage.Telling
	var models []string
	for col := range l.b.matrix.Models {
		c := &l.b.matrix.Columns[col]
		known, right, of := []any{}, []bool{}, []uint64{}
		for k, i := range rows {
			if c.State[i]&replay.HasScore != 0 {
				known, right, of = append(known, values[k]), append(right, c.Score[i] >= 0.5), append(of, units[k])
			}
		}
		if t := leakage.Tells(known, right, of); t.Encodes() {
			models = append(models, string(l.columnName(col)))
			if t.N > best.N {
				best = t
			}
		}
	}
	if len(models) == 0 {
		return
	}
	l.add(Finding{
		Kind: "feature-tells-grade", Severity: Suspicious, Count: best.Told + best.Seen, Of: best.N,
		Text: fmt.Sprintf("feature %s tells whether %s answers right: on %d of %d tasks that it does and on %d of %d that it does not, learned on other tasks",
			name, strings.Join(models[:min(len(models), 3)], ", "), best.Told, best.Right, best.Seen, best.Wrong),
		Advice: "a feature that is known before the answer does not: it may be made from the grade. Take it off the features in dataset.yaml",
	})
}
