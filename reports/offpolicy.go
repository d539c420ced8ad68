package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"waymark/suite"
)

// offPolicyBanner says what estimates from a log are, wherever they are shown.
func offPolicyBanner(o *suite.OffPolicy) string {
	clip := "nothing clipped"
	if o.Clip != nil {
		clip = fmt.Sprintf("weights clipped at %g", *o.Clip)
	}
	return fmt.Sprintf("OFF-POLICY: estimated (%s, %s) from what %s logged, one answer a task, by its propensities (%s; the least is %.3g). Nobody observed these policies.",
		o.Estimator, clip, clean(o.Logger), o.Propensities, o.Least)
}

// marked puts the mark on the title of a table.
func marked(res *suite.Result, title string) string {
	if res.OffPolicy == nil {
		return title
	}
	return title + " (OFF-POLICY)"
}

// offPolicyGrids hold the logging policy and the other estimators, what the log tells
// of in part, and the evidence.
func offPolicyGrids(res *suite.Result) []grid {
	if res.OffPolicy == nil {
		return nil
	}
	return []grid{estimatorGrid(res), partGrid(res), overlapGrid(res)}
}

// offPolicyRows are the policies, then the models on their own.
func offPolicyRows(res *suite.Result) []suite.PolicyRow {
	return append(append([]suite.PolicyRow{}, res.Policies...), res.Constants...)
}

func estimatorGrid(res *suite.Result) grid {
	s, u, o := scaleOf(res), purseOf(res), res.OffPolicy
	g := grid{
		title:  "Against the log, and by other estimators",
		header: []string{"policy", "ESS", "quality vs " + shorten(o.Logger, 20), "cost vs " + shorten(o.Logger, 20), "quality by DR", "by SNIPS", "by IPS"},
		right:  map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true, 6: true},
	}
	v := o.Value
	g.rows = append(g.rows, []string{shorten(o.Logger, 28) + " (the log's own)", fmt.Sprint(v.Quality.N), unknown, unknown, s.interval(v.Quality), unknown, unknown})
	for _, r := range offPolicyRows(res) {
		e := r.OffPolicy
		if e == nil || e.Refused != "" || e.Own {
			continue
		}
		row := []string{shorten(r.Name, 34), fmt.Sprintf("%.0f", e.ESS), unknown, unknown}
		if e.VsLogger != nil {
			row[2], row[3] = s.difference(e.VsLogger.Quality), u.difference(e.VsLogger.Cost)
		}
		for _, name := range []string{"dr", "snips", "ips"} {
			row = append(row, s.interval(e.Estimators[name].Quality))
		}
		g.rows = append(g.rows, row)
	}
	return g
}

// partGrid holds what the log tells of refused policies: on some of their tasks only.
func partGrid(res *suite.Result) grid {
	s, u := scaleOf(res), purseOf(res)
	g := grid{
		title:  "Refused, and told in part: on these tasks only, which is not the policy's quality",
		header: []string{"policy", "tasks", "share", "quality there " + s.unit(), "cost there " + u.per(), ""},
		right:  map[int]bool{1: true, 2: true, 3: true, 4: true},
	}
	for _, r := range offPolicyRows(res) {
		if r.OffPolicy == nil || r.OffPolicy.Told == nil {
			continue
		}
		t := r.OffPolicy.Told
		note := t.Why
		if t.Agree && note == "" {
			note = "log and policy agree for certain: plain means"
		}
		g.rows = append(g.rows, []string{shorten(r.Name, 34), fmt.Sprint(t.N), fmt.Sprintf("%.1f %%", 100*t.Share), s.interval(t.Quality), u.interval(t.Cost), note})
	}
	return g
}

// overlapGrid is how much of each policy's decisions the log shows, by model.
func overlapGrid(res *suite.Result) grid {
	g := grid{
		title:  "What the log shows of each policy's decisions",
		header: []string{"policy", "model", "share of decisions", "covered", "agreed on", "ESS", "least propensity"},
		right:  map[int]bool{2: true, 3: true, 4: true, 5: true, 6: true},
	}
	for _, r := range res.Policies {
		if r.OffPolicy == nil {
			continue
		}
		for _, m := range r.OffPolicy.Overlap {
			g.rows = append(g.rows, []string{shorten(r.Name, 34), shorten(m.Model, 34), fmt.Sprintf("%.1f %%", 100*m.Share), covered(m), fmt.Sprint(m.Matched), fmt.Sprintf("%.0f", m.ESS), least(m)})
		}
	}
	return g
}

func covered(m suite.ModelOverlap) string {
	text := fmt.Sprintf("%.1f %%", 100*m.Covered)
	if !m.Exact {
		text += " (estimated)"
	}
	return text
}

func least(m suite.ModelOverlap) string {
	if m.Least == nil {
		return unknown
	}
	return fmt.Sprintf("%.3g", *m.Least)
}

// offPolicyNotes say what was refused, and what a log cannot give.
func offPolicyNotes(res *suite.Result) (out []string) {
	if res.OffPolicy == nil {
		return nil
	}
	for _, r := range res.OffPolicy.Refused {
		out = append(out, fmt.Sprintf("refused: %s: %s", r.Name, r.Why))
	}
	for _, a := range res.OffPolicy.Absent {
		out = append(out, fmt.Sprintf("absent: %s: %s", a.What, a.Why))
	}
	return out
}

// offPolicyWord marks a row of a CSV.
func offPolicyWord(r suite.PolicyRow) string {
	switch {
	case r.OffPolicy == nil:
		return ""
	case r.OffPolicy.Refused != "":
		return "refused"
	case r.OffPolicy.Own:
		return "logged"
	}
	return "estimated"
}

// offPolicyCSV holds every estimator of every row, with its evidence.
func offPolicyCSV(w io.Writer, res *suite.Result) error {
	c := csv.NewWriter(w)
	c.Write([]string{
		"policy", "estimator", "quality", "quality_lo", "quality_hi", "cost_usd", "cost_usd_lo", "cost_usd_hi", "ess", "mean_weight",
		"vs_logger_quality", "vs_logger_quality_lo", "vs_logger_quality_hi", "overlap", "refused",
	})
	for _, r := range offPolicyRows(res) {
		e := r.OffPolicy
		if e == nil {
			continue
		}
		var overlap []string
		for _, m := range e.Overlap {
			overlap = append(overlap, fmt.Sprintf("%s: %.4g of decisions, %.4g covered, ess %.4g", m.Model, m.Share, m.Covered, m.ESS))
		}
		for _, name := range []string{"dr", "snips", "ips"} {
			x, ok := e.Estimators[name]
			if !ok && (name != "dr" || e.Refused == "") {
				continue
			}
			if !ok {
				x = suite.Estimated{Quality: r.Quality, Cost: r.Cost.PerTask}
			}
			line := append([]string{cell(r.Name), name}, bounds(x.Quality)...)
			line = append(line, bounds(x.Cost)...)
			line = append(line, number(e.ESS), number(e.MeanWeight.Value))
			versus := []string{"", "", ""}
			if e.VsLogger != nil && name == "dr" {
				versus = bounds(e.VsLogger.Quality)
			}
			line = append(append(line, versus...), cell(strings.Join(overlap, "; ")), cell(e.Refused))
			c.Write(line)
		}
	}
	c.Flush()
	return c.Error()
}
