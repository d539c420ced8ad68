package suite

import (
	"context"
	"sort"

	"waymark"
	"waymark/evaluators"
	"waymark/internal/store"
)

// A memo holds the grades that results.db remembers for the answers of a run, and
// gathers those that are new.
type memo struct {
	known map[store.GradeKey]waymark.Grade
	fresh map[string]*freshGrades // by grader
}

type freshGrades struct {
	keys   []store.GradeKey
	grades []waymark.Grade
}

// recall looks up every answer of the board that a grader of text judges.
func (b *board) recall(ctx context.Context, db *store.DB, perTask []evaluators.Named) (*memo, error) {
	m := &memo{known: map[store.GradeKey]waymark.Grade{}, fresh: map[string]*freshGrades{}}
	if db == nil {
		return m, nil
	}
	var keys []store.GradeKey
	for col := range b.matrix.Models {
		for row := range b.matrix.Tasks {
			for n := range b.matrix.Samples(col, row) {
				if key, ok := b.gradeKey(perTask[row], col, row, n); ok {
					keys = append(keys, key)
				}
			}
		}
	}
	if len(keys) == 0 {
		return m, nil
	}
	grades, err := db.Grades(ctx, keys)
	if err != nil {
		return nil, err
	}
	for i, g := range grades {
		if g.Status != 0 {
			m.known[keys[i]] = g
		}
	}
	return m, nil
}

// gradeKey is what a grade is remembered by; ok is false for one that needs no
// remembering, since it is recorded.
func (b *board) gradeKey(g evaluators.Named, col, row, n int) (key store.GradeKey, ok bool) {
	if evaluators.TakesRecorded(g) {
		return key, false
	}
	r := b.matrix.Sample(col, row, n).Response
	if !r.HasOutput {
		return key, false
	}
	return evaluators.MemoKey(g, &b.matrix.Tasks[row], r.Output), true
}

// keep writes the new grades to results.db.
func (m *memo) keep(ctx context.Context, db *store.DB) error {
	if db == nil {
		return nil
	}
	names := make([]string, 0, len(m.fresh))
	for name := range m.fresh {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		f := m.fresh[name]
		if err := db.PutGrades(ctx, name, f.keys, f.grades); err != nil {
			return err
		}
	}
	return nil
}

// gather adds the new grades of one chunk; the caller holds the tally's lock.
func (m *memo) gather(name string, keys []store.GradeKey, grades []waymark.Grade) {
	f := m.fresh[name]
	if f == nil {
		f = &freshGrades{}
		m.fresh[name] = f
	}
	f.keys, f.grades = append(f.keys, keys...), append(f.grades, grades...)
}
