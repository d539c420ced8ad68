package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"waymark"
	"waymark/datasets"
	"waymark/internal/replay"
	"waymark/policies"
	"waymark/suite"
)

var update = flag.Bool("update", false, "accept golden files as they come out")

// A deskTask is a question of the harbour desk, a SYNTHETIC dataset of which all that models say is made up here.
type deskTask struct {
	ID        string         `json:"id,omitempty"`
	Prompt    string         `json:"prompt"`
	Reference string         `json:"reference,omitempty"`
	Grader    string         `json:"grader,omitempty"`
	Metadata  map[string]any `json:"metadata,omitempty"`
	After     []string       `json:"after,omitempty"`
	Subtasks  []deskTask     `json:"subtasks,omitempty"`
	truth     string
	slips     string // of small's three samples those that are wrong: "1", "23", …
}

func ask(prompt, truth, slips, kind string, after ...string) deskTask {
	return deskTask{Prompt: prompt, Reference: truth, Grader: "numeric", Metadata: map[string]any{"kind": kind}, After: after, truth: truth, slips: slips}
}

// desk is the dataset. The last three have no reference of their own.
func desk() []deskTask {
	tasks := []deskTask{
		ask("A ferry carries 40 cars and 3 lorries. How many vehicles is that?", "43", "", "sum"),
		ask("A ticket costs 18 and a family buys 4. What do they pay?", "72", "3", "product"),
		ask("The 09:40 ferry is 25 minutes late. At how many minutes past ten does it leave?", "5", "12", "sum"),
		ask("A rope of 96 metres is cut into 8 equal pieces. How long is one?", "12", "2", "product"),
		ask("Of 120 berths 35 are taken. How many are free?", "85", "1", "sum"),
		ask("A pilot earns 310 a day. What does she earn in 6 days?", "1860", "123", "product"),
		ask("Line A charges 12 a crossing and line B 15. How much dearer are 4 crossings with B?", "12", "13", "mixed"),
		ask("A crate weighs 20 kilos and holds 16 tins of 2 kilos. What does it weigh when full?", "52", "2", "mixed"),
		ask("Three piers have 14 lamps each and 5 are broken. How many lamps work?", "37", "12", "mixed"),
		ask("Fill in the log: boats in on two days of 9 each, and boats still there after 7 have left.", "", "", "log"),
		ask("Fill in the log: fuel for 5 trips of 30 litres, and what is left of 200 litres.", "", "", "log"),
		ask("Fill in the log: crew of 4 boats of 6, and crew on deck when 10 are below.", "", "", "log"),
	}
	parts := map[int][]deskTask{
		6:  {ask("What do 4 crossings at 12 cost?", "48", "", "product"), ask("What do 4 crossings at 15 cost?", "60", "", "product"), ask("By how much is 60 more than 48?", "12", "", "sum", "1", "2")},
		7:  {ask("What do 16 tins of 2 kilos weigh?", "32", "", "product"), ask("A crate of 20 kilos is filled with 32 kilos. What does it weigh?", "52", "1", "sum", "1")},
		8:  {ask("How many lamps have three piers of 14 lamps?", "42", "1", "product"), ask("Of 42 lamps 5 are broken. How many work?", "37", "", "sum", "1")},
		9:  {ask("How many boats come in on two days of 9 each?", "18", "", "product"), ask("Of 18 boats 7 leave. How many are still there?", "11", "", "sum", "1")},
		10: {ask("How many litres do 5 trips of 30 litres take?", "150", "1", "product"), ask("What is left of 200 litres after 150?", "50", "1", "sum", "1")},
		11: {ask("How many crew have 4 boats of 6?", "24", "", "product"), ask("Of 24 crew 10 are below. How many are on deck?", "14", "", "sum", "1")},
	}
	for i := range tasks {
		t := &tasks[i]
		t.ID = fmt.Sprintf("d%02d", i+1)
		t.Subtasks = parts[i]
		if t.Reference == "" {
			t.Grader, t.truth = "", "filled in"
		}
	}
	return tasks
}

// deskModels are the models of the desk, live.
type deskModels struct{ tasks []deskTask }

// about is the task or subtask whose prompt stands in a text; the longest goes first.
func (m deskModels) about(text string) (found *deskTask) {
	var look func(ts []deskTask)
	look = func(ts []deskTask) {
		for i := range ts {
			if strings.Contains(text, ts[i].Prompt) && (found == nil || len(ts[i].Prompt) > len(found.Prompt)) {
				found = &ts[i]
			}
			look(ts[i].Subtasks)
		}
	}
	look(m.tasks)
	return found
}

// Respond says what a model of the desk says: small slips, large does not.
func (m deskModels) Respond(_ context.Context, r waymark.Request) (waymark.Response, error) {
	prompt := r.Query.Prompt()
	t := m.about(prompt)
	if t == nil {
		return waymark.Response{}, fmt.Errorf("nobody at the desk knows: %s", prompt)
	}
	out := waymark.Response{HasOutput: true, Usage: waymark.Usage{Input: len(prompt) / 4, Output: 12}, FinishReason: "stop"}
	price, pace := waymark.USD(2_000_000), 300*time.Millisecond
	if r.Model == "large" {
		price, pace = 40_000_000, 700*time.Millisecond
	}
	out.Cost = waymark.Paid(price * waymark.USD(out.Usage.Input+out.Usage.Output))
	out.Latency = pace + time.Duration(out.Usage.Input)*time.Millisecond
	out.Output = m.says(t, prompt, r)
	return out, nil
}

func (m deskModels) says(t *deskTask, prompt string, r waymark.Request) string {
	_, draft, isReview := strings.Cut(prompt, "\nDraft:\n")
	switch {
	case r.Purpose == waymark.ForPlanning:
		return planOf(t)
	case isReview && strings.Contains(prompt, "APPROVE") && strings.Contains(draft, "is "+t.truth+"."):
		return "APPROVE"
	case isReview && strings.Contains(prompt, "REJECT"):
		return "REJECT"
	case isReview:
		return "It is " + t.truth + "."
	case strings.Contains(prompt, "Which answer is the best?"):
		for n, text := range strings.Split(prompt, "\nAnswer ")[1:] {
			if strings.Contains(text, "is "+t.truth+".") {
				return fmt.Sprintf("Answer %d", n+1)
			}
		}
		return "1"
	case strings.HasPrefix(prompt, "List the numbers"):
		return "the numbers of the question"
	case r.Model == "small" && strings.Contains(t.slips, fmt.Sprint(max(1, r.Sample))):
		return "It is " + t.truth + "1."
	}
	return "It is " + t.truth + "."
}

// planOf takes a question apart as the dataset does, or leaves it whole.
func planOf(t *deskTask) string {
	type part struct {
		ID     string   `json:"id"`
		Prompt string   `json:"prompt"`
		After  []string `json:"after"`
	}
	list := []part{{"1", t.Prompt, []string{}}}
	if len(t.Subtasks) > 0 {
		list = nil
	}
	for i, s := range t.Subtasks {
		list = append(list, part{fmt.Sprint(i + 1), s.Prompt, append([]string{}, s.After...)})
	}
	b, _ := json.Marshal(list) // strings only
	return string(b)
}

// deskFiles are the tables of the desk without its calls.
func deskFiles(t *testing.T) map[string]string {
	t.Helper()
	var tasks, responses strings.Builder
	row := func(to *strings.Builder, v any) {
		enc := json.NewEncoder(to)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	models := deskModels{desk()}
	answer := func(id string, task deskTask, model string, sample int, scored bool) {
		q := waymark.Query{ID: id, Messages: []waymark.Message{{Role: "user", Content: task.Prompt}}}
		resp, err := models.Respond(t.Context(), waymark.Request{Model: waymark.ModelID(model), Query: q, Sample: sample + 1})
		if err != nil {
			t.Fatal(err)
		}
		r := map[string]any{"task": id, "model": model, "output": resp.Output, "cost_usd": resp.Cost.USD.Float(), "latency_ms": float64(resp.Latency) / 1e6}
		if sample > 0 {
			r["sample"] = sample
		}
		if scored {
			r["score"] = map[string]float64{"small": 0.5, "tiny": 0, "large": 0.5}[model]
		}
		switch {
		case model == "tiny" && id == "d05":
			r = map[string]any{"task": id, "model": model, "error": "overloaded", "cost_usd": 0, "latency_ms": 50}
		case model == "tiny" && id == "d04":
			r["latency_ms"] = 2500
		}
		row(&responses, r)
	}
	for _, task := range desk() {
		row(&tasks, task)
		for _, model := range []string{"small", "large", "tiny"} {
			for sample := range map[string]int{"small": 3, "large": 1, "tiny": 1}[model] {
				answer(task.ID, task, model, sample, task.Reference == "")
			}
		}
		for n, sub := range task.Subtasks {
			answer(fmt.Sprintf("%s/%d", task.ID, n+1), sub, "small", 0, false)
			answer(fmt.Sprintf("%s/%d", task.ID, n+1), sub, "large", 0, false)
		}
	}
	return map[string]string{
		"dataset.yaml": "# Made by `go test ./cmd/waymark -run TestHarbourDesk -update`; all that models say is made up there.\n" +
			"name: harbour-desk\nsynthetic: true\nlicence: made for these tests\nfeatures: [kind]\n",
		"tasks.jsonl": tasks.String(), "responses.jsonl": responses.String(),
	}
}

// deskSuites are the suites over the desk that the documents and the scripts hold.
func deskSuites(t *testing.T) (out []*suite.Suite) {
	t.Helper()
	add := func(text string) {
		s, err := suite.Parse("suite.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	for _, page := range []string{"fallback", "vote", "best-of", "review", "planner"} {
		text, err := os.ReadFile("../../docs/policies/" + page + ".md")
		if err != nil {
			t.Fatal(err)
		}
		found := block.FindAllStringSubmatch(string(text), -1)
		if len(found) == 0 {
			t.Errorf("docs/policies/%s.md prints no suite", page)
		}
		for _, m := range found {
			add(m[1])
		}
	}
	return out
}

// Every suite that these pages print runs as it stands over the desk.
func TestDeskSuitesRun(t *testing.T) {
	dir, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range deskSuites(t) {
		s.Path = filepath.Join(dir, "suite.yaml")
		res, err := s.Run(t.Context(), suite.Options{})
		if err != nil {
			t.Errorf("suite %d: %v", i, err)
			continue
		}
		for _, row := range res.Policies {
			if row.Failed > 0 || row.Holes > 0 || !(row.Quality.Value > 0) {
				t.Errorf("suite %d: %s has %d failed rows, %d holes, quality %v", i, row.Name, row.Failed, row.Holes, row.Quality.Value)
			}
		}
	}
}

// matrixOf reads a folder's tasks, or their subtasks, and what is recorded of them.
func matrixOf(t *testing.T, f *datasets.Folder, pick func([]waymark.Task) []waymark.Task) *replay.Matrix {
	t.Helper()
	var tasks []waymark.Task
	for task, err := range f.Tasks(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		tasks = append(tasks, task)
	}
	m, err := replay.New(pick(tasks))
	if err != nil {
		t.Fatal(err)
	}
	for r, err := range f.Responses(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		m.Put(r)
	}
	m.Seal()
	return m
}

// A memory is a sink.
type memory struct{ bytes.Buffer }

func (*memory) Sync() error { return nil }

// deskCalls records what every policy over the desk asks of its models beyond what is recorded, sorted.
func deskCalls(t *testing.T, dir string) string {
	t.Helper()
	f, err := datasets.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	whole := matrixOf(t, f, func(ts []waymark.Task) []waymark.Task { return ts })
	parts := matrixOf(t, f, replay.Parts)
	sink := &memory{}
	src := replay.Layers{whole, parts, &replay.Recorder{Source: deskModels{desk()}, Encode: datasets.MarshalCall, Sink: sink}}
	qs := whole.Queries([]string{"kind"}, 1)
	for _, s := range deskSuites(t) {
		for _, e := range s.Policies {
			p, err := e.Config.Build(policies.Inputs{Models: whole.Models, Features: []string{"kind"}})
			if err != nil {
				t.Fatalf("%s: %v", e.Name, err)
			}
			for i := range qs.Len() {
				tr := waymark.Attempt(t.Context(), p, waymark.NewTrial(qs.Query(i), 0, 1, src))
				if tr.Err != nil {
					t.Fatalf("%s on %s: %v", e.Name, tr.Query, tr.Err)
				}
			}
		}
	}
	lines := strings.SplitAfter(sink.String(), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// The files of the harbour desk are what its models say to the policies of the documents: a changed prompt
// is recorded anew by -update.
func TestHarbourDeskIsAsRecorded(t *testing.T) {
	dir := t.TempDir()
	files := deskFiles(t)
	write := func(dir string) {
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	write(dir)
	files["calls.jsonl"] = deskCalls(t, dir)
	if *update {
		write("testdata/harbour-desk")
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("testdata/harbour-desk", name))
		if err != nil || string(got) != want {
			t.Errorf("testdata/harbour-desk/%s is not what the desk's models say (%v); look at the difference that -update makes", name, err)
		}
	}
}
