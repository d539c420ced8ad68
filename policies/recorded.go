package policies

import (
	"context"
	"fmt"
	"math"
	"sort"

	"waymark"
)

// Recorded replays the models that another router chose.
type Recorded struct {
	Policy string `yaml:"policy" json:"policy" doc:"the router's name in decisions.jsonl"`
}

// Build makes the policy. Only the recorded decisions that name a model count.
func (c *Recorded) Build(in Inputs) (waymark.Policy, error) {
	vs, err := in.verdicts(c.Policy)
	if err != nil {
		return nil, err
	}
	var chosen []string
	seen := map[waymark.ModelID]bool{}
	for _, v := range vs {
		if v.Model != "" && !seen[v.Model] {
			seen[v.Model] = true
			chosen = append(chosen, string(v.Model))
		}
	}
	if len(chosen) == 0 {
		return nil, fieldf([]any{"policy"}, "the recorded decisions of %q name no model; use it as a scorer: {type: recorded, policy: %s}", c.Policy, c.Policy)
	}
	sort.Strings(chosen)
	p := &recorded{spending: spending{vs}, reasons: []string{fmt.Sprintf("as %s chose", c.Policy), fmt.Sprintf("no decision of %s is recorded", c.Policy)}}
	for _, m := range chosen {
		if err := in.model(waymark.ModelID(m), "policy"); err != nil {
			return nil, err
		}
		p.index(waymark.ModelID(m))
	}
	return waymark.OneShot{Selector: p}, nil
}

func (in Inputs) verdicts(policy string) (Verdicts, error) {
	if in.Verdicts == nil {
		return nil, fieldf([]any{"policy"}, "the dataset has no recorded decisions (decisions.jsonl)")
	}
	vs, err := in.Verdicts(policy)
	if err != nil {
		return nil, fieldf([]any{"policy"}, "%v", err)
	}
	return vs, nil
}

type recorded struct {
	arms
	spending
	reasons []string
}

func (p *recorded) Reasons() []string { return p.reasons }

func (p *recorded) Select(_ context.Context, qs *waymark.Queries, picks []waymark.Pick) error {
	for i, id := range qs.IDs {
		picks[i] = waymark.Pick{Arm: waymark.NoArm, Reason: 1, Signal: math.NaN()}
		if v, ok := p.verdicts[id]; ok && v.Model != "" {
			picks[i] = waymark.Pick{Arm: p.index(v.Model), Signal: v.Score}
		}
	}
	return nil
}

// spending charges what a recorded router spent to decide.
type spending struct{ verdicts Verdicts }

// Charge is the recorded cost and latency of each decision.
func (s spending) Charge(qs *waymark.Queries, spent []waymark.Spending) {
	for i, id := range qs.IDs {
		v := s.verdicts[id]
		spent[i] = waymark.Spending{Cost: v.Cost, Latency: v.Latency}
	}
}
