package store

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"waymark"
)

func TestStory(t *testing.T) {
	db := openTemp(t)
	run := begin(t, db, sampleSpec(4))
	nan, inf := math.NaN(), math.Inf(1)
	call := MadeCall{Task: 2, Model: "large", Purpose: waymark.ForChecking, Cost: waymark.Paid(9), Latency: time.Second}
	must(t, run.Append(t.Context(), Part{Policy: 0, Repeat: 1}, Decisions{
		Task: []int32{2}, Status: []Outcome{Answered}, Arm: []int32{1}, Reason: []int32{0}, Score: []float64{0.5},
		Cost: []waymark.USD{1_234_567_890_123_456}, Latency: []time.Duration{time.Second},
	}))
	must(t, run.AppendSteps(t.Context(), Part{Policy: 1}, []int32{2}, &waymark.Steps{
		Start: []int{0, 2}, From: []float64{-inf, 0.25}, Arm: []int32{1, 0}, Pick: []waymark.Pick{{Signal: 0.25}},
	}))
	must(t, run.Append(t.Context(), Part{Policy: 2}, Decisions{
		Task: []int32{2}, Status: []Outcome{Failed}, Remarks: []Remark{{2, "large: connection refused"}}, Made: []MadeCall{call}, Calls: []int32{1},
	}))
	got, err := db.Story(t.Context(), "latest", "task-2")
	must(t, err)
	want := Story{Run: got.Run, Task: "task-2", Split: "tune", Told: []Told{
		{Policy: "coin", Type: "random", Knob: nan},
		{Policy: "coin", Type: "random", Knob: nan, Repeat: 1, Decision: &ToldDecision{
			Status: "answered", Model: "large", Reason: "drawn", Signal: nan, Quality: 6, Cost: waymark.Paid(1_234_567_890_123_456), Latency: time.Second, Calls: 1,
		}},
		{Policy: "difficulty", Type: "threshold", Knob: 0.5, Steps: []ToldStep{{From: -inf, Model: "large", Signal: 0.25}, {From: 0.25, Model: "small", Signal: nan}}},
		{Policy: "cascade", Type: "cascade", Knob: nan, Decision: &ToldDecision{
			Status: "failed", Reason: "large: connection refused", Remark: "large: connection refused", Signal: nan, Quality: nan, Calls: 1, Made: []MadeCall{call},
		}},
	}}
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, err = db.Story(t.Context(), run.ID(), "taks-3")
	if !UnknownTask.Is(err) || !strings.Contains(err.Error(), `the nearest is "task-3"`) {
		t.Errorf("an unknown task gives %v", err)
	}
	if _, err := db.Story(t.Context(), "1999", "task-3"); !UnknownRun.Is(err) {
		t.Errorf("an unknown run gives %v", err)
	}
}

func TestSweepView(t *testing.T) {
	db := openTemp(t)
	run := begin(t, db, sampleSpec(4))
	must(t, run.AppendSteps(t.Context(), Part{Policy: 1}, []int32{0, 1}, &waymark.Steps{
		Start: []int{0, 2, 2}, From: []float64{math.Inf(-1), 0.25}, Arm: []int32{1, 0}, Pick: []waymark.Pick{{Signal: 0.25}, {Arm: waymark.NoArm, Reason: 2}},
	}))
	got := ask(t, db, "SELECT task, from_knob, to_knob, model, reason FROM sweep ORDER BY task, from_knob")
	want := "task|from_knob|to_knob|model|reason\ntask-0|-Inf|0.25|large|\ntask-0|0.25||small|\ntask-1|-Inf|||no score\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
