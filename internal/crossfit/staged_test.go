package crossfit_test

import (
	"context"
	"strings"
	"testing"

	"waymark"
	"waymark/internal/crossfit"
	"waymark/policies"
	"waymark/policies/policytest"
)

// lengths answers with a text whose length depends on query and model, for a cent.
type lengths struct{}

func (lengths) Respond(_ context.Context, r waymark.Request) (waymark.Response, error) {
	n := (len(r.Model)*7 + int(r.Query.ID[0])*5) % 11
	return waymark.Response{Output: strings.Repeat("x", n), HasOutput: true, Cost: waymark.Paid(waymark.Dollar / 100), Latency: 1}, nil
}

// Copies of a policy of one bar, and of one of several, are joined to one of the same kind that keeps its laws.
func TestJoinedCascadesKeepTheLaws(t *testing.T) {
	models := []waymark.ModelID{"s", "middle", "large"}
	qs := &waymark.Queries{IDs: []string{"a", "b", "c", "d", "e", "f", "g"}}
	part := map[string]int{"a": 0, "b": 0, "c": 1, "d": 1}
	for name, at := range map[string]policies.BarsValue{"sweep": {}, "sweep-each": {Each: true}} {
		var copies []waymark.Policy
		for _, expr := range []string{"characters", "-characters", "(characters * 3) % 7"} {
			c := &policies.Cascade{Models: models, At: at, Accept: policies.AnyAcceptor{AcceptorConfig: &policies.AcceptExpr{Expr: expr}}}
			p, err := c.Build(policies.Inputs{Models: models})
			if err != nil {
				t.Fatal(err)
			}
			copies = append(copies, p)
		}
		joined, err := crossfit.Join(copies, part)
		if err != nil {
			t.Fatal(err)
		}
		_, several := joined.(waymark.Staged)
		_, one := joined.(waymark.Sweeper)
		if several != at.Each || one == at.Each {
			t.Errorf("%s is joined to %T", name, joined)
		}
		policytest.RunOn(t, joined, qs, lengths{})
		for i, id := range qs.IDs {
			own := copies[2]
			if k, ok := part[id]; ok {
				own = copies[k]
			}
			a := waymark.Attempt(t.Context(), joined, waymark.NewTrial(qs.Query(i), 0, 1, lengths{}))
			b := waymark.Attempt(t.Context(), own, waymark.NewTrial(qs.Query(i), 0, 1, lengths{}))
			if a.Decision != b.Decision || len(a.Calls) != len(b.Calls) {
				t.Errorf("%s: joined %+v, its own copy %+v", id, a.Decision, b.Decision)
			}
		}
	}
}
