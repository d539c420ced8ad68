package main

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"waymark/internal/store"
	"waymark/internal/trend"
	"waymark/internal/yamlfile"
)

type trendCmd struct {
	Name        string  `arg:"" optional:"" help:"A suite's path or a dataset's name; the newest run's dataset unless given."`
	Policy      string  `short:"p" placeholder:"NAME" help:"Only this policy; all of the newest run unless given."`
	Metric      string  `default:"quality" enum:"quality,cost" help:"What is watched: ${enum}."`
	Alpha       float64 `default:"0.05" placeholder:"A" help:"The probability of any false alarm, ever, for each policy; default ${default}."`
	Margin      float64 `default:"0.01" placeholder:"D" help:"The worsening that is allowed: in the units of quality, or a share of the baseline's cost; default ${default}."`
	Baseline    string  `placeholder:"RUN" help:"Hold the nights after this run against it, instead of the first."`
	Stale       int     `default:"30" placeholder:"DAYS" help:"Flag runs whose responses were older than this; default ${default}."`
	FailOnAlarm bool    `help:"Exit with 100 where there is an alarm."`
}

func (trendCmd) Help() string {
	return `The first run is the baseline, the next with fresh responses tells how much they
vary, and every later one is bet on: the e-value is the evidence that the policy is
worse than the margin allows. It alarms at 2/alpha, and whoever looks however often is
misled with probability alpha at most. Responses that were there before are not bet
on. Tasks are paired by id; groups of tasks are the units. See docs/trend.md.

Examples:

  waymark trend
  waymark trend suite.yaml --policy by-category
  waymark trend support-tickets --metric cost --margin 0.05
  waymark trend suite.yaml --margin 0.02 --alpha 0.01 --fail-on-alarm --format json`
}

// Run prints the history of each policy.
func (c *trendCmd) Run(a *app) error {
	if c.Stale < 0 {
		return usage(fmt.Errorf("found --stale %d, expected at least 0", c.Stale))
	}
	db, err := store.OpenExisting(a.ctx, a.DB)
	if err != nil {
		return stored(err)
	}
	defer db.Close()
	runs, err := c.runs(a, db)
	if err != nil {
		return err
	}
	policies, err := c.policies(runs)
	if err != nil {
		return usage(err)
	}
	nights, err := readNights(a.ctx, db, runs)
	if err != nil {
		return err
	}
	var histories []history
	for _, p := range policies {
		h, err := c.history(a.ctx, db, nights, p)
		if err != nil {
			return err
		}
		if h != nil {
			histories = append(histories, *h)
		}
	}
	if histories == nil {
		return usage(fmt.Errorf("found %s of %s, none of which has decisions of %s", plural(len(runs), "run"), runs[0].Dataset, strings.Join(policies, ", ")))
	}
	if err := a.printHistories(histories); err != nil {
		return err
	}
	return c.verdict(histories)
}

func (c *trendCmd) verdict(histories []history) error {
	var names []string
	for _, h := range histories {
		if h.Alarm {
			names = append(names, h.Policy)
		}
	}
	if names == nil || !c.FailOnAlarm {
		return nil
	}
	return &exitError{exitCheck, fmt.Errorf("%s got worse than the margin allows: %s", c.Metric, strings.Join(names, ", "))}
}

// runs are the finished ones of one dataset, oldest first.
func (c *trendCmd) runs(a *app, db *store.DB) ([]store.RunInfo, error) {
	all, err := db.Runs(a.ctx)
	if err != nil {
		return nil, stored(err)
	}
	dataset, names := "", []string{}
	for _, r := range all { // newest first
		if r.Status != store.StatusDone || !r.HasResult {
			continue
		}
		names = append(names, r.Dataset)
		if dataset == "" && (c.Name == "" || c.Name == r.Dataset || samePath(c.Name, r.SuitePath)) {
			dataset = r.Dataset
		}
	}
	if dataset == "" {
		return nil, usage(c.unknown(names))
	}
	var from time.Time
	if c.Baseline != "" {
		info, err := db.FindRun(a.ctx, c.Baseline)
		if err != nil {
			return nil, stored(err)
		}
		if from = info.Started; info.Dataset != dataset || info.Status != store.StatusDone {
			return nil, usage(fmt.Errorf("found run %s (%s, of %s) as the baseline, expected one of %s that is done", info.ID, info.Status, info.Dataset, dataset))
		}
	}
	var out []store.RunInfo
	for _, r := range all {
		if r.Dataset == dataset && r.Status == store.StatusDone && r.HasResult && !r.Started.Before(from) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b store.RunInfo) int { // ids tell seconds only
		return cmp.Or(a.Started.Compare(b.Started), strings.Compare(a.ID, b.ID))
	})
	return out, nil
}

func (c *trendCmd) unknown(names []string) error {
	if len(names) == 0 {
		return fmt.Errorf("there is no finished run yet; `waymark run SUITE` makes one")
	}
	msg := fmt.Sprintf("found %q, expected the path of a suite that was run or the name of its dataset", c.Name)
	if near := yamlfile.Nearest(c.Name, names); near != "" {
		msg += fmt.Sprintf("; did you mean %q?", near)
	}
	return fmt.Errorf("%s", msg)
}

func samePath(a, b string) bool {
	if relative(a) == relative(b) {
		return true
	}
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// policies are those to tell of: the one that is asked for, or the newest run's.
func (c *trendCmd) policies(runs []store.RunInfo) ([]string, error) {
	if c.Policy == "" {
		return runs[len(runs)-1].Policies, nil
	}
	known := map[string]bool{}
	var names []string
	for _, r := range runs {
		for _, p := range r.Policies {
			if !known[p] {
				names = append(names, p)
			}
			known[p] = true
		}
	}
	if !known[c.Policy] {
		return nil, fmt.Errorf("found policy %q, expected one of %s", c.Policy, strings.Join(names, ", "))
	}
	return []string{c.Policy}, nil
}

// options are what trend.Follow is asked, in units of scores.
func (c *trendCmd) options(span float64) trend.Options {
	o := trend.Options{Cost: c.Metric == "cost", Margin: c.Margin, Alpha: c.Alpha, Confidence: 0.95}
	if !o.Cost && span > 0 && !math.IsInf(span, 0) {
		o.Margin /= span
	}
	return o
}
