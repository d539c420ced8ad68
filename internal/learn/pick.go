package learn

// Pick is some rows of the table, in that order.
func (t *Table) Pick(rows []int) *Table {
	out := &Table{Rows: len(rows), Cols: t.Cols}
	if !t.Sparse() {
		out.Dense = make([]float32, 0, len(rows)*t.Cols)
		for _, i := range rows {
			out.Dense = append(out.Dense, t.Row(i)...)
		}
		return out
	}
	out.Start = make([]int, 1, len(rows)+1)
	for _, i := range rows {
		cols, values := t.Nonzeros(i)
		out.Col, out.Value = append(out.Col, cols...), append(out.Value, values...)
		out.Start = append(out.Start, len(out.Col))
	}
	return out
}

// Pick is some rows of the sample, in that order.
func (s *Sample) Pick(rows []int) *Sample {
	out := &Sample{X: s.X.Pick(rows), Seed: s.Seed}
	for _, y := range s.Y {
		own := make([]float64, len(rows))
		for k, i := range rows {
			own[k] = y[i]
		}
		out.Y = append(out.Y, own)
	}
	for _, i := range rows {
		if s.Weights != nil {
			out.Weights = append(out.Weights, s.Weights[i])
		}
		if s.Units != nil {
			out.Units = append(out.Units, s.Units[i])
		}
	}
	return out
}
