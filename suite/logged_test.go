package suite_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"waymark"
	"waymark/internal/store"
	"waymark/suite"
)

// A madeLog is a log of make400's kind, with what was not logged known beside it.
type madeLog struct {
	tasks, responses, decisions []string
	meta                        string
}

// makeLog draws weak or strong by a task's score, and never middle.
func makeLog(n int, least float64) madeLog {
	rng := rand.New(rand.NewPCG(9, 9))
	m := madeLog{meta: "name: log\nkind: logged\nfeatures: [category, score]\n"}
	for i := range n {
		score := float64(rng.IntN(20)) / 20
		m.tasks = append(m.tasks, fmt.Sprintf(`{"id": "t%04d", "prompt": "p", "category": "%c", "metadata": {"score": %g}}`, i, 'a'+i%3, score))
		p, model, right, cost := least+(1-2*least)*score, "strong", 0.9, 0.01
		if rng.Float64() >= p {
			p, model, right, cost = 1-p, "weak", 0.8-0.5*score, 0.001
		}
		y := 0
		if rng.Float64() < right {
			y = 1
		}
		m.responses = append(m.responses, fmt.Sprintf(`{"task": "t%04d", "model": "%s", "score": %d, "cost_usd": %.6f, "latency_ms": 100}`, i, model, y, cost*(0.5+rng.Float64())))
		m.decisions = append(m.decisions, fmt.Sprintf(`{"task": "t%04d", "policy": "live", "model": "%s", "propensity": %.6f, "cost_usd": 0.0001}`, i, model, p))
	}
	return m
}

const logSuite = `
dataset: .
split: {tune: 0.5, seed: 3}
policies:
  - {name: own, type: recorded, policy: live}
  - {name: coin, type: random, weights: {weak: 1, strong: 2}, repeats: 3}
  - {name: table, type: table, by: category, routes: {a: weak}, default: strong}
  - {name: sweep, type: threshold, scorer: {type: field, name: score}, weak: weak, strong: strong, threshold: sweep}
  - {name: at, type: threshold, scorer: {type: field, name: score}, weak: weak, strong: strong, threshold: 0.5}
objective: {minimise: cost, subject_to: quality >= 0.9 * quality(strong)}
`

func (m madeLog) files(t testing.TB, text string) string {
	t.Helper()
	dir := t.TempDir()
	for name, lines := range map[string]string{
		"dataset.yaml": m.meta, "tasks.jsonl": strings.Join(m.tasks, "\n"), "responses.jsonl": strings.Join(m.responses, "\n"),
		"decisions.jsonl": strings.Join(m.decisions, "\n"), "s.yaml": text,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(lines), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "s.yaml")
}

func (m madeLog) write(t testing.TB, text string) *suite.Suite {
	t.Helper()
	s, err := suite.Load(m.files(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What the models would have done is known: strong is right 9 times in ten, weak with
// 0.8 − 0.5 · score, on average over the twenty scores.
func TestALogTellsTheTruth(t *testing.T) {
	res := result(t, makeLog(4000, 0.1).write(t, logSuite), suite.Options{})
	weak := 0.8 - 0.5*9.5/20
	half := (0.9*10 + 0.8*10 - 0.5*(45.0/20)) / 20 // strong at and above 0.5
	for name, want := range map[string]float64{"strong": 0.9, "weak": weak, "table": 0.9*2/3 + weak/3, "at": half, "coin": 0.9*2/3 + weak/3} {
		row := named(append(append([]suite.PolicyRow{}, res.Policies...), res.Constants...), name)
		for estimator, e := range row.OffPolicy.Estimators {
			if !(e.Quality.Lo < want && want < e.Quality.Hi) {
				t.Errorf("%s by %s: %g [%g, %g], truth %g", name, estimator, e.Quality.Value, e.Quality.Lo, e.Quality.Hi, want)
			}
		}
		if len(row.OffPolicy.Estimators) != 3 || row.OffPolicy.ESS < 100 {
			t.Errorf("%s: %d estimators, ESS %g", name, len(row.OffPolicy.Estimators), row.OffPolicy.ESS)
		}
	}
	strong := named(res.Constants, "strong")
	if c := strong.Cost.PerTask; !(c.Lo < 0.01 && 0.01 < c.Hi) {
		t.Errorf("strong costs %+v", c)
	}
	o := res.OffPolicy
	if o == nil || o.Logger != "live" || o.Certain || o.Clip != nil || res.Dataset.Kind != "logged" || res.Dataset.Holes != 0 || res.Baselines.Oracle != nil || res.Baselines.PerCategory != nil {
		t.Errorf("off-policy %+v", o)
	}
	if res.Baselines.BestConstant.Name != "strong" || res.Baselines.InSample {
		t.Errorf("best constant %+v", res.Baselines.BestConstant)
	}
}

// The logging policy itself is the plain mean of what was logged: nothing is weighted,
// although its recorded decisions look like a policy that copies the log.
func TestTheLoggerIsItsOwnMean(t *testing.T) {
	m := makeLog(600, 0.1)
	res := result(t, m.write(t, logSuite), suite.Options{})
	own := named(res.Policies, "own")
	n, right := 0, 0
	for _, r := range m.responses {
		n++
		if strings.Contains(r, `"score": 1`) {
			right++
		}
	}
	all := result(t, m.write(t, strings.Replace(logSuite, "split: {tune: 0.5, seed: 3}\n", "", 1)), suite.Options{})
	near(t, "own", named(all.Policies, "own").Quality.Value, float64(right)/float64(n), 1e-12)
	if own.Quality.Method != "wilson" || !own.OffPolicy.Own || own.OffPolicy.VsLogger != nil || own.OffPolicy.Refused != "" {
		t.Errorf("own %+v %+v", own.Quality, own.OffPolicy)
	}
	near(t, "logger", res.OffPolicy.Value.Quality.Value, own.Quality.Value, 0)
	near(t, "logger's cost", res.OffPolicy.Value.Cost.PerTask.Value, own.Cost.PerTask.Value, 1e-15)
	if !own.Latency.Known || own.Latency.P50 != 100 {
		t.Errorf("latency %+v", own.Latency)
	}
	// The same decisions under another name are refused: they know what the log drew.
	for _, d := range slices.Clone(m.decisions) {
		m.decisions = append(m.decisions, strings.Replace(strings.Replace(d, `"live"`, `"copy"`, 1), `"propensity"`, `"score"`, 1))
	}
	m.meta += "logger: live\n"
	res = result(t, m.write(t, logSuite+"  \n"+"seed: 2\n"), suite.Options{})
	copied := result(t, m.write(t, strings.Replace(logSuite, "policy: live", "policy: copy", 1)), suite.Options{})
	row := named(copied.Policies, "own")
	if !strings.Contains(row.OffPolicy.Refused, "it looks at what live chose") || !math.IsNaN(row.Quality.Value) {
		t.Errorf("a copy of the log's draws: %+v", row.OffPolicy)
	}
	if named(res.Policies, "own").OffPolicy.Refused != "" {
		t.Error("the logger is refused where others are recorded too")
	}
}

// The curve passes through the policy at each knob, and the chosen knob's row is that of
// the policy with that knob in the suite.
func TestACurveOverALog(t *testing.T) {
	m := makeLog(1200, 0.1)
	res := result(t, m.write(t, logSuite), suite.Options{})
	swept, at := named(res.Policies, "sweep"), named(res.Policies, "at")
	if len(swept.Knob) != 1 || len(res.Curves) != 1 {
		t.Fatalf("knob %v, %d curves", swept.Knob, len(res.Curves))
	}
	again := result(t, m.write(t, strings.Replace(logSuite, "threshold: 0.5", fmt.Sprintf("threshold: %v", float64(swept.Knob[0])), 1)), suite.Options{})
	near(t, "quality at the chosen knob", named(again.Policies, "at").Quality.Value, swept.Quality.Value, 1e-12)
	var on suite.Point
	for _, p := range res.Curves[0].Points {
		if float64(p.Knob) <= 0.5 {
			on = p
		}
	}
	near(t, "curve at 0.5", on.Quality, at.Quality.Value, 1e-12)
	near(t, "its cost", on.Cost, at.Cost.PerTask.Value, 1e-12)
	if on.QualityLo == nil {
		t.Fatal("no interval on the curve")
	}
	near(t, "its interval", float64(*on.QualityLo), at.Quality.Lo, 1e-12)
	points := res.Curves[0].Points
	near(t, "curve at -inf", points[0].Quality, named(res.Constants, "strong").Quality.Value, 1e-12)
	near(t, "curve at inf", points[len(points)-1].Cost, named(res.Constants, "weak").Cost.PerTask.Value, 1e-12)
	// Without a split there is a curve, and no knob is chosen on what it is reported on.
	in := result(t, m.write(t, strings.Replace(logSuite, "split: {tune: 0.5, seed: 3}\n", "", 1)), suite.Options{})
	if len(in.Curves) != 1 || named(in.Policies, "sweep").Name != "" || !strings.Contains(strings.Join(in.Warnings, "\n"), "different folds of a log") {
		t.Errorf("%d curves, warnings %v", len(in.Curves), in.Warnings)
	}
}

func TestPermutingALogChangesNoByte(t *testing.T) {
	m := makeLog(400, 0.1)
	want := numbers(t, result(t, m.write(t, logSuite), suite.Options{Workers: 1}))
	rng := rand.New(rand.NewPCG(1, 1))
	for range 3 {
		for _, lines := range [][]string{m.tasks, m.responses, m.decisions} {
			rng.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		}
		if got := numbers(t, result(t, m.write(t, logSuite), suite.Options{Workers: 4})); got != want {
			t.Fatal("another order of lines, or of workers, gives another result")
		}
	}
}

// edit changes lines of a log.
func (m *madeLog) edit(lines []string, change func(i int, line string) string) {
	for i, l := range lines {
		lines[i] = change(i, l)
	}
}

// What a log cannot tell is withheld with its reason, and the rest of the run stands.
func TestALogRefuses(t *testing.T) {
	base := `
dataset: .
policies:
  - {name: strong-always, type: fixed, model: strong}
  - {name: middle-always, type: fixed, model: middle}
  - {name: table, type: table, by: category, routes: {a: weak}, default: strong}
models: [{id: weak}, {id: middle}, {id: strong}]
`
	for name, c := range map[string]struct {
		change func(m *madeLog)
		row    string
		want   string
	}{
		"a model that was never logged": {func(*madeLog) {}, "middle-always", "it sends 600 of 600 tasks (100 %) to a model where live never chose it, by what the log shows (middle)"},
		"probability 0": {func(m *madeLog) {
			m.edit(m.decisions, func(i int, l string) string {
				return strings.Replace(l, `"cost_usd"`, `"propensities": {"weak": 0.5, "strong": 0.5, "middle": 0}, "cost_usd"`, 1)
			})
			m.edit(m.decisions, func(i int, l string) string {
				at := strings.Index(l, `"propensity": `)
				return l[:at] + l[at+len(`"propensity": 0.500000, `):]
			})
		}, "middle-always", "live had probability 0 of choosing it (middle)"},
		"a certain log": {func(m *madeLog) {
			m.edit(m.decisions, func(i int, l string) string {
				at := strings.Index(l, `"propensity": `) + len(`"propensity": `)
				return l[:at] + "1" + l[at+8:]
			})
		}, "strong-always", "live had probability 0 of choosing it (strong)"},
		"a propensity of almost nothing": {func(m *madeLog) {
			for i, l := range m.decisions {
				if strings.Contains(l, "strong") {
					at := strings.Index(l, `"propensity": `) + len(`"propensity": `)
					m.decisions[i] = l[:at] + "1e-300" + l[at+8:]
					return
				}
			}
		}, "strong-always", "an effective sample size of 1 of strong"},
	} {
		m := makeLog(600, 0.1)
		c.change(&m)
		res := result(t, m.write(t, base), suite.Options{})
		row := named(res.Policies, c.row)
		if !strings.Contains(row.OffPolicy.Refused, c.want) || !math.IsNaN(row.Quality.Value) || row.Quality.Withheld == "" || row.Cost.Known || row.OnFrontier {
			t.Errorf("%s: %s\nwant %s\n%+v", name, row.OffPolicy.Refused, c.want, row.Quality)
		}
		if !slices.ContainsFunc(res.OffPolicy.Refused, func(r suite.Refused) bool { return r.Name == c.row }) {
			t.Errorf("%s: refused %v", name, res.OffPolicy.Refused)
		}
		if name == "a certain log" {
			if told := row.OffPolicy.Told; told == nil || !told.Agree || told.Quality.Method != "wilson" || told.N == 0 || !res.OffPolicy.Certain {
				t.Errorf("where a certain log agrees: %+v", told)
			}
			continue
		}
		if other := named(res.Policies, "table"); name != "a propensity of almost nothing" && other.OffPolicy.Refused != "" {
			t.Errorf("%s: table is refused too: %s", name, other.OffPolicy.Refused)
		}
	}
}

// Few tasks, one task, one group: no interval is invented.
func TestSmallLogs(t *testing.T) {
	text := "dataset: .\npolicies:\n  - {name: own, type: recorded, policy: live}\n  - {name: s, type: fixed, model: strong}\n"
	for _, n := range []int{1, 5, 30} {
		m := makeLog(n, 0.3)
		m.decisions[0] = strings.Replace(m.decisions[0], "weak", "strong", 1)
		m.responses[0] = strings.Replace(m.responses[0], "weak", "strong", 1)
		res := result(t, m.write(t, text), suite.Options{})
		if row := named(res.Policies, "s"); row.OffPolicy.Refused == "" || row.Quality.Withheld == "" {
			t.Errorf("n = %d: %+v", n, row.Quality)
		}
		if own := named(res.Policies, "own"); n < 6 && own.Quality.Withheld == "" || n >= 6 && own.Quality.Withheld != "" {
			t.Errorf("n = %d: the log's own mean %+v", n, own.Quality)
		}
	}
	grouped := makeLog(600, 0.3)
	grouped.edit(grouped.tasks, func(i int, l string) string { return strings.Replace(l, `"category"`, `"group": "one", "category"`, 1) })
	res := result(t, grouped.write(t, text), suite.Options{})
	if row := named(res.Policies, "s"); row.Quality.Withheld == "" || row.OffPolicy.ESS > 1.000001 {
		t.Errorf("one group: %+v, ESS %g", row.Quality, row.OffPolicy.ESS)
	}
}

// A call that failed has no score: it is neither wrong nor dropped, and a run with more
// of them than the suite tolerates is not whole.
func TestFailuresInALog(t *testing.T) {
	m := makeLog(2000, 0.2)
	rng := rand.New(rand.NewPCG(5, 5))
	m.edit(m.responses, func(i int, l string) string {
		if strings.Contains(l, "strong") && rng.Float64() < 0.3 {
			at := strings.Index(l, `"score": `)
			return l[:at] + `"error": "late"` + l[at+len(`"score": 0`):]
		}
		return l
	})
	text := logSuite + "tolerance: 0.5\n"
	res := result(t, m.write(t, text), suite.Options{})
	row := named(res.Constants, "strong")
	if !(row.Quality.Lo < 0.9 && 0.9 < row.Quality.Hi) || row.Quality.Hi-row.Quality.Lo > 0.2 {
		t.Errorf("strong %+v", row.Quality)
	}
	if res.OffPolicy.Unscored == 0 || !strings.Contains(strings.Join(res.Warnings, "\n"), "have no score") {
		t.Errorf("unscored %d, warnings %v", res.OffPolicy.Unscored, res.Warnings)
	}
	if _, err := m.write(t, logSuite).Run(t.Context(), suite.Options{}); err == nil || !strings.Contains(err.Error(), "logged responses have no score, more than the tolerated share of 0") {
		t.Errorf("error %v", err)
	}
	m.edit(m.responses, func(i int, l string) string {
		return fmt.Sprintf(`{"task": "t%04d", "model": "%s", "error": "late", "cost_usd": 0.1}`, i, map[bool]string{true: "strong", false: "weak"}[strings.Contains(l, "strong")])
	})
	if _, err := m.write(t, logSuite).Run(t.Context(), suite.Options{}); err == nil || !strings.Contains(err.Error(), "responses has a score") {
		t.Errorf("no score at all: %v", err)
	}
}

// Weights, a stated traffic and clipping are carried through.
func TestWeightsAndClippingOfALog(t *testing.T) {
	m := makeLog(1500, 0.05)
	plain := result(t, m.write(t, logSuite), suite.Options{})
	heavy := m
	heavy.tasks = slices.Clone(m.tasks)
	heavy.edit(heavy.tasks, func(i int, l string) string { return strings.Replace(l, `"category"`, `"weight": 3, "category"`, 1) })
	same := result(t, heavy.write(t, logSuite), suite.Options{})
	near(t, "equal weights", named(same.Policies, "table").Quality.Value, named(plain.Policies, "table").Quality.Value, 1e-12)
	near(t, "their ESS", named(same.Policies, "table").OffPolicy.ESS, named(plain.Policies, "table").OffPolicy.ESS, 1e-9)
	only := result(t, m.write(t, logSuite+"traffic: {mix: {a: 1}}\n"), suite.Options{})
	for _, c := range only.Categories {
		if c.Category == "a" {
			near(t, "all traffic of one category", named(only.Policies, "table").Quality.Value, c.Cells[2].Quality.Value, 1e-12)
		}
	}
	clipped := result(t, m.write(t, logSuite+"off_policy: {clip: 2}\n"), suite.Options{})
	row := named(clipped.Policies, "at")
	if clipped.OffPolicy.Clip == nil || *clipped.OffPolicy.Clip != 2 {
		t.Errorf("clip %v", clipped.OffPolicy.Clip)
	}
	coin := named(clipped.Policies, "coin")
	if coin.OffPolicy.Clipped == 0 || coin.OffPolicy.ClippedBy <= 0 || !strings.Contains(strings.Join(coin.Warnings, "\n"), "weights are clipped at 2") {
		t.Errorf("coin %+v, at %+v", coin.OffPolicy, row.OffPolicy)
	}
	// Costs double with their prices.
	dear := m
	dear.responses, dear.decisions = slices.Clone(m.responses), slices.Clone(m.decisions)
	dear.edit(dear.responses, func(i int, l string) string {
		at := strings.Index(l, `"cost_usd": `) + len(`"cost_usd": `)
		var cost float64
		fmt.Sscanf(l[at:], "%f", &cost)
		return fmt.Sprintf(`%s%.6f, "latency_ms": 100}`, l[:at], 2*cost)
	})
	dear.edit(dear.decisions, func(i int, l string) string { return strings.Replace(l, "0.0001}", "0.0002}", 1) })
	twice := result(t, dear.write(t, logSuite), suite.Options{})
	for i, r := range plain.Policies {
		near(t, r.Name+" costs", twice.Policies[i].Cost.PerTask.Value, 2*r.Cost.PerTask.Value, 1e-9)
	}
}

// Mistakes have their places.
func TestLogMistakes(t *testing.T) {
	m := makeLog(60, 0.2)
	for _, c := range []struct {
		text, want string
		opt        suite.Options
	}{
		{logSuite + "holes: bounds\n", "s.yaml:11:8: found holes: bounds, but log is logged traffic", suite.Options{}},
		{logSuite + "models: [{id: weak}]\n", `found no "strong", which live chose, expected every model of the log`, suite.Options{}},
		{logSuite, "expected neither --without nor --with", suite.Options{WhatIf: suite.WhatIf{Without: []waymark.ModelID{"weak"}}}},
		{strings.Replace(logSuite, "quality(strong)", "quality(strnog)", 1), `did you mean "strong"?`, suite.Options{}},
		{strings.Replace(logSuite, "quality >= 0.9 * quality(strong)", "p95 <= 100", 1), "a condition is about latency, which is not estimated from logged traffic", suite.Options{}},
	} {
		if _, err := m.write(t, c.text).Run(t.Context(), c.opt); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v\nwant %s", err, c.want)
		}
	}
	if _, err := suite.Load(m.files(t, logSuite+"off_policy: {clip: 0.5}\n")); err == nil || !strings.Contains(err.Error(), "s.yaml:11:20: found 0.5, expected a finite number of at least 1") {
		t.Errorf("clip: %v", err)
	}
	if _, err := m.write(t, logSuite).Tune(t.Context(), suite.TuneSpec{Policy: "sweep"}, suite.Options{}); err == nil || !strings.Contains(err.Error(), "logged traffic, which tune does not take") {
		t.Errorf("tune: %v", err)
	}
}

// Comparisons and checks are of the same estimates as the run's; what they cannot be of
// is refused, and nothing is ever taken from what was not logged.
func TestCompareAndCheckOverALog(t *testing.T) {
	m := makeLog(2000, 0.1)
	text := logSuite + `checks:
  - "quality(table) >= quality(weak) - 0.01"
  - "quality(strong) <= 0.5"
  - "cost(table) <= 0.9 * cost(strong)"
  - "quality(table, category=a) >= 0.2"
  - "share(table, weak) <= 0.5"
  - "quality(own) >= 0.3"
  - "quality(table) >= quality(table@baseline) - 0.01"
  - "p95(table) <= 2000"
`
	s := m.write(t, text)
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "r.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	res := result(t, s, suite.Options{DB: db})
	e := res.Evidence()
	table, strong := named(res.Policies, "table"), named(res.Constants, "strong")
	c, err := suite.Compare(e, "table", e, "strong", 0)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "difference", c.Quality.Value, table.Quality.Value-strong.Quality.Value, 1e-12)
	near(t, "its interval", c.Quality.Lo, table.VsBestConstant.Quality.Lo, 1e-12)
	near(t, "rerouted share × difference there", c.Rerouted.Share*c.Rerouted.Quality.Value, c.Quality.Value, 1e-12)
	if !c.OffPolicy || c.Rerouted.N == 0 || len(c.Rerouted.Moves) != 1 || c.Latency.Withheld == "" {
		t.Errorf("%+v", c)
	}
	own, err := suite.Compare(e, "table", e, "live", 0)
	if err != nil || own.Rerouted.N != 0 || !strings.Contains(strings.Join(own.Warnings, " "), "not told against live itself") {
		t.Errorf("against the logger: %+v, %v", own, err)
	}
	near(t, "against the logger", own.Quality.Value, table.OffPolicy.VsLogger.Quality.Value, 1e-12)
	out, err := s.Check(e, suite.CheckSpec{})
	if err != nil {
		t.Fatal(err)
	}
	verdicts := []string{}
	for _, v := range out.Checks {
		verdicts = append(verdicts, v.Verdict)
	}
	if want := []string{"pass", "fail", "pass", "pass", "pass", "pass", "undecided", "undecided"}; !slices.Equal(verdicts, want) || !out.OffPolicy {
		t.Errorf("verdicts %v, want %v", verdicts, want)
		for _, v := range out.Checks {
			t.Logf("%s: %s %+v", v.Expr, v.Why, v.Estimate)
		}
	}
	near(t, "a check's estimate", out.Checks[5].Estimate.Value, named(res.Policies, "own").Quality.Value, 1e-12)
	for _, cat := range res.Categories {
		if cat.Category == "a" {
			near(t, "a slice", out.Checks[3].Estimate.Value, cat.Cells[2].Quality.Value, 1e-12)
		}
	}
	// What results.db holds are decisions, whose holes are no outcomes.
	kept, err := db.Kept(t.Context(), res.Run.ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	back := suite.KeptEvidence(res, kept)
	if _, err := suite.Compare(back, "table", back, "at", 0); err == nil || !strings.Contains(err.Error(), "OFF-POLICY") {
		t.Errorf("kept: %v", err)
	}
	if _, err := s.Check(back, suite.CheckSpec{}); err == nil {
		t.Error("a kept run over a log is checked")
	}
	if _, err := s.Check(e, suite.CheckSpec{Baseline: back}); err == nil {
		t.Error("a run over a log is a baseline")
	}
	if res.RefuseOffPolicy() == nil {
		t.Error("a run over a log may be read back")
	}
}

// The same policy against itself, and against one that it cannot be told from.
func TestDifferencesNeedEvidenceWhereTheyDiffer(t *testing.T) {
	m := makeLog(1200, 0.1)
	for i := 0; i < len(m.tasks); i += 40 { // the few tasks on which they differ
		m.tasks[i] = strings.Replace(m.tasks[i], `"category": "`+string(rune('a'+i%3)), `"category": "z`, 1)
	}
	text := `
dataset: .
policies:
  - {name: a, type: fixed, model: strong}
  - {name: b, type: table, by: category, routes: {z: weak}, default: strong}
  - {name: c, type: fixed, model: strong}
`
	res := result(t, m.write(t, text), suite.Options{})
	e := res.Evidence()
	c, err := suite.Compare(e, "a", e, "b", 0)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(c.Quality.Withheld, "too little of the") || c.Verdict != "no difference found" {
		t.Errorf("%+v", c.Quality)
	}
	same, err := suite.Compare(e, "a", e, "c", 0)
	if err != nil || same.Quality.Withheld != "the two do the same on every task" || same.Rerouted.N != 0 {
		t.Errorf("%+v, %v", same, err)
	}
}
