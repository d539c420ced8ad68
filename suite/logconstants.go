package suite

import (
	"math"
	"sort"

	"waymark/internal/curve"
	"waymark/internal/offpolicy"
)

// baselines that a log can give: the best constant, and every model equally often.
func (f *logField) baselines(res *Result) {
	base := &res.Baselines
	base.InSample = !f.b.split
	const none = "the log tells of no model on its own"
	base.BestConstant = Baseline{Quality: Interval(nothing(none)), Cost: Cost{PerTask: unknownCost}}
	if f.best >= 0 {
		base.BestConstant = f.baseline(f.name(f.best), f.chosenOn(), f.constants[f.best])
	} else {
		f.b.warnings = append(f.b.warnings, none+": there is no best constant")
	}
	shares := make([]float64, len(f.constants))
	for col := range shares {
		shares[col] = 1 / float64(len(shares))
	}
	if p := f.mixed(shares); p != nil {
		random := f.baseline("random", "every model equally often, in expectation", p)
		base.Random = &random
	}
}

func (f *logField) chosenOn() string {
	if f.b.split {
		return "chosen on the tune fold of the log"
	}
	return "chosen on the tasks that it is reported on"
}

func (f *logField) baseline(name, note string, p *projection) Baseline {
	quality, cost := f.m.estimated(p)
	return Baseline{Name: name, Quality: quality, Cost: f.cost(cost), Note: note}
}

// mixed is the expectation of sending a random share of tasks to each model; nil where
// the log does not tell of one that has a share.
func (f *logField) mixed(shares []float64) *projection {
	n := len(f.b.test)
	empty := func() offpolicy.Contribution {
		return offpolicy.Contribution{Value: make([]float64, n), Factor: make([]float64, n)}
	}
	p := &projection{side: f.sd, quality: empty(), cost: empty()}
	for col, share := range shares {
		if share == 0 {
			continue
		}
		one := f.constants[col]
		if one.refused != "" {
			return nil
		}
		p.quality = p.quality.Plus(share, one.quality)
		if f.sd.cost != nil {
			p.cost = p.cost.Plus(share, one.cost)
		}
	}
	return p
}

// constantRows are a row a model, by ascending cost, those that are not told of last.
func (f *logField) constantRows(res *Result) {
	res.Constants = []PolicyRow{}
	for col, p := range f.constants {
		row := f.row(f.name(col), "constant", p)
		row.Split, row.Calls, row.Mix[f.name(col)] = res.Split, row.N, 1
		if f.best >= 0 && col != f.best {
			row.VsBestConstant = f.difference(f.name(f.best), p, f.constants[f.best])
		}
		res.Constants = append(res.Constants, row)
		f.told[f.name(col)] = p
		f.refusal(res, f.name(col), p)
	}
	order := func(r PolicyRow) float64 {
		if math.IsNaN(r.Cost.PerTask.Value) {
			return math.Inf(1)
		}
		return r.Cost.PerTask.Value
	}
	sort.SliceStable(res.Constants, func(i, j int) bool { return order(res.Constants[i]) < order(res.Constants[j]) })
}

func (f *logField) refusal(res *Result, name string, p *projection) {
	if p.refused != "" {
		res.OffPolicy.Refused = append(res.OffPolicy.Refused, Refused{name, p.refused})
	}
}

// frontier marks the rows and constants that none dominates, of those that are told of.
func (f *logField) frontier(res *Result) {
	res.Frontier, res.Hull = []string{}, []string{}
	if !f.b.costKnown {
		return
	}
	var rows []*PolicyRow
	var spots []curve.Spot
	for _, list := range []*[]PolicyRow{&res.Constants, &res.Policies} {
		for i := range *list {
			if r := &(*list)[i]; r.OffPolicy.Refused == "" && r.N == len(f.b.test) {
				rows, spots = append(rows, r), append(spots, curve.Spot{Quality: r.Quality.Value, Cost: r.Cost.PerTask.Value})
			}
		}
	}
	for _, i := range curve.Frontier(spots) {
		rows[i].OnFrontier = true
		res.Frontier = append(res.Frontier, rows[i].Name)
	}
	for _, i := range curve.Hull(spots) {
		res.Hull = append(res.Hull, rows[i].Name)
	}
}
