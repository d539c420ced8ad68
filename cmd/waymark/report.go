package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"waymark/internal/store"
	"waymark/internal/yamlfile"
	"waymark/reports"
	"waymark/suite"
)

type reportCmd struct {
	RunID  string   `arg:"" optional:"" name:"run" default:"latest" help:"A run's id, the start of one, or latest."`
	Output string   `short:"o" type:"path" default:"report" placeholder:"DIR" help:"The folder to write to; default ${default}."`
	Only   []string `placeholder:"FORMAT" help:"Only these formats: html, png, svg, md, csv, json."`
}

func (reportCmd) Help() string {
	return `Examples:

  waymark report
  waymark report 20261124-130501-a3f2 -o night
  waymark report latest --only png,html -o slides`
}

// Run renders a kept result.
func (c *reportCmd) Run(a *app) error {
	var names []string
	for _, f := range reports.Formats {
		names = append(names, f.Name)
	}
	for _, f := range c.Only {
		if yamlfile.Nearest(f, names) != f {
			return usage(fmt.Errorf("found format %q, expected some of %s", f, strings.Join(names, ", ")))
		}
	}
	res, err := a.result(c.RunID)
	if err != nil {
		return err
	}
	paths, err := reports.Write(a.ctx, res, relative(c.Output), c.Only)
	if err != nil {
		return err
	}
	for _, p := range paths {
		fmt.Fprintln(a.stdout, p)
	}
	return nil
}

// result reads the result of a run back.
func (a *app) result(run string) (*suite.Result, error) {
	db, err := store.OpenExisting(a.ctx, a.DB)
	if err != nil {
		return nil, stored(err)
	}
	defer db.Close()
	info, err := db.FindRun(a.ctx, run)
	if err != nil {
		return nil, stored(err)
	}
	text, err := db.Result(a.ctx, info.ID)
	if err != nil {
		return nil, stored(err)
	}
	if text == nil {
		return nil, usage(fmt.Errorf("run %s has no result: it is %s; go on with: waymark run %s --resume %s", info.ID, info.Status, info.SuitePath, info.ID))
	}
	var res suite.Result
	if err := json.Unmarshal(text, &res); err != nil {
		return nil, fmt.Errorf("run %s: its result cannot be read: %w", info.ID, err)
	}
	if res.Schema != suite.Schema {
		return nil, fmt.Errorf("run %s has a result of schema %d, this program reads %d", info.ID, res.Schema, suite.Schema)
	}
	return &res, nil
}
