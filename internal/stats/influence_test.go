package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// What a task moves a ranking by, against the derivative in its weight: with W the
// sum of weights, the influence of task i is W·∂T/∂w_i.
func TestInfluenceIsTheDerivativeInTheWeights(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	var s Scores
	total := 0.0
	for i := range 90 {
		p := float64(rng.IntN(20)) / 20
		s.Score, s.Event = append(s.Score, p), append(s.Event, rng.Float64() < 0.1+0.6*p)
		s.Weights = append(s.Weights, 0.5+float64(i%4))
		total += s.Weights[i]
	}
	area := func() (float64, []float64) {
		a, x, c, _ := s.auroc()
		for i := range x { // without the scale of classes of few units
			m := float64(c.units[oneIf(s.Event[i])])
			x[i] /= math.Sqrt(m / (m - 1) * 89 / 90)
		}
		return a, x
	}
	precision := func() (float64, []float64) {
		order, err := s.byScore()
		if err != nil {
			t.Fatal(err)
		}
		return s.averagePrecision(order, s.classes())
	}
	for name, statistic := range map[string]func() (float64, []float64){"AUROC": area, "average precision": precision} {
		_, influence := statistic()
		const h = 1e-6
		for i, w := range s.Weights {
			s.Weights[i] = w + h
			up, _ := statistic()
			s.Weights[i] = w - h
			down, _ := statistic()
			s.Weights[i] = w
			if d := total * (up - down) / (2 * h); math.Abs(d-influence[i]) > 1e-6 {
				t.Fatalf("%s: influence of task %d is %g, its derivative %g", name, i, influence[i], d)
			}
		}
	}
}
