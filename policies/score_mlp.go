package policies

import (
	"context"

	"waymark/internal/learn"
)

// MLP is a perceptron with one hidden layer.
type MLP struct {
	LearnedKeys
	Hidden  int     `yaml:"hidden" json:"hidden,omitempty" doc:"units of the hidden layer; default 32"`
	Penalty float64 `yaml:"penalty" json:"penalty,omitempty" doc:"one over the variance of the weights' normal prior; default 1"`
}

// Build makes a scorer of it.
func (c *MLP) Build(in Inputs) (Scorer, error) { return learnScorer(in, c) }

func (*MLP) features() []AnyFeature { return embedded() }

func (c *MLP) check() error {
	if err := positive("penalty", c.Penalty); err != nil {
		return err
	}
	return counted("hidden", c.Hidden, 4096)
}

func (*MLP) empty() learn.Predictor { return new(learn.MLP) }

func (c *MLP) fit(ctx context.Context, s *learn.Sample) (learn.Predictor, error) {
	return learn.MLPOptions{Hidden: c.Hidden, Penalty: c.Penalty}.Fit(ctx, s)
}
