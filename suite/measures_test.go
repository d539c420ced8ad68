package suite_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"waymark/internal/stats"
	"waymark/suite"
)

// A cell is what a made dataset holds of one response.
type cell struct {
	Task    string  `json:"task"`
	Model   string  `json:"model"`
	Sample  int     `json:"sample"`
	Score   float64 `json:"score"`
	Cost    float64 `json:"cost_usd"`
	Latency float64 `json:"latency_ms,omitempty"`
}

// A told is a made dataset: its tasks by metadata, its responses and the decisions of a router.
type madeUp struct {
	info      string
	tasks     []map[string]any
	cells     []cell
	decisions []map[string]any
}

func lines[T any](t testing.TB, values []T) string {
	t.Helper()
	var out []string
	for _, v := range values {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(text))
	}
	return strings.Join(out, "\n")
}

func (m *madeUp) suite(t testing.TB, text string) *suite.Suite {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{
		"dataset.yaml": "name: made\nfeatures: [category, score]\n" + m.info, "tasks.jsonl": lines(t, m.tasks),
		"responses.jsonl": lines(t, m.cells), "s.yaml": "dataset: .\n" + text,
	}
	if m.decisions != nil {
		files["decisions.jsonl"] = lines(t, m.decisions)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := suite.Load(filepath.Join(dir, "s.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// repeats is n tasks that two models answer k times each; a task is as hard as its score.
func repeats(n, k int) *madeUp {
	rng := rand.New(rand.NewPCG(21, 4))
	m := &madeUp{}
	for i := range n {
		score := float64(rng.IntN(20)) / 20
		id := fmt.Sprintf("t%04d", i)
		m.tasks = append(m.tasks, map[string]any{"id": id, "prompt": "?", "category": string(rune('a' + i%3)), "metadata": map[string]any{"score": score, "of": fmt.Sprint("q", i/3)}})
		for _, model := range []struct {
			name    string
			p, cost float64
			ms      float64
		}{{"weak", 0.8 - 0.5*score, 0.001, 100}, {"strong", 0.9 - 0.2*score, 0.01, 400}} {
			for s := range k {
				m.cells = append(m.cells, cell{id, model.name, s, float64(min(1, int(rng.Float64()+model.p))), model.cost * (0.5 + rng.Float64()), model.ms * (0.5 + rng.Float64())})
			}
		}
	}
	return m
}

const measuredSuite = `
slo_ms: 300
paraphrases: metadata.of
slices: [metadata.score]
policies:
  - {name: coin, type: random, weights: {weak: 1, strong: 3}, repeats: 4}
  - {name: table, type: table, by: category, routes: {a: weak}, default: strong}
  - {name: twin, type: fixed, model: weak}
  - {name: sweep, type: threshold, scorer: {type: field, name: score}, weak: weak, strong: strong, threshold: sweep}
  - {name: at, type: threshold, scorer: {type: field, name: score}, weak: weak, strong: strong, threshold: 0.5}
`

// Regret by hand: the best score on each task, ties to the cheapest, minus what the row got.
func TestRegretByHand(t *testing.T) {
	m := repeats(200, 1)
	res := result(t, m.suite(t, measuredSuite), suite.Options{})
	var quality, cost float64
	for i := range m.tasks {
		w, s := m.cells[2*i], m.cells[2*i+1]
		best := w
		if s.Score > w.Score {
			best = s // weak is always the cheaper one of two alike
		}
		mine := s
		if m.tasks[i]["category"] == "a" {
			mine = w
		}
		quality += (best.Score - mine.Score) / 200
		cost += (mine.Cost - best.Cost) / 200
	}
	r := named(res.Policies, "table")
	near(t, "quality lost", r.Regret.Quality.Value, quality, 1e-12)
	near(t, "money lost", r.Regret.Cost.Value, cost, 1e-9)
	near(t, "parts of the cost", r.Regret.CostMatched.Value+r.Regret.CostMissed.Value, cost, 1e-9)
	if r.Regret.Crossed != 0 || !strings.Contains(r.Regret.Oracle, "same response") {
		t.Errorf("one response a task: %+v", r.Regret)
	}
	for _, r := range slices.Concat(res.Policies, res.Constants) {
		near(t, r.Name+": quality", r.Regret.Quality.Value, res.Baselines.Oracle.Quality.Value-r.Quality.Value, 1e-12)
		near(t, r.Name+": cost", r.Regret.Cost.Value, r.Cost.PerTask.Value-res.Baselines.Oracle.Cost.PerTask.Value, 1e-9)
		if r.Regret.Quality.Lo < 0 || r.Regret.Quality.Hi < r.Regret.Quality.Value {
			t.Errorf("%s: regret %+v", r.Name, r.Regret.Quality)
		}
	}
}

// Two models that solve every task by the toss of a coin: whatever the oracle seems to know it
// has from luck, and nothing of that is left once other responses score it.
func TestTheOracleOfOtherResponsesKnowsNoLuck(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 9))
	m := &madeUp{}
	for i := range 800 {
		id := fmt.Sprintf("t%04d", i)
		m.tasks = append(m.tasks, map[string]any{"id": id, "prompt": "?"})
		for s := range 2 {
			for _, model := range []string{"x", "y"} {
				m.cells = append(m.cells, cell{id, model, s, float64(rng.IntN(2)), 0.01, 0})
			}
		}
	}
	res := result(t, m.suite(t, "policies:\n  - {name: p, type: fixed, model: x}\n"), suite.Options{})
	r, base := named(res.Policies, "p"), res.Baselines
	if r.Regret.Crossed != 800 || base.OracleCross == nil || base.OracleCross.Note == "" {
		t.Fatalf("selected on other responses: %+v", r.Regret)
	}
	// The better mean of two responses is 0.5 + E|difference|/2 = 0.6875, and other responses have 0.5.
	near(t, "oracle that keeps its luck", base.Oracle.Quality.Value, 0.6875, 3*0.33/math.Sqrt(800))
	near(t, "oracle of other responses", base.OracleCross.Quality.Value, 0.5, 3*0.4/math.Sqrt(800))
	if !(r.Regret.Quality.Lo < 0 && 0 < r.Regret.Quality.Hi) {
		t.Errorf("regret of a policy that can do no better: %+v", r.Regret.Quality)
	}
}

// LLMRouterBench's set by hand, and the gains of a curve at the knob that the tune split chose: the
// policy with that knob in the suite has them.
func TestRouterBenchSetByHand(t *testing.T) {
	m := repeats(400, 1)
	text := "split: {tune: 0.5, seed: 3}\n" + measuredSuite
	res := result(t, m.suite(t, text), suite.Options{})
	best := named(res.Constants, res.Baselines.BestConstant.Name)
	for _, r := range slices.Concat(res.Policies, res.Constants) {
		get := func(name string) suite.Interval { return r.Metrics[name].Interval }
		near(t, r.Name+": gain over random", get("gain_random").Value, r.Quality.Value/res.Baselines.Random.Quality.Value-1, 1e-12)
		near(t, r.Name+": gap to the oracle", get("gap_oracle").Value, 1-r.Quality.Value/res.Baselines.Oracle.Quality.Value, 1e-12)
		near(t, r.Name+": performance gain", get("perf_gain").Value, r.Quality.Value/best.Quality.Value-1, 1e-12)
		if save := r.Metrics["cost_save"]; save.NotReached != (r.Quality.Value < best.Quality.Value) {
			t.Errorf("%s: quality %g of %g, saving %+v", r.Name, r.Quality.Value, best.Quality.Value, save)
		} else if !save.NotReached {
			near(t, r.Name+": saving", save.Interval.Value, 1-r.Cost.PerTask.Value/best.Cost.PerTask.Value, 1e-9)
		}
		for name, metric := range r.Metrics {
			if e := metric.Interval; e.Withheld == "" && !metric.NotReached && !(e.Lo <= e.Value && e.Value <= e.Hi) {
				t.Errorf("%s: %s is %+v", r.Name, name, e)
			}
		}
		if d := r.Metrics["pareto_dist"].Interval.Value; (d == 0) != (r.OnFrontier || r.SameAs != "" && named(res.Constants, r.SameAs).OnFrontier) {
			t.Errorf("%s lies %g from the frontier; on it: %v", r.Name, d, r.OnFrontier)
		}
	}
	if e := best.Metrics["perf_gain"].Interval; e.Value != 0 || e.Withheld == "" {
		t.Errorf("the best constant against itself: %+v", e)
	}
	gain := res.Curves[0].Metrics["perf_gain"].Interval
	var knob float64
	if _, err := fmt.Sscanf(gain.Warnings[0], "at the knob %g,", &knob); err != nil {
		t.Fatal(gain.Warnings)
	}
	again := result(t, m.suite(t, strings.Replace(text, "threshold: 0.5", fmt.Sprintf("threshold: %v", knob), 1)), suite.Options{})
	same := named(again.Policies, "at").Metrics["perf_gain"].Interval
	near(t, "gain of the curve", gain.Value, same.Value, 1e-9)
	near(t, "its lower end", gain.Lo, same.Lo, 1e-9)
	whole := result(t, m.suite(t, measuredSuite), suite.Options{})
	if e := whole.Curves[0].Metrics["perf_gain"].Interval; e.Withheld == "" || math.IsNaN(e.Value) {
		t.Errorf("a knob that is chosen on the tasks that it is reported on has an interval: %+v", e)
	}
}

// A router's own time is in the latency, and its share is told.
func TestLatencyHasTheRoutersOwnTime(t *testing.T) {
	m := repeats(200, 1)
	for i := range m.tasks {
		m.decisions = append(m.decisions, map[string]any{"task": m.tasks[i]["id"], "policy": "r", "model": []string{"weak", "strong"}[i%2], "latency_ms": 50, "cost_usd": 0.0001})
	}
	res := result(t, m.suite(t, "slo_ms: 300\npolicies:\n  - {name: r, type: recorded, policy: r}\n  - {name: weak-only, type: fixed, model: weak}\n"), suite.Options{})
	var ms stats.Sample
	within, whole := 0.0, 0.0
	for i := range m.tasks {
		x := 50 + m.cells[2*i+i%2].Latency
		ms.Values = append(ms.Values, x)
		whole += x
		if x <= 300 {
			within++
		}
	}
	r := named(res.Policies, "r")
	for name, p := range map[string]float64{"p50": 0.5, "p95": 0.95, "p99": 0.99} {
		want := stats.SampleQuantile(ms, p, 0.95)
		got := r.Latency.Intervals[name]
		near(t, name, got.Value, want.Value, 1e-4)
		if want.Withheld == "" {
			near(t, name+", lower end", got.Lo, want.Lo, 1e-4)
		} else if got.Withheld == "" {
			t.Errorf("%s of 200 tasks has an interval: %+v", name, got)
		}
	}
	near(t, "p95", r.Latency.P95, r.Latency.Intervals["p95"].Value, 0)
	near(t, "the router's time", r.Latency.Router.Value, 50, 1e-9)
	near(t, "its share", r.Latency.RouterShare.Value, 50*200/whole, 1e-6)
	near(t, "within the objective", r.WithinSLO.Value, within/200, 1e-12)
	if r.WithinSLO.Method != "wilson" || !(r.Latency.RouterShare.Lo < r.Latency.RouterShare.Value) {
		t.Errorf("%+v, %+v", r.WithinSLO, r.Latency.RouterShare)
	}
	if w := named(res.Policies, "weak-only"); w.Latency.Router != nil || w.WithinSLO.Value != 1 {
		t.Errorf("a fixed policy has a router's time, or is slow: %+v %+v", w.Latency, w.WithinSLO)
	}
}

// The quantiles of a policy that is repeated, and of responses that are, are those of what a
// user waits, not of means over repeats, which have no tail.
func TestLatencyOfRepeatsKeepsItsTail(t *testing.T) {
	m := &madeUp{}
	for i := range 100 {
		id := fmt.Sprintf("t%03d", i)
		m.tasks = append(m.tasks, map[string]any{"id": id, "prompt": "?"})
		for s := range 4 {
			m.cells = append(m.cells, cell{id, "fast", s, 1, 0.001, 100}, cell{id, "slow", s, 1, 0.001, []float64{200, 200, 200, 2000}[s]})
		}
	}
	res := result(t, m.suite(t, "slo_ms: 150\npolicies:\n  - {name: coin, type: random, weights: {fast: 1, slow: 1}, repeats: 10}\n"), suite.Options{})
	coin, slow := named(res.Policies, "coin"), named(res.Constants, "slow")
	if coin.Latency.P50 != 100 && coin.Latency.P50 != 200 || coin.Latency.P95 != 2000 {
		t.Errorf("coin: %+v", coin.Latency)
	}
	if slow.Latency.P50 != 200 || slow.Latency.P95 != 2000 || slow.Latency.N != 100 {
		t.Errorf("slow: %+v", slow.Latency)
	}
	near(t, "within the objective", coin.WithinSLO.Value, coin.Mix["fast"], 1e-12)
	near(t, "of a constant", slow.WithinSLO.Value, 0, 0)
}

// A coin changes its mind in 2·¼·¾ of pairs of repeats, whichever task it is asked;
// a table changes it between paraphrases exactly where they are of different categories.
func TestStability(t *testing.T) {
	m := repeats(300, 1)
	res := result(t, m.suite(t, measuredSuite), suite.Options{})
	coin, table := named(res.Policies, "coin").Stability, named(res.Policies, "table").Stability
	if e := coin.OverRepeats; !(e.Lo <= 0.375 && 0.375 <= e.Hi) || coin.Repeats != 4 {
		t.Errorf("over repeats: %+v", e)
	}
	if e := coin.OverParaphrases; !(e.Lo <= 0.375 && 0.375 <= e.Hi) {
		t.Errorf("a coin over paraphrases: %+v", e)
	}
	// Sets are three tasks of categories a, b and c: a goes one way, b and c the other.
	near(t, "a table over paraphrases", table.OverParaphrases.Value, 2.0/3, 1e-12)
	if table.Sets != 100 || table.Pairs != 300 || table.OverRepeats != nil {
		t.Errorf("%+v", table)
	}
	if named(res.Constants, "weak").Stability != nil {
		t.Error("a constant has a stability")
	}
	near(t, "a fixed policy", named(res.Policies, "twin").Stability.OverParaphrases.Value, 0, 0)
	if res := result(t, m.suite(t, "split: {tune: 0.5, seed: 1}\n"+measuredSuite), suite.Options{}); !slices.ContainsFunc(res.Warnings, func(w string) bool { return strings.Contains(w, "paraphrases have tasks in both splits") }) {
		t.Errorf("sets are cut by the split and nobody says so: %q", res.Warnings)
	}
}

// Paraphrases may name their original, which then is of the set.
func TestParaphrasesOfAnOriginal(t *testing.T) {
	m := repeats(60, 1)
	for i := range m.tasks {
		metadata := m.tasks[i]["metadata"].(map[string]any)
		delete(metadata, "of")
		if i%3 > 0 {
			metadata["of"] = m.tasks[i-i%3]["id"]
		}
	}
	res := result(t, m.suite(t, measuredSuite), suite.Options{})
	if s := named(res.Policies, "table").Stability; s.Sets != 20 || s.Pairs != 60 {
		t.Errorf("%+v", s)
	}
}

// The variance of a constant splits as stats.VarianceComponents has it, that of a difference
// holds the noise of both, and a policy is made of its models.
func TestVarianceOfRepeats(t *testing.T) {
	m := repeats(300, 3)
	res := result(t, m.suite(t, measuredSuite), suite.Options{})
	var weak []stats.Repeated
	for i := range m.tasks {
		mean, ss := 0.0, 0.0
		for s := range 3 {
			mean += m.cells[6*i+s].Score / 3
		}
		for s := range 3 {
			ss += (m.cells[6*i+s].Score - mean) * (m.cells[6*i+s].Score - mean)
		}
		weak = append(weak, stats.Repeated{Value: mean, Response: ss / 2, Error: ss / 6})
	}
	want, err := stats.VarianceComponents(stats.Sample{}, weak, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	row := named(res.Constants, "weak")
	near(t, "response noise", row.Variance.Response.Value, want.Response.Value, 1e-12)
	near(t, "between tasks", row.Variance.Task.Lo, want.Task.Lo, 1e-12)
	near(t, "with twice the samples", *row.Variance.WithTwiceSamples, want.WithTwiceSamples, 1e-12)
	if row.Variance.Tasks != 300 || *row.Variance.WithTwiceTasks >= *row.Variance.Error {
		t.Errorf("%+v", row.Variance)
	}
	best := named(res.Constants, "strong")
	if best.VarianceVsBest != nil || res.Baselines.BestConstant.Name != "strong" {
		t.Errorf("the best constant differs from itself: %+v", best.VarianceVsBest)
	}
	near(t, "noise of a difference", row.VarianceVsBest.Response.Value, row.Variance.Response.Value+best.Variance.Response.Value, 1e-9)
	table := named(res.Policies, "table")
	if v := table.VarianceVsBest.Response.Value; !(v > 0 && v < row.VarianceVsBest.Response.Value) {
		t.Errorf("a table that differs on a third of the tasks has a noise of %g, everywhere %g", v, row.VarianceVsBest.Response.Value)
	}
	if r := named(result(t, repeats(50, 1).suite(t, measuredSuite), suite.Options{}).Constants, "weak"); r.Variance != nil {
		t.Errorf("one response a task: %+v", r.Variance)
	}
}

// Rows that are alike are compared once and told; the best may be the best, and being picked
// from many is told with what it owes to luck.
func TestSelection(t *testing.T) {
	res := result(t, repeats(400, 1).suite(t, measuredSuite), suite.Options{})
	twin, weak := named(res.Policies, "twin"), named(res.Constants, "weak")
	if twin.SameAs != "weak" || *twin.FrontierShare != *weak.FrontierShare || twin.VsBest.Quality.Value != weak.VsBest.Quality.Value {
		t.Errorf("twins differ: %+v %+v", twin.VsBest, weak.VsBest)
	}
	all := slices.Concat(res.Constants, res.Policies)
	best := slices.MaxFunc(all, func(a, b suite.PolicyRow) int { return int(math.Copysign(1, a.Quality.Value-b.Quality.Value)) })
	s := res.Selection
	if !slices.Contains(s.PossiblyBest, best.Name) || s.Compared != len(all)-1 || s.FrontierDraws != 1000 {
		t.Errorf("%+v; best by the estimate is %s", s, best.Name)
	}
	for _, r := range all {
		if r.VsBest.PossiblyBest != slices.Contains(s.PossiblyBest, r.Name) || *r.FrontierShare < 0 || *r.FrontierShare > 1 {
			t.Errorf("%s: %+v, on %g of the frontiers", r.Name, r.VsBest, *r.FrontierShare)
		}
	}
	if len(s.Winners) != 2 || s.Winners[1].Name != best.Name || s.Winners[0].Of != 4 || s.Winners[1].Of != 5 {
		t.Fatalf("%+v", s.Winners)
	}
	for _, w := range s.Winners {
		if !(w.Optimism.Value > 0 && w.Optimism.Value < 0.05) || w.Optimism.Withheld == "" {
			t.Errorf("optimism %+v", w)
		}
		near(t, "corrected", w.Corrected, w.Quality-w.Optimism.Value, 1e-12)
	}
}

// Two policies that trade a large category for two small ones are ordered one way by
// tasks and the other way by categories.
func TestMacroAndMicroDisagree(t *testing.T) {
	m := &madeUp{}
	for i := range 300 {
		id, category := fmt.Sprintf("t%03d", i), "large"
		if i >= 200 {
			category = []string{"small", "other"}[i%2]
		}
		m.tasks = append(m.tasks, map[string]any{"id": id, "prompt": "?", "category": category})
		x, y := 1.0, 0.5
		if i >= 200 {
			x, y = 0, 0.9
		}
		y = float64(min(1, int(y+float64(i*7%10)/10)))
		m.cells = append(m.cells, cell{id, "x", 0, x, 0.01, 0}, cell{id, "y", 0, y, 0.01, 0})
	}
	res := result(t, m.suite(t, "policies:\n  - {name: p, type: fixed, model: x}\n  - {name: q, type: fixed, model: y}\n"), suite.Options{})
	s := res.Slices[0]
	if s.Slice != "category" || s.Values != 3 || s.Few != 0 || len(s.Reversals) != 1 {
		t.Fatalf("%+v", s)
	}
	r := s.Reversals[0]
	macro := func(name string) float64 {
		var sum float64
		for _, c := range res.Categories {
			for _, x := range c.Cells {
				if x.Policy == name {
					sum += x.Quality.Value / 3
				}
			}
		}
		return sum
	}
	for _, x := range s.Rows {
		near(t, x.Policy+": micro", x.Micro.Value, named(slices.Concat(res.Policies, res.Constants), x.Policy).Quality.Value, 0)
		near(t, x.Policy+": macro", x.Macro.Value, macro(x.Policy), 1e-12)
	}
	if r.A != "q" || r.B != "p" || !(r.Micro.Value < 0 && r.Macro.Value > 0) {
		t.Errorf("%+v", r)
	}
	near(t, "macro difference", r.Macro.Value, macro("q")-macro("p"), 1e-12)
	if !slices.ContainsFunc(res.Warnings, func(w string) bool { return strings.HasPrefix(w, "q is worse than p over all tasks") }) {
		t.Errorf("nobody says so: %q", res.Warnings)
	}
}

// Neither the order of lines nor the number of workers changes a byte, and JSON keeps all.
func TestMeasuresArePermutable(t *testing.T) {
	m := repeats(90, 3)
	res := result(t, m.suite(t, measuredSuite), suite.Options{Workers: 1})
	var back suite.Result
	text, err := json.Marshal(res)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if again, err := json.Marshal(&back); err != nil || string(again) != string(text) {
		t.Errorf("a result that is read back is written otherwise (%v)", err)
	}
	want := numbers(t, res)
	rng := rand.New(rand.NewPCG(1, 1))
	rng.Shuffle(len(m.tasks), func(i, j int) { m.tasks[i], m.tasks[j] = m.tasks[j], m.tasks[i] })
	rng.Shuffle(len(m.cells), func(i, j int) { m.cells[i], m.cells[j] = m.cells[j], m.cells[i] })
	if got := numbers(t, result(t, m.suite(t, measuredSuite), suite.Options{Workers: 4})); got != want {
		t.Error("another order of lines, or of workers, gives another result")
	}
}

// Sets that leave nothing to go by: a reason everywhere, and no number that looks right.
func TestMeasuresOfAlmostNothing(t *testing.T) {
	one := repeats(1, 2)
	few := repeats(9, 2)
	for i := range few.cells {
		few.cells[i].Score = 1 // all equal
	}
	for i := range few.tasks {
		few.tasks[i]["group"] = "only" // one group
	}
	grouped := repeats(60, 2)
	for i := range grouped.tasks {
		grouped.tasks[i]["group"] = fmt.Sprint("g", i/2)
		grouped.tasks[i]["weight"] = float64(1 + i%3)
	}
	holes := repeats(60, 1)
	holes.cells = slices.DeleteFunc(holes.cells, func(c cell) bool { return c.Model == "strong" && c.Task > "t0010" })
	text := strings.Replace(measuredSuite, "paraphrases: metadata.of\n", "", 1)
	for name, x := range map[string]struct {
		m    *madeUp
		text string
	}{
		"one task": {one, text}, "all equal, one group": {few, text}, "groups and weights": {grouped, measuredSuite},
		"holes": {holes, "holes: bounds\n" + text}, "one model": {&madeUp{tasks: one.tasks, cells: one.cells[:2]}, "policies:\n  - {name: p, type: fixed, model: weak}\n"},
	} {
		res := result(t, x.m.suite(t, x.text), suite.Options{})
		if text, err := json.Marshal(res); err != nil || strings.Contains(string(text), "NaN") {
			t.Errorf("%s: %v", name, err)
		}
		for _, r := range slices.Concat(res.Policies, res.Constants) {
			if r.N < res.Dataset.Tasks && (r.Regret != nil || r.VsBest != nil) {
				t.Errorf("%s: %s lacks responses and is compared: %+v", name, r.Name, r.Regret)
			}
			var checked []suite.Interval
			if r.Regret != nil {
				checked = append(checked, r.Regret.Quality, r.Regret.Cost)
			}
			for _, m := range r.Metrics {
				checked = append(checked, m.Interval)
			}
			for _, e := range r.Latency.Intervals {
				checked = append(checked, e)
			}
			for _, e := range checked {
				if e.Withheld == "" && (math.IsNaN(e.Lo) || math.IsNaN(e.Hi) || res.Dataset.Tasks < 6 || name == "all equal, one group") {
					t.Errorf("%s: %s has %+v", name, r.Name, e)
				}
			}
		}
	}
}

// Keys of the suite that are wrong are blamed by line and column.
func TestKeysOfMeasures(t *testing.T) {
	for text, want := range map[string]string{
		"slo_ms: 0\n":                  `:2:9: found 0, expected milliseconds above 0`,
		"slo_ms: -5\n":                 `:2:9: found -5, expected milliseconds above 0`,
		"slo_ms: fast\n":               `:2:9:`,
		"paraphrases: of\n":            `:2:14: found "of", expected metadata.NAME`,
		"paraphrases: metadata.what\n": `:2:14: found "metadata.what", of which no two tasks share a value`,
	} {
		m := repeats(10, 1)
		dir := t.TempDir()
		for name, content := range map[string]string{"dataset.yaml": "name: made\n", "tasks.jsonl": lines(t, m.tasks), "responses.jsonl": lines(t, m.cells)} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		s, err := suite.Parse(filepath.Join(dir, "s.yaml"), []byte("dataset: .\n"+text+"policies: [{name: p, type: fixed, model: weak}]\n"))
		if err == nil {
			_, err = s.Run(t.Context(), suite.Options{})
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
