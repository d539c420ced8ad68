package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"
)

// A Kind says what is wrong with a results file, or with what was asked of it.
type Kind uint8

// The kinds of error. The zero value is any other failure to read or write.
const (
	Unreadable  Kind = iota
	Corrupt          // damaged
	Locked           // another process kept writing for longer than Wait
	Full             // no space left on the disk
	ReadOnly         // the file or its folder may not be written
	NoCGO            // the program was built without cgo
	NotDatabase      // some other kind of file
	Foreign          // an SQLite database of another program
	Newer            // written by a newer version of this program
	Missing          // there is no such file or folder
	UnknownRun       // no run of that name
	Ambiguous        // several runs of that name
	UnknownTask      // no task of that name in the run
	Changed          // a run cannot be resumed under another suite
	Busy             // the run is still going on
	Invalid          // what was handed over contradicts itself
)

// Wait is how long a write waits for another process to finish its own.
const Wait = 5 * time.Second

// An Error is one line for a person: what is wrong with the file and what to do.
// The file itself is never deleted or moved.
type Error struct {
	Path string // of the results file
	Kind Kind
	Text string
	Err  error // what was reported below; may be nil
}

func (e *Error) Error() string { return e.Path + ": " + e.Text }

func (e *Error) Unwrap() error { return e.Err }

// BadInput reports whether the user named the wrong thing, rather than that the
// machine failed: exit code 2 and not 1.
func (e *Error) BadInput() bool { return e.Kind >= NotDatabase && e.Kind != Invalid }

// Is reports whether err is, or wraps, an Error of this kind.
func (k Kind) Is(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == k
}

func (db *DB) errorf(k Kind, format string, args ...any) error {
	return &Error{Path: db.path, Kind: k, Text: fmt.Sprintf(format, args...)}
}

// explain makes an Error of what the driver or the file system reported while
// doing something, say "keep the run".
func explain(path, doing string, err error) error {
	var known *Error
	if err == nil || errors.As(err, &known) || isCancelled(err) {
		return err
	}
	k := kindOf(err)
	if text, ok := advice[k]; ok {
		text = strings.ReplaceAll(text, "FILE", path)
		return &Error{Path: path, Kind: k, Text: text, Err: err}
	}
	return &Error{Path: path, Kind: k, Text: fmt.Sprintf("cannot %s: %v", doing, err), Err: err}
}

var advice = map[Kind]string{
	Corrupt: "the file is damaged and was left as it is; restore a copy, or rescue what can be read with " +
		"`sqlite3 FILE .recover | sqlite3 rescued.db`, or name another file with --db",
	Locked:      fmt.Sprintf("another process is writing to it (waited %v); try again when that is done", Wait),
	Full:        "the disk is full; everything that was reported as done is kept: make room and run it again (--resume goes on where it stopped)",
	ReadOnly:    "it cannot be written: the file or its folder is read-only; change that, or name another file with --db",
	NoCGO:       "this program was built without cgo, which results.db needs; build it with a C compiler and CGO_ENABLED=1",
	NotDatabase: "this is not a results file (not an SQLite database) and was left as it is; name another file with --db",
	Foreign:     "this is the SQLite database of another program and was left as it is; name another file with --db",
}

func kindOf(err error) Kind {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return ReadOnly
	case errors.Is(err, fs.ErrNotExist):
		return Missing
	default:
		return driverKind(err)
	}
}

func isCancelled(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// Absent reports whether the file, or the run in it, is not there.
func (e *Error) Absent() bool { return e.Kind == Missing || e.Kind == UnknownRun }
