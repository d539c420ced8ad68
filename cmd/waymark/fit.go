package main

import (
	"os"
	"path/filepath"
	"strings"

	"waymark/suite"
)

type fitCmd struct {
	Suite  string `arg:"" type:"path" help:"The suite file."`
	Policy string `short:"p" required:"" placeholder:"NAME" help:"The policy whose learned parts are fitted."`
	Output string `short:"o" type:"path" placeholder:"FILE" help:"Write the fitted state there; default: SUITE.POLICY.fitted.json."`
}

func (fitCmd) Help() string {
	return `Fits the learned parts of a policy (a scorer, an estimator, an acceptor) on the tune
split, or on all tasks where the suite does not split them, and writes them to a file with
a digest. A policy with fitted: FILE in a suite is loaded from it and not fitted again.

Examples:

  waymark fit suite.yaml --policy learned
  waymark fit suite.yaml -p learned -o learned.fitted.json`
}

// Run fits one policy.
func (c *fitCmd) Run(a *app) error {
	s, err := suite.Load(relative(c.Suite))
	if err != nil {
		return usage(err)
	}
	opt := a.options()
	bar := newProgress(a)
	opt.Stage, opt.Progress = bar.stage, bar.progress
	ctx, stop := interruptible(a)
	defer stop()
	f, err := s.Fit(ctx, c.Policy, opt)
	bar.done()
	if err != nil {
		return a.explain(err, s)
	}
	text, err := f.JSON()
	if err != nil {
		return err
	}
	path := strings.TrimSuffix(relative(c.Suite), filepath.Ext(c.Suite)) + "." + filepath.Base(c.Policy) + ".fitted.json"
	if c.Output != "" {
		path = relative(c.Output)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		return err
	}
	a.note("%s fitted on %d tasks of %s; wrote %s, %s", clean(f.Policy), f.Tasks, clean(f.Dataset), path, f.Digest)
	return nil
}
