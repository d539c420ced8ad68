package learn

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestNetDerivatives has those of the network agree with differences, in all its
// parts, for both losses, with holes and weights.
func TestNetDerivatives(t *testing.T) {
	s := estSimulate(40, 3, 20).sample
	estHoles(s)
	s.Weights = make([]float64, 40)
	for i := range s.Weights {
		s.Weights[i] = 0.5 + float64(i%4)
	}
	e, err := estPrepare(s)
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]int, e.n)
	for i := range rows {
		rows[i] = i
	}
	for name, loss := range map[string]estLoss{"cross-entropy": e.crossEntropy, "battles": estBattles{e, true}.loss} {
		for _, linear := range []bool{false, true} {
			n := newEstNet(e.p, 5, 3, linear, 1)
			r := rand.New(rand.NewPCG(1, 1))
			for _, part := range n.parts() {
				for i := range part {
					part[i] += float32(0.5 * r.NormFloat64())
				}
			}
			d, _ := n.backward(e, rows, e.weight(), loss)
			for at, part := range n.parts() {
				for i := range part {
					const step = 1e-3
					was := part[i]
					part[i] = was + step
					above := n.loss(e, rows, loss)
					part[i] = was - step
					below := n.loss(e, rows, loss)
					part[i] = was
					want := (above - below) / (2 * step) / e.weight()
					if got := float64(d.parts()[at][i]); !(math.Abs(got-want) <= 1e-3) {
						t.Errorf("%s, linear %v: derivative %d of part %d is %.5f, by differences %.5f", name, linear, i, at, got, want)
					}
				}
			}
		}
	}
}

// TestMLPLearnsExclusiveOr has what no linear model learns.
func TestMLPLearnsExclusiveOr(t *testing.T) {
	make := func(n int, seed uint64) (*Sample, [][]float64) {
		r := rand.New(rand.NewPCG(seed, 1))
		s, p := &Sample{X: NewDense(n, 2), Y: [][]float64{nil}}, [][]float64{nil}
		for i := range n {
			a, b := r.NormFloat64(), r.NormFloat64()
			s.X.Row(i)[0], s.X.Row(i)[1] = float32(100+a), float32(b)
			truth := 0.1 + 0.8*float64(estOne(a*b > 0))
			p[0] = append(p[0], truth)
			s.Y[0] = append(s.Y[0], truth) // a fraction as target
		}
		return s, p
	}
	s, _ := make(2000, 1)
	fresh, want := make(1000, 2)
	m, err := MLPOptions{}.Fit(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if got := estError(estPredicted(m, fresh.X), want); !(got <= 0.035) {
		t.Errorf("error %.4f, of the mean 0.16", got)
	}
}

// TestTrainingKeepsUnitsTogether has no unit both fitted and held out.
func TestTrainingKeepsUnitsTogether(t *testing.T) {
	s := estSimulate(400, 2, 21).sample
	s.Units = make([]uint64, 400)
	for i := range s.Units {
		s.Units[i] = uint64(i / 4)
	}
	e, err := estPrepare(s)
	if err != nil {
		t.Fatal(err)
	}
	fold, sizes := map[uint64]int{}, make([]int, 10)
	for i, f := range e.folds(10) {
		if was, seen := fold[e.unit[i]]; seen && was != f {
			t.Fatalf("unit %d is in folds %d and %d", e.unit[i], was, f)
		}
		fold[e.unit[i]] = f
		sizes[f]++
	}
	for f, n := range sizes {
		if n != 40 {
			t.Errorf("fold %d has %d rows, expected 40", f, n)
		}
	}
}
