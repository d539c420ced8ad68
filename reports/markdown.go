package reports

import (
	"fmt"
	"io"
	"strings"

	"waymark/suite"
)

// Markdown writes the whole report as Markdown, for pull requests.
func Markdown(w io.Writer, res *suite.Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", escapeMarkdown(clean(res.Dataset.Name)))
	for _, line := range banner(res) {
		fmt.Fprintf(&b, "%s\n\n", escapeMarkdown(line))
	}
	fmt.Fprintf(&b, "**%s**\n\n", escapeMarkdown(Answer(res)))
	grids := append(append(checksOf(res), policyGrid(res)), offPolicyGrids(res)...)
	grids = append(grids, baselineGrid(res), curveGrid(res), constantGrid(res), categoryGrid(res, false))
	for _, g := range filled(append(grids, reportGrids(res)...)) {
		fmt.Fprintf(&b, "## %s\n\n%s\n\n", escapeMarkdown(clean(marked(res, g.title))), g.markdown())
		if g.note != "" {
			fmt.Fprintf(&b, "%s\n\n", escapeMarkdown(clean(g.note)))
		}
	}
	if line := together(res); line != "" {
		fmt.Fprintf(&b, "%s\n\n", escapeMarkdown(clean(line)))
	}
	if ns := append(notes(res), measureReasons(res)...); len(ns) > 0 {
		b.WriteString("## Notes\n\n")
		for _, n := range ns {
			fmt.Fprintf(&b, "- %s\n", escapeMarkdown(clean(n)))
		}
		b.WriteString("\n")
	}
	if s := looked(res.Leakage); s != "" {
		b.WriteString("## Leakage\n\n" + escapeMarkdown(s) + "\n\n")
		if g := leakageGrid(res.Leakage); len(g.rows) > 0 {
			b.WriteString(g.markdown() + "\n\n")
		}
	}
	b.WriteString("## Provenance\n\n")
	for _, p := range provenance(res) {
		fmt.Fprintf(&b, "- %s: `%s`\n", p[0], strings.ReplaceAll(clean(p[1]), "`", "'"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (g grid) markdown() string {
	h := g
	h.rows, h.header = nil, nil
	for _, c := range g.header {
		h.header = append(h.header, escapeMarkdown(c))
	}
	for _, r := range g.rows {
		var row []string
		for _, c := range r {
			row = append(row, escapeMarkdown(c))
		}
		h.rows = append(h.rows, row)
	}
	return h.writer().RenderMarkdown()
}

func escapeMarkdown(s string) string {
	return strings.NewReplacer("<", "&lt;", ">", "&gt;", "*", `\*`, "_", `\_`, "`", "'", "[", `\[`, "]", `\]`).Replace(s)
}

// provenance is what is needed to repeat a run.
func provenance(res *suite.Result) [][2]string {
	d, r := res.Dataset, res.Run
	out := [][2]string{
		{"dataset", strings.TrimSpace(d.Name + " " + d.Version)},
		{"digest", d.Digest},
		{"licence", d.Licence},
		{"source", d.Source},
		{"run", r.ID},
		{"suite", r.Suite},
		{"command", r.Command},
		{"seed", fmt.Sprint(r.Seed)},
		{"costs", r.Prices},
		{"waymark", strings.TrimSpace(r.Version + " " + r.Commit)},
		{"machine", r.Machine},
		{"started", r.Started.Format("2006-01-02 15:04:05 MST")},
		{"recorded", fmt.Sprintf("%d responses, %d holes", d.Cells, d.Holes)},
	}
	for _, g := range res.Grading {
		out = append(out, [2]string{"graded by " + g.Grader, fmt.Sprintf("%d graded, %d without an answer, %d failed", g.Graded, g.NoAnswer, g.Failed)})
	}
	var kept [][2]string
	for _, p := range out {
		if strings.TrimSpace(p[1]) != "" {
			kept = append(kept, p)
		}
	}
	return kept
}
