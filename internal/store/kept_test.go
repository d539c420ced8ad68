package store

import (
	"math"
	"testing"
)

// What is read for a comparison is what was appended, averaged over repeats.
func TestKept(t *testing.T) {
	db := openTemp(t)
	fixtureRun(t, db)
	run, err := db.FindRun(t.Context(), "latest")
	must(t, err)
	k, err := db.Kept(t.Context(), run.ID, nil)
	must(t, err)
	if len(k.Tasks.IDs) != 20 || len(k.Policies) != 3 || k.Tasks.Weights[3] != 1 {
		t.Fatalf("read %d tasks and %d policies", len(k.Tasks.IDs), len(k.Policies))
	}
	p := k.Policies[0]
	both := [2]Decisions{}
	for repeat := range both {
		both[repeat], err = db.Decisions(t.Context(), run.ID, 0, repeat)
		must(t, err)
	}
	for i := range p.Score {
		want := (both[0].Score[i] + both[1].Score[i]) / 2
		if both[0].Status[i] != Answered || both[1].Status[i] != Answered {
			want = math.NaN()
		}
		if math.IsNaN(want) != math.IsNaN(p.Score[i]) || math.Abs(want-p.Score[i]) > 1e-12 {
			t.Errorf("task %d: score %g, want %g", i, p.Score[i], want)
		}
		if want == want && both[0].CostKnown[i] && math.Abs(p.Cost[i]-both[0].Cost[i].Float()) > 1e-12 {
			t.Errorf("task %d: cost %g, want %g", i, p.Cost[i], both[0].Cost[i].Float())
		}
		if both[0].Arm[i] != p.Model[i] {
			t.Errorf("task %d: model %d, want %d", i, p.Model[i], both[0].Arm[i])
		}
	}
	one, err := db.Kept(t.Context(), run.ID, []string{p.Name})
	must(t, err)
	if len(one.Policies) != 1 || one.Policies[0].Name != p.Name {
		t.Errorf("asked for one policy, got %d", len(one.Policies))
	}
}

func TestBaselines(t *testing.T) {
	db := openTemp(t)
	fixtureRun(t, db)
	run, err := db.FindRun(t.Context(), "latest")
	must(t, err)
	if _, ok, err := db.Baseline(t.Context(), "main"); ok || err != nil {
		t.Errorf("a baseline that was not saved: %v, %v", ok, err)
	}
	for range 2 { // a second time replaces the first
		must(t, db.SaveBaseline(t.Context(), "main", run.ID))
	}
	if id, ok, err := db.Baseline(t.Context(), "main"); id != run.ID || !ok || err != nil {
		t.Errorf("the baseline is %q, %v, %v", id, ok, err)
	}
}
