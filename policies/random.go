package policies

import (
	"context"
	"fmt"
	"math"
	"sort"

	"waymark"
)

// Random asks a model by chance. The draw depends on the run's seed, the query
// and the repeat alone.
type Random struct {
	Weights map[waymark.ModelID]float64 `yaml:"weights" json:"weights" doc:"how often each model is asked, in any unit; each finite and at least 0"`
}

// Build makes the policy.
func (c *Random) Build(in Inputs) (waymark.Policy, error) {
	names := make([]string, 0, len(c.Weights))
	for m := range c.Weights {
		names = append(names, string(m))
	}
	sort.Strings(names)
	p := &random{}
	total := 0.0
	for _, name := range names {
		m, w := waymark.ModelID(name), c.Weights[waymark.ModelID(name)]
		if err := in.model(m, "weights", name); err != nil {
			return nil, err
		}
		if !(w >= 0) || math.IsInf(w, 1) {
			return nil, fieldf([]any{"weights", name}, "found weight %g, expected a finite number of at least 0", w)
		}
		if w > 0 {
			total += w
			p.index(m)
			p.upTo = append(p.upTo, total)
			p.reasons = append(p.reasons, fmt.Sprintf("drawn by chance, weight %g", w))
		}
	}
	if total == 0 {
		return nil, fieldf([]any{"weights"}, "found no positive weight, expected at least one")
	}
	return waymark.OneShot{Selector: p}, nil
}

type random struct {
	arms
	upTo    []float64 // cumulated weights
	reasons []string
}

func (p *random) Reasons() []string { return p.reasons }

func (p *random) Select(_ context.Context, qs *waymark.Queries, picks []waymark.Pick) error {
	total := p.upTo[len(p.upTo)-1]
	for i := range picks {
		x := waymark.Uniform(qs.Seed, qs.IDs[i], qs.Repeat)
		arm := min(sort.SearchFloat64s(p.upTo, x*total), len(p.upTo)-1)
		if p.upTo[arm] == x*total && arm+1 < len(p.upTo) { // an interval is closed below
			arm++
		}
		picks[i] = waymark.Pick{Arm: int32(arm), Reason: int32(arm), Signal: x}
	}
	return nil
}
