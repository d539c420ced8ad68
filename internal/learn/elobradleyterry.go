package learn

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// estBradleyTerry is the ratings of largest likelihood, of mean 0, where wins[a][b]
// is how often a beat b, above 0 for each pair (Bradley and Terry 1952). Of two it
// is the log odds; of more, Newton's steps on a concave function.
func estBradleyTerry(wins [][]float64) []float64 {
	k := len(wins)
	ratings := make([]float64, k)
	if k == 2 {
		half := math.Log(wins[0][1]/wins[1][0]) / 2
		return []float64{half, -half}
	}
	if k < 2 {
		return ratings
	}
	for range 50 {
		step, ok := estRatingStep(wins, ratings)
		if !ok {
			return ratings
		}
		most := 0.0
		for _, d := range step {
			most = math.Max(most, math.Abs(d))
		}
		// A step of Newton's from afar overshoots, since the curvature falls off.
		scale := math.Min(1, 2/math.Max(most, 1e-300))
		for a, d := range step {
			ratings[a] += scale * d
		}
		if most < 1e-10 {
			break
		}
	}
	return ratings
}

// estRatingStep solves (information + 1·1ᵀ)·step = slope, which keeps the mean at 0.
func estRatingStep(wins [][]float64, ratings []float64) ([]float64, bool) {
	k := len(wins)
	information, slope := mat.NewSymDense(k, nil), mat.NewVecDense(k, nil)
	most := 0.0
	for a := range k {
		diagonal := 0.0
		for b := range k {
			if a == b {
				continue
			}
			p, n := estSigmoid(ratings[a]-ratings[b]), wins[a][b]+wins[b][a]
			slope.SetVec(a, slope.AtVec(a)+wins[a][b]-n*p)
			information.SetSym(a, b, -n*p*(1-p))
			diagonal += n * p * (1 - p)
		}
		information.SetSym(a, a, diagonal)
		most = math.Max(most, diagonal)
	}
	for a := range k {
		for b := a; b < k; b++ {
			information.SetSym(a, b, information.At(a, b)+most/float64(k))
		}
	}
	var c mat.Cholesky
	step := mat.NewVecDense(k, nil)
	if !c.Factorize(information) || c.SolveVecTo(step, slope) != nil {
		return nil, false
	}
	return step.RawVector().Data, true
}
