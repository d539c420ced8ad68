package policies

import (
	"context"
	"fmt"
	"math"

	"waymark"
)

// Tiers asks one of several models: the first below the first cut, the next from
// there to the second cut, and so on. At a cut it goes to the stronger model.
type Tiers struct {
	Scorer AnyScorer         `yaml:"scorer" json:"scorer" doc:"what rates a query; higher means more need of a stronger model"`
	Models []waymark.ModelID `yaml:"models" json:"models" doc:"from the weakest to the strongest"`
	Cuts   []float64         `yaml:"cuts" json:"cuts" doc:"ascending; one fewer than there are models"`
}

// Build makes the policy.
func (c *Tiers) Build(in Inputs) (waymark.Policy, error) {
	if len(c.Models) < 2 {
		return nil, fieldf([]any{"models"}, "found %d models, expected at least 2", len(c.Models))
	}
	for i, m := range c.Models {
		if err := in.model(m, "models", i); err != nil {
			return nil, err
		}
	}
	if len(c.Cuts) != len(c.Models)-1 {
		return nil, fieldf([]any{"cuts"}, "found %d cuts for %d models, expected %d", len(c.Cuts), len(c.Models), len(c.Models)-1)
	}
	for i, cut := range c.Cuts {
		if math.IsNaN(cut) || i > 0 && cut < c.Cuts[i-1] {
			return nil, fieldf([]any{"cuts", i}, "found cut %g, expected a number of at least the one before", cut)
		}
	}
	s, err := c.Scorer.build(in)
	if err != nil {
		return nil, err
	}
	p := &tiers{scored: scored{s}, cuts: c.Cuts}
	for i, m := range c.Models {
		p.tier = append(p.tier, p.index(m))
		p.reasons = append(p.reasons, fmt.Sprintf("score in tier %d of %d", i+1, len(c.Models)))
	}
	p.reasons = append(p.reasons, noScore)
	return waymark.OneShot{Selector: p}, nil
}

type tiers struct {
	arms
	scored
	cuts    []float64
	tier    []int32 // arm of each tier
	reasons []string
}

func (p *tiers) Reasons() []string { return p.reasons }

func (p *tiers) Select(ctx context.Context, qs *waymark.Queries, picks []waymark.Pick) error {
	return p.each(ctx, qs, picks, func(score float64) waymark.Pick {
		i := 0
		for i < len(p.cuts) && score >= p.cuts[i] {
			i++
		}
		return waymark.Pick{Arm: p.tier[i], Reason: int32(i), Signal: score}
	}, int32(len(p.tier)))
}
