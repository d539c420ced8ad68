package store

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"waymark"
)

func TestDecisionsComeBack(t *testing.T) {
	db := openTemp(t)
	run := begin(t, db, sampleSpec(100))
	first, second := sampleRows(0, 0, 60), sampleRows(0, 60, 100)
	// Chunks are appended in no certain order, and come back by task.
	must(t, run.Append(t.Context(), Part{0, 1, 1}, second))
	must(t, run.Append(t.Context(), Part{0, 1, 0}, first))
	got, err := db.Decisions(t.Context(), run.ID(), 0, 1)
	must(t, err)
	if diff := cmp.Diff(known(sampleRows(0, 0, 100)), got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("decisions (-appended +read):\n%s", diff)
	}
	done, err := run.DoneChunks(t.Context())
	must(t, err)
	want := Done{Decisions: map[Part]int{{0, 1, 0}: 60, {0, 1, 1}: 40}, Steps: map[Part]int{}}
	if diff := cmp.Diff(want, done); diff != "" {
		t.Errorf("done chunks (-want +got):\n%s", diff)
	}
	if other, err := db.Decisions(t.Context(), run.ID(), 0, 0); err != nil || other.Len() != 0 {
		t.Errorf("the other repeat has %d rows, %v; want none", other.Len(), err)
	}
	integrity(t, db)
}

// known is d as it is read back: a cost that is not known is 0.
func known(d Decisions) Decisions {
	for i := range d.Cost {
		if !d.CostKnown[i] {
			d.Cost[i] = 0
		}
	}
	return d
}

func TestColumnsLeftOutAreUnknown(t *testing.T) {
	db := openTemp(t)
	run := begin(t, db, sampleSpec(3))
	must(t, run.Append(t.Context(), Part{}, Decisions{
		Task: []int32{0, 1, 2}, Status: []Outcome{Answered, Hole, Failed}, Arm: []int32{0, 1, waymark.NoArm},
		Score: []float64{0.25, 0.5, 0.75}, // of the first alone, since the others have no answer
	}))
	got, err := db.Decisions(t.Context(), run.ID(), 0, 0)
	must(t, err)
	nan := math.NaN()
	want := Decisions{
		Task: []int32{0, 1, 2}, Status: []Outcome{Answered, Hole, Failed}, Arm: []int32{0, 1, waymark.NoArm}, Reason: []int32{-1, -1, -1},
		Signal: []float64{nan, nan, nan}, Score: []float64{0.25, nan, nan},
		Cost: make([]waymark.USD, 3), CostKnown: make([]bool, 3), Latency: make([]time.Duration, 3), Calls: []int32{1, 1, 0},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRemarksAndCallsComeBack(t *testing.T) {
	db := openTemp(t)
	run := begin(t, db, sampleSpec(4))
	d := Decisions{
		Task: []int32{2, 3}, Status: []Outcome{Answered, Failed}, Arm: []int32{1, waymark.NoArm}, Calls: []int32{2, 1},
		Cost:    []waymark.USD{7, 0},
		Remarks: []Remark{{2, "the draft was not accepted"}, {3, "small: connection refused"}},
		Made: []MadeCall{
			{Task: 2, N: 0, Round: 0, Model: "small", Cost: waymark.Paid(3), Latency: time.Second},
			{Task: 2, N: 1, Round: 1, Model: "large", Purpose: waymark.ForChecking, Sample: 4, Cost: waymark.Paid(4), Latency: 2 * time.Second, Part: "2/1", Start: time.Second},
			{Task: 3, N: 0, Model: "not of the pool", Err: "connection refused"},
		},
	}
	must(t, run.Append(t.Context(), Part{Policy: 2}, d))
	got, err := db.Decisions(t.Context(), run.ID(), 2, 0)
	must(t, err)
	if diff := cmp.Diff(d.Remarks, got.Remarks); diff != "" {
		t.Errorf("remarks (-appended +read):\n%s", diff)
	}
	if diff := cmp.Diff(d.Made, got.Made); diff != "" {
		t.Errorf("calls (-appended +read):\n%s", diff)
	}
	integrity(t, db)
}

func TestStepsComeBack(t *testing.T) {
	db := openTemp(t)
	run := begin(t, db, sampleSpec(10))
	inf, nan := math.Inf(1), math.NaN()
	s := &waymark.Steps{
		Start: []int{0, 2, 2, 3}, From: []float64{-inf, 0.5, 0}, Arm: []int32{1, 0, 1},
		Pick: []waymark.Pick{{Signal: 0.5}, {Arm: waymark.NoArm, Reason: 2, Signal: nan}, {Signal: inf}},
	}
	tasks := []int32{1, 4, 9}
	must(t, run.AppendSteps(t.Context(), Part{Policy: 1}, tasks, s))
	gotTasks, got, err := db.Steps(t.Context(), run.ID(), 1, 0)
	must(t, err)
	if diff := cmp.Diff(tasks, gotTasks); diff != "" {
		t.Errorf("tasks (-appended +read):\n%s", diff)
	}
	if diff := cmp.Diff(s, got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("steps (-appended +read):\n%s", diff)
	}
	done, err := run.DoneChunks(t.Context())
	must(t, err)
	if done.Steps[Part{Policy: 1}] != 3 || len(done.Decisions) != 0 {
		t.Errorf("done chunks are %v, want 3 tasks with steps", done)
	}
}

func TestAppendRefusesWhatDoesNotFit(t *testing.T) {
	db := openTemp(t)
	run := begin(t, db, sampleSpec(3))
	one := func(change func(*Decisions)) Decisions {
		d := Decisions{Task: []int32{0}, Status: []Outcome{Answered}, Arm: []int32{0}, Reason: []int32{0}}
		change(&d)
		return d
	}
	for name, c := range map[string]struct {
		part Part
		rows Decisions
	}{
		"policy":        {Part{Policy: 3}, one(func(*Decisions) {})},
		"repeat":        {Part{Repeat: 2}, one(func(*Decisions) {})},
		"task":          {Part{}, one(func(d *Decisions) { d.Task[0] = 3 })},
		"negative task": {Part{}, one(func(d *Decisions) { d.Task[0] = -1 })},
		"status":        {Part{}, one(func(d *Decisions) { d.Status[0] = 0 })},
		"no status":     {Part{}, one(func(d *Decisions) { d.Status = nil })},
		"arm":           {Part{}, one(func(d *Decisions) { d.Arm[0] = 2 })},
		"reason":        {Part{}, one(func(d *Decisions) { d.Reason[0] = 1 })},
		"length":        {Part{}, one(func(d *Decisions) { d.Score = []float64{1, 1} })},
		"same task":     {Part{}, Decisions{Task: []int32{0, 0}, Status: []Outcome{Hole, Hole}}},
		"remark":        {Part{}, one(func(d *Decisions) { d.Remarks = []Remark{{1, "of another task"}} })},
	} {
		if err := run.Append(t.Context(), c.part, c.rows); err == nil {
			t.Errorf("%s: was accepted", name)
		}
	}
	must(t, run.Append(t.Context(), Part{}, one(func(*Decisions) {})))
	if err := run.Append(t.Context(), Part{}, one(func(d *Decisions) { d.Task[0] = 1 })); !Invalid.Is(err) {
		t.Errorf("the same chunk again gives %v, want a refusal", err)
	}
	if got, err := db.Decisions(t.Context(), run.ID(), 0, 0); err != nil || got.Len() != 1 {
		t.Errorf("there are %d rows, %v; want the one that was accepted", got.Len(), err)
	}
	integrity(t, db)
}

func TestAppendStepsRefusesWhatDoesNotFit(t *testing.T) {
	db := openTemp(t)
	run := begin(t, db, sampleSpec(3))
	for name, s := range map[string]*waymark.Steps{
		"start": {Start: []int{0}, From: []float64{0}, Arm: []int32{0}, Pick: []waymark.Pick{{}}},
		"knob":  {Start: []int{0, 1}, From: []float64{math.NaN()}, Arm: []int32{0}, Pick: []waymark.Pick{{}}},
		"arm":   {Start: []int{0, 1}, From: []float64{0}, Arm: []int32{2}, Pick: []waymark.Pick{{}}},
		"pick":  {Start: []int{0, 1}, From: []float64{0}, Arm: []int32{0}},
		"twice": {Start: []int{0, 2}, From: []float64{0, 0}, Arm: []int32{0, 0}, Pick: []waymark.Pick{{}}},
	} {
		if err := run.AppendSteps(t.Context(), Part{Policy: 1}, []int32{0}, s); err == nil {
			t.Errorf("%s: was accepted", name)
		}
	}
}
