package policies

import (
	"context"

	"waymark/internal/learn"
)

// Tree is a shallow regression tree.
type Tree struct {
	LearnedKeys
	Depth int     `yaml:"depth" json:"depth,omitempty" doc:"questions on the way to a leaf, at most; fewer, or none, where cross-validation within the fit finds no more; default 3"`
	Leaf  float64 `yaml:"leaf" json:"leaf,omitempty" doc:"least share of the tasks in a leaf; default 0.05"`
}

// Build makes a scorer of it.
func (c *Tree) Build(in Inputs) (Scorer, error) { return learnScorer(in, c) }

func (*Tree) features() []AnyFeature {
	return []AnyFeature{{&PromptStatistics{}, "statistics"}, {&Metadata{}, "metadata"}}
}

func (c *Tree) check() error {
	if !(c.Leaf >= 0 && c.Leaf <= 0.5) {
		return fieldf([]any{"leaf"}, "found %g, expected a share above 0 and up to 0.5", c.Leaf)
	}
	return counted("depth", c.Depth, 12)
}

func (*Tree) empty() learn.Predictor { return new(learn.Tree) }

func (c *Tree) fit(ctx context.Context, s *learn.Sample) (learn.Predictor, error) {
	return learn.TreeOptions{Depth: c.Depth, LeafShare: c.Leaf}.Fit(ctx, s)
}
