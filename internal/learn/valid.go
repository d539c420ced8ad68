package learn

import (
	"errors"
	"fmt"
	"math"
)

// valid checks that what an estimator is fitted on fits together: finite features,
// as many targets and weights as rows, weights that are finite and not negative,
// targets that are NaN or from lo to hi.
func (s *Sample) valid(lo, hi float64) error {
	if len(s.Y) == 0 {
		return errors.New("learn: found no output to fit")
	}
	if s.Weights != nil && len(s.Weights) != s.X.Rows {
		return fmt.Errorf("learn: found %d weights, expected one for each of %d rows", len(s.Weights), s.X.Rows)
	}
	for i, w := range s.Weights {
		if !(w >= 0) || math.IsInf(w, 0) {
			return fmt.Errorf("learn: row %d has the weight %v, expected a finite number from 0", i, w)
		}
	}
	for o, y := range s.Y {
		if len(y) != s.X.Rows {
			return fmt.Errorf("learn: output %d has %d rows, expected %d", o, len(y), s.X.Rows)
		}
		for i, t := range y {
			if t < lo || t > hi || math.IsInf(t, 0) {
				return fmt.Errorf("learn: output %d is %v in row %d, expected a finite number from %v to %v", o, t, i, lo, hi)
			}
		}
	}
	if i := s.X.finite(); i >= 0 {
		return fmt.Errorf("learn: row %d has a feature that is not finite", i)
	}
	return nil
}

// known is the weights of the rows as they count for an output, 0 where it is not
// known, and how many count.
func (s *Sample) known(output int) (weights []float64, rows int) {
	weights = make([]float64, s.X.Rows)
	for i, y := range s.Y[output] {
		if w := s.Weight(i); w > 0 && !math.IsNaN(y) {
			weights[i] = w
			rows++
		}
	}
	return weights, rows
}

// weightedMean is the mean of y where the weight is not 0, and the sum of weights.
func weightedMean(y, weights []float64) (mean, total float64) {
	var sum float64
	for i, w := range weights {
		if w > 0 {
			sum += w * y[i]
			total += w
		}
	}
	return sum / total, total
}
