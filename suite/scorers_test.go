package suite_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"waymark/suite"
)

// a made pair, read back from its lines: needed, sent and score by task.
type judged struct {
	ID       string
	Metadata struct{ Score float64 }
}

// byHand counts what a threshold router between weak and strong did, from the lines of the dataset.
func (m made) byHand(t *testing.T, at float64, ids map[string]bool) (counts [2][2]int, area float64) {
	t.Helper()
	quality := map[string]map[string]float64{"weak": {}, "strong": {}, "middle": {}}
	for _, line := range m.responses {
		var r struct {
			Task, Model string
			Score       float64
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		quality[r.Model][r.Task] = r.Score
	}
	var with, without []float64
	for _, line := range m.tasks {
		var x judged
		if err := json.Unmarshal([]byte(line), &x); err != nil {
			t.Fatal(err)
		}
		if ids != nil && !ids[x.ID] {
			continue
		}
		needed, sent := 0, 0
		if x.Metadata.Score >= at {
			sent = 1
		}
		if quality["weak"][x.ID] < quality["strong"][x.ID] {
			needed = 1
			with = append(with, x.Metadata.Score)
		} else {
			without = append(without, x.Metadata.Score)
		}
		counts[needed][sent]++
	}
	for _, a := range with {
		for _, b := range without {
			switch {
			case a > b:
				area++
			case a == b:
				area += 0.5
			}
		}
	}
	return counts, area / float64(len(with)*len(without))
}

func scorerOf(t *testing.T, res *suite.Result, policy string) suite.Scorer {
	t.Helper()
	for _, s := range res.Scorers {
		if s.Policy == policy {
			return s
		}
	}
	t.Fatalf("%s has no scorer", policy)
	return suite.Scorer{}
}

const onePart = `
dataset: .
policies:
  - {name: sweep, type: threshold, scorer: {type: field, name: score}, weak: weak, strong: strong, threshold: sweep}
  - {name: at, type: threshold, scorer: {type: field, name: score}, weak: weak, strong: strong, threshold: 0.5}
  - {name: table, type: table, by: category, routes: {a: weak}, default: strong}
`

// A scorer's numbers against a count by hand, for a swept policy and at a fixed threshold.
func TestScorersAgainstACount(t *testing.T) {
	m := make400()
	res := result(t, m.write(t, onePart), suite.Options{})
	counts, area := m.byHand(t, 0.5, nil)
	if len(res.Scorers) != 2 {
		t.Fatalf("%d scorers, want those of sweep and at", len(res.Scorers))
	}
	at := scorerOf(t, res, "at")
	near(t, "AUROC of sweep", scorerOf(t, res, "sweep").AUROC.Value, area, 1e-12)
	near(t, "AUROC of at", at.AUROC.Value, area, 1e-12)
	c := at.Confusion
	if got := [2][2]int{{c.SpareKept, c.SpareSent}, {c.NeededKept, c.NeededSent}}; got != counts {
		t.Errorf("confusion %v, by hand %v", got, counts)
	}
	near(t, "needed", at.Needed.Value, float64(counts[1][0]+counts[1][1])/400, 1e-12)
	near(t, "precision", c.Precision.Value, float64(counts[1][1])/float64(counts[0][1]+counts[1][1]), 1e-12)
	near(t, "recall", c.Recall.Value, float64(counts[1][1])/float64(counts[1][0]+counts[1][1]), 1e-12)
	near(t, "sent", c.Sent.Value, named(res.Policies, "at").Mix["strong"], 1e-12)
	if s := scorerOf(t, res, "sweep"); s.Confusion != nil {
		t.Errorf("a policy that ran at no knob has a confusion: %+v", s.Confusion)
	}
	n := 0
	for _, b := range at.Bins {
		if n += b.N; b.Needed.Method != "wilson" || b.Lo > b.Score || b.Score > b.Hi {
			t.Errorf("bin %+v", b)
		}
	}
	if n != 400 || at.Brier.Withheld != "" || at.ECE.Noise == nil || at.ECE.Estimate.Withheld != "" {
		t.Errorf("%d tasks in bins, Brier %+v, ECE %+v", n, at.Brier, at.ECE)
	}
	row := named(res.Policies, "at")
	for _, name := range []string{"auroc", "brier", "ece", "precision", "recall", "pgr", "arena", "oracle_apgr", "oracle_cpt50"} {
		if e := row.Metrics[name].Interval; e.Withheld != "" || !(e.Lo <= e.Value && e.Value <= e.Hi) || e.Lo == e.Hi {
			t.Errorf("%s of at: %+v", name, e)
		}
	}
	if _, ok := named(res.Policies, "table").Metrics["auroc"]; ok {
		t.Error("a table has no score")
	}
}

// Scores that are no chances have a ranking and no Brier score, and say why.
func TestScoresThatAreNoChances(t *testing.T) {
	text := strings.ReplaceAll(onePart, "{type: field, name: score}", "{type: length}")
	s := scorerOf(t, result(t, make400().write(t, text), suite.Options{}), "at")
	if s.AUROC.Withheld != "" || !strings.Contains(s.Brier.Withheld, "not chances") || s.ECE.Estimate.Withheld != s.Brier.Withheld || len(s.Bins) != 0 {
		t.Errorf("AUROC %+v, Brier %+v, ECE %+v", s.AUROC, s.Brier, s.ECE)
	}
}

// Chosen on tune and estimated on test: the matched knob gives what a policy at that
// threshold gives, and without a split there is no interval.
func TestMatchesAreChosenOnTune(t *testing.T) {
	m := make400()
	res := result(t, m.write(t, lawSuite), suite.Options{})
	curve := res.Curves[0]
	kinds := map[string]int{}
	for _, x := range curve.Matches {
		kinds[x.Kind]++
	}
	if kinds["strong and best constant"]+kinds["strong"] != 1 || kinds["policy"] != 3 {
		t.Fatalf("matches %v", kinds)
	}
	strong := curve.Matches[0]
	table := curve.Matches[len(curve.Matches)-2]
	if strong.Versus != "strong" || table.Versus != "table" {
		t.Fatalf("matched with %s and %s", strong.Versus, table.Versus)
	}
	k := table.AtQuality
	if len(k.Knob) != 1 || k.Saving.Withheld != "" || !(k.Saving.Lo < k.Saving.Value && k.Saving.Value < k.Saving.Hi) {
		t.Fatalf("at equal quality: %+v", k)
	}
	text, err := json.Marshal(k.Knob[0])
	if err != nil {
		t.Fatal(err)
	}
	again := result(t, m.write(t, strings.Replace(lawSuite, "threshold: 0.5", "threshold: "+string(text), 1)), suite.Options{})
	mine, theirs := named(again.Policies, "at"), named(again.Policies, "table")
	near(t, "saving", k.Saving.Value, 1-mine.Cost.PerTask.Value/theirs.Cost.PerTask.Value, 1e-9)
	near(t, "difference of quality", k.Quality.Value, mine.Quality.Value-theirs.Quality.Value, 1e-9)
	near(t, "difference of cost", k.Cost.Value, mine.Cost.PerTask.Value-theirs.Cost.PerTask.Value, 1e-12)
	near(t, "share", k.Share.Value, mine.Mix["strong"], 1e-9)
	near(t, "as a metric", curve.Metrics["saving_vs_strong"].Interval.Value, strong.AtQuality.Saving.Value, 0)

	whole := result(t, m.write(t, onePart), suite.Options{}).Curves[0].Matches
	for _, x := range whole {
		if e := x.AtQuality.Saving; e.Withheld == "" || !math.IsNaN(e.Lo) {
			t.Errorf("without a split, the saving against %s has an interval: %+v", x.Versus, e)
		}
	}
}

// Hypervolume, savings and what a score says do not change where all prices double.
func TestDoublingPricesMovesNoShare(t *testing.T) {
	m := make400()
	shares := func() []float64 {
		res := result(t, m.write(t, lawSuite), suite.Options{})
		c := res.Curves[0]
		out := []float64{res.Hypervolume.Estimate.Value, res.Hypervolume.Estimate.Hi, c.Metrics["hypervolume"].Interval.Value, c.Metrics["auroc"].Interval.Lo}
		for _, x := range c.Matches {
			out = append(out, x.AtQuality.Saving.Value, x.AtCost.Quality.Value)
		}
		return out
	}
	once := shares()
	for i, line := range m.responses {
		at := strings.LastIndex(line, " ") + 1
		var cost float64
		if err := json.Unmarshal([]byte(strings.TrimSuffix(line[at:], "}")), &cost); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(2 * cost)
		if err != nil {
			t.Fatal(err)
		}
		m.responses[i] = line[:at] + string(text) + "}"
	}
	for i, x := range shares() {
		near(t, "share", x, once[i], 1e-9)
	}
}

// Two swept policies between the same models are told apart, both ways round.
func TestRivalsMirrorEachOther(t *testing.T) {
	text := strings.Replace(lawSuite, "objective:", "  - {name: long, type: threshold, scorer: {type: length}, weak: weak, strong: strong, threshold: sweep}\nobjective:", 1)
	res := result(t, make400().write(t, text), suite.Options{})
	if len(res.Curves) != 2 || len(res.Curves[0].Versus) != 1 || len(res.Curves[1].Versus) != 1 {
		t.Fatalf("rivals %+v", res.Curves[0].Versus)
	}
	there, back := res.Curves[0].Versus[0], res.Curves[1].Versus[0]
	near(t, "AUROC", there.AUROC.Value, scorerOf(t, res, "sweep").AUROC.Value-scorerOf(t, res, "long").AUROC.Value, 1e-12)
	near(t, "APGR", there.APGR.Value, res.Curves[0].Metrics["apgr"].Interval.Value-res.Curves[1].Metrics["apgr"].Interval.Value, 1e-12)
	near(t, "AUROC back", back.AUROC.Lo, -there.AUROC.Hi, 1e-12)
	if there.AUROC.Lo <= 0 || there.APGR.Withheld != "" {
		t.Errorf("a score made to tell is not told from the length: %+v", there)
	}
	if there.Hypervolume.Withheld == "" && res.Dataset.Tasks < 200 {
		t.Errorf("%d tasks have an interval of hypervolume", res.Dataset.Tasks)
	}
}

// Claims may be about what scores and curves are summed up by, of policies and models.
func TestChecksOfScorersAndArena(t *testing.T) {
	text := lawSuite + "checks:\n  - auroc(sweep) >= 0.5\n  - arena(weak) >= 0.99\n  - brier(at) <= 0.5\n  - precision(table) >= 0\n"
	s := make400().write(t, text)
	got, err := s.Check(result(t, s, suite.Options{}).Evidence(), suite.CheckSpec{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"pass", "fail", "pass", "undecided"} {
		if got.Checks[i].Verdict != want {
			t.Errorf("%s: %s, want %s (%+v)", got.Checks[i].Expr, got.Checks[i].Verdict, want, got.Checks[i].Estimate)
		}
	}
	if why := got.Checks[3].Why; !strings.Contains(why, "no precision of table") {
		t.Errorf("precision of a table: %s", why)
	}
}

// Under holes: bounds nothing is blended from what was answered alone.
func TestHolesLeaveNoBlend(t *testing.T) {
	m := make400()
	kept := m.responses[:0:0]
	for _, line := range m.responses {
		if !strings.Contains(line, `"t007", "model": "strong"`) {
			kept = append(kept, line)
		}
	}
	m.responses = kept
	res := result(t, m.write(t, "holes: bounds\n"+onePart), suite.Options{})
	row := named(res.Policies, "table")
	if row.Holes == 0 {
		row = named(res.Policies, "at")
	}
	if e := row.Metrics["arena"].Interval; row.Holes == 0 || !math.IsNaN(e.Value) || !strings.Contains(e.Withheld, "lack a response") {
		t.Errorf("%d holes, Arena %+v", row.Holes, e)
	}
	if s := scorerOf(t, res, "at"); s.N != 399 || len(s.Warnings) != 1 {
		t.Errorf("n %d, %v", s.N, s.Warnings)
	}
}
