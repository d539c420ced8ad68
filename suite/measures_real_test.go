package suite_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"waymark/internal/testdata"
	"waymark/suite"
)

// SWE-bench: the rows' measures from the published figures and the files themselves. Repositories
// are its categories: one of them has a single issue.
func TestMeasuresOnSWEBench(t *testing.T) {
	res := result(t, on(t, "swebench_bashonly", sweRest), suite.Options{})
	sonnet := named(res.Constants, "sonnet-4-5-20250929")
	near(t, "regret, quality", sonnet.Regret.Quality.Value, 0.872-0.706, 1e-9)
	near(t, "regret, cost", sonnet.Regret.Cost.Value, 0.5583347409-0.07534520738, 1e-9)
	near(t, "gap to the oracle", sonnet.Metrics["gap_oracle"].Interval.Value, 1-0.706/0.872, 1e-9)
	near(t, "performance gain", sonnet.Metrics["perf_gain"].Interval.Value, 0.706/0.744-1, 1e-9)
	if cheap := named(res.Policies, "cheap"); cheap.SameAs != "gpt-5-mini" || !cheap.Metrics["cost_save"].NotReached {
		t.Errorf("cheap is gpt-5-mini, which is no match for the best constant: %q, %+v", cheap.SameAs, cheap.Metrics["cost_save"])
	}
	for _, want := range []string{"claude-opus-4-5-20251101", "gemini-3-pro-preview-20251118"} { // 74.4 and 74.2 %
		if !slices.Contains(res.Selection.PossiblyBest, want) {
			t.Errorf("%s is not possibly the best: %v", want, res.Selection.PossiblyBest)
		}
	}
	if slices.Contains(res.Selection.PossiblyBest, "gpt-5-mini") { // 59.8 %
		t.Error("gpt-5-mini is possibly the best")
	}
	if share := *named(res.Constants, "claude-opus-4-5-20251101").FrontierShare; share < 0.4 || share > 0.75 {
		t.Errorf("a lead of 0.2 points puts opus on %g of the frontiers", share)
	}
	macro := macroOf(t, "swebench_bashonly", "sonnet-4-5-20250929")
	s := res.Slices[0]
	i := slices.IndexFunc(s.Rows, func(r suite.SliceRow) bool { return r.Policy == "sonnet-4-5-20250929" })
	near(t, "macro", s.Rows[i].Macro.Value, macro, 1e-9)
	near(t, "micro", s.Rows[i].Micro.Value, 0.706, 1e-9)
	if s.Values != 12 || s.Few != 5 || len(s.Rows[i].Macro.Warnings) == 0 || s.Rows[i].MacroCost.Withheld == "" {
		t.Errorf("12 repositories, of which 5 have fewer than 20 issues: %+v", s.Rows[i])
	}
}

// macroOf is the mean of a model's category means, read in the plainest way.
func macroOf(t *testing.T, set, model string) float64 {
	t.Helper()
	category, sums, counts := map[string]string{}, map[string]float64{}, map[string]float64{}
	each := func(file string, do func(line []byte)) {
		f, err := os.Open(testdata.Shared(t, "data/"+set+"/"+file))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<24)
		for lines.Scan() {
			do(lines.Bytes())
		}
	}
	each("tasks.jsonl", func(line []byte) {
		var v struct{ ID, Category string }
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		category[v.ID] = v.Category
	})
	each("responses.jsonl", func(line []byte) {
		var v struct {
			Task, Model string
			Score       float64
		}
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		if v.Model == model {
			sums[category[v.Task]] += v.Score
			counts[category[v.Task]]++
		}
	})
	mean := 0.0
	for c := range sums {
		mean += sums[c] / counts[c] / float64(len(sums))
	}
	return mean
}

// routerArena is a folder of RouterArena's subset, read in place, whose range admits its one score below 0.
func routerArena(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, file := range []string{"tasks.jsonl", "responses.jsonl"} {
		from, err := filepath.Abs(testdata.Shared(t, "data/routerarena_sub10/"+file))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(from, filepath.Join(dir, file)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "dataset.yaml"), []byte("name: arena\nquality: {range: [-0.05, 1]}\nfeatures: [category]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// RouterArena's subset: scores between 0 and 1, one below 0, and dozens of small categories.
// Figures: ../shared/vectors/metrics.json, "routerarena_sub10".
func TestMeasuresOnRouterArena(t *testing.T) {
	dir := routerArena(t)
	s, err := suite.Parse(filepath.Join(dir, "s.yaml"), []byte(fmt.Sprintf("dataset: %q\nmodels: [{id: claude-3-haiku-20240307}, {id: gemini-2.0-flash-001}]\npolicies: [{name: p, type: fixed, model: claude-3-haiku-20240307}]\n", dir)))
	if err != nil {
		t.Fatal(err)
	}
	res := result(t, s, suite.Options{})
	haiku := named(res.Policies, "p")
	near(t, "quality", haiku.Quality.Value, 0.523356, 5e-7)
	near(t, "regret", haiku.Regret.Quality.Value, 0.740773-0.523356, 2e-6)
	near(t, "gap to the oracle", haiku.Metrics["gap_oracle"].Interval.Value, 1-0.523356/0.740773, 5e-6)
	near(t, "performance gain", haiku.Metrics["perf_gain"].Interval.Value, 0.523356/0.690119-1, 5e-6)
	if haiku.VsBest.PossiblyBest || haiku.VsBest.Quality.Hi != 0 {
		t.Errorf("haiku may be the best: %+v", haiku.VsBest)
	}
	i := slices.IndexFunc(res.Slices[0].Rows, func(r suite.SliceRow) bool { return r.Policy == "p" })
	near(t, "macro", res.Slices[0].Rows[i].Macro.Value, macroOf(t, "routerarena_sub10", "claude-3-haiku-20240307"), 1e-6)
	if e := res.Slices[0].Rows[i].Macro; !(e.Lo < e.Value && e.Value < e.Hi) {
		t.Errorf("macro %+v", e)
	}
}
