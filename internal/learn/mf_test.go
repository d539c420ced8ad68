package learn

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestMFWinsAsOften has win probabilities approach the truth where who is better depends on the row:
// independent successes with log odds l_a and l_b differ in a's favour with σ(l_a − l_b).
func TestMFWinsAsOften(t *testing.T) {
	simulate := func(n int, seed uint64) (*Sample, []float64) {
		r := rand.New(rand.NewPCG(seed, 1))
		s, wins := &Sample{X: NewDense(n, 6), Y: make([][]float64, 3)}, []float64{}
		for i := range n {
			row := s.X.Row(i)
			for c := range row {
				row[c] = float32(r.NormFloat64())
			}
			logits := []float64{float64(row[0]), 0.5 - float64(row[0]), float64(row[1])}
			for o, l := range logits {
				s.Y[o] = append(s.Y[o], float64(estOne(r.Float64() < estSigmoid(l))))
			}
			wins = append(wins, estSigmoid(logits[0]-logits[1]))
		}
		return s, wins
	}
	fresh, want := simulate(2000, 9)
	last := math.Inf(1)
	for _, n := range []int{300, 6000} {
		s, _ := simulate(n, uint64(n))
		m, err := MFOptions{}.Fit(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		got, back := make([]float64, 2000), make([]float64, 2000)
		m.WinProbability(fresh.X, 0, 1, got)
		m.WinProbability(fresh.X, 1, 0, back)
		for i := range got {
			if !(math.Abs(got[i]+back[i]-1) <= 1e-9) {
				t.Fatalf("row %d: %g and %g", i, got[i], back[i])
			}
		}
		e := estError([][]float64{got}, [][]float64{want})
		t.Logf("%d rows: squared error of win probabilities %.5f", n, e)
		if !(e <= last/2) || n == 6000 && !(e <= 0.003) {
			t.Errorf("%d rows: error %.5f, before %.5f", n, e, last)
		}
		last = e
	}
}

// TestMFWithoutBattles has no preference and still the mean quality.
func TestMFWithoutBattles(t *testing.T) {
	s := estSimulate(200, 1, 22).sample
	s.Y = append(s.Y, s.Y[0])
	m, err := MFOptions{}.Fit(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	wins := make([]float64, 200)
	m.WinProbability(s.X, 0, 1, wins)
	for i, p := range wins {
		if p != 0.5 {
			t.Fatalf("row %d: %g", i, p)
		}
	}
	got := estPredicted(m, s.X)
	if d := estMost(got[:1], got[1:]); d > 1e-4 {
		t.Errorf("equal outputs are predicted apart by %g", d)
	}
}

// TestMFBattlesWeighTheDifference has a loss that follows how much the qualities differ, and ties
// that count only where asked.
func TestMFBattlesWeighTheDifference(t *testing.T) {
	e := &estSample{n: 3, w: []float64{1, 2, 1}, y: [][]float64{{1, 0.25, 0.5}, {0, 0.5, 0.5}}}
	scores, log2 := []float32{0, 0}, math.Log(2)
	for _, c := range []struct {
		row  int
		ties bool
		want float64
	}{{0, false, log2}, {1, false, log2 / 2}, {2, false, 0}, {2, true, log2}} {
		if got := (estBattles{e, c.ties}).loss(c.row, scores, nil); !(math.Abs(got-c.want) <= 1e-12) {
			t.Errorf("row %d, ties %v: loss %g, expected %g", c.row, c.ties, got, c.want)
		}
	}
}

// TestMFOfARareOutput has one that a single row knows predicted from that row and half a success
// and half a failure, ¾, or near it, whether that row is held out or not.
func TestMFOfARareOutput(t *testing.T) {
	for at := range 20 {
		s := estSimulate(100, 2, 23).sample
		s.Y = append(s.Y, make([]float64, 100))
		for i := range 100 {
			s.Y[2][i] = math.NaN()
		}
		s.Y[2][at] = 1
		m, err := MFOptions{}.Fit(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, p := range estPredicted(m, s.X)[2] {
			sum += p / 100
		}
		if !(sum >= 0.65 && sum <= 0.9) {
			t.Errorf("row %d alone succeeded, and the output is predicted %g", at, sum)
		}
	}
}
