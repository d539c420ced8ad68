package learn

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// A design multiplies by a table of features with a column of ones behind it, and
// by its transpose. All sums are in float64 and in an order that does not depend on
// the number of processors: where the table is sparse those over rows are taken
// column by column, from a second copy; where it is dense they are kept by chunks
// of rows.
type design struct {
	rows, cols int
	dense      []float64
	byRow      *Table // nil if dense
	byColumn   *Table
	partial    [][]float64
}

const (
	denseRows     = 1024
	sparseRows    = 1024
	sparseColumns = 1024
)

func newDesign(x *Table) *design {
	d := &design{rows: x.Rows, cols: x.Cols}
	if x.Sparse() {
		d.byRow, d.byColumn = x, x.transpose()
		return d
	}
	d.dense = make([]float64, len(x.Dense))
	for i, v := range x.Dense {
		d.dense[i] = float64(v)
	}
	d.partial = make([][]float64, (x.Rows+denseRows-1)/denseRows)
	for c := range d.partial {
		d.partial[c] = make([]float64, x.Cols)
	}
	return d
}

// times writes the products of the rows and w, whose last is that of the ones.
func (d *design) times(w, out []float64) {
	if d.dense == nil {
		chunks(d.rows, sparseRows, func(_, lo, hi int) {
			d.byRow.dotRows(lo, hi, w, out)
			for i := lo; i < hi; i++ {
				out[i] += w[d.cols]
			}
		})
		return
	}
	chunks(d.rows, denseRows, func(_, lo, hi int) {
		for i := lo; i < hi; i++ {
			out[i] = w[d.cols]
		}
		if d.cols > 0 {
			blas64.Gemv(blas.NoTrans, 1, d.block(lo, hi), vector(w[:d.cols]), 1, vector(out[lo:hi]))
		}
	})
}

// dotRows writes the products of rows lo up to hi and w.
func (t *Table) dotRows(lo, hi int, w, out []float64) {
	for i := lo; i < hi; i++ {
		cols, values := t.Nonzeros(i)
		values = values[:len(cols)]
		var sum float64
		for j, c := range cols {
			sum += float64(values[j]) * w[c]
		}
		out[i] = sum
	}
}

// transposed writes the products of the columns and r, that of the ones last.
func (d *design) transposed(r, out []float64) {
	if d.dense == nil {
		chunks(d.cols, sparseColumns, func(_, lo, hi int) { d.byColumn.dotRows(lo, hi, r, out) })
	} else {
		d.transposedDense(r, out[:d.cols])
	}
	out[d.cols] = 0
	for _, x := range r {
		out[d.cols] += x
	}
}

func (d *design) transposedDense(r, out []float64) {
	clear(out)
	if d.cols == 0 {
		return
	}
	chunks(d.rows, denseRows, func(c, lo, hi int) {
		blas64.Gemv(blas.Trans, 1, d.block(lo, hi), vector(r[lo:hi]), 0, vector(d.partial[c]))
	})
	d.gather(out)
}

// gather sums what was kept by chunks.
func (d *design) gather(out []float64) {
	for _, p := range d.partial {
		for c, x := range p {
			out[c] += x
		}
	}
}

// squares writes the sums of h·x² over rows by column, that of the ones last.
func (d *design) squares(h, out []float64) {
	d.columns(h, out, func(x float64) float64 { return x * x })
}

// columns writes the sums of h·f(x) over rows by column, that of the ones last.
func (d *design) columns(h, out []float64, f func(float64) float64) {
	clear(out)
	for _, x := range h {
		out[d.cols] += x
	}
	if d.dense == nil {
		chunks(d.cols, sparseColumns, func(_, lo, hi int) {
			for c := lo; c < hi; c++ {
				rows, values := d.byColumn.Nonzeros(c)
				for j, i := range rows {
					out[c] += h[i] * f(float64(values[j]))
				}
			}
		})
		return
	}
	chunks(d.rows, denseRows, func(chunk, lo, hi int) {
		p := d.partial[chunk]
		clear(p)
		for i := lo; i < hi; i++ {
			for c, x := range d.dense[i*d.cols : (i+1)*d.cols] {
				p[c] += h[i] * f(x)
			}
		}
	})
	d.gather(out[:d.cols])
}

func (d *design) block(lo, hi int) blas64.General {
	return blas64.General{Rows: hi - lo, Cols: d.cols, Stride: d.cols, Data: d.dense[lo*d.cols : hi*d.cols]}
}

func vector(x []float64) blas64.Vector { return blas64.Vector{N: len(x), Inc: 1, Data: x} }
