package policies

import (
	"context"

	"waymark/internal/learn"
)

// IRT is an item response model: each task has a difficulty, which is predicted from
// features, and each model of the pool an ability.
type IRT struct {
	LearnedKeys
}

// Build makes a scorer of it: the predicted quality of strong less that of weak.
func (c *IRT) Build(in Inputs) (Scorer, error) { return learnScorer(in, c) }

func (*IRT) target() string { return "difference" }

func (*IRT) whole() bool { return true }

func (*IRT) features() []AnyFeature { return embedded() }

func (*IRT) check() error { return nil }

func (*IRT) empty() learn.Predictor { return new(learn.IRT) }

func (c *IRT) fit(ctx context.Context, s *learn.Sample) (learn.Predictor, error) {
	return learn.IRTOptions{}.Fit(ctx, s)
}
