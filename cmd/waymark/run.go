package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"waymark"
	"waymark/internal/store"
	"waymark/reports"
	"waymark/suite"
)

type runCmd struct {
	Suite  string   `arg:"" help:"The suite file, or a kept run to be run again."`
	Policy []string `short:"p" sep:"none" placeholder:"NAME" help:"Run only this policy; may be given several times."`
	Resume string   `placeholder:"RUN" help:"Go on with a run that was interrupted."`
	NoKeep bool     `help:"Keep nothing in results.db."`
	Report string   `type:"path" placeholder:"DIR" help:"Write the report there too."`
	whatIf
}

// whatIf are the flags that ask for other circumstances than the suite's.
type whatIf struct {
	Reprice string   `type:"path" placeholder:"BOOK" help:"Take every cost from this price book, by the tokens that are recorded."`
	Without []string `sep:"none" placeholder:"MODEL" help:"What if this model disappears; may be given several times."`
	With    []string `sep:"none" placeholder:"MODEL" help:"What if this model joins the pool that the suite names."`
}

// ask turns the flags into what a suite is run under.
func (w *whatIf) ask() (out suite.WhatIf, err error) {
	if w.Reprice != "" {
		if out.Prices, err = suite.LoadPrices(relative(w.Reprice)); err != nil {
			return out, usage(err)
		}
	}
	for _, id := range w.Without {
		out.Without = append(out.Without, waymark.ModelID(id))
	}
	for _, id := range w.With {
		out.With = append(out.With, waymark.ModelID(id))
	}
	return out, nil
}

func (runCmd) Help() string {
	return `Examples:

  waymark run suite.yaml
  waymark run suite.yaml --policy cheap --policy by-category
  waymark run suite.yaml --format json > result.json
  waymark run suite.yaml --resume 20261124-130501-a3f2
  waymark run 20261124-130501-a3f2 --reprice prices-2026-11.yaml
  waymark run suite.yaml --without small-model

Exit codes: 0 done, 1 failed, 2 bad input, 3 incomplete (interrupted, or more
failures than the suite tolerates), 100 no knob met the objective.`
}

// Run replays the suite, prints its table and keeps the run.
func (c *runCmd) Run(a *app) error {
	s, err := a.suiteOf(c.Suite)
	if err != nil {
		return err
	}
	w, err := c.ask()
	if err != nil {
		return err
	}
	opt := a.options()
	opt.Policies, opt.Resume, opt.WhatIf = c.Policy, c.Resume, w
	return a.runSuite(s, opt, !c.NoKeep, c.Report)
}

// suiteOf is the suite in a file, or that of a run which results.db holds.
func (a *app) suiteOf(name string) (*suite.Suite, error) {
	path := relative(name)
	if _, err := os.Stat(path); err == nil || strings.ContainsAny(name, "./\\") {
		s, err := suite.Load(path)
		return s, usage(err)
	}
	db, err := store.OpenExisting(a.ctx, a.DB)
	if err != nil {
		return nil, usage(fmt.Errorf("found %q, expected a suite file or a kept run: %w", name, err))
	}
	defer db.Close()
	info, err := db.FindRun(a.ctx, name)
	if err != nil {
		return nil, stored(err)
	}
	s, err := suite.Parse(info.SuitePath, []byte(info.SuiteText))
	return s, usage(err)
}

// runSuite is run and the last part of demo.
func (a *app) runSuite(s *suite.Suite, opt suite.Options, keep bool, report string) error {
	res, err := a.replay(s, opt, keep)
	if res == nil {
		return a.explain(err, s)
	}
	if e := a.show(res, report); e != nil {
		return e
	}
	return a.explain(err, s)
}

// replay runs a suite, with progress, and keeps the run if that is asked for.
func (a *app) replay(s *suite.Suite, opt suite.Options, keep bool) (*suite.Result, error) {
	ctx, stop := interruptible(a)
	defer stop()
	if keep {
		db, err := store.Open(ctx, a.DB)
		if err != nil {
			return nil, stored(err)
		}
		defer db.Close()
		opt.DB = db
	}
	bar := newProgress(a)
	opt.Stage, opt.Progress = bar.stage, bar.progress
	res, err := s.Run(ctx, opt)
	bar.done()
	return res, err
}

// options are what every verb that reads a suite's data has.
func (a *app) options() suite.Options {
	opt := suite.Options{
		Workers: a.Jobs, Version: release, Commit: commit(), Machine: machine(),
		Command: "waymark " + strings.Join(quote(a.args), " "), Cache: a.Cache,
	}
	if dir, err := os.UserCacheDir(); err == nil && opt.Cache == "" {
		opt.Cache = filepath.Join(dir, "waymark")
	}
	if a.Seed != nil {
		seed := uint64(*a.Seed)
		opt.Seed = &seed
	}
	return opt
}

// show prints the table and, where one is asked for, writes the report.
func (a *app) show(res *suite.Result, report string) error {
	if err := reports.Table(a.stdout, res, a.Format); err != nil {
		return err
	}
	if report == "" {
		return nil
	}
	paths, err := reports.Write(a.ctx, res, relative(report), nil)
	if err != nil {
		return err
	}
	a.note("wrote %s", strings.Join(paths, " "))
	return nil
}

// explain gives an error of a run its exit code.
func (a *app) explain(err error, s *suite.Suite) error {
	var incomplete *suite.Incomplete
	var none *suite.NoKnob
	var input *suite.InputError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &incomplete):
		if incomplete.Run != "" && strings.HasPrefix(incomplete.Why, "interrupted;") {
			err = fmt.Errorf("%w; go on with: waymark run %s --resume %s", err, s.Path, incomplete.Run)
		}
		return &exitError{exitIncomplete, err}
	case errors.As(err, &none):
		return &exitError{exitCheck, err}
	case errors.As(err, &input), isPlaced(err), errors.Is(err, os.ErrNotExist):
		return usage(err)
	}
	return stored(err)
}

// stored gives an error of results.db its exit code.
func stored(err error) error {
	var e *store.Error
	if errors.As(err, &e) && e.BadInput() {
		return usage(err)
	}
	return err
}

// interruptible ends at the first SIGINT or SIGTERM: what is in flight is finished
// and kept. A second one ends the process at once.
func interruptible(a *app) (context.Context, func()) {
	ctx, cancel := context.WithCancel(a.ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		select {
		case <-signals:
			fmt.Fprintln(a.stderr, "waymark: interrupted; finishing what is in flight (once more to stop at once)")
			cancel()
		case <-done:
			return
		}
		select {
		case <-signals:
			os.Exit(exitIncomplete)
		case <-done:
		}
	}()
	return ctx, func() { signal.Stop(signals); close(done); cancel() }
}
