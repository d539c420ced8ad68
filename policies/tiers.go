package policies

import (
	"context"
	"fmt"
	"math"
	"slices"

	"waymark"
)

// Tiers asks one of several models: the first below the first cut, the next from
// there to the second cut, and so on. At a cut it goes to the stronger model.
type Tiers struct {
	Scorer AnyScorer         `yaml:"scorer" json:"scorer" doc:"what rates a query; higher means more need of a stronger model"`
	Models []waymark.ModelID `yaml:"models" json:"models" doc:"from the weakest to the strongest"`
	Cuts   CutsValue         `yaml:"cuts" json:"cuts" doc:"ascending, one fewer than there are models; or sweep" required:"true"`
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
	cuts := c.Cuts.Values
	if !c.Cuts.Given { // until it is tuned everything goes to the strongest
		cuts = slices.Repeat([]float64{math.Inf(-1)}, len(c.Models)-1)
	}
	if err := c.checkCuts(cuts); err != nil {
		return nil, err
	}
	s, err := c.Scorer.build(in, c.Models...)
	if err != nil {
		return nil, err
	}
	p := &tiers{scored: scored{s}, cuts: cuts}
	for i, m := range c.Models {
		p.tier = append(p.tier, p.index(m))
		p.reasons = append(p.reasons, fmt.Sprintf("score in tier %d of %d", i+1, len(c.Models)))
	}
	p.reasons = append(p.reasons, noScore)
	if !c.Cuts.Given {
		return waymark.OneShotCuts{CutSelector: p}, nil
	}
	return waymark.OneShot{Selector: p}, nil
}

func (c *Tiers) checkCuts(cuts []float64) error {
	if len(cuts) != len(c.Models)-1 {
		return fieldf([]any{"cuts"}, "found %d cuts for %d models, expected %d", len(cuts), len(c.Models), len(c.Models)-1)
	}
	for i, cut := range cuts {
		if math.IsNaN(cut) || i > 0 && cut < cuts[i-1] {
			return fieldf([]any{"cuts", i}, "found cut %g, expected a number of at least the one before", cut)
		}
	}
	return nil
}

type tiers struct {
	arms
	scored
	cuts    []float64
	tier    []int32 // arm of each tier
	reasons []string
}

// Tiers is the arm of each tier.
func (p *tiers) Tiers() []int32 { return p.tier }

// AtCuts is the policy at other cuts.
func (p *tiers) AtCuts(cuts []float64) waymark.Selector {
	q := *p
	q.cuts = cuts
	return &q
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
