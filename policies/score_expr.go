package policies

import (
	"context"
	"math"

	"waymark"
	"waymark/internal/expression"
)

// Expr rates a query by an expression that gives a number; true counts as 1. A
// query on which it cannot be evaluated cannot be rated.
type Expr struct {
	Expr string `yaml:"expr" json:"expr" doc:"over prompt, length, words, lines, turns and the dataset's features"`
}

// Build compiles the expression.
func (c *Expr) Build(in Inputs) (Scorer, error) {
	p, err := expression.Compile(c.Expr, QueryNames(in.Features))
	if err != nil {
		return nil, fieldf([]any{"expr"}, "%v", err)
	}
	return exprScorer{p}, nil
}

type exprScorer struct{ program *expression.Program }

func (s exprScorer) Score(ctx context.Context, qs *waymark.Queries, out []float64) error {
	env := newQueryEnv([]*expression.Program{s.program})
	return scoreFunc(func(qs *waymark.Queries, i int) float64 {
		x, err := s.program.Float(env.of(qs, i))
		if err != nil {
			return math.NaN()
		}
		return x
	}).Score(ctx, qs, out)
}
