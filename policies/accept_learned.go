package policies

import (
	"context"
	"fmt"
	"math"
	"unicode/utf8"

	"waymark"
)

// AcceptLearned gives the predicted quality of an answer, by a logistic regression for
// each model on what can be seen of an answer and of the query: characters of answer and prompt,
// cost, output tokens and latency, all as logarithms, and whether the answer was cut off. It
// is fitted on the tune split. What is not recorded of an answer stands at its mean.
type AcceptLearned struct{}

// Build fits, or loads, a model's regression for each of models.
func (*AcceptLearned) Build(in Inputs, models []waymark.ModelID) (Acceptor, error) {
	state, err := learned(in, "logistic", func(o *waymark.Outcomes) (*answerState, error) {
		s := &answerState{Models: map[waymark.ModelID]*answerModel{}}
		for _, m := range models {
			fit, err := fitAnswers(o, m, in.Seed)
			if err != nil {
				return nil, err
			}
			s.Models[m] = fit
		}
		return s, nil
	})
	if err != nil {
		return nil, err
	}
	for _, m := range models {
		if f := state.Models[m]; f == nil || len(f.Mean) != answerFeatures || len(f.Scale) != answerFeatures || len(f.Coef) != answerFeatures {
			return nil, fmt.Errorf("the saved state of the acceptor holds nothing for model %s", m)
		}
	}
	return state, nil
}

const answerFeatures = 6

// answerState is what is fitted, by model.
type answerState struct {
	Models map[waymark.ModelID]*answerModel
}

func (s *answerState) Accept(_ context.Context, t *waymark.Trial, c waymark.Call) (float64, error) {
	m := s.Models[c.Model]
	if m == nil {
		return 0, fmt.Errorf("the acceptor was not fitted on answers of %s", c.Model)
	}
	return m.predict(answerOf(t.Query, c.Response)), nil
}

// answerOf are the features of an answer; NaN where something is not recorded.
func answerOf(q waymark.Query, r waymark.Response) []float64 {
	x := []float64{math.NaN(), math.NaN(), math.NaN(), math.NaN(), 0, math.Log1p(float64(utf8.RuneCountInString(q.Prompt())))}
	if r.HasOutput {
		x[0] = math.Log1p(float64(utf8.RuneCountInString(r.Output)))
	}
	if r.Cost.Known && r.Cost.USD > 0 {
		x[1] = math.Log(r.Cost.USD.Float())
	}
	if r.Usage.Known() {
		x[2] = math.Log1p(float64(r.Usage.Output + r.Usage.Reasoning))
	}
	if r.Latency > 0 {
		x[3] = math.Log(r.Latency.Seconds())
	}
	if r.FinishReason == "length" {
		x[4] = 1
	}
	return x
}

// An answerModel is a logistic regression on standardised features.
type answerModel struct {
	Mean, Scale, Coef []float64
	Bias              float64
}

func (m *answerModel) standard(x []float64) []float64 {
	out := make([]float64, len(x))
	for j, v := range x {
		if !math.IsNaN(v) && m.Scale[j] > 0 {
			out[j] = (v - m.Mean[j]) / m.Scale[j]
		}
	}
	return out
}

func (m *answerModel) predict(x []float64) float64 {
	z := m.Bias
	for j, v := range m.standard(x) {
		z += m.Coef[j] * v
	}
	return 1 / (1 + math.Exp(-z))
}

// fitAnswers fits one model's regression on its answers to the queries that have a quality.
func fitAnswers(o *waymark.Outcomes, model waymark.ModelID, seed uint64) (*answerModel, error) {
	at := o.Of(model)
	if at < 0 {
		return nil, fmt.Errorf("the acceptor is to be fitted on answers of %s, of which there are none", model)
	}
	var xs [][]float64
	var ys, ws []float64
	for i := range o.Len() {
		y := o.Quality[at][i]
		if math.IsNaN(y) {
			continue
		}
		q := o.Queries.Query(i)
		r, err := o.Answers.Respond(context.Background(), waymark.Request{Model: model, Query: q, Sample: 1})
		if err != nil || r.Err != "" {
			continue // not there, or an answer that is never rated
		}
		w := 1.0
		if o.Weights != nil {
			w = o.Weights[i]
		}
		xs, ys, ws = append(xs, answerOf(q, r)), append(ys, y), append(ws, w)
	}
	if len(xs) < 2 {
		return nil, fmt.Errorf("the acceptor is to be fitted on answers of %s, of which %d have a quality", model, len(xs))
	}
	m := standardised(xs, ws)
	for i := range xs {
		xs[i] = m.standard(xs[i])
	}
	m.fit(xs, ys, ws)
	return m, nil
}

// standardised is a model that knows the weighted mean and spread of each feature.
func standardised(xs [][]float64, ws []float64) *answerModel {
	m := &answerModel{Mean: make([]float64, answerFeatures), Scale: make([]float64, answerFeatures), Coef: make([]float64, answerFeatures)}
	for j := range m.Mean {
		var n, sum, squares float64
		for i, x := range xs {
			if !math.IsNaN(x[j]) {
				n, sum = n+ws[i], sum+ws[i]*x[j]
			}
		}
		if n == 0 {
			continue
		}
		m.Mean[j] = sum / n
		for i, x := range xs {
			if d := x[j] - m.Mean[j]; !math.IsNaN(d) {
				squares += ws[i] * d * d
			}
		}
		if s := math.Sqrt(squares / n); s > 1e-9*math.Max(1, math.Abs(m.Mean[j])) {
			m.Scale[j] = s
		}
	}
	return m
}

// fit maximises the likelihood less half the squares of the coefficients, by Newton's
// method; the intercept is hardly drawn to 0.
func (m *answerModel) fit(xs [][]float64, ys, ws []float64) {
	const k = answerFeatures + 1
	theta := make([]float64, k)
	for range 50 {
		var g [k]float64
		var h [k][k]float64
		for j := range k {
			ridge := 1.0
			if j == k-1 {
				ridge = 1e-6
			}
			g[j], h[j][j] = -ridge*theta[j], ridge
		}
		for i, x := range xs {
			z := theta[k-1]
			for j, v := range x {
				z += theta[j] * v
			}
			p := 1 / (1 + math.Exp(-z))
			for a := range k {
				xa := at1(x, a)
				g[a] += ws[i] * (ys[i] - p) * xa
				for b := range k {
					h[a][b] += ws[i] * p * (1 - p) * xa * at1(x, b)
				}
			}
		}
		step := solve(h, g)
		most := 0.0
		for j := range theta {
			step[j] = math.Max(-4, math.Min(4, step[j])) // a step that overshoots comes back
			theta[j] += step[j]
			most = math.Max(most, math.Abs(step[j]))
		}
		if most < 1e-10 {
			break
		}
	}
	copy(m.Coef, theta[:k-1])
	m.Bias = theta[k-1]
}

// at1 is a feature, and 1 beyond the last.
func at1(x []float64, j int) float64 {
	if j == len(x) {
		return 1
	}
	return x[j]
}

// solve solves h·x = g, h being positive definite, by Gauss's elimination.
func solve(h [answerFeatures + 1][answerFeatures + 1]float64, g [answerFeatures + 1]float64) [answerFeatures + 1]float64 {
	n := len(g)
	for a := range n {
		for b := a + 1; b < n; b++ {
			f := h[b][a] / h[a][a]
			for c := a; c < n; c++ {
				h[b][c] -= f * h[a][c]
			}
			g[b] -= f * g[a]
		}
	}
	for a := n - 1; a >= 0; a-- {
		for c := a + 1; c < n; c++ {
			g[a] -= h[a][c] * g[c]
		}
		g[a] /= h[a][a]
	}
	return g
}
