package datasets_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waymark"
	"waymark/datasets"
	"waymark/internal/testdata"
)

func imported(t *testing.T, format string, srcs ...string) (content, datasets.ImportReport) {
	t.Helper()
	for i, s := range srcs {
		srcs[i] = testdata.Shared(t, "native/"+s)
	}
	dir := filepath.Join(t.TempDir(), "set")
	rep, err := datasets.Import(t.Context(), format, srcs, dir)
	if err != nil {
		t.Fatal(err)
	}
	c, err := readAll(dir)
	if err != nil {
		t.Fatal(err)
	}
	if rep.Tasks != len(c.Tasks) || rep.Responses != len(c.Responses) {
		t.Errorf("report %+v, read back %d and %d", rep, len(c.Tasks), len(c.Responses))
	}
	return c, rep
}

// scores are by task and model.
func scores(c content) map[[2]string]waymark.Recorded {
	out := map[[2]string]waymark.Recorded{}
	for _, r := range c.Responses {
		out[[2]string{r.Task, string(r.Model)}] = r
	}
	return out
}

// What is imported of an original is what the dataset made of it independently holds.
func TestImportRouteLLM(t *testing.T) {
	for _, x := range []struct {
		format, set string
		srcs        []string
		n           int
	}{
		{"routellm-mmlu", "routellm_mmlu", []string{"routellm/mmlu_abstract_algebra.csv", "routellm/mmlu_professional_law.csv", "routellm/mmlu_contaminated_prompts.jsonl"}, 100 + 1534},
		{"routellm-gsm8k", "routellm_gsm8k", []string{"routellm/gsm8k_responses.csv", "routellm/gsm8k_contaminated_prompts.jsonl"}, 1319},
	} {
		got, _ := imported(t, x.format, x.srcs...)
		want, err := readAll(testdata.Shared(t, "data/"+x.set))
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Tasks) != x.n || len(got.Responses) != 2*x.n {
			t.Errorf("%s: %d tasks, %d responses, want %d", x.format, len(got.Tasks), len(got.Responses), x.n)
		}
		reference := scores(want)
		for key, r := range scores(got) {
			if w := reference[key]; r.Score != w.Score || r.Output != w.Output {
				t.Fatalf("%s: %v differs from the dataset's", x.format, key)
			}
		}
		byID := map[string]waymark.Task{}
		for _, task := range want.Tasks {
			byID[task.ID] = task
		}
		for _, task := range got.Tasks {
			if w := byID[task.ID]; waymark.Prompt(task.Messages) != waymark.Prompt(w.Messages) || task.Metadata["contaminated"] != w.Metadata["contaminated"] {
				t.Errorf("%s: prompt or mark differ", task.ID)
			}
		}
	}
}

// Figures: ../shared/vectors/metrics.json, "routerbench_frontier_cs_365"; the file's
// own column names the oracle's choice.
func TestImportRouterBench(t *testing.T) {
	c, _ := imported(t, "routerbench", "routerbench/frontier_cs_sample_365.csv")
	text, err := os.ReadFile(testdata.Shared(t, "vectors/metrics.json"))
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		Set map[string]json.RawMessage `json:"routerbench_frontier_cs_365"`
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	sums := map[string][2]float64{}
	best := map[string]waymark.Recorded{}
	for _, r := range c.Responses {
		s := sums[string(r.Model)]
		sums[string(r.Model)] = [2]float64{s[0] + r.Score.Value/365, s[1] + r.Cost.USD.Float()}
		b, ok := best[r.Task]
		if !ok || r.Score.Value > b.Score.Value || r.Score == b.Score && r.Cost.USD < b.Cost.USD {
			best[r.Task] = r
		}
	}
	compared := 0
	for model, got := range sums {
		var want struct {
			Quality float64
			Total   float64 `json:"total_usd"`
		}
		if raw, ok := vectors.Set[model]; ok && json.Unmarshal(raw, &want) == nil {
			compared++
			if math.Abs(got[0]-want.Quality) > 5e-5 || math.Abs(got[1]-want.Total) > 5e-6 {
				t.Errorf("%s: %v, want %+v", model, got, want)
			}
		}
	}
	if compared != 4 || len(sums) != 11 || len(c.Tasks) != 365 {
		t.Errorf("%d models compared of %d, %d tasks", compared, len(sums), len(c.Tasks))
	}
	var quality, cost float64
	unsolved := 0
	for _, b := range best {
		quality += b.Score.Value / 365
		if b.Score.Value == 0 {
			unsolved++
			continue // charged nothing, by RouterBench's rule
		}
		cost += b.Cost.USD.Float()
	}
	var want struct {
		Quality  float64
		Total    float64 `json:"total_usd"`
		Unsolved int
		Agrees   string `json:"agrees_with_file_column"`
	}
	if err := json.Unmarshal(vectors.Set["oracle_routerbench_rule"], &want); err != nil {
		t.Fatal(err)
	}
	if math.Abs(quality-want.Quality) > 5e-7 || math.Abs(cost-want.Total) > 5e-7 || unsolved != want.Unsolved {
		t.Errorf("oracle %.6f at $%.6f, %d unsolved, want %+v", quality, cost, unsolved, want)
	}
	if agrees := fmt.Sprintf("%d of 365", oracleColumn(t, best)); agrees != want.Agrees {
		t.Errorf("the file's own oracle agrees on %s, want %s", agrees, want.Agrees)
	}
}

// oracleColumn counts tasks on which the file names our choice; where no model
// solves a task it says so in words.
func oracleColumn(t *testing.T, best map[string]waymark.Recorded) (agrees int) {
	t.Helper()
	f, err := os.Open(testdata.Shared(t, "native/routerbench/frontier_cs_sample_365.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	last := len(rows[0]) - 1
	for _, row := range rows[1:] {
		b := best[row[0]]
		if row[last] == string(b.Model) || b.Score.Value == 0 && strings.Contains(row[last], "no_model") {
			agrees++
		}
	}
	return agrees
}

// SWE-bench's details give the published figures, and those of the dataset that was
// made of them independently.
func TestImportSWEBench(t *testing.T) {
	c, rep := imported(t, "swebench", "swebench/leaderboards_bash_only.json")
	want, err := readAll(testdata.Shared(t, "data/swebench_bashonly"))
	if err != nil {
		t.Fatal(err)
	}
	got, shared := scores(c), 0
	for _, r := range want.Responses {
		g, ok := got[[2]string{r.Task, string(r.Model)}]
		if !ok {
			continue
		}
		shared++
		if g.Score != r.Score || math.Abs(g.Cost.USD.Float()-r.Cost.USD.Float()) > 1e-9 {
			t.Fatalf("%s on %s: %+v, the dataset has %+v", r.Model, r.Task, g, r)
		}
	}
	if shared != len(want.Responses) || len(c.Tasks) != 500 {
		t.Errorf("%d responses in common, %d tasks", shared, len(c.Tasks))
	}
	solved, cost := 0.0, 0.0
	for key, r := range got {
		if key[1] == "claude-opus-4-5-20251101" {
			solved += r.Score.Value / 500
			cost += r.Cost.USD.Float() / 500
		}
	}
	if math.Abs(solved-0.744) > 1e-9 || math.Abs(cost-0.721244997) > 1e-9 {
		t.Errorf("opus solves %.4f at $%.6f", solved, cost)
	}
	if len(rep.Warnings) == 0 {
		t.Error("the result whose details contradict its published score is not named")
	}
	for _, task := range c.Tasks {
		if task.ID == "astropy__astropy-12907" && task.Category != "astropy/astropy" {
			t.Errorf("category %q", task.Category)
		}
	}
}

func TestImportRefuses(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, c := range map[string]struct{ format, src, want string }{
		"format":       {"swebnch", file("a", ""), `did you mean "swebench"?`},
		"no prompt":    {"routellm-gsm8k", file("b.csv", "question,m\nx,True\n"), `b.csv:1:1: found columns question, m, expected one named "prompt"`},
		"not a label":  {"routellm-gsm8k", file("c.csv", "prompt,m\nx,Maybe\n"), `c.csv:2:3: column "m": found "Maybe", expected True or False`},
		"a number":     {"routerbench", file("d.csv", "sample_id,prompt,eval_name,m,m|total_cost\n1,p,e,high,0\n"), `d.csv:2:7: column "m": found "high"`},
		"JSON":         {"swebench", file("e.json", "{\n  \"leaderboards\": 3}"), `e.json:2:`},
		"nothing":      {"swebench", file("f.json", "{}"), "no responses were found"},
		"id twice":     {"routerbench", file("g.csv", "sample_id,prompt,eval_name,m,m|total_cost\n1,p,e,1,0\n1,q,e,0,0\n"), `g.csv:3:1: column "sample_id": task id "1"`},
		"not a score":  {"routerbench", file("h.csv", "sample_id,prompt,eval_name,m,m|total_cost\n1,p,e,NaN,0\n"), `h.csv:2:7: column "m": found score NaN`},
		"column twice": {"routellm-gsm8k", file("i.csv", "prompt,m,m\nx,True,False\n"), `i.csv:1:10: found column "m" a second time`},
		"stray quote":  {"routellm-gsm8k", file("j.csv", "prompt,m\na\"b,True\n"), `j.csv:2:`},
		"no model id":  {"swebench", file("k.json", `{"leaderboards":[{"name":"bash-only","results":[{"resolved":100,"per_instance_details":{"a__b-1":{"resolved":true,"cost":1}}}]}]}`), "found no model id of its own"},
		"missing":      {"swebench", filepath.Join(dir, "none"), "none"},
	} {
		out := filepath.Join(dir, "out-"+strings.ReplaceAll(name, " ", "-"))
		_, err := datasets.Import(t.Context(), c.format, []string{c.src}, out)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s: half a folder is left", name)
		}
	}
}
