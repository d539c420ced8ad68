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

	"waymark"
	"waymark/datasets"
	"waymark/suite"
)

// A leaky dataset: its features and recorded routers know labels in several ways, and
// some do not.
func leaky(t testing.TB, n int, rest string) *suite.Suite {
	t.Helper()
	rng := rand.New(rand.NewPCG(31, 31))
	share := 0.5
	split := datasets.SplitRule{Tune: &share, Seed: 3}
	var tasks, responses, decisions []string
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	for i := range n {
		id := fmt.Sprintf("t%04d", i)
		d := 1.5 * rng.NormFloat64()
		weak, strong := rng.Float64() < sigmoid(-d), rng.Float64() < sigmoid(1.2-d)
		side, err := split.Of(&waymark.Task{ID: id})
		if err != nil {
			t.Fatal(err)
		}
		words := make([]string, 12)
		for k := range words {
			words[k] = fmt.Sprintf("w%d", rng.IntN(5000))
		}
		answer := fmt.Sprint(rng.IntN(90))
		tasks = append(tasks, fmt.Sprintf(`{"id": %q, "prompt": %q, "category": "%c", "reference": %q, "metadata": {"seen": %.3f, "ok": "%v %d", "gold": %q}}`,
			id, strings.Join(words, " "), 'a'+i%3, answer, d+rng.NormFloat64(), weak, i%4, answer))
		for _, m := range []struct {
			name  string
			right bool
			cost  float64
		}{{"weak", weak, 0.001}, {"strong", strong, 0.01}} {
			score := 0
			if m.right {
				score = 1
			}
			responses = append(responses, fmt.Sprintf(`{"task": %q, "model": %q, "score": %d, "cost_usd": %g}`, id, m.name, score, m.cost))
		}
		decide := func(policy string, yes bool) {
			decisions = append(decisions, fmt.Sprintf(`{"task": %q, "policy": %q, "model": %q}`, id, policy, map[bool]string{true: "strong", false: "weak"}[yes]))
		}
		decide("leaky", !weak)
		decide("honest", d > 0)
		decide("on-tune", d > 0 && side == waymark.SplitTest || !weak && side == waymark.SplitTune)
		decide("on-test", d > 0 && side == waymark.SplitTune || !weak && side == waymark.SplitTest)
		decide("all-strong", true)
		score := d + rng.NormFloat64()
		if !weak {
			score += 6
		}
		decisions = append(decisions, fmt.Sprintf(`{"task": %q, "policy": "leaky-score", "score": %g}`, id, score))
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"dataset.yaml": "name: leaky\nfeatures: [category, seen, ok, gold]\n", "tasks.jsonl": strings.Join(tasks, "\n"),
		"responses.jsonl": strings.Join(responses, "\n"), "decisions.jsonl": strings.Join(decisions, "\n"), "s.yaml": "dataset: .\n" + rest,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := suite.Load(filepath.Join(dir, "s.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const leakyRest = `
split: {tune: 0.5, seed: 3}
policies:
  - {name: copy, type: recorded, policy: leaky}
  - {name: fair, type: recorded, policy: honest}
  - {name: tuned-on, type: recorded, policy: on-tune}
  - {name: tested-on, type: recorded, policy: on-test}
  - {name: constant, type: recorded, policy: all-strong}
  - {name: by-ok, type: table, by: ok, routes: {"true 0": weak, "true 1": weak, "true 2": weak, "true 3": weak}, default: strong}
  - {name: swept, type: threshold, scorer: {type: recorded, policy: leaky-score}, weak: weak, strong: strong, threshold: sweep}
  - {name: fixed-score, type: threshold, scorer: {type: field, name: seen}, weak: weak, strong: strong, threshold: 0.5}
  - {name: far-off, type: threshold, scorer: {type: length}, weak: weak, strong: strong, threshold: 5000}
  - {name: chance, type: random, weights: {weak: 1, strong: 1}}
`

// kinds are the findings as kind:policy, notes left out.
func kinds(l *suite.Lint) []string {
	var out []string
	for _, f := range l.Grave() {
		out = append(out, f.Severity+" "+f.Kind+" "+f.Policy)
	}
	slices.Sort(out)
	return out
}

func sameKinds(t *testing.T, l *suite.Lint, want ...string) {
	t.Helper()
	got := kinds(l)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("found\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestLeakageOfAPlantedSuite(t *testing.T) {
	res := result(t, leaky(t, 2400, leakyRest), suite.Options{})
	sameKinds(t, res.Leakage,
		"suspicious knows-labels copy", "suspicious knows-labels tested-on", "suspicious knows-labels by-ok", "suspicious knows-labels swept",
		"suspicious better-on-test tested-on", "warning fitted-on-tune tuned-on",
		"suspicious feature-tells-grade ", "suspicious feature-is-reference ", "warning knob-out-of-range far-off",
	)
	if want := []string{"copy", "fair", "tuned-on", "tested-on", "by-ok", "swept", "fixed-score"}; !slices.Equal(res.Leakage.Tested, want) {
		t.Errorf("tested %v, want %v", res.Leakage.Tested, want)
	}
	for _, f := range res.Leakage.Findings {
		switch f.Kind {
		case "knows-labels":
			if f.P == nil || *f.P >= 0.01 || f.Odds == nil || float64(f.Odds.Lo) < 5 || f.Policy == "copy" && (f.Count != f.Of || !math.IsInf(float64(f.Odds.Value), 1)) {
				t.Errorf("%+v %+v", f, f.Odds)
			}
		case "labels-tested":
			if f.P == nil || *f.P < 0.01 {
				t.Errorf("%+v", f)
			}
		case "labels-untested":
			t.Errorf("%+v", f)
		case "feature-tells-grade":
			if !strings.Contains(f.Text, "feature ok tells whether weak") {
				t.Errorf("%s", f.Text)
			}
		}
	}
	if notes := res.Leakage.Notes(); len(notes) != 3 { // fair, tuned-on, fixed-score: what sends all to one model is not tested
		t.Errorf("%d notes: %+v", len(notes), notes)
	}
	res = result(t, leaky(t, 60, leakyRest), suite.Options{Policies: []string{"copy"}})
	if notes := res.Leakage.Notes(); len(notes) != 1 || notes[0].Kind != "labels-untested" || notes[0].P != nil || !strings.Contains(notes[0].Text, "cannot be told: only ") {
		t.Errorf("few tasks: %+v", notes)
	}
}

// What needs no run is found without one.
func TestValidateLints(t *testing.T) {
	_, found, err := leaky(t, 1200, leakyRest).Validate(t.Context(), suite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	sameKinds(t, found, "suspicious feature-tells-grade ", "suspicious feature-is-reference ", "suspicious knows-labels swept")
}

func TestLintIsSwitchedOff(t *testing.T) {
	res := result(t, leaky(t, 100, leakyRest+"leakage: off\n"), suite.Options{Policies: []string{"copy"}})
	if l := res.Leakage; !l.Off || len(l.Findings) != 0 {
		t.Errorf("%+v", l)
	}
}

// Knobs that are out of place, in suites without a split and with one.
func TestLeakageOfKnobs(t *testing.T) {
	const sweep = `
policies:
  - {name: swept, type: threshold, scorer: {type: field, name: seen}, weak: weak, strong: strong, threshold: sweep}
objective: {maximise: quality, subject_to: cost <= 0.008}
`
	res := result(t, leaky(t, 400, sweep), suite.Options{Policies: []string{"swept"}})
	if got := kinds(res.Leakage); !slices.Contains(got, "warning in-sample-knob swept") {
		t.Errorf("no split: %v", got)
	}
	res = result(t, leaky(t, 400, "split: {tune: 0.5, seed: 3}"+sweep), suite.Options{Policies: []string{"swept"}})
	if got := kinds(res.Leakage); slices.Contains(got, "warning in-sample-knob swept") {
		t.Errorf("with a split: %v", got)
	}
	tie := leaky(t, 400, "policies: [{name: tie, type: threshold, scorer: {type: expr, expr: 'seen > 0.5 ? 2 : 1'}, weak: weak, strong: strong, threshold: 2}]\n")
	if got := kinds(result(t, tie, suite.Options{}).Leakage); !slices.Contains(got, "warning knob-on-tie tie") {
		t.Errorf("a knob on a tie: %v", got)
	}
}

// A fixed threshold that is the best one there is on the test split is remarked on;
// one beside it, and one that the tune split chose, are not.
func TestLeakageOfAKnobThatFitsTheTestSplit(t *testing.T) {
	const head = "split: {tune: 0.5, seed: 3}\n"
	const policy = "policies: [{name: p, type: threshold, scorer: {type: field, name: seen}, weak: weak, strong: strong, threshold: %s}]\n"
	const goal = "objective: {minimise: cost, subject_to: quality >= 0.95 * quality(strong)}\n"
	swept := leaky(t, 1000, head+fmt.Sprintf(policy, "sweep")+goal)
	res := result(t, swept, suite.Options{})
	chosen := float64(res.Policies[0].Knob[0])
	best, cost := math.NaN(), math.Inf(1)
	strong := named(res.Constants, "strong").Quality.Value
	points := res.Curves[0].Points
	for i, p := range points {
		if p.Quality >= 0.95*strong-1e-12 && p.Cost < cost && i > 0 && i+1 < len(points) {
			best, cost = (float64(p.Knob)+float64(points[i+1].Knob))/2, p.Cost
		}
	}
	for knob, want := range map[float64]bool{best: true, chosen: false, best + 0.2: false} {
		s := leaky(t, 1000, head+fmt.Sprintf(policy, fmt.Sprint(knob))+goal)
		got := slices.Contains(kinds(result(t, s, suite.Options{}).Leakage), "suspicious knob-fits-test p")
		if got != want {
			t.Errorf("knob %g (best on test %g, chosen on tune %g): remarked on: %v, want %v", knob, best, chosen, got, want)
		}
	}
}

// Tuning says of the tuned policy what a run would.
func TestTuneLints(t *testing.T) {
	s := leaky(t, 1200, leakyRest+"objective: {minimise: cost, subject_to: quality >= 0.9 * quality(strong)}\n")
	tuned, err := s.Tune(t.Context(), suite.TuneSpec{Policy: "swept"}, suite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	sameKinds(t, tuned.Leakage, "suspicious feature-tells-grade ", "suspicious feature-is-reference ", "suspicious knows-labels swept")
}

// Ids, groups, references and prompts that stand where they should not; hostile text in them stays text.
func TestLeakageOfData(t *testing.T) {
	hostile := "</script>\u202e\u001b[31m"
	quoted, err := json.Marshal(hostile)
	if err != nil {
		t.Fatal(err)
	}
	tasks := []string{
		`{"id": "a", "prompt": "What is the height of the tower in the middle of the old town, by the river?", "reference": "1", "group": "g", "split": "tune"}`,
		`{"id": "A", "prompt": "What is the height of the tower in the middle of the old town, by the river?", "reference": "2", "group": "g", "split": "test"}`,
		fmt.Sprintf(`{"id": %s, "prompt": "What is the height of the tower in the middle of the new town, by the river?", "reference": "1", "split": "test"}`, quoted),
		`{"id": "b", "prompt": "Name three rivers.", "reference": "1", "split": "tune"}`,
		`{"id": "c", "prompt": "", "reference": "1", "split": "test"}`,
		`{"id": "d", "prompt": "", "reference": "1", "split": "tune"}`,
	}
	var m made
	m.tasks = tasks
	for _, id := range []string{`"a"`, `"A"`, string(quoted), `"b"`, `"c"`, `"d"`} {
		for _, model := range []string{"weak", "strong"} {
			m.responses = append(m.responses, fmt.Sprintf(`{"task": %s, "model": %q, "score": 1, "cost_usd": 0.01}`, id, model))
		}
	}
	s := m.write(t, "dataset: .\npolicies: [{name: p, type: fixed, model: weak}]\n")
	res := result(t, s, suite.Options{})
	sameKinds(t, res.Leakage, "warning near-duplicates ", "warning repeated-prompts ", "warning alike-ids ", "warning conflicting-references ", "warning straddling-groups ")
	for _, f := range res.Leakage.Findings {
		if f.Kind == "near-duplicates" && (f.Count != 2 || f.Of != 2 || !slices.Contains(f.Examples[1].Tasks, hostile)) {
			t.Errorf("%+v", f)
		}
	}
}

func TestLeakageKeyIsChecked(t *testing.T) {
	for text, want := range map[string]string{
		"leakage: on":                    `s.yaml:3:10: found "on", expected off`,
		"leakage: {similarity: 0.3}":     `s.yaml:3:10: found similarity: 0.3, expected a number from 0.6 to 1`,
		"leakage: {similarty: 0.8}":      `did you mean "similarity"`,
		"leakage: [0.8]":                 `found a list`,
		"leakage: {similarity: high}":    `expected a number`,
		"leakage: {similarity: 0.8} #ok": "", "leakage: off": "", "leakage: {}": "",
	} {
		_, err := suite.Parse("s.yaml", []byte("dataset: d\npolicies: [{name: p, type: fixed, model: m}]\n"+text+"\n"))
		if got := fmt.Sprint(err); want == "" && err != nil || !strings.Contains(got, want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
