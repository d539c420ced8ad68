package reports

import (
	"fmt"
	"math"

	"waymark/suite"
)

func thousandths(x float64) string {
	if math.IsNaN(x) {
		return unknown
	}
	return fmt.Sprintf("%.3f", x)
}

// scoreGrids are what a report says of curves against others, and of scores.
func scoreGrids(res *suite.Result) []grid {
	return []grid{ceilingGrid(res), constantsGrid(res), matchGrid(res), rivalGrid(res), scorerGrid(res), confusionGrid(res), reliabilityGrid(res), blendGrid(res)}
}

// scorerGrid says how well scores tell which tasks need the stronger model.
func scorerGrid(res *suite.Result) grid {
	g := grid{
		title:  "Scorers: which tasks need the stronger model",
		header: []string{"policy", "n", "needed it %", "AUROC", "average precision", "Brier", "ECE", "ECE by noise", "sent to it %", "precision %", "recall %"},
		right:  map[int]bool{},
		note:   "A task needed the stronger model where the weak one's quality is below its. AUROC of a score that says nothing is 0.5, and average precision then the share that needed it. ECE is biased upwards: by noise alone is what a perfectly calibrated score would show.",
	}
	for i := 1; i < len(g.header); i++ {
		g.right[i] = true
	}
	for _, s := range res.Scorers {
		noise := unknown
		if s.ECE.Noise != nil {
			noise = thousandths(*s.ECE.Noise)
		}
		row := []string{
			shorten(s.Policy, 34), fmt.Sprint(s.N), withInterval(s.Needed, percent), withInterval(s.AUROC, thousandths), withInterval(s.AveragePrecision, thousandths),
			withInterval(s.Brier, thousandths), withInterval(s.ECE.Estimate, thousandths), noise, unknown, unknown, unknown,
		}
		if c := s.Confusion; c != nil {
			row[8], row[9], row[10] = withInterval(c.Sent, percent), withInterval(c.Precision, percent), withInterval(c.Recall, percent)
		}
		g.rows = append(g.rows, row)
	}
	return g
}

// confusionGrid counts the tasks behind precision and recall.
func confusionGrid(res *suite.Result) grid {
	g := grid{
		title:  "Needed the stronger model × was sent to it, tasks",
		header: []string{"policy", "knob", "needed and sent", "needed, not sent", "not needed, sent", "not needed, not sent"},
		right:  map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true},
	}
	for _, s := range res.Scorers {
		if c := s.Confusion; c != nil {
			g.rows = append(g.rows, []string{shorten(s.Policy, 34), knob(c.Knob), fmt.Sprint(c.NeededSent), fmt.Sprint(c.NeededKept), fmt.Sprint(c.SpareSent), fmt.Sprint(c.SpareKept)})
		}
	}
	return g
}

// reliabilityGrid is what scores claim against what came, bin by bin.
func reliabilityGrid(res *suite.Result) grid {
	g := grid{
		title:  "Reliability: what scores claim, and what came",
		header: []string{"policy", "scores", "n", "claimed %", "needed the stronger model %"},
		right:  map[int]bool{1: true, 2: true, 3: true, 4: true},
	}
	for _, s := range res.Scorers {
		for _, b := range s.Bins {
			g.rows = append(g.rows, []string{shorten(s.Policy, 34), fmt.Sprintf("%.3g to %.3g", b.Lo, b.Hi), fmt.Sprint(b.N), percent(b.Score), withInterval(b.Needed, percent)})
		}
	}
	return g
}

// scorerNotes say why numbers of the scorers are missing.
func scorerNotes(res *suite.Result) (out []string) {
	seen := map[string]bool{}
	add := func(what, why string) {
		if line := fmt.Sprintf("[n/a] %s: %s", what, why); why != "" && !seen[line] {
			seen[line] = true
			out = append(out, line)
		}
	}
	for _, s := range res.Scorers {
		for _, w := range s.Warnings {
			out = append(out, s.Policy+": "+w)
		}
		add("AUROC of "+s.Policy, s.AUROC.Withheld)
		if s.AveragePrecision.Withheld != s.AUROC.Withheld {
			add("average precision of "+s.Policy, s.AveragePrecision.Withheld)
		}
		switch {
		case s.Brier.Withheld == "":
			add("ECE of "+s.Policy, s.ECE.Estimate.Withheld)
		case s.Brier.Withheld == s.ECE.Estimate.Withheld:
			add("Brier and ECE of "+s.Policy, s.Brier.Withheld)
		default:
			add("Brier of "+s.Policy, s.Brier.Withheld)
			add("ECE of "+s.Policy, s.ECE.Estimate.Withheld)
		}
		if c := s.Confusion; c != nil {
			add("precision of "+s.Policy, c.Precision.Withheld)
			add("recall of "+s.Policy, c.Recall.Withheld)
		}
	}
	return out
}
