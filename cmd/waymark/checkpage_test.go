package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	console = regexp.MustCompile("(?ms)^```console\n\\$ (waymark [^\n]*)\n(.*?)^```$")
	runID   = regexp.MustCompile(`\d{8}-\d{6}-[0-9a-f]{4}`)
)

// lines are those of an output, without what differs from run to run and what no eye sees.
func lines(text string) string {
	var out []string
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		out = append(out, strings.TrimRight(runID.ReplaceAllString(line, "RUN"), " "))
	}
	return strings.Join(out, "\n")
}

// What the pages on check and compare show is what the commands print, over the suite that they show.
func TestTheGatesPagesAreReal(t *testing.T) {
	if testing.Short() {
		t.Skip("makes the demo's data")
	}
	page := pages(t)["check.md"]
	suite := block.FindStringSubmatch(page)[1]
	check, compare := console.FindAllStringSubmatch(page, -1), console.FindAllStringSubmatch(pages(t)["compare.md"], -1)
	if len(check) != 2 || len(compare) != 2 {
		t.Fatalf("the pages show %d and %d sessions, want 2 and 2", len(check), len(compare))
	}
	t.Chdir(t.TempDir())
	shown := func(code int, session []string) {
		t.Helper()
		var out, errs strings.Builder
		if got := run(t.Context(), words(session[1])[1:], nil, &out, &errs); got != code {
			t.Fatalf("%s exits with %d, want %d: %s", session[1], got, code, errs.String())
		}
		if page, real := lines(session[2]), lines(out.String()); !strings.Contains(page, real) {
			t.Errorf("%s prints\n%s\nand the page shows\n%s", session[1], real, page)
		}
	}
	night := func(coding string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join("demo-out", "night.yaml"), []byte(strings.Replace(suite, "coding: cedar-32b}", coding, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if code := run(t.Context(), []string{"demo", "-o", "demo-out", "--data-only", "-q"}, nil, new(strings.Builder), new(strings.Builder)); code != 0 {
		t.Fatalf("demo exits with %d", code)
	}
	night("coding: cedar-32b}")
	shown(0, check[0])
	night("coding: brook-8b}")
	shown(exitCheck, check[1])
	shown(0, compare[0])
	night("coding: cedar-32b, writing: cedar-32b}")
	if code := run(t.Context(), []string{"check", "demo-out/night.yaml", "-b", "main"}, nil, new(strings.Builder), new(strings.Builder)); code != 0 {
		t.Fatalf("check exits with %d", code)
	}
	shown(0, compare[1])
}

// So is what the page on tuning shows.
func TestTheTunePageIsReal(t *testing.T) {
	if testing.Short() {
		t.Skip("makes the demo's data")
	}
	sessions := console.FindAllStringSubmatch(pages(t)["tune.md"], -1)
	if len(sessions) != 2 {
		t.Fatalf("the page shows %d sessions, want 2", len(sessions))
	}
	t.Chdir(t.TempDir())
	if code := run(t.Context(), []string{"demo", "-o", "demo-out", "--data-only", "-q"}, nil, new(strings.Builder), new(strings.Builder)); code != 0 {
		t.Fatalf("demo exits with %d", code)
	}
	for _, session := range sessions {
		var out, errs strings.Builder
		if code := run(t.Context(), words(session[1])[1:], nil, &out, &errs); code != 0 {
			t.Fatalf("%s exits with %d: %s", session[1], code, errs.String())
		}
		if page, real := lines(session[2]), lines(out.String()); page != real {
			t.Errorf("%s prints\n%s\nand the page shows\n%s", session[1], real, page)
		}
	}
}

// And the tables of the pages on rows and scorers, each over the demo's suite with what the page adds to it.
func TestThePagesOfNumbersAreReal(t *testing.T) {
	if testing.Short() {
		t.Skip("makes the demo's data")
	}
	all := pages(t)
	command := regexp.MustCompile("`(waymark run demo-out/suite.yaml [^`]*)`[^\n]*\n\n```\n((?s:.*?))```")
	t.Chdir(t.TempDir())
	if code := run(t.Context(), []string{"demo", "-o", "demo-out", "--data-only", "-q"}, nil, new(strings.Builder), new(strings.Builder)); code != 0 {
		t.Fatalf("demo exits with %d", code)
	}
	text, err := os.ReadFile("demo-out/suite.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for page, added := range map[string]string{"rows.md": "slo_ms: 1000\n", "scorers.md": ""} {
		m := command.FindStringSubmatch(all[page])
		if m == nil {
			t.Fatalf("%s shows no run of the demo's suite", page)
		}
		if err := os.WriteFile("demo-out/suite.yaml", []byte(string(text)+added), 0o644); err != nil {
			t.Fatal(err)
		}
		var out, errs strings.Builder
		if code := run(t.Context(), append(words(m[1])[1:], "--no-keep"), nil, &out, &errs); code != 0 {
			t.Fatalf("%s exits with %d: %s", m[1], code, errs.String())
		}
		real := lines(out.String())
		for _, line := range strings.Split(lines(m[2]), "\n") {
			if !strings.Contains(real, line) {
				t.Errorf("%s shows a line that %s does not print:\n%s", page, m[1], line)
			}
		}
	}
}
