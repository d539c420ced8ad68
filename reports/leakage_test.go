package reports_test

import (
	"bytes"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waymark/reports"
	"waymark/suite"
)

func found() *suite.Lint {
	p, x := 1e-9, 0.931
	return &suite.Lint{
		Similarity: 0.8, Compared: 100, Among: 90, Tested: []string{"by-category", hostile[0]},
		Findings: []suite.Finding{
			{
				Kind: "knows-labels", Severity: suite.Suspicious, Policy: "by-category", Count: 97, Of: 100, P: &p,
				Text: "it sends 97 % to the better one", Advice: "find out why",
				Odds: &suite.Odds{Value: suite.Number(math.Inf(1)), Lo: 12, Hi: suite.Number(math.Inf(1)), Confidence: 0.95, Bound: 5},
			},
			{
				Kind: "near-duplicates", Severity: suite.Warning, Count: 2, Of: 100, Text: "2 of 100 reported tasks ask what others ask", Advice: "group them",
				Examples: []suite.Example{{Tasks: []string{"a", "b"}}, {Tasks: hostile[:2], Similarity: &x}, {Tasks: []string{hostile[2], "=c"}, Similarity: &x}},
			},
			{Kind: "labels-tested", Severity: suite.Note, Policy: hostile[0], Text: "not measurably", Advice: "nothing is to be done"},
		},
	}
}

// Findings stand in every format: grave ones beside the other warnings and at the policy's row, all of them in a table of
// their own; ids that would be markup, formulas or control sequences stay text.
func TestLeakageInEveryFormat(t *testing.T) {
	res := made("by-category", hostile[0])
	res.Leakage = found()
	var table, md bytes.Buffer
	for format, to := range map[string]*bytes.Buffer{"table": &table, "md": &md} {
		if err := reports.Table(to, res, format); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{
		"! suspicious: by-category: it sends 97 % to the better one. Find out why.",
		"! warning: 2 of 100 reported tasks ask what others ask. For example a = b, ", "≈ =c (0.93); group them.",
		"Notes of the leakage lint: 1,",
	} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("the table lacks %q", want)
		}
	}
	if strings.ContainsAny(table.String(), "\x1b\x07\u202e") || strings.Contains(table.String(), "not measurably") {
		t.Errorf("the table has a control character, or a note:\n%s", table.String())
	}
	row := ""
	for line := range strings.Lines(table.String()) {
		if strings.HasPrefix(line, " by-category") {
			row = line
		}
	}
	if !strings.Contains(row, "suspicious") {
		t.Errorf("the policy's row does not say that it is suspicious: %q", row)
	}
	for _, want := range []string{"## Leakage", "compared the prompts of 100 reported tasks with those of 90 others", "not measurably", "&lt;/script&gt;"} {
		if !strings.Contains(md.String(), want) {
			t.Errorf("the Markdown lacks %q", want)
		}
	}
	dir := t.TempDir()
	if _, err := reports.Write(t.Context(), res, dir, []string{"html", "csv", "json"}); err != nil {
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
	for _, want := range []string{"<h2>Leakage</h2>", "suspicious: by-category: it sends", "not measurably", "group them"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "<img src=x") || strings.ContainsAny(page, "\x1b\x07\u202e") {
		t.Error("hostile text is not text in the page")
	}
	rows, err := csv.NewReader(strings.NewReader(read("leakage.csv"))).ReadAll()
	if err != nil || len(rows) != 4 || rows[1][7] != "+Inf" || rows[1][6] != "1e-09" || !strings.HasPrefix(rows[2][11], "a = b") {
		t.Errorf("leakage.csv: %v %q", err, rows)
	}
	if text := read("result.json"); !strings.Contains(text, `"value": "inf"`) || !strings.Contains(text, `"p_holm": 1e-9`) {
		t.Errorf("result.json: %.600s", text)
	}
}

func TestLeakageOfNothing(t *testing.T) {
	for name, x := range map[string]struct {
		lint        *suite.Lint
		lines       int
		md, notInMD string
	}{
		"no lint": {nil, 0, "# made-up", "## Leakage"},
		"off":     {&suite.Lint{Off: true}, 1, "switches the leakage lint off", "## Leakage"},
		"clean":   {&suite.Lint{Similarity: 0.8, Compared: 7}, 0, "7 reported tasks with each other (similarity 0.8 and more); it found nothing", "| found"},
	} {
		res := made("p")
		res.Leakage = x.lint
		var md bytes.Buffer
		if err := reports.Table(&md, res, "md"); err != nil {
			t.Fatal(err)
		}
		if got := reports.Leakage(x.lint); len(got) != x.lines || !strings.Contains(md.String(), x.md) || strings.Contains(md.String(), x.notInMD) {
			t.Errorf("%s: %q\n%s", name, got, md.String())
		}
	}
}
