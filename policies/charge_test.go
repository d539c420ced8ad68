package policies_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"waymark"
	"waymark/policies"
	"waymark/policies/policytest"
)

func charged(c policies.ScorerConfig, charge policies.Charge) *policies.Threshold {
	p := sweep(c)
	p.Scorer.Charge = charge
	return p
}

func spendings(t *testing.T, c policies.Config) []waymark.Spending {
	t.Helper()
	p, err := c.Build(inputs())
	if err != nil {
		t.Fatal(err)
	}
	policytest.Run(t, p, queries())
	spent := make([]waymark.Spending, queries().Len())
	p.(waymark.OneShotSweep).StepSelector.(waymark.Charger).Charge(queries(), spent)
	return spent
}

// A declared charge comes on top of what the scorer spends itself, and what is unknown stays so.
func TestChargeIsAdded(t *testing.T) {
	charge := policies.Charge{CostUSD: 0.00001, LatencyMS: 2}
	for i, s := range spendings(t, charged(&policies.Length{}, charge)) {
		if s.Cost != waymark.Paid(1e7) || s.Latency != 2*time.Millisecond {
			t.Errorf("length, query %d: %+v", i, s)
		}
	}
	for i, s := range spendings(t, charged(&policies.RecordedScore{Policy: "other"}, charge)) {
		want := waymark.Spending{Cost: waymark.Paid(1e7 + 5), Latency: 3 * time.Millisecond}
		if i == 7 { // not recorded
			want = waymark.Spending{Cost: waymark.Cost{USD: 1e7}, Latency: 2 * time.Millisecond}
		}
		if s != want {
			t.Errorf("recorded, query %d: %+v, want %+v", i, s, want)
		}
	}
}

type slow struct {
	nap   time.Duration
	calls int
	fail  error
}

func (s *slow) Build(policies.Inputs) (policies.Scorer, error) { return s, nil }

func (s *slow) Score(_ context.Context, qs *waymark.Queries, out []float64) error {
	s.calls++
	time.Sleep(s.nap * time.Duration(qs.Len()))
	clear(out)
	if s.calls > 1 {
		return s.fail
	}
	return nil
}

// A measured charge is the time of one query, taken once and the same for every query.
func TestChargeIsMeasuredOnce(t *testing.T) {
	s := &slow{nap: 3 * time.Millisecond}
	p, err := charged(s, policies.Charge{Measured: true}).Build(inputs())
	if err != nil {
		t.Fatal(err)
	}
	sel := p.(waymark.OneShotSweep).StepSelector
	picks, spent := make([]waymark.Pick, 8), make([]waymark.Spending, 8)
	if err := sel.Select(t.Context(), queries(), picks); err != nil {
		t.Fatal(err)
	}
	calls := s.calls
	sel.(waymark.Charger).Charge(queries(), spent)
	first := spent[0]
	if err := sel.At(1).Select(t.Context(), queries(), picks); err != nil {
		t.Fatal(err)
	}
	sel.At(1).(waymark.Charger).Charge(queries(), spent)
	for i, x := range spent {
		if x != first || x.Cost != waymark.Paid(0) || x.Latency < 3*time.Millisecond || x.Latency > 20*time.Millisecond {
			t.Errorf("query %d: %+v, first %+v", i, x, first)
		}
	}
	if calls != 9 || s.calls != 10 {
		t.Errorf("%d calls, then %d, want 1 and 8 timings, then 1", calls, s.calls)
	}
}

// Where the time cannot be taken there is an error, and what it costs is unknown.
func TestChargeThatCannotBeMeasured(t *testing.T) {
	s := &slow{fail: errors.New("broken")}
	p, err := charged(s, policies.Charge{Measured: true}).Build(inputs())
	if err != nil {
		t.Fatal(err)
	}
	sel := p.(waymark.OneShotSweep).StepSelector
	if err := sel.Select(t.Context(), queries(), make([]waymark.Pick, 8)); err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("Select: %v", err)
	}
	spent := make([]waymark.Spending, 8)
	sel.(waymark.Charger).Charge(queries(), spent)
	if spent[3].Cost.Known {
		t.Errorf("spent %+v", spent[3])
	}
}

func TestChargeKeys(t *testing.T) {
	for _, c := range []policies.Charge{{CostUSD: -1}, {LatencyMS: -1}, {CostUSD: math.Inf(1)}, {LatencyMS: 1e12}} {
		if _, err := charged(&policies.Length{}, c).Build(inputs()); err == nil || !strings.Contains(err.Error(), "expected") {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
