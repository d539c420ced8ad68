package learn

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// estBlock is how many rows are predicted at once.
const estBlock = 128

// estPredict hands blocks of dense rows to predict, several at once, with the part
// of out that is theirs, and overwrites with NaN what it writes for a row that has
// a value that is not finite, or larger than any that it could be fitted on. It panics where x or out do not fit.
func estPredict(x *Table, cols int, out [][]float64, outputs int, predict func(rows *Table, out [][]float64)) {
	if x.Cols != cols || len(out) != outputs {
		panic(fmt.Sprintf("learn: predicting %d outputs from %d columns, fitted on %d from %d", len(out), x.Cols, outputs, cols))
	}
	estParallel((x.Rows+estBlock-1)/estBlock, func(block int) {
		lo := block * estBlock
		hi := min(lo+estBlock, x.Rows)
		part := make([][]float64, len(out))
		for o := range out {
			part[o] = out[o][lo:hi]
		}
		rows := estRows(x, lo, hi)
		predict(rows, part)
		for i := range rows.Rows {
			if !estRowUsable(rows.Row(i)) {
				for o := range part {
					part[o][i] = math.NaN()
				}
			}
		}
	})
}

// estParallel calls f for 0 to n−1, on as many processors as there are. What f does
// may not depend on the order.
func estParallel(n int, f func(int)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers <= 1 {
		for i := range n {
			f(i)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}

func estRowUsable(row []float32) bool {
	for _, v := range row {
		if !(v >= -estLargest && v <= estLargest) {
			return false
		}
	}
	return true
}

// estDense is the table with all its zeros.
func estDense(t *Table) *Table { return estRows(t, 0, t.Rows) }

// estRows is rows lo to hi as a dense table, which shares the values of a dense one.
func estRows(t *Table, lo, hi int) *Table {
	if !t.Sparse() {
		return &Table{Rows: hi - lo, Cols: t.Cols, Dense: t.Dense[lo*t.Cols : hi*t.Cols]}
	}
	out := NewDense(hi-lo, t.Cols)
	for i := lo; i < hi; i++ {
		row := out.Row(i - lo)
		for at := t.Start[i]; at < t.Start[i+1]; at++ {
			row[t.Col[at]] = t.Value[at]
		}
	}
	return out
}

// estMultiply is c = a·b, or aᵀ·b if transposed: of a block of rows, times what was
// fitted. gonum computes these two by adding multiples of rows of b, so that each
// element is summed in the order of its terms whatever else is multiplied. That is
// not so of dot products and of a·bᵀ: gonum's SSE kernel starts its four sums
// where memory is aligned, so that the last bits depend on the address.
func estMultiply(transposed bool, m, k, n int, a, b, c []float32) {
	if m == 0 || n == 0 {
		return
	}
	if k == 0 {
		clear(c[:m*n])
		return
	}
	A, t := blas32.General{Rows: m, Cols: k, Stride: k, Data: a}, blas.NoTrans
	if transposed {
		A, t = blas32.General{Rows: k, Cols: m, Stride: m, Data: a}, blas.Trans
	}
	blas32.Gemm(t, blas.NoTrans, 1, A, blas32.General{Rows: k, Cols: n, Stride: n, Data: b}, 0, blas32.General{Rows: m, Cols: n, Stride: n, Data: c})
}

// estTranspose is the columns of an m × n matrix as rows.
func estTranspose(m, n int, a []float32) []float32 {
	out := make([]float32, m*n)
	for i := range m {
		for j := range n {
			out[j*m+i] = a[i*n+j]
		}
	}
	return out
}

// An estStandard makes columns of mean 0 and variance 1. A column that is constant
// becomes 0.
type estStandard struct{ Mean, Scale Floats }

func estStandardise(e *estSample) estStandard {
	sum, squares := make([]float64, e.p), make([]float64, e.p)
	for i := range e.n {
		for c, v := range e.row(i) {
			sum[c] += e.w[i] * float64(v)
		}
	}
	total := e.weight()
	for i := range e.n {
		for c, v := range e.row(i) {
			d := float64(v) - sum[c]/total
			squares[c] += e.w[i] * d * d
		}
	}
	s := estStandard{make(Floats, e.p), make(Floats, e.p)}
	for c := range e.p {
		mean, sd := sum[c]/total, math.Sqrt(squares[c]/total)
		s.Mean[c] = float32(mean)
		if sd > 1e-6*math.Abs(mean) && 1/sd <= math.MaxFloat32 {
			s.Scale[c] = float32(1 / sd)
		}
	}
	return s
}

// apply is the standardised values of rows of a dense table.
func (s estStandard) apply(values []float32) []float32 {
	out, p := make([]float32, len(values)), len(s.Mean)
	for i := 0; i < len(values); i += p {
		for c := range p {
			out[i+c] = (values[i+c] - s.Mean[c]) * s.Scale[c]
		}
	}
	return out
}

// estLoad decodes a saved estimator and checks that its parts fit.
func estLoad(text []byte, into any, fits func() bool) error {
	if err := json.Unmarshal(text, into); err != nil {
		return err
	}
	if !fits() {
		return errors.New("learn: the parts of a saved estimator do not fit each other")
	}
	return nil
}
