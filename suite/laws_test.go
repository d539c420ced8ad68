package suite_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"waymark/internal/store"
	"waymark/suite"
)

// A made is a small dataset with costs, made for a law.
type made struct{ tasks, responses []string }

func make400() made {
	rng := rand.New(rand.NewPCG(4, 4))
	var m made
	for i := range 400 {
		score := float64(rng.IntN(20)) / 20 // ties
		m.tasks = append(m.tasks, fmt.Sprintf(`{"id": "t%03d", "prompt": "%s", "category": "%c", "metadata": {"score": %g}}`, i, strings.Repeat("x", rng.IntN(30)), 'a'+i%3, score))
		for _, model := range []struct {
			name    string
			p, cost float64
		}{{"weak", 0.8 - 0.5*score, 0.001}, {"middle", 0.7, 0.004}, {"strong", 0.9, 0.01}} {
			right := 0
			if rng.Float64() < model.p {
				right = 1
			}
			m.responses = append(m.responses, fmt.Sprintf(`{"task": "t%03d", "model": "%s", "score": %d, "cost_usd": %.6f}`, i, model.name, right, model.cost*(0.5+rng.Float64())))
		}
	}
	return m
}

const lawSuite = `
dataset: .
split: {tune: 0.5, seed: 3}
policies:
  - {name: coin, type: random, weights: {weak: 1, strong: 2}, repeats: 3}
  - {name: table, type: table, by: category, routes: {a: weak}, default: strong}
  - {name: sweep, type: threshold, scorer: {type: field, name: score}, weak: weak, strong: strong, threshold: sweep}
  - {name: at, type: threshold, scorer: {type: field, name: score}, weak: weak, strong: strong, threshold: 0.5}
objective: {minimise: cost, subject_to: quality >= 0.9 * quality(strong)}
`

func (m made) write(t testing.TB, text string) *suite.Suite {
	t.Helper()
	dir := t.TempDir()
	for name, lines := range map[string]string{
		"dataset.yaml": "name: law\nfeatures: [category, score]\n", "tasks.jsonl": strings.Join(m.tasks, "\n"),
		"responses.jsonl": strings.Join(m.responses, "\n"), "s.yaml": text,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(lines), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := suite.Load(filepath.Join(dir, "s.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// numbers is a result without what differs from run to run.
func numbers(t *testing.T, res *suite.Result) string {
	t.Helper()
	res.Run, res.Dataset.Digest = suite.RunInfo{}, ""
	text, err := json.Marshal(res)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPermutingFilesAndWorkersChangeNoByte(t *testing.T) {
	m := make400()
	want := numbers(t, result(t, m.write(t, lawSuite), suite.Options{Workers: 1}))
	rng := rand.New(rand.NewPCG(1, 1))
	for range 3 {
		rng.Shuffle(len(m.tasks), func(i, j int) { m.tasks[i], m.tasks[j] = m.tasks[j], m.tasks[i] })
		rng.Shuffle(len(m.responses), func(i, j int) { m.responses[i], m.responses[j] = m.responses[j], m.responses[i] })
		if got := numbers(t, result(t, m.write(t, lawSuite), suite.Options{Workers: 4})); got != want {
			t.Fatal("another order of lines, or of workers, gives another result")
		}
	}
}

func TestDoublingPricesDoublesCosts(t *testing.T) {
	m := make400()
	once := result(t, m.write(t, lawSuite), suite.Options{})
	for i, r := range m.responses {
		at := strings.LastIndex(r, " ") + 1
		var cost float64
		fmt.Sscanf(r[at:], "%f}", &cost)
		m.responses[i] = fmt.Sprintf("%s%.6f}", r[:at], 2*cost)
	}
	twice := result(t, m.write(t, lawSuite), suite.Options{})
	for i, r := range once.Policies {
		d := twice.Policies[i]
		near(t, r.Name+" cost", d.Cost.PerTask.Value, 2*r.Cost.PerTask.Value, 1e-12)
		near(t, r.Name+" lower end", d.Cost.PerTask.Lo, 2*r.Cost.PerTask.Lo, 1e-12)
		near(t, r.Name+" quality", d.Quality.Value, r.Quality.Value, 0)
	}
	if fmt.Sprint(once.Frontier) != fmt.Sprint(twice.Frontier) {
		t.Errorf("frontier %v, with doubled prices %v", once.Frontier, twice.Frontier)
	}
}

// The row of a swept policy is what the policy gives with that knob in the suite,
// and its curve passes through the row of a policy at any threshold.
func TestSweepAgreesWithTheThreshold(t *testing.T) {
	m := make400()
	res := result(t, m.write(t, lawSuite), suite.Options{})
	swept, at := named(res.Policies, "sweep"), named(res.Policies, "at")
	again := result(t, m.write(t, strings.Replace(lawSuite, "threshold: 0.5", fmt.Sprintf("threshold: %v", float64(swept.Knob[0])), 1)), suite.Options{})
	same := named(again.Policies, "at")
	near(t, "quality at the chosen knob", same.Quality.Value, swept.Quality.Value, 1e-12)
	near(t, "cost at the chosen knob", same.Cost.PerTask.Value, swept.Cost.PerTask.Value, 1e-12)
	var on suite.Point
	for _, p := range res.Curves[0].Points {
		if float64(p.Knob) <= 0.5 {
			on = p
		}
	}
	near(t, "curve at 0.5", on.Quality, at.Quality.Value, 1e-12)
	near(t, "cost of the curve at 0.5", on.Cost, at.Cost.PerTask.Value, 1e-12)
	points := res.Curves[0].Points
	near(t, "curve at -inf", points[0].Quality, named(res.Constants, "strong").Quality.Value, 1e-12)
	near(t, "curve at inf", points[len(points)-1].Cost, named(res.Constants, "weak").Cost.PerTask.Value, 1e-12)
}

// A model that is dominated leaves the frontier alone.
func TestADominatedModelChangesNoFrontier(t *testing.T) {
	m := make400()
	want := result(t, m.write(t, lawSuite), suite.Options{}).Frontier
	for i := range 400 {
		m.responses = append(m.responses, fmt.Sprintf(`{"task": "t%03d", "model": "worse", "score": 0, "cost_usd": 1}`, i))
	}
	if got := result(t, m.write(t, lawSuite), suite.Options{}).Frontier; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("frontier %v, without the dominated model %v", got, want)
	}
}

func TestResultSurvivesItsJSON(t *testing.T) {
	res := result(t, make400().write(t, lawSuite), suite.Options{})
	text, err := json.Marshal(res)
	if err != nil {
		t.Fatal(err)
	}
	var back suite.Result
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(&back)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, again) {
		t.Error("a result that is read back is written otherwise")
	}
	if !bytes.Contains(text, []byte(`"knob":"-inf"`)) {
		t.Error("the lower end of a curve is not \"-inf\"")
	}
}

// What is kept answers who decided what and why, for every policy and task.
func TestTheStoreHoldsEveryDecision(t *testing.T) {
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "r.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	res := result(t, make400().write(t, lawSuite), suite.Options{DB: db})
	for position, name := range []string{"coin", "table", "sweep", "at"} {
		d, err := db.Decisions(t.Context(), res.Run.ID, position, 0)
		if err != nil {
			t.Fatal(err)
		}
		if d.Len() != 400 {
			t.Errorf("%s has %d decisions, want 400", name, d.Len())
		}
	}
	story, err := db.Story(t.Context(), "latest", "t007")
	if err != nil {
		t.Fatal(err)
	}
	if len(story.Told) != 6 || story.Told[3].Decision.Reason == "" || math.IsNaN(story.Told[5].Decision.Quality) {
		t.Errorf("story of %d parts: %+v", len(story.Told), story.Told[3].Decision)
	}
	if len(story.Told[4].Steps) != 2 {
		t.Errorf("the swept policy has %d steps", len(story.Told[4].Steps))
	}
}

// Ten policies over 100,000 tasks and two models into results.db.
func BenchmarkRun1e5x2x10(b *testing.B) {
	rng := rand.New(rand.NewPCG(4, 4))
	var m made
	for i := range 100_000 {
		m.tasks = append(m.tasks, fmt.Sprintf(`{"id":"t%06d","prompt":"%s","category":"%c","metadata":{"score":%.5f}}`, i, strings.Repeat("word ", 5+rng.IntN(40)), 'a'+i%6, rng.Float64()))
		for _, x := range []string{"weak", "strong"} {
			m.responses = append(m.responses, fmt.Sprintf(`{"task":"t%06d","model":"%s","score":%d,"cost_usd":%.8f,"latency_ms":%.1f}`, i, x, rng.IntN(2), 0.01*rng.Float64(), 1000*rng.Float64()))
		}
	}
	policies := ""
	for k := range 8 {
		policies += fmt.Sprintf("  - {name: p%d, type: threshold, scorer: {type: field, name: score}, weak: weak, strong: strong, threshold: %g}\n", k, float64(k+1)/10)
	}
	s := m.write(b, "dataset: .\npolicies:\n"+policies+"  - {name: table, type: table, by: category, routes: {a: weak}, default: strong}\n  - {name: coin, type: random, weights: {weak: 1, strong: 1}}\n")
	dir := b.TempDir()
	for i := 0; b.Loop(); i++ {
		db, err := store.Open(b.Context(), filepath.Join(dir, fmt.Sprint(i, ".db")))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Run(b.Context(), suite.Options{DB: db}); err != nil {
			b.Fatal(err)
		}
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// Suites in the documents are suites.
func TestSuitesOfTheDocumentsLoad(t *testing.T) {
	n := 0
	for _, doc := range []string{"../README.md", "../docs/suites.md"} {
		text, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range regexp.MustCompile("(?s)```yaml\n(dataset:.*?)```").FindAllStringSubmatch(string(text), -1) {
			if _, err := suite.Parse(doc, []byte(block[1])); err != nil {
				t.Errorf("%v\n%s", err, block[1])
			}
			n++
		}
	}
	if n < 2 {
		t.Errorf("%d suites found", n)
	}
}
