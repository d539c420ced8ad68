package suite

import (
	"fmt"
	"math"

	"waymark"
	"waymark/internal/runner"
)

// row describes a policy on the reported rows.
func (m *meter) row(name, kind string, s series) PolicyRow {
	r := PolicyRow{
		Name: name, Type: kind, Knob: []Number{}, Mix: map[string]float64{}, Metrics: map[string]Metric{},
		Quality: m.quality(s.quality), Cost: m.spent(s.cost),
	}
	for _, q := range s.quality {
		if !math.IsNaN(q) {
			r.N++
		}
	}
	return r
}

// account fills in what only a run tells: the mix, by weight, and calls, holes and failures, which
// are counted over all repeats. weights are of the rows; nil where all are 1.
func (r *PolicyRow) account(repeats []*runner.Rows, rows []int, weights []float64, models []waymark.ModelID) {
	mix := map[int32]float64{}
	answered := 0.0
	for _, rep := range repeats {
		for k, i := range rows {
			w := 1.0
			if weights != nil {
				w = weights[k]
			}
			r.Calls += int(rep.Calls[i])
			switch rep.Status[i] {
			case runner.Answered:
				mix[rep.Model[i]] += w
				answered += w
			case runner.Hole:
				r.Holes++
			default:
				r.Failed++
			}
			if rep.RouterCost != nil && !rep.RouterCost[i] {
				r.CostLowerBound++
			}
		}
	}
	for col, n := range mix {
		name := "composed"
		if col >= 0 {
			name = string(models[col])
		}
		r.Mix[name] = n / answered
	}
	if n := r.CostLowerBound; n > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("what the router itself cost is not recorded for %d decisions: the cost is a lower bound", n))
	}
	if r.Failed > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d decisions failed and are left out of the means: %s", r.Failed, firstFailure(repeats, rows)))
	}
	if len(repeats) > 1 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("averaged over %d repeats", len(repeats)))
	}
}

func firstFailure(repeats []*runner.Rows, rows []int) string {
	for _, rep := range repeats {
		for _, i := range rows {
			if rep.Status[i] == runner.Failed {
				return rep.Why(i)
			}
		}
	}
	return ""
}
