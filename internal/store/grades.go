package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"

	"waymark"
)

// A GradeKey is the SHA-256 of all that a grade depends on: the grader with its
// version and configuration, the judging fields of the task, and the output.
type GradeKey = [32]byte

// PutGrades remembers what a grader, named with its version and configuration,
// said. A key that is there already keeps the grade that it has.
func (db *DB) PutGrades(ctx context.Context, grader string, keys []GradeKey, grades []waymark.Grade) error {
	if len(keys) != len(grades) {
		return db.errorf(Invalid, "cannot keep grades: %d keys have %d grades", len(keys), len(grades))
	}
	for _, g := range grades {
		if g.Status < waymark.Graded || g.Status > waymark.Failed {
			return db.errorf(Invalid, "cannot keep grades: %v is not an outcome of grading", g.Status)
		}
	}
	order := make([]int, len(keys)) // ascending keys fill the tree in order, and the first of two equal ones stays
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return bytes.Compare(keys[a][:], keys[b][:]) })
	return db.write(ctx, "keep grades", func(t *tx) error {
		var key int64
		err := t.scan(&key, "INSERT INTO grader (name) VALUES (?) ON CONFLICT (name) DO UPDATE SET name = name RETURNING grader_id", grader)
		if err != nil {
			return err
		}
		return t.insert(gradeTable, len(order), func(i int, r row) {
			k := order[i]
			fillGrade(r, keys[k][:], key, grades[k])
		})
	})
}

func fillGrade(r row, key []byte, grader int64, g waymark.Grade) {
	r.blob(0, key)
	r.int(1, grader)
	r.int(2, int64(g.Status))
	r.real(3, g.Score)
	if g.Status == waymark.Failed {
		r.null(3)
	}
	r.known(4, int64(g.Cost.USD), g.Cost.Known)
	r.text(5, g.Extracted)
	r.text(6, g.Why)
}

// Grades looks up many keys: the i-th grade is that of the i-th key, and has no
// Status (0) where the key is not known.
func (db *DB) Grades(ctx context.Context, keys []GradeKey) ([]waymark.Grade, error) {
	out := make([]waymark.Grade, len(keys))
	var any bool
	if err := db.reader.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM grade)").Scan(&any); err != nil || !any {
		return out, explain(db.path, "read grades", err)
	}
	for lo := 0; lo < len(keys); lo += keysPerQuery {
		hi := min(lo+keysPerQuery, len(keys))
		if err := db.lookUp(ctx, keys[lo:hi], out[lo:hi]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

const keysPerQuery = 4096

// lookUp hands all keys over as one blob, which SQLite takes apart.
func (db *DB) lookUp(ctx context.Context, keys []GradeKey, out []waymark.Grade) error {
	blob := make([]byte, 0, len(keys)*len(GradeKey{}))
	for _, k := range keys {
		blob = append(blob, k[:]...)
	}
	return db.each(ctx, "read grades", func(scan func(...any) error) error {
		var i int
		var g waymark.Grade
		var score sql.NullFloat64
		var cost sql.NullInt64
		if err := scan(&i, &g.Status, &score, &cost, &g.Extracted, &g.Why); err != nil {
			return err
		}
		if i < 0 || i >= len(out) {
			return fmt.Errorf("grade %d of %d", i, len(out))
		}
		g.Score, g.Cost = score.Float64, waymark.Cost{USD: waymark.USD(cost.Int64), Known: cost.Valid}
		if g.Status == waymark.Failed {
			g.Score = math.NaN()
		}
		out[i] = g
		return nil
	}, `WITH RECURSIVE k(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM k WHERE i + 1 < ?2)
		SELECT k.i, status, score, cost_pusd, extracted, why FROM k CROSS JOIN grade ON grade.key = substr(?1, k.i * 32 + 1, 32)`,
		blob, len(keys))
}
