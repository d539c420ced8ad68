package suite

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"waymark/internal/curve"
)

// equalCost compares a policy that makes calls of its own with the mixture of two constants that costs
// as much: the best that a router which knows nothing reaches at that cost. The two are
// neighbours on the hull of the constants on the tune split; how they are mixed follows from the costs
// that are reported. With share λ of the dearer one, the difference of qualities is that of
//
//	q − (1−λ)·q_a − λ·q_b − s·(c − (1−λ)·c_a − λ·c_b),  s = (Q_b − Q_a)/(C_b − C_a),
//
// whose last part is 0 on average and carries what is not known of λ.
func (f *field) equalCost(m *meter, c *candidate) *Versus {
	if !f.b.costKnown {
		return nil
	}
	none := func(why string) *Versus {
		e := Interval(nothing(why))
		return &Versus{Name: "mixture of constants at equal cost", Quality: e, Cost: e}
	}
	hull := f.constantsHull()
	if len(hull) == 0 {
		return none("no model is recorded on nearly every task")
	}
	if n := c.unknownCosts(f.b.test); n > 0 {
		return none(fmt.Sprintf("what deciding or checking costs is not known on %d tasks: what it would be held against costs more", n))
	}
	rows := f.comparable(c)
	if 2*len(rows) < len(f.answered(c)) || len(rows) == 0 {
		return none(fmt.Sprintf("only %d tasks have the policy's quality and cost and those of all constants on the hull", len(rows)))
	}
	mean := func(s series) (q, d float64) {
		t := curve.Table{Quality: [][]float64{s.quality}, Cost: [][]float64{s.cost}}
		return t.Means(0, rows, f.m.units.weights)
	}
	_, own := mean(c.series)
	a := hull[0]
	if _, least := mean(f.constant(a)); own < least {
		return none("it costs less than every constant on the hull")
	}
	b := a
	for _, next := range hull[1:] {
		b = next
		if _, d := mean(f.constant(b)); d >= own {
			break
		}
		a = b
	}
	sa, sb := f.constant(a), f.constant(b)
	qa, ca := mean(sa)
	qb, cb := mean(sb)
	share, slope := 0.0, 0.0
	name := "constant: " + f.name(a) + ", the best there is, which costs less"
	if a != b && cb > ca {
		share, slope = (own-ca)/(cb-ca), (qb-qa)/(cb-ca)
		name = fmt.Sprintf("mixture of %s (%.1f %%) and %s (%.1f %%) at equal cost", f.name(a), 100*(1-share), f.name(b), 100*share)
	}
	quality, cost := make([]float64, len(f.all)), make([]float64, len(f.all))
	for k := range quality {
		quality[k], cost[k] = math.NaN(), math.NaN()
	}
	for _, k := range rows {
		quality[k] = c.series.quality[k] - (1-share)*sa.quality[k] - share*sb.quality[k]
		cost[k] = c.series.cost[k] - (1-share)*sa.cost[k] - share*sb.cost[k]
		quality[k] -= slope * cost[k]
	}
	return &Versus{Name: name, Quality: m.qualityDifference(quality), Cost: m.costDifference(cost)}
}

// mostMissing is the share of the tasks of which a constant may lack a grade or a cost and still stand
// for all of them.
const mostMissing = 0.05

// constantsHull are the models on the hull of the constants on the tune split, by ascending cost, of
// those that have a grade and a cost of nearly all tasks of both splits: on the tasks that all of them have.
func (f *field) constantsHull() (out []int) {
	tune := f.b.table(f.b.tune)
	weights := f.b.units.of(f.b.tune).weights
	cols := f.constantsPresent()
	rows := common(cols, tune, len(f.b.tune))
	if len(rows) == 0 {
		return nil
	}
	var spots []curve.Spot
	for _, col := range cols {
		q, d := tune.Means(col, rows, weights)
		spots = append(spots, curve.Spot{Quality: q, Cost: d})
	}
	for _, i := range curve.Hull(spots) {
		out = append(out, cols[i])
	}
	return out
}

// constantsPresent are the models that have a grade and a cost of nearly all tasks of both splits.
func (f *field) constantsPresent() (cols []int) {
	tune := f.b.table(f.b.tune)
	for col := range f.b.matrix.Models {
		if sparse(f.table, col) || sparse(tune, col) {
			continue
		}
		cols = append(cols, col)
	}
	return cols
}

func sparse(t curve.Table, col int) bool {
	missing := 0
	for k, q := range t.Quality[col] {
		if math.IsNaN(q) || math.IsNaN(t.Cost[col][k]) {
			missing++
		}
	}
	return float64(missing) > mostMissing*float64(len(t.Quality[col]))
}

// common are the rows of a table of which all of some models have a grade and a cost.
func common(cols []int, t curve.Table, n int) (rows []int) {
	for k := range n {
		ok := true
		for _, col := range cols {
			ok = ok && !math.IsNaN(t.Quality[col][k]) && !math.IsNaN(t.Cost[col][k])
		}
		if ok {
			rows = append(rows, k)
		}
	}
	return rows
}

// comparable are the positions of the reported rows that a candidate answered at a known cost and all
// constants of the hull did too.
func (f *field) comparable(c *candidate) (rows []int) {
	for _, k := range common(f.constantsHull(), f.table, len(f.all)) {
		if !math.IsNaN(c.series.quality[k]) && !math.IsNaN(c.series.cost[k]) {
			rows = append(rows, k)
		}
	}
	return rows
}

// unknownCosts is on how many rows it is not known what deciding, checking or planning cost.
func (c *candidate) unknownCosts(rows []int) (n int) {
	for _, r := range c.rows {
		for _, i := range rows {
			if r.RouterCost != nil && !r.RouterCost[i] {
				n++
			}
		}
	}
	return n
}

// mixtures says which rows are held against a mixture at equal cost.
func (f *field) mixtures(cands []*candidate) {
	var names []string
	for _, c := range cands {
		if c.rows != nil && c.selector() == nil {
			names = append(names, c.entry.Name)
		}
	}
	if len(names) > 0 && f.b.costKnown {
		f.b.warnings = append(f.b.warnings, "what makes calls of its own has no random mix of its own proportions and is held against a mixture of two constants at equal cost instead: "+strings.Join(names, ", "))
	}
}

// The verdicts on a policy against the constants.
const (
	shownBetter  = "better"
	shownWorse   = "worse"
	nothingFound = "no difference found"
	alike        = "the same"
	notCompared  = "not compared"
)

// againstConstants holds every row that is no constant itself against the hull of the constants at equal
// cost, and says which are better when all are looked at together.
func (f *field) againstConstants(res *Result, cands []*candidate) {
	if !f.b.costKnown {
		return
	}
	var rows []int
	of := map[int]*candidate{}
	for i, r := range res.Policies {
		for _, c := range cands {
			if c.entry.Name == r.Name && c.entry.Type != "fixed" && c.rows != nil && r.Holes == 0 {
				rows, of[i] = append(rows, i), c
			}
		}
	}
	var missing []string
	present := f.constantsPresent()
	for col := range f.b.matrix.Models {
		if !slices.Contains(present, col) {
			missing = append(missing, f.name(col))
		}
	}
	if len(missing) > 0 && len(rows) > 0 {
		f.b.warnings = append(f.b.warnings, fmt.Sprintf("without a grade and a cost of nearly all tasks, %s cannot stand for a constant: no policy is said to beat the constants", strings.Join(missing, ", ")))
	}
	together := *f.m
	together.confidence = 1 - (1-f.m.confidence)/float64(max(1, len(rows)))
	var better []string
	for _, i := range rows {
		v := f.equalCost(f.m, of[i])
		a := &AgainstConstants{Versus: *v, Verdict: notCompared}
		if v.Quality.Value == 0 && v.Cost.Value == 0 {
			a.Verdict = alike
		}
		if wide := f.equalCost(&together, of[i]).Quality; wide.Withheld == "" && !math.IsNaN(wide.Lo) {
			a.Verdict = nothingFound
			switch {
			case wide.Lo > 0 && (len(missing) > 0 || of[i].inSample(f.b)):
				a.Verdict = notCompared
			case wide.Lo > 0:
				a.Verdict = shownBetter
				better = append(better, res.Policies[i].Name)
			case wide.Hi < 0:
				a.Verdict = shownWorse
			}
		}
		res.Policies[i].VsConstants = a
	}
	switch {
	case len(rows) == 0 || len(missing) > 0:
	case len(better) == 0:
		f.b.warnings = append(f.b.warnings, fmt.Sprintf("none of %s is shown to beat the mixture of constants that costs as much", plural(len(rows), "policy", "policies")))
	default:
		f.b.warnings = append(f.b.warnings, fmt.Sprintf("shown to beat the mixture of constants that costs as much, when all %d are looked at together: %s", len(rows), strings.Join(better, ", ")))
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// inSample reports whether a loaded policy was fitted on some of the reported tasks.
func (c *candidate) inSample(b *board) bool {
	return c.fit != nil && len(c.fit.unseen(b, b.test)) < len(b.test)
}
