package replay_test

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"

	"waymark"
	"waymark/internal/replay"
)

func tasks(ids ...string) (out []waymark.Task) {
	for _, id := range ids {
		out = append(out, waymark.Task{ID: id, Category: "c" + id, Messages: []waymark.Message{{Role: "user", Content: "ask " + id}}})
	}
	return out
}

func answer(task string, model waymark.ModelID, sample int, score float64, cost waymark.USD) waymark.Recorded {
	r := waymark.Recorded{Task: task, Model: model, Sample: sample, Score: waymark.Scored(score)}
	r.Output, r.HasOutput, r.Cost = "answer", true, waymark.Paid(cost)
	return r
}

func build(t *testing.T, ts []waymark.Task, rs ...waymark.Recorded) *replay.Matrix {
	t.Helper()
	m, err := replay.New(ts)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rs {
		m.Put(r)
	}
	m.Seal()
	return m
}

func TestSamplesAreAveragedAndLaterWins(t *testing.T) {
	m := build(t, tasks("b", "a"),
		answer("a", "m", 0, 1, 10), answer("a", "m", 1, 0, 30), // two samples
		answer("b", "m", 0, 1, 5), answer("b", "m", 0, 0, 7), // the same one twice
		answer("gone", "m", 0, 1, 5))
	a, _ := m.Row("a")
	b, _ := m.Row("b")
	c := m.Columns[m.Column("m")]
	if c.Score[a] != 0.5 || c.Cost[a] != 20 || m.Samples(0, a) != 2 {
		t.Errorf("two samples: score %g cost %d", c.Score[a], c.Cost[a])
	}
	if c.Score[b] != 0 || c.Cost[b] != 7 || m.Replaced != 1 {
		t.Errorf("twice: score %g cost %d replaced %d", c.Score[b], c.Cost[b], m.Replaced)
	}
	m.SetScore(0, a, 1, waymark.Scored(1))
	if c.Score[a] != 1 {
		t.Errorf("regraded mean %g, want 1", c.Score[a])
	}
	m.SetScore(0, a, 0, waymark.Score{})
	if c.State[a]&replay.HasScore != 0 {
		t.Error("a mean of which one score is unknown is known")
	}
}

func TestPermutingChangesNothing(t *testing.T) {
	ids := []string{"a", "b", "c", "d", "e"}
	var rs []waymark.Recorded
	for i, id := range ids {
		for j, model := range []waymark.ModelID{"x", "y", "z"} {
			rs = append(rs, answer(id, model, 0, float64((i+j)%2), waymark.USD(i*j)))
		}
	}
	want := build(t, tasks(ids...), rs...)
	rng := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		ts := tasks(ids...)
		rng.Shuffle(len(ts), func(i, j int) { ts[i], ts[j] = ts[j], ts[i] })
		rng.Shuffle(len(rs), func(i, j int) { rs[i], rs[j] = rs[j], rs[i] })
		if got := build(t, ts, rs...); !reflect.DeepEqual(got, want) {
			t.Fatal("another order of tasks and responses gives another matrix")
		}
	}
}

func TestACellAnswersOnlyForItsOwnQuestion(t *testing.T) {
	m := build(t, tasks("a"), answer("a", "m", 0, 1, 10))
	own := waymark.Query{ID: "a", Messages: []waymark.Message{{Role: "user", Content: "ask a"}}}
	ok := waymark.Request{Model: "m", Query: own}
	if r, err := m.Respond(t.Context(), ok); err != nil || r.Output != "answer" || r.Cost != waymark.Paid(10) {
		t.Errorf("own question: %+v, %v", r, err)
	}
	ok.Sample = 1
	if _, err := m.Respond(t.Context(), ok); err != nil {
		t.Errorf("first sample: %v", err)
	}
	for name, change := range map[string]func(*waymark.Request){
		"purpose":  func(r *waymark.Request) { r.Purpose = waymark.ForPlanning },
		"messages": func(r *waymark.Request) { r.Query.Messages = []waymark.Message{{Role: "user", Content: "other"}} },
		"model":    func(r *waymark.Request) { r.Model = "n" },
		"task":     func(r *waymark.Request) { r.Query.ID = "b" },
		"params":   func(r *waymark.Request) { r.Params = "{}" },
		"sample":   func(r *waymark.Request) { r.Sample = 2 },
	} {
		r := ok
		change(&r)
		if _, err := m.Respond(t.Context(), r); !errors.Is(err, waymark.ErrNotRecorded) {
			t.Errorf("another %s: error %v, want a hole", name, err)
		}
	}
}

func TestFeaturesAreColumns(t *testing.T) {
	ts := tasks("a", "b", "c")
	ts[0].Metadata = map[string]any{"tenant": "x", "n": 3.0, "list": []any{1.0}}
	ts[2].Metadata = map[string]any{"tenant": "x"}
	qs := build(t, ts).Queries([]string{"category", "tenant", "n", "list"}, 1)
	if got := qs.Query(0).Features; !reflect.DeepEqual(got, map[string]any{"category": "ca", "tenant": "x", "n": 3.0}) {
		t.Errorf("features of a: %v", got)
	}
	if got := qs.Slice(1, 3).Query(1); got.ID != "c" || got.Prompt() != "ask c" || got.Features["tenant"] != "x" {
		t.Errorf("query 1 of the slice: %+v", got)
	}
}
