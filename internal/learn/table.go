package learn

// A Table is a design matrix of Rows × Cols, dense or sparse.
type Table struct {
	Rows, Cols int
	Dense      []float32 // row by row; nil where the table is sparse

	// Of a sparse table, row i has the values Value[Start[i]:Start[i+1]] in the
	// ascending columns Col of the same range.
	Start []int
	Col   []int32
	Value []float32
}

// NewDense is a dense table of zeros.
func NewDense(rows, cols int) *Table {
	return &Table{Rows: rows, Cols: cols, Dense: make([]float32, rows*cols)}
}

// Row is row i of a dense table.
func (t *Table) Row(i int) []float32 { return t.Dense[i*t.Cols : (i+1)*t.Cols : (i+1)*t.Cols] }

// Sparse reports whether the table is sparse.
func (t *Table) Sparse() bool { return t.Dense == nil && t.Start != nil }
