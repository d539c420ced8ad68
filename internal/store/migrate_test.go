package store

import (
	"database/sql"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"waymark"
)

// fixtureRun fills the file that the fixtures in testdata are dumps of.
func fixtureRun(t *testing.T, db *DB) {
	t.Helper()
	run := begin(t, db, sampleSpec(20))
	for repeat := range 2 {
		must(t, run.Append(t.Context(), Part{Repeat: repeat}, sampleRows(0, 0, 20)))
	}
	must(t, run.AppendSteps(t.Context(), Part{Policy: 1}, []int32{0}, &waymark.Steps{
		Start: []int{0, 2}, From: []float64{math.Inf(-1), 0.25}, Arm: []int32{1, 0}, Pick: []waymark.Pick{{Signal: 0.25}},
	}))
	must(t, run.Append(t.Context(), Part{Policy: 2}, Decisions{
		Task: []int32{0}, Status: []Outcome{Failed}, Remarks: []Remark{{0, "no answer"}}, Made: []MadeCall{{Model: "small", Err: "timeout"}},
	}))
	must(t, db.PutGrades(t.Context(), "numeric@1", []GradeKey{{1}}, []waymark.Grade{{Score: 1, Status: waymark.Graded, Extracted: "42"}}))
	must(t, run.Finish(t.Context(), StatusDone, []byte(`{"schema":1}`)))
}

// TestOldVersions opens a dump of every version that was ever published, each
// made by `sqlite3 FILE .dump` of what fixtureRun gave at the time. A dump is
// never changed; a new migration adds one.
func TestOldVersions(t *testing.T) {
	dumps, err := filepath.Glob("testdata/v*.sql")
	must(t, err)
	if int64(len(dumps)) != newest() {
		t.Fatalf("there are dumps %v, want one of each version up to %d", dumps, newest())
	}
	for _, dump := range dumps {
		t.Run(filepath.Base(dump), func(t *testing.T) {
			text, err := os.ReadFile(dump)
			must(t, err)
			path := filepath.Join(t.TempDir(), "results.db")
			meddle(t, path, string(text))
			db, err := Open(t.Context(), path)
			must(t, err)
			defer db.Close()
			integrity(t, db)
			checkFixture(t, db)
			must(t, begin(t, db, sampleSpec(3)).Append(t.Context(), Part{}, sampleRows(0, 0, 3)))
		})
	}
}

func checkFixture(t *testing.T, db *DB) {
	t.Helper()
	run, err := db.FindRun(t.Context(), "latest")
	must(t, err)
	if run.Status != StatusDone || run.Tasks != 20 || run.Seed != math.MaxUint64 {
		t.Errorf("the run is %+v", run)
	}
	d, err := db.Decisions(t.Context(), run.ID, 0, 1)
	must(t, err)
	if diff := cmp.Diff(known(sampleRows(0, 0, 20)), d, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("decisions (-dumped +read):\n%s", diff)
	}
	s, err := db.Story(t.Context(), run.ID, "task-0")
	must(t, err)
	if len(s.Told) != 4 || len(s.Told[2].Steps) != 2 || s.Told[3].Decision.Remark != "no answer" || len(s.Told[3].Decision.Made) != 1 {
		t.Errorf("the story is %+v", s)
	}
	g, err := db.Grades(t.Context(), []GradeKey{{1}})
	must(t, err)
	if g[0].Extracted != "42" {
		t.Errorf("the grade is %+v", g[0])
	}
}

// TestMigrationsOnlyGoForward: each has a number of its own, without gaps, and
// no way back.
func TestMigrationsOnlyGoForward(t *testing.T) {
	db := openTemp(t)
	var versions []int64
	must(t, db.each(t.Context(), "versions", func(scan func(...any) error) error {
		var v int64
		err := scan(&v)
		versions = append(versions, v)
		return err
	}, "SELECT version_id FROM schema_version ORDER BY version_id"))
	for i, v := range versions {
		if v != int64(i) {
			t.Errorf("versions are %v, want 0 up to %d", versions, newest())
		}
	}
	fixtureRun(t, db)
	checkFixture(t, db)
}

// A file that was made but got no further than its header is finished.
func TestHalfMadeFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.db")
	raw, err := sql.Open("sqlite3", path)
	must(t, err)
	_, err = raw.Exec("PRAGMA application_id = 1463900493")
	must(t, err)
	must(t, raw.Close())
	db, err := Open(t.Context(), path)
	must(t, err)
	must(t, db.Close())
}
