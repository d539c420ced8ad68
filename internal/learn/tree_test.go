package learn

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestTreeByHand has the split, the midpoint, the shrunk means and what is printed.
func TestTreeByHand(t *testing.T) {
	s := &Sample{
		X: &Table{Rows: 6, Cols: 2, Dense: []float32{7, 1, 3, 2, 9, 3, 1, 10, 8, 11, 2, 12}},
		Y: [][]float64{{0, 0, 0, 1, 1, 1}, {0.5, 0.5, math.NaN(), 0.5, 0.5, 0.5}},
	}
	tree, err := TreeOptions{Whole: true, Shrink: 1}.Fit(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	want := "length ≤ 6.5\n  → 0.125 0.500  (weight 3)\nlength > 6.5\n  → 0.875 0.500  (weight 3)\n"
	if got := tree.Print([]string{"digits", "length"}); got != want {
		t.Errorf("printed\n%s\nexpected\n%s", got, want)
	}
	if got := tree.Print(nil); got[:8] != "column 1" {
		t.Errorf("a column without a name is printed as %q", got)
	}
}

// TestTreeFindsTheBestSplit has it agree with the search of all splits, on random samples with
// weights and holes.
func TestTreeFindsTheBestSplit(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 100 {
		n := 4 + r.IntN(30)
		s := &Sample{X: NewDense(n, 3), Y: irtZeros(2, n), Weights: make([]float64, n)}
		for i := range n {
			s.Weights[i] = 0.1 + r.Float64()
			for c := range 3 {
				s.X.Row(i)[c] = float32(r.IntN(6))
			}
			for o := range 2 {
				if s.Y[o][i] = r.Float64(); r.IntN(4) == 0 {
					s.Y[o][i] = math.NaN()
				}
			}
		}
		tree, err := TreeOptions{Whole: true, Depth: 1, LeafShare: 1e-9, Shrink: -1}.Fit(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		least, whole := math.Inf(1), treeCost(s, 0, math.Inf(1))
		for c := range 3 {
			for v := range 5 {
				least = math.Min(least, treeCost(s, c, float64(v)+0.5))
			}
		}
		if got := treeCost(s, tree.Nodes[0].Column, float64(tree.Nodes[0].Threshold)); len(tree.Nodes) > 1 && got > least+1e-9 || len(tree.Nodes) == 1 && least < whole-1e-6 {
			t.Fatalf("%d nodes: the split costs %g, the best %g, none %g", len(tree.Nodes), got, least, whole)
		}
	}
}

// treeCost is the weighted squares about the means on either side of a threshold.
func treeCost(s *Sample, c int, threshold float64) float64 {
	cost := 0.0
	for o := range s.Y {
		for side := range 2 {
			sum, squares, weight := 0.0, 0.0, 0.0
			for i, y := range s.Y[o] {
				if y == y && estOne(float64(s.X.Row(i)[c]) > threshold) == side {
					sum, squares, weight = sum+s.Weight(i)*y, squares+s.Weight(i)*y*y, weight+s.Weight(i)
				}
			}
			if weight > 0 {
				cost += squares - sum*sum/weight
			}
		}
	}
	return cost
}

// TestTreeLimits has depth and least leaves kept.
func TestTreeLimits(t *testing.T) {
	s := estSimulate(1000, 2, 40).sample
	tree, err := TreeOptions{Whole: true, Depth: 4, LeafShare: 0.1}.Fit(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.Nodes) < 7 || len(tree.Nodes) > 31 {
		t.Errorf("%d nodes", len(tree.Nodes))
	}
	total := 0.0
	for _, n := range tree.Nodes {
		if n.Left == 0 {
			total += n.Weight
			if n.Weight < 100 {
				t.Errorf("a leaf of %g rows, expected 100", n.Weight)
			}
		}
	}
	if total != 1000 {
		t.Errorf("leaves have %g rows", total)
	}
}

// TestTreeMidpoint has a threshold that parts two neighbouring numbers.
func TestTreeMidpoint(t *testing.T) {
	low := float32(1)
	high := math.Nextafter32(low, 2)
	if mid := treeMidpoint(low, high); mid < low || mid >= high {
		t.Errorf("%g is not between %g and %g", mid, low, high)
	}
	if mid := treeMidpoint(-math.MaxFloat32, math.MaxFloat32); mid != 0 {
		t.Errorf("%g, expected 0", mid)
	}
}

// TestTreeDepthFollowsTheFolds has none where there is nothing to tell, and some where there is.
func TestTreeDepthFollowsTheFolds(t *testing.T) {
	s := estWide(400, 50)
	r := rand.New(rand.NewPCG(1, 1))
	noise := *s
	noise.Y = irtZeros(2, 400)
	for i := range 400 {
		noise.Y[0][i], noise.Y[1][i] = r.Float64(), r.Float64()
	}
	for name, c := range map[string]struct {
		s    *Sample
		leaf bool
	}{"signal": {s, false}, "noise": {&noise, true}} {
		tree, err := TreeOptions{}.Fit(t.Context(), c.s)
		if err != nil {
			t.Fatal(err)
		}
		if leaf := len(tree.Nodes) == 1; leaf != c.leaf {
			t.Errorf("%s: %d nodes", name, len(tree.Nodes))
		}
	}
}
