package suite

import (
	"fmt"
	"math"
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
		return none("no model is recorded on every task")
	}
	rows := f.answered(c)
	mean := func(col int) (q, d float64) { return f.table.Means(col, rows, f.m.units.weights) }
	own := m.cost(c.series.cost).Value
	if math.IsNaN(own) || len(rows) == 0 {
		return none("the cost of the policy is not known")
	}
	a := hull[0]
	if _, least := mean(a); own < least {
		return none("it costs less than every constant on the hull")
	}
	b := a
	for _, next := range hull[1:] {
		b = next
		if _, d := mean(b); d >= own {
			break
		}
		a = b
	}
	qa, ca := mean(a)
	qb, cb := mean(b)
	share, slope := 0.0, 0.0
	name := "constant: " + f.name(a) + ", the best there is, which costs less"
	if a != b && cb > ca {
		share, slope = (own-ca)/(cb-ca), (qb-qa)/(cb-ca)
		name = fmt.Sprintf("mixture of %s (%.1f %%) and %s (%.1f %%) at equal cost", f.name(a), 100*(1-share), f.name(b), 100*share)
	}
	sa, sb := f.constant(a), f.constant(b)
	quality, cost := make([]float64, len(f.all)), make([]float64, len(f.all))
	for k := range quality {
		quality[k] = c.series.quality[k] - (1-share)*sa.quality[k] - share*sb.quality[k]
		cost[k] = c.series.cost[k] - (1-share)*sa.cost[k] - share*sb.cost[k]
		quality[k] -= slope * cost[k]
	}
	return &Versus{Name: name, Quality: m.qualityDifference(quality), Cost: m.costDifference(cost)}
}

// constantsHull are the models on the hull of the constants on the tune split, by ascending cost, of
// those that are recorded on all tasks of both splits.
func (f *field) constantsHull() (out []int) {
	tune := f.b.table(f.b.tune)
	weights := f.b.units.of(f.b.tune).weights
	var spots []curve.Spot
	var cols []int
	for col := range f.b.matrix.Models {
		if incomplete(f.table.Quality[col], f.table.Cost[col], tune.Quality[col], tune.Cost[col]) {
			continue
		}
		q, d := tune.Means(col, upTo(len(f.b.tune)), weights)
		spots, cols = append(spots, curve.Spot{Quality: q, Cost: d}), append(cols, col)
	}
	for _, i := range curve.Hull(spots) {
		out = append(out, cols[i])
	}
	return out
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
	case len(rows) == 0:
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
