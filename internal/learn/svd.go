package learn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
	"gonum.org/v1/gonum/mat"
)

// SVDOptions ask for a truncated singular value decomposition of a table, which is
// not centred: latent semantic analysis if the table is of TF-IDF.
type SVDOptions struct {
	Components  int
	Iterations  int // power iterations; 0 means 5
	Oversamples int // random directions beside Components; 0 means 10
	Seed        uint64
}

// SVD is the right singular vectors of a table, in descending order of their
// singular values. Of each, the entry that is largest in magnitude is positive. The
// state takes four bytes for each column and component.
type SVD struct {
	Cols     int
	Singular []float64
	Loadings Floats // by column and component
}

// Fit decomposes the table by randomised subspace iteration (Halko, Martinsson and
// Tropp, 2011, algorithms 4.4 and 5.1, doi 10.1137/090771806): an orthonormal basis
// Q of what AAᵀ…A makes of random directions, made anew after each AAᵀ, and the exact
// decomposition of QᵀA.
// There are fewer components than were asked for if the table's rank is lower. It
// fails if the table has a value that is not finite, or none that is not zero.
func (o SVDOptions) Fit(ctx context.Context, x *Table) (*SVD, error) {
	if o.Components < 1 {
		return nil, fmt.Errorf("learn: found %d components, expected at least 1", o.Components)
	}
	if i := x.finite(); i >= 0 {
		return nil, fmt.Errorf("learn: row %d has a value that is not finite", i)
	}
	if o.Iterations == 0 {
		o.Iterations = 5
	}
	if o.Oversamples == 0 {
		o.Oversamples = 10
	}
	directions := min(o.Components+o.Oversamples, x.Rows, x.Cols)
	if directions == 0 {
		return nil, errors.New("learn: an empty table has no components")
	}
	a := x.ToSparse()
	at := a.transpose()
	basis, err := o.rangeOf(ctx, a, at, directions)
	if err != nil {
		return nil, err
	}
	return o.decompose(at, basis)
}

// rangeOf is an orthonormal basis of most of the range of a.
func (o SVDOptions) rangeOf(ctx context.Context, a, at *Table, directions int) (blas64.General, error) {
	random := rand.New(rand.NewPCG(o.Seed, 0))
	right := newGeneral(a.Cols, directions)
	for i := range right.Data {
		right.Data[i] = random.NormFloat64()
	}
	left := orthonormal(times(a, right))
	for range o.Iterations {
		if err := ctx.Err(); err != nil {
			return left, err
		}
		left = orthonormal(times(a, times(at, left)))
	}
	return left, ctx.Err()
}

// decompose is the decomposition of A = Q(QᵀA), by that of the small triangle of
// AᵀQ = WR: if R = USVᵀ, the right singular vectors of A are WU.
func (o SVDOptions) decompose(at *Table, q blas64.General) (*SVD, error) {
	w, r := triangle(times(at, q))
	var small mat.SVD
	if !small.Factorize(r, mat.SVDThin) {
		return nil, errors.New("learn: the singular value decomposition of a small matrix did not converge")
	}
	singular := small.Values(nil)
	rank := 0
	for rank < min(len(singular), o.Components) && singular[rank] > singular[0]*0x1p-52*float64(max(at.Rows, at.Cols)) {
		rank++
	}
	if rank == 0 {
		return nil, errors.New("learn: a table of zeros has no components")
	}
	var u mat.Dense
	small.UTo(&u)
	vectors := newGeneral(w.Rows, w.Cols)
	blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, w, u.RawMatrix(), 0, vectors)
	out := &SVD{Cols: at.Rows, Singular: singular[:rank], Loadings: make(Floats, at.Rows*rank)}
	for c := range rank {
		out.setComponent(c, vectors)
	}
	return out, nil
}

// setComponent takes column c of vectors, or its opposite.
func (s *SVD) setComponent(c int, vectors blas64.General) {
	largest := 0.0
	for i := range s.Cols {
		if v := vectors.Data[i*vectors.Stride+c]; math.Abs(v) > math.Abs(largest) {
			largest = v
		}
	}
	for i := range s.Cols {
		s.Loadings[i*len(s.Singular)+c] = float32(math.Copysign(1, largest) * vectors.Data[i*vectors.Stride+c])
	}
}

func newGeneral(rows, cols int) blas64.General {
	return blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: make([]float64, rows*cols)}
}

// times is the product of a sparse table and a matrix.
func times(a *Table, b blas64.General) blas64.General {
	out := newGeneral(a.Rows, b.Cols)
	chunks(a.Rows, 64, func(_, lo, hi int) {
		for i := lo; i < hi; i++ {
			row := blas64.Vector{N: b.Cols, Inc: 1, Data: out.Data[i*out.Stride:]}
			cols, values := a.Nonzeros(i)
			for j, c := range cols {
				blas64.Axpy(float64(values[j]), blas64.Vector{N: b.Cols, Inc: 1, Data: b.Data[int(c)*b.Stride:]}, row)
			}
		}
	})
	return out
}

// orthonormal replaces the columns of a tall matrix by an orthonormal basis of a
// space that has them.
func orthonormal(a blas64.General) blas64.General {
	q, _ := triangle(a)
	return q
}

// triangle is a tall matrix as orthonormal columns, in place of it, times an upper
// triangle.
func triangle(a blas64.General) (blas64.General, *mat.Dense) {
	tau := make([]float64, a.Cols)
	work := make([]float64, 1)
	lapack64.Geqrf(a, tau, work, -1)
	work = make([]float64, int(work[0]))
	lapack64.Geqrf(a, tau, work, len(work))
	r := mat.NewDense(a.Cols, a.Cols, nil)
	for i := range a.Cols {
		copy(r.RawRowView(i)[i:], a.Data[i*a.Stride+i:i*a.Stride+a.Cols])
	}
	lapack64.Orgqr(a, tau, work, -1)
	work = make([]float64, int(work[0]))
	lapack64.Orgqr(a, tau, work, len(work))
	return a, r
}

// Components is how many columns a projection has.
func (s *SVD) Components() int { return len(s.Singular) }

// Project is the rows of a table in the space of the components, each divided by
// its Euclidean norm; a row that is orthogonal to all of them, such as that of an
// empty text, is zero. It panics if the table has not as many columns as the one
// that was decomposed.
func (s *SVD) Project(x *Table) *Table {
	sameColumns(x, s.Cols)
	out := NewDense(x.Rows, s.Components())
	chunks(x.Rows, 64, func(_, lo, hi int) {
		for i := lo; i < hi; i++ {
			s.projectRow(x, i, out.Row(i))
			normalise(out.Row(i))
		}
	})
	return out
}

func (s *SVD) projectRow(x *Table, i int, to []float32) {
	k := s.Components()
	add := func(col int, value float32) {
		blas32.Axpy(value, blas32.Vector{N: k, Inc: 1, Data: s.Loadings[col*k:]}, blas32.Vector{N: k, Inc: 1, Data: to})
	}
	if x.Sparse() {
		cols, values := x.Nonzeros(i)
		for j, c := range cols {
			add(int(c), values[j])
		}
		return
	}
	for c, v := range x.Row(i) {
		if v != 0 {
			add(c, v)
		}
	}
}

// normalise divides a row by its Euclidean norm, unless that is zero.
func normalise(row []float32) {
	var squares float64
	for _, v := range row {
		squares += float64(v) * float64(v)
	}
	if squares == 0 {
		return
	}
	norm := math.Sqrt(squares)
	for c, v := range row {
		row[c] = float32(float64(v) / norm)
	}
}

func sameColumns(x *Table, cols int) {
	if x.Cols != cols {
		panic(fmt.Sprintf("learn: a table of %d columns, fitted on %d", x.Cols, cols))
	}
}

// UnmarshalJSON reads and checks a saved state.
func (s *SVD) UnmarshalJSON(text []byte) error {
	type plain SVD
	if err := json.Unmarshal(text, (*plain)(s)); err != nil {
		return err
	}
	if len(s.Singular) == 0 || s.Cols < 1 || len(s.Loadings)/len(s.Singular) != s.Cols || len(s.Loadings)%len(s.Singular) != 0 {
		return fmt.Errorf("learn: found %d loadings, expected one for each of %d columns and %d components", len(s.Loadings), s.Cols, len(s.Singular))
	}
	return nil
}
