package wire

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"waymark"
)

var pool = []waymark.ModelID{"small", "large"}

func parsed(t *testing.T, line string) *Reply {
	t.Helper()
	r, err := ParseReply([]byte(line), nil)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return r
}

func TestLinesThatBelongToNothing(t *testing.T) {
	for _, line := range []string{``, `null`, `[]`, `{}`, `{"n":"1"}`, `{"n":1.5}`, `{"n":1,"n":1}`, "{\"n\":1,\"x\":\"\xff\"}", `{"n":1} {"n":2}`, `{"n":1e3}`, `hello`, strings.Repeat("[", 20000)} {
		if r, err := ParseReply([]byte(line), nil); err == nil {
			t.Errorf("%.40q is taken for the answer to %d", line, r.N)
		}
	}
}

// Waymark's lines begin as the protocol says, for those who read them without a parser,
// and tell nothing of a grade.
func TestLinesOfWaymark(t *testing.T) {
	qs := &waymark.Queries{IDs: []string{"t\"1"}, Repeat: 2, Features: map[string]waymark.Column{"category": {Code: []uint32{0}, Dict: []any{"math"}}}}
	qs.Messages = func(int) []waymark.Message { return []waymark.Message{{Role: "user", Content: "a\nb"}} }
	call := waymark.Call{Request: waymark.Request{Model: "small"}, Response: waymark.Response{Output: "", HasOutput: true, Cost: waymark.Paid(0), Err: "late"}}
	outcomes := &waymark.Outcomes{Queries: qs, Models: pool, Quality: [][]float64{{0.5}, {math.NaN()}}, Cost: [][]float64{{math.NaN()}, {2}}}
	for want, line := range map[string]any{
		`{"type":"hello","n":0,"protocol":1,"purpose":"scorer","models":["small","large"],"features":["category"],"seed":18446744073709551615,"ladder":["small","large"]}`:                                                 Hello{Version, ForScorer, pool, []string{"category"}, math.MaxUint64, pool}.line(0),
		`{"type":"select","n":3,"queries":[{"id":"t\"1","repeat":2,"features":{"category":"math"},"messages":[{"role":"user","content":"a\nb"}]}]}`:                                                                        batchLine(Select, qs)(3),
		`{"type":"answers","n":4,"answers":[{"model":"small","text":"","usage":{},"cost_usd":0,"latency_ms":null,"error":"late"}]}`:                                                                                        answersLine([]waymark.Call{call})(4),
		`{"type":"outcomes","n":5,"outcomes":[{"query":{"id":"t\"1","repeat":2,"features":{"category":"math"},"messages":[{"role":"user","content":"a\nb"}]},"quality":{"small":0.5},"cost_usd":{"large":2},"weight":1}]}`: outcomesLine([]Outcome{OutcomeOf(outcomes, 0)})(5),
	} {
		got, err := encode(line)
		if err != nil || string(got) != want+"\n" {
			t.Errorf("%v\n%swant\n%s", err, got, want)
		}
	}
}

func TestTurns(t *testing.T) {
	q := waymark.Query{ID: "t", Messages: []waymark.Message{{Role: "user", Content: "own"}}}
	good := parsed(t, `{"n":1,"call":[{"model":"small"},{"model":"large","messages":[{"role":"user","content":"check"}],"params":{"b":1,"a":[2]},"purpose":"checking","sample":3}]}`)
	turn, err := good.turn(q, pool, 0)
	if err != nil || len(turn.Calls) != 2 || &turn.Calls[0].Query.Messages[0] != &q.Messages[0] {
		t.Fatalf("%+v, %v", turn, err)
	}
	c := turn.Calls[1]
	if c.Params != `{"a":[2],"b":1}` || c.Purpose != waymark.ForChecking || c.Sample != 3 || c.Query.Messages[0].Content != "check" || c.Query.ID != "t" {
		t.Errorf("call %+v", c)
	}
	for line, want := range map[string]string{
		`{"n":1}`: "neither or both of call and decide",
		`{"n":1,"call":[{"model":"small"}],"decide":{"answer":0}}`: "neither or both of call and decide",
		`{"n":1,"call":[]}`:                                                                  "makes 0 calls",
		`{"n":1,"call":[{}]}`:                                                                "call[0]: no model is named",
		`{"n":1,"call":[{"model":"Small"}]}`:                                                 `did you mean "small"?`,
		`{"n":1,"call":[{"model":"small","purpose":"judging"}]}`:                             "expected one of [answer routing checking planning]",
		`{"n":1,"call":[{"model":"small","sample":-1}]}`:                                     "expected a whole number from 0",
		`{"n":1,"call":[{"model":"small","params":[1]}]}`:                                    "expected an object",
		`{"n":1,"call":[{"model":"small","messages":"hi"}]}`:                                 "expected a list of {role, content}",
		`{"n":1,"call":[` + strings.Repeat(`{"model":"small"},`, 64) + `{"model":"small"}]}`: "makes 65 calls",
		`{"n":1,"decide":{"answer":2}}`:                                                      "one of the 2 calls",
		`{"n":1,"decide":{"answer":-1}}`:                                                     "one of the 2 calls",
		`{"n":1,"decide":{"answer":0.5}}`:                                                    "one of the 2 calls",
		`{"n":1,"decide":{}}`:                                                                "neither or both of answer and text",
		`{"n":1,"decide":{"answer":0,"text":"x"}}`:                                           "neither or both of answer and text",
		`{"n":1,"decide":{"text":7}}`:                                                        "expected text",
		`{"n":1,"decide":{"answer":0,"latency_ms":Infinity}}`:                                "expected a finite number",
		`{"n":1,"decide":{"answer":0,"cost_usd":1e300}}`:                                     "below 9.2 million",
		`{"n":1,"error":"lost"}`:                                                             "the router reports: lost",
	} {
		if turn, err := parsed(t, line).turn(q, pool, 2); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80s: %+v, %v; want %s", line, turn, err, want)
		}
	}
	turn, err = parsed(t, `{"n":1,"decide":{"answer":1,"reason":"a\nb","cost_usd":0.5,"latency_ms":2}}`).turn(q, pool, 2)
	if err != nil || turn.Decide.Answer != 1 || turn.Decide.Reason != "a b" || turn.Spent.Cost != waymark.Paid(waymark.Dollar/2) || !turn.Spent.Timed {
		t.Errorf("%+v, %v", turn, err)
	}
}

// NaN is a mistake of its row wherever it stands, and text is left alone.
func TestQuoteNaN(t *testing.T) {
	for in, want := range map[string]string{
		`{"a":NaN,"b":"NaN \" NaN","c":[-Infinity,Infinity]}`: `{"a":"NaN","b":"NaN \" NaN","c":["-Infinity","Infinity"]}`,
		`{"a":1}`: `{"a":1}`,
		`"\`:      `"\`,
	} {
		if got := quoteNaN([]byte(in)); string(got) != want {
			t.Errorf("%s becomes %s, want %s", in, got, want)
		}
	}
}

// FuzzReply reads anything that a router may write, as every kind of answer: no panic, one
// outcome a query, and no decision that is outside of the pool or not finite.
func FuzzReply(f *testing.F) {
	for _, line := range []string{
		`{"n":1,"picks":[{"id":"a","model":"small","signal":0.5,"cost_usd":0,"latency_ms":1},{"id":"b","model":"x"}]}`,
		`{"n":1,"scores":[{"id":"a","score":NaN},{"id":"b","score":1e999}]}`,
		`{"n":1,"call":[{"model":"small","params":{"a":{}}}]}`, `{"n":1,"decide":{"text":"x"}}`,
		`{"n":0,"ready":{"protocol":1,"name":"x","mode":"select","batch":3,"models":["small"],"train":true}}`, `{"n":1,"error":{}}`,
	} {
		f.Add([]byte(line))
	}
	hello := Hello{Purpose: ForPolicy, Models: pool}
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := ParseReply(line, nil)
		if err != nil {
			return
		}
		for _, said := range [][]Said{r.picks([]string{"a", "b"}, pool), r.scores([]string{"a", "b"})} {
			if len(said) != 2 {
				t.Fatalf("%d outcomes of 2 queries", len(said))
			}
			for _, s := range said {
				if math.IsInf(s.Signal, 0) || s.Spent.Cost.USD < 0 || s.Spent.Latency < 0 {
					t.Errorf("said %+v", s)
				}
			}
		}
		for _, s := range r.picks([]string{"a"}, pool) {
			if s.Err == "" && s.Model != "small" && s.Model != "large" {
				t.Errorf("picked %q", s.Model)
			}
		}
		if turn, err := r.turn(waymark.Query{}, pool, 1); err == nil && turn.Decide != nil && turn.Decide.Answer != 0 && turn.Decide.Answer != waymark.Composed {
			t.Errorf("decided %+v", turn.Decide)
		}
		if ready, err := hello.ready(r); err == nil && (ready.Batch < 1 || ready.Batch > MaxBatch || len(ready.Models) == 0) {
			t.Errorf("ready %+v", ready)
		}
		if fixed := quoteNaN(line); json.Valid(line) && !bytes.Equal(fixed, line) {
			t.Errorf("valid JSON is changed to %s", fixed)
		}
	})
}
