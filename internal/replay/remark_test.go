package replay_test

import (
	"testing"

	"waymark"
)

// What few recordings tell is kept where it is told, and prices of a cell are those of its samples.
func TestFinishReasonAndConfidence(t *testing.T) {
	a, b := answer("a", "m", 0, 1, 10), answer("a", "m", 1, 0, 30)
	a.FinishReason, a.Confidence, b.Confidence = "length", waymark.Scored(0.4), waymark.Scored(0.6)
	plain := answer("b", "m", 0, 1, 5)
	m := build(t, tasks("a", "b"), a, b, plain, answer("a", "n", 0, 1, 5))
	respond := func(model waymark.ModelID, task string, sample int) waymark.Response {
		q := waymark.Query{ID: task, Messages: []waymark.Message{{Role: "user", Content: "ask " + task}}}
		r, err := m.Respond(t.Context(), waymark.Request{Model: model, Query: q, Sample: sample})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := respond("m", "a", 0); r.FinishReason != "length" || r.Confidence != waymark.Scored(0.5) {
		t.Errorf("mean of two: %q %v", r.FinishReason, r.Confidence)
	}
	if r := respond("m", "a", 2); r.FinishReason != "" || r.Confidence != waymark.Scored(0.6) {
		t.Errorf("second sample: %q %v", r.FinishReason, r.Confidence)
	}
	for _, r := range []waymark.Response{respond("m", "b", 0), respond("n", "a", 1)} {
		if r.FinishReason != "" || r.Confidence.Known {
			t.Errorf("not recorded: %q %v", r.FinishReason, r.Confidence)
		}
	}
	row, _ := m.Row("a")
	m.SetCost(m.Column("m"), row, waymark.Paid(7))
	if r := respond("m", "a", 2); r.Cost != waymark.Paid(7) {
		t.Errorf("a sample costs %v after its cell was priced anew", r.Cost)
	}
}
