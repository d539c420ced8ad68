package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// A DB is an open results file.
type DB struct {
	path   string // as given, for people
	reader *sql.DB
	writer *writer // nil where the file is only read

	mu     sync.Mutex
	leases map[string]*lease // of runs that this DB began or resumed, by run
}

// Open opens the results file at path, or makes it. Runs that were going on in a
// process that is gone are marked as interrupted.
//
// What is not a results file, is damaged, or is newer than this program is
// refused with an [*Error] and left as it is.
func Open(ctx context.Context, path string) (*DB, error) {
	db, err := open(ctx, path)
	if err != nil {
		return nil, explain(path, "open it", err)
	}
	return db, nil
}

// OpenExisting is Open for those who only read: it does not make a file, and it
// opens one that may not be written, whose writing methods then fail.
func OpenExisting(ctx context.Context, path string) (*DB, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{Path: path, Kind: Missing, Text: "there is no such file; `waymark run` makes it, --db names another", Err: err}
	}
	db, err := Open(ctx, path)
	if ReadOnly.Is(err) {
		return openImmutable(ctx, path, err)
	}
	return db, err
}

func open(ctx context.Context, path string) (_ *DB, err error) {
	if err := inspect(path); err != nil {
		return nil, err
	}
	db := &DB{path: path, leases: map[string]*lease{}}
	defer func() {
		if err != nil {
			db.Close()
		}
	}()
	if err := db.prepare(ctx); err != nil {
		return nil, err
	}
	if db.writer, err = newWriter(ctx, db.dsn("")); err != nil {
		return nil, err
	}
	if db.reader, err = sql.Open("sqlite3", db.dsn("&_query_only=1")); err != nil {
		return nil, err
	}
	db.reader.SetMaxOpenConns(4)
	return db, db.reap(ctx)
}

// openImmutable reads a file where nothing may be written, not even the shared
// memory that readers of a live file need. It is safe only where no writer can
// be at work, so a file with a write-ahead log beside it is refused.
func openImmutable(ctx context.Context, path string, why error) (*DB, error) {
	if st, err := os.Stat(path + "-wal"); err == nil && st.Size() > 0 {
		return nil, why
	}
	db := &DB{path: path}
	reader, err := sql.Open("sqlite3", db.dsn("&immutable=1&mode=ro"))
	if err != nil {
		return nil, explain(path, "open it", err)
	}
	db.reader = reader
	head, err := readHead(ctx, reader)
	if err == nil {
		err = db.judge(head)
	}
	if err == nil && head.version < newest() {
		err = db.errorf(ReadOnly, "it is of an older version and cannot be brought up to date, since it may not be written; copy it elsewhere first")
	}
	if err != nil {
		reader.Close()
		return nil, explain(path, "read it", err)
	}
	return db, nil
}

// Close lets go of the file. Runs that were begun and not finished are
// interrupted from then on, and can be resumed.
func (db *DB) Close() error {
	db.mu.Lock()
	defer db.mu.Unlock()
	var errs []error
	for run, l := range db.leases {
		errs = append(errs, l.release())
		delete(db.leases, run)
	}
	if db.reader != nil {
		errs = append(errs, db.reader.Close())
	}
	if db.writer != nil {
		errs = append(errs, db.writer.close())
	}
	return explain(db.path, "close it", errors.Join(errs...))
}

// Path is the path that the file was opened by.
func (db *DB) Path() string { return db.path }

// dsn is the data source name of the file. Every commit is synced to disk
// (synchronous=FULL); a write waits its turn (busy_timeout), and takes it at
// the start of its transaction (txlock=immediate), since one that begins by
// reading can be refused at once.
func (db *DB) dsn(more string) string {
	path, err := filepath.Abs(db.path)
	if err != nil {
		path = db.path
	}
	path = strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(filepath.ToSlash(path))
	return fmt.Sprintf("file:%s?_busy_timeout=%d&_txlock=immediate&_foreign_keys=on&_synchronous=FULL&_cache_size=-16000%s",
		path, Wait.Milliseconds(), more)
}

// inspect refuses what SQLite would overwrite or explain badly.
func inspect(path string) error {
	if dir, err := os.Stat(filepath.Dir(path)); err != nil || !dir.IsDir() {
		return &Error{Path: path, Kind: Missing, Text: "its folder does not exist; make it first", Err: err}
	}
	st, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case st.IsDir():
		return &Error{Path: path, Kind: NotDatabase, Text: "this is a folder; name a file with --db"}
	case st.Size() > 0:
		return nil
	}
	// SQLite takes an empty file for a new one and discards the log beside it.
	if wal, err := os.Stat(path + "-wal"); err == nil && wal.Size() > 0 {
		return &Error{Path: path, Kind: Corrupt, Text: "the file is empty, but " + filepath.Base(path) +
			"-wal beside it is not: somebody cut it off; restore a copy, or move both away"}
	}
	return nil
}
