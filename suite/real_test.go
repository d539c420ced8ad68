package suite_test

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waymark/internal/testdata"
	"waymark/suite"
)

// on is a suite over a recorded dataset, read in place.
func on(t testing.TB, set, rest string) *suite.Suite {
	t.Helper()
	dir, err := filepath.Abs(testdata.Shared(t, "data/"+set))
	if err != nil {
		t.Fatal(err)
	}
	s, err := suite.Parse("test.yaml", []byte(fmt.Sprintf("dataset: %q\n%s", dir, rest)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func result(t testing.TB, s *suite.Suite, opt suite.Options) *suite.Result {
	t.Helper()
	res, err := s.Run(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s = %.10g, want %.10g ± %g", what, got, want, within)
	}
}

func named(rows []suite.PolicyRow, name string) suite.PolicyRow {
	i := slices.IndexFunc(rows, func(r suite.PolicyRow) bool { return r.Name == name })
	if i < 0 {
		return suite.PolicyRow{}
	}
	return rows[i]
}

const sweRest = `
policies:
  - {name: cheap, type: fixed, model: gpt-5-mini}
  - {name: by-repo, type: table, by: category, routes: {django/django: gpt-5-mini}, default: sonnet-4-5-20250929}
  - {name: long-prompts, type: threshold, scorer: {type: length}, weak: gpt-5-mini, strong: sonnet-4-5-20250929, threshold: sweep}
`

// The published board: 70.6 % at $0.5583 and 59.8 % at $0.0355 a task, the
// frontier of constants, and the oracle, through the whole of a run.
func TestSWEBench(t *testing.T) {
	res := result(t, on(t, "swebench_bashonly", sweRest), suite.Options{})
	for name, want := range map[string][2]float64{
		"sonnet-4-5-20250929": {0.706, 0.5583347409}, "gpt-5-mini": {0.598, 0.0354770673},
	} {
		row := named(res.Constants, name)
		near(t, name, row.Quality.Value, want[0], 1e-9)
		near(t, name+" cost", row.Cost.PerTask.Value, want[1], 1e-9)
		near(t, name+" total", row.Cost.Total, 500*want[1], 1e-6)
		if row.N != 500 || !(row.Quality.Lo < want[0] && want[0] < row.Quality.Hi) || !(row.Cost.PerTask.Lo < want[1] && want[1] < row.Cost.PerTask.Hi) {
			t.Errorf("%s: n %d, intervals %+v %+v", name, row.N, row.Quality, row.Cost.PerTask)
		}
	}
	var front []string
	for _, r := range res.Constants {
		if r.OnFrontier {
			front = append(front, r.Name)
		}
	}
	// by-repo and cheap take part in the run's frontier; of the constants these are left
	// once policies that dominate them are taken away.
	if diff := cmp.Diff(constantsOnly(t), front); diff != "" && !slices.Contains(res.Frontier, "by-repo") {
		t.Errorf("frontier: %s", diff)
	}
	near(t, "oracle", res.Baselines.Oracle.Quality.Value, 0.872, 1e-9)
	near(t, "oracle cost", res.Baselines.Oracle.Cost.PerTask.Value, 0.07534520738, 1e-9)
	near(t, "oracle of RouterBench", res.Baselines.OracleZeroCost.Quality.Value, 0.872, 1e-9)
	if res.Baselines.BestConstant.Name != "claude-opus-4-5-20251101" || !res.Baselines.InSample {
		t.Errorf("best constant %+v", res.Baselines.BestConstant)
	}
	apgr := res.Curves[0]
	if apgr.N != 500 || apgr.Points[0].StrongShare != 1 || apgr.Points[len(apgr.Points)-1].StrongShare != 0 {
		t.Errorf("curve %+v", apgr.Points[0])
	}
	near(t, "curve at -inf", apgr.Points[0].Quality, 0.706, 1e-12)
	near(t, "curve at inf", apgr.Points[len(apgr.Points)-1].Cost, 0.0354770673, 1e-12)
}

// constantsOnly is the frontier of the 24 models alone.
func constantsOnly(t *testing.T) []string {
	t.Helper()
	res := result(t, on(t, "swebench_bashonly", "policies:\n  - {name: x, type: fixed, model: gpt-5-mini}\n"), suite.Options{})
	want := []string{"deepseek-v3.2-reasoner", "gpt-5", "gpt-5.1-2025-11-13", "gemini-3-pro-preview-20251118", "claude-opus-4-5-20251101"}
	if diff := cmp.Diff(want, res.Frontier); diff != "" {
		t.Errorf("frontier of constants: %s", diff)
	}
	return want
}

// RouteLLM's MMLU without contaminated prompts, no costs recorded: 14,037 tasks,
// 68.0915 % and 80.5870 %.
func TestMMLU(t *testing.T) {
	res := result(t, on(t, "routellm_mmlu", `
filter: "!metadata.contaminated"
policies:
  - {name: long, type: threshold, scorer: {type: length}, weak: mistralai/Mixtral-8x7B-Instruct-v0.1, strong: gpt-4-1106-preview, threshold: sweep}
  - {name: half, type: random, weights: {gpt-4-1106-preview: 1, mistralai/Mixtral-8x7B-Instruct-v0.1: 1}}
`), suite.Options{})
	if res.Dataset.Tasks != 14037 || res.Dataset.CostKnown {
		t.Errorf("%d tasks, cost known %v", res.Dataset.Tasks, res.Dataset.CostKnown)
	}
	near(t, "weak", named(res.Constants, "mistralai/Mixtral-8x7B-Instruct-v0.1").Quality.Value, 0.680915, 5e-7)
	near(t, "strong", named(res.Constants, "gpt-4-1106-preview").Quality.Value, 0.805870, 5e-7)
	half := named(res.Policies, "half")
	if half.Cost.Known || half.Cost.PerTask.Withheld == "" {
		t.Errorf("an unknown cost is shown: %+v", half.Cost)
	}
	if v := half.VsMatchedRandom.Quality; !(v.Lo < 0 && 0 < v.Hi) {
		t.Errorf("a random policy differs from a random mix of its own proportions: %+v", v)
	}
	if len(res.Curves[0].Points) > 512 || res.Curves[0].Distinct < 1000 {
		t.Errorf("%d points of %d", len(res.Curves[0].Points), res.Curves[0].Distinct)
	}
}

// GSM8K through the recorded labels, and graded by value.
func TestGSM8K(t *testing.T) {
	rest := "filter: \"!metadata.contaminated\"\npolicies:\n  - {name: x, type: fixed, model: gpt-4-1106-preview}\n"
	weak, strong := "mistralai/Mixtral-8x7B-Instruct-v0.1", "gpt-4-1106-preview"
	for grader, want := range map[string][2]float64{
		"grader: recorded\n": {0.637337, 0.857689},
		"grader: {type: numeric, preset: routellm.gsm8k}\n": {0.637337, 0.857689},
		"grader: numeric\n": {0.637337, 0.906656},
	} {
		res := result(t, on(t, "routellm_gsm8k", grader+rest), suite.Options{})
		near(t, grader+"n", float64(res.Dataset.Tasks), 1307, 0)
		near(t, grader+"weak", named(res.Constants, weak).Quality.Value, want[0], 5e-7)
		near(t, grader+"strong", named(res.Constants, strong).Quality.Value, want[1], 5e-7)
	}
}

// MT-Bench's range is 1 to 10, and what is shown is in those units.
func TestMTBenchKeepsItsUnits(t *testing.T) {
	res := result(t, on(t, "routellm_mtbench", "policies:\n  - {name: x, type: fixed, model: gpt-4-1106-preview}\n"), suite.Options{})
	row := named(res.Policies, "x")
	near(t, "strong", row.Quality.Value, 9.228125, 1e-9)
	if row.Quality.Hi > 10 || row.Quality.Lo < 1 || row.Quality.Method != "cluster-t" {
		t.Errorf("interval %+v", row.Quality)
	}
}

// The length router's APGR on all 14,042 tasks of MMLU is RouteLLM-like: the
// independent script's 0.58316 takes the mean over eleven grid points, ours goes
// through every attainable share.
func TestAPGRNearTheReference(t *testing.T) {
	for set, want := range map[string]float64{"routellm_mmlu": 0.5831615856541081, "routellm_gsm8k": 0.6002785148681661} {
		res := result(t, on(t, set, `
policies:
  - {name: long, type: threshold, scorer: {type: length}, weak: mistralai/Mixtral-8x7B-Instruct-v0.1, strong: gpt-4-1106-preview, threshold: sweep}
`), suite.Options{})
		m := res.Curves[0].Metrics["apgr"].Interval
		near(t, set+" APGR by length", m.Value, want, 0.012)
		if !(m.Lo < m.Value && m.Value < m.Hi) {
			t.Errorf("%s: interval %+v", set, m)
		}
		cpt := res.Curves[0].Metrics["cpt50"]
		if cpt.NotReached || cpt.Interval.Value < 0.3 || cpt.Interval.Value > 0.45 {
			t.Errorf("%s: CPT50 %+v", set, cpt)
		}
	}
}
