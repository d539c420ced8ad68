package learn

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestEloByHand has the paper's formula written out, on three training queries.
func TestEloByHand(t *testing.T) {
	s := &Sample{X: &Table{Rows: 3, Cols: 2, Dense: []float32{2, 0, 0, 3, 1, 1}}, Y: [][]float64{{1, 0, 0.5}, {0, 1, 0.5}}}
	query := &Table{Rows: 1, Cols: 2, Dense: []float32{4, 3}} // cosines 0.8, 0.6 and 1.4/√2
	most := 1.4 / math.Sqrt2
	w := []float64{math.Pow(10, 1+0.8/most) / 100, math.Pow(10, 1+0.6/most) / 100, 1}
	for _, ties := range []bool{true, false} {
		m, err := EloOptions{DropTies: !ties}.Fit(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		won, lost := w[0]+0.5, w[1]+0.5
		if ties {
			won, lost = won+w[2]/2, lost+w[2]/2
		}
		got := make([]float64, 1)
		m.WinProbability(query, 0, 1, got)
		if want := won / (won + lost); !(math.Abs(got[0]-want) <= 1e-6) {
			t.Errorf("ties %v: win probability %g, expected %g", ties, got[0], want)
		}
		quality := estPredicted(m, query)[0][0]
		if want := (w[0] + 0.5*w[2] + 0.5) / (w[0] + w[1] + w[2] + 1); !(math.Abs(quality-want) <= 1e-6) {
			t.Errorf("quality %g, expected %g", quality, want)
		}
	}
}

// TestEloOfAQueryLikeNone has a query at right angles to all, or opposite to them, weigh all alike.
func TestEloOfAQueryLikeNone(t *testing.T) {
	s := &Sample{X: &Table{Rows: 2, Cols: 2, Dense: []float32{1, 0, 2, 0}}, Y: [][]float64{{1, 1}, {0, 0}}}
	m, err := EloOptions{}.Fit(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]float64, 3)
	m.WinProbability(&Table{Rows: 3, Cols: 2, Dense: []float32{0, 1, -1, 0, 0, 0}}, 0, 1, got)
	for i, p := range got {
		if want := (0.2 + 0.5) / (0.2 + 1); !(math.Abs(p-want) <= 1e-6) {
			t.Errorf("query %d: %g, expected %g", i, p, want)
		}
	}
}

// TestBradleyTerry has the slope of the likelihood vanish, ratings recovered, and the closed
// form of two be what Newton's method gives.
func TestBradleyTerry(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		k := 2 + r.IntN(8)
		wins := irtZeros(k, k)
		for a := range k {
			for b := range k {
				wins[a][b] = 0.5 + math.Exp(4*r.NormFloat64())
			}
		}
		ratings, mean := estBradleyTerry(wins), 0.0
		for a := range k {
			slope, scale := 0.0, 0.0
			for b := range k {
				if a != b {
					n := wins[a][b] + wins[b][a]
					slope, scale = slope+wins[a][b]-n*estSigmoid(ratings[a]-ratings[b]), scale+n
				}
			}
			mean += ratings[a]
			if !(math.Abs(slope) <= 1e-6*scale) {
				t.Fatalf("%d outputs: slope %g of %g at %v", k, slope, scale, ratings)
			}
		}
		if !(math.Abs(mean) <= 1e-6) {
			t.Fatalf("ratings %v have mean %g", ratings, mean/float64(k))
		}
	}
	truth := []float64{-1, 0, 0.2, 0.8}
	wins := irtZeros(4, 4)
	for a := range truth {
		for b := range truth {
			wins[a][b] = 100 * estSigmoid(truth[a]-truth[b])
		}
	}
	for a, x := range estBradleyTerry(wins) {
		if !(math.Abs(x-truth[a]) <= 1e-9) {
			t.Errorf("rating %d is %g, expected %g", a, x, truth[a])
		}
	}
}

// TestEloWinsAsOften has a third output, known on some rows, tell of the two that it fought.
func TestEloWinsAsOften(t *testing.T) {
	d, fresh := estSimulate(3000, 3, 30), estSimulate(500, 3, 31)
	for i := range 3000 {
		d.sample.Y[i%2][i] = math.NaN() // outputs 0 and 1 never meet
	}
	m, err := EloOptions{DropTies: true}.Fit(t.Context(), d.sample)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]float64, 500)
	m.WinProbability(fresh.sample.X, 1, 0, got)
	for i, p := range got {
		if !(math.Abs(p-estSigmoid(1)) <= 0.1) {
			t.Fatalf("row %d: %g, expected about %g", i, p, estSigmoid(1))
		}
	}
}
