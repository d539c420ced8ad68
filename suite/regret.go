package suite

import (
	"math"

	"waymark/internal/stats"
)

// A Regret is what a policy loses to the oracle, in its two parts. They have no common
// unit, and so no sum, until someone says what quality is worth.
type Regret struct {
	Oracle  string   `json:"oracle"`   // how the oracle was selected and scored
	Crossed int      `json:"crossed"`  // tasks on which that was on different responses
	Quality Interval `json:"quality"`  // the oracle's minus this one's
	Cost    Interval `json:"cost_usd"` // this one's minus the oracle's
	// A policy's cost part in two that sum to it: on tasks on which its quality is the oracle's
	// or better, which the oracle got for less, and on the others. Nil for constants.
	CostMatched *Interval `json:"cost_where_matched_usd,omitempty"`
	CostMissed  *Interval `json:"cost_where_missed_usd,omitempty"`
}

// regret compares a row with the oracle, pairwise. A row that lacks responses has none.
func (f *field) regret(x subject, oracle hindsight) {
	if !f.whole(x) || oracle.known == 0 {
		return
	}
	extra := minus(x.series.cost, oracle.cost)
	x.row.Regret = &Regret{
		Oracle: oracle.note(len(f.all)), Crossed: oracle.crossed,
		Quality: f.m.pairedQuality(oracle.quality, x.series.quality), Cost: f.m.costDifference(extra),
	}
	if x.cand == nil || !f.b.costKnown {
		return
	}
	matched, missed := make([]float64, len(extra)), make([]float64, len(extra))
	for k, c := range extra {
		switch {
		case math.IsNaN(c):
			matched[k], missed[k] = c, c
		case x.series.quality[k] >= oracle.quality[k]:
			matched[k] = c
		default:
			missed[k] = c
		}
	}
	a, b := f.m.costDifference(matched), f.m.costDifference(missed)
	x.row.Regret.CostMatched, x.row.Regret.CostMissed = &a, &b
}

// ratio estimates mean(a)/mean(b) of paired values over the rows that have both.
func (m *meter) ratio(a, b []float64) stats.Estimate {
	pairs := make([]float64, len(a))
	same := true
	for k := range a {
		pairs[k] = a[k] + b[k] // NaN where either is
		same = same && (math.IsNaN(pairs[k]) || a[k] == b[k])
	}
	keep := func(values []float64) stats.Sample {
		out := make([]float64, len(values))
		for k, v := range values {
			out[k] = v
			if math.IsNaN(pairs[k]) {
				out[k] = math.NaN()
			}
		}
		return m.sample(out)
	}
	e := stats.Ratio(keep(a), keep(b), m.confidence)
	if e.Withheld == "" && (same || e.Lo == e.Hi) {
		why := "the two are alike on every task"
		if !same {
			why = "the ratio is the same on every task: nothing is known of its spread"
		}
		e.Lo, e.Hi, e.Withheld, e.Method = math.NaN(), math.NaN(), why, ""
	}
	return e
}
