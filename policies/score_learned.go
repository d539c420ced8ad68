package policies

import (
	"context"
	"fmt"
	"math"

	"waymark"
	"waymark/internal/learn"
)

// A learnedScorer rates a query by what an estimator that was fitted predicts.
type learnedScorer struct {
	*estimate
	score func(out [][]float64, i int) float64
}

// Score predicts, and makes one number of what is predicted.
func (s learnedScorer) Score(ctx context.Context, qs *waymark.Queries, out []float64) error {
	predicted, err := s.predict(ctx, qs)
	if err != nil {
		return err
	}
	for i := range out {
		out[i] = s.score(predicted, i)
	}
	return nil
}

// Charge is what the features cost.
func (s learnedScorer) Charge(qs *waymark.Queries, spent []waymark.Spending) {
	s.representation.charge(qs, spent)
}

// learnScorer fits an estimator to tell the weakest of the policy's models from the
// strongest.
func learnScorer(in Inputs, c EstimatorConfig) (Scorer, error) {
	if len(in.ladder) < 2 {
		return nil, fmt.Errorf("a learned scorer tells a weak model from a strong one, and the policy has none")
	}
	weak, strong := in.ladder[0], in.ladder[len(in.ladder)-1]
	target := c.keys().Target
	if target == "" {
		target = "gain"
		if d, ok := c.(interface{ target() string }); ok {
			target = d.target()
		}
	}
	if p, ok := c.(pooled); ok {
		return learnPool(in, c, p, target, weak, strong)
	}
	first := func(out [][]float64, i int) float64 { return out[0][i] }
	switch target {
	case "difference":
		e, err := estimated(in, c, texts(weak, strong), func(o *waymark.Outcomes) [][]float64 { return qualities(o, weak, strong) })
		return learnedScorer{e, func(out [][]float64, i int) float64 { return out[1][i] - out[0][i] }}, err
	case "better":
		e, err := estimated(in, c, []string{target}, func(o *waymark.Outcomes) [][]float64 { return paired(o, weak, strong, better) })
		return learnedScorer{e, first}, err
	}
	e, err := estimated(in, c, []string{target}, func(o *waymark.Outcomes) [][]float64 { return paired(o, weak, strong, gain) })
	return learnedScorer{e, first}, err
}

// A pooled estimator learns from how the models of the whole pool stand to each other,
// and predicts each one's quality.
type pooled interface{ whole() bool } // whether it takes the pool, or the two models alone

// A duellist predicts which of two models does better.
type duellist interface {
	WinProbability(x *learn.Table, a, b int, out []float64)
}

// learnPool fits an estimator of each model's quality and scores by two of them.
func learnPool(in Inputs, c EstimatorConfig, p pooled, target string, weak, strong waymark.ModelID) (Scorer, error) {
	models := []waymark.ModelID{weak, strong}
	if p.whole() {
		models = in.Models
	}
	if target == "gain" {
		return nil, fieldf([]any{"target"}, "found gain, expected better or difference: this estimator learns how models stand to each other, and no gain")
	}
	e, err := estimated(in, c, texts(models...), func(o *waymark.Outcomes) [][]float64 { return qualities(o, models...) })
	if err != nil {
		return nil, err
	}
	w, s := position(models, weak), position(models, strong)
	if target == "difference" {
		return learnedScorer{e, func(out [][]float64, i int) float64 { return out[s][i] - out[w][i] }}, nil
	}
	d, ok := e.model.(duellist)
	switch {
	case c.keys().Calibrate != "":
		return nil, fieldf([]any{"calibrate"}, "found %q, expected target: difference with it: what is calibrated is each model's quality", c.keys().Calibrate)
	case !ok:
		return nil, fieldf([]any{"target"}, "found better, expected difference: this estimator predicts no winner")
	}
	return learnedScorer{&estimate{e.representation, e.columns, duel{d, s, w}}, func(out [][]float64, i int) float64 { return out[0][i] }}, nil
}

func texts(models ...waymark.ModelID) (out []string) {
	for _, m := range models {
		out = append(out, string(m))
	}
	return out
}

func position(models []waymark.ModelID, m waymark.ModelID) int {
	for i, id := range models {
		if id == m {
			return i
		}
	}
	return -1
}

// A duel predicts that one model does better than another.
type duel struct {
	duellist
	a, b int
}

func (d duel) Outputs() int { return 1 }

func (d duel) Predict(x *learn.Table, out [][]float64) { d.WinProbability(x, d.a, d.b, out[0]) }

// qualities are the grades of some models, NaN where there is none.
func qualities(o *waymark.Outcomes, models ...waymark.ModelID) [][]float64 {
	out := make([][]float64, len(models))
	for k, m := range models {
		if col := o.Of(m); col >= 0 {
			out[k] = o.Quality[col]
			continue
		}
		out[k] = make([]float64, o.Len())
		for i := range out[k] {
			out[k][i] = math.NaN()
		}
	}
	return out
}

// paired is one output made of the grades of two models.
func paired(o *waymark.Outcomes, weak, strong waymark.ModelID, of func(weak, strong float64) float64) [][]float64 {
	q := qualities(o, weak, strong)
	y := make([]float64, o.Len())
	for i := range y {
		y[i] = of(q[0][i], q[1][i])
	}
	return [][]float64{y}
}

// gain is what strong wins over weak.
func gain(weak, strong float64) float64 {
	if strong-weak != strong-weak {
		return math.NaN()
	}
	return math.Max(0, strong-weak)
}

// better is whether strong is better, a half for a tie.
func better(weak, strong float64) float64 {
	switch {
	case math.IsNaN(strong - weak):
		return math.NaN()
	case strong > weak:
		return 1
	case strong < weak:
		return 0
	}
	return 0.5
}
