package policies

import (
	"context"
	"fmt"
	"math"

	"waymark"
	"waymark/internal/expression"
)

// Rules asks the model of the first condition that holds. A condition that
// cannot be evaluated on a query (a feature that it lacks, say) sends the query
// to the default, and the decision says so.
type Rules struct {
	Rules   []Rule          `yaml:"rules" json:"rules" doc:"conditions in order; the first that holds decides"`
	Default waymark.ModelID `yaml:"default" json:"default" doc:"the model where none holds"`
}

// A Rule is one condition and the model that it sends to.
type Rule struct {
	When  string          `yaml:"when" json:"when" doc:"an expression over prompt, length, words, lines and the dataset's features"`
	Model waymark.ModelID `yaml:"model" json:"model" doc:"the model that answers where the condition holds"`
}

// Build compiles the conditions and makes the policy.
func (c *Rules) Build(in Inputs) (waymark.Policy, error) {
	if len(c.Rules) == 0 {
		return nil, fieldf([]any{"rules"}, "found no rules, expected at least one")
	}
	if err := in.model(c.Default, "default"); err != nil {
		return nil, err
	}
	p := &rules{reasons: []string{"no rule holds: default"}}
	p.index(c.Default)
	for i, r := range c.Rules {
		if err := in.model(r.Model, "rules", i, "model"); err != nil {
			return nil, err
		}
		when, err := expression.Compile(r.When, QueryNames(in.Features))
		if err != nil {
			return nil, fieldf([]any{"rules", i, "when"}, "%v", err)
		}
		p.when = append(p.when, when)
		p.send = append(p.send, p.index(r.Model))
		p.reasons = append(p.reasons, fmt.Sprintf("rule %d: %s", i+1, r.When))
	}
	for i := range c.Rules {
		p.reasons = append(p.reasons, fmt.Sprintf("rule %d could not be evaluated: default", i+1))
	}
	return waymark.OneShot{Selector: p}, nil
}

type rules struct {
	arms
	when    []*expression.Program
	send    []int32 // arm of each rule
	reasons []string
}

// Reasons are: the default, each rule, each rule's failure.
func (p *rules) Reasons() []string { return p.reasons }

func (p *rules) Select(ctx context.Context, qs *waymark.Queries, picks []waymark.Pick) error {
	env := newQueryEnv(p.when)
	for i := range picks {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		picks[i] = p.pick(env.of(qs, i))
	}
	return nil
}

func (p *rules) pick(env map[string]any) waymark.Pick {
	for i, when := range p.when {
		switch holds, err := when.Bool(env); {
		case err != nil:
			return waymark.Pick{Reason: int32(1 + len(p.when) + i), Signal: math.NaN()}
		case holds:
			return waymark.Pick{Arm: p.send[i], Reason: int32(1 + i), Signal: math.NaN()}
		}
	}
	return waymark.Pick{Signal: math.NaN()}
}
