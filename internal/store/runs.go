package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// A RunInfo is what is kept of a run beside its rows and its result.
type RunInfo struct {
	ID        string
	Status    Status
	Started   time.Time
	Finished  time.Time // zero if it did not finish
	HasResult bool

	Dataset       string
	DatasetDigest string
	Synthetic     bool
	Tasks         int
	Policies      []string // their names, in the order of the suite

	SuitePath, SuiteText, Prices string
	Seed                         uint64
	Jobs                         int
	Version, Commit, Machine     string
	Command, SpecDigest          string
}

const selectRuns = `SELECT run.run, run.status, run.started_ms, run.finished_ms, run.result_json IS NOT NULL,
	dataset.name, dataset.digest, dataset.synthetic, dataset.tasks,
	(SELECT group_concat(name, char(10)) FROM (SELECT name FROM policy WHERE policy.run_id = run.run_id ORDER BY position)),
	suite_path, suite_text, prices, seed, jobs, run.version, source_commit, machine, command, spec_digest
	FROM run JOIN dataset USING (dataset_id)`

// Runs are all runs, newest first.
func (db *DB) Runs(ctx context.Context) ([]RunInfo, error) {
	return db.selectRuns(ctx, selectRuns+" ORDER BY run.run_id DESC")
}

func (db *DB) selectRuns(ctx context.Context, query string, args ...any) (out []RunInfo, err error) {
	err = db.each(ctx, "read the runs", func(scan func(...any) error) error {
		r, err := scanRun(scan)
		out = append(out, r)
		return err
	}, query, args...)
	for i := range out {
		if err == nil && out[i].Status == StatusRunning {
			err = db.confirm(&out[i])
		}
	}
	return out, err
}

// confirm looks whether a run that says it is running still is.
func (db *DB) confirm(r *RunInfo) error {
	if db.holds(r.ID) {
		return nil
	}
	alive, err := db.alive(r.ID)
	if err != nil {
		return explain(db.path, "ask after run "+r.ID, err)
	}
	if !alive {
		r.Status = StatusInterrupted
	}
	return nil
}

func scanRun(scan func(...any) error) (r RunInfo, err error) {
	var started int64
	var finished sql.NullInt64
	var policies sql.NullString
	err = scan(&r.ID, &r.Status, &started, &finished, &r.HasResult, &r.Dataset, &r.DatasetDigest, &r.Synthetic, &r.Tasks, &policies,
		&r.SuitePath, &r.SuiteText, &r.Prices, &r.Seed, &r.Jobs, &r.Version, &r.Commit, &r.Machine, &r.Command, &r.SpecDigest)
	r.Started = time.UnixMilli(started).UTC()
	if finished.Valid {
		r.Finished = time.UnixMilli(finished.Int64).UTC()
	}
	if policies.Valid {
		r.Policies = strings.Split(policies.String, "\n")
	}
	return r, err
}

// FindRun is the run of that id, or the only one whose id starts or ends so, or
// the newest one for "latest".
func (db *DB) FindRun(ctx context.Context, name string) (RunInfo, error) {
	if name == "latest" {
		runs, err := db.selectRuns(ctx, selectRuns+" ORDER BY run.run_id DESC LIMIT 1")
		if err == nil && len(runs) == 0 {
			err = db.errorf(UnknownRun, "there is no run yet; `waymark run SUITE` makes one")
		}
		if err != nil {
			return RunInfo{}, err
		}
		return runs[0], nil
	}
	ids, err := db.ids(ctx)
	if err != nil {
		return RunInfo{}, err
	}
	id, err := db.match(ids, name)
	if err != nil {
		return RunInfo{}, err
	}
	runs, err := db.selectRuns(ctx, selectRuns+" WHERE run.run = ?", id)
	if err != nil {
		return RunInfo{}, err
	}
	return runs[0], nil
}

func (db *DB) ids(ctx context.Context) (ids []string, err error) {
	err = db.each(ctx, "read the runs", func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		ids = append(ids, id)
		return err
	}, "SELECT run FROM run ORDER BY run_id DESC")
	return ids, err
}

// match finds the one id that a person means.
func (db *DB) match(ids []string, name string) (string, error) {
	var found []string
	for _, id := range ids {
		if id == name {
			return id, nil
		}
		if name != "" && (strings.HasPrefix(id, name) || strings.HasSuffix(id, "-"+name)) {
			found = append(found, id)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return "", db.errorf(Ambiguous, "%d runs are called %q: %s", len(found), name, list(found))
	case len(ids) == 0:
		return "", db.errorf(UnknownRun, "there is no run %q, nor any other; `waymark run SUITE` makes one", name)
	}
	return "", db.errorf(UnknownRun, "there is no run %q; the nearest is %s, the newest %s", name, nearest(ids, name), ids[0])
}

// list names a few runs.
func list(ids []string) string {
	const few = 5
	if len(ids) > few {
		return strings.Join(ids[:few], ", ") + fmt.Sprintf(" and %d more", len(ids)-few)
	}
	return strings.Join(ids, ", ")
}
