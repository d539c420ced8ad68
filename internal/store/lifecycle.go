package store

import (
	"context"
	"errors"
	"os"
	"time"
)

// A Status says how a run stands.
type Status string

// The statuses of a run.
const (
	StatusRunning     Status = "running"
	StatusDone        Status = "done"
	StatusInterrupted Status = "interrupted" // stopped, or its process is gone
	StatusFailed      Status = "failed"
)

// Resume goes on with a run that is interrupted or failed; name is as for
// [DB.FindRun]. The digest of what it is to do must be the one that it was begun
// with. What it has done already is told by [Run.DoneChunks] and read by
// [DB.Decisions].
func (db *DB) Resume(ctx context.Context, name, specDigest string) (*Run, error) {
	info, err := db.FindRun(ctx, name)
	if err != nil {
		return nil, err
	}
	l, err := takeLeaseSoon(db.leasePath(info.ID))
	if errors.Is(err, errHeld) {
		return nil, db.errorf(Busy, "run %s is still going on; wait for it to end, or stop it first", info.ID)
	}
	if err != nil {
		return nil, explain(db.path, "resume run "+info.ID, err)
	}
	if err := db.reopen(ctx, info.ID, specDigest); err != nil {
		return nil, errors.Join(err, l.release())
	}
	db.hold(info.ID, l)
	return db.load(ctx, info.ID)
}

// reopen marks a run as running again, under its lease.
func (db *DB) reopen(ctx context.Context, id, specDigest string) error {
	return db.write(ctx, "resume run "+id, func(t *tx) error {
		var done, same bool
		if err := t.scan(&done, "SELECT status = 'done' FROM run WHERE run = ?", id); err != nil {
			return err
		}
		if err := t.scan(&same, "SELECT spec_digest = ? FROM run WHERE run = ?", specDigest, id); err != nil {
			return err
		}
		switch {
		case done:
			return db.errorf(Changed, "run %s is done; there is nothing to resume", id)
		case !same:
			return db.errorf(Changed, "run %s cannot be resumed: the suite, the dataset, the prices or the seed is not what it was begun with; start a new run", id)
		}
		return t.exec("UPDATE run SET status = 'running', finished_ms = NULL, result_json = NULL WHERE run = ?", id)
	})
}

// reap marks as interrupted, for those who look with sqlite3, what says that it
// is running and is not. It can wait for another time where another process is
// writing.
func (db *DB) reap(ctx context.Context) error {
	var running []string
	err := db.each(ctx, "read the runs", func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		running = append(running, id)
		return err
	}, "SELECT run FROM run WHERE status = 'running'")
	for _, id := range running {
		if err == nil {
			err = db.reapOne(ctx, id)
		}
	}
	if Locked.Is(err) {
		return nil
	}
	return err
}

func (db *DB) reapOne(ctx context.Context, id string) error {
	l, err := takeLeaseSoon(db.leasePath(id))
	if errors.Is(err, errHeld) {
		return nil
	}
	if err != nil {
		return err
	}
	err = db.write(ctx, "mark run "+id+" as interrupted", func(t *tx) error {
		return t.exec("UPDATE run SET status = 'interrupted' WHERE run = ? AND status = 'running'", id)
	})
	return errors.Join(err, l.release())
}

// alive reports whether some process holds the lease of a run.
func (db *DB) alive(id string) (bool, error) {
	path := db.leasePath(id)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if db.writer == nil {
		return false, nil // a file that cannot be written has no writer
	}
	l, err := takeLeaseSoon(path)
	if errors.Is(err, errHeld) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return false, l.release()
}

// takeLeaseSoon tries for a moment, since one who asks whether a run is still
// going on holds its lease while asking.
func takeLeaseSoon(path string) (l *lease, err error) {
	for range 5 {
		if l, err = takeLease(path); !errors.Is(err, errHeld) {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	return l, err
}

func (db *DB) leasePath(run string) string { return db.path + "-run-" + run }

func (db *DB) holds(run string) bool {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.leases[run] != nil
}

func (db *DB) hold(run string, l *lease) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.leases[run] = l
}

func (db *DB) letGo(run string) error {
	db.mu.Lock()
	defer db.mu.Unlock()
	l := db.leases[run]
	delete(db.leases, run)
	if l == nil {
		return nil
	}
	return l.release()
}
