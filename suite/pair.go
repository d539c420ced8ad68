package suite

import (
	"fmt"
	"math"

	"waymark/internal/curve"
	"waymark/internal/stats"
)

// oracle adds what the grades themselves would recover between the two models of a pair:
// what a policy's APGR and CPT can reach.
func (f *field) oracle(s *scored, out map[string]Metric) {
	p := curve.Pair{Weak: s.weak, Strong: s.strong}
	out["oracle_apgr"] = Metric{Interval: Interval(p.OracleAPGRInterval(s.sample(), f.m.confidence))}
	for name, share := range map[string]float64{"oracle_cpt20": 0.2, "oracle_cpt50": 0.5, "oracle_cpt80": 0.8} {
		e, reached := p.OracleCPTInterval(share, s.sample(), f.m.confidence)
		out[name] = shareMetric(Interval(e), reached)
	}
}

// recovered is the performance gap that a policy recovers where it ran. It is not known
// where some tasks lack the response that the policy needs.
func (f *field) recovered(c *candidate, s *scored, holes int) Metric {
	if holes > 0 {
		return lacking(holes)
	}
	var quality, weak, strong []float64
	var rows []int
	for j, k := range s.ks {
		if q := c.series.quality[k]; !math.IsNaN(q) {
			quality, weak, strong = append(quality, q), append(weak, s.weak[j]), append(strong, s.strong[j])
			rows = append(rows, f.b.test[k])
		}
	}
	u := f.b.units.of(rows)
	e := curve.PGRInterval(quality, weak, strong, stats.Sample{Weights: u.weights, Groups: u.groups, Keys: u.keys}, f.m.confidence)
	return Metric{Interval: Interval(e)}
}

func lacking(holes int) Metric {
	return Metric{Interval: Interval(nothing(fmt.Sprintf("%d tasks lack a response", holes)))}
}

// arena is RouterArena's score of a row. Its accuracy is the quality in [0,1].
func (f *field) arena(row *PolicyRow, s series) {
	switch {
	case !f.b.costKnown:
		return // unknown costs have no score
	case row.Holes > 0:
		row.Metrics["arena"] = lacking(row.Holes)
		return
	}
	var quality, cost []float64
	var rows []int
	for k, q := range s.quality {
		if !math.IsNaN(q + s.cost[k]) {
			quality, cost, rows = append(quality, q), append(cost, s.cost[k]), append(rows, f.b.test[k])
		}
	}
	u := f.b.units.of(rows)
	e := curve.ArenaInterval(quality, cost, stats.Sample{Weights: u.weights, Groups: u.groups, Keys: u.keys}, f.m.confidence)
	row.Metrics["arena"] = Metric{Interval: Interval(e)}
}
