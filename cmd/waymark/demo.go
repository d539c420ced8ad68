package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"waymark/datasets"
	"waymark/datasets/synthetic"
	"waymark/suite"
)

type demoCmd struct {
	Output   string `short:"o" type:"path" default:"demo-out" placeholder:"DIR" help:"The folder to write to."`
	Tasks    int    `default:"3000" placeholder:"N" help:"How many tasks; up to ten million."`
	DataOnly bool   `help:"Write the data and the suite, and run nothing."`
}

func (demoCmd) Help() string {
	return `Makes SYNTHETIC tasks, answers of six made-up models and a commented suite, runs the
suite and writes the report. Needs no network and no key, and takes seconds.

Examples:

  waymark demo
  waymark demo -o /tmp/try --tasks 500
  waymark demo -o load --tasks 100000 --data-only`
}

// Run writes the demo's data and runs its suite.
func (c *demoCmd) Run(a *app) error {
	if c.Tasks < 50 || c.Tasks > 10_000_000 {
		return usage(fmt.Errorf("found --tasks %d, expected 50 to 10000000", c.Tasks))
	}
	g := synthetic.Generator{Seed: 7, Tasks: c.Tasks}
	if a.Seed != nil {
		g.Seed = uint64(*a.Seed)
	}
	dir := relative(c.Output)
	path := filepath.Join(dir, "suite.yaml")
	if err := c.data(a, g, dir, path); err != nil {
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
	if err := a.runSuite(s, nil, "", true, dir); err != nil {
		return err
	}
	a.note("\nLook at %s. Then: waymark runs, waymark audit latest %s, and edit %s and waymark run it.",
		filepath.Join(dir, "report.html"), g.ID(0), path)
	return nil
}

// data writes dataset and suite. Those of an earlier demo give way; anything else
// that is there does not.
func (c *demoCmd) data(a *app, g synthetic.Generator, dir, path string) error {
	data := filepath.Join(dir, "data")
	if f, err := datasets.Open(data); err == nil && f.Info().Synthetic && f.Info().Name == g.Info().Name {
		if err := os.RemoveAll(data); err != nil {
			return err
		}
	} else if entries, _ := os.ReadDir(data); err == nil || len(entries) > 0 {
		return usage(fmt.Errorf("%s is there and not from a demo; name another folder with -o", data))
	}
	if err := writeSynthetic(a.ctx, g, data); err != nil {
		return err
	}
	if _, err := os.Stat(path); err == nil {
		return nil // somebody may have edited it
	}
	return os.WriteFile(path, []byte(synthetic.Suite), 0o644)
}

// writeSynthetic writes the generator's data as a dataset folder.
func writeSynthetic(ctx context.Context, g synthetic.Generator, dir string) error {
	info := g.Info()
	w, err := datasets.Create(dir, datasets.Meta{
		Name: info.Name, Version: info.Version, Licence: info.Licence, Source: info.Source, Synthetic: true, Features: info.Features,
	})
	if err != nil {
		return err
	}
	err = func() error {
		for t, err := range g.All(ctx) {
			if err := errors.Join(err, w.WriteTask(t)); err != nil {
				return err
			}
		}
		for r, err := range g.Responses(ctx) {
			if err := errors.Join(err, w.WriteResponse(r)); err != nil {
				return err
			}
		}
		for v, err := range g.Decisions(ctx) {
			if err := errors.Join(err, w.WriteVerdict(v)); err != nil {
				return err
			}
		}
		return nil
	}()
	if err != nil {
		w.Abort()
		return err
	}
	return w.Close()
}
