package store

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"waymark"
)

// Outcomes are averages over repeats, of the reported split alone, by task id.
func TestOutcomes(t *testing.T) {
	db := openTemp(t)
	spec := sampleSpec(4)
	spec.Tasks.IDs = []string{"d", "c", "b", "a"}
	spec.Tasks.Splits = []waymark.Split{waymark.SplitTest, waymark.SplitTune, waymark.SplitTest, waymark.SplitTest}
	spec.Tasks.Weights, spec.Tasks.Units = []float64{2, 1, 0.5, 1}, []string{"g", "g", "", "g"}
	run := begin(t, db, spec)
	for repeat, score := range []float64{1, 0.5} {
		status := []Outcome{Answered, Answered, Answered, []Outcome{Answered, Hole}[repeat]}
		must(t, run.Append(t.Context(), Part{0, repeat, 0}, Decisions{
			Task: []int32{0, 1, 2, 3}, Status: status, Score: []float64{score, 1, 0, 1},
			Cost: []waymark.USD{waymark.Dollar, 0, 3 * waymark.Dollar, 0}, CostKnown: []bool{true, true, repeat == 0, true},
			Latency: []time.Duration{time.Second, 0, 0, 0},
		}))
	}
	got, err := db.Outcomes(t.Context(), run.ID(), "coin")
	must(t, err)
	nan := math.NaN()
	want := []TaskOutcome{
		{Task: "a", Score: nan, CostUSD: 0, Weight: 1, Unit: "g"},
		{Task: "b", Score: 0, CostUSD: nan, Weight: 0.5},
		{Task: "d", Score: 0.75, CostUSD: 1, Latency: time.Second, Weight: 2, Unit: "g"},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	for _, policy := range []string{"difficulty", "nobody"} {
		if none, err := db.Outcomes(t.Context(), run.ID(), policy); err != nil || len(none) != 0 {
			t.Errorf("%s has outcomes %v, %v", policy, none, err)
		}
	}
}
