package learn

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// The nearest rows of several queries are searched for at once, tile by tile of
// the cosines. A tile is so small that blas32.Gemm takes each cosine as one dot
// product: a larger one would be cut along the columns. Rows are padded to a
// multiple of 16 columns, which keeps them on the boundary of 16 bytes that its dot
// product begins to pair numbers at. So the bits of a cosine do not depend on what
// else is in the tile, or where.
const (
	tileQueries = 16
	tileRows    = 64
	tilePadding = 16
)

func (k *KNN) stride() int {
	return max(1, (k.Cols+tilePadding-1)/tilePadding) * tilePadding
}

type neighbour struct {
	row    int
	cosine float32
}

// A tile is the search of a few queries.
type tile struct {
	of      *KNN
	queries []float32 // padded, of length 1
	length  [tileQueries]float32
	nearest [tileQueries][]neighbour // nearest first
	cosines []float32                // by row of the tile and query
}

func newTile(k *KNN) *tile {
	t := &tile{of: k, queries: make([]float32, tileQueries*k.stride()), cosines: make([]float32, tileRows*tileQueries)}
	for q := range t.nearest {
		t.nearest[q] = make([]neighbour, 0, min(k.Options.K, k.len())+1)
	}
	return t
}

// search finds the neighbours of rows lo up to hi of x.
func (t *tile) search(x *Table, lo, hi int) {
	stride := t.of.stride()
	for q := range hi - lo {
		row := t.queries[q*stride:][:x.Cols]
		copy(row, x.Row(lo+q))
		normalise(row)
		t.length[q] = lengthOf(row)
	}
	a := blas32.General{Cols: stride, Stride: stride}
	b := blas32.General{Rows: hi - lo, Cols: stride, Stride: stride, Data: t.queries}
	c := blas32.General{Cols: hi - lo, Stride: tileQueries, Data: t.cosines}
	for first := 0; first < t.of.len(); first += tileRows {
		rows := min(tileRows, t.of.len()-first)
		a.Rows, a.Data = rows, t.of.padded[first*stride:(first+rows)*stride]
		c.Rows = rows
		blas32.Gemm(blas.NoTrans, blas.Trans, 1, a, b, 0, c)
		t.take(first, rows, hi-lo)
	}
}

// lengthOf is 0 for zeros, 1 for other numbers, and NaN if some are not finite.
func lengthOf(row []float32) float32 {
	var length float32
	for _, v := range row {
		if v-v != 0 {
			return v - v
		}
		if v != 0 {
			length = 1
		}
	}
	return length
}

// take takes the rows of a tile that are nearer than the farthest neighbour yet.
func (t *tile) take(first, rows, queries int) {
	full := cap(t.nearest[0]) - 1
	for q := range queries {
		near := t.nearest[q]
		least := farthest(near, full)
		for i := range rows {
			cosine := t.cosines[i*tileQueries+q]
			if len(near) == full && !(cosine > least) {
				continue
			}
			near = insert(near, neighbour{first + i, cosine}, full)
			least = farthest(near, full)
		}
		t.nearest[q] = near
	}
}

func farthest(near []neighbour, full int) float32 {
	if len(near) < full {
		return -2
	}
	return near[full-1].cosine
}

// insert puts a neighbour behind those that are as near, and drops the last if
// there are more than full.
func insert(near []neighbour, n neighbour, full int) []neighbour {
	near = append(near, n)
	i := len(near) - 1
	for ; i > 0 && near[i-1].cosine < n.cosine; i-- {
		near[i] = near[i-1]
	}
	near[i] = n
	return near[:min(len(near), full)]
}
