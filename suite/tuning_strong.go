package suite

import (
	"slices"

	"waymark/internal/stats"
)

// againstStrong compares the tuned policy with the stronger model on the test split:
// in all, and in every slice.
func (t *tuning) againstStrong(x float64) {
	strong := t.c.sweep.Knob().Strong
	if strong == "" {
		return
	}
	m := t.meter(t.test)
	mine, _ := t.series(t.test, x)
	theirs := t.b.constant(t.b.matrix.Column(strong), t.test.rows)
	t.out.VsStrong = m.versus(string(strong), mine, theirs)
	if t.b.costKnown {
		r := stats.Ratio(m.sample(mine.cost), m.sample(theirs.cost), m.confidence)
		r.Value, r.Lo, r.Hi = 1-r.Value, 1-r.Hi, 1-r.Lo
		saving := Interval(r)
		t.out.Saving = &saving
	}
	names := t.s.Slices
	if len(names) == 0 {
		names = []string{"category"}
	}
	t.out.WorseSlices = t.b.worseSlices(names, t.test.rows, mine, theirs, m.confidence)
}

// fewInSlice is the least number of tasks in a slice that is tested.
const fewInSlice = 20

// worseSlices are the slices in which a is worse than b by the sign-flip test, at the
// 5 % level after Holm's adjustment over all slices with enough tasks.
func (b *board) worseSlices(names []string, rows []int, a, c series, confidence float64) []Slice {
	var all []Slice
	var ps []float64
	for _, name := range names {
		parts := map[string][]int{}
		for k, i := range rows {
			v := sliceOf(&b.matrix.Tasks[i], name)
			parts[v] = append(parts[v], k)
		}
		if len(parts) < 2 {
			continue
		}
		values := make([]string, 0, len(parts))
		for v := range parts {
			values = append(values, v)
		}
		slices.Sort(values)
		for _, v := range values {
			ks := parts[v]
			if len(ks) < fewInSlice {
				continue
			}
			m := newMeter(b, at(rows, ks), confidence)
			x, y := at(a.quality, ks), at(c.quality, ks)
			all = append(all, Slice{Name: name, Value: v, N: len(ks), Diff: m.pairedQuality(x, y)})
			ps = append(ps, stats.SignFlip(m.sample(minus(x, y))))
		}
	}
	out := []Slice{}
	for i, p := range stats.Holm(ps) {
		if all[i].P = p; p <= 0.05 && all[i].Diff.Value < 0 {
			out = append(out, all[i])
		}
	}
	return out
}
