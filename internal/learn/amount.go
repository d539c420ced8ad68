package learn

import (
	"fmt"
	"math"
)

// An Amount predicts a positive amount, such as a cost, from the size of a text:
// its logarithm is a line in ln(1+characters), fitted by least squares, and Smear
// brings the mean back that the logarithm loses (Duan, Smearing estimate, JASA 78,
// 1983). Beyond the sizes that were fitted on the prediction stays as it is there.
type Amount struct {
	Intercept, Slope, Smear float64
	Least, Most             float64 // of the sizes that were fitted on
}

// FitAmount fits to sizes (characters) and amounts; pairs of which either is not finite
// or the amount is negative are left out. Where some amounts are 0, or all sizes alike,
// the prediction is the mean amount. weights may be nil.
func FitAmount(sizes []int, amounts, weights []float64) (*Amount, error) {
	var sw, sx, sy, mean float64
	zero := false
	each := func(do func(w, x, amount float64)) {
		for i, a := range amounts {
			if !(a >= 0) || math.IsInf(a, 0) {
				continue
			}
			w := 1.0
			if weights != nil {
				w = weights[i]
			}
			do(w, math.Log1p(float64(sizes[i])), a)
		}
	}
	m := &Amount{Least: math.Inf(1), Most: math.Inf(-1), Smear: 1}
	each(func(w, x, a float64) {
		sw, sx, sy, mean = sw+w, sx+w*x, sy+w*math.Log(a), mean+w*a
		zero = zero || a == 0
		m.Least, m.Most = math.Min(m.Least, x), math.Max(m.Most, x)
	})
	if !(sw > 0) {
		return nil, fmt.Errorf("learn: no amount is known")
	}
	mean /= sw
	if zero {
		m.Least, m.Most = 0, 0
		m.Intercept, m.Smear = 0, mean
		return m, nil
	}
	sx, sy = sx/sw, sy/sw
	var xx, xy float64
	each(func(w, x, a float64) { xx, xy = xx+w*(x-sx)*(x-sx), xy+w*(x-sx)*(math.Log(a)-sy) })
	if xx > 1e-12*sw {
		m.Slope = xy / xx
	}
	m.Intercept = sy - m.Slope*sx
	smear := 0.0
	each(func(w, x, a float64) { smear += w * math.Exp(math.Log(a)-m.Intercept-m.Slope*x) })
	m.Smear = smear / sw
	return m, nil
}

// At is the amount expected for a text of some characters.
func (m *Amount) At(characters int) float64 {
	x := math.Min(math.Max(math.Log1p(float64(characters)), m.Least), m.Most)
	return m.Smear * math.Exp(m.Intercept+m.Slope*x)
}
