package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"

	"waymark/suite"
)

// A figure is one number of one row, for measures.csv.
type figure struct {
	row, kind, name string
	e               suite.Interval
	note            string // "not reached", or why there is no interval
}

// measuresCSV writes every measure of every row, one a line.
func measuresCSV(w io.Writer, res *suite.Result) error {
	c := csv.NewWriter(w)
	c.Write([]string{"policy", "kind", "measure", "value", "lo", "hi", "n", "method", "note"})
	for _, list := range []struct {
		kind string
		rows []suite.PolicyRow
	}{{"policy", res.Policies}, {"constant", res.Constants}} {
		for _, r := range list.rows {
			for _, f := range figures(r, list.kind) {
				line := append([]string{cell(f.row), f.kind, f.name}, bounds(f.e)...)
				c.Write(append(line, fmt.Sprint(f.e.N), f.e.Method, cell(f.note)))
			}
		}
	}
	for _, f := range curveFigures(res) {
		line := append([]string{cell(f.row), f.kind, f.name}, bounds(f.e)...)
		c.Write(append(line, fmt.Sprint(f.e.N), f.e.Method, cell(f.note)))
	}
	c.Flush()
	return c.Error()
}

// figures are a row's measures in a fixed order.
func figures(r suite.PolicyRow, kind string) (out []figure) {
	add := func(name string, e *suite.Interval) {
		if e != nil {
			out = append(out, figure{r.Name, kind, name, *e, e.Withheld})
		}
	}
	if r.Regret != nil {
		add("regret_quality", &r.Regret.Quality)
		add("regret_cost_usd", &r.Regret.Cost)
		add("regret_cost_where_matched_usd", r.Regret.CostMatched)
		add("regret_cost_where_missed_usd", r.Regret.CostMissed)
	}
	names := make([]string, 0, len(r.Metrics))
	for name := range r.Metrics {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		m := r.Metrics[name]
		f := figure{r.Name, kind, name, m.Interval, m.Interval.Withheld}
		if m.NotReached {
			f.note = "not reached"
		}
		out = append(out, f)
	}
	for _, name := range []string{"p50", "p95", "p99"} {
		if e, ok := r.Latency.Intervals[name]; ok {
			add("latency_"+name+"_ms", &e)
		}
	}
	add("latency_router_ms", r.Latency.Router)
	add("latency_router_share", r.Latency.RouterShare)
	add("within_slo", r.WithinSLO)
	if r.Stability != nil {
		add("changes_over_repeats", r.Stability.OverRepeats)
		add("changes_over_paraphrases", r.Stability.OverParaphrases)
	}
	if r.VsBest != nil {
		add("vs_best_of_others_quality", &r.VsBest.Quality)
	}
	if r.FrontierShare != nil {
		out = append(out, figure{r.Name, kind, "frontier_frequency", suite.Interval{Value: *r.FrontierShare, Lo: math.NaN(), Hi: math.NaN()}, "a share of resamples"})
	}
	for _, v := range []struct {
		name  string
		split *suite.VarianceSplit
	}{{"variance", r.Variance}, {"variance_vs_best", r.VarianceVsBest}} {
		if v.split != nil && v.split.Withheld == "" {
			add(v.name+"_between_tasks", &v.split.Task)
			add(v.name+"_between_responses", &v.split.Response)
			add(v.name+"_response_share", &v.split.Share)
		}
	}
	return out
}

// standing is a row's regret, its share within the latency objective and its place among the others, for
// policies.csv; empty where there is none.
func standing(r suite.PolicyRow) (line []string) {
	none := suite.Interval{Value: math.NaN(), Lo: math.NaN(), Hi: math.NaN()}
	quality, cost, within, best, frontier := none, none, none, none, math.NaN()
	if r.Regret != nil {
		quality, cost = r.Regret.Quality, r.Regret.Cost
	}
	if r.WithinSLO != nil {
		within = *r.WithinSLO
	}
	if r.VsBest != nil {
		best = r.VsBest.Quality
	}
	if r.FrontierShare != nil {
		frontier = *r.FrontierShare
	}
	for _, e := range []suite.Interval{quality, cost, within, best} {
		line = append(line, bounds(e)...)
	}
	return append(line, number(frontier))
}

// slicesCSV writes macro and micro side by side.
func slicesCSV(w io.Writer, res *suite.Result) error {
	c := csv.NewWriter(w)
	c.Write([]string{
		"slice", "values", "policy", "micro_quality", "micro_quality_lo", "micro_quality_hi", "macro_quality", "macro_quality_lo", "macro_quality_hi",
		"micro_cost_usd", "micro_cost_usd_lo", "micro_cost_usd_hi", "macro_cost_usd", "macro_cost_usd_lo", "macro_cost_usd_hi",
	})
	for _, s := range res.Slices {
		for _, r := range s.Rows {
			line := []string{cell(s.Slice), fmt.Sprint(s.Values), cell(r.Policy)}
			for _, e := range []suite.Interval{r.Micro, r.Macro, r.MicroCost, r.MacroCost} {
				line = append(line, bounds(e)...)
			}
			c.Write(line)
		}
	}
	c.Flush()
	return c.Error()
}
