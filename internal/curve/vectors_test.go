package curve_test

import (
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waymark/internal/curve"
	"waymark/internal/testdata"
)

// vectors are those of ../shared/vectors/metrics.json that are about curves: figures
// recomputed by independent scripts, or published.
type vectors struct {
	RouteLLM struct {
		MMLU, GSM8K pairVector
		MTBench     pairVector
	}
	RouterArena struct {
		Haiku       arenaVector `json:"claude-3-haiku"`
		Gemini      arenaVector `json:"gemini-2.0-flash-001"`
		Best        float64     `json:"best_of_both_per_task"`
		BothPerfect int         `json:"both_perfect"`
		HaikuWins   int         `json:"haiku_better"`
		GeminiWins  int         `json:"gemini_better"`
		N           int
	} `json:"routerarena_sub10"`
	Flat struct {
		AIQ     float64
		AsCoded float64 `json:"aiq_as_coded"`
	} `json:"aiq_flat"`
	SWEBench struct {
		N, Models int
		Constants map[string][2]float64
		Frontier  []string `json:"frontier_of_constants"`
		Oracle    struct {
			Quality float64
			Cost    float64 `json:"usd_per_task"`
		} `json:"oracle_all_24"`
	} `json:"swebench_bashonly"`
}

type pairVector struct {
	N                int
	Questions        int `json:"n_questions"`
	Weak, Strong     float64
	StrongOnly       int                `json:"strong_only_correct"`
	WeakOnly         int                `json:"weak_only_correct"`
	StrongBetter     int                `json:"strong_better"`
	WeakBetter       int                `json:"weak_better"`
	Both, Neither    *int               // not of every pair
	CPT              map[string]float64 `json:"oracle_cpt"`
	APGR             float64            `json:"oracle_apgr"`
	APGRForcedStrong float64            `json:"apgr_forced_strong"`
	Saturates        *struct {
		Accuracy float64
		Share    float64 `json:"strong_share_percent"`
	} `json:"oracle_saturates_at"`
}

type arenaVector struct {
	Accuracy float64
	USD      float64 `json:"usd_per_1000"`
	Arena    float64
}

func readVectors(t *testing.T) vectors {
	t.Helper()
	text, err := os.ReadFile(testdata.Shared(t, "vectors/metrics.json"))
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	if v.RouteLLM.MMLU.N == 0 || v.RouteLLM.GSM8K.N == 0 || v.RouteLLM.MTBench.Questions == 0 || v.RouterArena.N == 0 || v.SWEBench.N == 0 || v.Flat.AIQ == 0 {
		t.Fatalf("the vectors lack a part: %+v", v)
	}
	return v
}

func routeLLM(t *testing.T, set string) curve.Pair {
	t.Helper()
	r := read(t, set)
	return curve.Pair{
		Weak:   r.table.Quality[slices.Index(r.models, "mistralai/Mixtral-8x7B-Instruct-v0.1")],
		Strong: r.table.Quality[slices.Index(r.models, "gpt-4-1106-preview")],
	}
}

func TestRouteLLMPairs(t *testing.T) {
	v := readVectors(t)
	for set, want := range map[string]pairVector{"routellm_mmlu": v.RouteLLM.MMLU, "routellm_gsm8k": v.RouteLLM.GSM8K} {
		t.Run(set, func(t *testing.T) {
			p := routeLLM(t, set)
			near(t, "n", float64(len(p.Weak)), float64(want.N), 0)
			near(t, "weak", 100*average(p.Weak), want.Weak, 5e-5)
			near(t, "strong", 100*average(p.Strong), want.Strong, 5e-5)
			near(t, "oracle APGR", p.OracleAPGR(), want.APGR, 5e-6)
			cpts(t, p, want)
			var counts [2][2]int
			for i := range p.Weak {
				counts[int(p.Weak[i])][int(p.Strong[i])]++
			}
			near(t, "strong alone", float64(counts[0][1]), float64(want.StrongOnly), 0)
			near(t, "weak alone", float64(counts[1][0]), float64(want.WeakOnly), 0)
			if want.Both != nil {
				near(t, "both", float64(counts[1][1]), float64(*want.Both), 0)
				near(t, "neither", float64(counts[0][0]), float64(*want.Neither), 0)
			}
			if s := want.Saturates; s != nil {
				saturates(t, p, s.Accuracy, s.Share)
			}
		})
	}
	if v.RouteLLM.MMLU.Saturates == nil || v.RouteLLM.MMLU.Both == nil {
		t.Error("the vectors of MMLU do not say where the oracle is level, or how often both are right")
	}
}

func cpts(t *testing.T, p curve.Pair, want pairVector) {
	t.Helper()
	if len(want.CPT) != 3 {
		t.Fatalf("%d shares in the vectors, want 3", len(want.CPT))
	}
	for percent, x := range want.CPT {
		share, err := strconv.ParseFloat(percent, 64)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := p.OracleCPT(share / 100)
		if !ok {
			t.Errorf("CPT%s is not reached", percent)
		}
		near(t, "oracle CPT", 100*got, x, 5e-3)
	}
}

// saturates holds the first point of the oracle's curve at its greatest quality.
func saturates(t *testing.T, p curve.Pair, accuracy, percent float64) {
	t.Helper()
	c := p.Oracle()
	top := c[len(c)-1].Quality
	i := slices.IndexFunc(c, func(q curve.Point) bool { return q.Quality >= top-1e-12 })
	near(t, "the oracle is level at", 100*top, accuracy, 5e-4)
	near(t, "from a share of", 100*c[i].Share, percent, 5e-3)
}

// Scores of 1 to 10 have the same measures.
func TestMTBenchPair(t *testing.T) {
	want, p := readVectors(t).RouteLLM.MTBench, routeLLM(t, "routellm_mtbench")
	near(t, "n", float64(len(p.Weak)), float64(want.Questions), 0)
	near(t, "weak", average(p.Weak), want.Weak, 5e-6)
	near(t, "strong", average(p.Strong), want.Strong, 5e-6)
	cpts(t, p, want)
	better, worse := 0, 0
	order, gains := all(len(p.Weak)), make([]float64, len(p.Weak))
	for i := range p.Weak {
		switch gains[i] = p.Strong[i] - p.Weak[i]; {
		case gains[i] > 0:
			better++
		case gains[i] < 0:
			worse++
		}
	}
	near(t, "strong is better on", float64(better), float64(want.StrongBetter), 0)
	near(t, "weak is better on", float64(worse), float64(want.WeakBetter), 0)
	// Forced: every task goes to strong sooner or later, the ones that lose by it last.
	slices.SortStableFunc(order, func(a, b int) int { return int(1e6 * (gains[b] - gains[a])) })
	n := float64(len(order))
	quality := average(p.Weak)
	forced := curve.Curve{{Quality: quality}}
	for k, i := range order {
		quality += gains[i] / n
		forced = append(forced, curve.Point{Quality: quality, Share: float64(k+1) / n})
	}
	near(t, "APGR of the forced oracle", forced.APGR(), want.APGRForcedStrong, 5e-5)
}

// One score of -0.033 is among RouterArena's as it stands.
func TestRouterArena(t *testing.T) {
	want, r := readVectors(t).RouterArena, read(t, "routerarena_sub10")
	haiku, gemini := slices.Index(r.models, "claude-3-haiku-20240307"), slices.Index(r.models, "gemini-2.0-flash-001")
	pair := curve.Table{Quality: [][]float64{r.table.Quality[haiku], r.table.Quality[gemini]}, Cost: [][]float64{r.table.Cost[haiku], r.table.Cost[gemini]}}
	near(t, "n", float64(pair.Tasks()), float64(want.N), 0)
	for m, want := range []arenaVector{want.Haiku, want.Gemini} {
		quality, cost := average(pair.Quality[m]), 1000*average(pair.Cost[m])
		near(t, "accuracy", quality, want.Accuracy, 5e-7)
		near(t, "USD per 1,000", cost, want.USD, 5e-7)
		near(t, "arena", curve.Arena(quality, cost), want.Arena, 5e-7)
	}
	best, _ := pair.Chosen(pair.Oracle())
	near(t, "best of both", average(best), want.Best, 5e-7)
	var perfect, first, second int
	for i, q := range pair.Quality[0] {
		switch g := pair.Quality[1][i]; {
		case q > g:
			first++
		case g > q:
			second++
		case q == 1:
			perfect++
		}
	}
	if diff := cmp.Diff([3]int{want.BothPerfect, want.HaikuWins, want.GeminiWins}, [3]int{perfect, first, second}); diff != "" {
		t.Errorf("both perfect, haiku better, gemini better: %s", diff)
	}
}

func TestAIQOfALevelCurve(t *testing.T) {
	want := readVectors(t).Flat
	level := []curve.Spot{{Quality: 0.8, Cost: 1}, {Quality: 0.8, Cost: 2}}
	a, ok := curve.AIQ(level)
	near(t, "AIQ", a, want.AIQ, 1e-12)
	coded, _ := curve.AIQAsCoded(level)
	near(t, "AIQ as coded", coded, want.AsCoded, 1e-12)
	if _, one := curve.AIQ(level[:1]); !ok || one {
		t.Error("two spots have no range of costs, or one has")
	}
}

// The constants are given with four decimals.
func TestSWEBenchVectors(t *testing.T) {
	want, r := readVectors(t).SWEBench, read(t, "swebench_bashonly")
	near(t, "n", float64(r.table.Tasks()), float64(want.N), 0)
	near(t, "models", float64(len(r.models)), float64(want.Models), 0)
	var spots []curve.Spot
	for m, name := range r.models {
		s := curve.Spot{Quality: average(r.table.Quality[m]), Cost: average(r.table.Cost[m])}
		spots = append(spots, s)
		if x, ok := want.Constants[name]; ok {
			near(t, name, s.Quality, x[0], 1e-9)
			near(t, name+" cost", s.Cost, x[1], 5e-5)
			delete(want.Constants, name)
		}
	}
	if len(want.Constants) > 0 {
		t.Errorf("not among the models: %v", want.Constants)
	}
	var frontier []string
	for _, i := range curve.Frontier(spots) {
		frontier = append(frontier, r.models[i])
	}
	if diff := cmp.Diff(want.Frontier, frontier); diff != "" {
		t.Errorf("frontier of constants: %s", diff)
	}
	quality, cost := r.table.Chosen(r.table.Oracle())
	near(t, "oracle", average(quality), want.Oracle.Quality, 1e-9)
	near(t, "oracle cost", average(cost), want.Oracle.Cost, 5e-8)
}
