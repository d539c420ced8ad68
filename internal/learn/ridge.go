package learn

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// An estRidge is a ridge regression (Hoerl and Kennard 1970) on standardised columns.
type estRidge struct {
	mean      float64
	slope     []float64
	trust     float64 // slope of the target on what its fold was foretold, between 0 and 1
	agreement float64 // covariance of the target with trust times what was foretold
}

// estRidgeFolds is how many folds choose the penalty.
const estRidgeFolds = 5

// estRidgeColumns is the most columns, whose products are held a dozen times.
const estRidgeColumns = 4096

// estPenalties are tried, in units of the rows' weight.
var estPenalties = []float64{0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100}

// estFitRidge chooses the penalty by cross-validation over folds dealt by unit. It is
// nil where there are too few units, or no columns.
func estFitRidge(ctx context.Context, e *estSample, target []float64) (*estRidge, error) {
	folds := e.folds(estRidgeFolds)
	if folds == nil || e.p == 0 {
		return nil, ctx.Err()
	}
	if e.p > estRidgeColumns {
		return nil, fmt.Errorf("learn: found %d columns to regress on, expected at most %d; reduce them first", e.p, estRidgeColumns)
	}
	r := &estRidge{}
	total := e.weight()
	for i, y := range target {
		r.mean += e.w[i] * y / total
	}
	moments := make([]*ridgeMoments, estRidgeFolds)
	all := newRidgeMoments(e.p)
	for f := range moments {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		moments[f] = foldMoments(e, folds, f, target, r.mean)
		all.add(moments[f], 1)
	}
	foretold := irtZeros(len(estPenalties), e.n)
	estParallel(estRidgeFolds*len(estPenalties), func(at int) {
		f, l := at/len(estPenalties), at%len(estPenalties)
		if ctx.Err() != nil {
			return
		}
		rest := newRidgeMoments(e.p)
		rest.add(all, 1)
		rest.add(moments[f], -1)
		slope, ok := rest.solve(estPenalties[l])
		for i, fold := range folds {
			if fold == f && !ok {
				foretold[l][i] = math.Inf(1) // this penalty is too small for these columns
			} else if fold == f {
				foretold[l][i] = ridgeAt(slope, e.row(i))
			}
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	best := r.choose(e, target, foretold)
	slope, ok := all.solve(estPenalties[best])
	if !ok {
		return nil, errors.New("learn: the features' moments are not positive definite under any penalty")
	}
	r.slope = slope
	return r, nil
}

// choose is the penalty of least squared error.
func (r *estRidge) choose(e *estSample, target []float64, foretold [][]float64) int {
	best, least := 0, math.Inf(1)
	for l := range foretold {
		sum := 0.0
		for i, f := range foretold[l] {
			d := target[i] - r.mean - f
			sum += e.w[i] * d * d
		}
		if sum < least {
			best, least = l, sum
		}
	}
	cross, square := 0.0, 0.0
	for i, f := range foretold[best] {
		cross += e.w[i] * (target[i] - r.mean) * f
		square += e.w[i] * f * f
	}
	if cross > 0 {
		r.trust = math.Min(1, cross/square)
		r.agreement = r.trust * cross / e.weight()
	}
	return best
}

func ridgeAt(slope []float64, row []float32) float64 {
	sum := 0.0
	for c, v := range row {
		sum += slope[c] * float64(v)
	}
	return sum
}

// ridgeMoments are XᵀWX and XᵀWy.
type ridgeMoments struct {
	weight       float64
	gram, target []float64
}

func newRidgeMoments(p int) *ridgeMoments {
	return &ridgeMoments{gram: make([]float64, p*p), target: make([]float64, p)}
}

func (m *ridgeMoments) add(o *ridgeMoments, sign float64) {
	m.weight += sign * o.weight
	for i, v := range o.gram {
		m.gram[i] += sign * v
	}
	for i, v := range o.target {
		m.target[i] += sign * v
	}
}

func foldMoments(e *estSample, folds []int, fold int, target []float64, mean float64) *ridgeMoments {
	m := newRidgeMoments(e.p)
	var x, weighted []float32
	for i, f := range folds {
		if f != fold {
			continue
		}
		m.weight += e.w[i]
		for c, v := range e.row(i) {
			m.target[c] += e.w[i] * (target[i] - mean) * float64(v)
			weighted = append(weighted, float32(e.w[i])*v)
		}
		x = append(x, e.row(i)...)
	}
	gram := make([]float32, e.p*e.p)
	estMultiply(true, e.p, len(x)/e.p, e.p, x, weighted, gram)
	for i, v := range gram {
		m.gram[i] = float64(v)
	}
	return m
}

func (m *ridgeMoments) solve(penalty float64) (slope []float64, ok bool) {
	p := len(m.target)
	a := mat.NewSymDense(p, append([]float64(nil), m.gram...)) // of which the upper triangle counts
	for c := range p {
		a.SetSym(c, c, a.At(c, c)+penalty*m.weight)
	}
	var factor mat.Cholesky
	out := mat.NewVecDense(p, nil)
	ok = factor.Factorize(a) && factor.SolveVecTo(out, mat.NewVecDense(p, m.target)) == nil
	return out.RawVector().Data, ok
}
