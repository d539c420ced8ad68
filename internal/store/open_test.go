package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// sampleFile is a closed results file with a run in it.
func sampleFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "results.db")
	db, err := Open(t.Context(), path)
	must(t, err)
	run := begin(t, db, sampleSpec(2000))
	must(t, run.Append(t.Context(), Part{}, sampleRows(0, 0, 2000)))
	must(t, run.Finish(t.Context(), StatusDone, nil))
	must(t, db.Close())
	return path
}

// meddle changes a database from outside.
func meddle(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	must(t, err)
	defer db.Close()
	_, err = db.Exec(statement)
	must(t, err)
}

func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		make func(t *testing.T, path string)
		kind Kind
		says string
		bad  bool
	}{
		"random bytes": {func(t *testing.T, path string) {
			b := make([]byte, 20_000)
			for i := range b {
				b[i] = byte(rand.Uint32())
			}
			must(t, os.WriteFile(path, b, 0o644))
		}, NotDatabase, "not a results file", true},
		"text":  {func(t *testing.T, path string) { must(t, os.WriteFile(path, []byte("name: x\n"), 0o644)) }, NotDatabase, "not a results file", true},
		"zeros": {func(t *testing.T, path string) { must(t, os.WriteFile(path, make([]byte, 8192), 0o644)) }, NotDatabase, "not a results file", true},
		"truncated": {func(t *testing.T, path string) {
			must(t, os.Rename(sampleFile(t), path))
			must(t, os.Truncate(path, 20_000))
		}, Corrupt, ".recover", false},
		"first page overwritten": {func(t *testing.T, path string) {
			b, err := os.ReadFile(sampleFile(t))
			must(t, err)
			copy(b[100:4096], bytes.Repeat([]byte{0xa5}, 3996))
			must(t, os.WriteFile(path, b, 0o644))
		}, Corrupt, ".recover", false},
		"emptied with its log left": {func(t *testing.T, path string) {
			must(t, os.WriteFile(path, nil, 0o644))
			must(t, os.WriteFile(path+"-wal", []byte("something"), 0o644))
		}, Corrupt, "-wal beside it is not", false},
		"another program's": {func(t *testing.T, path string) { meddle(t, path, "CREATE TABLE notes (text)") }, Foreign, "another program", true},
		"newer": {func(t *testing.T, path string) {
			must(t, os.Rename(sampleFile(t), path))
			meddle(t, path, "INSERT INTO schema_version (version_id, is_applied) VALUES (99, 1)")
		}, Newer, "newer waymark (schema 99", true},
		"folder":           {func(t *testing.T, path string) { must(t, os.Mkdir(path, 0o755)) }, NotDatabase, "this is a folder", true},
		"folder not there": {func(t *testing.T, path string) { must(t, os.Remove(filepath.Dir(path))) }, Missing, "folder does not exist", true},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "sub", "r.db")
			must(t, os.Mkdir(filepath.Dir(path), 0o755))
			c.make(t, path)
			before, _ := os.ReadFile(path)
			db, err := Open(t.Context(), path)
			if err == nil {
				db.Close()
				t.Fatal("it was opened")
			}
			checkError(t, err, path, c.kind, c.says, c.bad)
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
		})
	}
}

func checkError(t *testing.T, err error, path string, kind Kind, says string, bad bool) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Kind != kind || e.BadInput() != bad {
		t.Errorf("%#v is not of kind %d with bad input %v", err, kind, bad)
	}
	if line := err.Error(); !strings.HasPrefix(line, path+": ") || !strings.Contains(line, says) || strings.Contains(line, "\n") {
		t.Errorf("the error is %q, want one line with %q", line, says)
	}
}

func TestDamageFoundLater(t *testing.T) {
	path := sampleFile(t)
	b, err := os.ReadFile(path)
	must(t, err)
	for i := len(b) / 2; i < len(b); i++ {
		b[i] = 0xa5
	}
	must(t, os.WriteFile(path, b, 0o644))
	db, err := Open(t.Context(), path)
	must(t, err)
	defer db.Close()
	_, err = readAll(db)
	checkError(t, err, path, Corrupt, ".recover", false)
}

func readAll(db *DB) (n int, err error) {
	ctx := context.Background()
	runs, err := db.Runs(ctx)
	if err != nil {
		return 0, err
	}
	for _, r := range runs {
		d, err := db.Decisions(ctx, r.ID, 0, 0)
		if err != nil {
			return n, err
		}
		n += d.Len()
		if _, err := db.Story(ctx, r.ID, "task-1999"); err != nil {
			return n, err
		}
	}
	return n, nil
}

func TestOpenExisting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.db")
	_, err := OpenExisting(t.Context(), path)
	checkError(t, err, path, Missing, "there is no such file", true)
	if _, err := os.Stat(path); err == nil {
		t.Error("the file was made")
	}
	db, err := OpenExisting(t.Context(), sampleFile(t))
	must(t, err)
	must(t, db.Close())
}

func TestOpenTakesOddNames(t *testing.T) {
	for _, name := range []string{"a b.db", "100%.db", "what?.db", "#1.db", ":memory:", "file:x.db", "naïve.db", "a%20b.db"} {
		path := filepath.Join(t.TempDir(), name)
		db, err := Open(t.Context(), path)
		must(t, err)
		must(t, db.Close())
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOpenIsDurable(t *testing.T) {
	db := openTemp(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000"} {
		var got string
		must(t, db.writer.conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got))
		if got != want {
			t.Errorf("%s is %s, want %s", pragma, got, want)
		}
	}
	if _, err := db.reader.Exec("DELETE FROM run"); err == nil {
		t.Error("readers may write")
	}
}

func TestOpenedByManyAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.db")
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			if out, err := child(t.Context(), "open", path).CombinedOutput(); err != nil {
				errs[i] = fmt.Errorf("%w: %s", err, out)
			}
		})
		wg.Go(func() {
			db, err := Open(t.Context(), path)
			if err != nil {
				errs[i] = errors.Join(errs[i], err)
				return
			}
			errs[i] = errors.Join(errs[i], db.Close())
		})
	}
	wg.Wait()
	must(t, errors.Join(errs...))
	left, err := filepath.Glob(path + "-*")
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestLocked(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a lock")
	}
	t.Parallel()
	path := sampleFile(t)
	db, err := Open(t.Context(), path)
	must(t, err)
	defer db.Close()
	other, err := sql.Open("sqlite3", "file:"+path+"?_txlock=immediate")
	must(t, err)
	defer other.Close()
	held, err := other.Begin()
	must(t, err)
	start := time.Now()
	_, err = db.Begin(t.Context(), sampleSpec(1))
	checkError(t, err, path, Locked, "another process is writing to it (waited 5s)", false)
	if waited := time.Since(start); waited < Wait || waited > Wait+2*time.Second {
		t.Errorf("waited %v, want %v", waited, Wait)
	}
	if n, err := readAll(db); err != nil || n != 2000 {
		t.Errorf("while it is locked one reads %d rows, %v", n, err)
	}
	must(t, held.Rollback())
	begin(t, db, sampleSpec(1))
}

func TestTwoWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.db")
	const tasks, chunk = 3000, 100
	var wg sync.WaitGroup
	ids, errs := make([]string, 4), make([]error, 4)
	for w := range ids { // two handles, of which each is used by two goroutines
		if w%2 == 1 {
			continue
		}
		db, err := Open(t.Context(), path)
		must(t, err)
		t.Cleanup(func() { must(t, db.Close()) })
		for k := range 2 {
			wg.Go(func() { ids[w+k], errs[w+k] = appendAll(t.Context(), db, tasks, chunk) })
		}
	}
	wg.Wait()
	must(t, errors.Join(errs...))
	db, err := Open(t.Context(), path)
	must(t, err)
	defer db.Close()
	integrity(t, db)
	for _, id := range ids {
		d, err := db.Decisions(t.Context(), id, 0, 0)
		if err != nil || d.Len() != tasks {
			t.Errorf("run %s has %d rows, %v; want %d", id, d.Len(), err, tasks)
		}
	}
}

func appendAll(ctx context.Context, db *DB, tasks, chunk int) (string, error) {
	run, err := db.Begin(ctx, sampleSpec(tasks))
	if err != nil {
		return "", err
	}
	for c := range tasks / chunk {
		if err := run.Append(ctx, Part{Chunk: c}, sampleRows(0, c*chunk, (c+1)*chunk)); err != nil {
			return "", err
		}
	}
	return run.ID(), run.Finish(ctx, StatusDone, nil)
}

// A countdown is a context that is cancelled after it was asked so many times.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	c.left--
	if c.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestCancelledAppendLeavesNothing(t *testing.T) {
	db := openTemp(t)
	run := begin(t, db, sampleSpec(1000))
	for _, left := range []int{0, 1, 5, 15} {
		err := run.Append(&countdown{t.Context(), left}, Part{}, sampleRows(0, 0, 1000))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled after %d looks, it gives %v", left, err)
		}
		if d, err := db.Decisions(t.Context(), run.ID(), 0, 0); err != nil || d.Len() != 0 {
			t.Errorf("cancelled after %d looks, %d rows are there, %v", left, d.Len(), err)
		}
	}
	must(t, run.Append(t.Context(), Part{}, sampleRows(0, 0, 1000)))
}
