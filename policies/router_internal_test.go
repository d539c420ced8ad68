package policies

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"waymark"
	"waymark/internal/wire"
	"waymark/policies/policytest"
)

// measurer is a router that sends prompts above 20 characters to large, and whose score is their length. It
// counts what it is asked.
func measurer(asked *atomic.Int64) *router {
	ask := func(_ context.Context, qs *waymark.Queries) ([]wire.Said, time.Duration, error) {
		out := make([]wire.Said, qs.Len())
		for i := range out {
			asked.Add(1)
			n := len(waymark.Prompt(qs.Conversation(i)))
			out[i] = wire.Said{Model: "small", Signal: float64(n), Reason: fmt.Sprint(n, " characters")}
			if n > 20 {
				out[i].Model = "large"
			}
		}
		return out, 0, nil
	}
	return &router{about: wire.Ready{Mode: wire.Select, Models: []waymark.ModelID{"small", "large"}}, batch: 16, ask: ask, close: func() error { return nil }}
}

// remoteConfig is a suite's word for a policy that is there already.
type remoteConfig struct{ waymark.Policy }

func (c remoteConfig) Build(Inputs) (waymark.Policy, error) { return c.Policy, nil }

// Two planners with one inner router make parts of the same ID and other words. Each part is decided by its own
// words, whoever asks first.
func TestPartsOfOneNameAreQuestionsOfTheirOwn(t *testing.T) {
	for _, order := range [][]string{{"S", "a very long prefix: "}, {"a very long prefix: ", "S"}} {
		var asked atomic.Int64
		inner := measurer(&asked).policy()
		for _, prefix := range order {
			plan := &Planner{Route: AnyPolicy{Config: remoteConfig{inner}}, Join: Join{Word: "last"}}
			plan.Plan.Keys.Recipe = []Ingredient{{ID: "a", Prompt: prefix + "{{.Prompt}}"}}
			p, err := plan.Build(Inputs{Models: []waymark.ModelID{"small", "large"}})
			if err != nil {
				t.Fatal(err)
			}
			q := waymark.Query{ID: "t", Messages: []waymark.Message{{Role: "user", Content: "hello"}}}
			want := map[string]string{"S": "small", "a very long prefix: ": "large"}[prefix]
			for range 2 {
				tr := waymark.Attempt(t.Context(), p, waymark.NewTrial(q, 0, 1, policytest.Echo{}))
				if tr.Err != nil || string(tr.Calls[len(tr.Calls)-1].Model) != want {
					t.Errorf("in the order %q, %q asks %+v (%v), want %s", order, prefix, tr.Calls, tr.Err, want)
				}
			}
		}
		if n := asked.Load(); n != 2 {
			t.Errorf("in the order %q the router is asked %d times, want once for each part", order, n)
		}
	}
}

// A score is asked for once for all repeats of the same words, and again for other words or features.
func TestScoresAreOfTheWords(t *testing.T) {
	var asked atomic.Int64
	s := rater{measurer(&asked)}
	score := func(repeat int, text string, feature any) float64 {
		qs := &waymark.Queries{IDs: []string{"t/a"}, Repeat: repeat, Features: map[string]waymark.Column{"kind": {Code: []uint32{0}, Dict: []any{feature}}}}
		qs.Messages = func(int) []waymark.Message { return []waymark.Message{{Role: "user", Content: text}} }
		var out [1]float64
		if err := s.Score(t.Context(), qs, out[:]); err != nil {
			t.Fatal(err)
		}
		var said [1]string
		if s.Remark(qs, said[:]); said[0] != fmt.Sprint(out[0], " characters") {
			t.Errorf("repeat %d of %q: the remark is %q", repeat, text, said[0])
		}
		return out[0]
	}
	for i, c := range []struct {
		repeat  int
		text    string
		feature any
		score   float64
		asked   int64
	}{
		{0, "short", "x", 5, 1},
		{1, "short", "x", 5, 1},
		{1, "other words", "x", 11, 2},
		{2, "other words", "x", 11, 2},
		{0, "short", "y", 5, 3},
		{0, "short", math.NaN(), 5, 4},
		{1, "short", math.NaN(), 5, 4},
	} {
		if got := score(c.repeat, c.text, c.feature); got != c.score || asked.Load() != c.asked {
			t.Errorf("question %d: score %g after %d questions, want %g after %d", i, got, asked.Load(), c.score, c.asked)
		}
	}
}

// What was given up is forgotten under the key that it was claimed by.
func TestAQuestionGivenUpIsPutAgain(t *testing.T) {
	var asked atomic.Int64
	r := measurer(&asked)
	ask := r.ask
	r.ask = func(context.Context, *waymark.Queries) ([]wire.Said, time.Duration, error) {
		return nil, 0, context.Canceled
	}
	qs := &waymark.Queries{IDs: []string{"t"}}
	if _, err := r.decide(t.Context(), qs); err == nil || len(r.said) != 0 {
		t.Fatalf("error %v, %d remembered", err, len(r.said))
	}
	r.ask = ask
	if all, err := r.decide(t.Context(), qs); err != nil || all[0].said.Model != "small" {
		t.Errorf("asked again: %v", err)
	}
}

// Every field of what a router is told makes another question, and the same queries the same.
func TestEveryFieldIsPartOfAQuestion(t *testing.T) {
	whole := waymark.Message{Role: "r", Content: "c", ToolID: "t", ToolCalls: []waymark.ToolCall{{ID: "i", Name: "n", Arguments: "a"}}, Files: []waymark.File{{Name: "n", MediaType: "m", Digest: "d"}}}
	seen := map[question]string{}
	add := func(what string, features map[string]any, ms ...waymark.Message) {
		q := waymark.One(waymark.NewTrial(waymark.Query{ID: "q", Features: features, Messages: ms}, 0, 1, nil))
		key := questions(q)[0]
		if key != questions(q)[0] {
			t.Errorf("%s: two questions of one query", what)
		}
		if other, twice := seen[key]; twice {
			t.Errorf("%s is taken for %s", what, other)
		}
		seen[key] = what
	}
	add("the whole", nil, whole)
	fields := 0
	var vary func(path string, v reflect.Value)
	vary = func(path string, v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			was := v.String()
			v.SetString(was + "!")
			add(path, nil, whole)
			v.SetString(was)
			fields++
		case reflect.Slice:
			was := v.Interface()
			v.Set(reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, 2), v))
			v.Set(reflect.Append(v, v.Index(0)))
			add(path+" twice", nil, whole)
			v.Set(reflect.ValueOf(was))
			vary(path+"[0]", v.Index(0))
		case reflect.Struct:
			for i := range v.NumField() {
				vary(path+"."+v.Type().Field(i).Name, v.Field(i))
			}
		default:
			t.Fatalf("%s is a %s, which questions do not know", path, v.Kind())
		}
	}
	vary("", reflect.ValueOf(&whole).Elem())
	if fields != 9 {
		t.Errorf("%d texts in a message, want 9", fields)
	}
	add("nothing", nil)
	add("no text", nil, waymark.Message{})
	add("two", nil, whole, whole)
	for _, v := range []any{"1", "", 1.0, math.NaN(), true, false, []string{"1"}, 1} {
		add(fmt.Sprintf("feature %#v", v), map[string]any{"k": v}, whole)
	}
	add("two features", map[string]any{"k": "1", "l": "1"}, whole)
	add("a feature of another name", map[string]any{"l": "1"}, whole)
}
