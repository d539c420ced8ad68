package suite_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waymark/suite"
)

// learnable is n tasks whose words tell how likely weak solves them.
func learnable(n int, seed uint64) made {
	rng := rand.New(rand.NewPCG(seed, 1))
	easy, hard := strings.Fields("greet thank list name copy short plain"), strings.Fields("prove derive refactor theorem concurrent lemma optimal")
	var m made
	for i := range n {
		from, p := easy, 0.9
		if i%2 == 1 {
			from, p = hard, 0.15
		}
		var words []string
		for range 8 {
			words = append(words, from[rng.IntN(len(from))])
		}
		m.tasks = append(m.tasks, fmt.Sprintf(`{"id": "t%04d", "prompt": "%s", "category": "%c", "group": "g%d"}`, i, strings.Join(words, " "), 'a'+i%3, i/2))
		for _, model := range []struct {
			name    string
			p, cost float64
		}{{"weak", p, 0.001}, {"strong", 0.93, 0.01}} {
			right := 0
			if rng.Float64() < model.p {
				right = 1
			}
			m.responses = append(m.responses, fmt.Sprintf(`{"task": "t%04d", "model": "%s", "score": %d, "cost_usd": %.6f}`, i, model.name, right, model.cost*(0.5+rng.Float64())))
		}
	}
	return m
}

const learnedSuite = `
dataset: .
split: %s
policies:
  - {name: random, type: random, weights: {weak: 1, strong: 1}}
  - {name: length, type: threshold, scorer: length, weak: weak, strong: strong, threshold: 60}
  - {name: logistic, type: threshold, scorer: logistic, weak: weak, strong: strong, threshold: 0.4}
  - {name: knn, type: threshold, scorer: {type: knn, calibrate: isotonic}, weak: weak, strong: strong, threshold: 0.4}
  - {name: irt, type: threshold, scorer: irt, weak: weak, strong: strong, threshold: sweep}
  - {name: mf, type: threshold, scorer: mf, weak: weak, strong: strong, threshold: 0.5}
  - {name: utility, type: utility, estimator: kmeans, lambda: 20}
  - {name: tiers, type: tiers, scorer: tree, models: [weak, strong], cuts: [0.4]}
objective: {minimise: cost, subject_to: quality >= 0.95 * quality(strong)}
`

// chosen is the model that every policy chose for every task that is reported on.
func chosen(t *testing.T, res *suite.Result) map[string]map[string]string {
	t.Helper()
	out := map[string]map[string]string{}
	e := res.Evidence()
	for name, o := range e.Rows {
		out[name] = map[string]string{}
		for i, task := range e.Tasks {
			if o.Model[i] >= 0 {
				out[name][task] = o.Models[o.Model[i]]
			}
		}
	}
	return out
}

// Whatever the grades of the reported tasks are, every policy decides them the same: no
// policy can reach a grade of a task that it is judged on.
func TestGradesOfReportedTasksMoveNoDecision(t *testing.T) {
	m := learnable(240, 1)
	text := fmt.Sprintf(learnedSuite, "{tune: 0.5, seed: 3}")
	before := result(t, m.write(t, text), suite.Options{})
	want := chosen(t, before)
	reported := map[string]bool{}
	for _, task := range before.Evidence().Tasks {
		reported[task] = true
	}
	flipped := 0
	for i, line := range m.responses {
		if id := line[10:15]; reported[id] {
			m.responses[i] = strings.NewReplacer(`"score": 0`, `"score": 1`, `"score": 1`, `"score": 0`).Replace(line)
			flipped++
		}
	}
	if flipped < 100 {
		t.Fatalf("only %d grades were flipped", flipped)
	}
	got := chosen(t, result(t, m.write(t, text), suite.Options{}))
	for name := range want {
		if len(want[name]) == 0 {
			t.Errorf("%s decided nothing", name)
		}
		for task, model := range want[name] {
			if got[name][task] != model {
				t.Errorf("%s: task %s went to %s, and to %s once its grade was flipped", name, task, model, got[name][task])
			}
		}
	}
}

// Where the suite cross-validates, the grades of a task's own group move nothing of how it is decided
// at a knob that is given.
func TestGradesOfATasksGroupMoveNoDecisionOfIt(t *testing.T) {
	m := learnable(120, 2)
	text := strings.ReplaceAll(fmt.Sprintf(learnedSuite, "{folds: 4, seed: 3}"), "threshold: sweep", "threshold: 0.3")
	want := chosen(t, result(t, m.write(t, text), suite.Options{}))
	for _, at := range []int{0, 36, 77} {
		changed := made{tasks: m.tasks, responses: append([]string(nil), m.responses...)}
		group := at / 2
		for i := group * 4; i < group*4+4; i++ {
			changed.responses[i] = strings.NewReplacer(`"score": 0`, `"score": 1`, `"score": 1`, `"score": 0`).Replace(changed.responses[i])
		}
		got := chosen(t, result(t, changed.write(t, text), suite.Options{}))
		for name := range want {
			for _, i := range []int{group * 2, group*2 + 1} {
				task := fmt.Sprintf("t%04d", i)
				if got[name][task] != want[name][task] {
					t.Errorf("%s: task %s went to %s, and to %s once the grades of its group were flipped", name, task, want[name][task], got[name][task])
				}
			}
		}
	}
}

func TestPermutingFilesAndWorkersChangesNoByteOfWhatIsLearned(t *testing.T) {
	m := learnable(160, 6)
	text := fmt.Sprintf(learnedSuite, "{folds: 3}")
	want := numbers(t, result(t, m.write(t, text), suite.Options{Workers: 1}))
	rng := rand.New(rand.NewPCG(1, 1))
	rng.Shuffle(len(m.tasks), func(i, j int) { m.tasks[i], m.tasks[j] = m.tasks[j], m.tasks[i] })
	rng.Shuffle(len(m.responses), func(i, j int) { m.responses[i], m.responses[j] = m.responses[j], m.responses[i] })
	if got := numbers(t, result(t, m.write(t, text), suite.Options{Workers: 4})); got != want {
		t.Fatal("another order of lines, or of workers, gives another result")
	}
}

// What is learned pays: at equal quality the learned policies are cheaper than a mix.
func TestLearnedPoliciesBeatTheirOwnMix(t *testing.T) {
	res := result(t, learnable(800, 3).write(t, fmt.Sprintf(learnedSuite, "{folds: 5}")), suite.Options{})
	for _, row := range res.Policies {
		if row.Name == "random" || row.Name == "length" {
			continue
		}
		if v := row.VsMatchedRandom; v == nil || !(v.Quality.Lo > 0.05) {
			t.Errorf("%s against its own mix at random: %+v", row.Name, v)
		}
	}
}

func TestFittedPoliciesAreSavedAndLoaded(t *testing.T) {
	m := learnable(240, 4)
	s := m.write(t, fmt.Sprintf(learnedSuite, "{tune: 0.5, seed: 3}"))
	want := chosen(t, result(t, s, suite.Options{}))
	dir := filepath.Dir(s.Path)
	for _, name := range []string{"logistic", "knn", "utility", "tiers"} {
		f, err := s.Fit(t.Context(), name, suite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		text, err := f.JSON()
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name+".fitted.json"), string(text))
	}
	text := fmt.Sprintf(learnedSuite, "{tune: 0.5, seed: 3}")
	for _, name := range []string{"logistic", "knn", "utility", "tiers"} {
		text = strings.Replace(text, "{name: "+name+",", "{name: "+name+", fitted: "+name+".fitted.json,", 1)
	}
	write(t, s.Path, text)
	again, err := suite.Load(s.Path)
	if err != nil {
		t.Fatal(err)
	}
	res := result(t, again, suite.Options{})
	for name, decisions := range chosen(t, res) {
		for task, model := range decisions {
			if want[name][task] != model {
				t.Errorf("%s: task %s went to %s, and to %s once the policy was loaded", name, task, want[name][task], model)
			}
		}
	}
	if strings.Contains(strings.Join(res.Warnings, "\n"), "in-sample and too good") {
		t.Errorf("warned of tasks that it was not fitted on: %v", res.Warnings)
	}
	// Without the split it is reported on what it was fitted on, and says so.
	write(t, s.Path, strings.Replace(text, "split: {tune: 0.5, seed: 3}\n", "", 1))
	whole, err := suite.Load(s.Path)
	if err != nil {
		t.Fatal(err)
	}
	if all := strings.Join(result(t, whole, suite.Options{}).Warnings, "\n"); !strings.Contains(all, "logistic was fitted on") {
		t.Errorf("reported on its own tasks without a word: %s", all)
	}
	for old, want := range map[string]string{
		"scorer: {type: knn, calibrate: isotonic}": "fitted as",           // another configuration
		"logistic.fitted.json":                     "changed after",       // another content
		"utility.fitted.json":                      "no such file",        // gone
		"tiers.fitted.json":                        "not a fitted policy", // something else
	} {
		bad := text
		switch old {
		case "logistic.fitted.json":
			spoil(t, filepath.Join(dir, old), `"tasks":`, `"tasks":1`)
		case "utility.fitted.json":
			must(t, os.Remove(filepath.Join(dir, old)))
		case "tiers.fitted.json":
			write(t, filepath.Join(dir, old), `{"some": "thing"}`)
		default:
			bad = strings.Replace(text, old, "scorer: {type: knn, calibrate: platt}", 1)
		}
		write(t, s.Path, bad)
		if _, err := suite.Load(s.Path); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "s.yaml:") {
			t.Errorf("%s: error %v, expected one that says %q", old, err, want)
		}
	}
}

// A certificate of a learned policy is of one frozen policy, fitted on tasks that it was not certified
// on. The tuned suite loads that one.
func TestACertificateIsOfAFrozenPolicy(t *testing.T) {
	s := learnable(1200, 5).write(t, fmt.Sprintf(learnedSuite, "{tune: 0.6, seed: 3}"))
	out, err := s.Tune(t.Context(), suite.TuneSpec{Policy: "logistic", Guarantee: true, Delta: 0.1}, suite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if out.Frozen == nil || out.Guarantee.Fitted != out.Frozen.Digest || !out.Guarantee.Certified {
		t.Fatalf("certificate %+v", out.Guarantee)
	}
	if tune := out.Tune.N; out.Frozen.Tasks == 0 || tune == 0 || out.Frozen.Tasks+tune > 760 || out.Frozen.Tasks < 250 || tune < 250 {
		t.Errorf("fitted on %d tasks and certified on %d of about 720", out.Frozen.Tasks, tune)
	}
	state, err := out.Frozen.JSON()
	must(t, err)
	dir := filepath.Dir(s.Path)
	write(t, filepath.Join(dir, "s.tuned.fitted.json"), string(state))
	text, diff, err := s.RewriteFitted("logistic", "s.tuned.fitted.json", float64(out.Knob[0]))
	must(t, err)
	if !strings.Contains(diff, `fitted: "s.tuned.fitted.json"`) {
		t.Errorf("diff\n%s", diff)
	}
	write(t, s.Path, text)
	tuned, err := suite.Load(s.Path)
	must(t, err)
	res := result(t, tuned, suite.Options{Policies: []string{"logistic"}})
	near(t, "quality on the test split", res.Policies[0].Quality.Value, out.Test.Quality.Value, 1e-12)
	block := strings.Replace(text, text[strings.Index(text, "  - {name: logistic"):strings.Index(text, "  - {name: knn")],
		"  - name: logistic\n    type: threshold\n    threshold: sweep # here\n    scorer: logistic\n    weak: weak\n    strong: strong\n", 1)
	again, err := suite.Parse(s.Path, []byte(block))
	must(t, err)
	text, diff, err = again.RewriteFitted("logistic", "x.json", 0.5)
	must(t, err)
	if !strings.Contains(text, "    threshold: 0.5 # here\n    fitted: \"x.json\"\n    scorer") || !strings.Contains(diff, "+    fitted:") {
		t.Errorf("in block style\n%s", diff)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(text), 0o644))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func spoil(t *testing.T, path, old, new string) {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	write(t, path, strings.Replace(string(text), old, new, 1))
}

// The lint accuses no policy that the run itself cross-fitted.
func TestOwnFitsAreNotAccused(t *testing.T) {
	res := result(t, learnable(500, 7).write(t, fmt.Sprintf(learnedSuite, "{tune: 0.5, seed: 3}")), suite.Options{})
	if res.Leakage == nil {
		t.Fatal("no lint ran")
	}
	for _, f := range res.Leakage.Findings {
		if f.Severity == suite.Suspicious || f.Kind == "fitted-on-tune" || f.Kind == "better-on-test" {
			t.Errorf("%s: %s %s", f.Policy, f.Kind, f.Text)
		}
	}
}

// Fitting ends when the command is interrupted, and says that nothing was run.
func TestFittingIsInterrupted(t *testing.T) {
	s := learnable(600, 7).write(t, fmt.Sprintf(learnedSuite, "{folds: 10}"))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := s.Run(ctx, suite.Options{Stage: func(name string) {
		if name == "modelling outcomes" { // the last before policies are built
			cancel()
		}
	}})
	var incomplete *suite.Incomplete
	if !errors.As(err, &incomplete) || !strings.Contains(incomplete.Why, "while fitting") {
		t.Errorf("interrupted while fitting: %v", err)
	}
}
