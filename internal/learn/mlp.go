package learn

import (
	"context"
	"math"
)

// MLPOptions are of a multilayer perceptron with one hidden layer of rectified
// units that all outputs share, and a sigmoid for each output: a small network in
// the manner of scikit-learn's MLPClassifier, fitted by cross-entropy to targets
// that may be fractions. It differs from that in that the inputs are standardised inside,
// the last layer starts from 0 and the outputs' means, so that what it falls back
// to is the mean; an output that a row does not know adds no loss. Batches are
// drawn, so that a row of weight 2 equals two rows in the loss, but not to the last digit of the fit.
// With fewer than 20 units none can be held out, and the means are what is predicted.
type MLPOptions struct {
	Hidden   int     // units of the hidden layer; 32 if 0
	Penalty  float64 // one over the variance of the weights' normal prior; 1 if 0
	Rate     float64 // Adam's step; 0.002 if 0
	Batch    int     // rows a step; 64 if 0
	Epochs   int     // at most; 100 if 0
	Patience int     // epochs without a better loss on the units held out; 8 if 0
}

// An MLP is a fitted perceptron.
type MLP struct {
	Standard estStandard
	Net      estNet
	Unknown  []int `json:",omitempty"` // outputs that no row knew
}

// Fit trains the network. It reports an error if no output of any row is known.
func (o MLPOptions) Fit(ctx context.Context, s *Sample) (*MLP, error) {
	if err := estOptions(o); err != nil {
		return nil, err
	}
	e, err := estPrepare(s)
	if err != nil {
		return nil, err
	}
	m := &MLP{Standard: estStandardise(e)}
	e.x = m.Standard.apply(e.x)
	net := newEstNet(e.p, estOr(o.Hidden, 32), len(e.y), false, e.seed)
	for out, mean := range e.means() {
		if mean != mean {
			m.Unknown = append(m.Unknown, out)
		}
	}
	for out, v := range e.logits() {
		net.Bias[out] = float32(v)
	}
	fitted, held := e.parted()
	net, err = o.training().train(ctx, net, e, fitted, held, e.crossEntropy)
	if err != nil {
		return nil, err
	}
	m.Net = *net
	return m, nil
}

func (o MLPOptions) training() estTraining {
	return estTraining{
		rate: estOr(o.Rate, 0.002), penalty: estOr(o.Penalty, 1), batch: estOr(o.Batch, 64),
		epochs: estOr(o.Epochs, 100), patience: estOr(o.Patience, 8),
	}
}

// estOr is x, or what stands for 0.
func estOr[T int | float64](x, zero T) T {
	if x == 0 {
		return zero
	}
	return x
}

// logits are the log odds of the outputs over the rows that know them, with half a
// success and half a failure added.
func (e *estSample) logits() []float64 {
	out := make([]float64, len(e.y))
	for o, y := range e.y {
		right, wrong := 0.5, 0.5
		for i, v := range y {
			if !math.IsNaN(v) {
				right, wrong = right+e.w[i]*v, wrong+e.w[i]*(1-v)
			}
		}
		out[o] = math.Log(right / wrong)
	}
	return out
}

// crossEntropy is the loss of the known outputs of a row.
func (e *estSample) crossEntropy(i int, scores, gradient []float32) float64 {
	sum := 0.0
	for o, y := range e.y {
		if math.IsNaN(y[i]) {
			continue
		}
		score := float64(scores[o])
		sum += e.w[i] * (estLogOnePlus(score) - y[i]*score)
		if gradient != nil {
			gradient[o] = float32(e.w[i] * (estSigmoid(score) - y[i]))
		}
	}
	return sum
}

// Outputs is how many outputs are predicted.
func (m *MLP) Outputs() int { return m.Net.Scores }

// Predict writes probabilities; NaN for an output that no row knew.
func (m *MLP) Predict(x *Table, out [][]float64) {
	estPredict(x, m.Net.Inputs, out, m.Outputs(), func(rows *Table, out [][]float64) {
		_, scores := m.Net.forward(rows.Rows, m.Standard.apply(rows.Dense))
		for o := range out {
			for i := range out[o] {
				out[o][i] = estSigmoid(float64(scores[i*m.Net.Scores+o]))
			}
		}
		for _, o := range m.Unknown {
			for i := range out[o] {
				out[o][i] = math.NaN()
			}
		}
	})
}

// UnmarshalJSON loads a perceptron.
func (m *MLP) UnmarshalJSON(text []byte) error {
	type plain MLP
	return estLoad(text, (*plain)(m), func() bool {
		for _, o := range m.Unknown {
			if o < 0 || o >= m.Net.Scores {
				return false
			}
		}
		return m.Net.fits() && len(m.Standard.Mean) == m.Net.Inputs && len(m.Standard.Scale) == m.Net.Inputs
	})
}
