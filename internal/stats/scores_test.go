package stats_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"waymark/internal/stats"
)

// scored draws n tasks whose scores say something about their events, with ties.
func scored(seed uint64, n int) stats.Scores {
	rng := rand.New(rand.NewPCG(seed, 1))
	var s stats.Scores
	for range n {
		p := float64(rng.IntN(20)) / 20
		s.Score = append(s.Score, p)
		s.Event = append(s.Event, rng.Float64() < 0.1+0.6*p)
	}
	return s
}

// The figures of scikit-learn's documentation for these four scores.
func TestRankingOfFour(t *testing.T) {
	s := stats.Scores{Score: []float64{0.1, 0.4, 0.35, 0.8}, Event: []bool{false, false, true, true}}
	near(t, "AUROC", s.AUROC(0.95).Value, 0.75, 1e-12)
	near(t, "average precision", s.AveragePrecision(0.95).Value, 0.8333333333333333, 1e-12)
}

// The area against every pair of tasks, and its interval against the formula of
// DeLong, DeLong and Clarke-Pearson: S10/m + S01/n.
func TestAUROCByItsDefinition(t *testing.T) {
	s := scored(3, 120)
	var v10, v01 []float64
	psi := func(a, b float64) float64 {
		switch {
		case a > b:
			return 1
		case a == b:
			return 0.5
		}
		return 0
	}
	placement := func(event bool) (out []float64) {
		for i := range s.Score {
			if s.Event[i] != event {
				continue
			}
			sum, n := 0.0, 0.0
			for j := range s.Score {
				if s.Event[j] == event {
					continue
				}
				n++
				if event {
					sum += psi(s.Score[i], s.Score[j])
				} else {
					sum += psi(s.Score[j], s.Score[i])
				}
			}
			out = append(out, sum/n)
		}
		return out
	}
	v10, v01 = placement(true), placement(false)
	variance := func(x []float64) (mean, s float64) {
		for _, v := range x {
			mean += v / float64(len(x))
		}
		for _, v := range x {
			s += (v - mean) * (v - mean) / float64(len(x)-1)
		}
		return mean, s
	}
	area, s10 := variance(v10)
	_, s01 := variance(v01)
	se := math.Sqrt(s10/float64(len(v10)) + s01/float64(len(v01)))
	e := s.AUROC(0.95)
	near(t, "AUROC", e.Value, area, 1e-12)
	half := stats.TQuantile(0.95, 119) * se / (area * (1 - area))
	logit := func(x float64) float64 { return math.Log(x / (1 - x)) }
	near(t, "middle on the logit", (logit(e.Lo)+logit(e.Hi))/2, logit(area), 1e-9)
	if wider := (logit(e.Hi) - logit(e.Lo)) / 2 / half; wider < 1 || wider > 1.05 {
		t.Errorf("the interval is %g times that of DeLong's variance", wider)
	}
	flat := s
	flat.Score = make([]float64, 120)
	d := s.AUROCDifference(flat, 0.95)
	near(t, "difference to a score that ties all", d.Value, area-0.5, 1e-12)
	near(t, "its standard error", (d.Hi-d.Value)/stats.TQuantile(0.95, 119), se, 1e-9)
}

// Twice the weight is the same as the task twice in one group, in all of them.
func TestWeightsAreCopiesOfAGroup(t *testing.T) {
	s := scored(7, 100)
	copies := stats.Scores{}
	for i := range s.Score {
		s.Weights = append(s.Weights, float64(1+i%3))
		for range 1 + i%3 {
			copies.Score, copies.Event = append(copies.Score, s.Score[i]), append(copies.Event, s.Event[i])
			copies.Groups, copies.Keys = append(copies.Groups, int32(i)), append(copies.Keys, uint64(i))
		}
	}
	compare := func(what string, a, b stats.Estimate) {
		t.Helper()
		near(t, what, a.Value, b.Value, 1e-12)
		near(t, what+", lower end", a.Lo, b.Lo, 1e-9)
		near(t, what+", upper end", a.Hi, b.Hi, 1e-9)
	}
	compare("AUROC", s.AUROC(0.95), copies.AUROC(0.95))
	compare("average precision", s.AveragePrecision(0.95), copies.AveragePrecision(0.95))
	a, aBase := s.Brier(0.95)
	b, bBase := copies.Brier(0.95)
	compare("Brier", a, b)
	compare("Brier against the base rate", aBase, bBase)
	x, err := s.EqualMass()
	if err != nil {
		t.Fatal(err)
	}
	y, err := copies.EqualMass()
	if err != nil {
		t.Fatal(err)
	}
	ex, nx := x.ECE(0.95)
	ey, ny := y.ECE(0.95)
	compare("ECE", ex, ey)
	near(t, "noise of the ECE", nx, ny, 1e-12)
	sent := func(s stats.Scores) (out []bool) {
		for _, p := range s.Score {
			out = append(out, p >= 0.5)
		}
		return out
	}
	c, d := stats.NewConfusion(s, sent(s), 0.95), stats.NewConfusion(copies, sent(copies), 0.95)
	compare("precision", c.Precision, d.Precision)
	compare("recall", c.Recall, d.Recall)
}

func TestECEByHand(t *testing.T) {
	var s stats.Scores
	for i := range 200 { // 0.25 comes 40 % of the time and 0.75 comes 60 %
		low := i < 100
		s.Score = append(s.Score, map[bool]float64{true: 0.25, false: 0.75}[low])
		s.Event = append(s.Event, i%100 < map[bool]int{true: 40, false: 60}[low])
	}
	for name, cut := range map[string]func() (stats.Binned, error){"equal mass": s.EqualMass, "equal width": s.EqualWidth} {
		b, err := cut()
		if err != nil {
			t.Fatal(err)
		}
		e, noise := b.ECE(0.95)
		near(t, name, e.Value, 0.15, 1e-12)
		// Each bin's gap is a mean of 200 values of which half are 0.
		se := math.Sqrt((100*(0.24+0.15*0.15) - 200*0.075*0.075) / 200 / 199)
		near(t, name+": noise", noise, 2*math.Sqrt(2/math.Pi)*se, 1e-12)
		if !(e.Lo > 0.05 && e.Lo < 0.15 && e.Hi > 0.15 && e.Hi < 0.25) {
			t.Errorf("%s: %+v", name, e)
		}
		bins := b.Bins(0.95)
		if len(bins) != 2 || bins[0].N != 100 || bins[0].Event.Method != "wilson" || bins[1].Lo != 0.75 {
			t.Fatalf("%s: bins %+v", name, bins)
		}
		near(t, name+": observed", bins[1].Event.Value, 0.6, 1e-12)
		near(t, name+": claimed", bins[1].Score, 0.75, 1e-12)
	}
}

func TestBrierByHand(t *testing.T) {
	s := stats.Scores{Score: []float64{0, 0.5, 1, 0.2, 0.9, 0.4}, Event: []bool{false, true, true, false, false, true}}
	b, against := s.Brier(0.95)
	near(t, "Brier", b.Value, (0+0.25+0+0.04+0.81+0.36)/6, 1e-12)
	near(t, "against the base rate", against.Value, b.Value-0.25, 1e-12)
}

func TestConfusionByHand(t *testing.T) {
	var s stats.Scores
	var sent []bool
	add := func(n int, event, to bool) {
		for range n {
			s.Score, s.Event, sent = append(s.Score, 0), append(s.Event, event), append(sent, to)
		}
	}
	add(8, true, true)
	add(2, true, false)
	add(12, false, true)
	add(28, false, false)
	c := stats.NewConfusion(s, sent, 0.95)
	if c.Counts != [2][2]int{{28, 12}, {2, 8}} {
		t.Errorf("counts %v", c.Counts)
	}
	near(t, "precision", c.Precision.Value, 0.4, 1e-12)
	near(t, "recall", c.Recall.Value, 0.8, 1e-12)
	near(t, "needed", c.Needed.Value, 0.2, 1e-12)
	near(t, "sent", c.Sent.Value, 0.4, 1e-12)
	if c.Recall.N != 10 || c.Recall.Method != "wilson" || c.Precision.N != 20 {
		t.Errorf("recall %+v, precision %+v", c.Recall, c.Precision)
	}
}

// Where there is nothing to be said there is a reason and no interval.
func TestScoresWithoutAnAnswer(t *testing.T) {
	repeat := func(n int, x float64) (out []float64) {
		for range n {
			out = append(out, x)
		}
		return out
	}
	events := func(n, with int) (out []bool) {
		for i := range n {
			out = append(out, i < with)
		}
		return out
	}
	separated := append(repeat(50, 0.9), repeat(50, 0.1)...)
	for name, x := range map[string]struct {
		s     stats.Scores
		value float64
		why   string
	}{
		"nothing":        {stats.Scores{}, math.NaN(), "there are no tasks"},
		"one task":       {stats.Scores{Score: []float64{1}, Event: []bool{true}}, math.NaN(), "every task has the event"},
		"no event":       {stats.Scores{Score: repeat(50, 0.5), Event: events(50, 0)}, math.NaN(), "no task has the event"},
		"all ties":       {stats.Scores{Score: repeat(100, 0.5), Event: events(100, 50)}, 0.5, "tie all"},
		"separated":      {stats.Scores{Score: separated, Event: events(100, 50)}, 1, "separate"},
		"few events":     {stats.Scores{Score: scored(1, 100).Score, Event: events(100, 3)}, math.Inf(1), "3 independent units with the event"},
		"not finite":     {stats.Scores{Score: []float64{math.NaN(), 1}, Event: events(2, 1)}, math.NaN(), "not a finite number"},
		"one group":      {stats.Scores{Score: scored(1, 100).Score, Event: events(100, 50), Groups: make([]int32, 100)}, math.Inf(1), "1 independent units are too few"},
		"all weights 0":  {stats.Scores{Score: repeat(9, 1), Event: events(9, 4), Weights: make([]float64, 9)}, math.NaN(), "no tasks"},
		"three of a few": {stats.Scores{Score: []float64{1, 2, 3}, Event: events(3, 1)}, 0, "3 independent units are too few"},
	} {
		e := x.s.AUROC(0.95)
		if !strings.Contains(e.Withheld, x.why) || !math.IsNaN(e.Lo) || !math.IsNaN(e.Hi) {
			t.Errorf("%s: %+v, want it withheld since %s", name, e, x.why)
		}
		if math.IsNaN(x.value) != math.IsNaN(e.Value) || !math.IsNaN(x.value) && !math.IsInf(x.value, 0) && e.Value != x.value {
			t.Errorf("%s: %g, want %g", name, e.Value, x.value)
		}
		if ap := x.s.AveragePrecision(0.95); name != "all ties" && name != "separated" && ap.Withheld == "" {
			t.Errorf("%s: average precision %+v", name, ap)
		}
	}
	outside := scored(1, 100)
	outside.Score[3] = 1.5
	if b, against := outside.Brier(0.95); !strings.Contains(b.Withheld, "1.5") || !strings.Contains(against.Withheld, "1.5") {
		t.Errorf("a score of 1.5 has a Brier score: %+v", b)
	}
	if _, err := outside.EqualMass(); err == nil {
		t.Error("a score of 1.5 is binned")
	}
	if _, err := scored(1, 30).EqualMass(); err == nil || !strings.Contains(err.Error(), "30 independent units") {
		t.Errorf("30 tasks are binned (%v)", err)
	}
	c := stats.NewConfusion(scored(1, 100), make([]bool, 100), 0.95)
	if c.Precision.Withheld != "nothing is sent to the stronger model" || c.Recall.Value != 0 || c.Recall.Withheld != "" {
		t.Errorf("nothing sent: precision %+v, recall %+v", c.Precision, c.Recall)
	}
	same := scored(1, 100)
	if d := same.AUROCDifference(same, 0.95); d.Value != 0 || d.Withheld == "" {
		t.Errorf("a score against itself: %+v", d)
	}
}

// Coverage of rankings where the event is scarce: normal scores, which the event
// shifts by d, so that AUROC is Φ(d/√2).
func TestRankingsCover(t *testing.T) {
	const draws = 700
	for _, x := range []struct {
		base, d float64
		n       int
	}{{0.1, 2, 400}, {0.1, 0.5, 400}, {0.3, 1, 200}, {0.3, 2.8, 200}} {
		draw := func(seed uint64, n int) (s stats.Scores) {
			rng := rand.New(rand.NewPCG(seed, 11))
			for range n {
				y, v := rng.Float64() < x.base, rng.NormFloat64()
				if y {
					v += x.d
				}
				s.Score, s.Event = append(s.Score, v), append(s.Event, y)
			}
			return s
		}
		area := 0.5 * math.Erfc(-x.d/2)
		precision := draw(1e9, 1_000_000).AveragePrecision(0.95).Value
		var covered, printed [2]int
		for seed := range uint64(draws) {
			s := draw(seed, x.n)
			for k, e := range []stats.Estimate{s.AUROC(0.95), s.AveragePrecision(0.95)} {
				truth := []float64{area, precision}[k]
				if e.Withheld == "" {
					printed[k]++
					if e.Lo <= truth && truth <= e.Hi {
						covered[k]++
					}
				}
			}
		}
		for k, name := range []string{"AUROC", "average precision"} {
			c := float64(covered[k]) / float64(printed[k])
			t.Logf("%s, share %g, AUROC %.2f, n %d: covers %.1f %% of %d", name, x.base, area, x.n, 100*c, printed[k])
			if least := 0.93 - 3*math.Sqrt(0.95*0.05/float64(printed[k])); printed[k] < draws/2 || c < least {
				t.Errorf("%s, share %g, AUROC %.2f, n %d: covers %.1f %% of %d, less than %.1f %%", name, x.base, area, x.n, 100*c, printed[k], 100*least)
			}
		}
	}
}
