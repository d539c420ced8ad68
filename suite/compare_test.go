package suite_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"waymark/suite"
)

// compared holds policy p of two nights against each other.
func compared(t *testing.T, now, before *suite.Evidence, margin float64) *suite.Compared {
	t.Helper()
	c, err := suite.Compare(now, "p", before, "p", margin)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The four verdicts. What lies within the margin as a whole does not matter, though its sign be certain.
func TestFourVerdicts(t *testing.T) {
	for _, c := range []struct {
		n              int
		change, margin float64
		want           string
	}{
		{2000, 0.1, 0, "worse"},
		{2000, -0.04, 0, "better"},
		{2000, 0.1, 0.02, "worse"},
		{2000, 0.03, 0.1, "within the margin"}, // and worse for certain
		{20000, 0, 0.02, "within the margin"},
		{200, 0, 0.02, "no difference found"},
		{200, 0, 0, "no difference found"},
	} {
		before, after := plainNights.draw(rand.New(rand.NewPCG(8, 8)), c.n, c.change)
		got := compared(t, after, before, c.margin)
		if got.Verdict != c.want || got.Quality.Withheld != "" || got.P == nil {
			t.Errorf("%d tasks, worse by %g, margin %g: %s, %+v", c.n, c.change, c.margin, got.Verdict, got.Quality)
		}
	}
	before, _ := plainNights.draw(rand.New(rand.NewPCG(8, 8)), 200, 0)
	again, _ := plainNights.draw(rand.New(rand.NewPCG(8, 8)), 200, 0)
	if c := compared(t, again, before, 0.001); c.Verdict != "within the margin" || c.Quality.Lo != 0 || c.Quality.Hi != 0 || c.Rerouted.N != 0 {
		t.Errorf("the same policy on the same responses: %+v", c)
	}
	again.Rows["p"].Config = "another"
	if c := compared(t, again, before, 0.001); c.Verdict != "no difference found" || !(c.Quality.Lo < -0.01) {
		t.Errorf("another that is alike on 200 tasks: %+v", c)
	}
}

// What changed route and what that did adds up to the whole, and every part has its interval.
func TestMovesAddUp(t *testing.T) {
	before, after := plainNights.draw(rand.New(rand.NewPCG(8, 8)), 900, 0.05)
	for _, e := range []*suite.Evidence{before, after} {
		e.Rows["p"].Models = []string{"small", "large", "huge"}
	}
	for i := range after.Tasks {
		before.Rows["p"].Model[i], after.Rows["p"].Model[i] = int32(i%3), int32(i%2)
		if i%3 == i%2 { // an answer of the same model is the same
			after.Rows["p"].Quality[i] = before.Rows["p"].Quality[i]
		}
		after.Rows["p"].Cost[i] = float64(1 + i%2)
	}
	c := compared(t, after, before, 0)
	n, quality, cost := 0, 0.0, 0.0
	for _, m := range c.Rerouted.Moves {
		n += m.N
		quality += float64(m.N) * m.Quality.Value
		cost += float64(m.N) * m.Cost.Value
		if m.Quality.Withheld != "" || !(m.Quality.Lo < m.Quality.Value && m.Quality.Value < m.Quality.Hi) {
			t.Errorf("%s → %s has quality %+v", m.From, m.To, m.Quality)
		}
	}
	if n != c.Rerouted.N || n != 600 {
		t.Errorf("moves have %d tasks, the rerouted are %d, want 600", n, c.Rerouted.N)
	}
	near(t, "quality over moves", quality/900, c.Quality.Value, 1e-12)
	near(t, "quality of the rerouted", c.Rerouted.Quality.Value*600, quality, 1e-9)
	near(t, "cost of the rerouted", c.Rerouted.Cost.Value*600, cost, 1e-9)
}

// What differs between two runs beside the policy is said, or refused where nothing is left to compare.
func TestComparisonsOfUnlikeRuns(t *testing.T) {
	for want, change := range map[string]func(now, before *suite.Evidence){
		"of p@before: 1 of its 300 tasks":                          func(_, before *suite.Evidence) { before.Contents[3] = 1 << 60 },
		"the two weigh tasks differently":                          func(now, _ *suite.Evidence) { now.Weights = slicesOf(300, 2); now.Weights[0] = 9 },
		"costs of p@after are by recorded prices":                  func(_, before *suite.Evidence) { before.Prices = "suite" },
		"compared on the 299 tasks that both answered, of 300 and": func(_, before *suite.Evidence) { before.Tasks[0] = "gone" },
		"responses may be fresh":                                   func(_, _ *suite.Evidence) {},
	} {
		before, after := pairOf(plainNights, 300, 3)
		change(after, before)
		if got := strings.Join(compared(t, after, before, 0).Warnings, "\n"); !strings.Contains(got, want) {
			t.Errorf("warnings %q, want %q", got, want)
		}
	}
	for want, change := range map[string]func(now, before *suite.Evidence){
		"they share no tasks to be compared on": func(_, before *suite.Evidence) { before.Dataset.Name = "days" },
		"they share no scale":                   func(_, before *suite.Evidence) { before.Dataset.QualityHi = 10 },
		"have no task in common":                func(now, before *suite.Evidence) { *now, *before = *part(now, 0, 100), *part(before, 200, 300) },
	} {
		before, after := pairOf(plainNights, 300, 3)
		change(after, before)
		if _, err := suite.Compare(after, "p", before, "p", 0); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func slicesOf(n int, x float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = x
	}
	return out
}

// Several comparisons share their chance of a false finding.
func TestSeveralComparisons(t *testing.T) {
	before, after := plainNights.draw(rand.New(rand.NewPCG(8, 8)), 300, 0.04)
	all := []*suite.Compared{compared(t, after, before, 0), compared(t, after, before, 0)}
	suite.AdjustCompared(all[:1])
	if all[0].PHolm != nil {
		t.Error("one comparison is adjusted")
	}
	suite.AdjustCompared(all)
	for _, c := range all {
		near(t, "p after Holm", *c.PHolm, min(1, 2**c.P), 1e-12)
	}
}
