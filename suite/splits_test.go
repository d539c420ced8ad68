package suite_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waymark/internal/simulation"
	"waymark/internal/testdata"
	"waymark/suite"
)

// A pair is two models of a recorded dataset, with a scorer that was fitted on a third of its tasks:
// by how much the strong model gains in the task's category there. The other two thirds
// are split again and again into tune and test.
type pair struct {
	set, weak, strong string
	filter            string
	perToken          [2]float64 // USD per token of the prompt, where costs are not recorded
}

var pairs = []pair{
	{set: "swebench_bashonly", weak: "gpt-5-mini", strong: "sonnet-4-5-20250929"},
	{set: "routellm_mmlu", weak: "mistralai/Mixtral-8x7B-Instruct-v0.1", strong: "gpt-4-1106-preview", filter: "!metadata.contaminated", perToken: [2]float64{0.24e-6, 24.7e-6}},
}

type jsonTask struct {
	ID       string         `json:"id"`
	Prompt   string         `json:"prompt"`
	Category string         `json:"category"`
	Metadata map[string]any `json:"metadata"`
}

type jsonResponse struct {
	Task  string   `json:"task"`
	Model string   `json:"model"`
	Score float64  `json:"score"`
	Cost  *float64 `json:"cost_usd,omitempty"`
}

func readLines[T any](t testing.TB, path string) (out []T) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		var v T
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	if lines.Err() != nil {
		t.Fatal(lines.Err())
	}
	return out
}

func fitted(id string) bool {
	h := fnv.New32a()
	h.Write([]byte(id))
	return h.Sum32()>>5%3 == 0
}

// folder writes the two thirds as a dataset of two models with the scorer's scores.
func (p pair) folder(t testing.TB) string {
	t.Helper()
	src := testdata.Shared(t, "data/"+p.set)
	tasks := readLines[jsonTask](t, filepath.Join(src, "tasks.jsonl"))
	score := map[string]map[string]jsonResponse{}
	for _, r := range readLines[jsonResponse](t, filepath.Join(src, "responses.jsonl")) {
		if r.Model == p.weak || r.Model == p.strong {
			if score[r.Task] == nil {
				score[r.Task] = map[string]jsonResponse{}
			}
			score[r.Task][r.Model] = r
		}
	}
	gain, n := map[string]float64{}, map[string]float64{}
	for _, x := range tasks {
		if fitted(x.ID) {
			gain[x.Category] += score[x.ID][p.strong].Score - score[x.ID][p.weak].Score
			n[x.Category]++
		}
	}
	var lines [3]strings.Builder
	add := func(k int, v any) {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		lines[k].Write(append(text, '\n'))
	}
	for _, x := range tasks {
		if fitted(x.ID) {
			continue
		}
		add(0, x)
		for k, m := range []string{p.weak, p.strong} {
			r := score[x.ID][m]
			if r.Cost == nil {
				cost := p.perToken[k] * float64(len(x.Prompt)) / 4 // four characters a token, about
				r.Cost = &cost
			}
			add(1, r)
		}
		add(2, map[string]any{"task": x.ID, "policy": "gain", "score": (gain[x.Category] + 0.1) / (n[x.Category] + 1)})
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"dataset.yaml": "name: " + p.set + "\nfeatures: [category]\n", "tasks.jsonl": lines[0].String(), "responses.jsonl": lines[1].String(), "decisions.jsonl": lines[2].String(),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// realised is what became of one way of tuning over many splits.
type realised struct {
	Chosen, Missed  int
	Quality, Saving float64 // sums: test quality over that of strong, and saving against it
}

// overSplits tunes for 97 % of strong on many random splits.
func (p pair) overSplits(t testing.TB, splits int, certify bool) (out realised) {
	t.Helper()
	dir := p.folder(t)
	filter := ""
	if p.filter != "" {
		filter = fmt.Sprintf("filter: %q\n", p.filter)
	}
	for seed := range splits {
		s, err := suite.Parse(filepath.Join(dir, "s.yaml"), fmt.Appendf(nil, `dataset: .
%ssplit: {tune: 0.5, seed: %d}
policies:
  - {name: gain, type: threshold, scorer: {type: recorded, policy: gain}, weak: %q, strong: %q, threshold: sweep}
objective: {minimise: cost, subject_to: "quality >= 0.97 * quality(%s)"}
`, filter, seed+1, p.weak, p.strong, p.strong))
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Tune(t.Context(), suite.TuneSpec{Guarantee: certify, Delta: 0.1}, suite.Options{})
		var none *suite.NoKnob
		if errors.As(err, &none) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		strong := got.Test.Quality.Value - got.VsStrong.Quality.Value
		out.Chosen++
		out.Quality += got.Test.Quality.Value / strong
		out.Saving += got.Saving.Value
		if got.Conditions[0].Margin.Value < 0 {
			out.Missed++
		}
	}
	return out
}

// The reduced form: on real tasks a certified knob misses its target on the test split no more often
// than a naive one, and costs more.
func TestTuningOnRealSplits(t *testing.T) {
	p := pairs[0]
	naive, certified := p.overSplits(t, 8, false), p.overSplits(t, 8, true)
	if naive.Chosen != 8 || certified.Missed > naive.Missed || certified.Chosen > 0 && certified.Saving/float64(certified.Chosen) > naive.Saving/float64(naive.Chosen) {
		t.Errorf("naive %+v, certified %+v", naive, certified)
	}
}

func TestSimulateRealSplits(t *testing.T) {
	page := simulation.Page(t, "guarantee.md")
	done, err := simulation.Open[realised]("real-splits")
	if err != nil {
		t.Fatal(err)
	}
	const splits = 50
	var b strings.Builder
	b.WriteString("| dataset | tuned | chose a knob | test quality, % of strong's | saving % | missed on the test split |\n|---|---|--:|--:|--:|--:|\n")
	for _, p := range pairs {
		for _, certify := range []bool{false, true} {
			r, err := done.Do(fmt.Sprintf("%s/%v", p.set, certify), func() realised { return p.overSplits(t, splits, certify) })
			if err != nil {
				t.Fatal(err)
			}
			how := "naive"
			if certify {
				how = "certified, δ = 0.1"
			}
			n := math.Max(1, float64(r.Chosen))
			fmt.Fprintf(&b, "| `%s` | %s | %d of %d | %.1f | %.1f | %d of %d |\n", p.set, how, r.Chosen, splits, 100*r.Quality/n, 100*r.Saving/n, r.Missed, r.Chosen)
		}
	}
	if err := simulation.Write(page, "real splits", b.String()); err != nil {
		t.Fatal(err)
	}
}
