package policytest

import (
	"testing"

	"waymark"
)

// Same checks that two policies decide alike: a policy and what it was saved as and
// loaded from, or one that was fitted again with the same seed.
func Same(t *testing.T, a, b waymark.Policy, qs *waymark.Queries) {
	t.Helper()
	for i := range qs.Len() {
		x := waymark.Attempt(t.Context(), a, waymark.NewTrial(qs.Query(i), qs.Repeat, qs.Seed, Echo{}))
		y := waymark.Attempt(t.Context(), b, waymark.NewTrial(qs.Query(i), qs.Repeat, qs.Seed, Echo{}))
		if (x.Err == nil) != (y.Err == nil) || x.Decision != y.Decision || len(x.Calls) != len(y.Calls) {
			t.Fatalf("query %s: decided as %+v and as %+v (%v, %v)", qs.IDs[i], x.Decision, y.Decision, x.Err, y.Err)
		}
		for k := range x.Calls {
			if x.Calls[k].Model != y.Calls[k].Model {
				t.Fatalf("query %s: call %d is of %s and of %s", qs.IDs[i], k, x.Calls[k].Model, y.Calls[k].Model)
			}
		}
	}
	signals(t, a, b, qs)
}

// signals are the same number, bit for bit.
func signals(t *testing.T, a, b waymark.Policy, qs *waymark.Queries) {
	t.Helper()
	p, ok := a.(waymark.OneShotSweep)
	if !ok {
		return
	}
	x, y := pick(t, p.StepSelector, qs), pick(t, b.(waymark.OneShotSweep).StepSelector, qs)
	for i := range x {
		if !same(x[i], y[i]) {
			t.Fatalf("query %s: picked as %+v and as %+v", qs.IDs[i], x[i], y[i])
		}
	}
}
