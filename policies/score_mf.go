package policies

import (
	"context"

	"waymark/internal/learn"
)

// MF is a matrix factorisation, as RouteLLM's: an embedding of the query against one of
// each model of the pool.
type MF struct {
	LearnedKeys
	Dimension int     `yaml:"dimension" json:"dimension,omitempty" doc:"of a model's embedding; default 32"`
	Penalty   float64 `yaml:"penalty" json:"penalty,omitempty" doc:"one over the variance of the weights' normal prior; default 1"`
}

// Build makes a scorer of it: that strong is better, unless the target is another.
func (c *MF) Build(in Inputs) (Scorer, error) { return learnScorer(in, c) }

func (*MF) target() string { return "better" }

func (*MF) whole() bool { return true }

func (*MF) features() []AnyFeature { return embedded() }

func (c *MF) check() error {
	if err := positive("penalty", c.Penalty); err != nil {
		return err
	}
	return counted("dimension", c.Dimension, 4096)
}

func (*MF) empty() learn.Predictor { return new(learn.MF) }

func (c *MF) fit(ctx context.Context, s *learn.Sample) (learn.Predictor, error) {
	return learn.MFOptions{Dimension: c.Dimension, Penalty: c.Penalty}.Fit(ctx, s)
}
