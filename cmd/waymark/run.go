package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"waymark/internal/store"
	"waymark/reports"
	"waymark/suite"
)

type runCmd struct {
	Suite  string   `arg:"" type:"path" help:"The suite file."`
	Policy []string `short:"p" sep:"none" placeholder:"NAME" help:"Run only this policy; may be given several times."`
	Resume string   `placeholder:"RUN" help:"Go on with a run that was interrupted."`
	NoKeep bool     `help:"Keep nothing in results.db."`
	Report string   `type:"path" placeholder:"DIR" help:"Write the report there too."`
}

func (runCmd) Help() string {
	return `Examples:

  waymark run suite.yaml
  waymark run suite.yaml --policy cheap --policy by-category
  waymark run suite.yaml --format json > result.json
  waymark run suite.yaml --resume 20261124-130501-a3f2

Exit codes: 0 done, 1 failed, 2 bad input, 3 incomplete (interrupted, or more
failures than the suite tolerates), 100 no knob met the objective.`
}

// Run replays the suite, prints its table and keeps the run.
func (c *runCmd) Run(a *app) error {
	s, err := suite.Load(relative(c.Suite))
	if err != nil {
		return usage(err)
	}
	return a.runSuite(s, c.Policy, c.Resume, !c.NoKeep, c.Report)
}

// runSuite is run and the last part of demo.
func (a *app) runSuite(s *suite.Suite, policies []string, resume string, keep bool, report string) error {
	res, err := a.replay(s, policies, resume, keep)
	if res == nil {
		return a.explain(err, s)
	}
	if e := a.show(res, report); e != nil {
		return e
	}
	return a.explain(err, s)
}

// replay runs a suite, with progress, and keeps the run if that is asked for.
func (a *app) replay(s *suite.Suite, policies []string, resume string, keep bool) (*suite.Result, error) {
	opt := a.options()
	opt.Policies, opt.Resume = policies, resume
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
		Command: "waymark " + strings.Join(quote(a.args), " "),
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
