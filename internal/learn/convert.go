package learn

import "fmt"

// FromRows is a dense table of rows that are all cols long.
func FromRows(cols int, rows ...[]float32) *Table {
	t := NewDense(len(rows), cols)
	for i, row := range rows {
		if len(row) != cols {
			panic(fmt.Sprintf("learn: row %d has %d columns, expected %d", i, len(row), cols))
		}
		copy(t.Row(i), row)
	}
	return t
}

// Nonzeros is the columns and values of row i of a sparse table.
func (t *Table) Nonzeros(i int) ([]int32, []float32) {
	lo, hi := t.Start[i], t.Start[i+1]
	return t.Col[lo:hi:hi], t.Value[lo:hi:hi]
}

// ToDense is the table as a dense one: itself if it is dense. It takes four bytes
// a cell.
func (t *Table) ToDense() *Table {
	if !t.Sparse() {
		return t
	}
	out := NewDense(t.Rows, t.Cols)
	for i := range t.Rows {
		row := out.Row(i)
		cols, values := t.Nonzeros(i)
		for j, c := range cols {
			row[c] = values[j]
		}
	}
	return out
}

// ToSparse is the table as a sparse one, of what is not zero: itself if it is
// sparse.
func (t *Table) ToSparse() *Table {
	if t.Sparse() {
		return t
	}
	return Concatenate(&Table{Rows: t.Rows, Start: make([]int, t.Rows+1)}, t)
}

// Concatenate puts tables of the same rows side by side, the columns of the first
// first. It is dense if all of them are, and otherwise sparse, of what is not zero.
// It panics if there are no tables or their rows differ in number.
func Concatenate(tables ...*Table) *Table {
	rows, cols, dense := tables[0].Rows, 0, true
	for _, t := range tables {
		if t.Rows != rows {
			panic(fmt.Sprintf("learn: a table of %d rows beside one of %d", t.Rows, rows))
		}
		cols += t.Cols
		dense = dense && !t.Sparse()
	}
	if dense {
		return besideDense(rows, cols, tables)
	}
	return besideSparse(rows, cols, tables)
}

func besideDense(rows, cols int, tables []*Table) *Table {
	out := NewDense(rows, cols)
	for i := range rows {
		row := out.Row(i)
		for _, t := range tables {
			row = row[copy(row, t.Row(i)):]
		}
	}
	return out
}

func besideSparse(rows, cols int, tables []*Table) *Table {
	out := &Table{Rows: rows, Cols: cols, Start: make([]int, 1, rows+1)}
	for i := range rows {
		before := int32(0)
		for _, t := range tables {
			out.appendRow(t, i, before)
			before += int32(t.Cols)
		}
		out.Start = append(out.Start, len(out.Col))
	}
	return out
}

// appendRow appends row i of t to the last row of a sparse table, its columns
// moved right by before.
func (t *Table) appendRow(from *Table, i int, before int32) {
	if !from.Sparse() {
		for c, v := range from.Row(i) {
			if v != 0 {
				t.Col, t.Value = append(t.Col, before+int32(c)), append(t.Value, v)
			}
		}
		return
	}
	cols, values := from.Nonzeros(i)
	for j, c := range cols {
		t.Col, t.Value = append(t.Col, before+c), append(t.Value, values[j])
	}
}

// transpose is the columns of a sparse table as the rows of another.
func (t *Table) transpose() *Table {
	out := &Table{Rows: t.Cols, Cols: t.Rows, Start: make([]int, t.Cols+1), Col: make([]int32, len(t.Col)), Value: make([]float32, len(t.Value))}
	for _, c := range t.Col {
		out.Start[c+1]++
	}
	for c := range t.Cols {
		out.Start[c+1] += out.Start[c]
	}
	next := append([]int(nil), out.Start[:t.Cols]...)
	for i := range t.Rows {
		cols, values := t.Nonzeros(i)
		for j, c := range cols {
			out.Col[next[c]], out.Value[next[c]] = int32(i), values[j]
			next[c]++
		}
	}
	return out
}

// finite reports the first row that has a value that is not finite, -1 if none has.
func (t *Table) finite() int {
	values := t.Dense
	if t.Sparse() {
		values = t.Value
	}
	for at, v := range values {
		if v-v != 0 {
			return t.rowOf(at)
		}
	}
	return -1
}

func (t *Table) rowOf(at int) int {
	if !t.Sparse() {
		return at / t.Cols
	}
	row := 0
	for t.Start[row+1] <= at {
		row++
	}
	return row
}
