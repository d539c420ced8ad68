package suite

import (
	"fmt"

	"waymark"
	"waymark/policies"
)

// policy describes a candidate: its curve, if it is swept, and its row, if it ran.
func (f *logField) policy(res *Result, c *candidate) error {
	if c.sweep != nil {
		if err := f.swept(res, c); err != nil {
			return err
		}
	}
	if c.barred {
		res.OffPolicy.Refused = append(res.OffPolicy.Refused, Refused{c.entry.Name, c.why})
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
