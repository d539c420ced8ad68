package replay_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"waymark"
	"waymark/datasets"
	"waymark/internal/replay"
)

// model is a live model that never says the same twice, and sometimes fails.
type model struct {
	mu    sync.Mutex
	calls int
}

func (m *model) Respond(_ context.Context, r waymark.Request) (waymark.Response, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	if m.calls%5 == 0 {
		return waymark.Response{Cost: waymark.Paid(7), Latency: time.Second}, errors.New("overloaded")
	}
	return waymark.Response{
		Output: fmt.Sprint("reply ", m.calls, " <&> \u2028"), HasOutput: true, Usage: waymark.Usage{Input: m.calls, Output: 2}, Cost: waymark.Paid(waymark.USD(m.calls)),
		Latency: time.Duration(m.calls) * time.Millisecond, TTFT: time.Millisecond, FinishReason: "stop", Confidence: waymark.Scored(0.25),
	}, nil
}

// talk asks two models side by side, one of them with parameters, and then a reviewer what it thinks of them.
type talk struct{}

func (talk) Route(ctx context.Context, t *waymark.Trial) (waymark.Decision, error) {
	first, _ := t.Call(ctx, waymark.Request{Model: "a", Query: t.Query}, waymark.Request{Model: "b", Query: t.Query, Params: `{"temperature":1}`, Sample: 2})
	ask := waymark.Query{ID: t.Query.ID, Messages: []waymark.Message{{Role: "user", Content: first[0].Output + first[0].Err + first[1].Output + first[1].Err}}}
	check, _ := t.Call(ctx, waymark.Request{Model: "b", Query: ask, Purpose: waymark.ForChecking})
	if check[0].Err != "" {
		return waymark.Decision{}, errors.New(check[0].Err)
	}
	return waymark.Decision{Answer: check[0].N, Reason: "talked"}, nil
}

// comparable is a trace without wall time, and without the features of queries, which no model sees.
func comparable(tr waymark.Trace) waymark.Trace {
	tr.Overhead = 0
	if tr.Err != nil {
		tr.Err = errors.New(tr.Err.Error())
	}
	return tr
}

// What a live run recorded replays to the same traces: calls, costs, latencies, decisions and errors.
func TestALiveRunReplaysToTheSameTraces(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("dataset.yaml", "name: live\n")
	tasks, n := "", 40
	for i := range n {
		tasks += fmt.Sprintf(`{"id": "t%02d", "prompt": "question %d"}`+"\n", i, i/2) // two tasks ask the same
	}
	write("tasks.jsonl", tasks)
	write("responses.jsonl", `{"task": "t00", "model": "a", "output": "recorded"}`+"\n")
	open := func() (*datasets.Folder, *replay.Matrix) {
		f, err := datasets.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		var ts []waymark.Task
		for task, err := range f.Tasks(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			ts = append(ts, task)
		}
		m, err := replay.New(ts)
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
		return f, m
	}
	run := func(m *replay.Matrix, src waymark.Source) (out []waymark.Trace) {
		qs := m.Queries(nil, 1)
		for repeat := range 2 {
			for i := range qs.Len() {
				out = append(out, comparable(waymark.Attempt(t.Context(), talk{}, waymark.NewTrial(qs.Query(i), repeat, 1, src))))
			}
		}
		return out
	}
	before, m := open()
	file, err := os.Create(filepath.Join(dir, "calls.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	live := &model{}
	want := run(m, replay.Layers{m, &replay.Recorder{Source: live, Encode: datasets.MarshalCall, Sink: file}})
	file.Close()
	after, m := open()
	if before.Info().Digest == after.Info().Digest {
		t.Error("the digest of the dataset does not include its calls")
	}
	calls := &replay.Calls{}
	for c, err := range after.Calls(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		calls.Put(c)
	}
	if calls.Len() != live.calls || live.calls != 3*n-1 {
		t.Errorf("%d calls recorded of %d made, want %d", calls.Len(), live.calls, 3*n-1)
	}
	got := run(m, replay.Layers{m, calls})
	failed := 0
	for i := range want {
		if want[i].Err != nil {
			failed++
		}
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("trial %d replayed\n%+v\nwas live\n%+v", i, got[i], want[i])
		}
	}
	if failed == 0 || failed == len(want) {
		t.Errorf("%d of %d trials failed: the test tests less than it says", failed, len(want))
	}
}

type brokenSink struct{ bytes.Buffer }

func (*brokenSink) Sync() error { return errors.New("disk full") }

func TestAResponseThatIsNotOnDiskIsAnError(t *testing.T) {
	r := &replay.Recorder{Source: &model{}, Encode: datasets.MarshalCall, Sink: &brokenSink{}}
	if _, err := r.Respond(t.Context(), waymark.Request{Model: "a"}); err == nil {
		t.Error("no error")
	}
}

func TestACallOfAnotherTaskAnswersAndItsScoreDoesNot(t *testing.T) {
	req := waymark.Request{Model: "a", Query: waymark.Query{ID: "t1", Messages: []waymark.Message{{Role: "user", Content: "x"}}}}
	c := &replay.Calls{}
	put := func(task, output string) {
		call := waymark.RecordedCall{Task: task, Key: req.Key(), Score: waymark.Scored(0.5)}
		call.Output, call.HasOutput = output, true
		c.Put(call)
	}
	put("t3", "three")
	put("t2", "two")
	if r, err := c.Respond(t.Context(), req); err != nil || r.Output != "two" || c.Score(req).Known {
		t.Errorf("%+v, %v, score %+v", r, err, c.Score(req))
	}
	put("t1", "one")
	put("t1", "one again")
	if r, _ := c.Respond(t.Context(), req); r.Output != "one again" || c.Score(req) != waymark.Scored(0.5) || c.Replaced != 1 {
		t.Errorf("%+v, replaced %d", r, c.Replaced)
	}
	req.Sample = 1
	if r, err := c.Respond(t.Context(), req); err != nil || r.Output != "one again" {
		t.Errorf("the first sample: %+v, %v, want the call that leaves it open", r, err)
	}
	req.Sample = 2
	if _, err := c.Respond(t.Context(), req); !errors.Is(err, waymark.ErrNotRecorded) {
		t.Errorf("another sample: %v, want a hole", err)
	}
}

// Parts carry the words and the order of subtasks, their own features and their parent's, and no label.
func TestPartsCarryNoLabel(t *testing.T) {
	sub := waymark.Task{ID: "a/1", Messages: []waymark.Message{{Role: "user", Content: "part"}}, Reference: []string{"secret"}, Grader: []byte(`"secret"`), Metadata: map[string]any{"hidden": "secret", "tenant": "own"}}
	next := waymark.Task{ID: "a/2", Messages: sub.Messages, After: []string{"a/1"}, Reference: []string{"secret"}, Subtasks: []waymark.Task{{ID: "a/2/1", Reference: []string{"secret"}}}}
	m := build(t, []waymark.Task{{ID: "a", Category: "c", Metadata: map[string]any{"tenant": "whole", "hidden": "secret"}, Subtasks: []waymark.Task{sub, next}}, {ID: "b"}})
	q := m.Queries([]string{"category", "tenant"}, 1).Query(0)
	text, err := json.Marshal(q)
	if err != nil || strings.Contains(string(text), "secret") {
		t.Errorf("a label shows: %s (%v)", text, err)
	}
	if len(q.Parts) != 2 || q.Parts[0].Features["tenant"] != "own" || q.Parts[0].Features["category"] != "c" || q.Parts[1].Features["tenant"] != "whole" || q.Parts[1].After[0] != "a/1" || q.Parts[1].Parts[0].ID != "a/2/1" {
		t.Errorf("parts %+v", q.Parts)
	}
	if other := m.Queries(nil, 1).Pick([]int{1, 0}); other.Query(0).Parts != nil || len(other.Query(1).Parts) != 2 || len(other.Slice(1, 2).Query(0).Parts) != 2 {
		t.Error("picked and sliced queries have the parts of others")
	}
}
