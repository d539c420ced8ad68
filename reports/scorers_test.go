package reports_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waymark/reports"
	"waymark/suite"
)

// withScorers is a made result with two swept policies, one of which has chances for scores.
func withScorers(names ...string) *suite.Result {
	res := made(names...)
	noise := 0.0123
	metric := func(x, half float64) suite.Metric { return suite.Metric{Interval: interval(x, half)} }
	res.Policies[0].Metrics = map[string]suite.Metric{"arena": metric(0.71, 0.02), "pgr": metric(0.6, 0.1), "auroc": metric(0.7, 0.03)}
	res.Hypervolume = &suite.Hypervolume{Estimate: interval(0.81, 0.02), Dearest: "large", Cost: 0.5, Of: 4}
	for i, name := range names {
		match := suite.MatchedKnob{Knob: []suite.Number{0.25}, Share: interval(0.4, 0.05), Quality: interval(-0.01, 0.02), Cost: interval(-0.2, 0.01), Saving: interval(0.4, 0.03)}
		missing := none("no knob was as good on the tune split")
		unmatched := suite.MatchedKnob{Knob: []suite.Number{}, Why: missing.Withheld, Share: missing, Quality: missing, Cost: missing, Saving: missing}
		c := suite.Curve{
			Policy: name, KnobName: "threshold", Weak: "small", Strong: "large", Split: "test", N: 100, Distinct: 2,
			Points:  []suite.Point{{Knob: 0, Quality: 0.9, Cost: 0.5, StrongShare: 1}, {Knob: 1, Quality: 0.6, Cost: 0.02}},
			Metrics: map[string]suite.Metric{"apgr": metric(0.7, 0.05), "oracle_apgr": metric(1.2, 0.06), "cpt50": {NotReached: true, Interval: interval(0, 0)}, "hypervolume": metric(0.78, 0.02)},
			Matches: []suite.Match{{Versus: "large", Kind: "strong and best constant", AtQuality: match, AtCost: match}, {Versus: names[0], Kind: "policy", AtQuality: unmatched, AtCost: match}},
		}
		s := suite.Scorer{
			Policy: name, Weak: "small", Strong: "large", Split: "test", N: 100, Needed: interval(0.3, 0.04), AUROC: interval(0.7, 0.03), AveragePrecision: interval(0.5, 0.04),
			Brier: interval(0.18, 0.01), BrierVsBaseRate: interval(-0.03, 0.01), ECE: suite.Calibration{Estimate: interval(0.05, 0.02), Noise: &noise}, ECEEqualWidth: suite.Calibration{Estimate: interval(0.04, 0.02)},
			Bins:      []suite.Bin{{Lo: 0.1, Hi: 0.4, N: 50, Score: 0.25, Needed: interval(0.2, 0.05)}, {Lo: 0.4, Hi: 0.9, N: 50, Score: 0.6, Needed: interval(0.4, 0.06)}},
			Confusion: &suite.Confusion{Knob: []suite.Number{0.5}, NeededSent: 20, NeededKept: 10, SpareSent: 15, SpareKept: 55, Sent: interval(0.35, 0.05), Precision: interval(0.57, 0.08), Recall: interval(0.67, 0.09)},
		}
		if i > 0 {
			why := "a score is 166, so that scores are not chances from 0 to 1"
			s.Brier, s.BrierVsBaseRate, s.ECE, s.ECEEqualWidth, s.Bins, s.Confusion = none(why), none(why), suite.Calibration{Estimate: none(why)}, suite.Calibration{Estimate: none(why)}, nil, nil
			c.Versus = []suite.Rival{{Policy: names[0], AUROC: interval(-0.02, 0.01), APGR: interval(-0.05, 0.03), AIQ: interval(-0.01, 0.02), Hypervolume: none("too few units for a frontier to be chosen on some and measured on others")}}
			res.Curves[0].Versus = []suite.Rival{{Policy: name, AUROC: interval(0.02, 0.01), APGR: interval(0.05, 0.03), AIQ: interval(0.01, 0.02), Hypervolume: c.Versus[0].Hypervolume}}
		}
		res.Curves, res.Scorers = append(res.Curves, c), append(res.Scorers, s)
	}
	return res
}

func TestGoldenScorers(t *testing.T) {
	res := withScorers("night-owl", "by-length")
	dir := t.TempDir()
	paths, err := reports.Write(t.Context(), res, dir, []string{"md", "csv", "html"})
	if err != nil {
		t.Fatal(err)
	}
	var table bytes.Buffer
	if err := reports.Table(&table, res, "table"); err != nil {
		t.Fatal(err)
	}
	got := map[string][]byte{"scorers.table.golden": table.Bytes()}
	for _, p := range paths {
		if name := filepath.Base(p); slices.Contains([]string{"report.md", "measures.csv", "matches.csv", "reliability.csv"}, name) {
			if got["scorers."+name+".golden"], err = os.ReadFile(p); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(got) != 5 {
		t.Errorf("%d files, want the table, the Markdown and three of CSV", len(got))
	}
	for name, text := range got {
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(text)); diff != "" {
			t.Errorf("%s (accept with -update): %s", name, diff)
		}
	}
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Scorers: which tasks need", "Reliability: what scores claim", "At equal quality, and at equal cost", "Swept policies against each other", "Together the 4 policies", "One number for quality and cost"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestHostileScorersStayText(t *testing.T) {
	dir := t.TempDir()
	if _, err := reports.Write(t.Context(), withScorers(hostile...), dir, nil); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"report.html", "report.md", "measures.csv", "matches.csv", "reliability.csv"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"<img src=x", "<svg/onload", "\u202e", "\x1b", "\x07", "\n=HYPERLINK", ",=HYPERLINK"} {
			if strings.Contains(string(text), bad) && !(strings.HasSuffix(name, ".csv") && strings.HasPrefix(bad, "<")) {
				t.Errorf("%s holds %q", name, bad)
			}
		}
	}
}
