package suite_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"waymark/internal/testdata"
	"waymark/suite"
)

const (
	mixtral = "mistralai/Mixtral-8x7B-Instruct-v0.1"
	gpt4    = "gpt-4-1106-preview"
)

// What the lint finds in recorded prompts, and what docs/leakage.md prints of it.
func TestLeakageOfRecordedPrompts(t *testing.T) {
	page, err := os.ReadFile("../docs/leakage.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		set, model string
		found      map[string]int // tasks, by kind
	}{
		{"routellm_mmlu", gpt4, map[string]int{"near-duplicates": 102, "repeated-prompts": 146}},
		{"swebench_bashonly", "gpt-5-mini", map[string]int{}},
		{"routellm_gsm8k", gpt4, map[string]int{}},
	} {
		rest := fmt.Sprintf("split: {tune: 0.5, seed: 7}\npolicies: [{name: p, type: fixed, model: %s}]\n", x.model)
		_, found, err := on(t, x.set, rest).Validate(t.Context(), suite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found.Findings {
			if f.Count != x.found[f.Kind] {
				t.Errorf("%s: %s: %d, want %d: %s", x.set, f.Kind, f.Count, x.found[f.Kind], f.Text)
			}
			if x.set == "routellm_mmlu" && !strings.Contains(string(page), f.Text+". For example "+strings.Join(f.Examples[0].Tasks, " = ")) {
				t.Errorf("docs/leakage.md does not have %q", f.Text)
			}
		}
		if len(found.Findings) != len(x.found) {
			t.Errorf("%s: %+v", x.set, found.Findings)
		}
	}
}

// On recorded grades a router that has copied them is suspected, with a tenth of its
// copies wrong too; one that goes by the prompt's length is not.
func TestLeakageOfRecordedGrades(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"dataset.yaml", "tasks.jsonl", "responses.jsonl"} {
		text, err := os.ReadFile(testdata.Shared(t, "data/routellm_mmlu/"+name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var decisions strings.Builder
	n := 0
	eachLine(t, filepath.Join(dir, "responses.jsonl"), func(r map[string]any) {
		if r["model"] != mixtral {
			return
		}
		n++
		fails := r["score"] == 0.0
		for policy, strong := range map[string]bool{"copied": fails, "copied-a-tenth-wrong": fails != (n%10 == 0)} {
			model := mixtral
			if strong {
				model = gpt4
			}
			fmt.Fprintf(&decisions, "{\"task\": %q, \"policy\": %q, \"model\": %q}\n", r["task"], policy, model)
		}
	})
	eachLine(t, filepath.Join(dir, "tasks.jsonl"), func(r map[string]any) {
		fmt.Fprintf(&decisions, "{\"task\": %q, \"policy\": \"length\", \"score\": %d}\n", r["id"], len(r["prompt"].(string)))
	})
	if err := os.WriteFile(filepath.Join(dir, "decisions.jsonl"), []byte(decisions.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := suite.Parse(filepath.Join(dir, "s.yaml"), []byte(fmt.Sprintf(`dataset: .
split: {tune: 0.5, seed: 7}
policies:
  - {name: copied, type: recorded, policy: copied}
  - {name: a-tenth-wrong, type: recorded, policy: copied-a-tenth-wrong}
  - {name: length, type: threshold, scorer: {type: recorded, policy: length}, weak: %s, strong: %s, threshold: sweep}
`, mixtral, gpt4)))
	if err != nil {
		t.Fatal(err)
	}
	l := result(t, s, suite.Options{}).Leakage
	sameKinds(t, l, "suspicious knows-labels copied", "suspicious knows-labels a-tenth-wrong", "warning near-duplicates ", "warning repeated-prompts ")
	i := slices.IndexFunc(l.Findings, func(f suite.Finding) bool { return f.Policy == "length" })
	if f := l.Findings[i]; f.Kind != "labels-tested" || f.Of != 1588 || *f.P < 0.5 {
		t.Errorf("%+v", f)
	}
}

func eachLine(t *testing.T, path string, do func(map[string]any)) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var r map[string]any
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		do(r)
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
}
