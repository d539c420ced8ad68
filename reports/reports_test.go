package reports_test

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waymark/internal/stats"
	"waymark/reports"
	"waymark/suite"
)

var update = flag.Bool("update", false, "accept golden files as they come out")

func interval(x, half float64) suite.Interval {
	return suite.Interval(stats.Estimate{Value: x, Lo: x - half, Hi: x + half, N: 100, Groups: 100, Method: "test"})
}

func none(why string) suite.Interval {
	return suite.Interval{Value: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), Withheld: why}
}

func row(name string, quality, cost float64) suite.PolicyRow {
	return suite.PolicyRow{
		Name: name, Type: "fixed", Knob: []suite.Number{}, Split: "test", N: 100, Quality: interval(quality, 0.05),
		Cost: suite.Cost{Known: true, Total: 100 * cost, PerTask: interval(cost, cost/10)}, Mix: map[string]float64{name: 1},
		Metrics: map[string]suite.Metric{}, VsBestConstant: &suite.Versus{Name: "large", Quality: interval(quality-0.9, 0.04), Cost: interval(cost-0.5, 0.02)},
	}
}

// made is a result made by hand.
func made(policies ...string) *suite.Result {
	res := &suite.Result{
		Schema: 1, Split: "test", Confidence: 0.95,
		Dataset:    suite.DatasetInfo{Name: "made-up", Digest: "sha256:0", Tasks: 100, All: 200, Models: 2, QualityHi: 1, CostKnown: true, Synthetic: true},
		Constants:  []suite.PolicyRow{row("small", 0.6, 0.02), row("large", 0.9, 0.5)},
		Baselines:  suite.Baselines{BestConstant: suite.Baseline{Name: "large", Quality: interval(0.9, 0.05), Cost: suite.Cost{Known: true, PerTask: interval(0.5, 0.05)}}},
		Frontier:   []string{"small", "large"},
		Hull:       []string{"small", "large"},
		Categories: []suite.CategoryRow{}, Curves: []suite.Curve{}, Warnings: []string{"mind the gap"}, Grading: []suite.GradingCount{},
	}
	res.Constants[0].OnFrontier, res.Constants[1].OnFrontier = true, true
	for i, p := range policies {
		r := row(p, 0.7+0.01*float64(i), 0.1+0.03*float64(i))
		r.Type = "table"
		res.Policies = append(res.Policies, r)
	}
	return res
}

var hostile = []string{"</script><img src=x onerror=alert(1)>", "a\u202egnp.exe", "bell\x07\x1b[31mred", "=HYPERLINK(\"x\")", "'\"><svg/onload=alert(2)>"}

// golden holds output against a file of testdata, or accepts it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (accept with -update): %s", name, diff)
	}
}

func TestGoldenTableAndMarkdown(t *testing.T) {
	res := made("by-category", "by-length")
	res.Policies[1].Quality = none("all values are equal: nothing is known of their spread")
	for _, format := range []string{"table", "md", "csv"} {
		var b bytes.Buffer
		if err := reports.Table(&b, res, format); err != nil {
			t.Fatal(err)
		}
		golden(t, "made."+format, b.Bytes())
	}
}

// The pictures are the same bytes every time, whatever the result holds.
func TestPicturesAreReproducible(t *testing.T) {
	many := made("p")
	for i := range 98 {
		many.Constants = append(many.Constants, row(fmt.Sprintf("model-number-%02d", i), 0.3+0.5*math.Mod(float64(i)*0.37, 1), 0.01+0.4*math.Mod(float64(i)*0.61, 1)))
	}
	unknown := made("p")
	unknown.Dataset.CostKnown = false
	for _, list := range [][]suite.PolicyRow{unknown.Constants, unknown.Policies} {
		for i := range list {
			list[i].Cost = suite.Cost{PerTask: none("costs are unknown")}
		}
	}
	empty := made()
	empty.Constants, empty.Frontier, empty.Hull = nil, nil, nil
	for name, res := range map[string]*suite.Result{"two": made("a", "b"), "hundred": many, "unknown costs": unknown, "hostile": made(hostile...), "empty": empty} {
		var got [2]map[string]string
		for k := range got {
			dir := t.TempDir()
			paths, err := reports.Write(t.Context(), res, dir, nil)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got[k] = map[string]string{}
			for _, p := range paths {
				text, err := os.ReadFile(p)
				if err != nil {
					t.Fatal(err)
				}
				got[k][filepath.Base(p)] = string(text)
			}
		}
		if diff := cmp.Diff(got[0], got[1]); diff != "" {
			t.Errorf("%s: two reports of one result differ", name)
		}
		if len(got[0]["pareto.png"]) < 5000 || !strings.Contains(got[0]["pareto.svg"], "SYNTHETIC") || !strings.Contains(got[0]["report.html"], "SYNTHETIC") {
			t.Errorf("%s: a picture or page is missing or does not say SYNTHETIC", name)
		}
	}
}

// Hostile names are text wherever they are shown.
func TestHostileNamesStayText(t *testing.T) {
	dir := t.TempDir()
	res := made(hostile...)
	res.Warnings = hostile
	res.Run.SuiteText = hostile[0]
	if _, err := reports.Write(t.Context(), res, dir, nil); err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	page := read("report.html")
	for _, bad := range []string{"<img src=x", "<svg/onload", "\u202e", "\x1b", "\x07"} {
		for _, file := range []string{"report.html", "report.md", "policies.csv", "pareto.svg"} {
			if file == "policies.csv" && strings.HasPrefix(bad, "<") {
				continue // CSV has no markup
			}
			if strings.Contains(read(file), bad) {
				t.Errorf("%s holds %q", file, bad)
			}
		}
	}
	if !strings.Contains(page, "default-src 'none'") || strings.Contains(page, "<script") || strings.Contains(page, "http:") {
		t.Error("the page has a script, an address, or no policy")
	}
	if !strings.Contains(read("policies.csv"), `'=HYPERLINK`) {
		t.Error("a formula stands in the CSV")
	}
	var table bytes.Buffer
	if err := reports.Table(&table, res, "table"); err != nil || strings.ContainsAny(table.String(), "\x1b\x07") {
		t.Errorf("the terminal is sent control characters (%v)", err)
	}
}

func TestUnknownCostIsNeverZero(t *testing.T) {
	res := made("p")
	res.Dataset.CostKnown = false
	res.Policies[0].Cost = suite.Cost{PerTask: none("costs are unknown")}
	res.Policies[0].VsBestConstant.Cost = none("costs are unknown")
	var b bytes.Buffer
	if err := reports.Table(&b, res, "table"); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(line, " p ") && (!strings.Contains(line, "–") || strings.Contains(line, "$0")) {
			t.Errorf("an unknown cost is shown as %s", line)
		}
	}
}
