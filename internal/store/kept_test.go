package store

import (
	"math"
	"slices"
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

// What tells tasks apart, weighs and groups them comes back as it was, and so do configurations.
func TestKeptTasks(t *testing.T) {
	db := openTemp(t)
	spec := sampleSpec(3)
	spec.Tasks.Weights, spec.Tasks.Units, spec.Tasks.Contents = []float64{1, 2.5, 0.1}, []string{"", "g", "g"}, []uint64{0, 1 << 63, 7}
	run := begin(t, db, spec)
	must(t, run.Finish(t.Context(), StatusDone, []byte(`{}`)))
	k, err := db.Kept(t.Context(), run.ID(), nil)
	must(t, err)
	want := spec.Tasks
	if !slices.Equal(k.Tasks.Weights, want.Weights) || !slices.Equal(k.Tasks.Units, want.Units) || !slices.Equal(k.Tasks.Contents, want.Contents) {
		t.Errorf("read %+v, want %+v", k.Tasks, want)
	}
	if got := string(k.Policies[0].Config); got != string(spec.Policies[0].Config) {
		t.Errorf("the configuration is %s", got)
	}
	spec.Tasks.Contents[2] = 8 // another task: another dataset
	if again := begin(t, db, spec); again.key == run.key {
		t.Error("two runs share a key")
	}
	var datasets int
	must(t, db.reader.QueryRowContext(t.Context(), "SELECT count(*) FROM dataset").Scan(&datasets))
	if datasets != 2 {
		t.Errorf("there are %d datasets, want 2", datasets)
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
	if err := db.SaveBaseline(t.Context(), "main", "20200101-000000-dead"); !UnknownRun.Is(err) {
		t.Errorf("a run that is not there is saved: %v", err)
	}
	if id, ok, err := db.Baseline(t.Context(), "main"); id != run.ID || !ok || err != nil {
		t.Errorf("the baseline is %q, %v, %v", id, ok, err)
	}
}
