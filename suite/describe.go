package suite

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"waymark"
	"waymark/internal/curve"
)

// describe computes everything of a Result that numbers go into.
func (s *Suite) describe(b *board, cands []*candidate) (*Result, error) {
	m := newMeter(b, b.test, s.confidence())
	res := &Result{Schema: Schema, Split: "all", Confidence: m.confidence, Curves: []Curve{}, Policies: []PolicyRow{}, Scorers: []Scorer{}, Grading: b.grading}
	if b.split {
		res.Split = waymark.SplitTest.String()
	}
	res.Folds = len(b.outer)
	f := newField(b, m)
	f.baselines(res)
	f.constants(res)
	f.verifiers(res, cands)
	var swept []*standing
	for _, c := range cands {
		row, s, err := f.policy(res, c)
		if err != nil {
			return nil, err
		}
		if s != nil {
			swept = append(swept, s)
		}
		if row != nil {
			res.Policies = append(res.Policies, *row)
		}
		if c.why != "" {
			b.warnings = append(b.warnings, fmt.Sprintf("%s has a curve and no row: %s", c.entry.Name, c.why))
		}
	}
	f.mixtures(cands)
	f.againstConstants(res, cands)
	if err := f.described(res, cands, swept); err != nil {
		return nil, err
	}
	f.frontier(res)
	f.together(res, cands)
	f.categories(res, cands)
	if err := f.measure(res, cands, s); err != nil {
		return nil, err
	}
	res.evidence = f.gather(res, cands, s.sliceNames())
	s.tolerate(res, b)
	res.Warnings = append([]string{}, b.warnings...)
	return res, nil
}

// tolerate judges failures against the suite's tolerance.
func (s *Suite) tolerate(res *Result, b *board) {
	for _, r := range res.Policies {
		if share := float64(r.Failed) / float64(max(1, r.N+r.Failed)); share > s.Tolerance {
			res.Incomplete = fmt.Sprintf("%d of %d decisions of %s failed, more than the tolerated share of %g", r.Failed, r.N+r.Failed, r.Name, s.Tolerance)
			return
		}
	}
}

// A field is the matrix on the reported rows, with what every policy is held
// against.
type field struct {
	b     *board
	m     *meter
	table curve.Table
	all   []int // positions of the reported rows: 0, 1, …
	best  int   // the best constant, chosen on the tune rows; -1 if no model covers them
	cats  []string
}

func newField(b *board, m *meter) *field {
	f := &field{b: b, m: m, table: b.table(b.test)}
	for k, i := range b.test {
		f.all = append(f.all, k)
		f.cats = append(f.cats, b.matrix.Tasks[i].Category)
	}
	tune := b.table(b.tune)
	f.best = tune.Best(upTo(len(b.tune)), b.units.of(b.tune).weights)
	return f
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// table is every model's quality and cost on some rows.
func (b *board) table(rows []int) curve.Table {
	var t curve.Table
	for col := range b.matrix.Models {
		s := b.constant(col, rows)
		t.Quality = append(t.Quality, s.quality)
		if b.costKnown {
			t.Cost = append(t.Cost, s.cost)
		}
	}
	return t
}

// series is what a choice of model for each reported row gives.
func (f *field) series(models []int) series {
	s := newSeries(len(models))
	s.quality, s.cost = f.table.Chosen(models)
	return s
}

func (f *field) baseline(name, note string, s series) *Baseline {
	return &Baseline{Name: name, Quality: f.m.quality(s.quality), Cost: f.m.spent(s.cost), Note: note}
}

// baselines are computed over the matrix.
func (f *field) baselines(res *Result) {
	base := &res.Baselines
	base.InSample = !f.b.split
	if f.best >= 0 {
		base.BestConstant = *f.baseline(f.name(f.best), f.chosenOn(), f.constant(f.best))
	} else {
		base.BestConstant = Baseline{Quality: Interval(nothing("no model is recorded on every task")), Cost: Cost{PerTask: unknownCost}}
		f.b.warnings = append(f.b.warnings, "no model is recorded on every task of the tune split: there is no best constant")
	}
	base.PerCategory = f.perCategory()
	oracle := f.table.Oracle()
	complete := 0
	for _, model := range oracle {
		if model >= 0 {
			complete++
		}
	}
	base.OracleTasksUsed = complete
	if complete > 0 {
		base.Oracle = f.baseline("oracle", "knows the grades: the best answer to each task, ties and unsolved tasks to the cheapest; a maximum over noise", f.series(oracle))
		s := newSeries(len(f.all))
		s.quality, s.cost = f.table.RouterBenchOracle()
		base.OracleZeroCost = f.baseline("oracle (RouterBench)", "as the oracle, but a task that nobody solves costs nothing", s)
	}
	shares := make([]float64, len(f.table.Quality))
	for i := range shares {
		shares[i] = 1 / float64(len(shares))
	}
	base.Random = f.baseline("random", "every model equally often, in expectation", f.mixed(shares))
	base.RandomLine = f.randomLine()
}

func (f *field) chosenOn() string {
	if f.b.split {
		return "chosen on the tune split"
	}
	return "chosen on the tasks that it is reported on"
}

func (f *field) name(col int) string { return string(f.b.matrix.Models[col]) }

func (f *field) constant(col int) series { return f.b.constant(col, f.b.test) }

func (f *field) mixed(shares []float64) series {
	s := newSeries(len(f.all))
	s.quality, s.cost = f.table.Mixed(shares)
	return s
}

// perCategory is the best constant of each category, chosen on the tune rows; a
// category that is not there takes the best constant of all.
func (f *field) perCategory() *Baseline {
	if f.best < 0 {
		return nil
	}
	tune, weights := f.b.table(f.b.tune), f.b.units.of(f.b.tune).weights
	rows := map[string][]int{}
	for k, i := range f.b.tune {
		c := f.b.matrix.Tasks[i].Category
		rows[c] = append(rows[c], k)
	}
	if len(rows) < 2 {
		return nil
	}
	best := map[string]int{}
	for c, ks := range rows {
		best[c] = tune.Best(ks, weights)
	}
	models := make([]int, len(f.all))
	for k, c := range f.cats {
		model, ok := best[c]
		if !ok || model < 0 {
			model = f.best
		}
		models[k] = model
	}
	return f.baseline("best by category", f.chosenOn(), f.series(models))
}

// randomLine are mixtures of the cheapest and the best constant: what a router
// that knows nothing reaches.
func (f *field) randomLine() []Point {
	if f.best < 0 || !f.b.costKnown {
		return nil
	}
	cheapest, least := -1, math.Inf(1)
	for col := range f.table.Quality {
		if c := f.m.cost(f.constant(col).cost); c.N == len(f.all) && c.Value < least {
			cheapest, least = col, c.Value
		}
	}
	if cheapest < 0 || cheapest == f.best {
		return nil
	}
	var line []Point
	for k := 0; k <= 20; k++ {
		share := float64(k) / 20
		shares := make([]float64, len(f.table.Quality))
		shares[cheapest], shares[f.best] = 1-share, share
		s := f.mixed(shares)
		line = append(line, Point{Quality: f.m.quality(s.quality).Value, Cost: f.m.cost(s.cost).Value, StrongShare: share})
	}
	return line
}

// constants are a row a model, by ascending cost, then by name.
func (f *field) constants(res *Result) {
	res.Constants = []PolicyRow{}
	for col := range f.b.matrix.Models {
		s := f.constant(col)
		row := f.m.row(f.name(col), "constant", s)
		row.Split, row.Calls = res.Split, row.N
		row.Holes = len(f.all) - row.N
		row.Mix[f.name(col)] = 1
		f.arena(&row, s)
		if f.best >= 0 && col != f.best {
			row.VsBestConstant = f.m.versus(f.name(f.best), s, f.constant(f.best))
		}
		if row.Holes > 0 {
			row.Warnings = append(row.Warnings, fmt.Sprintf("recorded on %d of %d tasks: not comparable with the others", row.N, len(f.all)))
		}
		res.Constants = append(res.Constants, row)
	}
	sort.SliceStable(res.Constants, func(i, j int) bool {
		a, b := res.Constants[i].Cost.PerTask.Value, res.Constants[j].Cost.PerTask.Value
		return a < b
	})
}

// frontier marks the rows and constants that none dominates. Only rows that cover
// every reported task compete, and only where costs are known.
func (f *field) frontier(res *Result) {
	res.Frontier, res.Hull = []string{}, []string{}
	if !f.b.costKnown {
		return
	}
	var rows []*PolicyRow
	var spots []curve.Spot
	for _, list := range []*[]PolicyRow{&res.Constants, &res.Policies} {
		for i := range *list {
			r := &(*list)[i]
			if r.N == len(f.all) && r.Cost.Known {
				rows = append(rows, r)
				spots = append(spots, curve.Spot{Quality: r.Quality.Value, Cost: r.Cost.PerTask.Value})
			}
		}
	}
	for _, i := range curve.Frontier(spots) {
		for k, s := range spots { // a row just like it is not dominated either
			if s == spots[i] {
				rows[k].OnFrontier = true
				res.Frontier = append(res.Frontier, rows[k].Name)
			}
		}
	}
	for _, i := range curve.Hull(spots) {
		res.Hull = append(res.Hull, rows[i].Name)
	}
}

// categories are the rows by category, the policies before the constants.
func (f *field) categories(res *Result, cands []*candidate) {
	all := f.subjects(res, cands)
	n := len(res.Constants)
	res.Categories = f.cells(append(slices.Clone(all[n:]), all[:n]...), f.cats)
}

func at[T any](values []T, positions []int) []T {
	out := make([]T, len(positions))
	for k, i := range positions {
		out[k] = values[i]
	}
	return out
}
