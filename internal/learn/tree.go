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
type TreeOptions struct {
	Depth     int     // at most; 3 if 0
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
	g := newTreeGrower(o, e)
	t := &Tree{Cols: e.p, Targets: len(e.y)}
	rows := make([]int32, e.n)
	for i := range rows {
		rows[i] = int32(i)
	}
	if err := g.grow(ctx, t, rows, g.sorted(), estOr(o.Depth, 3)); err != nil {
		return nil, err
	}
	return t, nil
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
		if row[n.Column] <= n.Threshold {
			n = &t.Nodes[n.Left]
		} else {
			n = &t.Nodes[n.Right]
		}
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
