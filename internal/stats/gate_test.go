package stats_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"waymark/internal/stats"
)

// A gated is a population whose mean is known, and how it is estimated.
type gated struct {
	name   string
	n      int
	draw   func(r *rand.Rand, n int, truth float64) stats.Sample
	truth  float64 // of an unchanged night
	bound  float64
	within float64 // what the printed chances may be off by on average, beside Monte-Carlo error
	make   func(s stats.Sample) (stats.Estimate, stats.Gate)
}

// paired are differences −1, 0 and 1: share of them differ at 0, and losses are added below it.
func paired(share float64, group int, icc float64) func(*rand.Rand, int, float64) stats.Sample {
	return func(r *rand.Rand, n int, truth float64) stats.Sample {
		s := stats.Sample{}
		var common float64
		for i := range n {
			u := r.Float64()
			if group > 0 {
				if i%group == 0 {
					common = r.Float64()
				}
				if r.Float64() < math.Sqrt(icc) {
					u = common
				}
				s.Groups = append(s.Groups, int32(i/group))
			}
			v := 0.0
			switch {
			case u < share/2-truth:
				v = -1
			case u > 1-share/2:
				v = 1
			}
			s.Values = append(s.Values, v)
		}
		return s
	}
}

func bernoullis(group int) func(*rand.Rand, int, float64) stats.Sample {
	return func(r *rand.Rand, n int, truth float64) stats.Sample {
		s := stats.Sample{}
		for i := range n {
			s.Values = append(s.Values, bernoulli(r, truth))
			if group > 0 {
				s.Groups = append(s.Groups, int32(i/group))
			}
		}
		return s
	}
}

func normals(r *rand.Rand, n int, truth float64) stats.Sample {
	s := stats.Sample{}
	for range n {
		s.Values = append(s.Values, truth+r.NormFloat64())
	}
	return s
}

func difference(s stats.Sample) (stats.Estimate, stats.Gate) {
	return stats.GatedDifference(s, 0, 0.95)
}
func mean(s stats.Sample) (stats.Estimate, stats.Gate) { return stats.GatedMean(s, 0.95) }
func sum(s stats.Sample) (stats.Estimate, stats.Gate)  { return stats.GatedSum(s, 0.95) }

// What a gate says of an unchanged night, from one draw, is on average how often
// other draws pass; and a drop that it says fails 80 % of them does.
func TestGatesSayWhatSimulationGives(t *testing.T) {
	draws := 1000
	if testing.Short() {
		draws = 200
	}
	for _, c := range []gated{
		{"paired, 5 % of 200", 200, paired(0.05, 0, 0), 0, -0.05, 0.03, difference},
		{"paired, 20 % of 50", 50, paired(0.2, 0, 0), 0, -0.2, 0.03, difference},
		{"paired, 10 % of 1000", 1000, paired(0.1, 0, 0), 0, -0.03, 0.02, difference},
		{"paired, groups of 5", 300, paired(0.2, 5, 0.3), 0, -0.11, 0.05, difference},
		{"proportion 0.9 of 200", 200, bernoullis(0), 0.9, 0.83, 0.06, mean},
		{"normal, 10 tasks", 10, normals, 0, -1, 0.03, sum},
		{"normal, 200 tasks", 200, normals, 0, -0.2, 0.02, sum},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t, draws) })
	}
}

func (c gated) check(t *testing.T, draws int) {
	const level = 0.025
	rates := func(truth float64) (above, below, printed, drop float64) {
		for d := range draws {
			e, g := c.make(c.draw(rand.New(rand.NewPCG(uint64(d), 77)), c.n, truth))
			if g == nil {
				t.Fatalf("draw %d has no gate: %s", d, e.Withheld)
			}
			above += count(e.Lo > c.bound)
			below += count(e.Hi < c.bound)
			printed += g.Above(c.bound, c.truth, level)
			if d%10 == 0 {
				drop += 10 * noticed(g, c.bound, c.truth, level)
			}
			if (e.Hi < c.bound) != (g.PBelow(c.bound) < level) && math.Abs(e.Hi-c.bound) > 1e-9 {
				t.Fatalf("draw %d: %+v and p = %g disagree about %g", d, e, g.PBelow(c.bound), c.bound)
			}
			if (e.Lo > c.bound) != (g.PAbove(c.bound) < level) && math.Abs(e.Lo-c.bound) > 1e-9 {
				t.Fatalf("draw %d: %+v and p = %g disagree about %g", d, e, g.PAbove(c.bound), c.bound)
			}
		}
		n := float64(draws)
		return above / n, below / n, printed / n, drop / n
	}
	error3 := func(p float64) float64 { return 3 * math.Sqrt(p*(1-p)/float64(draws)) }
	passed, _, printed, drop := rates(c.truth)
	near(t, "P(pass | no change)", printed, passed, error3(passed)+c.within)
	falsePass, falseFail, _, _ := rates(c.bound)
	_, failed, _, _ := rates(c.truth - drop)
	near(t, fmt.Sprintf("P(fail | drop of %.3f)", drop), failed, 0.8, error3(0.8)+0.03)
	t.Logf("passes %.3f, printed %.3f; at the bound passes %.4f, fails %.4f; a drop of %.4f fails %.3f", passed, printed, falsePass, falseFail, drop, failed)
	if limit := level + error3(level) + 0.005; falsePass > limit || falseFail > limit {
		t.Errorf("at the bound %.4f pass and %.4f fail, want at most %.4f", falsePass, falseFail, limit)
	}
}

func count(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// noticed is the least drop from truth that fails with 80 %.
func noticed(g stats.Gate, bound, truth, level float64) float64 {
	lo, hi := 0.0, 4.0
	for range 12 {
		if mid := (lo + hi) / 2; g.Below(bound, truth-mid, level) >= 0.8 {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}

// The multinomial sum and the normal limit agree where both apply.
func TestPairedGateTwoWays(t *testing.T) {
	s := paired(0.3, 0, 0)(rand.New(rand.NewPCG(3, 3)), 6000, 0)
	test, err := stats.NewPairedTest(s)
	if err != nil {
		t.Fatal(err)
	}
	exact, normal := stats.PairedGate{PairedTest: test}, stats.PairedGate{PairedTest: test}
	normal.Plain, normal.Units = false, 1e9 // takes the other path
	for _, truth := range []float64{-0.05, -0.03, -0.02, 0, 0.01} {
		near(t, fmt.Sprintf("above at %g", truth), exact.Above(-0.02, truth, 0.025), normal.Above(-0.02, truth, 0.025), 0.005)
		near(t, fmt.Sprintf("below at %g", truth), exact.Below(-0.02, truth, 0.025), normal.Below(-0.02, truth, 0.025), 0.005)
	}
}

// A t interval calls a difference at the margin better than it far too often where few
// units are discordant; the score interval does not.
func TestPairedScoreHoldsItsLevel(t *testing.T) {
	const draws, bound = 4000, -0.0626
	r := rand.New(rand.NewPCG(5, 5))
	var score, student float64
	for range draws {
		s := paired(0.05, 5, 0.1)(r, 100, bound)
		score += count(stats.PairedScore(s, 0.95).Lo > bound)
		student += count(stats.MeanDifference(s, 0.95).Lo > bound)
	}
	t.Logf("at the margin the score interval passes %.4f, a t interval %.4f", score/draws, student/draws)
	if limit := 0.025 + 3*math.Sqrt(0.025*0.975/draws); score/draws > limit {
		t.Errorf("the score interval passes %.4f at the margin, want at most %.4f", score/draws, limit)
	}
	if student/draws < 0.035 {
		t.Errorf("a t interval passes only %.4f at the margin: the score interval is not needed", student/draws)
	}
}

// Being alike bounds what was not seen, by the fewer the tasks the less.
func TestEqualBoundsWhatWasNotSeen(t *testing.T) {
	s := stats.Sample{}
	for range 100 {
		s.Values = append(s.Values, 0.03)
	}
	e, err := stats.NewEqual(s, -0.97, 1)
	if err != nil {
		t.Fatal(err)
	}
	got := e.Estimate(100, 0.95)
	w := 3.8414588 / 103.8414588
	near(t, "lower end", got.Lo, 0.03-w, 1e-6)
	near(t, "upper end", got.Hi, 0.03+0.97*w, 1e-6)
	// Half of the tasks' weight in one unit leaves the worth of four units.
	s.Weights = make([]float64, 100)
	for i := range s.Weights {
		s.Weights[i] = 1.0 / 99
	}
	s.Weights[0] = 1
	heavy, err := stats.NewEqual(s, -0.97, 1)
	if err != nil {
		t.Fatal(err)
	}
	if lo := heavy.Estimate(100, 0.95).Lo; lo > -0.4 {
		t.Errorf("one task of half the weight leaves a lower end of %g", lo)
	}
	if e := heavy; e.Above(-0.9, 0.03, 0.025) != 1 || e.Above(0.02, 0.03, 0.025) != 0 {
		t.Error("an unchanged night passes a bound that the interval meets, and no other")
	}
	few := stats.Sample{Values: []float64{1, 1}}
	if two, err := stats.NewEqual(few, 0, 1); err != nil || two.Estimate(2, 0.95).Withheld == "" {
		t.Error("two tasks have an interval")
	}
}

// A gate of a scaled and mirrored estimate is the gate, scaled and mirrored.
func TestScaledGates(t *testing.T) {
	_, g := difference(paired(0.2, 0, 0)(rand.New(rand.NewPCG(1, 1)), 100, 0))
	m := stats.Scaled{Gate: g, Offset: 1, Factor: -10}
	near(t, "above", m.Above(0, 1, 0.025), g.Below(0.1, 0, 0.025), 0)
	near(t, "below", m.Below(2, 1, 0.025), g.Above(-0.1, 0, 0.025), 0)
	near(t, "p below", m.PBelow(2), g.PAbove(-0.1), 0)
	near(t, "p above", m.PAbove(0), g.PBelow(0.1), 0)
}
