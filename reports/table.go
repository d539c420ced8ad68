package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"waymark/suite"
)

// A grid is a table of text: what the terminal, Markdown, CSV and HTML show alike.
type grid struct {
	title  string
	header []string
	rows   [][]string
	right  map[int]bool // columns of numbers
	note   string       // what it needs to be read, for a report
}

// policyGrid holds the policies, then the constants and the baselines.
func policyGrid(res *suite.Result) grid {
	s, u := scaleOf(res), purseOf(res)
	g := grid{
		title: "Policies",
		header: []string{
			"policy", "type", "knob", "n", "quality " + s.unit(), "cost " + u.per(),
			"quality vs " + best(res), "cost vs " + best(res), "quality vs random mix", "",
		},
		right: map[int]bool{2: true, 3: true, 4: true, 5: true, 6: true, 7: true, 8: true},
	}
	for _, r := range res.Policies {
		row := policyRow(s, u, r)
		if last := &row[len(row)-1]; suspicious(res.Leakage, r.Name) {
			*last = strings.TrimPrefix(*last+", suspicious", ", ")
		}
		g.rows = append(g.rows, row)
	}
	return g
}

func best(res *suite.Result) string {
	if res.Baselines.BestConstant.Name == "" {
		return "best constant"
	}
	return shorten(res.Baselines.BestConstant.Name, 20)
}

func policyRow(s scale, u purse, r suite.PolicyRow) []string {
	versus, cost, random := unknown, unknown, unknown
	if r.VsBestConstant != nil {
		versus, cost = s.difference(r.VsBestConstant.Quality), u.difference(r.VsBestConstant.Cost)
	}
	if r.VsMatchedRandom != nil {
		random = s.difference(r.VsMatchedRandom.Quality)
	}
	return []string{
		shorten(r.Name, 34), r.Type, knob(r.Knob), fmt.Sprint(r.N), s.interval(r.Quality), u.interval(r.Cost.PerTask),
		versus, cost, random, marks(r),
	}
}

// marks say in short what qualifies a row.
func marks(r suite.PolicyRow) string {
	var out []string
	if r.OnFrontier {
		out = append(out, "frontier")
	}
	if r.OffPolicy != nil && r.OffPolicy.Refused != "" {
		out = append(out, "refused")
	}
	if r.Holes > 0 {
		out = append(out, fmt.Sprintf("%d holes", r.Holes))
	}
	if r.Failed > 0 {
		out = append(out, fmt.Sprintf("%d failed", r.Failed))
	}
	return strings.Join(out, ", ")
}

func constantGrid(res *suite.Result) grid {
	g := policyGrid(res)
	g.title, g.rows = "Every model on its own", nil
	s, u := scaleOf(res), purseOf(res)
	for _, r := range res.Constants {
		g.rows = append(g.rows, policyRow(s, u, r))
	}
	return drop(g, 1, 2, 8)
}

// baselineGrid holds what policies are held against.
func baselineGrid(res *suite.Result) grid {
	s, u := scaleOf(res), purseOf(res)
	g := grid{title: "Baselines", header: []string{"baseline", "n", "quality " + s.unit(), "cost " + u.per(), "note"}, right: map[int]bool{1: true, 2: true, 3: true}}
	add := func(b *suite.Baseline, label string) {
		if b == nil || b.Name == "" {
			return
		}
		name := b.Name
		if label != "" {
			name = label + ": " + b.Name
		}
		g.rows = append(g.rows, []string{shorten(name, 50), fmt.Sprint(b.Quality.N), s.interval(b.Quality), u.interval(b.Cost.PerTask), b.Note})
	}
	add(&res.Baselines.BestConstant, "best constant")
	add(res.Baselines.PerCategory, "")
	add(res.Baselines.Random, "")
	for i := range res.Baselines.Verifiers {
		add(&res.Baselines.Verifiers[i].Baseline, "")
	}
	add(res.Baselines.Oracle, "")
	add(res.Baselines.OracleZeroCost, "")
	return g
}

// curveGrid holds what a curve is summed up by.
func curveGrid(res *suite.Result) grid {
	g := grid{title: "Swept policies", header: []string{"policy", "weak → strong", "distinct knobs", "APGR", "CPT50", "CPT80", "AIQ"}, right: map[int]bool{2: true, 3: true, 4: true, 5: true, 6: true}}
	plain := func(x float64) string { return fmt.Sprintf("%.3f", x) }
	for _, c := range res.Curves {
		row := []string{shorten(c.Policy, 34), shorten(orSeveral(c.Weak), 24) + " → " + shorten(c.Strong, 24), fmt.Sprint(c.Distinct), unknown, unknown, unknown, unknown}
		for i, name := range []string{"apgr", "cpt50", "cpt80", "aiq"} {
			m, ok := c.Metrics[name]
			switch {
			case !ok:
			case m.NotReached:
				row[3+i] = "not reached"
			default:
				row[3+i] = withInterval(m.Interval, plain)
			}
		}
		g.rows = append(g.rows, row)
	}
	return g
}

// categoryGrid is quality by category and policy. A cell of few tasks is marked.
func categoryGrid(res *suite.Result, constants bool) grid {
	s := scaleOf(res)
	g := grid{title: "Quality by category, " + s.unit(), header: []string{"category", "n"}, right: map[int]bool{1: true}}
	isConstant := map[string]bool{}
	for _, r := range res.Constants {
		isConstant[r.Name] = true
	}
	for i, c := range res.Categories {
		row := []string{shorten(orNone(c.Category), 30), fmt.Sprint(c.N)}
		for _, cell := range c.Cells {
			if isConstant[cell.Policy] && !constants {
				continue
			}
			if i == 0 {
				g.header = append(g.header, shorten(cell.Policy, 20))
				g.right[len(g.header)-1] = true
			}
			row = append(row, s.interval(cell.Quality))
		}
		g.rows = append(g.rows, row)
	}
	return g
}

// orSeveral names the weaker end of a curve over several cuts.
func orSeveral(s string) string {
	if s == "" {
		return "several"
	}
	return s
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return s
}

// drop leaves out columns.
func drop(g grid, columns ...int) grid {
	gone := map[int]bool{}
	for _, c := range columns {
		gone[c] = true
	}
	keep := func(row []string) (out []string) {
		for i, cell := range row {
			if !gone[i] {
				out = append(out, cell)
			}
		}
		return out
	}
	right := map[int]bool{}
	n := 0
	for i := range g.header {
		if !gone[i] {
			right[n] = g.right[i]
			n++
		}
	}
	out := grid{title: g.title, header: keep(g.header), right: right, note: g.note}
	for _, r := range g.rows {
		out.rows = append(out.rows, keep(r))
	}
	return out
}

// writer is the grid as a go-pretty table.
func (g grid) writer() table.Writer {
	t := table.NewWriter()
	header := table.Row{}
	var configs []table.ColumnConfig
	for i, h := range g.header {
		header = append(header, clean(h))
		align := text.AlignLeft
		if g.right[i] {
			align = text.AlignRight
		}
		configs = append(configs, table.ColumnConfig{Number: i + 1, Align: align, AlignHeader: align})
	}
	t.AppendHeader(header)
	for _, r := range g.rows {
		row := table.Row{}
		for _, cell := range r {
			row = append(row, clean(cell))
		}
		t.AppendRow(row)
	}
	t.SetColumnConfigs(configs)
	style := table.StyleLight
	style.Format.Header = text.FormatDefault
	style.Options = table.Options{SeparateColumns: false, SeparateHeader: true}
	t.SetStyle(style)
	return t
}

// Table prints a result for the terminal or a pipe: as a table, json, jsonl (a
// policy a line), csv or md.
func Table(w io.Writer, res *suite.Result, format string) error {
	switch format {
	case "json":
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(res)
	case "jsonl":
		enc := json.NewEncoder(w)
		for _, r := range res.Policies {
			if err := enc.Encode(r); err != nil {
				return err
			}
		}
		return nil
	case "csv":
		return policiesCSV(w, res.Policies)
	case "md":
		return Markdown(w, res)
	}
	return terminal(w, res)
}

func terminal(w io.Writer, res *suite.Result) error {
	var b strings.Builder
	for _, line := range banner(res) {
		fmt.Fprintln(&b, line)
	}
	fmt.Fprintln(&b)
	grids := []grid{narrow(policyGrid(res))}
	if len(res.Constants) <= 12 {
		grids = append(grids, narrow(constantGrid(res)))
	}
	grids = append(grids, offPolicyGrids(res)...)
	grids = append(grids, drop(baselineGrid(res), 4))
	if len(res.Curves) > 0 {
		grids = append(grids, curveGrid(res))
	}
	for _, g := range append(grids, terminalGrids(res)...) {
		if len(g.rows) > 0 {
			fmt.Fprintf(&b, "%s\n%s\n\n", marked(res, g.title), g.writer().Render())
		}
	}
	if len(res.Constants) > 12 {
		fmt.Fprintf(&b, "%d models on their own are in the report (waymark report) and under --format json.\n\n", len(res.Constants))
	}
	if len(res.Frontier) > 0 {
		fmt.Fprintf(&b, "Frontier, by cost: %s\n", clean(strings.Join(res.Frontier, ", ")))
	}
	if line := together(res); line != "" {
		fmt.Fprintln(&b, clean(line))
	}
	for _, n := range notes(res) {
		fmt.Fprintf(&b, "! %s\n", clean(n))
	}
	if n := len(res.Leakage.Notes()); n > 0 {
		fmt.Fprintf(&b, "Notes of the leakage lint: %d, in the report and under --format json.\n", n)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// narrow leaves out what a terminal has no room for; the report has it.
func narrow(g grid) grid {
	var gone []int
	for i, h := range g.header {
		if h == "type" || h == "quality vs random mix" {
			gone = append(gone, i)
		}
	}
	return drop(g, gone...)
}

// banner says what the numbers are about.
func banner(res *suite.Result) []string {
	d := res.Dataset
	var out []string
	if d.Synthetic {
		out = append(out, "SYNTHETIC data: made up by Waymark to try it out; the models do not exist.")
	}
	if o := res.OffPolicy; o != nil {
		out = append(out, offPolicyBanner(o))
	}
	split := "all tasks in one split"
	switch {
	case res.Folds > 0:
		split = fmt.Sprintf("cross-validated in %d folds", res.Folds)
	case res.Split != "all":
		split = fmt.Sprintf("reported on the %s split, chosen on the tune split", res.Split)
	}
	out = append(out, fmt.Sprintf("%s: %d tasks (of %d) × %d models, %s; %.0f %% intervals", clean(d.Name), d.Tasks, d.All, d.Models, split, 100*res.Confidence))
	if res.Run.ID != "" {
		out = append(out, "Run "+res.Run.ID)
	}
	for _, r := range res.Run.Routers {
		out = append(out, clean(r.String()))
	}
	return out
}

// notes are what the leakage lint found, the warnings of the run, and those of its rows.
func notes(res *suite.Result) []string {
	out := append(Leakage(res.Leakage), res.Warnings...)
	for _, r := range res.Policies {
		for _, w := range r.Warnings {
			out = append(out, r.Name+": "+w)
		}
	}
	out = append(out, offPolicyNotes(res)...)
	out = append(out, curveNotes(res)...)
	out = append(out, luck(res)...)
	out = append(out, withheld(res)...)
	out = append(out, matchNotes(res)...)
	out = append(out, scorerNotes(res)...)
	var skewed []string
	for _, r := range res.Policies {
		if len(r.Cost.PerTask.Warnings) > 0 {
			skewed = append(skewed, r.Name)
		}
	}
	if len(skewed) > 0 {
		sort.Strings(skewed)
		out = append(out, "costs are skewed, a few tasks make much of the mean: "+strings.Join(skewed, ", "))
	}
	return out
}

// curveNotes are what qualifies the numbers that sum a curve up, each said once of a policy.
func curveNotes(res *suite.Result) (out []string) {
	for _, c := range res.Curves {
		for _, w := range c.Warnings {
			out = append(out, c.Policy+": "+w)
		}
		for _, name := range []string{"apgr", "cpt50", "cpt80"} {
			for _, w := range c.Metrics[name].Interval.Warnings {
				if line := c.Policy + ": " + w; !slices.Contains(out, line) {
					out = append(out, line)
				}
			}
		}
	}
	return out
}

// withheld says why numbers of the tables carry [n/a] in place of an interval.
func withheld(res *suite.Result) (out []string) {
	seen := map[string]bool{}
	add := func(what string, e suite.Interval) {
		if e.Withheld == "" || math.IsNaN(e.Value) || seen[what+e.Withheld] {
			return
		}
		seen[what+e.Withheld] = true
		out = append(out, fmt.Sprintf("[n/a] %s: %s", what, e.Withheld))
	}
	for _, list := range [][]suite.PolicyRow{res.Policies, res.Constants} {
		for _, r := range list {
			add("quality", r.Quality)
			add("cost", r.Cost.PerTask)
			for _, v := range []*suite.Versus{r.VsBestConstant, r.VsMatchedRandom} {
				if v != nil {
					add("difference in quality", v.Quality)
					add("difference in cost", v.Cost)
				}
			}
		}
	}
	rowReasons(res, add)
	for _, c := range res.Curves {
		for _, name := range []string{"apgr", "cpt50", "cpt80", "aiq"} {
			if m, ok := c.Metrics[name]; ok {
				add(strings.ToUpper(strings.TrimRight(name, "0123456789")), m.Interval)
			}
		}
	}
	return out
}
