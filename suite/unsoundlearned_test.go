package suite_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"waymark/suite"
)

// chance is n tasks whose prompts tell nothing of the grades of three models; every
// question is asked times times, in the same words or in others.
func chance(n, times int, same bool) made {
	rng := rand.New(rand.NewPCG(9, uint64(n)))
	var m made
	for q := range n {
		var words []string
		for range 12 {
			words = append(words, fmt.Sprint("w", rng.IntN(5000)))
		}
		right := map[string]int{"a": rng.IntN(2), "b": rng.IntN(2), "c": rng.IntN(2)}
		if rng.Float64() < 0.5 {
			right["c"] = 1
		}
		for k := range times {
			prompt := strings.Join(words, " ")
			if !same {
				prompt += fmt.Sprint(" again ", k)
			}
			id := fmt.Sprintf("q%04d-%d", q, k)
			m.tasks = append(m.tasks, fmt.Sprintf(`{"id": "%s", "prompt": "%s", "category": "x", "metadata": {"question": "q%d"}}`, id, prompt, q))
			for model, cost := range map[string]float64{"a": 0.001, "b": 0.004, "c": 0.01} {
				m.responses = append(m.responses, fmt.Sprintf(`{"task": "%s", "model": "%s", "score": %d, "cost_usd": %g}`, id, model, right[model], cost))
			}
		}
	}
	return m
}

// A copy of a task is no other task: what was fitted on one must not decide the other.
func TestCopiesOfATaskAreNotFittedOn(t *testing.T) {
	const policies = `
policies:
  - {name: near, type: threshold, scorer: {type: knn, k: 1}, weak: a, strong: c, threshold: 0.5}
`
	for name, c := range map[string]struct {
		same bool
		head string
	}{
		"the same words, folds":    {true, "dataset: .\nsplit: {folds: 5}\n"},
		"the same words, no split": {true, "dataset: .\n"},
		"paraphrases, folds":       {false, "dataset: .\nparaphrases: metadata.question\nsplit: {folds: 5}\n"},
		"paraphrases, no split":    {false, "dataset: .\nparaphrases: metadata.question\n"},
	} {
		res := result(t, chance(150, 3, c.same).write(t, c.head+policies), suite.Options{})
		if a := res.Policies[0].Metrics["auroc"].Interval; !(a.Value < 0.65) {
			t.Errorf("%s: AUROC %+v where prompts tell nothing", name, a)
		}
		if v := res.Policies[0].VsConstants; v.Verdict == "better" {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// One grade that is missing takes no constant off the hull: a coin would be shown to beat the others.
func TestAMissingGradeMakesNoCoinBetter(t *testing.T) {
	m := chance(400, 1, true)
	for i, r := range m.responses { // c is always right, but for one call that failed
		if strings.Contains(r, `"c"`) {
			m.responses[i] = strings.Replace(r, `"score": 0`, `"score": 1`, 1)
		}
	}
	for i, r := range m.responses {
		if strings.Contains(r, `"q0007-0", "model": "c"`) {
			m.responses[i] = `{"task": "q0007-0", "model": "c", "error": "503", "cost_usd": 0.01}`
		}
	}
	text := `
dataset: .
split: {tune: 0.5}
tolerance: 0.1
policies:
  - {name: coin, type: random, weights: {a: 1, c: 1}}
`
	row := result(t, m.write(t, text), suite.Options{}).Policies[0]
	if row.VsConstants == nil || row.VsConstants.Verdict == "better" {
		t.Errorf("a coin against the constants: %+v", row.VsConstants)
	}
	var half []string // where c answers half of the tasks only, nothing is said to beat the constants
	for i, r := range m.responses {
		if !strings.Contains(r, `"c"`) || i%2 == 0 {
			half = append(half, r)
		}
	}
	m.responses = half
	res := result(t, m.write(t, strings.Replace(text, "{a: 1, c: 1}", "{a: 1, b: 1}", 1)), suite.Options{})
	if row := res.Policies[0]; row.VsConstants.Verdict == "better" || !strings.Contains(strings.Join(res.Warnings, "\n"), "c cannot stand for a constant") {
		t.Errorf("%+v, %v", row.VsConstants, res.Warnings)
	}
}

// Where it is not known what deciding costs, no mixture costs as much.
func TestALowerBoundOfCostBeatsNothing(t *testing.T) {
	m := learnable(300, 8)
	s := m.write(t, `
dataset: .
split: {tune: 0.5}
policies:
  - {name: other, type: recorded, policy: other}
`)
	var decisions []string
	for i := range 300 {
		decisions = append(decisions, fmt.Sprintf(`{"task": "t%04d", "policy": "other", "model": "%s"}`, i, []string{"weak", "strong"}[i%2]))
	}
	write(t, filepath.Join(filepath.Dir(s.Path), "decisions.jsonl"), strings.Join(decisions, "\n"))
	row := result(t, s, suite.Options{}).Policies[0]
	if row.CostLowerBound == 0 || row.VsConstants.Verdict != "not compared" || !strings.Contains(row.VsConstants.Quality.Withheld, "is not known") {
		t.Errorf("%d, %+v", row.CostLowerBound, row.VsConstants)
	}
}

// Tasks that a saved policy was fitted on are known again under another group, and a certificate of
// several cuts takes none of them.
func TestFittedTasksAreKnownAgain(t *testing.T) {
	m := chance(400, 1, true)
	const policy = "\npolicies:\n  - {name: near, type: tiers, scorer: {type: knn, k: 1}, models: [a, b, c], cuts: sweep%s}\nobjective: {minimise: cost, subject_to: quality >= 0.9 * quality(c)}\n"
	s := m.write(t, "dataset: .\nsplit: {tune: 0.5, seed: 3}"+fmt.Sprintf(policy, ""))
	f, err := s.Fit(t.Context(), "near", suite.Options{})
	must(t, err)
	text, err := f.JSON()
	must(t, err)
	dir := filepath.Dir(s.Path)
	write(t, filepath.Join(dir, "near.json"), string(text))
	load := func(split string) *suite.Suite {
		write(t, s.Path, "dataset: .\nsplit: "+split+fmt.Sprintf(policy, ", fitted: near.json"))
		out, err := suite.Load(s.Path)
		must(t, err)
		return out
	}
	wider := load("{tune: 0.7, seed: 3}")
	out, err := wider.Tune(t.Context(), suite.TuneSpec{Policy: "near", Guarantee: true, Delta: 0.1}, suite.Options{})
	if out == nil {
		t.Fatal(err)
	}
	if out.Tune.N > 80 { // of about 280 tasks 200 were fitted on, and half of the others lays the path
		t.Errorf("certified on %d tasks", out.Tune.N)
	}
	for i, task := range m.tasks {
		m.tasks[i] = strings.Replace(task, `"category"`, fmt.Sprintf(`"group": "g%d", "category"`, i), 1)
	}
	write(t, filepath.Join(dir, "tasks.jsonl"), strings.Join(m.tasks, "\n"))
	write(t, s.Path, "dataset: .\nsplit: {tune: 0.3, seed: 4}\npolicies:\n  - {name: near, type: tiers, scorer: {type: knn, k: 1}, models: [a, b, c], cuts: [0.3, 0.6], fitted: near.json}\n")
	again, err := suite.Load(s.Path)
	must(t, err)
	res := result(t, again, suite.Options{})
	if !strings.Contains(strings.Join(res.Warnings, "\n"), "near was fitted on") {
		t.Errorf("under other groups its tasks are not known again: %v", res.Warnings)
	}
	if v := res.Policies[0].VsConstants; v.Verdict == "better" {
		t.Errorf("in-sample, and %+v", v)
	}
}
