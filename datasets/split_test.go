package datasets_test

import (
	"fmt"
	"math"
	"testing"

	"waymark"
	"waymark/datasets"
)

func share(x float64) *float64 { return &x }

// A split by hash keeps groups whole, comes near its share, and depends on nothing
// but the task's own name and the seed.
func TestSplitByHash(t *testing.T) {
	rule := &datasets.SplitRule{Tune: share(0.3), Seed: 5}
	other := &datasets.SplitRule{Tune: share(0.3), Seed: 6}
	n, tune, moved := 20000, 0, 0
	for i := range n {
		task := &waymark.Task{ID: fmt.Sprint("t", i)}
		s, err := rule.Of(task)
		if err != nil {
			t.Fatal(err)
		}
		if s == waymark.SplitTune {
			tune++
		}
		if o, _ := other.Of(task); o != s {
			moved++
		}
		grouped := &waymark.Task{ID: fmt.Sprint("u", i), Group: fmt.Sprint("t", i)}
		if g, _ := rule.Of(grouped); g != s {
			t.Fatalf("a group is split otherwise than its name: %v, %v", g, s)
		}
	}
	if got := float64(tune) / float64(n); math.Abs(got-0.3) > 4*math.Sqrt(0.3*0.7/float64(n)) {
		t.Errorf("share to tune on is %.4f, want 0.3", got)
	}
	if got := float64(moved) / float64(n); math.Abs(got-0.42) > 0.02 {
		t.Errorf("another seed moves %.3f of tasks, want 2·0.3·0.7", got)
	}
}

func TestSplitByFieldTimeAndTask(t *testing.T) {
	field := &datasets.SplitRule{Field: "fold"}
	until := &datasets.SplitRule{Until: "2026-10-01"}
	fold := func(v string) *waymark.Task { return &waymark.Task{ID: "a", Metadata: map[string]any{"fold": v}} }
	for _, c := range []struct {
		rule *datasets.SplitRule
		task *waymark.Task
		want waymark.Split
		bad  bool
	}{
		{field, fold("train"), waymark.SplitTune, false},
		{field, fold("test"), waymark.SplitTest, false},
		{field, fold("both"), 0, true},
		{field, &waymark.Task{ID: "a"}, 0, true},
		{until, &waymark.Task{Time: "2026-09-30T23:59:59Z"}, waymark.SplitTune, false},
		{until, &waymark.Task{Time: "2026-10-01"}, waymark.SplitTest, false},
		{until, &waymark.Task{}, 0, true},
		{until, &waymark.Task{Time: "yesterday"}, 0, true},
		{until, &waymark.Task{Time: "2026-12-01", Split: waymark.SplitTune}, waymark.SplitTune, false}, // the task's own goes first
		{nil, &waymark.Task{ID: "a"}, waymark.SplitAll, false},
	} {
		got, err := c.rule.Of(c.task)
		if (err != nil) != c.bad || err == nil && got != c.want {
			t.Errorf("%+v of %+v: %v, %v", c.rule, c.task, got, err)
		}
	}
	for _, bad := range []datasets.SplitRule{{}, {Tune: share(0)}, {Tune: share(1)}, {Tune: share(0.5), Field: "x"}, {Until: "soon"}} {
		if bad.Check() == nil {
			t.Errorf("the rule %+v passed", bad)
		}
	}
}
