//go:build cgo

package store

import (
	"errors"
	"syscall"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// driverKind sorts what SQLite reports.
func driverKind(err error) Kind {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return Unreadable
	}
	switch e.Code {
	case sqlite3.ErrNotADB:
		return NotDatabase
	case sqlite3.ErrCorrupt:
		return Corrupt
	case sqlite3.ErrBusy, sqlite3.ErrLocked, sqlite3.ErrProtocol:
		return Locked
	case sqlite3.ErrFull:
		return Full
	case sqlite3.ErrReadonly, sqlite3.ErrPerm:
		return ReadOnly
	case sqlite3.ErrCantOpen:
		return ofErrno(e.SystemErrno, ReadOnly)
	default:
		return ofErrno(e.SystemErrno, Unreadable)
	}
}

// ofErrno looks at what the operating system said. A file beyond the process's
// size limit (EFBIG) and a quota (EDQUOT) are full disks to the person in front.
func ofErrno(no syscall.Errno, otherwise Kind) Kind {
	switch no {
	case syscall.ENOSPC, syscall.EFBIG, syscall.EDQUOT:
		return Full
	case syscall.EACCES, syscall.EPERM, syscall.EROFS:
		return ReadOnly
	default:
		return otherwise
	}
}
