package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"waymark/suite"
)

// Tuned prints what tuning found: as text, as json, which is the calibration
// record, or its table alone as csv or md.
func Tuned(w io.Writer, t *suite.Tuned, format string) error {
	if format == "json" || format == "jsonl" {
		enc := json.NewEncoder(w)
		if format == "json" {
			enc.SetIndent("", "  ")
		}
		return enc.Encode(t)
	}
	if t.Test != nil {
		if done, err := sides(t, tunedScale(t), tunedPurse(t)).print(w, format); done {
			return err
		}
	}
	var b strings.Builder
	if t.Dataset.Synthetic {
		b.WriteString("SYNTHETIC data: made up by Waymark to try it out; the models do not exist.\n")
	}
	fmt.Fprintf(&b, "%s, on %s: %s\n%s\n\n", clean(t.Policy), clean(t.Dataset.Name), clean(t.Objective), clean(t.Headline()))
	s, u := tunedScale(t), tunedPurse(t)
	if t.Test != nil {
		g := sides(t, s, u)
		fmt.Fprintf(&b, "%s\n\n", g.writer().Render())
		tunedLines(&b, t, s, u)
	}
	guaranteeLines(&b, t.Guarantee)
	for _, n := range append(t.Warnings[:len(t.Warnings):len(t.Warnings)], Leakage(t.Leakage)...) {
		fmt.Fprintf(&b, "! %s\n", clean(n))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func tunedScale(t *suite.Tuned) scale {
	return scale{t.Dataset.QualityLo == 0 && t.Dataset.QualityHi == 1}
}

func tunedPurse(t *suite.Tuned) purse {
	if t.Test != nil && t.Test.Cost.Known && t.Test.Cost.PerTask.Value < 0.01 {
		return purse{1000}
	}
	return purse{1}
}

// sides are the chosen knob on both splits, and the points beside it.
func sides(t *suite.Tuned, s scale, u purse) grid {
	g := grid{header: []string{"", "n", "quality " + s.unit(), "cost " + u.per(), "share to strong %"}, right: map[int]bool{1: true, 2: true, 3: true, 4: true}}
	share := percent
	add := func(name string, x *suite.Side) {
		g.rows = append(g.rows, []string{name, fmt.Sprint(x.N), s.interval(x.Quality), u.interval(x.Cost.PerTask), withInterval(x.Share, share)})
	}
	if t.Split == "all" {
		add("all tasks (chosen on these too)", t.Test)
	} else {
		add("test split", t.Test)
		chosen := "tune split (chosen here)"
		if t.Guarantee != nil {
			chosen = "tune split (certified here)"
		}
		add(chosen, t.Tune)
	}
	beside := func(name string, n *suite.Neighbour) {
		if n != nil {
			g.rows = append(g.rows, []string{fmt.Sprintf("%s: knob %s (tune split)", name, several(n.Knob, n.Knobs)), "", s.text(n.Quality), u.text(n.Cost), share(n.Share)})
		}
	}
	beside("next cheaper", t.Cheaper)
	beside("next better", t.Better)
	return g
}

func tunedLines(b *strings.Builder, t *suite.Tuned, s scale, u purse) {
	if t.Split != "all" {
		fmt.Fprintf(b, "Optimism, quality on the tune split minus that on the test split: %s points.\n", s.difference(t.Optimism))
	}
	if r := t.Indistinguishable; r != nil {
		fmt.Fprintf(b, "Flat: quality does not differ measurably from knob %s to %s.\n", several(r.Lo, r.LoKnobs), several(r.Hi, r.HiKnobs))
	}
	if v := t.VsStrong; v != nil {
		fmt.Fprintf(b, "Against %s on the same tasks: quality %s points", clean(v.Name), s.difference(v.Quality))
		if !math.IsNaN(v.Cost.Value) {
			fmt.Fprintf(b, ", cost %s %s", u.difference(v.Cost), u.per())
		}
		if t.Saving != nil {
			fmt.Fprintf(b, " (a saving of %s %%)", withInterval(*t.Saving, percent))
		}
		b.WriteString(".\n")
	}
	for _, c := range t.Conditions {
		fmt.Fprintf(b, "On the test split, %s: %s (margin %s)\n", clean(c.Text), met(c), withInterval(c.Margin, signed(plain)))
	}
	for _, x := range t.WorseSlices {
		fmt.Fprintf(b, "Worse than strong in %s=%s: %s points on %d tasks (p = %.2g after Holm).\n", clean(x.Name), clean(x.Value), s.difference(x.Diff), x.N, x.P)
	}
	fmt.Fprintf(b, "Searched: %s.\n", clean(t.Search))
}

// several is a knob: the cuts of a policy that has some, else the one number.
func several(x suite.Number, cuts []suite.Number) string {
	if len(cuts) > 0 {
		return knob(cuts)
	}
	return knob([]suite.Number{x})
}

func percent(x float64) string {
	return strings.Replace(fmt.Sprintf("%.1f", 100*x), "-", "−", 1)
}

func plain(x float64) string {
	if math.IsNaN(x) {
		return unknown
	}
	return fmt.Sprintf("%.4g", x)
}

// met says in words how a condition stands.
func met(c suite.Condition) string {
	switch {
	case c.Verdict == "pass":
		return "met, for sure"
	case c.Verdict == "fail":
		return "MISSED, for sure"
	case c.Margin.Value >= 0:
		return "met by the estimate, not for sure"
	case math.IsNaN(c.Margin.Value):
		return "unknown"
	}
	return "missed by the estimate, not for sure"
}

func guaranteeLines(b *strings.Builder, g *suite.Guarantee) {
	if g == nil {
		return
	}
	if g.Certified {
		fmt.Fprintf(b, "CERTIFIED: with probability at least %.4g, %s.\n", 1-g.Delta, g.Form)
	} else {
		fmt.Fprintf(b, "NOT CERTIFIED: no knob was shown to hold this with probability %.4g: %s.\n", 1-g.Delta, g.Form)
	}
	if g.Reason != "" {
		fmt.Fprintf(b, "  %s\n", clean(g.Reason))
	}
	if !g.Certified && g.Needed != nil {
		fmt.Fprintf(b, "  About %.0f independent units (tasks, or their groups) like these would be needed; there are %d.\n", *g.Needed, g.Units)
	}
	fmt.Fprintf(b, "  %d knobs tested in sequence on %d units; seed %d.\n", g.Tested, g.Units, g.Seed)
	if g.Uncertified {
		b.WriteString("  UNCERTIFIED: the fallback itself misses the target.\n")
	}
}
