//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package store

import (
	"errors"
	"os"
	"syscall"
)

// takeLease takes the lease at path, or fails with errHeld.
func takeLease(path string) (*lease, error) {
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			return nil, err
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
			f.Close()
			if errors.Is(err, syscall.EWOULDBLOCK) {
				err = errHeld
			}
			return nil, err
		}
		if stillThere(f, path) {
			l := &lease{path, f}
			l.sign()
			return l, nil
		}
		f.Close() // its last holder removed it between our opening and our locking
	}
}

func stillThere(f *os.File, path string) bool {
	mine, err := f.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(path)
	return err == nil && os.SameFile(mine, named)
}

// release removes the file while it is still locked, and then lets go.
func (l *lease) release() error {
	return errors.Join(os.Remove(l.path), l.file.Close())
}
