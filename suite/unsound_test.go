package suite_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"waymark/suite"
)

// A failed call has no latency: it is not an answer in 0 ms.
func TestFailedCallsHaveNoLatency(t *testing.T) {
	m := make400()
	for i, r := range m.responses {
		if strings.Contains(r, `"weak"`) {
			m.responses[i] = strings.Replace(r, `"score"`, `"latency_ms": 100, "score"`, 1)
			if i%2 == 0 {
				m.responses[i] = fmt.Sprintf(`{"task": "t%03d", "model": "weak", "error": "boom", "cost_usd": 0.001}`, i/3)
			}
		}
	}
	s := m.write(t, "dataset: .\ntolerance: 0.9\npolicies: [{name: p, type: fixed, model: weak}]\nchecks: [p50(p) <= 60]\n")
	res := result(t, s, suite.Options{})
	out, err := s.Check(res.Evidence(), suite.CheckSpec{})
	if err != nil {
		t.Fatal(err)
	}
	if v := out.Checks[0]; v.Verdict != "fail" || v.Estimate.Value != 100 {
		t.Errorf("half of the calls failed, the others took 100 ms: %+v", v)
	}
}

// One task that outweighs all others is one task, whatever their number.
func TestAHeavyTaskHasNoInterval(t *testing.T) {
	m := make400()
	m.tasks[7] = strings.Replace(m.tasks[7], `"id"`, `"weight": 100000, "id"`, 1)
	s := m.write(t, "dataset: .\npolicies: [{name: p, type: fixed, model: weak}]\n")
	if q := result(t, s, suite.Options{}).Policies[0].Quality; q.Withheld == "" || !math.IsNaN(q.Lo) {
		t.Errorf("quality %+v", q)
	}
}

// Tasks that production sends are weighed in the mix too.
func TestTheMixIsOfTheTraffic(t *testing.T) {
	s := make400().write(t, "dataset: .\ntraffic: {mix: {a: 9, b: 1}}\npolicies:\n  - {name: p, type: table, by: category, routes: {a: weak}, default: strong}\n")
	row := result(t, s, suite.Options{}).Policies[0]
	near(t, "share of weak", row.Mix["weak"], 0.9, 1e-12)
	near(t, "total", row.Cost.Total, row.Cost.PerTask.Value*float64(row.N), 1e-12)
}

// Tasks that a policy cannot decide are told of, make a record incomplete, and forbid a certificate.
func TestTuningTellsOfWhatItLeavesOut(t *testing.T) {
	m := make400()
	for i := range 60 {
		at := strings.Index(m.tasks[i], `, "metadata"`)
		m.tasks[i] = m.tasks[i][:at] + "}"
	}
	got, err := m.write(t, cutsSuite).Tune(t.Context(), suite.TuneSpec{Policy: "sweep"}, suite.Options{})
	var part *suite.Incomplete
	if !errors.As(err, &part) || !strings.Contains(fmt.Sprint(got.Warnings), "are left out") {
		t.Errorf("error %v, warnings %v", err, got.Warnings)
	}
	_, err = m.write(t, cutsSuite).Tune(t.Context(), suite.TuneSpec{Policy: "sweep", Guarantee: true}, suite.Options{})
	var input *suite.InputError
	if !errors.As(err, &input) || !strings.Contains(err.Error(), "need not hold for them") {
		t.Errorf("a certificate over part of the tasks: %v", err)
	}
	if _, err = m.write(t, cutsSuite+"tolerance: 0.2\n").Tune(t.Context(), suite.TuneSpec{Policy: "sweep"}, suite.Options{}); err != nil {
		t.Errorf("within the tolerance: %v", err)
	}
}

// Where quality is maximised under a budget, the certified knob is the best within it, not
// the cheapest.
func TestACertifiedBudgetIsUsed(t *testing.T) {
	spec := suite.TuneSpec{Policy: "sweep", Guarantee: true, Delta: 0.2, Objective: &suite.Objective{Maximise: "quality", SubjectTo: "share(strong) <= 0.5"}}
	got, err := make400().write(t, cutsSuite).Tune(t.Context(), spec, suite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if share := got.Tune.Share.Value; share < 0.2 || share > 0.5 {
		t.Errorf("of a budget of half of the calls %.2f are used: %+v", share, got.Guarantee)
	}
}

// A share of a model that is none is a mistake, and never a share of 0.
func TestAShareIsOfAKnownModel(t *testing.T) {
	s := make400().write(t, "dataset: .\npolicies: [{name: p, type: fixed, model: weak}]\nchecks: [\"share(p, strnog) <= 0.3\"]\n")
	_, err := s.Check(result(t, s, suite.Options{}).Evidence(), suite.CheckSpec{})
	if err == nil || !strings.Contains(err.Error(), `did you mean "strong"`) || !strings.Contains(err.Error(), "s.yaml:3:") {
		t.Errorf("error %v", err)
	}
}

// An incomplete run is not held against.
func TestIncompleteRunsAreNoBaseline(t *testing.T) {
	s := make400().write(t, "dataset: .\npolicies: [{name: p, type: fixed, model: weak}]\nchecks: [quality(p) >= quality(p@baseline) - 0.1]\n")
	e := result(t, s, suite.Options{}).Evidence()
	part := *e
	part.Incomplete = "3 of 400 decisions of p failed"
	if _, err := s.Check(e, suite.CheckSpec{Baseline: &part}); err == nil || !strings.Contains(err.Error(), "it is incomplete") {
		t.Errorf("error %v", err)
	}
	out, err := s.Check(e, suite.CheckSpec{Baseline: &part, Force: true})
	if err != nil || out.Checks[0].Verdict != "pass" {
		t.Errorf("forced: %v, %+v", err, out)
	}
}

// One cut is a list too.
func TestOneCutIsWrittenAsAList(t *testing.T) {
	s := make400().write(t, "dataset: .\npolicies:\n  - {name: p, type: tiers, scorer: {type: length}, models: [weak, strong], cuts: sweep}\n")
	text, _, err := s.Rewrite("p", 10.5)
	if err != nil || !strings.Contains(text, "cuts: [10.5]}") {
		t.Errorf("%v\n%s", err, text)
	}
}

// Where tasks are left out for want of a response, the mix of traffic is matched again on those that
// are left.
func TestTrafficIsMatchedOnWhatIsLeft(t *testing.T) {
	m := make400()
	var kept []string
	for i, r := range m.responses {
		task := i / 3
		if strings.Contains(r, `"weak"`) && task%3 == 0 && task%2 == 0 {
			continue // half of category a has no answer of weak
		}
		kept = append(kept, r)
	}
	m.responses = kept
	s := m.write(t, "dataset: .\nholes: complete\ntraffic: {mix: {a: 1, b: 1, c: 0}}\npolicies:\n  - {name: p, type: table, by: category, routes: {a: weak}, default: strong}\n")
	res := result(t, s, suite.Options{})
	near(t, "share of weak", res.Policies[0].Mix["weak"], 0.5, 1e-12)
	if !strings.Contains(fmt.Sprint(res.Warnings), "matched anew") {
		t.Errorf("warnings %v", res.Warnings)
	}
}
