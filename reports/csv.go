package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"waymark/suite"
)

// cell makes text safe for spreadsheets: one that begins as a formula does gets an
// apostrophe before it. Numbers are written by number.
func cell(s string) string {
	s = clean(s)
	if s != "" && strings.ContainsRune("=+-@\t", rune(s[0])) {
		return "'" + s
	}
	return s
}

func number(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

func bounds(e suite.Interval) []string { return []string{number(e.Value), number(e.Lo), number(e.Hi)} }

func policiesCSV(w io.Writer, rows []suite.PolicyRow) error {
	c := csv.NewWriter(w)
	c.Write([]string{
		"policy", "type", "knob", "split", "n", "quality", "quality_lo", "quality_hi", "cost_usd", "cost_usd_lo", "cost_usd_hi", "cost_usd_total",
		"vs_best_quality", "vs_best_quality_lo", "vs_best_quality_hi", "vs_best_cost_usd", "vs_best_cost_usd_lo", "vs_best_cost_usd_hi",
		"latency_p50_ms", "latency_p95_ms", "latency_p99_ms", "calls", "holes", "failed", "on_frontier",
		"regret_quality", "regret_quality_lo", "regret_quality_hi", "regret_cost_usd", "regret_cost_usd_lo", "regret_cost_usd_hi",
		"within_slo", "within_slo_lo", "within_slo_hi", "vs_best_of_others_quality", "vs_best_of_others_quality_lo", "vs_best_of_others_quality_hi", "frontier_frequency", "off_policy",
	})
	for _, r := range rows {
		line := []string{cell(r.Name), cell(r.Type), knob(r.Knob), r.Split, fmt.Sprint(r.N)}
		line = append(line, bounds(r.Quality)...)
		line = append(line, bounds(r.Cost.PerTask)...)
		total := math.NaN()
		if r.Cost.Known {
			total = r.Cost.Total
		}
		line = append(line, number(total))
		none := suite.Interval{Value: math.NaN(), Lo: math.NaN(), Hi: math.NaN()}
		versus := suite.Versus{Quality: none, Cost: none}
		if r.VsBestConstant != nil {
			versus = *r.VsBestConstant
		}
		line = append(line, bounds(versus.Quality)...)
		line = append(line, bounds(versus.Cost)...)
		for _, q := range []float64{r.Latency.P50, r.Latency.P95, r.Latency.P99} {
			if !r.Latency.Known {
				q = math.NaN()
			}
			line = append(line, number(q))
		}
		line = append(line, fmt.Sprint(r.Calls), fmt.Sprint(r.Holes), fmt.Sprint(r.Failed), fmt.Sprint(r.OnFrontier))
		c.Write(append(append(line, standing(r)...), offPolicyWord(r)))
	}
	c.Flush()
	return c.Error()
}

func categoriesCSV(w io.Writer, res *suite.Result) error {
	c := csv.NewWriter(w)
	c.Write([]string{"category", "n", "policy", "quality", "quality_lo", "quality_hi", "cost_usd", "cost_usd_lo", "cost_usd_hi"})
	for _, row := range res.Categories {
		for _, x := range row.Cells {
			line := append([]string{cell(row.Category), fmt.Sprint(row.N), cell(x.Policy)}, bounds(x.Quality)...)
			c.Write(append(line, bounds(x.Cost)...))
		}
	}
	c.Flush()
	return c.Error()
}

func curvesCSV(w io.Writer, res *suite.Result) error {
	c := csv.NewWriter(w)
	c.Write([]string{"policy", "split", "knob", "quality", "quality_lo", "quality_hi", "cost_usd", "strong_share"})
	for _, curve := range res.Curves {
		for _, p := range curve.Points {
			opt := func(n *suite.Number) string {
				if n == nil {
					return ""
				}
				return number(float64(*n))
			}
			cost := number(p.Cost)
			if !res.Dataset.CostKnown {
				cost = ""
			}
			c.Write([]string{cell(curve.Policy), curve.Split, number(float64(p.Knob)), number(p.Quality), opt(p.QualityLo), opt(p.QualityHi), cost, number(p.StrongShare)})
		}
	}
	c.Flush()
	return c.Error()
}
