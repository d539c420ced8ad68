package reports_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waymark/reports"
	"waymark/suite"
)

// logged is a result over logged traffic: one policy that is told of, one that is told
// of in part, one of which nothing is known.
func logged() *suite.Result {
	res := made("by-category", "half-told", "never")
	least := 0.05
	res.OffPolicy = &suite.OffPolicy{
		Logger: "live<b>", Estimator: "doubly robust", Propensities: "of the model chosen", Least: least, Folds: 5, Claimed: 100,
		Value:   suite.LoggerRow{Quality: between(0.6, 0.5, 0.7), Cost: suite.Cost{Known: true, PerTask: between(0.2, 0.1, 0.3)}},
		Refused: []suite.Refused{{Name: "half-told", Why: "it goes elsewhere"}, {Name: "never", Why: "it makes calls of its own"}},
		Absent:  []suite.Absent{{What: "the oracle", Why: "a log holds one answer"}},
	}
	told := &res.Policies[0]
	told.OffPolicy = &suite.OffPolicyRow{
		ESS: 212, MeanWeight: between(1.01, 0.9, 1.1), VsLogger: &suite.Versus{Name: "live", Quality: between(0.1, 0.02, 0.18), Cost: between(-0.1, -0.2, -0.05)},
		Estimators: map[string]suite.Estimated{"dr": {Quality: told.Quality, Cost: told.Cost.PerTask}, "snips": {Quality: between(0.69, 0.6, 0.78), Cost: told.Cost.PerTask}, "ips": {Quality: between(0.72, 0.5, 0.94), Cost: told.Cost.PerTask}},
		Overlap:    []suite.ModelOverlap{{Model: "cheap", Share: 0.4, Covered: 1, Exact: true, Matched: 160, ESS: 140, Least: &least}, {Model: "dear", Share: 0.6, Covered: 0.98, Matched: 80, ESS: 72, Least: &least}},
	}
	for i := 1; i < 3; i++ {
		r := &res.Policies[i]
		why := res.OffPolicy.Refused[i-1].Why
		r.Quality, r.Cost = none(why), suite.Cost{PerTask: none(why)}
		r.VsBestConstant = &suite.Versus{Quality: none(why), Cost: none(why)}
		r.OffPolicy = &suite.OffPolicyRow{Refused: why, MeanWeight: none("nothing is weighted")}
	}
	res.Policies[1].OffPolicy.Told = &suite.Told{N: 40, Share: 0.4, Quality: between(0.5, 0.4, 0.6), Cost: between(0.1, 0.05, 0.2), Agree: true}
	return res
}

func between(x, lo, hi float64) suite.Interval {
	return suite.Interval{Value: x, Lo: lo, Hi: hi, N: 100, Method: "made"}
}

func TestGoldenOffPolicy(t *testing.T) {
	for _, format := range []string{"table", "md", "csv"} {
		var b bytes.Buffer
		if err := reports.Table(&b, logged(), format); err != nil {
			t.Fatal(err)
		}
		golden(t, "logged."+format, b.Bytes())
	}
}

// Wherever numbers are shown, so is the mark; and of what was observed it is not.
func TestOffPolicyIsMarkedEverywhere(t *testing.T) {
	dir := t.TempDir()
	paths, err := reports.Write(t.Context(), logged(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		seen[filepath.Base(p)] = string(text)
	}
	for name, mark := range map[string]string{"report.html": "OFF-POLICY", "report.md": "OFF-POLICY", "pareto.svg": "OFF-POLICY", "policies.csv": "estimated", "off_policy.csv": "snips", "result.json": `"off_policy"`} {
		if !strings.Contains(seen[name], mark) {
			t.Errorf("%s does not say %s", name, mark)
		}
	}
	for _, heading := range []string{"<h2>Policies (OFF-POLICY)</h2>", "<h2>Baselines (OFF-POLICY)</h2>", "live&lt;b&gt;"} {
		if !strings.Contains(seen["report.html"], heading) {
			t.Errorf("the page does not hold %s", heading)
		}
	}
	if strings.Contains(seen["report.html"], "live<b>") || strings.Contains(seen["report.md"], "live<b>") {
		t.Error("the logger's name is markup")
	}
	rows, err := csv.NewReader(strings.NewReader(seen["off_policy.csv"])).ReadAll()
	if err != nil || len(rows) != 1+3+2 {
		t.Errorf("off_policy.csv has %d rows (%v), want 6", len(rows), err)
	}
	plain := t.TempDir()
	paths, err = reports.Write(t.Context(), made("p"), plain, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		if text, _ := os.ReadFile(p); bytes.Contains(text, []byte("OFF-POLICY")) || filepath.Base(p) == "off_policy.csv" {
			t.Errorf("%s of what was observed says OFF-POLICY", filepath.Base(p))
		}
	}
}
