package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"waymark/suite"
)

// Compared prints comparisons: as text, json (one object, or a list of several),
// jsonl, csv or md. lo and hi are the range of the dataset's quality.
func Compared(w io.Writer, all []*suite.Compared, lo, hi float64, format string) error {
	if format == "json" || format == "jsonl" {
		return objects(w, all, format)
	}
	s, u := scale{lo == 0 && hi == 1}, comparedPurse(all)
	g := grid{
		header: []string{"a", "b", "n", "quality a−b, " + points(s), pHeader(all), "cost a−b, " + u.per(), "rerouted", "verdict on a"},
		right:  map[int]bool{2: true, 3: true, 4: true, 5: true, 6: true},
	}
	for _, c := range all {
		p := unknown
		if q := orAdjusted(c); q != nil {
			p = fmt.Sprintf("%.2g", *q)
		}
		g.rows = append(g.rows, []string{
			shorten(c.A, 40), shorten(c.B, 40), fmt.Sprint(c.N), s.difference(c.Quality), p, u.difference(c.Cost),
			fmt.Sprintf("%d (%.1f %%)", c.Rerouted.N, 100*c.Rerouted.Share), c.Verdict,
		})
	}
	if done, err := g.print(w, format); done {
		return err
	}
	var b strings.Builder
	for _, c := range all {
		if c.OffPolicy {
			fmt.Fprintf(&b, "OFF-POLICY: both are estimated from a log, and nobody observed either.\n")
		}
	}
	fmt.Fprintf(&b, "%s\n", g.writer().Render())
	if len(all) > 1 {
		fmt.Fprintf(&b, "%d comparisons: intervals and verdicts are each on their own; p is adjusted for their number (Holm).\n", len(all))
	}
	for _, c := range all {
		movesOf(&b, c, s, u)
		for _, n := range c.Warnings {
			fmt.Fprintf(&b, "! %s\n", clean(n))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func pHeader(all []*suite.Compared) string {
	if len(all) > 1 {
		return "p (Holm)"
	}
	return "p"
}

// orAdjusted is the adjusted p-value where there are several comparisons.
func orAdjusted(c *suite.Compared) *float64 {
	if c.PHolm != nil {
		return c.PHolm
	}
	return c.P
}

func points(s scale) string {
	if s.percent {
		return "% points"
	}
	return s.unit()
}

// mostMoves is how many changes of route a terminal shows.
const mostMoves = 8

// comparedPurse goes by the greatest difference that is shown, of a move as a rule.
func comparedPurse(all []*suite.Compared) purse {
	most := 0.0
	for _, c := range all {
		shown := []float64{c.Cost.Value, c.Rerouted.Cost.Value}
		for _, m := range c.Rerouted.Moves {
			shown = append(shown, m.Cost.Value)
		}
		for _, x := range shown {
			if !math.IsNaN(x) {
				most = math.Max(most, math.Abs(x))
			}
		}
	}
	if most < 0.01 {
		return purse{1000}
	}
	return purse{1}
}

// movesOf tells which tasks are rerouted, and what that does.
func movesOf(b *strings.Builder, c *suite.Compared, s scale, u purse) {
	if c.Rerouted.N == 0 && math.IsNaN(c.Rerouted.Quality.Value) && c.OffPolicy {
		return // not told, for the reason among the warnings
	}
	if c.Rerouted.N == 0 {
		fmt.Fprintf(b, "%s sends every task where %s does.\n", clean(c.A), clean(c.B))
		return
	}
	fmt.Fprintf(b, "Where %s sends a task elsewhere than %s: quality %s points, cost %s %s.\n",
		clean(c.A), clean(c.B), s.difference(c.Rerouted.Quality), u.difference(c.Rerouted.Cost), u.per())
	for i, m := range c.Rerouted.Moves {
		if i == mostMoves {
			fmt.Fprintf(b, "  and %d more kinds of move, under --format json\n", len(c.Rerouted.Moves)-mostMoves)
			break
		}
		fmt.Fprintf(b, "  %6d  %s → %s: quality %s points, cost %s\n", m.N, orComposed(m.From), orComposed(m.To), s.difference(m.Quality), u.difference(m.Cost))
	}
}

func orComposed(model string) string {
	if model == "" {
		return "(composed)"
	}
	return shorten(model, 40)
}

// objects prints values as JSON: one alone, several as a list or a line each.
func objects[T any](w io.Writer, all []T, format string) error {
	enc := json.NewEncoder(w)
	if format == "jsonl" {
		for _, x := range all {
			if err := enc.Encode(x); err != nil {
				return err
			}
		}
		return nil
	}
	enc.SetIndent("", "  ")
	if len(all) == 1 {
		return enc.Encode(all[0])
	}
	return enc.Encode(all)
}

// print prints a grid as csv or md, if that is the format.
func (g grid) print(w io.Writer, format string) (done bool, err error) {
	switch format {
	case "csv":
		_, err = fmt.Fprintln(w, g.writer().RenderCSV())
		return true, err
	case "md":
		_, err = fmt.Fprintln(w, g.writer().RenderMarkdown())
		return true, err
	}
	return false, nil
}
