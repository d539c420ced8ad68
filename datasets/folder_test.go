package datasets_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/zstd"
	"go.uber.org/goleak"

	"waymark"
	"waymark/datasets"
	"waymark/internal/testdata"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// folder writes files into a new folder; dataset.yaml has a default.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	if _, ok := files["dataset.yaml"]; !ok {
		files["dataset.yaml"] = "name: test\nquality: {range: [0, 10]}\nfeatures: [category]\n"
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

type content struct {
	Tasks     []waymark.Task
	Responses []waymark.Recorded
	Verdicts  []waymark.Verdict
}

func readAll(dir string) (c content, err error) {
	f, err := datasets.Open(dir)
	if err != nil {
		return c, err
	}
	for t, err := range f.Tasks(context.Background()) {
		if err != nil {
			return c, err
		}
		c.Tasks = append(c.Tasks, t)
	}
	for r, err := range f.Responses(context.Background()) {
		if err != nil {
			return c, err
		}
		c.Responses = append(c.Responses, r)
	}
	for v, err := range f.Decisions(context.Background()) {
		if err != nil {
			return c, err
		}
		c.Verdicts = append(c.Verdicts, v)
	}
	return c, nil
}

const (
	tasks     = `{"id": "a", "prompt": "p", "category": "x", "reference": 18.0, "grader": {"type": "numeric"}, "weight": 2, "metadata": {"n": 1, "s": "t"}}` + "\n\n" + `{"id": "b", "messages": [{"role": "user", "content": "q"}], "reference": ["y", true], "split": "test", "group": "g"}` + "\n"
	responses = `{"task": "a", "model": "m", "output": "", "score": 5, "cost_usd": 0.25, "input_tokens": 3, "latency_ms": 1.5}` + "\n" + `{"task": "b", "model": "m", "score": null, "error": "late"}` + "\n"
	decisions = `{"task": "a", "policy": "r", "score": 0.5, "cost_usd": 0.001}` + "\n"
)

func TestRead(t *testing.T) {
	c, err := readAll(folder(t, map[string]string{"tasks.jsonl": tasks, "responses.jsonl": responses, "decisions.jsonl": decisions}))
	if err != nil {
		t.Fatal(err)
	}
	a, b := c.Tasks[0], c.Tasks[1]
	if a.Reference[0] != "18.0" || string(a.Grader) != `{"type": "numeric"}` || a.Weight != 2 || a.Metadata["n"] != 1.0 || waymark.Prompt(a.Messages) != "p" {
		t.Errorf("task a: %+v", a)
	}
	if b.Split != waymark.SplitTest || b.Group != "g" || b.Weight != 1 || len(b.Reference) != 2 {
		t.Errorf("task b: %+v", b)
	}
	r, s := c.Responses[0], c.Responses[1]
	if r.Score != waymark.Scored(0.5) || r.Cost != waymark.Paid(waymark.Dollar/4) || !r.HasOutput || r.Usage.Input != 3 || r.Latency.Microseconds() != 1500 {
		t.Errorf("response of a: %+v", r)
	}
	if s.Score.Known || s.HasOutput || s.Cost.Known || s.Err != "late" {
		t.Errorf("response of b: %+v", s)
	}
	if v := c.Verdicts[0]; v.Score != 0.5 || v.Cost != waymark.Paid(waymark.Dollar/1000) {
		t.Errorf("verdict: %+v", v)
	}
}

// Where less is better, the lowest score is the best quality.
func TestLowerIsBetter(t *testing.T) {
	dir := folder(t, map[string]string{
		"dataset.yaml": "name: x\nquality: {range: [0, 4], higher_is_better: false}\n",
		"tasks.jsonl":  `{"id": "a", "prompt": ""}`, "responses.jsonl": `{"task": "a", "model": "m", "score": 1}`,
	})
	c, err := readAll(dir)
	if err != nil || c.Responses[0].Score != waymark.Scored(0.75) {
		t.Errorf("score %+v, %v", c.Responses, err)
	}
	f, _ := datasets.Open(dir)
	if info := f.Info(); info.Quality(0) != 0 || info.Quality(1) != 1 {
		t.Errorf("shown from %g to %g", info.Quality(0), info.Quality(1))
	}
}

func TestFormatsAgree(t *testing.T) {
	plain := folder(t, map[string]string{"tasks.jsonl": tasks, "responses.jsonl": responses})
	var gz bytes.Buffer
	z := gzip.NewWriter(&gz)
	z.Write([]byte(tasks))
	z.Close()
	enc, _ := zstd.NewWriter(nil)
	packed := folder(t, map[string]string{"tasks.jsonl.gz": gz.String(), "responses.jsonl.zst": string(enc.EncodeAll([]byte(responses), nil))})
	csv := folder(t, map[string]string{
		"tasks.csv":     "id,prompt,category,reference,grader,weight,metadata.n,metadata.s,split,group,messages\na,p,x,18.0,\"{\"\"type\"\": \"\"numeric\"\"}\",2,1,t,,,\nb,,,\"[\"\"y\"\", true]\",,,,,test,g,\"[{\"\"role\"\": \"\"user\"\", \"\"content\"\": \"\"q\"\"}]\"\n",
		"responses.csv": "task,model,output,score,cost_usd,input_tokens,latency_ms,error\na,m,,5,0.25,3,1.5,\nb,m,,,,,,late\n",
	})
	want, err := readAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAll(packed)
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmp.AllowUnexported(waymark.Task{})); err != nil || diff != "" {
		t.Errorf("compressed: %v %s", err, diff)
	}
	a, _ := datasets.Open(plain)
	b, _ := datasets.Open(packed)
	if a.Info().Digest != b.Info().Digest {
		t.Error("compressing a file changes the digest")
	}
	got, err = readAll(csv)
	want.Responses[0].HasOutput = false               // an empty cell is an absent output
	want.Tasks[1].Reference = []string{`["y", true]`} // a reference in CSV is text
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); err != nil || diff != "" {
		t.Errorf("CSV: %v %s", err, diff)
	}
}

// Every mistake names its file, line and column, and what was expected.
func TestMistakesHavePlaces(t *testing.T) {
	ok := `{"id": "a", "prompt": "p"}` + "\n"
	for name, c := range map[string]struct{ tasks, responses, want string }{
		"bad JSON":           {ok + `{"id": "b", "prompt": "p",}`, "", `tasks.jsonl:2:26: not JSON`},
		"cut off":            {ok + `{"id": "b", "prom`, "", `tasks.jsonl:2:18: not JSON: the line ends too early`},
		"two values":         {ok + `{"id": "b", "prompt": ""} {}`, "", `tasks.jsonl:2:27: not JSON`},
		"duplicate id":       {ok + `{"prompt": "é", "id": "a"}`, "", `tasks.jsonl:2:23: found id "a" a second time (first on line 1)`},
		"duplicate key":      {`{"id": "a", "id": "b", "prompt": ""}`, "", `tasks.jsonl:1:13: not JSON`},
		"no id":              {`{"prompt": "p"}`, "", `tasks.jsonl:1:1: found a task without an id`},
		"no prompt":          {`{"id": "a"}`, "", `tasks.jsonl:1:1: found neither prompt nor messages`},
		"unknown key":        {`{"id": "a", "promt": "p"}`, "", `tasks.jsonl:1:22: found unknown key "promt"; did you mean "prompt"?`},
		"wrong type":         {`{"id": "a", "prompt": 3}`, "", `tasks.jsonl:1:23: key "prompt": found a number, expected text`},
		"weight":             {`{"id": "a", "prompt": "p", "weight": 0}`, "", `tasks.jsonl:1:38: found 0, expected a number from 1e-09 to 1e+09`},
		"split":              {`{"id": "a", "prompt": "p", "split": "half"}`, "", `tasks.jsonl:1:37: found split "half"`},
		"NaN":                {ok, `{"task": "a", "model": "m", "score": NaN}`, `responses.jsonl:1:38: not JSON`},
		"unknown task":       {ok, `{"task": "z", "model": "m", "score": 1}`, `responses.jsonl:1:10: found task "z", which tasks.jsonl does not have`},
		"score out of range": {ok, `{"task": "a", "model": "m", "score": 11}`, `responses.jsonl:1:38: found 11, expected a score of the dataset's range 0 to 10`},
		"negative cost":      {ok, `{"task": "a", "model": "m", "cost_usd": -1}`, `responses.jsonl:1:41: found -1, expected US dollars from 0 to 1e+06`},
		"huge cost":          {ok, `{"task": "a", "model": "m", "cost_usd": 1e300}`, `responses.jsonl:1:41: found 1e+300`},
		"no model":           {ok, `{"task": "a", "score": 1}`, `responses.jsonl:1:1: found a response without a model`},
		"negative tokens":    {ok, `{"task": "a", "model": "m", "output_tokens": -4}`, `responses.jsonl:1:46: found -4`},
		"confidence":         {ok, `{"task": "a", "model": "m", "confidence": 1.5}`, `responses.jsonl:1:43: found 1.5, expected a number from 0 to 1`},
		"log-probability":    {ok, `{"task": "a", "model": "m", "logprob": 0.1}`, `responses.jsonl:1:40: found 0.1, expected the mean log-probability`},
		"both":               {ok, `{"task": "a", "model": "m", "logprob": -1, "confidence": 0.5}`, `responses.jsonl:1:40: found both confidence and logprob`},
	} {
		_, err := readAll(folder(t, map[string]string{"tasks.jsonl": c.tasks, "responses.jsonl": c.responses}))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v\nwant %s", name, err, c.want)
		}
	}
	for name, c := range map[string]struct{ csv, want string }{
		"unknown column": {"task,modle\n", `responses.csv:1:6: found unknown column "modle"; did you mean "model"?`},
		"number":         {"task,model,score\na,m,high\n", `responses.csv:2:5: column "score": found "high", expected a number`},
		"NaN":            {"task,model,score\na,m,NaN\n", `responses.csv:2:5: column "score": found "NaN"`},
		"fields":         {"task,model\na\n", `responses.csv:2:1: not CSV`},
		"range":          {"model,task,score\nm,a,12\n", `responses.csv:2:5: found 12, expected a score`},
		"empty":          {"", `responses.csv:1:1: the file is empty`},
	} {
		_, err := readAll(folder(t, map[string]string{"tasks.jsonl": ok, "responses.csv": c.csv}))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("CSV %s: %v\nwant %s", name, err, c.want)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"no tasks":  {map[string]string{}, "there is no tasks.jsonl"},
		"two tasks": {map[string]string{"tasks.jsonl": "", "tasks.csv": ""}, "found both"},
		"range":     {map[string]string{"dataset.yaml": "name: x\nquality: {range: [1, 1]}\n", "tasks.jsonl": ""}, "dataset.yaml:2:18: found [1 1]"},
		"currency":  {map[string]string{"dataset.yaml": "name: x\ncurrency: EUR\n", "tasks.jsonl": ""}, "dataset.yaml:2:11: found \"EUR\", expected USD"},
		"kind":      {map[string]string{"dataset.yaml": "name: x\nkind: log\n", "tasks.jsonl": ""}, "expected matrix or logged"},
		"key":       {map[string]string{"dataset.yaml": "name: x\nlicense: MIT\n", "tasks.jsonl": ""}, `did you mean "licence"?`},
	} {
		if _, err := datasets.Open(folder(t, c.files)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestConfidence(t *testing.T) {
	text := `{"task": "a", "model": "m", "logprob": -0.5}` + "\n" + `{"task": "a", "model": "n", "confidence": 0}` + "\n" + `{"task": "a", "model": "o"}`
	c, err := readAll(folder(t, map[string]string{"tasks.jsonl": `{"id": "a", "prompt": "p"}`, "responses.jsonl": text}))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []waymark.Score{waymark.Scored(math.Exp(-0.5)), waymark.Scored(0), {}} {
		if got := c.Responses[i].Confidence; got != want {
			t.Errorf("response %d: %+v, want %+v", i, got, want)
		}
	}
}

func TestWriteThenRead(t *testing.T) {
	want, err := readAll(folder(t, map[string]string{"tasks.jsonl": tasks, "responses.jsonl": responses, "decisions.jsonl": decisions}))
	if err != nil {
		t.Fatal(err)
	}
	want.Responses[0].FinishReason, want.Responses[0].Confidence = "stop", waymark.Scored(0.25)
	dir := filepath.Join(t.TempDir(), "new", "set")
	w, err := datasets.Create(dir, datasets.Meta{Name: "test", Quality: &datasets.Quality{Range: []float64{0, 10}}, Features: []string{"category"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range want.Tasks {
		err = cmpErr(err, w.WriteTask(x))
	}
	for _, x := range want.Responses {
		err = cmpErr(err, w.WriteResponse(x))
	}
	for _, x := range want.Verdicts {
		err = cmpErr(err, w.WriteVerdict(x))
	}
	if err = cmpErr(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	got, err := readAll(dir)
	want.Tasks[0].Grader = json.RawMessage(`{"type":"numeric"}`) // written without spaces
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if _, err := datasets.Create(dir, datasets.Meta{Name: "again"}); err == nil {
		t.Error("a folder with files in it was overwritten")
	}
}

func cmpErr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// The real sets load, and their means are those of an independent script.
func TestRealSetsAgreeWithTheirReference(t *testing.T) {
	for set, n := range map[string][2]int{
		"swebench_bashonly": {500, 12000}, "routellm_mmlu": {14042, 28084}, "routellm_gsm8k": {1319, 2638},
		"routellm_mtbench": {80, 160}, "humaneval_raw": {164, 1968},
	} {
		t.Run(set, func(t *testing.T) {
			dir := testdata.Shared(t, "data/"+set)
			c, err := readAll(dir)
			if err != nil {
				t.Fatal(err)
			}
			if len(c.Tasks) != n[0] || len(c.Responses) != n[1] {
				t.Errorf("%d tasks and %d responses, want %v", len(c.Tasks), len(c.Responses), n)
			}
			f, _ := datasets.Open(dir)
			type sums struct{ score, cost, n float64 }
			got := map[string]sums{}
			for _, r := range c.Responses {
				if s := got[string(r.Model)]; r.Score.Known {
					got[string(r.Model)] = sums{s.score + f.Info().Quality(r.Score.Value), s.cost + r.Cost.USD.Float(), s.n + 1}
				}
			}
			for model, want := range reference(t, dir) {
				s := got[model]
				if math.Abs(s.score/s.n-want.Score) > 1e-9 || want.Cost != nil && math.Abs(s.cost/s.n-*want.Cost) > 1e-9 {
					t.Errorf("%s: mean score %g and cost %g, want %g", model, s.score/s.n, s.cost/s.n, want.Score)
				}
			}
		})
	}
}

// RouterArena's cache holds one score below its range, from a metric that can go
// negative. It is refused where it stands and not clamped in silence.
func TestRouterArenaHasAScoreOutOfRange(t *testing.T) {
	_, err := readAll(testdata.Shared(t, "data/routerarena_sub10"))
	if err == nil || !strings.Contains(err.Error(), "responses.jsonl:1254:723: found -0.0330188679245283, expected a score of the dataset's range 0 to 1") {
		t.Errorf("error %v", err)
	}
}

type means struct {
	Score float64  `json:"score"`
	Cost  *float64 `json:"mean_cost"`
}

// reference is per_model of reference.json, or the pair of a RouteLLM set.
func reference(t *testing.T, dir string) map[string]means {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "reference.json"))
	if err != nil {
		t.Fatal(err)
	}
	var ref struct {
		PerModel map[string]means `json:"per_model"`
		Graded   *struct {
			PerModel map[string]means `json:"per_model"`
		} `json:"graded_here"`
		Weak, Strong string
		All          struct {
			Weak   float64 `json:"weak_score"`
			Strong float64 `json:"strong_score"`
		}
	}
	if err := json.Unmarshal(text, &ref); err != nil {
		t.Fatal(err)
	}
	switch {
	case ref.PerModel != nil:
		return ref.PerModel
	case ref.Graded != nil:
		return ref.Graded.PerModel
	}
	return map[string]means{ref.Weak: {Score: ref.All.Weak}, ref.Strong: {Score: ref.All.Strong}}
}

func TestStoppingEarlyLeavesNothingRunning(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, `{"id": "%d", "prompt": "p"}`+"\n", i)
	}
	f, err := datasets.Open(folder(t, map[string]string{"tasks.jsonl": b.String()}))
	if err != nil {
		t.Fatal(err)
	}
	for range f.Tasks(t.Context()) {
		break
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for _, err := range f.Tasks(ctx) {
		if n++; n == 10 {
			cancel()
		}
		if err != nil {
			return
		}
	}
	t.Error("a cancelled read came to its end")
}

func FuzzTasks(f *testing.F) {
	f.Add([]byte(tasks))
	f.Add([]byte(`{"id": "a", "messages": [], "subtasks": [{"prompt": ""}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := readAll(folder(t, map[string]string{"tasks.jsonl": string(text)})); err != nil && !strings.Contains(err.Error(), "tasks.jsonl:") {
			t.Errorf("an error without a place: %v", err)
		}
	})
}

func FuzzResponsesCSV(f *testing.F) {
	f.Add([]byte("task,model,score\na,m,1\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, err := readAll(folder(t, map[string]string{"tasks.jsonl": `{"id": "a", "prompt": ""}`, "responses.csv": string(text)}))
		if err != nil && !strings.Contains(err.Error(), "responses.csv:") {
			t.Errorf("an error without a place: %v", err)
		}
	})
}

func FuzzLog(f *testing.F) {
	f.Add(`{"task": "a", "policy": "live", "model": "m", "propensity": 0.5}`, `{"task": "a", "model": "m", "score": 1}`)
	f.Add(`{"task": "a", "policy": "live", "model": "m", "propensities": {"m": 0.25, "n": 0.75}}`, `{"task": "a", "model": "m"}`)
	f.Add(`{"task": "a", "policy": "live", "model": "m", "propensity": 1e-300}`, "")
	f.Fuzz(func(t *testing.T, decisions, responses string) {
		dir := folder(t, map[string]string{"dataset.yaml": "name: x\nkind: logged\n", "tasks.jsonl": `{"id": "a", "prompt": "p"}`, "decisions.jsonl": decisions, "responses.jsonl": responses})
		fd, err := datasets.Open(dir)
		if err != nil {
			return
		}
		l, err := fd.Log(t.Context())
		if err != nil {
			return
		}
		if v := l.Chosen["a"]; !(v.Propensity > 0 && v.Propensity <= 1) || v.Model == "" || !l.Models[v.Model] || v.Policy != l.Logger {
			t.Errorf("a log is accepted with %+v", v)
		}
	})
}
