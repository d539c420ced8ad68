package reports

import (
	"fmt"
	"io"
	"strings"

	"waymark/suite"
)

// Checked prints the verdicts of a suite's checks: as text, json, jsonl (a check a
// line), csv or md.
func Checked(w io.Writer, c *suite.Checked, format string) error {
	switch format {
	case "json":
		return objects(w, []*suite.Checked{c}, format)
	case "jsonl":
		return objects(w, c.Checks, format)
	}
	g := grid{
		header: []string{"verdict", "check", "estimate", "bound", "P(pass | no change)", "smallest noticed"},
		right:  map[int]bool{2: true, 3: true, 4: true, 5: true},
	}
	for _, v := range c.Checks {
		p, least := unknown, unknown
		if v.PassIfUnchanged != nil {
			p = fmt.Sprintf("%.0f %%", 100**v.PassIfUnchanged)
		}
		if v.SmallestNoticed != nil {
			least = fmt.Sprintf("%.3g", *v.SmallestNoticed)
		}
		g.rows = append(g.rows, []string{strings.ToUpper(v.Verdict), clean(v.Expr), withInterval(v.Estimate, plain), fmt.Sprintf("%s %.4g", v.Op, v.Bound), p, least})
	}
	if done, err := g.print(w, format); done {
		return err
	}
	var b strings.Builder
	if c.OffPolicy {
		fmt.Fprintf(&b, "OFF-POLICY: estimates are from a log, and nobody observed them.\n")
	}
	against := "no baseline"
	if c.Baseline != "" {
		against = fmt.Sprintf("baseline %s (%d tasks in both)", c.Baseline, c.Overlap)
	}
	fmt.Fprintf(&b, "%s: %d tasks; %s\n%s\n", clean(c.Dataset), c.Tasks, clean(against), g.writer().Render())
	for _, v := range c.Checks {
		if v.Verdict != "pass" {
			fmt.Fprintf(&b, "%s: %s\n  %s\n", strings.ToUpper(v.Verdict), clean(v.Expr), clean(v.Why))
		}
	}
	list := func(what string, names []string) {
		if len(names) > 0 {
			fmt.Fprintf(&b, "! %s: %s\n", what, clean(strings.Join(names, ", ")))
		}
	}
	list("new policies, not in the baseline", c.New)
	list("policies of the baseline that are missing here", c.Missing)
	for _, n := range c.Warnings {
		fmt.Fprintf(&b, "! %s\n", clean(n))
	}
	fmt.Fprintf(&b, "%d passed, %d failed, %d undecided\n", c.Passed, c.Failed, c.Open)
	_, err := io.WriteString(w, b.String())
	return err
}
