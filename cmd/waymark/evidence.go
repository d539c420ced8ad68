package main

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
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

func readBaseline(path string) (*suite.Evidence, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, usage(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return nil, usage(fmt.Errorf("%s: %w", path, err))
		}
	}
	const most = 1 << 30
	text, err := io.ReadAll(io.LimitReader(r, most))
	if err != nil {
		return nil, usage(fmt.Errorf("%s: %w", path, err))
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
	if !isBaselineFile(name) {
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
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	f, err := os.Create(relative(name))
	if err != nil {
		return err
	}
	var w io.Writer = f
	if strings.HasSuffix(name, ".gz") {
		z := gzip.NewWriter(f)
		if _, err = z.Write(text); err == nil {
			err = z.Close()
		}
	} else {
		_, err = w.Write(text)
	}
	return errors.Join(err, f.Close())
}
