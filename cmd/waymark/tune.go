package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"waymark/internal/claim"
	"waymark/reports"
	"waymark/suite"
)

type tuneCmd struct {
	Suite     string   `arg:"" type:"path" help:"The suite file."`
	Policy    string   `short:"p" placeholder:"NAME" help:"The policy to tune; needed where several have a knob."`
	Minimise  string   `placeholder:"WHAT" help:"cost: minimise it, instead of the suite's objective."`
	Maximise  string   `placeholder:"WHAT" help:"quality: maximise it, instead of the suite's objective."`
	SubjectTo string   `placeholder:"CLAIMS" help:"Conditions of that objective, joined by and."`
	Guarantee bool     `short:"g" help:"Certify: with probability 1-delta over the draw of the tune split, the knob meets the conditions on new tasks."`
	Delta     *float64 `placeholder:"D" help:"The chance that a certificate may be wrong; default 0.05."`
	Risk      float64  `placeholder:"A" help:"Certify instead that of the tasks sent to the weak model at most this share loses what the strong one would have got."`
	Start     float64  `placeholder:"SHARE" help:"Share to strong at which the certified sequence begins; default 1, and 0.9 with --risk."`
	Output    string   `short:"o" type:"path" placeholder:"FILE" help:"Write the tuned suite there, and beside it its diff (.diff) and calibration record (.json), over those of an earlier day; default: SUITE.tuned.yaml."`
	DryRun    bool     `help:"Write nothing."`
}

func (tuneCmd) Help() string {
	return `Chooses the knob of a policy on the tune split, for the suite's objective, and
reports it on the test split, which had no part in the choice.

Examples:

  waymark tune suite.yaml --policy difficulty
  waymark tune suite.yaml -p difficulty --minimise cost --subject-to "quality >= 0.97 * quality(large) and p95 <= 2000"
  waymark tune suite.yaml -p difficulty --guarantee --delta 0.1
  waymark tune suite.yaml -p difficulty --risk 0.05
  waymark tune suite.yaml -p difficulty --format json --dry-run > record.json

Exit codes: 0 done, 1 failed, 2 bad input, 100 no knob met the objective (or none could be certified).`
}

// defaultDelta is the chance that a certificate may be wrong, unless told.
const defaultDelta = 0.05

// Run tunes one policy.
func (c *tuneCmd) Run(a *app) error {
	s, err := suite.Load(relative(c.Suite))
	if err != nil {
		return usage(err)
	}
	delta := defaultDelta
	if c.Delta != nil {
		delta = *c.Delta
	}
	if (c.Delta != nil || c.Start != 0) && !c.Guarantee && c.Risk == 0 {
		return usage(errors.New("--delta and --start are about a certificate: say --guarantee or --risk too"))
	}
	if !(delta > 0 && delta < 0.5) || !(c.Risk >= 0 && c.Risk < 1) || !(c.Start >= 0 && c.Start <= 1) {
		return usage(fmt.Errorf("found --delta %g --risk %g --start %g, expected delta between 0 and 0.5, risk below 1 and start at most 1", delta, c.Risk, c.Start))
	}
	if ext := filepath.Ext(c.Output); c.Output != "" && (ext == ".json" || ext == ".diff" || filepath.Clean(relative(c.Output)) == filepath.Clean(relative(c.Suite))) {
		return usage(fmt.Errorf("found -o %s, expected a suite file of its own, such as SUITE.tuned.yaml: its diff and record stand beside it as .diff and .json", c.Output))
	}
	spec := suite.TuneSpec{Policy: c.Policy, Guarantee: c.Guarantee, Delta: delta, Risk: c.Risk, Start: c.Start}
	if c.SubjectTo != "" && c.Minimise+c.Maximise == "" {
		return usage(errors.New("--subject-to replaces the suite's objective: say --minimise cost or --maximise quality too"))
	}
	if c.Minimise+c.Maximise+c.SubjectTo != "" {
		o := &suite.Objective{Minimise: c.Minimise, Maximise: c.Maximise, SubjectTo: c.SubjectTo}
		if err := o.Check(); err != nil {
			var at *claim.Error
			if errors.As(err, &at) {
				return usage(fmt.Errorf("--subject-to: %w", err))
			}
			return usage(fmt.Errorf("--minimise, --maximise: %w", err))
		}
		spec.Objective = o
	}
	opt := a.options()
	bar := newProgress(a)
	opt.Stage, opt.Progress = bar.stage, bar.progress
	ctx, stop := interruptible(a)
	defer stop()
	t, err := s.Tune(ctx, spec, opt)
	bar.done()
	var none *suite.NoKnob
	if t == nil || err != nil && !errors.As(err, &none) && !errors.As(err, new(*suite.Incomplete)) {
		return a.explain(err, s)
	}
	if err := c.write(a, s, t); err != nil {
		return err
	}
	return a.explain(err, s)
}

// write prints what was found and keeps it.
func (c *tuneCmd) write(a *app, s *suite.Suite, t *suite.Tuned) error {
	if err := reports.Tuned(a.stdout, t, a.Format); err != nil {
		return err
	}
	base := strings.TrimSuffix(relative(c.Suite), filepath.Ext(c.Suite)) + ".tuned"
	path := base + ".yaml"
	if c.Output != "" {
		path = relative(c.Output)
		base = strings.TrimSuffix(path, filepath.Ext(path))
	}
	files := map[string]string{}
	record, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return err
	}
	// Where no knob was found the tuned suite of an earlier day stays what its own record says.
	order := []string{base + ".failed.json"}
	files[base+".failed.json"] = string(record) + "\n"
	if len(t.Knob) > 0 {
		var knob []float64
		for _, x := range t.Knob {
			knob = append(knob, float64(x))
		}
		frozen := ""
		if t.Frozen != nil {
			frozen = filepath.Base(base) + ".fitted.json"
		}
		text, diff, err := s.RewriteFitted(t.Policy, frozen, knob...)
		if err != nil {
			return err
		}
		if filepath.Dir(path) != filepath.Dir(s.Path) && !filepath.IsAbs(s.Dataset) {
			a.note("! %s names its dataset relative to itself: %s stands elsewhere", s.Path, path)
		}
		order = []string{path, base + ".diff", base + ".json"}
		files[path], files[base+".diff"], files[base+".json"] = text, diff, string(record)+"\n"
		if t.Frozen != nil {
			state, err := t.Frozen.JSON()
			if err != nil {
				return err
			}
			order = append(order, base+".fitted.json")
			files[base+".fitted.json"] = string(state)
		}
		if a.Format == "table" {
			fmt.Fprintf(a.stdout, "\n%s", clean(diff))
		}
	}
	if c.DryRun {
		return nil
	}
	for _, name := range order {
		if err := os.WriteFile(name, []byte(files[name]), 0o644); err != nil {
			return err
		}
	}
	a.note("wrote %s", strings.Join(order, " "))
	return nil
}
