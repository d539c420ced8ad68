package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// SaveBaseline saves a run under a name, in place of the one that had it before.
func (db *DB) SaveBaseline(ctx context.Context, name, run string) error {
	return db.write(ctx, "save the baseline "+name, func(t *tx) error {
		var known int
		if err := t.scan(&known, "SELECT count(*) FROM run WHERE run = ?", run); err != nil {
			return err
		}
		if known == 0 {
			return db.errorf(UnknownRun, "there is no run %q to be saved as the baseline %s", run, name)
		}
		return t.exec(`INSERT INTO baseline (name, run_id, saved_ms) SELECT ?, run_id, ? FROM run WHERE run = ?
			ON CONFLICT (name) DO UPDATE SET run_id = excluded.run_id, saved_ms = excluded.saved_ms`, name, time.Now().UnixMilli(), run)
	})
}

// Baseline is the run that was saved under a name, and whether there is one.
func (db *DB) Baseline(ctx context.Context, name string) (run string, ok bool, err error) {
	err = db.reader.QueryRowContext(ctx, "SELECT run FROM baseline JOIN run USING (run_id) WHERE name = ?", name).Scan(&run)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return run, err == nil, explain(db.path, "read the baseline "+name, err)
}
