package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"testing"
	"time"

	"waymark"
)

// openTemp opens a new results file, which is closed with the test.
func openTemp(t testing.TB) *DB {
	t.Helper()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "results.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// sampleSpec is a run of three policies over n tasks: one that draws twice, one
// that was swept, and one that makes several calls.
func sampleSpec(n int) RunSpec {
	pool := []waymark.ModelID{"small", "large"}
	s := RunSpec{
		Started:   time.Date(2026, 11, 24, 13, 5, 1, 0, time.UTC),
		SuitePath: "suite.yaml", SuiteText: "dataset: d\n", Prices: "recorded", Seed: math.MaxUint64, Jobs: 2,
		Version: "v0", Commit: "abc", Machine: "amd64, 2 processors", Command: "waymark run suite.yaml", Digest: "sha256:5bec",
		Dataset: waymark.Info{Name: "sample", Version: "1", Licence: "none", Source: "made up", Digest: "sha256:da7a", Synthetic: true, QualityLo: 1, QualityHi: 11, Currency: "USD"},
		Models:  pool,
		Policies: []Policy{
			{Name: "coin", Type: "random", Config: json.RawMessage(`{"weights":{"small":1,"large":1}}`), Arms: pool, Reasons: []string{"drawn"}, Repeats: 2},
			{Name: "difficulty", Type: "threshold", Knob: []float64{0.5}, Config: json.RawMessage(`{}`), Arms: pool, Reasons: []string{"score below the knob", "score at or above the knob", "no score"}, Repeats: 1},
			{Name: "cascade", Type: "cascade", Knob: []float64{math.Inf(-1), 0.7}, Config: json.RawMessage(`{}`), Arms: pool, Repeats: 1},
		},
	}
	for i := range n {
		s.Tasks.IDs = append(s.Tasks.IDs, fmt.Sprintf("task-%d", i))
		s.Tasks.Categories = append(s.Tasks.Categories, []string{"writing", "coding", ""}[i%3])
		s.Tasks.Splits = append(s.Tasks.Splits, waymark.Split(1+i%2))
	}
	return s
}

// sampleRows are decisions about tasks lo up to hi, which depend on nothing but
// the task and the number of the policy. Every column has its unknown values.
func sampleRows(policy, lo, hi int) Decisions {
	var d Decisions
	for i := lo; i < hi; i++ {
		status, arm, score, signal := Answered, int32((i+policy)%2), float64(i%5)/4, float64(i)/100
		switch {
		case i%7 == 3:
			status, score = Hole, math.NaN()
		case i%11 == 5:
			status, arm, score, signal = Failed, waymark.NoArm, math.NaN(), math.NaN()
		}
		d.Task, d.Status, d.Arm = append(d.Task, int32(i)), append(d.Status, status), append(d.Arm, arm)
		d.Reason = append(d.Reason, 0)
		d.Signal, d.Score = append(d.Signal, signal), append(d.Score, score)
		d.CostKnown = append(d.CostKnown, i%13 != 0)
		d.Cost = append(d.Cost, waymark.USD(i%13)*123_456_789_012)
		d.Latency = append(d.Latency, time.Duration(i%4)*time.Millisecond)
		d.Calls = append(d.Calls, int32(i%3))
	}
	return d
}

// begin starts a run, or fails the test.
func begin(t testing.TB, db *DB, spec RunSpec) *Run {
	t.Helper()
	r, err := db.Begin(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// must fails the test for an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// integrity fails the test unless SQLite finds the file sound.
func integrity(t testing.TB, db *DB) {
	t.Helper()
	for _, pragma := range []string{"integrity_check", "foreign_key_check"} {
		err := db.each(context.Background(), pragma, func(scan func(...any) error) error {
			var said string
			if err := scan(&said); pragma == "integrity_check" && err == nil && said == "ok" {
				return nil
			}
			return fmt.Errorf("%s: %s", pragma, said)
		}, "PRAGMA "+pragma)
		must(t, err)
	}
}
