package leakage

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"waymark/internal/stats"
)

// The bounds of the test of decisions.
const (
	// HonestOdds is the odds ratio up to which decisions are taken to be honest: what a router does not reach
	// that knows in full how the strengths of its two models differ from task to task,
	// where that varies by a standard deviation of one logit beyond what category and prompt tell.
	HonestOdds = 5.0
	// Suspicion is the chance, over all policies of a run, that an honest one is called suspicious.
	Suspicion = 0.01

	leastDiscordant = 20
	perStratum      = 25
	mostStrata      = 10
)

// A Routing is how a policy treated tasks on which its two models differ: one of
// them does better than the other. Every task is of a unit of its own.
type Routing struct {
	Strong []bool    // sent to the stronger
	Better []bool    // the stronger does better; else the weaker does
	Chance []float64 // of Better, as foretold without the task's own grades
}

// A Verdict is what a test of decisions against grades found.
type Verdict struct {
	N              int            // tasks on which exactly one of the two does better
	Better, Strong int            // of those, on which it is the stronger; that were sent to the stronger
	Right          int            // sent to the one that does better
	Foretold       int            // that would be, if each went where Chance says
	LeastShare     float64        // lower bound of Right / N, at 95 %
	Strata         int            // of about equal Chance
	Odds           stats.Estimate // odds ratio between decision and better model, within strata
	P              float64        // that it is at most HonestOdds; NaN where Withheld says why
	PIndependent   float64        // that it is at most 1
	Withheld       string
}

// KnowsLabels tests whether decisions know who does better, beyond what difficulty
// tells.
//
// Only tasks count on which exactly one of two models does better. If the chance that a model solves a task
// depends on its ability θ and the task's difficulty b as logit p = θ − b (Rasch 1960), then, given that exactly one
// solved it, the chance that it was the stronger is 1/(1 + exp(θw − θs)), whatever b is: which of
// the two it was is independent of every router that knows difficulty, however well. This is the
// argument by which tests of differential item functioning compare groups of equal score (Holland and Thayer 1988).
// What is foretold from prompt, category and other models is held fixed by strata of
// equal Chance (a prognostic score, Hansen 2008), since abilities may differ by subject.
//
// A router may know more of the two than that, honestly. So the hypothesis that is
// tested is not independence but that the odds of sending a task to the stronger model are at most
// HonestOdds times as high where that one does better as where the other does.
func KnowsLabels(r *Routing) Verdict {
	v := Verdict{N: len(r.Strong), P: math.NaN(), PIndependent: math.NaN()}
	for i, better := range r.Better {
		v.Right += count(r.Strong[i] == better)
		v.Foretold += count((r.Chance[i] >= 0.5) == better)
		v.Strong += count(r.Strong[i])
		v.Better += count(better)
	}
	v.LeastShare = stats.LowerProportion(v.Right, v.N, 0.95)
	tables := r.strata()
	v.Strata = len(tables)
	v.Odds = stats.OddsRatio(tables, 0.95)
	switch {
	case v.N < leastDiscordant:
		v.Withheld = fmt.Sprintf("only %d tasks on which exactly one of its two models does better, of %d that are needed", v.N, leastDiscordant)
	case v.Better == 0 || v.Better == v.N:
		v.Withheld = "the same model does better on all tasks on which its two differ"
	case v.Strong == 0 || v.Strong == v.N:
		v.Withheld = "it treats all tasks on which its two models differ alike"
	default:
		v.Withheld = v.Odds.Withheld
	}
	if v.Withheld == "" {
		v.P, v.PIndependent = stats.OddsAbove(tables, HonestOdds), stats.OddsAbove(tables, 1)
	}
	return v
}

// A Gap is how much better decisions are on one side of a split than on the other.
type Gap struct {
	Right, N                     [3]int         // tasks sent to the better model, and tasks, by side
	Odds                         stats.Estimate // of being right on the test side against the tune side, which model is better held fixed
	PBetterOnTest, PBetterOnTune float64        // one-sided, of an odds ratio of 1
}

// SplitGap compares decisions on the two sides of a split that was made at random.
// A router that was fitted on neither side is as good on the one as on the other, whatever it knows: within the
// tasks on which the same model is better, right decisions are then spread over the sides by chance (Fisher's exact test
// in two strata).
func SplitGap(r *Routing, side []Side) Gap {
	var g Gap
	tables := make([]stats.Table, 2)
	for i, better := range r.Better {
		right := r.Strong[i] == better
		g.N[side[i]]++
		g.Right[side[i]] += count(right)
		t := &tables[count(better)]
		switch {
		case side[i] == Test && right:
			t.A++
		case side[i] == Test:
			t.B++
		case right:
			t.C++
		default:
			t.D++
		}
	}
	g.Odds = stats.OddsRatio(tables, 0.95)
	g.PBetterOnTest = stats.OddsAbove(tables, 1)
	for k, t := range tables {
		tables[k] = stats.Table{A: t.C, B: t.D, C: t.A, D: t.B}
	}
	g.PBetterOnTune = stats.OddsAbove(tables, 1)
	return g
}

// Thin takes one task of each unit, the one with the least hashed key, and of those
// at most a number, again by key: positions in ascending order.
func Thin(unit, key []uint64, most int) (kept []int) {
	first := map[uint64]int{}
	for i, u := range unit {
		if k, ok := first[u]; !ok || mix64(key[i]) < mix64(key[k]) {
			first[u] = i
		}
	}
	for _, i := range first {
		kept = append(kept, i)
	}
	slices.SortFunc(kept, func(a, b int) int { return cmp.Or(cmp.Compare(mix64(key[a]), mix64(key[b])), cmp.Compare(a, b)) })
	kept = kept[:min(len(kept), most)]
	slices.Sort(kept)
	return kept
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// strata are tables of tasks with about the same chance: better by decision.
func (r *Routing) strata() []stats.Table {
	rows := make([]int, len(r.Strong))
	for i := range rows {
		rows[i] = i
	}
	slices.SortStableFunc(rows, func(a, b int) int { return cmp.Compare(r.Chance[a], r.Chance[b]) })
	n := min(mostStrata, max(1, len(rows)/perStratum))
	tables := make([]stats.Table, n)
	stratum := 0
	for k, i := range rows {
		if k == 0 || r.Chance[i] != r.Chance[rows[k-1]] {
			stratum = k * n / len(rows) // ties stay together
		}
		t := &tables[stratum]
		switch {
		case r.Better[i] && r.Strong[i]:
			t.A++
		case r.Better[i]:
			t.B++
		case r.Strong[i]:
			t.C++
		default:
			t.D++
		}
	}
	return tables
}
