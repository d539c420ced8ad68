package evaluators_test

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"waymark/internal/testdata"
)

var update = flag.Bool("update", false, "accept golden files as they come out")

// gsm8k are 2,638 recorded answers with RouteLLM's labels.
type answered struct {
	task, model, output, reference string
	recorded                       float64
	contaminated                   bool
}

func gsm8k(t *testing.T) (out []answered) {
	t.Helper()
	dir := testdata.Shared(t, "data/routellm_gsm8k")
	type task struct {
		ID, Reference string
		Metadata      struct{ Contaminated bool }
	}
	tasks := map[string]task{}
	jsonLines(t, filepath.Join(dir, "tasks.jsonl"), func(x task) { tasks[x.ID] = x })
	jsonLines(t, filepath.Join(dir, "responses.jsonl"), func(x struct {
		Task, Model, Output string
		Score               float64
	},
	) {
		of := tasks[x.Task]
		out = append(out, answered{x.Task, x.Model, x.Output, of.Reference, x.Score, of.Metadata.Contaminated})
	})
	if len(out) != 2638 {
		t.Fatalf("%d answers, want 2638", len(out))
	}
	return out
}

func jsonLines[T any](t *testing.T, path string, each func(T)) {
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
			t.Fatal(err)
		}
		each(v)
	}
}

// The preset reproduces every recorded label, the wrong ones too.
func TestPresetReproducesRecordedLabels(t *testing.T) {
	spec := map[string]any{"type": "numeric", "preset": "routellm.gsm8k"}
	for _, a := range gsm8k(t) {
		if got := grade(t, spec, a.output, a.reference); got.Score != a.recorded {
			t.Errorf("%s by %s: %g, recorded %g", a.task, a.model, got.Score, a.recorded)
		}
	}
}

const disagreements = "testdata/gsm8k_disagreements.golden"

// Where the default grader and the recorded labels disagree, the golden file says
// in one line why ours is right; a new disagreement needs a reason before it
// is accepted.
func TestDisagreementsWithRecordedLabels(t *testing.T) {
	reasons := map[string]string{}
	old, err := os.ReadFile(disagreements)
	if err != nil && !*update {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(old)) {
		if key, reason, ok := strings.Cut(strings.TrimSpace(line), "\t# "); ok {
			reasons[key] = reason
		}
	}
	var lines []string
	for _, a := range gsm8k(t) {
		got := grade(t, "numeric", a.output, a.reference)
		if got.Score == a.recorded {
			continue
		}
		key := fmt.Sprintf("%s\t%s\treference %s\trecorded %g\tours %g\tread %s", a.task, a.model, a.reference, a.recorded, got.Score, got.Extracted)
		if reasons[key] == "" && !*update {
			t.Errorf("a disagreement without a reason: %s", key)
		}
		lines = append(lines, key+"\t# "+reasons[key])
	}
	slices.Sort(lines)
	text := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(disagreements, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if text != string(old) {
		t.Errorf("%s does not hold the %d disagreements there are; look at them, then go test -update", disagreements, len(lines))
	}
}

// The figures of docs/graders.md are those that this computes.
func TestWhatGradingByValueDoes(t *testing.T) {
	doc, err := os.ReadFile("../docs/graders.md")
	if err != nil {
		t.Fatal(err)
	}
	all := gsm8k(t)
	for _, clean := range []bool{false, true} {
		type sums struct{ recorded, ours, n float64 }
		by := map[string]*sums{}
		for _, a := range all {
			if clean && a.contaminated {
				continue
			}
			if by[a.model] == nil {
				by[a.model] = &sums{}
			}
			s := by[a.model]
			s.n++
			s.recorded += a.recorded
			s.ours += grade(t, "numeric", a.output, a.reference).Score
		}
		strong, weak := by["gpt-4-1106-preview"], by["mistralai/Mixtral-8x7B-Instruct-v0.1"]
		pct := func(x, n float64) string { return fmt.Sprintf("%.2f %%", 100*x/n) }
		row := fmt.Sprintf("| %.0f | %s → %s | %s → %s | %.2f → %.2f points |", strong.n,
			pct(strong.recorded, strong.n), pct(strong.ours, strong.n), pct(weak.recorded, weak.n), pct(weak.ours, weak.n),
			100*(strong.recorded-weak.recorded)/strong.n, 100*(strong.ours-weak.ours)/strong.n)
		if !strings.Contains(string(doc), row) {
			t.Errorf("docs/graders.md lacks the row\n%s", row)
		}
	}
}
