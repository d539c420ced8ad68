package curve_test

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"waymark/internal/curve"
	"waymark/internal/testdata"
)

// A recorded is a dataset read in the plainest way, apart from package datasets.
type recorded struct {
	models []string
	length []float64 // characters of the prompt
	table  curve.Table
}

func lines[T any](t *testing.T, path string, each func(T)) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<24)
	for sc.Scan() {
		var v T
		if err := json.Unmarshal(sc.Bytes(), &v); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		each(v)
	}
}

// read reads a dataset without its contaminated tasks.
func read(t *testing.T, name string) recorded {
	t.Helper()
	dir := testdata.Shared(t, "data/"+name)
	var r recorded
	rows := map[string]int{}
	type task struct {
		ID, Prompt string
		Metadata   struct{ Contaminated bool }
	}
	lines(t, filepath.Join(dir, "tasks.jsonl"), func(x task) {
		if !x.Metadata.Contaminated {
			rows[x.ID] = len(rows)
			r.length = append(r.length, float64(utf8.RuneCountInString(x.Prompt)))
		}
	})
	type response struct {
		Task, Model string
		Score       float64
		Cost        float64 `json:"cost_usd"`
	}
	lines(t, filepath.Join(dir, "responses.jsonl"), func(x response) {
		i, ok := rows[x.Task]
		if !ok {
			return
		}
		m := slices.Index(r.models, x.Model)
		if m < 0 {
			m = len(r.models)
			r.models = append(r.models, x.Model)
			r.table.Quality = append(r.table.Quality, slices.Repeat([]float64{math.NaN()}, len(rows)))
			r.table.Cost = append(r.table.Cost, slices.Repeat([]float64{math.NaN()}, len(rows)))
		}
		r.table.Quality[m][i], r.table.Cost[m][i] = x.Score, x.Cost
	})
	return r
}

func average(x []float64) (sum float64) {
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s = %.8g, want %.8g ± %g", what, got, want, within)
	}
}

// Figures: ../shared/data/swebench_bashonly/reference.json, an independent script.
func TestSWEBenchBaselines(t *testing.T) {
	r := read(t, "swebench_bashonly")
	var spots []curve.Spot
	for m := range r.models {
		spots = append(spots, curve.Spot{Quality: average(r.table.Quality[m]), Cost: average(r.table.Cost[m])})
	}
	at := func(name string) curve.Spot { return spots[slices.Index(r.models, name)] }
	near(t, "sonnet quality", at("sonnet-4-5-20250929").Quality, 0.706, 1e-9)
	near(t, "sonnet cost", at("sonnet-4-5-20250929").Cost, 0.5583347409, 1e-9)
	near(t, "mini quality", at("gpt-5-mini").Quality, 0.598, 1e-9)
	near(t, "mini cost", at("gpt-5-mini").Cost, 0.0354770673, 1e-9)
	named := func(at []int) (out []string) {
		for _, i := range at {
			out = append(out, r.models[i])
		}
		return out
	}
	if diff := cmp.Diff(named(curve.Frontier(spots)), []string{
		"deepseek-v3.2-reasoner", "gpt-5", "gpt-5.1-2025-11-13", "gemini-3-pro-preview-20251118", "claude-opus-4-5-20251101",
	}); diff != "" {
		t.Errorf("frontier of constants: %s", diff)
	}
	if diff := cmp.Diff(named(curve.Hull(spots)), []string{
		"deepseek-v3.2-reasoner", "gemini-3-pro-preview-20251118", "claude-opus-4-5-20251101",
	}); diff != "" {
		t.Errorf("hull of constants: %s", diff)
	}
	quality, cost := r.table.Chosen(r.table.Oracle())
	near(t, "oracle quality", average(quality), 0.872, 1e-9)
	near(t, "oracle cost", average(cost), 0.07534520738, 1e-9)
	if best := r.models[r.table.Best(all(500), nil)]; best != "claude-opus-4-5-20251101" {
		t.Errorf("best constant is %s", best)
	}
	mini, sonnet := slices.Index(r.models, "gpt-5-mini"), slices.Index(r.models, "sonnet-4-5-20250929")
	shares := make([]float64, len(r.models))
	shares[mini], shares[sonnet] = 0.5, 0.5
	q, c := r.table.Mixed(shares)
	near(t, "half and half, quality", average(q), 0.652, 1e-9)
	near(t, "half and half, cost", average(c), 0.2969059041, 1e-9)
}

func all(n int) (out []int) {
	for i := range n {
		out = append(out, i)
	}
	return out
}

// The 24 rows of ../shared/vectors/arena.csv are published with two decimals, of
// accuracies and costs that are rounded themselves.
func TestArenaAgreesWithThePublishedRows(t *testing.T) {
	f, err := os.Open(testdata.Shared(t, "vectors/arena.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) != 25 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		x := [3]float64{}
		for i := range x {
			if x[i], err = strconv.ParseFloat(row[i], 64); err != nil {
				t.Fatal(err)
			}
		}
		near(t, "arena of "+row[0]+" at "+row[1], 100*curve.Arena(x[0]/100, x[1]), x[2], 0.06)
	}
}

// hull_mean_score_over_cost_range of SWE-bench's reference.json is AIQ.
func TestAIQOfSWEBench(t *testing.T) {
	r := read(t, "swebench_bashonly")
	var spots []curve.Spot
	for m := range r.models {
		s := curve.Spot{Quality: average(r.table.Quality[m]), Cost: average(r.table.Cost[m])}
		spots = append(spots, s)
	}
	hull := curve.Hull(spots)
	var on []curve.Spot
	for _, i := range hull {
		on = append(on, spots[i])
	}
	a, _ := curve.AIQ(on)
	near(t, "AIQ", a, 0.6981401443501601, 1e-9)
}
