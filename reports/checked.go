package reports

import (
	"fmt"
	"io"
	"strings"

	"waymark/suite"
)

// checksOf are the verdicts of the run's checks, where it was checked.
func checksOf(res *suite.Result) []grid {
	if res.Checked == nil {
		return nil
	}
	g := checkedGrid(res.Checked)
	c := res.Checked
	g.title = fmt.Sprintf("Checks: %d passed, %d failed, %d undecided%s", c.Passed, c.Failed, c.Open, openCounts(c))
	return []grid{g}
}

// Checked prints the verdicts of a suite's checks: as text, json, jsonl (a check a
// line), csv or md.
func Checked(w io.Writer, c *suite.Checked, format string) error {
	switch format {
	case "json":
		return objects(w, []*suite.Checked{c}, format)
	case "jsonl":
		return objects(w, c.Checks, format)
	}
	g := checkedGrid(c)
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
		explain(&b, &v)
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
	fmt.Fprintf(&b, "%d passed, %d failed, %d undecided%s\n", c.Passed, c.Failed, c.Open, openCounts(c))
	_, err := io.WriteString(w, b.String())
	return err
}

func checkedGrid(c *suite.Checked) grid {
	g := grid{
		header: []string{"verdict", "check", "estimate", "bound", "P(pass | no change)", "smallest noticed"},
		right:  map[int]bool{2: true, 3: true, 4: true, 5: true},
	}
	for _, v := range c.Checks {
		g.rows = append(g.rows, []string{
			strings.ToUpper(v.Verdict), clean(v.Expr), withInterval(v.Estimate, plain), fmt.Sprintf("%s %.4g", v.Op, v.Bound), chance(&v), leastNoticed(&v),
		})
	}
	return g
}

// chance is P(pass | no change), with its range where it rests on an estimate.
func chance(v *suite.Verdict) string {
	percent := func(x float64) string { return fmt.Sprintf("%.0f", 100*x) }
	switch {
	case v.PassIfUnchanged == nil:
		return unknown
	case len(v.PassRange) == 2 && percent(v.PassRange[0]) != percent(v.PassRange[1]):
		return fmt.Sprintf("%s %% [%s, %s]", percent(*v.PassIfUnchanged), percent(v.PassRange[0]), percent(v.PassRange[1]))
	}
	return percent(*v.PassIfUnchanged) + " %"
}

// leastNoticed is the smallest change that the check fails, and from where it is counted if not from no change.
func leastNoticed(v *suite.Verdict) string {
	if v.SmallestNoticed == nil {
		return unknown
	}
	text := fmt.Sprintf("%.3g", *v.SmallestNoticed)
	if v.NoticedFrom != "no change" {
		text += " past " + v.NoticedFrom
	}
	return text
}

// explain says why a check did not pass, and why the chance that it does is not known.
func explain(b *strings.Builder, v *suite.Verdict) {
	for _, w := range v.Estimate.Warnings {
		fmt.Fprintf(b, "! %s: %s\n", clean(v.Expr), clean(w))
	}
	if v.Verdict != "pass" {
		fmt.Fprintf(b, "%s: %s\n  %s\n", strings.ToUpper(v.Verdict), clean(v.Expr), clean(v.Why))
	}
	if v.Unknown != "" && v.Estimate.Method != "counted" && (v.PassIfUnchanged == nil || v.Verdict != "pass") {
		fmt.Fprintf(b, "– %s\n  not known: %s\n", clean(v.Expr), clean(v.Unknown))
	}
}

// openCounts says what undecided checks count as.
func openCounts(c *suite.Checked) string {
	switch {
	case c.Open == 0 || c.OpenCounts == "":
		return ""
	case c.OpenCounts == "fail":
		return " (undecided counts as failed)"
	}
	return " (undecided counts as passed; --undecided fail changes that)"
}
