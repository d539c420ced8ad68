package policies

import (
	"context"

	"waymark/internal/learn"
)

// Logistic is a logistic regression with an L2 penalty, one for each output.
type Logistic struct {
	LearnedKeys
	C float64 `yaml:"c" json:"c,omitempty" doc:"what a task counts against the penalty, as in scikit-learn; default 1"`
}

// Build makes a scorer of it.
func (c *Logistic) Build(in Inputs) (Scorer, error) { return learnScorer(in, c) }

func (*Logistic) features() []AnyFeature {
	return []AnyFeature{{&WordGrams{}, "words"}, {&PromptStatistics{}, "statistics"}, {&Metadata{}, "metadata"}}
}

func (c *Logistic) check() error { return positive("c", c.C) }

func (*Logistic) empty() learn.Predictor { return new(learn.Logistic) }

func (c *Logistic) fit(ctx context.Context, s *learn.Sample) (learn.Predictor, error) {
	return learn.LogisticOptions{C: c.C}.Fit(ctx, s)
}
