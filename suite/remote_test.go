package suite_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waymark/internal/store"
	"waymark/internal/testdata"
	"waymark/suite"
)

// absolute is a path of this package, for suites that lie elsewhere.
func absolute(t *testing.T, parts ...string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// A router that learns is taught the tune split alone, and each copy of it decides only
// what it was not taught; one that does not ask for it is told no outcome.
func TestRemoteLearnersSeeTheTuneSplitAlone(t *testing.T) {
	python := testdata.Tool(t, "python3")
	for _, purpose := range []string{"scorer", "policy"} {
		t.Run(purpose, func(t *testing.T) {
			log := filepath.Join(t.TempDir(), "log")
			exec := fmt.Sprintf("type: exec, command: [%q, %q, %q, %s]", python, absolute(t, "testdata", "taught_router.py"), log, purpose)
			entry := map[string]string{
				"scorer": fmt.Sprintf("  - {name: taught, type: threshold, scorer: {%s}, weak: weak, strong: strong, threshold: 60}\n", exec),
				"policy": fmt.Sprintf("  - {name: taught, %s}\n", exec),
			}[purpose]
			s := learnable(200, 3).write(t, "dataset: .\nsplit: {tune: 0.5, seed: 7}\npolicies:\n"+entry)
			res, err := s.Run(t.Context(), suite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			taught, asked := readLog(t, log)
			if len(taught) != 6 {
				t.Fatalf("%d processes were taught, want five folds and the whole", len(taught))
			}
			all, seen := map[string]bool{}, map[string]bool{}
			for pid, ids := range asked {
				for id := range ids {
					if seen[id] {
						t.Errorf("task %s is asked about twice", id)
					}
					if seen[id] = true; taught[pid][id] {
						t.Errorf("process %s is asked about task %s, which it was taught", pid, id)
					}
				}
			}
			for _, ids := range taught {
				for id := range ids {
					all[id] = true
				}
			}
			if len(all)+res.Dataset.Tasks != 200 || len(seen) != 200 {
				t.Errorf("%d tasks were taught, %d are reported on and %d were asked about, of 200", len(all), res.Dataset.Tasks, len(seen))
			}
			if r := res.Run.Routers; len(r) != 1 || r[0].Copies != 6 || r[0].Asked != 200 {
				t.Errorf("routers: %+v", r)
			}
		})
	}
}

// readLog is the tasks that each process was taught and asked about.
func readLog(t *testing.T, path string) (taught, asked map[string]map[string]bool) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	taught, asked = map[string]map[string]bool{}, map[string]map[string]bool{}
	fitted := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		switch pid := f[0]; f[1] {
		case "fit":
			fitted[pid] = true
		case "taught":
			put(taught, pid, f[2])
			if fitted[pid] {
				t.Errorf("process %s is taught after it was fitted", pid)
			}
		case "asked":
			put(asked, pid, f[2])
			if !fitted[pid] {
				t.Errorf("process %s is asked before it was fitted", pid)
			}
		}
	}
	return taught, asked
}

func put(m map[string]map[string]bool, key, id string) {
	if m[key] == nil {
		m[key] = map[string]bool{}
	}
	m[key][id] = true
}

func fastTextSuite(t *testing.T, m made) *suite.Suite {
	t.Helper()
	testdata.Tool(t, "fasttext")
	return m.write(t, fmt.Sprintf(`
dataset: .
split: {tune: 0.5, seed: 7}
policies:
  - name: fasttext
    type: threshold
    scorer: {type: exec, command: [%q, %q], charge: {cost_usd: 0, latency_ms: 1}}
    weak: weak
    strong: strong
    threshold: sweep
objective: {minimise: cost, subject_to: quality >= 0.9 * quality(strong)}
`, testdata.Tool(t, "python3"), absolute(t, "..", "examples", "fasttext", "scorer.py")))
}

// fastText, which we did not write, learns which words need the strong model, and learns the
// same twice.
func TestFastTextLearns(t *testing.T) {
	var texts []string
	for range 2 {
		res, err := fastTextSuite(t, learnable(600, 5)).Run(t.Context(), suite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		s := res.Scorers[0]
		if s.N < 250 || s.AUROC.Lo < 0.7 {
			t.Errorf("AUROC %+v on %d tasks: it learned nothing", s.AUROC, s.N)
		}
		row := res.Policies[0]
		if row.Failed > 0 || row.N != res.Dataset.Tasks {
			t.Errorf("%d of %d decisions failed", row.Failed, res.Dataset.Tasks)
		}
		text, err := json.Marshal(res.Policies)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	if texts[0] != texts[1] {
		t.Error("two runs of one suite give different rows")
	}
}

// A run that is interrupted and gone on with takes from results.db what was decided, of
// policies that make their own calls too, and finds what a whole run finds.
func TestResumedRunFindsTheSame(t *testing.T) {
	python := testdata.Tool(t, "python3")
	router := absolute(t, "..", "examples", "python", "router.py")
	text := fmt.Sprintf(`
dataset: .
split: {tune: 0.5, seed: 7}
holes: bounds
tolerance: 0.9
policies:
  - {name: leading, type: exec, command: [%q, %q, trial]}
  - {name: choosing, type: exec, command: [%q, %q, select, --words, "8"], charge: {cost_usd: 0.002, latency_ms: 5}}
  - {name: length, type: threshold, scorer: length, weak: weak, strong: strong, threshold: 60}
`, python, router, python, router)
	m := learnable(1000, 9)
	m.responses = append(m.responses[:40:40], m.responses[42:]...) // holes
	for i, r := range m.responses {
		m.responses[i] = strings.Replace(r, `"score"`, fmt.Sprintf(`"output": %q, "latency_ms": %d, "score"`, strings.Repeat("word ", 1+i%5), 100+i), 1)
	}
	s := m.write(t, text)
	whole, err := s.Run(t.Context(), suite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "r.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stage := ""
	_, err = s.Run(ctx, suite.Options{DB: db, Workers: 1, Stage: func(name string) { stage = name }, Progress: func(done, total int) {
		if stage == "replaying policies" && done > 1100 { // all of leading and some of choosing
			cancel()
		}
	}})
	var cut *suite.Incomplete
	if !errors.As(err, &cut) || cut.Run == "" {
		t.Fatalf("interrupted with %v", err)
	}
	resumed, err := s.Run(t.Context(), suite.Options{DB: db, Resume: cut.Run})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range resumed.Run.Routers {
		if r.Mode == "trial" && r.Asked != 0 || r.Mode == "select" && (r.Asked == 0 || r.Asked > 1000-256) {
			t.Errorf("router %d is asked again about what is kept: %+v", i, r)
		}
	}
	if resumed.Policies[0].Holes == 0 || resumed.Policies[0].Mix["strong"] == 0 || !resumed.Policies[1].Latency.Known {
		t.Errorf("row %+v shows nothing", resumed.Policies[0])
	}
	for i := range whole.Policies {
		a, errA := json.Marshal(whole.Policies[i]) // latencies and the router's share of them among it
		b, errB := json.Marshal(resumed.Policies[i])
		if errA != nil || errB != nil || string(a) != string(b) {
			t.Errorf("resumed\n%s\nwhole\n%s", b, a)
		}
	}
}
