package learn

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
)

// LogisticOptions ask for logistic regression with an L2 penalty.
type LogisticOptions struct {
	C float64 // what a row counts against the penalty; 0 means 1
}

// Logistic is a logistic regression for each output.
type Logistic struct{ Hyperplanes }

// Fit minimises C·Σ weight·loss + |w|²/2 for each output on its own, over the rows
// where it is known, as LogisticRegression of scikit-learn does: the loss is the
// cross-entropy, which fractional targets enter as they are, and the intercept is not
// penalised. Coefficients are kept as float32.
//
// If all targets of an output are 0, or all are 1, or none is known, there is no
// minimum: the objective falls for ever as the intercept grows. The prediction is
// then the constant (1+Σ weight·y) / (2+Σ weight), Laplace's rule of succession: a
// few successes do not make certainty, and 1/2 says that nothing is known. Rows says
// on how many each output was fitted.
//
// It fails if a feature is not finite, a target is neither NaN nor in [0,1], a
// weight is negative, C is not positive, or a fit does not converge.
func (o LogisticOptions) Fit(ctx context.Context, s *Sample) (*Logistic, error) {
	if o.C == 0 {
		o.C = 1
	}
	if !(o.C > 0) || math.IsInf(o.C, 0) {
		return nil, fmt.Errorf("learn: found C = %v, expected a positive number", o.C)
	}
	if err := s.valid(0, 1); err != nil {
		return nil, err
	}
	l := &Logistic{newHyperplanes(s.X.Cols, len(s.Y))}
	d := newDesign(s.X)
	for output := range s.Y {
		w, err := o.fitOutput(ctx, s, d, output, &l.Rows[output])
		if err != nil {
			return nil, fmt.Errorf("output %d: %w", output, err)
		}
		l.set(output, w)
	}
	return l, nil
}

func (o LogisticOptions) fitOutput(ctx context.Context, s *Sample, d *design, output int, rows *int) ([]float64, error) {
	weights, n := s.known(output)
	*rows = n
	w := make([]float64, s.X.Cols+1)
	mean, total := weightedMean(s.Y[output], weights)
	if n == 0 || mean <= 0 || mean >= 1 {
		ones := 0.0
		if n > 0 {
			ones = mean * total
		}
		w[s.X.Cols] = logit((1 + ones) / (2 + total))
		return w, nil
	}
	w[s.X.Cols] = logit(mean)
	return w, newRegression(d, s.Y[output], weights, crossEntropy, 1/o.C, 1).fit(ctx, w)
}

// crossEntropy of a target in [0,1] and the log-odds z.
func crossEntropy(z, y float64) (value, slope, curvature float64) {
	e := math.Exp(-math.Abs(z))
	p := 1 / (1 + e)
	if z < 0 {
		p = e / (1 + e)
	}
	return max(z, 0) - y*z + math.Log1p(e), p - y, e / ((1 + e) * (1 + e))
}

func logit(p float64) float64 { return math.Log(p) - math.Log1p(-p) }

// expit is the probability with the log-odds z.
func expit(z float64) float64 {
	if z >= 0 {
		return 1 / (1 + math.Exp(-z))
	}
	e := math.Exp(z)
	return e / (1 + e)
}

// Predict writes probabilities.
func (l *Logistic) Predict(x *Table, out [][]float64) { l.apply(x, out, expit) }

// UnmarshalJSON reads and checks a saved state.
func (l *Logistic) UnmarshalJSON(text []byte) error {
	if err := json.Unmarshal(text, &l.Hyperplanes); err != nil {
		return err
	}
	return l.check()
}
