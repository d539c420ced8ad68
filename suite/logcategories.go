package suite

import "slices"

// categories are the rows by category.
func (f *logField) categories(res *Result, cands []*candidate) {
	res.Categories = []CategoryRow{}
	var names []string
	for _, i := range f.b.test {
		if c := f.b.matrix.Tasks[i].Category; !slices.Contains(names, c) {
			names = append(names, c)
		}
	}
	slices.Sort(names)
	var columns []string
	for _, c := range cands {
		if c.rows != nil {
			columns = append(columns, c.entry.Name)
		}
	}
	for _, r := range res.Constants {
		columns = append(columns, r.Name)
	}
	for _, name := range names {
		in, n := make([]bool, len(f.b.test)), 0
		for k, i := range f.b.test {
			if in[k] = f.b.matrix.Tasks[i].Category == name; in[k] {
				n++
			}
		}
		row := CategoryRow{Category: name, N: n, Cells: []CategoryCell{}}
		for _, c := range columns {
			quality, cost := f.m.estimated(f.told[c].on(f.l, f.b, in, f.m.confidence))
			row.Cells = append(row.Cells, CategoryCell{Policy: c, Quality: quality, Cost: cost})
		}
		res.Categories = append(res.Categories, row)
	}
}
