package learn

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"
)

// sklearnTrees are numbers of scikit-learn; see testdata/sklearn_trees.py.
type sklearnTrees struct {
	X, Fresh []float32
	Y        [][]float64
	Weights  []float64
	Tree     struct {
		Columns     []int
		Thresholds  []float64
		Predictions [][]float64
	}
	Clusters struct {
		Inertia float64
		Centres [][]float64
		Nearest []int
	}
	Perceptron struct {
		Labels      [][]float64
		Parts       [][]float64
		Loss        float64
		Derivatives [][]float64
	}
}

func loadSklearnTrees(t *testing.T) (d sklearnTrees, s *Sample, fresh *Table) {
	t.Helper()
	text, err := os.ReadFile("testdata/sklearn_trees.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	s = &Sample{X: &Table{Rows: len(d.X) / 4, Cols: 4, Dense: d.X}, Y: d.Y, Weights: d.Weights}
	return d, s, &Table{Rows: len(d.Fresh) / 4, Cols: 4, Dense: d.Fresh}
}

// TestTreeIsThatOfScikitLearn has DecisionTreeRegressor's splits, thresholds and predictions.
func TestTreeIsThatOfScikitLearn(t *testing.T) {
	d, s, fresh := loadSklearnTrees(t)
	tree, err := TreeOptions{Whole: true, Shrink: -1}.Fit(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.Nodes) != len(d.Tree.Columns) || len(tree.Nodes) < 9 {
		t.Fatalf("%d nodes, there %d", len(tree.Nodes), len(d.Tree.Columns))
	}
	for i, n := range tree.Nodes { // both number nodes depth first, the left one first
		leaf := n.Left == 0
		if leaf != (d.Tree.Columns[i] < 0) || !leaf && (n.Column != d.Tree.Columns[i] || !(math.Abs(float64(n.Threshold)-d.Tree.Thresholds[i]) <= 1e-6)) {
			t.Errorf("node %d splits column %d at %g, there %d at %g", i, n.Column, n.Threshold, d.Tree.Columns[i], d.Tree.Thresholds[i])
		}
	}
	if off := estMost(estPredicted(tree, fresh), d.Tree.Predictions); off > 1e-6 {
		t.Errorf("predictions differ by %g", off)
	}
}

// TestLloydIsThatOfScikitLearn has KMeans' inertia, centres and nearest clusters, from the same start.
func TestLloydIsThatOfScikitLearn(t *testing.T) {
	d, s, fresh := loadSklearnTrees(t)
	e := &estSample{n: s.X.Rows, p: 4, x: d.X, w: d.Weights}
	l := &estLloyd{e: e, k: 5, centres: slices.Clone(d.X[:20]), of: make([]int, e.n), away: make([]float64, e.n)}
	l.assign()
	if err := l.run(t.Context(), 300); err != nil {
		t.Fatal(err)
	}
	if !(math.Abs(l.inertia/d.Clusters.Inertia-1) <= 1e-5) {
		t.Errorf("inertia %g, there %g", l.inertia, d.Clusters.Inertia)
	}
	for c, centre := range d.Clusters.Centres {
		for j, v := range centre {
			if !(math.Abs(float64(l.centre(c)[j])-v) <= 1e-5) {
				t.Errorf("centre %d is %g, there %g", c, l.centre(c), centre)
				break
			}
		}
	}
	if got := estNearest(fresh.Rows, 4, fresh.Dense, estTranspose(5, 4, l.centres), l.squares()); !slices.Equal(got, d.Clusters.Nearest) {
		t.Errorf("nearest %v, there %v", got, d.Clusters.Nearest)
	}
}

// TestPerceptronIsThatOfScikitLearn has MLPClassifier's loss and derivatives, for the same weights.
func TestPerceptronIsThatOfScikitLearn(t *testing.T) {
	d, s, _ := loadSklearnTrees(t)
	e := &estSample{n: s.X.Rows, p: 4, x: d.X, y: d.Perceptron.Labels, w: slices.Repeat([]float64{1}, s.X.Rows)}
	n := newEstNet(4, 3, 2, false, 1)
	for at, part := range n.parts() {
		for i := range part {
			part[i] = float32(d.Perceptron.Parts[at][i])
		}
	}
	rows := make([]int, e.n)
	for i := range rows {
		rows[i] = i
	}
	got, loss := n.backward(e, rows, e.weight(), e.crossEntropy)
	if !(math.Abs(loss-d.Perceptron.Loss) <= 1e-6) {
		t.Errorf("loss %g, there %g", loss, d.Perceptron.Loss)
	}
	for at, part := range got.parts() {
		for i, v := range part {
			if !(math.Abs(float64(v)-d.Perceptron.Derivatives[at][i]) <= 1e-6) {
				t.Errorf("derivative %d of part %d is %g, there %g", i, at, v, d.Perceptron.Derivatives[at][i])
			}
		}
	}
}
