package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// weightedDraw is tasks of which a quarter are seen rarely: what is seen of those
// counts 25 times. Nine answers in ten are right.
func weightedDraw(rng *rand.Rand, n int, truth float64) (Sample, Part) {
	s, p := Sample{Values: make([]float64, n)}, Part{make([]float64, n), make([]float64, n)}
	for i := range n {
		chance, y := 0.5, 0.0
		if i%4 == 0 {
			chance = 0.04
		}
		if rng.Float64() < truth {
			y = 1
		}
		s.Values[i] = truth
		if rng.Float64() < chance {
			p.Residual[i] = (y - truth) / chance
			p.Variance[i] = truth * (1 - truth) / chance / chance
			s.Values[i] += p.Residual[i]
		}
	}
	return s, p
}

// Coverage where a few values count for much: the plain interval falls far short,
// since it often sees none of them fail, and the modelled one does not.
func TestModelledCoversGreatWeights(t *testing.T) {
	const n, draws, confidence, truth = 600, 2000, 0.95, 0.9
	var plain, modelled float64
	in := func(e Estimate) float64 {
		if e.Lo <= truth && truth <= e.Hi {
			return 1.0 / draws
		}
		return 0
	}
	for d := range draws {
		s, p := weightedDraw(rand.New(rand.NewPCG(uint64(d), 77)), n, truth)
		plain += in(Linear(s, confidence))
		modelled += in(Modelled(s, p, confidence))
	}
	low := confidence - 3*math.Sqrt(confidence*(1-confidence)/draws)
	if modelled < low {
		t.Errorf("covers %.3f, less than %.3f", modelled, low)
	}
	if plain >= low {
		t.Errorf("the plain interval covers %.3f: the case is too easy to tell them apart", plain)
	}
}

func TestModelledWithoutAModel(t *testing.T) {
	s := Sample{Values: []float64{3, 5, 3, 5.5, 3, 5, 3, 5, 3, 5}, Weights: []float64{1, 2, 1, 1, 1, 1, 1, 1, 1, 1}, Groups: []int32{0, 0, 1, 2, 3, 4, 5, 6, 7, 8}}
	a, b := Linear(s, 0.95), Modelled(s, Part{}, 0.95)
	if math.Abs(a.Lo-b.Lo) > 1e-12 || math.Abs(a.Hi-b.Hi) > 1e-12 {
		t.Errorf("[%g, %g], t gives [%g, %g]", b.Lo, b.Hi, a.Lo, a.Hi)
	}
	// A model that says what the residuals are changes the degrees of freedom alone.
	n := len(s.Values)
	p := Part{make([]float64, n), make([]float64, n)}
	p.Residual[3], p.Variance[3] = 2, 4
	if c := Modelled(s, p, 0.95); c.Hi-c.Lo <= b.Hi-b.Lo || c.Value != b.Value {
		t.Errorf("[%g, %g] is no wider than [%g, %g]", c.Lo, c.Hi, b.Lo, b.Hi)
	}
	ones := Sample{Values: []float64{1, 0, 1, 1, 0, 1, 1, 1}}
	if got := Modelled(ones, Part{}, 0.95); got.Method != "wilson" {
		t.Errorf("zeros and ones: %s", got.Method)
	}
	for name, s := range map[string]Sample{"two tasks": {Values: []float64{1, 1.5}}, "none": {}, "all equal": {Values: []float64{2, 2, 2, 2, 2, 2, 2}}} {
		if got := Modelled(s, Part{}, 0.95); got.Withheld == "" {
			t.Errorf("%s have the interval [%g, %g]", name, got.Lo, got.Hi)
		}
	}
}
