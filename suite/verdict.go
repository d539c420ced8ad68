package suite

import (
	"fmt"
	"math"

	"waymark/internal/claim"
	"waymark/internal/stats"
)

// verdict decides on the ends of the estimate: a check passes where the whole interval
// meets it, fails where none of it does and is undecided otherwise.
func (v *Verdict) decide(c claim.Claim, m *measured) {
	e := m.estimate
	v.Estimate, v.measured = e, m
	if math.IsNaN(e.Value) || e.Withheld != "" {
		v.Why = "no interval: " + e.Withheld
		return
	}
	if math.IsInf(e.Lo, 0) || math.IsInf(e.Hi, 0) || math.IsNaN(e.Lo) || math.IsNaN(e.Hi) {
		v.Why = "no interval: its ends are beyond all numbers"
		return
	}
	worst, best := e.Lo, e.Hi
	if !v.atLeast {
		worst, best = e.Hi, e.Lo
	}
	switch {
	case meets(c, worst):
		v.Verdict, v.Why = "pass", "the whole interval meets it"
	case !meets(c, best):
		v.Verdict, v.Why = "fail", "no part of the interval meets it"
	default:
		v.Why = "the interval lies on both sides of the bound"
	}
	if m.fact || m.same {
		v.Why = map[string]string{"pass": "it is counted, or the same policy on the same responses: it holds", "fail": "it is counted, or the same policy on the same responses: it does not hold"}[v.Verdict]
	}
}

// meets reports whether a value meets a claim; what only rounding keeps from a bound that may be
// reached reaches it.
func meets(c claim.Claim, x float64) bool {
	slack := x - c.Bound
	if !c.AtLeast() {
		slack = -slack
	}
	if len(c.Op) == 1 {
		return slack > 0
	}
	return slack >= -1e-12*(math.Abs(x)+math.Abs(c.Bound))
}

// pFail is the one-sided p-value of a failure; NaN where there is none, as for what is counted.
func (v *Verdict) pFail(level float64) float64 {
	m := v.measured
	if m == nil || m.gate == nil || m.same || v.Estimate.Withheld != "" {
		return math.NaN()
	}
	p := m.gate.PAbove(v.Bound)
	if v.atLeast {
		p = m.gate.PBelow(v.Bound)
	}
	if v.Verdict == "fail" { // the interval says so, whose ends may not be the gate's to the last digit
		p = math.Min(p, level)
	}
	return p
}

// adjust names a failure only where it stands after Holm's adjustment for the number of
// checks; that all pass needs no adjustment. Then it tells what each check can do.
func (j *judge) adjust() {
	var ps []float64
	tested := 0
	for i := range j.out.Checks {
		p := j.out.Checks[i].pFail(j.out.Level)
		ps = append(ps, p)
		if !math.IsNaN(p) {
			tested++
		}
	}
	for i, p := range stats.Holm(ps) {
		v := &j.out.Checks[i]
		if !math.IsNaN(p) {
			v.PHolm = &p
		}
		if v.Verdict == "fail" && p > j.out.Level {
			v.Verdict, v.Why = "undecided", fmt.Sprintf("it would fail alone, but not among %d checks: p = %.2g after Holm, above %.3g", tested, p, j.out.Level)
		}
		v.chances(j.out.Level, j.out.Level/float64(max(1, tested)))
		switch v.Verdict {
		case "pass":
			j.out.Passed++
		case "fail":
			j.out.Failed++
		default:
			j.out.Open++
		}
	}
}
