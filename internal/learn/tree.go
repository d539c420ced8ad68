package learn

import (
	"context"
	"fmt"
	"math"
	"strings"
)

// TreeOptions are of a shallow regression tree for several outputs: CART (Breiman et
// al. 1984) by the reduction of variance, summed over the outputs. A row that does
// not know an output takes no part in the variance of that one. Thresholds lie
// midway between neighbouring values, as scikit-learn's do; of splits that are equally
// good it takes the first column and the lowest threshold. A leaf's value is the
// mean of its rows, shrunk to the overall mean by Shrink rows of that.
// The depth, from 0 up, is the one of least squared error in five folds dealt by unit;
// with fewer than 10 units it is 0.
type TreeOptions struct {
	Depth     int     // at most; 3 if 0
	Whole     bool    // grow to that depth, whatever folds say
	LeafShare float64 // the least share of the weight on either side of a split; 0.05 if 0
	Shrink    float64 // in rows of weight 1; 5 if 0; below 0 is none
	LeastGain float64 // the least share of the total variance that a split must explain; 0 if 0
}

// A Tree is a fitted tree. Its first node is the root.
type Tree struct {
	Cols    int
	Targets int
	Nodes   []TreeNode
}

// A TreeNode is a split, or a leaf if Left is 0. Rows go left where their value in
// Column is at most Threshold.
type TreeNode struct {
	Column      int     `json:",omitempty"`
	Threshold   float32 `json:",omitempty"`
	Left, Right int     `json:",omitempty"`
	Weight      float64 // of its training rows
	Mean        Floats  // by output, shrunk
}

// Fit grows the tree. It reports an error if no output of any row is known.
func (o TreeOptions) Fit(ctx context.Context, s *Sample) (*Tree, error) {
	if err := estOptions(o, "Shrink"); err != nil {
		return nil, err
	}
	e, err := estPrepare(s)
	if err != nil {
		return nil, err
	}
	depth, sorted := estOr(o.Depth, 3), treeSorted(e)
	if !o.Whole {
		if depth, err = o.chooseDepth(ctx, e, sorted, depth); err != nil {
			return nil, err
		}
	}
	return o.grow(ctx, e, sorted, depth)
}

func (o TreeOptions) grow(ctx context.Context, e *estSample, sorted [][]int32, depth int) (*Tree, error) {
	g, t, rows := newTreeGrower(o, e), &Tree{Cols: e.p, Targets: len(e.y)}, make([]int32, e.n)
	for i := range rows {
		rows[i] = int32(i)
	}
	return t, g.grow(ctx, t, rows, sorted, depth)
}

// treeFolds is how many folds choose the depth.
const treeFolds = 5

// chooseDepth is the depth of least squared error on the rows of other folds; of
// those that do equally well the least.
func (o TreeOptions) chooseDepth(ctx context.Context, e *estSample, sorted [][]int32, most int) (int, error) {
	folds := e.folds(treeFolds)
	if folds == nil {
		return 0, ctx.Err()
	}
	loss := make([]float64, most+1)
	for f := range treeFolds {
		var fitted, held []int
		for i := range e.n {
			if folds[i] == f {
				held = append(held, i)
			} else {
				fitted = append(fitted, i)
			}
		}
		t, err := o.grow(ctx, e.take(fitted), treeAmong(sorted, fitted, e.n), most)
		if err != nil {
			return 0, err
		}
		for _, i := range held {
			t.loss(e, i, loss)
		}
	}
	best := 0
	for d, l := range loss {
		if l < loss[best]*(1-1e-9) {
			best = d
		}
	}
	return best, nil
}

// loss adds the squared error of row i by the depth at which its way is cut off. A
// tree grows from the root and does not look ahead, so that it is then the tree of that depth.
func (t *Tree) loss(e *estSample, i int, loss []float64) {
	at := 0
	for d := range loss {
		for o, y := range e.y {
			if mean := float64(t.Nodes[at].Mean[o]); !math.IsNaN(y[i]) && !math.IsNaN(mean) {
				loss[d] += e.w[i] * (y[i] - mean) * (y[i] - mean)
			}
		}
		if n := t.Nodes[at]; n.Left != 0 {
			at = n.next(e.row(i))
		}
	}
}

func (n *TreeNode) next(row []float32) int {
	if row[n.Column] <= n.Threshold {
		return n.Left
	}
	return n.Right
}

// Outputs is how many outputs are predicted.
func (t *Tree) Outputs() int { return t.Targets }

// Predict writes the values of leaves; NaN for an output that no row knew.
func (t *Tree) Predict(x *Table, out [][]float64) {
	estPredict(x, t.Cols, out, t.Targets, func(rows *Table, out [][]float64) {
		for i := range rows.Rows {
			leaf := t.leaf(rows.Row(i))
			for o := range out {
				out[o][i] = float64(leaf.Mean[o])
			}
		}
	})
}

func (t *Tree) leaf(row []float32) *TreeNode {
	n := &t.Nodes[0]
	for n.Left != 0 {
		n = &t.Nodes[n.next(row)]
	}
	return n
}

// Print writes the tree for a person, one line a node. A column without a name is
// called by its number.
func (t *Tree) Print(names []string) string {
	var b strings.Builder
	t.print(&b, names, 0, "")
	return b.String()
}

func (t *Tree) print(b *strings.Builder, names []string, at int, indent string) {
	n := t.Nodes[at]
	if n.Left == 0 {
		fmt.Fprintf(b, "%s→", indent)
		for _, v := range n.Mean {
			fmt.Fprintf(b, " %.3f", v)
		}
		fmt.Fprintf(b, "  (weight %.4g)\n", n.Weight)
		return
	}
	name := fmt.Sprintf("column %d", n.Column)
	if n.Column < len(names) {
		name = names[n.Column]
	}
	fmt.Fprintf(b, "%s%s ≤ %.6g\n", indent, name, n.Threshold)
	t.print(b, names, n.Left, indent+"  ")
	fmt.Fprintf(b, "%s%s > %.6g\n", indent, name, n.Threshold)
	t.print(b, names, n.Right, indent+"  ")
}

// UnmarshalJSON loads a tree. Children stand after their parent, so that it has an end.
func (t *Tree) UnmarshalJSON(text []byte) error {
	type plain Tree
	return estLoad(text, (*plain)(t), func() bool {
		for at, n := range t.Nodes {
			leaf := n.Left == 0 && n.Right == 0
			split := n.Left > at && n.Left < len(t.Nodes) && n.Right > at && n.Right < len(t.Nodes) && n.Column >= 0 && n.Column < t.Cols
			if !leaf && !split || len(n.Mean) != t.Targets || math.IsNaN(float64(n.Threshold)) {
				return false
			}
		}
		return len(t.Nodes) > 0 && t.Targets > 0
	})
}
