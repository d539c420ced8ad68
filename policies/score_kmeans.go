package policies

import (
	"context"

	"waymark/internal/learn"
)

// KMeans predicts by the mean of a query's cluster.
type KMeans struct {
	LearnedKeys
	Clusters int `yaml:"clusters" json:"clusters,omitempty" doc:"default: the square root of half the tasks, at most 64"`
}

// Build makes a scorer of it.
func (c *KMeans) Build(in Inputs) (Scorer, error) { return learnScorer(in, c) }

func (*KMeans) features() []AnyFeature { return near() }

func (c *KMeans) check() error { return counted("clusters", c.Clusters, 10_000) }

func (*KMeans) empty() learn.Predictor { return new(learn.KMeans) }

func (c *KMeans) fit(ctx context.Context, s *learn.Sample) (learn.Predictor, error) {
	return learn.KMeansOptions{Clusters: c.Clusters}.Fit(ctx, s)
}
