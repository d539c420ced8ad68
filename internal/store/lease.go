package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// A lease is a lock file that the operating system lets go of when the process
// that holds it ends, however it ends. A run that is going on holds one beside
// the results file: whether it still is can be asked without guessing from
// process ids, which are used again and mean nothing in another container.
type lease struct {
	path string
	file *os.File
}

var errHeld = errors.New("held by another process")

// waitLease takes a lease that is held for moments only.
func waitLease(ctx context.Context, path string) (*lease, error) {
	deadline := time.Now().Add(Wait)
	for {
		l, err := takeLease(path)
		if !errors.Is(err, errHeld) {
			return l, err
		}
		if time.Now().After(deadline) {
			return nil, &Error{Path: path, Kind: Locked, Text: advice[Locked], Err: err}
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// sign leaves word of the holder, for people who find the file.
func (l *lease) sign() {
	host, _ := os.Hostname()
	_ = l.file.Truncate(0)
	_, _ = fmt.Fprintf(l.file, "process %d on %s\n", os.Getpid(), host)
}
