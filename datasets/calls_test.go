package datasets_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waymark"
	"waymark/datasets"
)

const taskOfParts = `{"id": "t1", "prompt": "whole", "subtasks": [{"prompt": "one"}, {"id": "own", "prompt": "two", "after": ["1"]}]}`

// callsOf reads a dataset of one task and some calls.
func callsOf(t *testing.T, tasks, calls string) (out []waymark.RecordedCall, ts []waymark.Task, err error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"dataset.yaml": "name: x\nquality: {range: [0, 10]}\n", "tasks.jsonl": tasks, "calls.jsonl": calls} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := datasets.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for task, err := range f.Tasks(t.Context()) {
		if err != nil {
			return nil, nil, err
		}
		ts = append(ts, task)
	}
	for c, err := range f.Calls(t.Context()) {
		if err != nil {
			return nil, ts, err
		}
		out = append(out, c)
	}
	return out, ts, nil
}

func TestCallsAreKeyedAsRequests(t *testing.T) {
	calls, tasks, err := callsOf(t, taskOfParts, `
{"task": "own", "model": "m", "purpose": "answer", "messages": [{"role": "user", "content": "<a> & é"}], "params": {"b": 1, "a": [ ]}, "sample": 2, "output": "", "score": 5, "cost_usd": 0.5}
{"task": "t1/made/up", "model": "m", "purpose": "planning", "prompt_sha256": "`+strings.Repeat("0f", 32)+`", "error": "timed out", "latency_ms": 3}`)
	if err != nil {
		t.Fatal(err)
	}
	want := waymark.Request{Model: "m", Query: waymark.Query{Messages: []waymark.Message{{Role: "user", Content: "<a> & é"}}}, Params: `{"a":[],"b":1}`, Sample: 2}
	if c := calls[0]; c.Key != want.Key() || c.Score != waymark.Scored(0.5) || !c.HasOutput || c.Cost != waymark.Paid(waymark.Dollar/2) {
		t.Errorf("%+v, want the key of %+v", c, want)
	}
	if c := calls[1]; c.Key.Prompt[0] != 0x0f || c.Key.Purpose != waymark.ForPlanning || c.Err != "timed out" || c.Cost.Known {
		t.Errorf("%+v", c)
	}
	if got := tasks[0].Subtasks[1]; got.ID != "own" || len(got.After) != 1 || got.After[0] != "t1/1" {
		t.Errorf("subtask %+v", got)
	}
}

func TestMistakesInCallsHaveAPlace(t *testing.T) {
	const good = `{"task": "t1", "model": "m", "purpose": "answer", "messages": [], "output": "x"}`
	for name, tt := range map[string]struct{ call, want string }{
		"unknown key":     {strings.Replace(good, `"model"`, `"mdel"`, 1), `calls.jsonl:2:24: found unknown key "mdel"; did you mean "model"?`},
		"unknown task":    {strings.Replace(good, `"t1"`, `"t2"`, 1), `calls.jsonl:2:10: found task "t2"`},
		"purpose":         {strings.Replace(good, `"answer"`, `"judging"`, 1), `calls.jsonl:2:41: found purpose "judging", expected one of answer, routing`},
		"no purpose":      {`{"task": "t1", "model": "m", "messages": [], "output": "x"}`, `calls.jsonl:2:1: found purpose ""`},
		"cost":            {strings.Replace(good, `"output"`, `"cost_usd": -1, "output"`, 1), `found -1, expected US dollars`},
		"no prompt":       {strings.Replace(good, `"messages": [], `, ``, 1), `found neither messages nor prompt_sha256`},
		"both prompts":    {strings.Replace(good, `"output"`, `"prompt_sha256": "00", "output"`, 1), `found both messages and prompt_sha256`},
		"digest":          {strings.Replace(good, `"messages": []`, `"prompt_sha256": "00"`, 1), `calls.jsonl:2:68: found "00", expected 64 hexadecimal digits`},
		"nothing said":    {strings.Replace(good, `, "output": "x"`, ``, 1), `found neither output nor error`},
		"params":          {strings.Replace(good, `"output"`, `"params": 3, "output"`, 1), `found a number, expected an object`},
		"score of checks": {`{"task": "t1", "model": "m", "purpose": "planning", "messages": [], "output": "x", "score": 1}`, `found the score of a call for planning`},
		"sample":          {strings.Replace(good, `"output"`, `"sample": -1, "output"`, 1), `found -1, expected a whole number`},
		"not JSON":        {`{"task": `, `calls.jsonl:2:`},
	} {
		_, _, err := callsOf(t, taskOfParts, good+"\n"+tt.call)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", name, err, tt.want)
		}
	}
}

func TestMistakesInSubtasksHaveAPlace(t *testing.T) {
	for tasks, want := range map[string]string{
		`{"id": "a", "prompt": "x", "after": ["b"]}`:                                                                                          `tasks.jsonl:1:37: found after in a task`,
		`{"id": "a", "prompt": "x", "subtasks": [{"prompt": "y", "after": ["7"]}]}`:                                                           `found after: "7", expected the id of another subtask`,
		`{"id": "a", "prompt": "x", "subtasks": [{"prompt": "y", "after": ["2"]}, {"prompt": "z", "after": ["1"]}]}`:                          `wait for each other: a/1, a/2`,
		`{"id": "a", "prompt": "x", "subtasks": [{"prompt": "y", "after": ["1"]}]}`:                                                           `expected the id of another subtask`,
		`{"id": "a", "prompt": "x", "subtasks": [{"prompt": "y", "id": "b"}]}` + "\n" + `{"id": "b", "prompt": "x"}`:                          `tasks.jsonl:2:8: found id "b" a second time`,
		`{"id": "b", "prompt": "x"}` + "\n" + `{"id": "a", "prompt": "x", "subtasks": [{"prompt": "y", "id": "b"}]}`:                          `found id "b" of a subtask a second time (first on line 1)`,
		`{"id": "a", "prompt": "x", "subtasks": ` + strings.Repeat(`[{"prompt": "y", "subtasks": `, 5) + "[]" + strings.Repeat("}]", 5) + "}": `more than 4 deep`,
		`{"id": "a", "prompt": "x", "subtasks": [{"prompt": "y", "id": "a/+b"}]}`:                                                             `tasks.jsonl:1:40: subtask 1: found id "a/+b"`,
		`{"id": "a", "prompt": "x", "subtasks": [{"prompt": "y", "id": "+b"}]}`:                                                               `tasks.jsonl:1:40: subtask 1: found id "+b"`,
		`{"id": "a", "prompt": "x", "subtasks": [{"prompt": "y", "subtasks": [{"prompt": "z", "id": "a/1/+b"}]}]}`:                            `found id "a/1/+b", expected an id whose last part does not begin with +`,
	} {
		if _, _, err := callsOf(t, tasks, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", tasks, err, want)
		}
	}
}
