package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"waymark"
	"waymark/datasets"
	"waymark/datasets/demo"
	"waymark/suite"
)

type demoCmd struct {
	Output   string `short:"o" type:"path" default:"demo-out" placeholder:"DIR" help:"The folder to write to (default ${default})."`
	Tasks    int    `default:"4000" placeholder:"N" help:"How many tasks (default ${default}); up to ten million."`
	Logged   bool   `help:"Make logged traffic instead: one answer a task, with its propensity (see docs/off-policy.md)."`
	DataOnly bool   `help:"Write the data and the suite, and run nothing."`
}

func (demoCmd) Help() string {
	return `Makes SYNTHETIC tasks, answers of six made-up models and a commented suite, runs the
suite, writes the report and tunes a threshold with a guarantee. Needs no network and no key, and takes seconds.

Examples:

  waymark demo
  waymark demo -o /tmp/try --tasks 500
  waymark demo -o load --tasks 100000 --data-only
  waymark demo --logged -o log-out`
}

// Run writes the demo's data and runs its suite.
func (c *demoCmd) Run(a *app) error {
	if c.Tasks < 50 || c.Tasks > 10_000_000 {
		return usage(fmt.Errorf("found --tasks %d, expected 50 to 10000000", c.Tasks))
	}
	g := demo.Generator{Seed: 7, Count: c.Tasks}
	if a.Seed != nil {
		g.Seed = uint64(*a.Seed)
	}
	var m made = g
	text := demo.SuiteYAML
	if c.Logged {
		m, text = demo.Log{Generator: g}, demo.LoggedSuiteYAML
	}
	dir := relative(c.Output)
	path := filepath.Join(dir, "suite.yaml")
	if err := c.data(a, m, text, dir, path); err != nil {
		return err
	}
	if c.DataOnly {
		a.note("wrote %s and %s; run it with: waymark run %s", filepath.Join(dir, "data"), path, path)
		return nil
	}
	s, err := suite.Load(path)
	if err != nil {
		return err
	}
	if err := a.runSuite(s, a.options(), true, dir); err != nil {
		return err
	}
	if a.Format == "table" && string(s.Text) == demo.SuiteYAML {
		if err := c.tune(a, path); err != nil {
			return err
		}
	}
	a.note("\nLook at %s. Then: waymark runs, waymark audit latest %s, and edit %s and waymark run it.",
		filepath.Join(dir, "report.html"), demo.ID(0), path)
	return nil
}

// tune certifies the knob of one of the suite's policies. Of few tasks none may be certified,
// and that is a result too.
func (c *demoCmd) tune(a *app, path string) error {
	fmt.Fprintf(a.stdout, "\nTuned with a guarantee (waymark tune %s -p night-owl --guarantee):\n\n", path)
	err := (&tuneCmd{Suite: path, Policy: "night-owl", Guarantee: true}).Run(a)
	var none *suite.NoKnob
	if errors.As(err, &none) {
		return nil
	}
	return err
}

// made is data that a demo writes.
type made interface {
	Info() waymark.Info
	Write(ctx context.Context, dir string) error
}

// data writes dataset and suite. Those of an earlier demo give way; anything else
// that is there does not.
func (c *demoCmd) data(a *app, m made, text, dir, path string) error {
	data := filepath.Join(dir, "data")
	if f, err := datasets.Open(data); err == nil && f.Info().Synthetic && f.Info().Name == m.Info().Name {
		if err := os.RemoveAll(data); err != nil {
			return err
		}
	} else if entries, _ := os.ReadDir(data); err == nil || len(entries) > 0 {
		return usage(fmt.Errorf("%s is there and not from a demo; name another folder with -o", data))
	}
	if err := m.Write(a.ctx, data); err != nil {
		return err
	}
	if _, err := os.Stat(path); err == nil {
		return nil // somebody may have edited it
	}
	return os.WriteFile(path, []byte(text), 0o644)
}
