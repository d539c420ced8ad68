package policies

import (
	"context"

	"waymark/internal/learn"
)

// KNN predicts by the tasks whose features have the largest cosine.
type KNN struct {
	LearnedKeys
	K       int    `yaml:"k" json:"k,omitempty" doc:"neighbours; default 20"`
	Weights string `yaml:"weights" json:"weights,omitempty" doc:"uniform (default) or similarity" enum:"uniform,similarity"`
}

// Build makes a scorer of it.
func (c *KNN) Build(in Inputs) (Scorer, error) { return learnScorer(in, c) }

// embedded are the features of an estimator that reads few columns.
func embedded() []AnyFeature {
	return []AnyFeature{{&TextSVD{}, "svd"}, {&PromptStatistics{}, "statistics"}, {&Metadata{}, "metadata"}}
}

// near are the features of an estimator that goes by cosine: numbers of another scale
// would drown the embedding.
func near() []AnyFeature { return []AnyFeature{{&TextSVD{}, "svd"}} }

func (*KNN) features() []AnyFeature { return near() }

func (c *KNN) check() error {
	switch c.Weights {
	case "", "uniform", "similarity":
	default:
		return fieldf([]any{"weights"}, "found %q, expected uniform or similarity", c.Weights)
	}
	return counted("k", c.K, 100_000)
}

func (*KNN) empty() learn.Predictor { return new(learn.KNN) }

func (c *KNN) fit(ctx context.Context, s *learn.Sample) (learn.Predictor, error) {
	return learn.KNNOptions{K: c.K, Similarity: c.Weights == "similarity"}.Fit(ctx, s)
}

// counted checks a whole number that may be left out.
func counted(key string, n, most int) error {
	if n < 0 || n > most {
		return fieldf([]any{key}, "found %d, expected 1 to %d", n, most)
	}
	return nil
}

// positive checks a number that may be left out.
func positive(key string, x float64) error {
	if !(x >= 0 && x <= 1e12) {
		return fieldf([]any{key}, "found %g, expected a number above 0", x)
	}
	return nil
}
