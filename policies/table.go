package policies

import (
	"context"
	"fmt"
	"math"
	"sort"

	"waymark"
)

// Table asks a model by the value of one feature: the static lookup that most
// teams begin with.
type Table struct {
	By      string                     `yaml:"by" json:"by" doc:"the feature that is looked up, such as category"`
	Routes  map[string]waymark.ModelID `yaml:"routes" json:"routes" doc:"the model for each value of the feature"`
	Default waymark.ModelID            `yaml:"default" json:"default" doc:"the model for every other value"`
}

// Build makes the policy.
func (c *Table) Build(in Inputs) (waymark.Policy, error) {
	if err := in.feature(c.By, "by"); err != nil {
		return nil, err
	}
	if err := in.model(c.Default, "default"); err != nil {
		return nil, err
	}
	p := &table{by: c.By, reasons: []string{fmt.Sprintf("no route for this %s: default", c.By)}, routes: map[string]int32{}}
	p.index(c.Default)
	values := make([]string, 0, len(c.Routes))
	for v := range c.Routes {
		values = append(values, v)
	}
	sort.Strings(values)
	for _, v := range values {
		if err := in.model(c.Routes[v], "routes", v); err != nil {
			return nil, err
		}
		p.routes[v] = int32(len(p.reasons))
		p.reasons = append(p.reasons, fmt.Sprintf("%s is %s", c.By, v))
		p.route = append(p.route, p.index(c.Routes[v]))
	}
	return waymark.OneShot{Selector: p}, nil
}

type table struct {
	arms
	by      string
	routes  map[string]int32 // value → reason
	route   []int32          // reason-1 → arm
	reasons []string
}

func (p *table) Reasons() []string { return p.reasons }

func (p *table) Select(_ context.Context, qs *waymark.Queries, picks []waymark.Pick) error {
	col, ok := qs.Features[p.by]
	byCode := make([]waymark.Pick, len(col.Dict))
	for code, v := range col.Dict {
		byCode[code] = p.pick(v)
	}
	for i := range picks {
		if !ok {
			picks[i] = p.pick(nil)
			continue
		}
		picks[i] = byCode[col.Code[i]]
	}
	return nil
}

func (p *table) pick(value any) waymark.Pick {
	reason, ok := p.routes[fmt.Sprint(value)]
	if !ok || value == nil {
		return waymark.Pick{Signal: math.NaN()}
	}
	return waymark.Pick{Arm: p.route[reason-1], Reason: reason, Signal: math.NaN()}
}
