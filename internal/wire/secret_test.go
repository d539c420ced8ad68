package wire

import (
	"strings"
	"testing"

	"waymark"
	"waymark/internal/secret"
)

const key = "sk-SECRETSECRET123"

// What a router was given and says back is told by no part of its lines: not by its
// words, nor by what is made of lines that are wrong, wherever they are cut.
func TestLinesTellNoSecret(t *testing.T) {
	secrets := secret.Of(key)
	hello := Hello{Purpose: ForPolicy, Models: pool}
	for _, line := range []string{
		`{"n":1,"error":"bad KEY"}`, `{"n":1,"picks":[{"id":"a","error":"bad KEY"}]}`, `{"n":1,"picks":[{"id":"a","model":"small","reason":"by KEY"}]}`,
		`{"n":1,"picks":[{"id":"KEY","model":"small"}]}`, `{"n":1,"picks":[{"id":"a","model":"KEY"}]}`, `{"n":1,"picks":[{"id":"a","model":"small","signal":"KEY"}]}`, `{"n":1,"picks":["KEY"]}`,
		`{"n":1,"picks":[{"id":"a","model":"small","reason":"` + strings.Repeat("x", MaxText-5) + `KEY"}]}`,
		`{"n":0,"ready":{"protocol":1,"name":"r KEY","version":"KEY","mode":"select"}}`, `{"n":0,"ready":{"protocol":1,"name":"r","mode":"KEY"}}`, `{"n":0,"ready":{"protocol":1,"name":"r","mode":"select","models":["KEY"]}}`,
		`{"n":0,"ready":{"protocol":"KEY"}}`, `{"n":0,"ready":{"protocol":1,"name":"r","mode":"select","batch":"KEY"}}`,
		`{"n":1,"call":[{"model":"KEY"}]}`, `{"n":1,"call":[{"model":"small","messages":[{"role":"user","content":"KEY"}]}]}`, `{"n":1,"call":[{"model":"small","params":{"a":"KEY"}}]}`,
		`{"n":1,"call":[{"model":"small","purpose":"KEY"}]}`, `{"n":1,"decide":{"text":"KEY"}}`, `{"n":1,"decide":{"answer":"KEY"}}`, `{"n":1,"decide":{"answer":0,"reason":"KEY"}}`, `{"n":1,"decide":"KEY"}`,
		`{"n":"KEY"}`, `{"err":"KEY"}`, `KEY`, strings.Repeat("x", MaxText-5) + `KEY`, strings.Repeat("x", 4*MaxText-5) + `KEY`,
	} {
		for _, form := range []string{key, strings.Replace(key, "S", `\u0053`, 1), strings.ReplaceAll(key, "-", `-`)} {
			r, err := ParseReply([]byte(strings.ReplaceAll(line, "KEY", form)), secrets)
			told := ""
			if err != nil {
				told = err.Error()
			} else {
				for _, s := range append(r.picks([]string{"a"}, pool), r.scores([]string{"a"})...) {
					told += s.Err + s.Reason
				}
				if turn, err := r.turn(waymark.Query{}, pool, 1); err != nil {
					told += err.Error()
				} else if turn.Decide != nil {
					told += turn.Decide.Reason + turn.Decide.Text
				}
				if ready, err := hello.ready(r); err != nil {
					told += err.Error()
				} else {
					told += ready.String()
				}
			}
			if told == "" || strings.Contains(told, key[:4]) || strings.Contains(told, key[len(key)-5:]) && form == key {
				t.Errorf("%.80s tells %q", line, told)
			}
		}
	}
}

// A variable that holds the name of a model, the id of a task or a number is no reason to
// misread what names them: only words are masked.
func TestMaskingChangesNoDecision(t *testing.T) {
	r, err := ParseReply([]byte(`{"n":1234,"picks":[{"id":"task-7","model":"small","signal":0.1234,"reason":"small"}]}`), secret.Of("small", "task-7", "1234", "model", "picks"))
	if err != nil || r.N != 1234 {
		t.Fatalf("%+v, %v", r, err)
	}
	if s := r.picks([]string{"task-7"}, pool)[0]; s.Err != "" || s.Model != "small" || s.Signal != 0.1234 || s.Reason != "…" {
		t.Errorf("%+v", s)
	}
	r, err = ParseReply([]byte(`{"n":1,"decide":{"text":"it is true"}}`), secret.Of("true"))
	if err != nil {
		t.Fatal(err)
	}
	if turn, err := r.turn(waymark.Query{}, pool, 1); err == nil || !strings.Contains(err.Error(), "environment variable") {
		t.Errorf("an answer is changed or told: %+v, %v", turn, err)
	}
}
