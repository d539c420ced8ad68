package learn

import (
	"math"
	"math/rand/v2"
	"testing"
)

// kmeansBlobs is rows around k points on a circle.
func kmeansBlobs(n, k int, seed uint64) (*Sample, []int) {
	r := rand.New(rand.NewPCG(seed, 1))
	s, of := &Sample{X: NewDense(n, 2), Y: [][]float64{make([]float64, n)}}, make([]int, n)
	for i := range n {
		of[i] = r.IntN(k)
		angle := 2 * math.Pi * float64(of[i]) / float64(k)
		s.X.Row(i)[0], s.X.Row(i)[1] = float32(math.Cos(angle)+0.03*r.NormFloat64()), float32(math.Sin(angle)+0.03*r.NormFloat64())
		s.Y[0][i] = float64(of[i]) / float64(k)
	}
	return s, of
}

// TestKMeansFindsBlobs has one cluster for each, the inertia that their own means have, and
// their qualities shrunk as said.
func TestKMeansFindsBlobs(t *testing.T) {
	s, of := kmeansBlobs(600, 7, 1)
	m, err := KMeansOptions{Clusters: 7, Raw: true}.Fit(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	var sum [7][2]float64
	var count [7]float64
	overall := 0.0
	for i, c := range of {
		count[c]++
		overall += s.Y[0][i] / 600
		for j := range 2 {
			sum[c][j] += float64(s.X.Row(i)[j])
		}
	}
	inertia := 0.0
	for i, c := range of {
		for j := range 2 {
			d := float64(s.X.Row(i)[j]) - sum[c][j]/count[c]
			inertia += d * d
		}
	}
	if !(math.Abs(m.Inertia/inertia-1) <= 1e-5) {
		t.Errorf("inertia %g, of the blobs' means %g; of the starts %g", m.Inertia, inertia, m.InertiaStarts)
	}
	for i, p := range estPredicted(m, s.X)[0] {
		want := (count[of[i]]*s.Y[0][i] + 2*overall) / (count[of[i]] + 2)
		if !(math.Abs(p-want) <= 1e-6) {
			t.Fatalf("row %d: %g, expected %g", i, p, want)
		}
	}
}

// TestKMeansFewRows has no more clusters than distinct rows.
func TestKMeansFewRows(t *testing.T) {
	s := &Sample{X: &Table{Rows: 5, Cols: 1, Dense: []float32{1, 1, 2, 2, 2}}, Y: [][]float64{{1, 0, 1, 1, math.NaN()}}}
	m, err := KMeansOptions{Clusters: 10, Raw: true, Shrink: 1}.Fit(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Squares) != 2 || m.Inertia != 0 {
		t.Errorf("%d clusters of inertia %g, expected 2 of 0", len(m.Squares), m.Inertia)
	}
	got := estPredicted(m, s.X)[0]
	if !(math.Abs(got[0]-(1+0.75)/3) <= 1e-6) || !(math.Abs(got[2]-(2+0.75)/3) <= 1e-6) {
		t.Errorf("predictions %g", got)
	}
}

// TestKMeansMovesEmptyClusters has an empty one taken to the furthest row.
func TestKMeansMovesEmptyClusters(t *testing.T) {
	e := &estSample{n: 4, p: 1, x: []float32{0, 1, 2, 10}, w: []float64{1, 1, 1, 1}}
	l := &estLloyd{e: e, k: 2, centres: []float32{1, 50}, of: []int{0, 0, 0, 0}, away: []float64{1, 0, 1, 81}}
	if err := l.run(t.Context(), 20); err != nil {
		t.Fatal(err)
	}
	if l.centres[0] != 1 || l.centres[1] != 10 || l.inertia != 2 {
		t.Errorf("centres %g of inertia %g, expected 1 and 10 of 2", l.centres, l.inertia)
	}
}

// TestKMeansWithoutAValue has a cluster that knows nothing of an output fall back to the overall mean.
func TestKMeansWithoutAValue(t *testing.T) {
	s, of := kmeansBlobs(300, 3, 2)
	s.Y = append(s.Y, make([]float64, 300))
	sum, n := 0.0, 0.0
	for i, c := range of {
		s.Y[1][i] = float64(i % 2)
		if c == 1 {
			s.Y[1][i] = math.NaN()
		} else {
			sum, n = sum+s.Y[1][i], n+1
		}
	}
	m, err := KMeansOptions{Clusters: 3}.Fit(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range estPredicted(m, s.X)[1] {
		if of[i] == 1 && !(math.Abs(p-sum/n) <= 1e-6) {
			t.Fatalf("row %d: %g, expected the overall mean %g", i, p, sum/n)
		}
	}
}
