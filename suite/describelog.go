package suite

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"waymark"
	"waymark/internal/curve"
	"waymark/internal/offpolicy"
	"waymark/policies"
)

// A logField is the reported side of a log, with what every policy is held against.
type logField struct {
	b         *board
	l         *logged
	m         *meter
	sd        *side
	itself    *projection
	constants []*projection // by column
	best      int           // the best constant, chosen on the tune side; -1 if none is told of
	told      map[string]*projection
}

func (g loggedGround) describe(s *Suite, cands []*candidate) (*Result, error) {
	b := g.b
	m := newMeter(b, b.test, s.confidence())
	res := &Result{Schema: Schema, Split: "all", Confidence: m.confidence, Curves: []Curve{}, Policies: []PolicyRow{}, Grading: b.grading}
	if b.split {
		res.Split = waymark.SplitTest.String()
	}
	f := newLogField(b, m)
	f.summary(res, s)
	f.baselines(res)
	f.constantRows(res)
	for _, c := range cands {
		if err := f.policy(res, c); err != nil {
			return nil, err
		}
	}
	f.frontier(res)
	f.categories(res, cands)
	res.evidence = f.gather(res, cands, s.sliceNames())
	s.tolerate(res, b)
	f.tolerate(res, s)
	res.Warnings = append([]string{}, b.warnings...)
	return res, nil
}

func newLogField(b *board, m *meter) *logField {
	l := b.log
	f := &logField{b: b, l: l, m: m, sd: l.test, best: -1, told: map[string]*projection{}}
	f.itself = l.itself(l.test, f.loggerSpent())
	bestQ, bestC := math.Inf(-1), math.Inf(1)
	for col := range b.matrix.Models {
		f.constants = append(f.constants, l.project(b, l.test, offpolicy.Always(col, len(b.test)), nil, m.confidence))
		tune := l.project(b, l.tune, offpolicy.Always(col, len(b.tune)), nil, m.confidence)
		if tune.refused != "" {
			continue
		}
		q, c := m.estimated(tune)
		if q.Value > bestQ+1e-12 || math.Abs(q.Value-bestQ) <= 1e-12 && c.Value < bestC {
			f.best, bestQ, bestC = col, q.Value, c.Value
		}
	}
	return f
}

// loggerSpent is what the logging policy's own decisions cost.
func (f *logField) loggerSpent() []float64 {
	spent := make([]float64, len(f.b.test))
	unknown := 0
	for k, i := range f.b.test {
		c := f.l.read.Chosen[f.b.matrix.Tasks[i].ID].Cost
		spent[k] = c.USD.Float()
		if !c.Known {
			unknown++
		}
	}
	if unknown > 0 && f.b.costKnown {
		f.b.warnings = append(f.b.warnings, fmt.Sprintf("what %s itself cost is not recorded for %d decisions: its cost is a lower bound", f.l.read.Logger, unknown))
	}
	return spent
}

func (f *logField) name(col int) string { return string(f.b.matrix.Models[col]) }

// summary says how the numbers came about.
func (f *logField) summary(res *Result, s *Suite) {
	o := &OffPolicy{
		Logger: f.l.read.Logger, Estimator: "doubly robust", Propensities: "of the model chosen", Folds: offpolicy.Folds,
		Claimed: offpolicy.Claimed, Unscored: f.sd.unscored, Least: 1, Certain: true, Refused: []Refused{},
		Absent: []Absent{
			{"the oracle and the best by category", "they need what every model answered to a task, and a log holds one answer"},
			{"APGR, CPT and AIQ", "their intervals are not established for estimates from a log"},
			{"latency of other policies", "its quantiles are not estimated from a log"},
		},
	}
	switch n := len(f.b.test); f.sd.exact {
	case 0:
	case n:
		o.Propensities = "of all models"
	default:
		o.Propensities = fmt.Sprintf("of all models on %d of %d tasks", f.sd.exact, n)
	}
	if s.OffPolicy != nil && s.OffPolicy.Clip != 0 {
		o.Clip = &s.OffPolicy.Clip
	}
	mix := make([]int, len(f.b.matrix.Models))
	for k, a := range f.sd.log.Action {
		mix[a]++
		o.Least = math.Min(o.Least, f.sd.log.Propensity[k])
		o.Certain = o.Certain && f.sd.log.Propensity[k] == 1
	}
	o.Value.Mix = map[string]float64{}
	for col, n := range mix {
		if n > 0 {
			o.Value.Mix[f.name(col)] = float64(n) / float64(len(f.b.test))
		}
	}
	quality, cost := f.m.estimated(f.itself)
	o.Value.Quality, o.Value.Cost, o.Value.Latency = quality, f.cost(cost), f.latency()
	res.OffPolicy = o
	if f.sd.unscored > 0 {
		f.b.warnings = append(f.b.warnings, fmt.Sprintf("%d of %d logged responses have no score (a call that failed, or an answer that could not be judged): the other answers of the same model and category stand in for them", f.sd.unscored, len(f.b.test)))
	}
	if o.Certain {
		f.b.warnings = append(f.b.warnings, fmt.Sprintf("%s left nothing to chance (every propensity is 1): the log tells of a policy only where it chooses the same", o.Logger))
	}
}

// cost is a mean as a Cost: the total is what that many tasks would cost.
func (f *logField) cost(perTask Interval) Cost {
	if !f.b.costKnown || math.IsNaN(perTask.Value) {
		return Cost{PerTask: perTask}
	}
	return Cost{Known: true, Total: perTask.Value * float64(perTask.N), PerTask: perTask}
}

// latency of the logged responses.
func (f *logField) latency() Quantiles {
	ms := make([]float64, len(f.b.test))
	for k, i := range f.b.test {
		ms[k] = math.NaN()
		if l := f.b.matrix.Columns[f.sd.log.Action[k]].Latency[i]; l > 0 {
			ms[k] = l.Seconds() * 1000
		}
	}
	return latencyOf(ms)
}

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

// policy describes a candidate: its curve, if it is swept, and its row, if it ran.
func (f *logField) policy(res *Result, c *candidate) error {
	if c.sweep != nil {
		if err := f.swept(res, c); err != nil {
			return err
		}
	}
	if c.why != "" {
		f.b.warnings = append(f.b.warnings, fmt.Sprintf("%s has no row: %s", c.entry.Name, c.why))
	}
	if c.rows == nil {
		return nil
	}
	p := f.projection(c)
	f.told[c.entry.Name] = p
	row := f.row(c.entry.Name, c.entry.Type, p)
	row.Split = res.Split
	row.Knob = append(row.Knob, knobOf(c)...)
	f.account(&row, c)
	if f.best >= 0 {
		row.VsBestConstant = f.difference(f.name(f.best), p, f.constants[f.best])
	}
	row.VsMatchedRandom = f.matchedRandom(p)
	res.Policies = append(res.Policies, row)
	f.refusal(res, c.entry.Name, p)
	return nil
}

// projection is what a candidate would have done.
func (f *logField) projection(c *candidate) *projection {
	if own, ok := c.entry.Config.(*policies.Recorded); ok && own.Policy == f.l.read.Logger {
		return f.itself
	}
	if c.selector() == nil {
		return &projection{side: f.sd, policy: c.did(f.sd), refused: "it makes calls of its own, and a log holds one answer a task"}
	}
	return f.l.project(f.b, f.sd, c.did(f.sd), f.spent(c), f.m.confidence)
}

// spent is what a candidate's own decisions cost, nil where they are free.
func (f *logField) spent(c *candidate) []float64 {
	charger, ok := c.selector().(waymark.Charger)
	if !ok {
		return nil
	}
	all := make([]waymark.Spending, f.b.queries.Len())
	charger.Charge(f.b.queries, all)
	out := make([]float64, len(f.b.test))
	for k, i := range f.b.test {
		out[k] = all[i].Cost.USD.Float()
	}
	return out
}

// account fills in what decisions tell without any outcome.
func (f *logField) account(r *PolicyRow, c *candidate) {
	mix, decided := map[string]int{}, 0
	for _, rep := range c.rows {
		for _, i := range f.b.test {
			if rep.Model[i] < 0 {
				r.Failed++
				continue
			}
			mix[f.name(int(rep.Model[i]))]++
			decided++
		}
	}
	for name, n := range mix {
		r.Mix[name] = float64(n) / float64(decided)
	}
	r.Calls = decided
	if r.Failed > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d decisions failed and are left out: %s", r.Failed, firstFailure(c.rows, f.b.test)))
	}
	lower := 0
	for _, rep := range c.rows {
		for _, i := range f.b.test {
			if rep.RouterCost != nil && !rep.RouterCost[i] {
				lower++
			}
		}
	}
	if lower > 0 && f.b.costKnown {
		r.Warnings = append(r.Warnings, fmt.Sprintf("what the router itself cost is not recorded for %d decisions: the cost is a lower bound", lower))
	}
	if len(c.rows) > 1 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("averaged over %d repeats", len(c.rows)))
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

// tolerate judges responses without a score against the suite's tolerance.
func (f *logField) tolerate(res *Result, s *Suite) {
	if share := float64(f.sd.unscored) / float64(len(f.b.test)); share > s.Tolerance && res.incomplete == "" {
		res.incomplete = fmt.Sprintf("%d of %d logged responses have no score, more than the tolerated share of %g", f.sd.unscored, len(f.b.test), s.Tolerance)
	}
}
