package suite_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waymark"
	"waymark/datasets"
	"waymark/evaluators"
	"waymark/internal/store"
	"waymark/suite"
)

// revision is what the reviewer of these tests is asked.
func revision(draft string) []waymark.Message {
	return []waymark.Message{{Role: "user", Content: "Better: " + draft}}
}

// callsSet is a dataset of two plain tasks, whose drafts are revised, and of one in parts.
func callsSet(t *testing.T, grader string, calls ...func(i int, r *waymark.Request, resp *waymark.Response)) string {
	t.Helper()
	dir := t.TempDir()
	var tasks, responses, recorded strings.Builder
	for i := range 12 {
		fmt.Fprintf(&tasks, `{"id": "t%02d", "prompt": "question %d", "reference": "%d", "grader": %q}`+"\n", i, i, i, grader)
		fmt.Fprintf(&responses, `{"task": "t%02d", "model": "small", "output": "It is %d", "score": 0, "cost_usd": 0.001, "latency_ms": 10}`+"\n", i, i+7)
		req := waymark.Request{Model: "critic", Query: waymark.Query{ID: fmt.Sprintf("t%02d", i), Messages: revision(fmt.Sprintf("It is %d", i+7))}}
		resp := waymark.Response{Output: fmt.Sprintf("It is %d", i+i%2), HasOutput: true, Cost: waymark.Paid(2e9), Latency: 5e6}
		for _, change := range calls {
			change(i, &req, &resp)
		}
		line, err := datasets.MarshalCall(req, resp)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&recorded, "%s\n", line)
	}
	for name, text := range map[string]string{
		"dataset.yaml": "name: calls\n", "tasks.jsonl": tasks.String(), "responses.jsonl": responses.String(), "calls.jsonl": recorded.String(),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func runOf(t *testing.T, dir, text string, opt suite.Options) (*suite.Result, error) {
	t.Helper()
	s, err := suite.Parse(filepath.Join(dir, "suite.yaml"), []byte("dataset: .\n"+text))
	if err != nil {
		t.Fatal(err)
	}
	return s.Run(t.Context(), opt)
}

const revising = `policies:
  - {name: revised, type: review, draft: small, reviewer: critic, mode: revise, prompt: "Better: {{.Draft}}"}
`

// What a reviewer wrote is graded by the task's grader, charged beside the draft, and remembered.
func TestWhatNoCellHoldsIsGraded(t *testing.T) {
	dir := callsSet(t, "numeric")
	db, err := store.Open(t.Context(), filepath.Join(dir, "results.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for range 2 { // the second time from memory
		res, err := runOf(t, dir, revising, suite.Options{DB: db})
		if err != nil {
			t.Fatal(err)
		}
		row := res.Policies[0]
		if row.Quality.Value != 0.5 || math.Abs(float64(row.Cost.PerTask.Value)-0.003) > 1e-12 || row.Latency.P50 != 15 || row.Calls != 24 {
			t.Errorf("quality %v cost %v latency %v calls %d, want 0.5 (even tasks) $0.003 15 ms 24", row.Quality.Value, row.Cost.PerTask.Value, row.Latency.P50, row.Calls)
		}
	}
	g, err := evaluators.Parse("numeric")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := db.Grades(t.Context(), []store.GradeKey{evaluators.MemoKey(g, &waymark.Task{Reference: []string{"3"}}, "It is 4")})
	if err != nil || kept[0].Status != waymark.Graded || kept[0].Score != 0 {
		t.Errorf("the grade of a revised answer is not remembered: %+v, %v", kept, err)
	}
}

// Under a grader that takes what is recorded a text cannot be judged; the recorded score of the call can.
func TestRecordedScoresOfCallsCount(t *testing.T) {
	dir := callsSet(t, "recorded")
	res, err := runOf(t, dir, revising, suite.Options{})
	if err == nil || res == nil || res.Policies[0].Failed != 12 || !strings.Contains(strings.Join(res.Policies[0].Warnings, " "), "the answer was composed and grader recorded cannot judge text") {
		t.Fatalf("no score: error %v, %+v", err, res)
	}
	path := filepath.Join(dir, "calls.jsonl")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	scored := strings.ReplaceAll(string(text), `"output":`, `"score":0.25,"output":`)
	if err := os.WriteFile(path, []byte(scored), 0o644); err != nil {
		t.Fatal(err)
	}
	if res, err = runOf(t, dir, revising, suite.Options{}); err != nil || res.Policies[0].Quality.Value != 0.25 {
		t.Errorf("scored: error %v, %+v", err, res)
	}
}

// A call whose cost is not recorded, among costs that are, is refused: leaving those tasks out would be another cost.
func TestACallOfUnknownCostIsRefused(t *testing.T) {
	dir := callsSet(t, "numeric", func(i int, _ *waymark.Request, resp *waymark.Response) {
		if i == 3 {
			resp.Cost = waymark.Cost{}
		}
	})
	_, err := runOf(t, dir, revising, suite.Options{})
	if err == nil || !strings.Contains(err.Error(), `suite.yaml:3:5: policy "revised" calls critic (for answer) on task "t03", and what that cost is not recorded`) {
		t.Errorf("error %v", err)
	}
}

// A call that failed is a failed row; one that is not recorded a hole.
func TestFailedAndMissingCalls(t *testing.T) {
	dir := callsSet(t, "numeric", func(i int, _ *waymark.Request, resp *waymark.Response) {
		if i == 3 {
			resp.Output, resp.HasOutput, resp.Err = "", false, "overloaded"
		}
	})
	res, err := runOf(t, dir, "tolerance: 0.2\n"+revising, suite.Options{})
	if err != nil || res.Policies[0].Failed != 1 || !strings.Contains(strings.Join(res.Policies[0].Warnings, " "), "review: critic failed: overloaded") {
		t.Errorf("failed: error %v", err)
	}
	dir = callsSet(t, "numeric", func(i int, r *waymark.Request, _ *waymark.Response) {
		if i == 3 {
			r.Query.Messages = revision("something else")
		}
	})
	if _, err = runOf(t, dir, revising, suite.Options{}); err == nil || !strings.Contains(err.Error(), `1 tasks lack a response that policy revised needs (the first is "t03")`) {
		t.Errorf("missing: error %v", err)
	}
	res, err = runOf(t, dir, "holes: complete\n"+revising, suite.Options{})
	if err != nil || res.Policies[0].N != 11 {
		t.Errorf("complete: error %v", err)
	}
}

// partsSet is a dataset of one kind of task in three parts of weights 1, 1 and 2, the first two of which small gets right.
func partsSet(t *testing.T, more string) string {
	t.Helper()
	dir := t.TempDir()
	var tasks, responses strings.Builder
	for i := range 12 {
		id := fmt.Sprintf("t%02d", i)
		fmt.Fprintf(&tasks, `{"id": %q, "prompt": "whole %d"%s, "subtasks": [{"prompt": "a %d", "reference": "1", "grader": "numeric"}, {"prompt": "b %d", "reference": "2", "grader": "numeric"}, {"prompt": "c %d", "reference": "3", "grader": "numeric", "weight": 2, "after": ["1"]}]}`+"\n", id, i, more, i, i, i)
		fmt.Fprintf(&responses, `{"task": %q, "model": "small", "output": "3", "score": 1, "cost_usd": 0.5, "latency_ms": 10}`+"\n", id)
		for n, says := range []string{"1", "2", "4"} {
			fmt.Fprintf(&responses, `{"task": "%s/%d", "model": "small", "output": %q, "cost_usd": 0.001, "latency_ms": %d}`+"\n", id, n+1, says, 100*(n+1))
		}
	}
	for name, text := range map[string]string{"dataset.yaml": "name: parts\n", "tasks.jsonl": tasks.String(), "responses.jsonl": responses.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// The parts are graded by their own labels and the whole by the declared aggregate; the
// first and third follow each other (100 + 300 ms) beside the second (200 ms).
func TestTasksAreGradedByTheirParts(t *testing.T) {
	for how, want := range map[string]float64{"mean": 2. / 3, "weighted": 0.5, "min": 0, "all": 0} {
		res, err := runOf(t, partsSet(t, ""), fmt.Sprintf("policies:\n  - {name: planned, type: planner, plan: recorded, route: {type: fixed, model: small}, join: concatenate, aggregate: %s}\n", how), suite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		row := res.Policies[0]
		if math.Abs(float64(row.Quality.Value)-want) > 1e-12 || math.Abs(float64(row.Cost.PerTask.Value)-0.003) > 1e-12 || row.Latency.P50 != 400 {
			t.Errorf("%s: quality %v, want %g; cost %v; latency %v", how, row.Quality.Value, want, row.Cost.PerTask.Value, row.Latency.P50)
		}
	}
}

// A task with a reference is graded as a whole, whatever its parts are worth; without one, and without an aggregate, it cannot be.
func TestAWholeGoesBeforeItsParts(t *testing.T) {
	const text = "policies:\n  - {name: planned, type: planner, plan: recorded, route: {type: fixed, model: small}, join: last%s}\n"
	res, err := runOf(t, partsSet(t, `, "reference": "4", "grader": "numeric"`), fmt.Sprintf(text, ", aggregate: min"), suite.Options{})
	if err != nil || res.Policies[0].Quality.Value != 1 {
		t.Errorf("whole: error %v", err)
	}
	res, err = runOf(t, partsSet(t, ""), fmt.Sprintf(text, ""), suite.Options{})
	if err == nil || res == nil || !strings.Contains(strings.Join(res.Policies[0].Warnings, " "), "the policy names no aggregate of its parts' grades") {
		t.Errorf("no aggregate: error %v", err)
	}
}

// The suite's prices price answers to parts and recorded calls too.
func TestPricesAreOfCallsToo(t *testing.T) {
	dir := callsSet(t, "numeric", func(_ int, _ *waymark.Request, resp *waymark.Response) { resp.Usage = waymark.Usage{Input: 1000} })
	text, err := os.ReadFile(filepath.Join(dir, "responses.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	priced := strings.ReplaceAll(string(text), `"score"`, `"input_tokens": 100, "score"`)
	if err := os.WriteFile(filepath.Join(dir, "responses.jsonl"), []byte(priced), 0o644); err != nil {
		t.Fatal(err)
	}
	res, err := runOf(t, dir, "models: [{id: small, price: {input: 1}}, {id: critic, price: {input: 10}}]\n"+revising, suite.Options{})
	if err != nil || math.Abs(float64(res.Policies[0].Cost.PerTask.Value)-0.0101) > 1e-12 {
		t.Errorf("error %v, cost %+v, want 100 tokens at $1 and 1,000 at $10 a million", err, res)
	}
}
