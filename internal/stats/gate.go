package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// A Gate tells what a check does that is decided on the ends of an interval. Its
// methods take a bound, what the truth would be and a one-sided level; all in the units of the estimate.
type Gate interface {
	// Above is the chance that the lower end is above the bound, and Below the chance
	// that the upper end is below it, where the truth is as given.
	Above(bound, truth, level float64) float64
	Below(bound, truth, level float64) float64
	// PBelow is the one-sided p-value of what was found if the truth were at least the
	// bound, and PAbove if it were at most the bound.
	PBelow(bound float64) float64
	PAbove(bound float64) float64
}

// Student is the gate of an estimate with an interval by Student's t, or one that is
// about as wide, as those of a bootstrap-t are: its sides may differ.
//
// With δ = (truth − bound)/SE and t the side's half width in standard errors, the chance to
// be above is that of a noncentral t with parameter δ to exceed t:
//
//	P ≈ Φ((δ − t·(1 − 1/4ν)) / √(1 + t²/2ν))
//
// by the approximation of Johnson and Welch (1940; Abramowitz and Stegun 26.7.10), within a point from ν = 9.
type Student struct {
	Value, Lo, Hi float64 // the estimate
	SE            float64
	DF            float64 // infinite for a normal one
	Level         float64 // one-sided, of Lo and Hi

	// A change of d from Still, for the worse, makes the variance SE² + Linear·|d| + Square·d², with
	// |d| at most Most where that is not 0.
	Still, Linear, Square, Most float64
}

func (s Student) se(truth float64) float64 {
	d := math.Abs(truth - s.Still)
	if s.Most > 0 {
		d = math.Min(d, s.Most)
	}
	if variance := s.SE*s.SE + s.Linear*d + s.Square*d*d; variance > 0 {
		return math.Sqrt(variance)
	}
	return s.SE
}

// Moving is the gate of scores of which a change moves a few tasks by jump, from still, rather than all
// by a little: |d|·(jump − |d|)/worth is added to the variance, where the tasks are worth so many.
func (s Student) Moving(still, jump, worth float64) Student {
	s.Still = still
	if jump > 0 && worth > 0 && !math.IsInf(worth, 0) {
		s.Linear, s.Square, s.Most = jump/worth, -1/worth, jump
	}
	return s
}

// Growing is the gate of a sum of which a change makes one part grow in proportion, as costs do:
// at k times its mean more, from still, the variance is Var(sum) + 2k·Cov(part, sum) + k²·Var(part). slope is
// k by |d|.
func (s Student) Growing(still, slope, covariance, variance float64) Student {
	s.Still, s.Linear, s.Square, s.Most = still, 2*slope*covariance, slope*slope*variance, 0
	return s
}

func (s Student) t(level float64) float64 { return studentQuantile(level, s.DF) }

// Quantile is how many standard errors a symmetric interval goes to either side.
func (s Student) Quantile() float64 { return s.t(s.Level) }

// Above is a chance: see Gate.
func (s Student) Above(bound, truth, level float64) float64 {
	side := (s.Value - s.Lo) / s.SE * s.t(level) / s.t(s.Level)
	return studentPower((truth-bound)/s.se(truth), side, s.DF)
}

// Below is a chance: see Gate.
func (s Student) Below(bound, truth, level float64) float64 {
	side := (s.Hi - s.Value) / s.SE * s.t(level) / s.t(s.Level)
	return studentPower((bound-truth)/s.se(truth), side, s.DF)
}

// PBelow is a p-value: see Gate.
func (s Student) PBelow(bound float64) float64 {
	return studentTail((s.Value-bound)/(s.Hi-s.Value)*s.t(s.Level), s.DF)
}

// PAbove is a p-value: see Gate.
func (s Student) PAbove(bound float64) float64 {
	return studentTail((bound-s.Value)/(s.Value-s.Lo)*s.t(s.Level), s.DF)
}

// studentPower is P(T > t) of a noncentral T with parameter delta.
func studentPower(delta, t, df float64) float64 {
	if math.IsInf(df, 1) {
		return distuv.UnitNormal.CDF(delta - t)
	}
	return distuv.UnitNormal.CDF((delta - t*(1-1/(4*df))) / math.Sqrt(1+t*t/(2*df)))
}

func studentQuantile(level, df float64) float64 {
	if math.IsInf(df, 1) {
		return distuv.UnitNormal.Quantile(1 - level)
	}
	return distuv.StudentsT{Sigma: 1, Nu: math.Max(1, df)}.Quantile(1 - level)
}

func studentTail(t, df float64) float64 {
	if math.IsInf(df, 1) {
		return distuv.UnitNormal.CDF(t)
	}
	return distuv.StudentsT{Sigma: 1, Nu: math.Max(1, df)}.CDF(t)
}

// Scaled is the gate of Offset + Factor·x, where Gate is that of x.
type Scaled struct {
	Gate           Gate
	Offset, Factor float64 // Factor is not 0
}

func (s Scaled) in(x float64) float64 { return (x - s.Offset) / s.Factor }

// Above is a chance: see Gate.
func (s Scaled) Above(bound, truth, level float64) float64 {
	if s.Factor < 0 {
		return s.Gate.Below(s.in(bound), s.in(truth), level)
	}
	return s.Gate.Above(s.in(bound), s.in(truth), level)
}

// Below is a chance: see Gate.
func (s Scaled) Below(bound, truth, level float64) float64 {
	if s.Factor < 0 {
		return s.Gate.Above(s.in(bound), s.in(truth), level)
	}
	return s.Gate.Below(s.in(bound), s.in(truth), level)
}

// PBelow is a p-value: see Gate.
func (s Scaled) PBelow(bound float64) float64 {
	if s.Factor < 0 {
		return s.Gate.PAbove(s.in(bound))
	}
	return s.Gate.PBelow(s.in(bound))
}

// PAbove is a p-value: see Gate.
func (s Scaled) PAbove(bound float64) float64 {
	if s.Factor < 0 {
		return s.Gate.PBelow(s.in(bound))
	}
	return s.Gate.PAbove(s.in(bound))
}
