package main

import (
	"errors"
	"fmt"

	"waymark/internal/store"
	"waymark/reports"
	"waymark/suite"
)

type checkCmd struct {
	Suite        string `arg:"" type:"path" help:"The suite file, with checks."`
	Baseline     string `short:"b" placeholder:"RUN" help:"What @baseline means: a run's id, a saved name, or a saved file."`
	RunID        string `name:"run" placeholder:"RUN" help:"Check a run that is kept, instead of replaying the suite."`
	SaveBaseline string `placeholder:"NAME" help:"If no check fails, save this run as the baseline NAME, or as a file NAME.json or NAME.json.gz."`
	Undecided    string `default:"pass" enum:"fail,pass" help:"What an undecided check counts as: ${enum}."`
	Force        bool   `help:"Compare although dataset, graders or prices differ."`
	NoKeep       bool   `help:"Keep nothing in results.db."`
	Report       string `type:"path" placeholder:"DIR" help:"Write the report there too."`
}

func (checkCmd) Help() string {
	return `Replays the suite and decides its checks, each on a bound of its 95 % interval: it
passes, it fails, or it is undecided. Each says how likely it passes a night on
which nothing changed, and the smallest change for the worse that it would notice.

Examples:

  waymark check suite.yaml --save-baseline main
  waymark check suite.yaml --baseline main
  waymark check suite.yaml --baseline night.json.gz --undecided fail
  waymark check suite.yaml --run latest --baseline 20261124-130501-a3f2 --format json

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
	spec := suite.CheckSpec{Force: c.Force, Named: c.named(a, policies, at)}
	if c.Baseline != "" {
		if spec.Baseline, err = a.evidence(c.Baseline, nil); err != nil {
			var unknown *store.Error
			if !errors.As(err, &unknown) || !unknown.Absent() {
				return err
			}
			a.note("! there is no baseline %s: what is held against it is undecided (%v)", c.Baseline, err)
		}
	}
	e, incomplete, err := c.evidence(a, s)
	if err != nil {
		return err
	}
	out, err := s.Check(e, spec)
	if err != nil {
		return a.explain(err, s)
	}
	if err := reports.Checked(a.stdout, out, a.Format); err != nil {
		return err
	}
	failed := out.Failed > 0 || c.Undecided == "fail" && out.Open > 0
	if c.SaveBaseline != "" && !failed && incomplete == nil {
		if err := a.saveBaseline(c.SaveBaseline, e); err != nil {
			return err
		}
		a.note("saved as the baseline %s", c.SaveBaseline)
	}
	switch {
	case incomplete != nil:
		return a.explain(incomplete, s)
	case failed:
		return &exitError{exitCheck, fmt.Errorf("%d checks failed, %d undecided", out.Failed, out.Open)}
	}
	return nil
}

// evidence replays the suite, or reads a run that is kept.
func (c *checkCmd) evidence(a *app, s *suite.Suite) (e *suite.Evidence, incomplete, err error) {
	if c.RunID != "" {
		e, err = a.evidence(c.RunID, nil)
		return e, nil, err
	}
	res, err := a.replay(s, a.options(), !c.NoKeep)
	if res == nil {
		return nil, nil, a.explain(err, s)
	}
	if c.Report != "" {
		paths, err := reports.Write(a.ctx, res, relative(c.Report), nil)
		if err != nil {
			return nil, nil, err
		}
		a.note("wrote %d files to %s", len(paths), relative(c.Report))
	}
	var none *suite.NoKnob
	if errors.As(err, &none) {
		a.note("! %v", err)
		err = nil
	}
	return res.Evidence(), err, nil
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
