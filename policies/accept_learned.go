package policies

import (
	"context"
	"fmt"
	"math"
	"unicode/utf8"

	"waymark"
	"waymark/internal/learn"
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
			fit, err := fitAnswers(in.context(), o, m, in.Seed)
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
		if f := state.Models[m]; f == nil || len(f.Mean) != answerFeatures || len(f.Scale) != answerFeatures || f.Logistic == nil || f.Logistic.Outputs() != 1 || f.Logistic.Cols != answerFeatures {
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
	Mean, Scale []float64
	Logistic    *learn.Logistic
}

// standard writes standardised features: what is not recorded stands at 0, its mean.
func (m *answerModel) standard(x []float64, to []float32) {
	for j, v := range x {
		if to[j] = 0; !math.IsNaN(v) && m.Scale[j] > 0 {
			to[j] = float32((v - m.Mean[j]) / m.Scale[j])
		}
	}
}

func (m *answerModel) predict(x []float64) float64 {
	t := learn.NewDense(1, answerFeatures)
	m.standard(x, t.Row(0))
	out := [][]float64{{0}}
	m.Logistic.Predict(t, out)
	return out[0][0]
}

// fitAnswers fits one model's regression on its answers to the queries that have a quality.
func fitAnswers(ctx context.Context, o *waymark.Outcomes, model waymark.ModelID, seed uint64) (*answerModel, error) {
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
		r, err := o.Answers.Respond(ctx, waymark.Request{Model: model, Query: q, Sample: 1})
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
	sample := &learn.Sample{X: learn.NewDense(len(xs), answerFeatures), Y: [][]float64{ys}, Weights: ws, Seed: seed}
	for i, x := range xs {
		m.standard(x, sample.X.Row(i))
	}
	var err error
	if m.Logistic, err = (learn.LogisticOptions{}).Fit(ctx, sample); err != nil {
		return nil, fmt.Errorf("the acceptor's model of answers of %s: %w", model, err)
	}
	return m, nil
}

// standardised is a model that knows the weighted mean and spread of each feature.
func standardised(xs [][]float64, ws []float64) *answerModel {
	m := &answerModel{Mean: make([]float64, answerFeatures), Scale: make([]float64, answerFeatures)}
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
