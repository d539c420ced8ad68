package main

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"waymark/datasets"
	"waymark/internal/store"
	"waymark/reports"
	"waymark/suite"
)

type checkCmd struct {
	Suite        string `arg:"" type:"path" help:"The suite file, with checks."`
	Baseline     string `short:"b" placeholder:"RUN" help:"What @baseline means: a run's id, a saved name, or a saved file."`
	RunID        string `name:"run" placeholder:"RUN" help:"Check a run that is kept, instead of replaying the suite."`
	SaveBaseline string `placeholder:"NAME" help:"If no check fails, save this run as the baseline NAME, or as a file NAME.json or NAME.json.gz."`
	Undecided    string `default:"pass" enum:"fail,pass" help:"What an undecided check counts as: pass unless given, so that a night without a baseline, or with too few tasks, is no failure."`
	Force        bool   `help:"Compare although tasks of one id, graders, prices or datasets differ."`
	NoKeep       bool   `help:"Keep nothing in results.db."`
	Report       string `type:"path" placeholder:"DIR" help:"Write the report there too."`
}

func (checkCmd) Help() string {
	return `Replays the suite and decides its checks, each on a bound of its 95 % interval: it
passes, it fails, or it is undecided. Each says how likely it passes a night on
which nothing changed, and the smallest change for the worse that fails it with 80 %.
A baseline that is not there yet leaves what is held against it undecided.
See docs/check.md.

Examples:

  waymark check suite.yaml --save-baseline main
  waymark check suite.yaml --baseline main
  waymark check suite.yaml --baseline night.json.gz --undecided fail
  waymark check suite.yaml --run latest --baseline 20261124-130501-a3f2 --format json
  waymark check suite.yaml --baseline main --save-baseline night.json.gz --no-keep

Exit codes: 0 no check failed, 1 failed to run, 2 bad input, 3 the run is incomplete,
100 a check failed (or was undecided, under --undecided fail).`
}

// Run decides the suite's checks.
func (c *checkCmd) Run(a *app) error {
	s, err := suite.Load(relative(c.Suite))
	if err != nil {
		return usage(err)
	}
	policies, at, err := s.Checked()
	if err != nil {
		return usage(err)
	}
	if err := c.savable(); err != nil {
		return err
	}
	if len(s.Checks) == 0 {
		return usage(fmt.Errorf("%s: found no checks, expected some, such as checks: [\"quality(POLICY) >= quality(POLICY@baseline) - 0.01\"]", s.Path))
	}
	spec := suite.CheckSpec{Force: c.Force, Named: c.named(a, policies, at), Now: time.Now()}
	if spec.Baseline, err = c.baseline(a); err != nil {
		return err
	}
	res, e, incomplete, err := c.evidence(a, s)
	if err != nil {
		return err
	}
	out, err := s.Check(e, spec)
	if err != nil {
		return a.explain(err, s)
	}
	out.OpenCounts = c.Undecided
	if err := c.report(a, res, out); err != nil {
		return err
	}
	if err := reports.Checked(a.stdout, out, a.Format); err != nil {
		return err
	}
	failed := out.Failed > 0 || c.Undecided == "fail" && out.Open > 0
	if err := c.save(a, e, failed || incomplete != nil); err != nil {
		return err
	}
	switch {
	case incomplete != nil:
		return a.explain(incomplete, s)
	case failed:
		open := fmt.Sprintf("%d undecided", out.Open)
		if c.Undecided == "fail" && out.Open > 0 {
			open += ", which --undecided fail counts as failed"
		}
		return &exitError{exitCheck, fmt.Errorf("%s failed, %s", plural(out.Failed, "check"), open)}
	}
	return nil
}

// baseline is what @baseline means; nil where it is not there yet.
func (c *checkCmd) baseline(a *app) (*suite.Evidence, error) {
	if c.Baseline == "" {
		return nil, nil
	}
	e, err := a.evidence(c.Baseline, nil)
	var unknown *store.Error
	if absent := errors.Is(err, fs.ErrNotExist) || errors.As(err, &unknown) && unknown.Absent(); absent {
		a.note("! there is no baseline %s: what is held against it is undecided (%v)", c.Baseline, err)
		return nil, nil
	}
	return e, err
}

// savable refuses before the run what could not be saved after it.
func (c *checkCmd) savable() error {
	if c.NoKeep && c.RunID == "" && c.SaveBaseline != "" && !isBaselineFile(c.SaveBaseline) {
		return usage(errors.New("found --save-baseline NAME with --no-keep: save the baseline as a file that ends in .json or .json.gz, or keep the run"))
	}
	return nil
}

// save saves the run as a baseline, if that is asked for and it is fit to be one.
func (c *checkCmd) save(a *app, e *suite.Evidence, unfit bool) error {
	switch {
	case c.SaveBaseline == "":
		return nil
	case unfit:
		a.note("! not saved as the baseline %s: a check failed, or the run is incomplete", c.SaveBaseline)
		return nil
	}
	if err := a.saveBaseline(c.SaveBaseline, e); err != nil {
		return err
	}
	a.note("saved as the baseline %s", c.SaveBaseline)
	return nil
}

// evidence replays the suite, or reads a run that is kept.
func (c *checkCmd) evidence(a *app, s *suite.Suite) (res *suite.Result, e *suite.Evidence, incomplete, err error) {
	if c.RunID != "" {
		if e, err = a.evidence(c.RunID, nil); err != nil {
			return nil, nil, nil, err
		}
		if f, err := datasets.Open(s.DatasetPath()); err == nil && f.Info().Name != e.Dataset.Name && !c.Force {
			return nil, nil, nil, usage(fmt.Errorf("found a run over dataset %q, expected one over the suite's %q; --force decides all the same", e.Dataset.Name, f.Info().Name))
		}
		if e.Incomplete != "" {
			incomplete = &suite.Incomplete{Run: e.Run, Why: e.Incomplete}
		}
		if c.Report != "" && e.Run != "" {
			res, err = a.result(e.Run)
		}
		return res, e, incomplete, err
	}
	res, err = a.replay(s, a.options(), !c.NoKeep)
	if res == nil {
		return nil, nil, nil, a.explain(err, s)
	}
	var none *suite.NoKnob
	if errors.As(err, &none) {
		a.note("! %v", err)
		err = nil
	}
	return res, res.Evidence(), err, nil
}

// report writes the run's report, with the verdicts, if that is asked for.
func (c *checkCmd) report(a *app, res *suite.Result, out *suite.Checked) error {
	if c.Report == "" || res == nil {
		return nil
	}
	res.Checked = out
	paths, err := reports.Write(a.ctx, res, relative(c.Report), nil)
	if err == nil {
		a.note("wrote %d files to %s", len(paths), relative(c.Report))
	}
	return err
}

// named finds the runs that checks name after an @, each once.
func (c *checkCmd) named(a *app, policies, at []string) func(string) (*suite.Evidence, error) {
	known := map[string]*suite.Evidence{}
	return func(name string) (*suite.Evidence, error) {
		if known[name] == nil {
			e, err := a.evidence(name, policies)
			if err != nil {
				return nil, err
			}
			known[name] = e
		}
		return known[name], nil
	}
}
