package reports_test

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"waymark/reports"
	"waymark/suite"
)

// unruly is a name that would take over a terminal, a table or a page.
const unruly = "p\x1b[2J\u202e<script>|x"

func checkedExample() *suite.Checked {
	p, least, holm := 0.62, 0.031, 0.2
	return &suite.Checked{
		Schema: 1, Run: "r2", Baseline: "r1", Dataset: unruly, Tasks: 400, Overlap: 390, Level: 0.025, Passed: 1, Failed: 1, Open: 2, OpenCounts: "pass",
		New: []string{unruly}, Missing: []string{"gone"}, Warnings: []string{"beware of " + unruly},
		Checks: []suite.Verdict{
			{Expr: "quality(" + unruly + ") >= 0.5", Verdict: "fail", Why: "no part of the interval meets it", Estimate: suite.Interval{Value: 0.4, Lo: 0.35, Hi: 0.45, Warnings: []string{"only 10 independent units"}}, Op: ">=", Bound: 0.5, PHolm: &holm, PassIfUnchanged: &p, PassRange: []float64{0.4, 0.8}, SmallestNoticed: &least, NoticedFrom: "the bound"},
			{Expr: "quality(a) >= quality(a@baseline) - 0.01", Verdict: "pass", Why: "the whole interval meets it", Estimate: suite.Interval{Value: 0, Lo: -0.005, Hi: 0.005}, Op: ">=", Bound: -0.01, PassIfUnchanged: &p, SmallestNoticed: &least, NoticedFrom: "no change"},
			{Expr: "cost(a) <= 1", Verdict: "undecided", Why: "no interval: costs are unknown", Estimate: suite.Interval{Value: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), Withheld: "costs are unknown"}, Op: "<=", Bound: 1},
			{Expr: "quality(a) >= quality(b@baseline)", Verdict: "undecided", Why: "b is not in run r1", Unknown: "b is not in this run", Estimate: suite.Interval{Value: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), Withheld: "b is not in run r1"}, Op: ">=", Bound: 0},
		},
	}
}

func printed(t *testing.T, print func(*strings.Builder) error) string {
	t.Helper()
	var b strings.Builder
	if err := print(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A person reads the verdicts, what they rest on, what an undecided check counts as and what is not known.
func TestCheckedAsText(t *testing.T) {
	text := printed(t, func(b *strings.Builder) error { return reports.Checked(b, checkedExample(), "table") })
	for _, want := range []string{
		"400 tasks; baseline r1 (390 tasks in both)", "62 % [40, 80]", "0.031 past the bound", "0.4 [0.35, 0.45]",
		"FAIL: quality(", ">= 0.5: only 10 independent units", "no part of the interval meets it", "not known: b is not in this run", "new policies, not in the baseline: p", "missing here: gone", "beware of",
		"1 passed, 1 failed, 2 undecided (undecided counts as passed; --undecided fail changes that)",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	strict := checkedExample()
	strict.OpenCounts = "fail"
	if text := printed(t, func(b *strings.Builder) error { return reports.Checked(b, strict, "table") }); !strings.Contains(text, "(undecided counts as failed)") {
		t.Errorf("what undecided counts as is not told:\n%s", text)
	}
}

// Names that files bring along stay inside of their cells, in every format.
func TestHostileNamesInVerdicts(t *testing.T) {
	checked := func(format string) string {
		return printed(t, func(b *strings.Builder) error { return reports.Checked(b, checkedExample(), format) })
	}
	compared := func(format string) string {
		nan := suite.Interval{Value: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), Withheld: "costs are unknown"}
		c := &suite.Compared{A: unruly, B: "b", N: 3, Cost: nan, Verdict: "better", Warnings: []string{unruly}, Quality: suite.Interval{Value: 0.1, Lo: 0.05, Hi: 0.15}}
		c.Rerouted = suite.Rerouted{N: 3, Share: 1, Quality: nan, Cost: nan, Moves: []suite.Move{{From: unruly, To: "b", N: 3, Quality: suite.Interval{Value: 0.1, Lo: math.NaN(), Hi: math.NaN(), Withheld: "3 independent units are too few"}, Cost: nan}}}
		return printed(t, func(b *strings.Builder) error { return reports.Compared(b, []*suite.Compared{c}, 0, 1, format) })
	}
	for _, format := range []string{"table", "md", "csv", "json", "jsonl"} {
		for name, text := range map[string]string{"checked": checked(format), "compared": compared(format)} {
			if strings.Contains(text, "\x1b") || strings.Contains(text, "\u202e") && !strings.HasPrefix(format, "json") { // JSON keeps names as they are, and escapes
				t.Errorf("%s as %s has control characters: %q", name, format, text)
			}
		}
	}
	for i, line := range strings.Split(strings.TrimSpace(checked("md")), "\n") {
		if cells := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"); cells != 7 {
			t.Errorf("line %d of the Markdown has %d bars: %s", i, cells, line)
		}
	}
	rows, err := csv.NewReader(strings.NewReader(checked("csv"))).ReadAll()
	if err != nil || len(rows) != 5 || len(rows[1]) != 6 {
		t.Errorf("the CSV has %d rows, %v", len(rows), err)
	}
}

// JSON is a contract: its fields are there, and null where a number is not known.
func TestCheckedAsJSON(t *testing.T) {
	text := printed(t, func(b *strings.Builder) error { return reports.Checked(b, checkedExample(), "json") })
	var got struct {
		Checks []map[string]any
		Counts string `json:"undecided_counts_as"`
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"expr", "verdict", "why", "estimate", "left", "op", "bound", "comparison", "p_pass_if_unchanged", "smallest_noticed", "p_holm"} {
		if _, ok := got.Checks[2][key]; !ok {
			t.Errorf("a check has no %s: %v", key, got.Checks[2])
		}
	}
	if got.Checks[2]["smallest_noticed"] != nil || got.Checks[0]["p_pass_if_unchanged"] != 0.62 || got.Counts != "pass" {
		t.Errorf("%+v", got)
	}
}
