package learn

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// A treeGrower splits nodes.
type treeGrower struct {
	e                 *estSample
	overall           Floats
	leastWeight       float64 // of a side
	leastGain, shrink float64
}

func newTreeGrower(o TreeOptions, e *estSample) *treeGrower {
	g := &treeGrower{e: e, overall: e.means(), leastWeight: estOr(o.LeafShare, 0.05) * e.weight(), shrink: max(0, estOr(o.Shrink, 5))}
	all := newTreeSums(len(e.y))
	total := 0.0
	for i := range e.n {
		all.add(e, int32(i), 1)
		for _, y := range e.y {
			if !math.IsNaN(y[i]) {
				total += e.w[i] * y[i] * y[i]
			}
		}
	}
	g.leastGain = math.Max(o.LeastGain, 1e-9) * (total - all.explained()) // what is left is rounding
	return g
}

// treeSorted is the rows in the order of each column's values.
func treeSorted(e *estSample) [][]int32 {
	out, value := make([][]int32, e.p), func(i int32, c int) float32 { return e.x[int(i)*e.p+c] }
	estParallel(e.p, func(c int) {
		order := make([]int32, e.n)
		for i := range order {
			order[i] = int32(i)
		}
		slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(value(a, c), value(b, c)), cmp.Compare(a, b)) })
		out[c] = order
	})
	return out
}

// treeAmong is the same orders of some of n rows, as they are numbered among those.
func treeAmong(sorted [][]int32, rows []int, n int) [][]int32 {
	number := make([]int32, n) // from 1
	for at, i := range rows {
		number[i] = int32(at + 1)
	}
	out := make([][]int32, len(sorted))
	estParallel(len(sorted), func(c int) {
		out[c] = make([]int32, 0, len(rows))
		for _, i := range sorted[c] {
			if number[i] > 0 {
				out[c] = append(out[c], number[i]-1)
			}
		}
	})
	return out
}

func (g *treeGrower) value(row int32, c int) float32 { return g.e.x[int(row)*g.e.p+c] }

// treeSums are, by output, the rows that know it, their weight and weighted sum. Rows
// are counted since weights that were added and taken away need not leave 0.
type treeSums struct {
	rows        []int
	weight, sum []float64
}

func newTreeSums(outputs int) treeSums {
	return treeSums{make([]int, outputs), make([]float64, outputs), make([]float64, outputs)}
}

func (s treeSums) add(e *estSample, i int32, sign int) {
	w := float64(sign) * e.w[i]
	for o, y := range e.y {
		if v := y[i]; v == v {
			s.rows[o] += sign
			s.weight[o] += w
			s.sum[o] += w * v
		}
	}
}

// explained is Σ (weight · mean²): what is added by a split is what it takes from the sum of squares.
func (s treeSums) explained() float64 {
	sum := 0.0
	for o, w := range s.weight {
		if s.rows[o] > 0 {
			sum += s.sum[o] * s.sum[o] / w
		}
	}
	return sum
}

// grow appends the node of these rows and those below it.
func (g *treeGrower) grow(ctx context.Context, t *Tree, rows []int32, sorted [][]int32, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	all, weight := newTreeSums(len(g.e.y)), 0.0
	for _, i := range rows {
		all.add(g.e, i, 1)
		weight += g.e.w[i]
	}
	at := len(t.Nodes)
	t.Nodes = append(t.Nodes, TreeNode{Weight: weight, Mean: g.mean(all)})
	if depth <= 0 || weight < 2*g.leastWeight {
		return nil
	}
	best := g.best(all, weight, sorted)
	if !(best.gain > g.leastGain) {
		return nil
	}
	for right := range 2 {
		side := make([][]int32, len(sorted))
		estParallel(len(sorted), func(c int) { side[c] = g.side(sorted[c], best, right == 1) })
		child := len(t.Nodes)
		if err := g.grow(ctx, t, g.side(rows, best, right == 1), side, depth-1); err != nil {
			return err
		}
		n := &t.Nodes[at]
		n.Column, n.Threshold = best.column, best.threshold
		if right == 1 {
			n.Right = child
		} else {
			n.Left = child
		}
	}
	return nil
}

func (g *treeGrower) side(rows []int32, s treeSplit, right bool) []int32 {
	out := make([]int32, 0, len(rows))
	for _, i := range rows {
		if (g.value(i, s.column) > s.threshold) == right {
			out = append(out, i)
		}
	}
	return out
}

func (g *treeGrower) mean(s treeSums) Floats {
	out := make(Floats, len(s.weight))
	for o, w := range s.weight {
		if s.rows[o] == 0 {
			out[o] = g.overall[o]
			continue
		}
		own := g.shrink * float64(g.overall[o])
		out[o] = float32((s.sum[o] + own) / (w + g.shrink))
	}
	return out
}

type treeSplit struct {
	gain      float64
	column    int
	threshold float32
}

// best is the split of the largest gain over all columns.
func (g *treeGrower) best(all treeSums, weight float64, sorted [][]int32) treeSplit {
	splits := make([]treeSplit, len(sorted))
	estParallel(len(sorted), func(c int) { splits[c] = g.along(c, all, weight, sorted[c]) })
	best := treeSplit{}
	for _, s := range splits {
		if s.gain > best.gain*(1+1e-9) {
			best = s
		}
	}
	return best
}

// along is the best split of one column.
func (g *treeGrower) along(c int, all treeSums, weight float64, order []int32) treeSplit {
	best, before := treeSplit{column: c}, all.explained()
	left, right := newTreeSums(len(all.sum)), treeSums{slices.Clone(all.rows), slices.Clone(all.weight), slices.Clone(all.sum)}
	leftWeight := 0.0
	for at, i := range order[:len(order)-1] {
		left.add(g.e, i, 1)
		right.add(g.e, i, -1)
		leftWeight += g.e.w[i]
		low, high := g.value(i, c), g.value(order[at+1], c)
		if low == high || leftWeight < g.leastWeight || weight-leftWeight < g.leastWeight {
			continue
		}
		if gain := left.explained() + right.explained() - before; gain > best.gain*(1+1e-9) {
			best.gain, best.threshold = gain, treeMidpoint(low, high)
		}
	}
	return best
}

// treeMidpoint is between two values, below the second.
func treeMidpoint(low, high float32) float32 {
	mid := float32((float64(low) + float64(high)) / 2)
	if mid >= high {
		return low
	}
	return mid
}
