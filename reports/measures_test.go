package reports_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waymark/reports"
	"waymark/suite"
)

func at(e suite.Interval) *suite.Interval { return &e }

func of(x float64) *float64 { return &x }

// measured is a made result whose rows have every measure.
func measured(names ...string) *suite.Result {
	res := made(names...)
	res.Selection = &suite.Selection{
		Compared: 4, PossiblyBest: []string{"large"}, FrontierDraws: 1000,
		Winners: []suite.Winner{{Among: "policies", Of: 2, Name: names[len(names)-1], Quality: 0.71, Optimism: none("a bias"), Corrected: 0.7}},
	}
	res.Selection.Winners[0].Optimism.Value = 0.012
	s := suite.SliceSummary{Slice: "category", Values: 5, Few: 2, Rows: []suite.SliceRow{}}
	for _, list := range [][]suite.PolicyRow{res.Policies, res.Constants} {
		for i := range list {
			measure(&list[i], list[i].Type == "table")
			s.Rows = append(s.Rows, suite.SliceRow{Policy: list[i].Name, Micro: list[i].Quality, Macro: interval(0.65, 0.1), MicroCost: list[i].Cost.PerTask, MacroCost: none("2 of 5 categories have a single unit")})
		}
	}
	s.Rows[0].MacroCost.Value = 0.2
	other := s
	other.Slice, other.Values = "metadata.language", 2
	for _, name := range []string{"de", names[0]} {
		c := suite.CategoryRow{Category: name, N: 50}
		for _, r := range s.Rows {
			c.Cells = append(c.Cells, suite.CategoryCell{Policy: r.Policy, Quality: r.Micro, Cost: r.MicroCost})
		}
		other.Cells = append(other.Cells, c)
	}
	res.Slices = []suite.SliceSummary{s, other}
	return res
}

func measure(r *suite.PolicyRow, policy bool) {
	r.Regret = &suite.Regret{Oracle: "selected and scored on the same response to each task", Quality: interval(0.12, 0.03), Cost: interval(0.05, 0.01)}
	r.VsBest = &suite.VsBest{Name: "large", Quality: interval(-0.05, 0.05), PossiblyBest: r.Name == "large"}
	r.FrontierShare = of(0.37)
	r.Latency = suite.Quantiles{
		Known: true, P50: 120, P95: 480, P99: 900, N: 100, Router: at(interval(15, 2)), RouterShare: at(interval(0.08, 0.01)),
		Intervals: map[string]suite.Interval{"p50": interval(120, 10), "p95": interval(480, 60), "p99": none("100 values do not bound their 99 % quantile")},
	}
	p99 := r.Latency.Intervals["p99"]
	p99.Value = 900
	r.Latency.Intervals["p99"] = p99
	r.WithinSLO = at(interval(0.93, 0.04))
	r.Metrics["gain_random"] = suite.Metric{Interval: interval(0.2, 0.05)}
	r.Metrics["gap_oracle"] = suite.Metric{Interval: interval(0.14, 0.03)}
	r.Metrics["perf_gain"] = suite.Metric{Interval: interval(-0.1, 0.05)}
	r.Metrics["cost_save"] = suite.Metric{NotReached: true, Interval: none("its quality is below that of the best constant")}
	distance := none("a distance to a frontier")
	distance.Value = 0.031
	r.Metrics["pareto_dist"] = suite.Metric{Interval: distance}
	r.Variance = &suite.VarianceSplit{
		Tasks: 80, Task: interval(0.1, 0.02), Response: interval(0.05, 0.01), Share: interval(0.33, 0.05),
		Error: of(0.02), WithTwiceSamples: of(0.0185), WithTwiceTasks: of(0.0141),
	}
	if policy {
		r.SameAs = "small"
		r.Stability = &suite.Stability{Repeats: 5, OverRepeats: at(interval(0.4, 0.03)), Sets: 30, Pairs: 60, OverParaphrases: at(interval(0.1, 0.05))}
	}
}

func TestGoldenMeasures(t *testing.T) {
	res := measured("by-category", "by-length")
	dir := t.TempDir()
	if _, err := reports.Write(t.Context(), res, dir, []string{"csv", "md"}); err != nil {
		t.Fatal(err)
	}
	var table bytes.Buffer
	if err := reports.Table(&table, res, "table"); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{"measured.table.golden": table.String()}
	for name, file := range map[string]string{"measured.md.golden": "report.md", "measured.csv.golden": "measures.csv", "measured.slices.golden": "slices.csv", "measured.policies.golden": "policies.csv"} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		got[name] = string(text)
	}
	for name, text := range got {
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), text); diff != "" {
			t.Errorf("%s (accept with -update): %s", name, diff)
		}
	}
}

// Hostile names are text in the tables of measures too, the headers among them.
func TestHostileNamesInMeasures(t *testing.T) {
	res := measured(hostile...)
	res.Categories = res.Slices[1].Cells
	res.Slices[1].Slice = "metadata." + hostile[0]
	res.Policies[0].SameAs, res.Policies[0].VsBest.Name = hostile[0], hostile[4]
	dir := t.TempDir()
	if _, err := reports.Write(t.Context(), res, dir, []string{"html", "md", "csv"}); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"report.html", "report.md", "measures.csv", "slices.csv"} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"<img src=x", "<svg/onload", "\u202e", "\x1b", "\x07"} {
			if strings.HasSuffix(file, ".csv") && strings.HasPrefix(bad, "<") {
				continue // CSV has no markup
			}
			if strings.Contains(string(text), bad) {
				t.Errorf("%s holds %q", file, bad)
			}
		}
		if strings.Contains(string(text), "\n=HYPERLINK") {
			t.Errorf("%s holds a formula", file)
		}
	}
}
