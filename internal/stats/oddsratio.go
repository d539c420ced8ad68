package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// A Table is a fourfold table: two kinds of unit (rows), two things that happened to
// them (columns).
//
//	a b
//	c d
type Table struct{ A, B, C, D int }

// mostConvolved is the number of values of Σa up to which its distribution is
// computed in full; above, it is taken for normal.
const mostConvolved = 2000

// OddsAbove is the one-sided p-value of the hypothesis that the common odds ratio
// ψ = ad/bc of several tables is at most bound, against that it is more: P(Σa ≥ observed) where each a,
// its margins given, has Fisher's noncentral hypergeometric distribution with ψ at the bound,
//
//	P(a) ∝ C(a+b, a) · C(c+d, c) · ψ^a.
//
// It is exact, by convolving the tables (Gart 1970; Mehta, Patel and Gray 1985), up
// to 2,000 values of Σa, and normal with a continuity correction beyond. At a bound of 1 it is the exact
// test of Cochran, Mantel and Haenszel. It is 1 where no table can tell.
func OddsAbove(tables []Table, bound float64) float64 {
	s := newStrata(tables)
	return s.upper(math.Log(bound))
}

// OddsRatio estimates the common odds ratio of several tables: its conditional
// maximum likelihood, at which Σa is expected as it was observed, and the exact interval of the two
// one-sided tests at half of 1 − confidence each (Cornfield 1956). An end may be 0 or +Inf. It is withheld
// where no table has both kinds of unit and both things.
func OddsRatio(tables []Table, confidence float64) Estimate {
	s := newStrata(tables)
	if s.least == s.most {
		return withheld(s.units, s.units, confidence, math.NaN(), "no stratum has both kinds of task on both sides")
	}
	e := Estimate{Confidence: confidence, N: s.units, Groups: s.units, Method: "exact conditional"}
	if s.values() > mostConvolved {
		e.Method = "conditional, normal"
	}
	alpha := (1 - confidence) / 2
	switch s.observed {
	case s.most:
		e.Value = math.Inf(1)
	case s.least:
		e.Value = 0
	default:
		e.Value = math.Exp(crossing(func(x float64) bool { return s.mean(x) < float64(s.observed) }))
	}
	if s.observed > s.least {
		e.Lo = math.Exp(crossing(func(x float64) bool { return s.upper(x) < alpha }))
	}
	e.Hi = math.Inf(1)
	if s.observed < s.most {
		e.Hi = math.Exp(crossing(func(x float64) bool { return s.lower(x) >= alpha }))
	}
	return e
}

// crossing is the log odds ratio up to which yes holds.
func crossing(yes func(float64) bool) float64 { return bisect(yes, -40, 40) }

// strata are tables with their margins, and what Σa may be.
type strata struct {
	ways                  []ways
	observed, least, most int
	units                 int
}

// ways is the logarithm of the number of ways in which a table can have each a, from
// its least on.
type ways struct {
	least int
	logs  []float64
}

func newStrata(tables []Table) strata {
	var s strata
	for _, t := range tables {
		lo, hi := t.limits()
		if lo == hi {
			continue // says nothing
		}
		s.ways = append(s.ways, t.ways(lo, hi))
		s.observed += t.A
		s.least += lo
		s.most += hi
		s.units += t.A + t.B + t.C + t.D
	}
	return s
}

func (s strata) values() int { return s.most - s.least + 1 }

// limits are the least and the most that a may be, the margins given.
func (t Table) limits() (lo, hi int) { return max(0, t.A-t.D), min(t.A+t.B, t.A+t.C) }

func (t Table) ways(lo, hi int) ways {
	w := ways{least: lo}
	for a := lo; a <= hi; a++ {
		w.logs = append(w.logs, logChoose(t.A+t.B, a)+logChoose(t.C+t.D, t.A+t.C-a))
	}
	return w
}

// masses are the probabilities of a from its least to its most.
func (w ways) masses(logOdds float64) []float64 {
	out := make([]float64, len(w.logs))
	for i, x := range w.logs {
		out[i] = x + float64(w.least+i)*logOdds
	}
	most := slices.Max(out)
	total := 0.0
	for i, x := range out {
		out[i] = math.Exp(x - most)
		total += out[i]
	}
	for i := range out {
		out[i] /= total
	}
	return out
}

func logChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

// moments are the mean and variance of Σa.
func (s strata) moments(logOdds float64) (mean, variance float64) {
	for _, w := range s.ways {
		var m, m2 float64
		for i, p := range w.masses(logOdds) {
			m += p * float64(i)
			m2 += p * float64(i) * float64(i)
		}
		mean += m + float64(w.least)
		variance += m2 - m*m
	}
	return mean, variance
}

func (s strata) mean(logOdds float64) float64 {
	m, _ := s.moments(logOdds)
	return m
}

// upper is P(Σa ≥ observed), lower P(Σa ≤ observed).
func (s strata) upper(logOdds float64) float64 { return s.tail(logOdds, true) }
func (s strata) lower(logOdds float64) float64 { return s.tail(logOdds, false) }

func (s strata) tail(logOdds float64, upper bool) float64 {
	if s.least == s.most {
		return 1
	}
	at := s.observed - s.least
	if s.values() > mostConvolved {
		mean, variance := s.moments(logOdds)
		z := (float64(s.observed) - mean) / math.Sqrt(variance)
		half := 0.5 / math.Sqrt(variance)
		if upper {
			return distuv.UnitNormal.Survival(z - half)
		}
		return distuv.UnitNormal.CDF(z + half)
	}
	all := []float64{1}
	for _, w := range s.ways {
		all = convolve(all, w.masses(logOdds))
	}
	part := all[at:]
	if !upper {
		part = all[:at+1]
	}
	sum := 0.0
	for _, p := range part {
		sum += p
	}
	return math.Min(1, sum)
}

func convolve(a, b []float64) []float64 {
	out := make([]float64, len(a)+len(b)-1)
	for i, x := range a {
		for j, y := range b {
			out[i+j] += x * y
		}
	}
	return out
}
