package policies

import (
	"context"

	"waymark/internal/learn"
)

// Elo rates the two models by their battles, those on similar queries counting most.
type Elo struct {
	LearnedKeys
	Base float64 `yaml:"base" json:"base,omitempty" doc:"a battle counts base to the power of its similarity; default 10"`
}

// Build makes a scorer of it: that strong is better, unless the target is another.
func (c *Elo) Build(in Inputs) (Scorer, error) { return learnScorer(in, c) }

func (*Elo) target() string { return "better" }

func (*Elo) whole() bool { return false }

func (*Elo) features() []AnyFeature { return near() }

func (c *Elo) check() error {
	if c.Base != 0 && !(c.Base >= 1 && c.Base <= 1e6) {
		return fieldf([]any{"base"}, "found %g, expected 1 to 1e6", c.Base)
	}
	return nil
}

func (*Elo) empty() learn.Predictor { return new(learn.Elo) }

func (c *Elo) fit(ctx context.Context, s *learn.Sample) (learn.Predictor, error) {
	return learn.EloOptions{Base: c.Base}.Fit(ctx, s)
}
