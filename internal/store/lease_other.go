//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package store

import (
	"errors"
	"io/fs"
	"os"
)

// takeLease takes the lease at path, or fails with errHeld. Where there is no
// flock, an open file cannot be removed: one that can has lost its holder.
func takeLease(path string) (*lease, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, errHeld
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil, errHeld
	}
	if err != nil {
		return nil, err
	}
	l := &lease{path, f}
	l.sign()
	return l, nil
}

// release lets go of the file and removes it.
func (l *lease) release() error {
	return errors.Join(l.file.Close(), os.Remove(l.path))
}
