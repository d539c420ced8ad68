package learn

import (
	"errors"
	"math"
)

// Platt is the map 1 / (1+exp(A·x+B)). It rises where A is below 0, as it is if
// higher scores went with success in fitting; it falls if they went with failure.
type Platt struct{ A, B float64 }

// FitPlatt minimises the cross-entropy of the map (Platt, 1999) by the Newton
// method of Lin, Lin and Weng (2007, doi 10.1007/s10994-007-5018-6, appendix),
// and towards Platt's targets: with N₊ successes and N₋ failures, counted by weight,
// a success counts as (N₊+1)/(N₊+2) and a failure as 1/(N₋+2), so that the map
// exists even if they are separated or there is one kind only. A fractional y in
// [0,1] is that share of a success.
//
// Rows whose y is NaN or whose weight is 0 are left out; weights are all 1 if nil.
// It fails if no row is left, an x is not finite, a y is outside [0,1], or it does
// not converge.
func FitPlatt(x, y, weights []float64) (*Platt, error) {
	points, err := calibrationPoints(x, y, weights)
	if err != nil {
		return nil, err
	}
	var successes, failures float64
	for _, p := range points {
		if p.y < 0 || p.y > 1 {
			return nil, errors.New("learn: found a target outside [0,1]")
		}
		successes += p.weight * p.y
		failures += p.weight * (1 - p.y)
	}
	high, low := (successes+1)/(successes+2), 1/(failures+2)
	mean, deviation := scoresOf(points)
	for i, p := range points {
		points[i].y = p.y*high + (1-p.y)*low
		points[i].x = standard(p.x, mean, deviation) // so that scores of any size are fitted as accurately
	}
	f := Platt{0, math.Log((failures + 1) / (successes + 1))}
	if err := f.minimise(points); err != nil {
		return nil, err
	}
	if deviation == 0 {
		return &Platt{0, f.B}, nil
	}
	return &Platt{f.A / deviation, f.B - f.A*mean/deviation}, nil
}

// At is the map at x; NaN at NaN.
func (f *Platt) At(x float64) float64 {
	if f.A == 0 && !math.IsNaN(x) {
		return expit(-f.B)
	}
	return expit(-f.A*x - f.B)
}

func scoresOf(points []point) (mean, deviation float64) {
	scores := make([]float64, len(points))
	for i, p := range points {
		scores[i] = p.x
	}
	return spread(scores)
}

// minimise takes Newton's steps, each halved until the objective falls enough.
func (f *Platt) minimise(points []point) error {
	total := 0.0
	for _, p := range points {
		total += p.weight
	}
	value := f.objective(points)
	for range 100 {
		a, b, haa, hab, hbb := f.derivatives(points)
		if math.Abs(a) <= 1e-12*total && math.Abs(b) <= 1e-12*total {
			return nil
		}
		haa, hbb = haa+1e-12*total, hbb+1e-12*total // definite, as in the paper
		det := haa*hbb - hab*hab
		stepA, stepB := -(hbb*a-hab*b)/det, -(haa*b-hab*a)/det
		slope := a*stepA + b*stepB
		length := 1.0
		for ; length > 1e-10; length /= 2 {
			next := Platt{f.A + length*stepA, f.B + length*stepB}
			if v := next.objective(points); v < value+1e-4*length*slope+1e-14*value {
				*f, value = next, v
				break
			}
		}
		if length <= 1e-10 {
			return errors.New("learn: Platt scaling did not converge: no step lowers the objective")
		}
	}
	return errors.New("learn: Platt scaling did not converge in 100 steps")
}

func (f *Platt) objective(points []point) (sum float64) {
	for _, p := range points {
		value, _, _ := crossEntropy(-f.A*p.x-f.B, p.y)
		sum += p.weight * value
	}
	return sum
}

// derivatives are the gradient and the Hessian by A and B.
func (f *Platt) derivatives(points []point) (a, b, haa, hab, hbb float64) {
	for _, p := range points {
		_, slope, curvature := crossEntropy(-f.A*p.x-f.B, p.y)
		slope, curvature = slope*p.weight, curvature*p.weight
		a -= slope * p.x
		b -= slope
		haa += curvature * p.x * p.x
		hab += curvature * p.x
		hbb += curvature
	}
	return a, b, haa, hab, hbb
}
