package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"waymark/suite"
)

type fitCmd struct {
	Suite  string `arg:"" type:"path" help:"The suite file."`
	Policy string `short:"p" required:"" placeholder:"NAME" help:"The policy whose learned parts are fitted."`
	Output string `short:"o" type:"path" placeholder:"FILE" help:"Write the fitted state there; default: SUITE.POLICY.fitted.json."`

	Difficulties string `type:"path" placeholder:"FILE" help:"Write how difficult each task was found as CSV there, in standard deviations from the mean; needs an item response model (irt)."`
}

func (fitCmd) Help() string {
	return `Fits the learned parts of a policy (a scorer, an estimator, an acceptor) on the tune
split, or on all tasks where the suite does not split them, and writes them to a file with
a digest. A policy with fitted: FILE in a suite is loaded from it and not fitted again.
What can be told is printed: a tree, the abilities of an item response model.

Examples:

  waymark fit suite.yaml --policy learned
  waymark fit suite.yaml -p learned -o learned.fitted.json
  waymark fit suite.yaml -p by-difficulty --difficulties difficulty.csv`
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
	if c.Difficulties != "" && f.Difficulties == nil {
		return usage(errors.New("--difficulties: the policy has no item response model; expected one of type irt"))
	}
	text, err := f.JSON()
	if err != nil {
		return err
	}
	path := strings.TrimSuffix(relative(c.Suite), filepath.Ext(c.Suite)) + "." + inName(c.Policy) + ".fitted.json"
	if c.Output != "" {
		path = relative(c.Output)
	}
	if filepath.Clean(path) == filepath.Clean(relative(c.Suite)) {
		return usage(fmt.Errorf("found -o %s, which is the suite itself, expected a file of its own", c.Output))
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		return err
	}
	for _, fact := range f.Facts {
		fmt.Fprintf(a.stdout, "%s, %s:\n%s", clean(fact.Part), fact.Title, cleanLines(fact.Text))
	}
	if c.Difficulties != "" {
		if err := writeDifficulties(relative(c.Difficulties), f.Difficulties); err != nil {
			return err
		}
	}
	a.note("%s fitted on %d tasks of %s; wrote %s, %s", clean(f.Policy), f.Tasks, clean(f.Dataset), path, f.Digest)
	return nil
}

// inName is a policy's name as a part of a file's: what may not stand there is escaped.
func inName(policy string) string {
	return strings.ReplaceAll(url.PathEscape(policy), "%", "_")
}

// cleanLines is clean for text of several lines.
func cleanLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = clean(lines[i])
	}
	return strings.Join(lines, "\n")
}

func writeDifficulties(path string, of map[string]float64) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	w := csv.NewWriter(file)
	rows := [][]string{{"task", "difficulty"}}
	for _, id := range slices.Sorted(maps.Keys(of)) {
		rows = append(rows, []string{id, strconv.FormatFloat(of[id], 'g', 6, 64)})
	}
	return errors.Join(w.WriteAll(rows), file.Close())
}
