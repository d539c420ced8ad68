package learn

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas/blas64"
)

// A loss is what predicting z where y was costs, with its first and second
// derivative by z.
type loss func(z, y float64) (value, slope, curvature float64)

// A regression minimises Σ weight·loss(b + x·w, y) + penalty/2·|w|², with b not
// penalised, by Newton's method: its direction is found by conjugate gradients
// with the Hessian's diagonal as preconditioner, only as exactly as is worth it, and
// halved until the objective falls enough (Nocedal and Wright, 2006, algorithms 7.1
// and 3.1).
type regression struct {
	design  *design
	y       []float64
	weights []float64
	loss    loss
	penalty float64
	scale   float64 // what the gradient is small compared with

	z, slope, curvature []float64 // by row
	buffer              []float64 // by row
	sums                []float64 // of the loss, by chunk
}

const (
	// gradientTolerance ends a fit, relative to the largest that the gradient's
	// entries could be. Newton's last step as a rule goes far below it.
	gradientTolerance = 1e-9
	newtonSteps       = 200
	conjugateSteps    = 1000 // after which a direction is good enough to go on from
	halvings          = 50
	lossRows          = 4096
)

func newRegression(d *design, y, weights []float64, f loss, penalty, reach float64) *regression {
	n := d.rows
	r := &regression{design: d, y: y, weights: weights, loss: f, penalty: penalty}
	r.z, r.slope, r.curvature, r.buffer = make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	r.sums = make([]float64, (n+lossRows-1)/lossRows)
	sums := make([]float64, d.cols+1)
	d.columns(weights, sums, math.Abs)
	for _, s := range sums {
		r.scale = max(r.scale, s*reach)
	}
	return r
}

// fit moves w, whose last is the intercept, to the minimum. It fails if it does
// not get there.
func (r *regression) fit(ctx context.Context, w []float64) error {
	g, step, trial := make([]float64, len(w)), make([]float64, len(w)), make([]float64, len(w))
	f := r.objective(w)
	for range newtonSteps {
		if err := ctx.Err(); err != nil {
			return err
		}
		r.gradient(w, g)
		if largest(g) <= gradientTolerance*r.scale {
			return nil
		}
		r.direction(g, step)
		next, ok := r.search(w, f, step, trial, dot(g, step))
		if !ok {
			return fmt.Errorf("learn: the fit did not converge: no step lowers the objective, and the largest gradient is %.3g, expected at most %.3g", largest(g), gradientTolerance*r.scale)
		}
		f = next
		copy(w, trial)
	}
	return fmt.Errorf("learn: the fit did not converge in %d steps", newtonSteps)
}

// search halves the step until the objective falls by a share of what its slope
// promises, or differs by no more than rounding does.
func (r *regression) search(w []float64, f float64, step, trial []float64, slope float64) (float64, bool) {
	length := 1.0
	for range halvings {
		copy(trial, w)
		blas64.Axpy(length, vector(step), vector(trial))
		next := r.objective(trial)
		if next <= f+1e-4*length*slope+1e-14*math.Abs(f) {
			return next, true
		}
		length /= 2
	}
	return f, false
}

// objective also takes the slopes and curvatures of the rows.
func (r *regression) objective(w []float64) float64 {
	r.design.times(w, r.z)
	chunks(r.design.rows, lossRows, func(chunk, lo, hi int) {
		var sum float64
		for i := lo; i < hi; i++ {
			weight := r.weights[i]
			if weight == 0 {
				continue // the target may be NaN; slope and curvature stay 0
			}
			value, slope, curvature := r.loss(r.z[i], r.y[i])
			sum += weight * value
			r.slope[i], r.curvature[i] = weight*slope, weight*curvature
		}
		r.sums[chunk] = sum
	})
	coefficients := w[:r.design.cols]
	total := r.penalty / 2 * dot(coefficients, coefficients)
	for _, s := range r.sums {
		total += s
	}
	return total
}

func (r *regression) gradient(w, g []float64) {
	r.design.transposed(r.slope, g)
	for c, x := range w[:r.design.cols] {
		g[c] += r.penalty * x
	}
}

// direction solves Hessian·step = -g about as exactly as g is small.
func (r *regression) direction(g, step []float64) {
	n := len(g)
	diagonal, rest, precise := make([]float64, n), make([]float64, n), make([]float64, n)
	r.preconditioner(diagonal)
	clear(step)
	for c, x := range g {
		rest[c] = -x
		precise[c] = -x / diagonal[c]
	}
	along, product := append([]float64(nil), precise...), make([]float64, n)
	rho := dot(rest, precise)
	size := math.Sqrt(dot(g, g))
	enough := size * min(0.1, math.Sqrt(largest(g)/r.scale))
	for range conjugateSteps {
		r.hessian(along, product)
		length := rho / dot(along, product)
		blas64.Axpy(length, vector(along), vector(step))
		blas64.Axpy(-length, vector(product), vector(rest))
		if math.Sqrt(dot(rest, rest)) <= enough {
			return
		}
		for c, x := range rest {
			precise[c] = x / diagonal[c]
		}
		before := rho
		rho = dot(rest, precise)
		for c, x := range precise {
			along[c] = x + rho/before*along[c]
		}
	}
}

// preconditioner is the Hessian's diagonal.
func (r *regression) preconditioner(out []float64) {
	r.design.squares(r.curvature, out)
	for c := range out[:r.design.cols] {
		out[c] += r.penalty
	}
	last := &out[r.design.cols]
	*last = max(*last, math.SmallestNonzeroFloat64/0x1p-52)
}

func (r *regression) hessian(v, out []float64) {
	r.design.times(v, r.buffer)
	for i, h := range r.curvature {
		r.buffer[i] *= h
	}
	r.design.transposed(r.buffer, out)
	for c, x := range v[:r.design.cols] {
		out[c] += r.penalty * x
	}
}

func dot(a, b []float64) float64 { return blas64.Dot(vector(a), vector(b)) }

func largest(g []float64) (most float64) {
	for _, x := range g {
		most = max(most, math.Abs(x))
	}
	return most
}
