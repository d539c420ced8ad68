package stats

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// A Joint is the means of several series over the same tasks, and how they vary
// together: Cov is the covariance matrix of the means over units (CR1).
type Joint struct {
	Means  []float64
	Cov    *mat.SymDense
	Units  int
	factor *mat.Dense // Cov = factor·factorᵀ
}

// NewJoint takes series of equal length; the weights, groups and keys are those of
// s, whose Values are not used. An error says why there is nothing to be said.
func NewJoint(series [][]float64, s Sample) (*Joint, error) {
	if len(series) == 0 {
		return nil, errors.New("there is nothing to compare")
	}
	j := &Joint{}
	residuals := make([][]float64, len(series))
	var total float64
	for k, values := range series {
		s.Values = values
		u, err := s.sums()
		if err != nil {
			return nil, err
		}
		j.Means, total, j.Units = append(j.Means, u.mean), u.total, len(u.weight)
		for i, w := range u.weight {
			residuals[k] = append(residuals[k], u.value[i]-w*u.mean)
		}
	}
	if j.Units < minUnits {
		return nil, errors.New(tooFew(j.Units))
	}
	j.Cov = covarianceOf(residuals, total)
	return j, j.factorise()
}

// covarianceOf is that of means with these residuals by unit, with the correction for few.
func covarianceOf(residuals [][]float64, total float64) *mat.SymDense {
	k, g := len(residuals), len(residuals[0])
	r := mat.NewDense(k, g, nil)
	for i, row := range residuals {
		r.SetRow(i, row)
	}
	cov := mat.NewSymDense(k, nil)
	cov.SymOuterK(float64(g)/float64(g-1)/(total*total), r)
	return cov
}

// factorise makes a square root of Cov from its eigenvalues: unlike Cholesky's it
// stands series that are alike.
func (j *Joint) factorise() error {
	var e mat.EigenSym
	if !e.Factorize(j.Cov, true) {
		return fmt.Errorf("the covariance of %d means cannot be factorised", len(j.Means))
	}
	j.factor = &mat.Dense{}
	e.VectorsTo(j.factor)
	for k, v := range e.Values(nil) {
		root := math.Sqrt(math.Max(0, v))
		for i := range j.Means {
			j.factor.Set(i, k, j.factor.At(i, k)*root)
		}
	}
	return nil
}

// Deviations draws what all means may be off by together, by the normal limit of
// their distribution. They are the same for the same seed.
func (j *Joint) Deviations(draws int, seed uint64) [][]float64 {
	rng := rand.New(rand.NewPCG(seed, 0x4a6f696e74))
	n := len(j.Means)
	z := mat.NewDense(draws, n, nil)
	for d := range draws {
		for i := range n {
			z.Set(d, i, rng.NormFloat64())
		}
	}
	var all mat.Dense
	all.Mul(z, j.factor.T())
	out := make([][]float64, draws)
	for d := range out {
		out[d] = all.RawRowView(d)
	}
	return out
}

// differenceError is the standard error of mean a − mean b.
func (j *Joint) differenceError(a, b int) float64 {
	return math.Sqrt(math.Max(0, j.Cov.At(a, a)+j.Cov.At(b, b)-2*j.Cov.At(a, b)))
}
