package suite

import (
	"fmt"
	"math"
	"sort"

	"waymark/internal/stats"
)

// A SliceSummary cuts the reported tasks by a field and sets two means side by side. The
// micro mean counts every task alike (by its sampling weight), and so a value by its
// tasks; the macro mean is that of the values' own means and counts every value alike,
// however few its tasks.
type SliceSummary struct {
	Slice  string `json:"slice"`  // category, or metadata.NAME
	Values int    `json:"values"` // that it takes
	Few    int    `json:"few"`    // of them with fewer than 20 tasks
	// Rows are the policies and constants that cover every task.
	Rows      []SliceRow    `json:"rows"`
	Reversals []Reversal    `json:"reversals,omitempty"`
	Cells     []CategoryRow `json:"cells,omitempty"` // of other slices than the category, which has its own
	Warnings  []string      `json:"warnings,omitempty"`
}

// A SliceRow is one policy's two means.
type SliceRow struct {
	Policy    string   `json:"policy"`
	Micro     Interval `json:"micro"`
	Macro     Interval `json:"macro"`
	MicroCost Interval `json:"micro_cost_usd"`
	MacroCost Interval `json:"macro_cost_usd"`
}

// A Reversal is two policies that the two means order differently, where at least one of the
// two differences is not noise: its own interval excludes 0.
type Reversal struct {
	A     string   `json:"a"`
	B     string   `json:"b"`
	Micro Interval `json:"micro"` // A minus B
	Macro Interval `json:"macro"`
}

const (
	mostCells = 200 // values of a slice beyond which it has no cells
	fewTasks  = 20  // under which a cell is marked
)

// slice cuts the rows by a field.
func (f *field) slice(res *Result, subjects []subject, name string) SliceSummary {
	of, counts := f.valuesOf(name)
	out := SliceSummary{Slice: name, Values: len(counts), Rows: []SliceRow{}}
	for _, n := range counts {
		if n < fewTasks {
			out.Few++
		}
	}
	var whole []subject
	for _, x := range subjects {
		if f.whole(x) {
			whole = append(whole, x)
		}
	}
	if len(counts) > 1 {
		for _, x := range whole {
			out.Rows = append(out.Rows, f.sliceRow(x, of))
		}
		out.Reversals = f.reversals(whole, out.Rows, of)
		f.b.warnings = append(f.b.warnings, told(name, out.Reversals)...)
	}
	switch {
	case name == "category":
	case len(counts) > mostCells:
		out.Warnings = append(out.Warnings, fmt.Sprintf("%s takes %d values, too many for a table of them", name, len(counts)))
	default:
		out.Cells = f.cells(subjects, f.valueNames(name))
	}
	return out
}

// valueNames is the value of a field on each reported row.
func (f *field) valueNames(name string) []string {
	out := make([]string, len(f.all))
	for k, i := range f.b.test {
		out[k] = sliceOf(&f.b.matrix.Tasks[i], name)
	}
	return out
}

// valuesOf numbers the values of a field on the reported rows, and counts them.
func (f *field) valuesOf(name string) (of []int32, counts []int) {
	index := map[string]int32{}
	for _, v := range f.valueNames(name) {
		if _, ok := index[v]; !ok {
			index[v] = int32(len(counts))
			counts = append(counts, 0)
		}
		of = append(of, index[v])
		counts[index[v]]++
	}
	return of, counts
}

func (f *field) sliceRow(x subject, of []int32) SliceRow {
	r := SliceRow{
		Policy: x.row.Name, Micro: x.row.Quality, MicroCost: x.row.Cost.PerTask,
		Macro: f.m.scaled(f.m.macro(x.series.quality, of, 1), f.m.lo), MacroCost: unknownCost,
	}
	if f.b.costKnown {
		r.MacroCost = Interval(f.m.macro(x.series.cost, of, math.NaN()))
	}
	return r
}

// macro estimates a macro mean of values that lie within a range of a length.
func (m *meter) macro(values []float64, of []int32, spread float64) stats.Estimate {
	var category []int32
	for k, v := range values {
		if !math.IsNaN(v) {
			category = append(category, of[k])
		}
	}
	return stats.MacroMean(m.sample(values), category, spread, m.confidence)
}

// reversals are the pairs with a policy of the suite among them. Many pairs are looked at, and
// each interval is one pair's. Of a constant and a policy that are alike the policy stands.
func (f *field) reversals(whole []subject, rows []SliceRow, of []int32) (out []Reversal) {
	twin := map[string]bool{}
	for _, x := range whole {
		twin[x.row.SameAs] = true
	}
	for i, a := range whole {
		for j, b := range whole[:i] {
			micro, macro := rows[i].Micro.Value-rows[j].Micro.Value, rows[i].Macro.Value-rows[j].Macro.Value
			if a.cand == nil || b.cand == nil && twin[b.row.Name] || !(micro*macro < 0) {
				continue // policies come after constants
			}
			r := Reversal{
				A: rows[i].Policy, B: rows[j].Policy, Micro: f.m.pairedQuality(a.series.quality, b.series.quality),
				Macro: f.m.scaled(f.m.macro(minus(a.series.quality, b.series.quality), of, 2), 0),
			}
			if clear0(r.Micro) || clear0(r.Macro) {
				out = append(out, r)
			}
		}
	}
	return out
}

// clear0 reports whether an interval excludes 0.
func clear0(e Interval) bool { return e.Lo > 0 || e.Hi < 0 }

// told are the warnings of reversals, at most two of them one by one.
func told(slice string, rs []Reversal) (out []string) {
	for i, r := range rs {
		if i == 2 {
			return append(out, fmt.Sprintf("the macro mean by %s orders %d more pairs differently than the micro mean", slice, len(rs)-2))
		}
		better, worse := "better", "worse"
		if r.Micro.Value < 0 {
			better, worse = worse, better
		}
		out = append(out, fmt.Sprintf("%s is %s than %s over all tasks (micro%s) and %s where every %s counts alike (macro%s)",
			r.A, better, r.B, noisy(r.Micro), worse, slice, noisy(r.Macro)))
	}
	return out
}

func noisy(e Interval) string { return pickText(clear0(e), "", ", within noise") }

// cells are the rows by value, in the order of values. A cell of few tasks is marked.
func (f *field) cells(subjects []subject, values []string) []CategoryRow {
	positions := map[string][]int{}
	for k, v := range values {
		positions[v] = append(positions[v], k)
	}
	names := make([]string, 0, len(positions))
	for v := range positions {
		names = append(names, v)
	}
	sort.Strings(names)
	out := []CategoryRow{}
	for _, name := range names {
		ks := positions[name]
		m := newMeter(f.b, at(f.b.test, ks), f.m.confidence)
		row := CategoryRow{Category: name, N: len(ks), Cells: []CategoryCell{}}
		if len(ks) < fewTasks {
			row.Warning = fmt.Sprintf("only %d tasks", len(ks))
		}
		for _, x := range subjects {
			row.Cells = append(row.Cells, CategoryCell{
				Policy: x.row.Name, Quality: m.quality(at(x.series.quality, ks)), Cost: m.cost(at(x.series.cost, ks)),
			})
		}
		out = append(out, row)
	}
	return out
}
