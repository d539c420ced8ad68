package main

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"waymark/reports"
	"waymark/suite"
)

type compareCmd struct {
	A      string  `arg:"" help:"A policy, POLICY@RUN, or a run."`
	B      string  `arg:"" help:"What it is compared with: the same forms."`
	Suite  string  `short:"s" type:"path" placeholder:"FILE" help:"Replay this suite, so that models and POLICY=KNOB can be compared too."`
	RunID  string  `name:"run" default:"latest" placeholder:"RUN" help:"The run that policies without a run are of."`
	Margin float64 `placeholder:"X" help:"A difference in quality that does not matter, in the dataset's units."`
}

func (compareCmd) Help() string {
	return `Compares two policies on the same tasks, pairwise: quality, cost, and what changed
route. The verdict is one of four: better, worse, within the margin, no difference
found. Two runs are compared policy by policy.

Examples:

  waymark compare by-category always-strong
  waymark compare by-category@20261124-130501-a3f2 by-category
  waymark compare 20261123-010000-11aa latest --margin 0.01
  waymark compare night-owl=0.2 night-owl=0.5 --suite suite.yaml`
}

// Run compares.
func (c *compareCmd) Run(a *app) error {
	if !(c.Margin >= 0) {
		return usage(fmt.Errorf("found --margin %g, expected at least 0", c.Margin))
	}
	all, lo, hi, err := c.compare(a)
	if err != nil {
		return err
	}
	return reports.Compared(a.stdout, all, lo, hi, a.Format)
}

func (c *compareCmd) compare(a *app) (all []*suite.Compared, lo, hi float64, err error) {
	if c.Suite != "" {
		return c.replayed(a)
	}
	ea, policyA, err := c.side(a, c.A)
	if err != nil {
		return nil, 0, 0, err
	}
	eb, policyB, err := c.side(a, c.B)
	if err != nil {
		return nil, 0, 0, err
	}
	if (policyA == "") != (policyB == "") {
		return nil, 0, 0, usage(fmt.Errorf("found a run beside a policy, expected two policies or two runs"))
	}
	if ea.Run == eb.Run {
		eb = ea
	}
	pairs := [][2]string{{policyA, policyB}}
	if policyA == "" {
		if pairs = shared(ea, eb); len(pairs) == 0 {
			return nil, 0, 0, usage(fmt.Errorf("runs %s and %s share no policy", ea.Run, eb.Run))
		}
	}
	for _, p := range pairs {
		one, err := suite.Compare(ea, p[0], eb, p[1], c.Margin)
		if err != nil {
			return nil, 0, 0, usage(err)
		}
		all = append(all, one)
	}
	suite.AdjustCompared(all)
	return all, ea.Dataset.QualityLo, ea.Dataset.QualityHi, nil
}

// side is the run and the policy that an argument means; the policy is "" where it
// means a whole run.
func (c *compareCmd) side(a *app, arg string) (*suite.Evidence, string, error) {
	if policy, run, ok := strings.Cut(arg, "@"); ok {
		e, err := a.evidence(run, nil)
		return e, policy, err
	}
	e, err := a.evidence(c.RunID, nil)
	if err == nil {
		if _, ok := e.Rows[arg]; ok {
			return e, arg, nil
		}
	}
	if whole, runErr := a.evidence(arg, nil); runErr == nil {
		return whole, "", nil
	}
	return e, arg, err
}

// shared are the policies that two runs both have.
func shared(a, b *suite.Evidence) (pairs [][2]string) {
	for name, o := range a.Rows {
		if other := b.Rows[name]; other != nil && o.Type != "constant" && other.Type != "constant" {
			pairs = append(pairs, [2]string{name, name})
		}
	}
	sort.Slice(pairs, func(i, j int) bool { return pairs[i][0] < pairs[j][0] })
	return pairs
}

// replayed compares policies of a suite, at the knobs that are asked for.
func (c *compareCmd) replayed(a *app) (all []*suite.Compared, lo, hi float64, err error) {
	s, err := suite.Load(relative(c.Suite))
	if err != nil {
		return nil, 0, 0, usage(err)
	}
	for _, arg := range []string{c.A, c.B} {
		if err := s.AtKnob(arg); err != nil {
			return nil, 0, 0, usage(err)
		}
	}
	res, err := a.replay(s, a.options(), false)
	if res == nil {
		return nil, 0, 0, a.explain(err, s)
	}
	if errors.As(err, new(*suite.Incomplete)) {
		return nil, 0, 0, a.explain(err, s)
	}
	e := res.Evidence()
	one, err := suite.Compare(e, c.A, e, c.B, c.Margin)
	if err != nil {
		return nil, 0, 0, usage(err)
	}
	return []*suite.Compared{one}, res.Dataset.QualityLo, res.Dataset.QualityHi, nil
}
