package reports

import (
	"fmt"
	"slices"
	"strings"

	"waymark/suite"
)

// matchGrid is what swept policies cost at equal quality and how good they are at equal
// cost, against the stronger model and the best constant.
func matchGrid(res *suite.Result) grid {
	s, u := scaleOf(res), purseOf(res)
	g := grid{
		title:  "At equal quality, and at equal cost",
		header: []string{"policy", "against", "saving at equal quality %", "quality there", "quality at equal cost", "cost there, " + u.per()},
		right:  map[int]bool{2: true, 3: true, 4: true, 5: true},
		note:   "The knob is chosen on the tune split, and what it does is estimated on the test split. matches.csv holds policies against each other too.",
	}
	for _, c := range res.Curves {
		for _, m := range c.Matches {
			if m.Kind == "policy" {
				continue // in matches.csv
			}
			row := []string{
				shorten(c.Policy, 34), shorten(m.Versus, 34), withInterval(m.AtQuality.Saving, signed(percent)), s.difference(m.AtQuality.Quality),
				s.difference(m.AtCost.Quality), u.difference(m.AtCost.Cost),
			}
			if len(m.AtQuality.Knob) == 0 {
				row[2] = "none as good"
			}
			if len(m.AtCost.Knob) == 0 && res.Dataset.CostKnown {
				row[4] = "none as cheap"
			}
			g.rows = append(g.rows, row)
		}
	}
	return g
}

// constantsGrid is every policy against what a router that knows nothing reaches for as much money.
func constantsGrid(res *suite.Result) grid {
	s := scaleOf(res)
	g := grid{
		title:  "Against the hull of constants, at equal cost",
		header: []string{"policy", "what costs as much", "quality against it", "all together"},
		right:  map[int]bool{2: true},
		note:   "A mixture sends a fixed share of the tasks to either model by chance. The verdict holds for all policies of this table together (Bonferroni).",
	}
	for _, r := range res.Policies {
		if v := r.VsConstants; v != nil {
			g.rows = append(g.rows, []string{shorten(r.Name, 34), v.Name, s.difference(v.Quality), v.Verdict})
		}
	}
	return g
}

// rivalGrid tells swept policies between the same two models apart.
func rivalGrid(res *suite.Result) grid {
	s := scaleOf(res)
	g := grid{
		title:  "Swept policies against each other",
		header: []string{"policy", "minus", "AUROC", "APGR", "AIQ " + s.unit(), "hypervolume"},
		right:  map[int]bool{2: true, 3: true, 4: true, 5: true},
	}
	plain := signed(thousandths)
	for i, c := range res.Curves {
		for _, r := range c.Versus {
			if positionOf(res, r.Policy) < i {
				continue // told the other way round
			}
			g.rows = append(g.rows, []string{shorten(c.Policy, 34), shorten(r.Policy, 34), withInterval(r.AUROC, plain), withInterval(r.APGR, plain), s.difference(r.AIQ), withInterval(r.Hypervolume, plain)})
		}
	}
	return g
}

func positionOf(res *suite.Result, policy string) int {
	for i, c := range res.Curves {
		if c.Policy == policy {
			return i
		}
	}
	return -1
}

// ceilingGrid is what curves recover beside what the grades themselves would.
func ceilingGrid(res *suite.Result) grid {
	g := grid{
		title:  "Swept policies beside the oracle of their two models",
		header: []string{"policy", "APGR", "of the oracle", "CPT50", "of the oracle", "CPT80", "of the oracle", "hypervolume"},
		right:  map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true, 6: true, 7: true},
	}
	for _, c := range res.Curves {
		if len(c.Metrics) == 0 {
			continue
		}
		row := []string{shorten(c.Policy, 34)}
		for _, name := range []string{"apgr", "oracle_apgr", "cpt50", "oracle_cpt50", "cpt80", "oracle_cpt80", "hypervolume"} {
			row = append(row, metricNamed(c.Metrics, name))
		}
		g.rows = append(g.rows, row)
	}
	return g
}

func metricNamed(metrics map[string]suite.Metric, name string) string {
	m, ok := metrics[name]
	return metricText(m, ok, thousandths)
}

// blendGrid holds the scores that make one number of quality and cost.
func blendGrid(res *suite.Result) grid {
	g := grid{title: "One number for quality and cost", header: []string{"policy or model", "Arena", "PGR"}, right: map[int]bool{1: true, 2: true}}
	for _, list := range [][]suite.PolicyRow{res.Policies, res.Constants} {
		for _, r := range list {
			arena, pgr := metricNamed(r.Metrics, "arena"), metricNamed(r.Metrics, "pgr")
			if arena != unknown || pgr != unknown {
				g.rows = append(g.rows, []string{shorten(r.Name, 34), arena, pgr})
			}
		}
	}
	return g
}

// together says what the whole result dominates.
func together(res *suite.Result) string {
	h := res.Hypervolume
	if h == nil {
		return ""
	}
	line := fmt.Sprintf("Together the %d policies and models dominate %s %% of the box up to the cost of %s (hypervolume).", h.Of, withInterval(h.Estimate, percent), shorten(h.Dearest, 40))
	for _, w := range append(h.Estimate.Warnings, h.Estimate.Withheld) {
		if w != "" {
			line += " Note: " + w + "."
		}
	}
	return line
}

// matchNotes say why savings and gains have no interval, and where equals were none.
func matchNotes(res *suite.Result) (out []string) {
	seen := map[string]bool{}
	add := func(line string) {
		if !seen[line] {
			seen[line] = true
			out = append(out, line)
		}
	}
	var reasons []string
	withheld := map[string][]string{}
	for _, c := range res.Curves {
		for _, m := range c.Matches {
			if m.Kind == "policy" {
				continue // in the Result, with its own reasons
			}
			for _, w := range m.AtQuality.Warnings {
				add("at equal quality, " + c.Policy + " is " + w)
			}
			for _, w := range m.AtCost.Warnings {
				add("at equal cost, " + c.Policy + " is " + w)
			}
			if w := m.AtQuality.Saving.Withheld; w != "" && len(m.AtQuality.Knob) > 0 {
				if !slices.Contains(reasons, w) {
					reasons = append(reasons, w)
				}
				if !slices.Contains(withheld[w], c.Policy) {
					withheld[w] = append(withheld[w], c.Policy)
				}
			}
		}
		for _, name := range []string{"hypervolume", "oracle_apgr"} {
			if m, ok := c.Metrics[name]; ok && m.Interval.Withheld != "" {
				add(fmt.Sprintf("[n/a] %s: %s", strings.ReplaceAll(name, "_", " "), m.Interval.Withheld))
			}
		}
	}
	for _, w := range reasons {
		add(fmt.Sprintf("[n/a] saving of %s at equal quality: %s", strings.Join(withheld[w], ", "), w))
	}
	return out
}
