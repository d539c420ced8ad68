package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"

	"waymark/suite"
)

// curveFigures are the metrics of every curve, and what all rows dominate together.
func curveFigures(res *suite.Result) (out []figure) {
	for _, c := range res.Curves {
		for _, name := range slices.Sorted(maps.Keys(c.Metrics)) {
			m := c.Metrics[name]
			f := figure{c.Policy, "curve", name, m.Interval, m.Interval.Withheld}
			if m.NotReached {
				f.note = "not reached"
			}
			out = append(out, f)
		}
	}
	if h := res.Hypervolume; h != nil {
		out = append(out, figure{"", "result", "hypervolume", h.Estimate, h.Estimate.Withheld})
	}
	return out
}

// reliabilityCSV is what scores claim against what came, bin by bin.
func reliabilityCSV(w io.Writer, res *suite.Result) error {
	c := csv.NewWriter(w)
	c.Write([]string{"policy", "split", "score_lo", "score_hi", "n", "claimed", "needed", "needed_lo", "needed_hi"})
	for _, s := range res.Scorers {
		for _, b := range s.Bins {
			c.Write(append([]string{cell(s.Policy), s.Split, number(b.Lo), number(b.Hi), fmt.Sprint(b.N), number(b.Score)}, bounds(b.Needed)...))
		}
	}
	c.Flush()
	return c.Error()
}

// matchesCSV is every match at equal quality and at equal cost.
func matchesCSV(w io.Writer, res *suite.Result) error {
	c := csv.NewWriter(w)
	c.Write([]string{
		"policy", "versus", "kind", "at_equal", "knob", "strong_share", "strong_share_lo", "strong_share_hi", "quality_diff", "quality_diff_lo", "quality_diff_hi",
		"cost_diff_usd", "cost_diff_usd_lo", "cost_diff_usd_hi", "saving", "saving_lo", "saving_hi", "why",
	})
	for _, x := range res.Curves {
		for _, m := range x.Matches {
			for _, side := range []struct {
				of string
				k  suite.MatchedKnob
			}{{"quality", m.AtQuality}, {"cost", m.AtCost}} {
				line := []string{cell(x.Policy), cell(m.Versus), m.Kind, side.of, knob(side.k.Knob)}
				for _, e := range []suite.Interval{side.k.Share, side.k.Quality, side.k.Cost, side.k.Saving} {
					line = append(line, bounds(e)...)
				}
				c.Write(append(line, cell(side.k.Why)))
			}
		}
	}
	c.Flush()
	return c.Error()
}
