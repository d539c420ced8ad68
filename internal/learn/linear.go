package learn

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
)

// LinearOptions ask for ridge regression.
type LinearOptions struct {
	Penalty float64 // 0 means 1
}

// Linear is a ridge regression for each output.
type Linear struct{ Hyperplanes }

// Fit minimises Σ weight·(y-b-x·w)² + Penalty·|w|² for each output on its own, over
// the rows where it is known, as Ridge of scikit-learn does; the intercept b is not
// penalised. Targets may be any finite numbers. Coefficients are kept as float32.
//
// It fails if a feature or a target is infinite, a weight is negative, an output is
// known in no row, the penalty is not positive, or a fit does not converge.
func (o LinearOptions) Fit(ctx context.Context, s *Sample) (*Linear, error) {
	if o.Penalty == 0 {
		o.Penalty = 1
	}
	if !(o.Penalty > 0) || math.IsInf(o.Penalty, 0) {
		return nil, fmt.Errorf("learn: found a penalty of %v, expected a positive number", o.Penalty)
	}
	if err := s.valid(math.Inf(-1), math.Inf(1)); err != nil {
		return nil, err
	}
	l := &Linear{newHyperplanes(s.X.Cols, len(s.Y))}
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

// fitOutput fits deviations from the mean, in units of the largest, so that no
// digits are lost to either.
func (o LinearOptions) fitOutput(ctx context.Context, s *Sample, d *design, output int, rows *int) ([]float64, error) {
	weights, n := s.known(output)
	if *rows = n; n == 0 {
		return nil, fmt.Errorf("learn: it is known in none of %d rows", s.X.Rows)
	}
	mean, _ := weightedMean(s.Y[output], weights)
	y, most := make([]float64, s.X.Rows), 0.0
	for i, t := range s.Y[output] {
		if weights[i] > 0 {
			y[i] = t - mean
			most = max(most, math.Abs(y[i]))
		}
	}
	w := make([]float64, s.X.Cols+1)
	if most == 0 {
		w[s.X.Cols] = mean
		return w, nil
	}
	for i := range y {
		y[i] /= most
	}
	err := newRegression(d, y, weights, halfSquare, o.Penalty, 1).fit(ctx, w)
	for c := range w {
		w[c] *= most
	}
	w[s.X.Cols] += mean
	return w, err
}

func halfSquare(z, y float64) (value, slope, curvature float64) {
	return (z - y) * (z - y) / 2, z - y, 1
}

// Predict writes what the linear functions are.
func (l *Linear) Predict(x *Table, out [][]float64) {
	l.apply(x, out, func(z float64) float64 { return z })
}

// UnmarshalJSON reads and checks a saved state.
func (l *Linear) UnmarshalJSON(text []byte) error {
	if err := json.Unmarshal(text, &l.Hyperplanes); err != nil {
		return err
	}
	return l.check()
}
