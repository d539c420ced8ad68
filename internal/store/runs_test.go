package store

import (
	"database/sql"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRunInfo(t *testing.T) {
	db := openTemp(t)
	spec := sampleSpec(5)
	run := begin(t, db, spec)
	must(t, run.Finish(t.Context(), StatusDone, []byte(`{"schema":1}`)))
	got, err := db.FindRun(t.Context(), run.ID())
	must(t, err)
	if got.Finished.Before(got.Started) {
		t.Errorf("finished at %v, started at %v", got.Finished, got.Started)
	}
	got.Finished = time.Time{}
	want := RunInfo{
		ID: run.ID(), Status: StatusDone, Started: spec.Started, HasResult: true,
		Dataset: "sample", DatasetDigest: "sha256:da7a", Synthetic: true, Tasks: 5, Policies: []string{"coin", "difficulty", "cascade"},
		SuitePath: "suite.yaml", SuiteText: "dataset: d\n", Prices: "recorded", Seed: math.MaxUint64, Jobs: 2,
		Version: "v0", Commit: "abc", Machine: "amd64, 2 processors", Command: "waymark run suite.yaml", SpecDigest: "sha256:5bec",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	result, err := db.Result(t.Context(), run.ID())
	must(t, err)
	if string(result) != `{"schema":1}` {
		t.Errorf("the result is %s", result)
	}
	if !strings.HasPrefix(run.ID(), "20261124-130501-") {
		t.Errorf("the run is called %s, want its time and four digits", run.ID())
	}
}

func TestFindRun(t *testing.T) {
	db := openTemp(t)
	if _, err := db.FindRun(t.Context(), "latest"); !UnknownRun.Is(err) {
		t.Errorf("latest of none gives %v", err)
	}
	ids := make([]string, 3)
	for i := range ids {
		spec := sampleSpec(1)
		spec.Started = spec.Started.AddDate(0, 0, i)
		ids[i] = begin(t, db, spec).ID()
	}
	for name, want := range map[string]string{
		"latest": ids[2], ids[1]: ids[1], "20261125": ids[1], ids[0][:len(ids[0])-1]: ids[0],
	} {
		if got, err := db.FindRun(t.Context(), name); err != nil || got.ID != want {
			t.Errorf("%s is %s, %v; want %s", name, got.ID, err, want)
		}
	}
	for name, c := range map[string]struct {
		kind Kind
		says string
	}{
		"2026112":         {Ambiguous, ids[2] + ", " + ids[1] + ", " + ids[0]},
		"20261135-130501": {UnknownRun, "the nearest is 202611"},
		"":                {UnknownRun, "no run"},
	} {
		_, err := db.FindRun(t.Context(), name)
		if !c.kind.Is(err) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q gives %v, want %q in it", name, err, c.says)
		}
		var e *Error
		if !errors.As(err, &e) || !e.BadInput() {
			t.Errorf("%q is not bad input: %v", name, err)
		}
	}
	all, err := db.Runs(t.Context())
	must(t, err)
	if len(all) != 3 || all[0].ID != ids[2] || all[2].ID != ids[0] {
		t.Errorf("runs are %v, want the newest first", all)
	}
}

func TestResume(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.db")
	db, err := Open(t.Context(), path)
	must(t, err)
	spec := sampleSpec(10)
	run := begin(t, db, spec)
	must(t, run.Append(t.Context(), Part{}, sampleRows(0, 0, 10)))
	if _, err := db.Resume(t.Context(), run.ID(), spec.Digest); !Busy.Is(err) {
		t.Errorf("resuming a run that is going on gives %v", err)
	}
	status(t, db, StatusRunning)
	must(t, db.Close()) // as a process does that ends without finishing

	db, err = Open(t.Context(), path)
	must(t, err)
	defer db.Close()
	status(t, db, StatusInterrupted)
	if _, err := db.Resume(t.Context(), "latest", "sha256:other"); !Changed.Is(err) {
		t.Errorf("resuming under another suite gives %v", err)
	}
	again, err := db.Resume(t.Context(), "latest", spec.Digest)
	must(t, err)
	status(t, db, StatusRunning)
	if again.ID() != run.ID() {
		t.Errorf("resumed %s, want %s", again.ID(), run.ID())
	}
	done, err := again.DoneChunks(t.Context())
	must(t, err)
	if done.Decisions[Part{}] != 10 {
		t.Errorf("done is %v", done)
	}
	must(t, again.Append(t.Context(), Part{Chunk: 1, Repeat: 1}, sampleRows(0, 0, 10)))
	must(t, again.Finish(t.Context(), StatusDone, nil))
	status(t, db, StatusDone)
	if _, err := db.Resume(t.Context(), "latest", spec.Digest); !Changed.Is(err) {
		t.Errorf("resuming a run that is done gives %v", err)
	}
	left, err := filepath.Glob(path + "-run-*")
	if err != nil || len(left) != 0 {
		t.Errorf("leases are left behind: %v, %v", left, err)
	}
}

func status(t *testing.T, db *DB, want Status) {
	t.Helper()
	info, err := db.FindRun(t.Context(), "latest")
	must(t, err)
	if info.Status != want {
		t.Errorf("the run is %s, want %s", info.Status, want)
	}
}

// A file that was copied from another machine while a run was going on has no
// lease beside it: nobody here goes on with that run.
func TestCopiedRunIsInterrupted(t *testing.T) {
	db := openTemp(t)
	begin(t, db, sampleSpec(1))
	copied := filepath.Join(t.TempDir(), "copy.db")
	must(t, db.write(t.Context(), "flush", func(t *tx) error { return nil }))
	plain, err := sql.Open("sqlite3", db.path)
	must(t, err)
	defer plain.Close()
	_, err = plain.Exec("VACUUM INTO ?", copied)
	must(t, err)
	other, err := Open(t.Context(), copied)
	must(t, err)
	defer other.Close()
	status(t, other, StatusInterrupted)
	status(t, db, StatusRunning)
}

func TestTasksAreKeptOnce(t *testing.T) {
	db := openTemp(t)
	for range 2 {
		begin(t, db, sampleSpec(7))
	}
	filtered := sampleSpec(7)
	filtered.Tasks.IDs, filtered.Tasks.Categories, filtered.Tasks.Splits = filtered.Tasks.IDs[1:], nil, nil
	begin(t, db, filtered)
	var datasets, tasks int
	must(t, db.reader.QueryRow("SELECT count(*) FROM dataset").Scan(&datasets))
	must(t, db.reader.QueryRow("SELECT count(*) FROM task").Scan(&tasks))
	if datasets != 2 || tasks != 13 {
		t.Errorf("%d datasets with %d tasks, want 2 with 7 + 6", datasets, tasks)
	}
}

func TestBeginRefusesHalfARun(t *testing.T) {
	db := openTemp(t)
	for name, change := range map[string]func(*RunSpec){
		"splits":     func(s *RunSpec) { s.Tasks.Splits = s.Tasks.Splits[1:] },
		"categories": func(s *RunSpec) { s.Tasks.Categories = s.Tasks.Categories[1:] },
		"repeats":    func(s *RunSpec) { s.Policies[0].Repeats = 0 },
		"same task":  func(s *RunSpec) { s.Tasks.IDs[1] = s.Tasks.IDs[0] },
		"same name":  func(s *RunSpec) { s.Policies[1].Name = s.Policies[0].Name },
	} {
		spec := sampleSpec(5)
		change(&spec)
		if _, err := db.Begin(t.Context(), spec); err == nil {
			t.Errorf("%s: was accepted", name)
		}
	}
	runs, err := db.Runs(t.Context())
	if err != nil || len(runs) != 0 {
		t.Errorf("there are runs: %v, %v", runs, err)
	}
	left, _ := os.ReadDir(filepath.Dir(db.Path()))
	for _, e := range left {
		if strings.Contains(e.Name(), "-run-") {
			t.Errorf("%s is left behind", e.Name())
		}
	}
}
