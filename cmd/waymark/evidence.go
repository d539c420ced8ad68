package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"waymark/internal/store"
	"waymark/suite"
)

// evidence is the rows of a run by what a person calls it: a file that was saved as
// a baseline, the name of a saved baseline, or a run's id. Only the policies
// of some names are read, where names are given. It is nil where db is nil or empty.
func (a *app) evidence(name string, policies []string) (*suite.Evidence, error) {
	if isBaselineFile(name) {
		return readBaseline(name)
	}
	db, err := store.OpenExisting(a.ctx, a.DB)
	if err != nil {
		return nil, stored(err)
	}
	defer db.Close()
	id, saved, err := db.Baseline(a.ctx, name)
	if err != nil {
		return nil, stored(err)
	}
	if !saved {
		id = name
	}
	info, err := db.FindRun(a.ctx, id)
	if err != nil {
		return nil, stored(err)
	}
	res, err := a.result(info.ID)
	if err != nil {
		return nil, err
	}
	if err := res.RefuseOffPolicy(); err != nil {
		return nil, usage(err)
	}
	kept, err := db.Kept(a.ctx, info.ID, policies)
	if err != nil {
		return nil, stored(err)
	}
	return suite.KeptEvidence(res, kept), nil
}

func isBaselineFile(name string) bool {
	return strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".json.gz")
}

// mostBaseline is how large a baseline's file may be, unpacked.
const mostBaseline = 1 << 30

func readBaseline(path string) (*suite.Evidence, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, usage(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(bufio.NewReader(f)); err != nil {
			return nil, usage(fmt.Errorf("%s: %w", path, err))
		}
	}
	text, err := io.ReadAll(io.LimitReader(r, mostBaseline+1))
	switch {
	case err != nil:
		return nil, usage(fmt.Errorf("%s: %w", path, err))
	case len(text) > mostBaseline:
		return nil, usage(fmt.Errorf("%s: unpacks to more than %d bytes, expected a baseline of at most that", path, mostBaseline))
	}
	e, err := suite.ReadEvidence(path, text)
	return e, usage(err)
}

// saveBaseline keeps a run for later ones to be held against: under a name in
// results.db, or as a file of its own.
func (a *app) saveBaseline(name string, e *suite.Evidence) error {
	if e.OffPolicy {
		return usage(errors.New("a run over logged traffic (OFF-POLICY) cannot be a baseline: its policies are estimated, and no outcome of a task is kept"))
	}
	if isBaselineFile(name) {
		return writeBaseline(relative(name), e)
	}
	if e.Run == "" {
		return usage(errors.New("the run is not kept: save the baseline as a file that ends in .json, or leave out --no-keep"))
	}
	db, err := store.Open(a.ctx, a.DB)
	if err != nil {
		return stored(err)
	}
	defer db.Close()
	return stored(db.SaveBaseline(a.ctx, name, e.Run))
}

// writeBaseline writes a file that is whole or not there: a baseline that was there stays
// until the new one is.
func writeBaseline(path string, e *suite.Evidence) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".waymark-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // of no effect once it is renamed
	var w io.WriteCloser = f
	if strings.HasSuffix(path, ".gz") {
		w = gzip.NewWriter(f)
	}
	if _, err = w.Write(text); err == nil && w != io.WriteCloser(f) {
		err = w.Close()
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
