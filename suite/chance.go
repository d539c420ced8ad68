package suite

import (
	"fmt"
	"math"
)

// noticing is how often the smallest change that is noticed is.
const noticing = 0.8

// widest is how far the ends of a chance may lie apart for it to be told.
const widest = 0.5

// chances fills in what a check can do. level is that of its verdict, and naming that at
// which a failure is named among all checks.
func (v *Verdict) chances(level, naming float64) {
	m := v.measured
	if m == nil || m.estimate.Withheld != "" {
		return
	}
	v.Unknown = m.whyNot
	if m.gate == nil || math.IsNaN(m.still.Value) {
		return
	}
	v.passing(m, level)
	v.noticed(m, naming)
}

// pass is the chance to pass where the truth is x.
func (v *Verdict) pass(m *measured, x, level float64) float64 {
	if v.atLeast {
		return m.gate.Above(v.Bound, x, level)
	}
	return m.gate.Below(v.Bound, x, level)
}

func (v *Verdict) fail(m *measured, x, level float64) float64 {
	if v.atLeast {
		return m.gate.Below(v.Bound, x, level)
	}
	return m.gate.Above(v.Bound, x, level)
}

// passing is the chance to pass where nothing changes. For a check on one run alone that is
// where the truth is what was found, which the run knows no better than its interval says: the
// chance comes with its range over that, and is not told where the range is wide (Hoenig and
// Heisey 2001, on the power of what was observed).
func (v *Verdict) passing(m *measured, level float64) {
	p := v.pass(m, m.still.Value, level)
	if m.same { // a replay of the same responses: it will be decided as it was
		p = pick(v.Verdict == "pass", 1, 0)
	} else if m.fresh {
		v.Unknown = "the two are alike on every task, so that how much fresh responses vary is not known"
		return
	}
	if m.alone {
		lo, hi := v.pass(m, m.still.Lo, level), v.pass(m, m.still.Hi, level)
		lo, hi = math.Min(lo, hi), math.Max(lo, hi)
		v.PassRange = []float64{lo, hi}
		if hi-lo > widest {
			v.Unknown = fmt.Sprintf("P(pass | no change) is between %.0f %% and %.0f %%: this run does not tell how far the truth is from the bound", 100*lo, 100*hi)
			return
		}
	}
	v.PassIfUnchanged = finite(p)
}

// noticed is the smallest change that fails the check.
func (v *Verdict) noticed(m *measured, naming float64) {
	if m.noNotice != "" {
		v.Unknown = both(v.Unknown, m.noNotice)
		return
	}
	from, worst, sign := m.still.Value, m.least, -1.0
	v.NoticedFrom = "no change"
	if m.alone {
		from, v.NoticedFrom = v.Bound, "the bound"
	}
	if !v.atLeast {
		worst, sign = m.most, 1
	}
	fails := func(change float64) bool { return v.fail(m, from+sign*change, naming) >= noticing }
	most := math.Abs(worst - from)
	if math.IsInf(worst, 0) {
		most = enough(fails, math.Max(math.Abs(m.estimate.Hi-m.estimate.Lo), 1e-12))
	}
	if sign*(worst-from) <= 0 || !fails(most) {
		v.NoticedFrom = ""
		v.Unknown = both(v.Unknown, fmt.Sprintf("no change that is possible fails it with %.0f %%", 100*noticing))
		return
	}
	lo, hi := 0.0, most
	for range 20 { // to a millionth of the most
		if mid := lo + (hi-lo)/2; fails(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	v.SmallestNoticed = finite(hi)
}

// enough is a change that is noticed, or one that no longer means anything.
func enough(fails func(float64) bool, step float64) float64 {
	for range 60 {
		if fails(step) {
			return step
		}
		step *= 2
	}
	return step
}

func both(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}
