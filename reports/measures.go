package reports

import (
	"fmt"
	"math"

	"waymark/suite"
)

// rowsOf are the policies and, for a report, the constants.
func rowsOf(res *suite.Result, constants bool) []suite.PolicyRow {
	if !constants {
		return res.Policies
	}
	return append(append([]suite.PolicyRow(nil), res.Policies...), res.Constants...)
}

// selectionGrid is what a row loses to the oracle and how sure its place is.
func selectionGrid(res *suite.Result, constants bool) grid {
	s, u := scaleOf(res), purseOf(res)
	g := grid{
		title:  "Against the oracle and the best",
		header: []string{"policy", "quality lost to the oracle", "spent beyond the oracle", "quality vs best of the others", "may be best", "on the frontier in", "same as"},
		right:  map[int]bool{1: true, 2: true, 3: true, 5: true},
		note:   placeNote,
	}
	for _, r := range rowsOf(res, constants) {
		if r.Regret == nil && r.VsBest == nil && r.FrontierShare == nil {
			continue
		}
		row := []string{shorten(r.Name, 34), unknown, unknown, unknown, "", unknown, shorten(r.SameAs, 24)}
		if r.Regret != nil {
			row[1], row[2] = s.interval(r.Regret.Quality), u.difference(r.Regret.Cost)
			g.note = "The oracle is " + r.Regret.Oracle + ". " + placeNote
		}
		if r.VsBest != nil {
			row[3] = s.difference(r.VsBest.Quality)
			if r.VsBest.PossiblyBest {
				row[4] = "yes"
			}
		}
		if r.FrontierShare != nil {
			row[5] = fmt.Sprintf("%.0f %%", 100**r.FrontierShare)
		}
		g.rows = append(g.rows, row)
	}
	return g
}

const placeNote = "Intervals against the best of the others (Hsu) hold for all rows together. On the frontier in: the share of resamples of the tasks."

// benchmarkGrid is LLMRouterBench's set.
func benchmarkGrid(res *suite.Result, constants bool) grid {
	names := []string{"perf_gain", "cost_save", "gain_random", "gap_oracle", "pareto_dist"}
	g := grid{
		title:  "LLMRouterBench's set",
		header: []string{"policy", "PerfGain %", "CostSave %", "Gain@Random %", "Gap@Oracle %", "ParetoDist"},
		right:  map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true},
		note:   "Relative to " + best(res) + ", to a random model and to the oracle. CostSave is not reached below the best constant's quality. ParetoDist is Euclidean, each axis over its range among the models.",
	}
	for _, r := range rowsOf(res, constants) {
		row, some := []string{shorten(r.Name, 34)}, false
		for _, name := range names {
			m, ok := r.Metrics[name]
			text := signed(percent)
			switch name {
			case "gap_oracle":
				text = percent
			case "pareto_dist":
				text = func(x float64) string { return fmt.Sprintf("%.3f", x) }
			}
			row = append(row, metricText(m, ok, text))
			some = some || ok && name != "perf_gain" && name != "cost_save"
		}
		if some {
			g.rows = append(g.rows, row)
		}
	}
	return g
}

func metricText(m suite.Metric, ok bool, text func(float64) string) string {
	switch {
	case !ok:
		return unknown
	case m.NotReached:
		return "not reached"
	}
	return withInterval(m.Interval, text)
}

// latencyGrid is what a user waits.
func latencyGrid(res *suite.Result, constants bool) grid {
	g := grid{
		title:  "Latency, ms",
		header: []string{"policy", "p50", "p95", "p99", "within the objective, %", "router per task", "router's share, %"},
		right:  map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true, 6: true},
		note:   "From the request to the answer: rounds add up, calls of a round take as long as the slowest, and the router's own time is in it.",
	}
	ms := func(x float64) string { return fmt.Sprintf("%.0f", x) }
	slo, router := false, false
	for _, r := range rowsOf(res, constants) {
		if !r.Latency.Known {
			continue
		}
		row := []string{shorten(r.Name, 34)}
		for _, q := range []struct {
			name  string
			value float64
		}{{"p50", r.Latency.P50}, {"p95", r.Latency.P95}, {"p99", r.Latency.P99}} {
			e, ok := r.Latency.Intervals[q.name]
			if !ok {
				e = suite.Interval{Value: q.value, Lo: math.NaN(), Hi: math.NaN()}
			}
			row = append(row, withInterval(e, ms))
		}
		cells := []string{unknown, unknown, unknown}
		for k, x := range []struct {
			e    *suite.Interval
			text func(float64) string
			some *bool
		}{{r.WithinSLO, percent, &slo}, {r.Latency.Router, ms, &router}, {r.Latency.RouterShare, percent, &router}} {
			if x.e != nil {
				cells[k], *x.some = withInterval(*x.e, x.text), true
			}
		}
		g.rows = append(g.rows, append(row, cells...))
	}
	return dropUnless(g, map[int]bool{4: slo, 5: router, 6: router})
}

// dropUnless leaves out the columns that nothing is in.
func dropUnless(g grid, some map[int]bool) grid {
	var gone []int
	for column, ok := range some {
		if !ok {
			gone = append(gone, column)
		}
	}
	out := drop(g, gone...)
	out.note = g.note
	return out
}

// stabilityGrid is how often a policy decides otherwise without a reason to.
func stabilityGrid(res *suite.Result) grid {
	g := grid{
		title:  "Stability, % of decisions that differ",
		header: []string{"policy", "repeats", "between two repeats", "sets of paraphrases", "between two paraphrases"},
		right:  map[int]bool{1: true, 2: true, 3: true, 4: true},
	}
	repeated, asked := false, false
	for _, r := range res.Policies {
		if r.Stability == nil {
			continue
		}
		row := []string{shorten(r.Name, 34), fmt.Sprint(r.Stability.Repeats), unknown, fmt.Sprint(r.Stability.Sets), unknown}
		if e := r.Stability.OverRepeats; e != nil {
			row[2] = withInterval(*e, percent)
		}
		if e := r.Stability.OverParaphrases; e != nil {
			row[4] = withInterval(*e, percent)
		}
		repeated, asked = repeated || r.Stability.OverRepeats != nil, asked || r.Stability.OverParaphrases != nil
		g.rows = append(g.rows, row)
	}
	return dropUnless(g, map[int]bool{1: repeated, 2: repeated, 3: asked, 4: asked})
}

// varianceGrid says what more responses, or more tasks, would buy.
func varianceGrid(res *suite.Result) grid {
	s := scaleOf(res)
	g := grid{
		title:  "Noise of responses",
		header: []string{"policy", "of", "tasks with repeats", "share of noise %", "standard error", "twice the responses", "ever more responses", "twice the tasks"},
		right:  map[int]bool{2: true, 3: true, 4: true, 5: true, 6: true, 7: true},
		note:   "The share of the variance of one response's score that lies between responses to the same task, and the standard error of the mean as it is and as it would be.",
	}
	add := func(name, of string, v *suite.VarianceSplit) {
		if v == nil || v.Withheld != "" {
			return
		}
		row := []string{shorten(name, 34), of, fmt.Sprint(v.Tasks), withInterval(v.Share, percent)}
		for _, x := range []*float64{v.Error, v.WithTwiceSamples, v.WithAllSamples, v.WithTwiceTasks} {
			text := unknown
			if x != nil {
				text = fmt.Sprintf("%.3g", s.value(*x))
			}
			row = append(row, text)
		}
		g.rows = append(g.rows, row)
	}
	for _, r := range rowsOf(res, true) {
		add(r.Name, "quality", r.Variance)
		add(r.Name, "difference to "+best(res), r.VarianceVsBest)
	}
	return g
}

// sliceGrids set macro and micro means side by side, a table for each slice.
func sliceGrids(res *suite.Result) (out []grid) {
	s, u := scaleOf(res), purseOf(res)
	for _, x := range res.Slices {
		g := grid{
			title:  "Macro and micro by " + x.Slice,
			header: []string{"policy", "micro quality " + s.unit(), "macro quality " + s.unit(), "micro cost " + u.per(), "macro cost " + u.per()},
			right:  map[int]bool{1: true, 2: true, 3: true, 4: true},
			note:   fmt.Sprintf("Micro counts every task alike, macro every one of the %d values of %s, of which %d have fewer than 20 tasks.", x.Values, x.Slice, x.Few),
		}
		for _, r := range x.Rows {
			g.rows = append(g.rows, []string{shorten(r.Policy, 34), s.interval(r.Micro), s.interval(r.Macro), u.interval(r.MicroCost), u.interval(r.MacroCost)})
		}
		out = append(out, g)
		if len(x.Cells) > 1 {
			cells := *res
			cells.Categories = x.Cells
			g := categoryGrid(&cells, len(res.Constants) <= 8)
			g.title = "Quality by " + x.Slice + ", " + s.unit()
			g.header[0] = x.Slice
			out = append(out, g)
		}
	}
	return out
}

// reportGrids are those that a report has room for.
func reportGrids(res *suite.Result) []grid {
	out := append(scoreGrids(res), selectionGrid(res, true), benchmarkGrid(res, true), latencyGrid(res, true), stabilityGrid(res), varianceGrid(res))
	return filled(append(out, sliceGrids(res)...))
}

// terminalGrids are those of the policies alone, for a terminal.
func terminalGrids(res *suite.Result) []grid {
	g := selectionGrid(res, false)
	return filled([]grid{constantsGrid(res), matchGrid(res), drop(scorerGrid(res), 1, 4, 7), drop(g, 6), latencyGrid(res, false), stabilityGrid(res)})
}

// filled are the grids that have rows.
func filled(grids []grid) (out []grid) {
	for _, g := range grids {
		if len(g.rows) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// luck says what being picked owes to luck.
func luck(res *suite.Result) (out []string) {
	if res.Selection == nil {
		return nil
	}
	s := scaleOf(res)
	if why := res.Selection.Withheld; why != "" {
		out = append(out, "[n/a] comparisons with the best: "+why)
	}
	for _, w := range res.Selection.Winners {
		if !math.IsNaN(w.Optimism.Value) {
			out = append(out, fmt.Sprintf("the best of %d %s in quality is %s with %s, which being picked flatters by about %s (a bootstrap estimate)", w.Of, w.Among, w.Name, s.text(w.Quality), s.text(math.Max(0, w.Optimism.Value))))
		}
	}
	return out
}

// measureReasons say why numbers of the report's tables carry [n/a].
func measureReasons(res *suite.Result) (out []string) {
	seen := map[string]bool{}
	add := func(what string, e suite.Interval) {
		if e.Withheld != "" && !math.IsNaN(e.Value) && !seen[what+e.Withheld] {
			seen[what+e.Withheld] = true
			out = append(out, fmt.Sprintf("[n/a] %s: %s", what, e.Withheld))
		}
	}
	for _, r := range rowsOf(res, true) {
		for _, m := range []struct{ name, title string }{
			{"perf_gain", "PerfGain"}, {"cost_save", "CostSave"}, {"gain_random", "Gain@Random"}, {"gap_oracle", "Gap@Oracle"}, {"pareto_dist", "ParetoDist"},
		} {
			if x, ok := r.Metrics[m.name]; ok && !x.NotReached {
				add(m.title, x.Interval)
			}
		}
		if r.Variance != nil {
			add("share of noise", r.Variance.Share)
		}
	}
	for _, x := range res.Slices {
		for _, r := range x.Rows {
			add("macro quality by "+x.Slice, r.Macro)
			add("macro cost by "+x.Slice, r.MacroCost)
		}
	}
	return out
}

// rowReasons say why numbers of the tables that a terminal shows too carry [n/a].
func rowReasons(res *suite.Result, add func(what string, e suite.Interval)) {
	for _, r := range rowsOf(res, true) {
		if r.Regret != nil {
			add("quality lost to the oracle", r.Regret.Quality)
			add("spent beyond the oracle", r.Regret.Cost)
		}
		if r.VsBest != nil {
			add("quality vs best of the others", r.VsBest.Quality)
		}
		for _, name := range []string{"p50", "p95", "p99"} {
			if e, ok := r.Latency.Intervals[name]; ok {
				add(name+" of latency", e)
			}
		}
		if r.WithinSLO != nil {
			add("within the objective", *r.WithinSLO)
		}
		if r.Latency.Router != nil {
			add("router's own time", *r.Latency.Router)
			add("router's share of the latency", *r.Latency.RouterShare)
		}
		if r.Stability != nil {
			for _, e := range []*suite.Interval{r.Stability.OverRepeats, r.Stability.OverParaphrases} {
				if e != nil {
					add("stability", *e)
				}
			}
		}
	}
}
