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

// Figures: ../shared/vectors/metrics.json, "routellm".
func TestRouteLLMPairs(t *testing.T) {
	for _, want := range []struct {
		set                      string
		n                        int
		weak, strong, apgr       float64
		cpt20, cpt50, cpt80      float64
		lengthAPGR               float64 // of reference.json, over all tasks; 0: not compared
		strongOnly, weakOnlyWins int
	}{
		{set: "routellm_mmlu", n: 14037, weak: 68.0915, strong: 80.5870, apgr: 1.29651, cpt20: 2.50, cpt50: 6.25, cpt80: 10.00, strongOnly: 2496, weakOnlyWins: 742},
		{set: "routellm_gsm8k", n: 1307, weak: 63.7337, strong: 85.7689, apgr: 1.13256, cpt20: 4.44, cpt50: 11.02, cpt80: 17.67, strongOnly: 382, weakOnlyWins: 94},
	} {
		t.Run(want.set, func(t *testing.T) {
			r := read(t, want.set)
			p := curve.Pair{
				Weak:   r.table.Quality[slices.Index(r.models, "mistralai/Mixtral-8x7B-Instruct-v0.1")],
				Strong: r.table.Quality[slices.Index(r.models, "gpt-4-1106-preview")],
			}
			if len(p.Weak) != want.n {
				t.Fatalf("n = %d, want %d", len(p.Weak), want.n)
			}
			near(t, "weak", 100*average(p.Weak), want.weak, 5e-5)
			near(t, "strong", 100*average(p.Strong), want.strong, 5e-5)
			near(t, "oracle APGR", p.OracleAPGR(), want.apgr, 5e-6)
			for share, percent := range map[float64]float64{0.2: want.cpt20, 0.5: want.cpt50, 0.8: want.cpt80} {
				got, ok := p.OracleCPT(share)
				if !ok {
					t.Errorf("CPT%g is not reached", 100*share)
				}
				near(t, "oracle CPT", 100*got, percent, 5e-3)
			}
			strongOnly, weakOnly := 0, 0
			for i := range p.Weak {
				if p.Strong[i] > p.Weak[i] {
					strongOnly++
				} else if p.Strong[i] < p.Weak[i] {
					weakOnly++
				}
			}
			if strongOnly != want.strongOnly || weakOnly != want.weakOnlyWins {
				t.Errorf("strong alone solves %d and weak alone %d, want %d and %d", strongOnly, weakOnly, want.strongOnly, want.weakOnlyWins)
			}
		})
	}
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

func TestAIQOfALevelCurve(t *testing.T) { // vectors/metrics.json, "aiq_flat"
	level := []curve.Spot{{Quality: 0.8, Cost: 1}, {Quality: 0.8, Cost: 2}}
	if a, ok := curve.AIQ(level); !ok || math.Abs(a-0.8) > 1e-12 {
		t.Errorf("AIQ = %g", a)
	}
	if a, ok := curve.AIQAsCoded(level); !ok || math.Abs(a-0.4) > 1e-12 {
		t.Errorf("AIQ as coded = %g", a)
	}
	if _, ok := curve.AIQ(level[:1]); ok {
		t.Error("one spot has no range of costs")
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

// Scores of 1 to 10 have the same measures. Figures: ../shared/vectors/metrics.json, "mtbench".
func TestMTBenchPair(t *testing.T) {
	r := read(t, "routellm_mtbench")
	p := curve.Pair{
		Weak:   r.table.Quality[slices.Index(r.models, "mistralai/Mixtral-8x7B-Instruct-v0.1")],
		Strong: r.table.Quality[slices.Index(r.models, "gpt-4-1106-preview")],
	}
	if len(p.Weak) != 72 {
		t.Fatalf("n = %d, want 72", len(p.Weak))
	}
	near(t, "weak", average(p.Weak), 8.28125, 5e-6)
	near(t, "strong", average(p.Strong), 9.21181, 5e-6)
	for share, percent := range map[float64]float64{0.2: 2.78, 0.5: 8.33, 0.8: 18.06} {
		got, ok := p.OracleCPT(share)
		if !ok {
			t.Errorf("CPT%g is not reached", 100*share)
		}
		near(t, "oracle CPT", 100*got, percent, 5e-3)
	}
	// Forced: every task goes to strong sooner or later, the ones that lose by it last.
	order := all(72)
	slices.SortStableFunc(order, func(a, b int) int {
		return int(1e6 * ((p.Strong[b] - p.Weak[b]) - (p.Strong[a] - p.Weak[a])))
	})
	var forced curve.Curve
	sum := 72 * average(p.Weak)
	forced = append(forced, curve.Point{Quality: sum / 72})
	for k, i := range order {
		sum += p.Strong[i] - p.Weak[i]
		forced = append(forced, curve.Point{Quality: sum / 72, Share: float64(k+1) / 72})
	}
	near(t, "APGR of the forced oracle", forced.APGR(), 0.9639, 5e-5)
}

// Figures: ../shared/vectors/metrics.json, "routerarena_sub10"; one score of -0.033
// is among them as it stands.
func TestRouterArena(t *testing.T) {
	r := read(t, "routerarena_sub10")
	haiku, gemini := slices.Index(r.models, "claude-3-haiku-20240307"), slices.Index(r.models, "gemini-2.0-flash-001")
	pair := curve.Table{Quality: [][]float64{r.table.Quality[haiku], r.table.Quality[gemini]}, Cost: [][]float64{r.table.Cost[haiku], r.table.Cost[gemini]}}
	for m, want := range [][3]float64{{0.523356, 0.175992, 0.533159}, {0.690119, 0.047491, 0.697293}} {
		quality, cost := average(pair.Quality[m]), 1000*average(pair.Cost[m])
		near(t, "accuracy", quality, want[0], 5e-7)
		near(t, "USD per 1,000", cost, want[1], 5e-7)
		near(t, "arena", curve.Arena(quality, cost), want[2], 5e-7)
	}
	best, _ := pair.Chosen(pair.Oracle())
	near(t, "best of both", average(best), 0.740773, 5e-7)
}
