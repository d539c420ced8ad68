package curve

import (
	"math"

	"waymark/internal/stats"
)

// A Standing is a swept policy's curve with what each task adds to its areas: what is needed
// to tell two policies apart on the same tasks, between the same weak and strong model.
type Standing struct {
	s                      *Steps
	c                      Curve
	area, aiq, hypervolume linearised
}

// linearised are values a task whose mean is a statistic, or why there are none.
type linearised struct {
	values []float64
	why    string
}

// NewStanding takes a curve apart. dearest is what the dearest model costs on each task;
// where it is nil, costs are unknown.
func NewStanding(s *Steps, c Curve, dearest []float64) *Standing {
	out := &Standing{s: s, c: c}
	area, err := s.areaInfluence(c)
	if out.area.values = area; err != nil {
		out.area.why = err.Error()
	}
	if dearest == nil {
		out.aiq.why, out.hypervolume.why = "costs are unknown", "costs are unknown"
		return out
	}
	out.aiq.values, out.aiq.why = s.aiqValues(c, false)
	out.hypervolume.values, _, _, out.hypervolume.why = s.hypervolume(c, dearest)
	if s.Units() < fewForHypervolume {
		out.hypervolume.why = fewUnits
	}
	return out
}

// APGR is the difference a − b of the average performance gaps recovered, paired by task:
// that of the areas over the gap, by Fieller.
func (a *Standing) APGR(b *Standing, confidence float64) stats.Estimate {
	d, why := minus(a.area, b.area)
	if why != "" {
		return a.s.withheld(confidence, why)
	}
	e := stats.Ratio(a.s.sample(d), a.s.sample(a.gap()), confidence)
	e.Value = a.c.APGR() - b.c.APGR()
	return alike(e)
}

// AIQ is the difference of the cross-fitted areas under the hulls, each over its own
// range of costs.
func (a *Standing) AIQ(b *Standing, confidence float64) stats.Estimate {
	return a.crossFitted(a.aiq, b.aiq, confidence)
}

// Hypervolume is the difference of the cross-fitted hypervolumes, against the same dearest model.
func (a *Standing) Hypervolume(b *Standing, confidence float64) stats.Estimate {
	return a.crossFitted(a.hypervolume, b.hypervolume, confidence)
}

// crossFitted is withheld where weak and strong themselves do not differ: which points of a
// curve are its best is noise there.
func (a *Standing) crossFitted(x, y linearised, confidence float64) stats.Estimate {
	d, why := minus(x, y)
	if why != "" {
		return a.s.withheld(confidence, why)
	}
	e := widened(stats.Linear(a.s.sample(d), confidence))
	return alike(overGap(e, a.s.sample(a.gap()), confidence))
}

// overGap withholds an interval where the gap's own includes 0, and says so where the gap is few of
// its standard errors: what rests on it is then shown only where the gap came out large.
func overGap(e stats.Estimate, gap stats.Sample, confidence float64) stats.Estimate {
	if g := stats.Linear(gap, confidence); g.Withheld != "" || g.Lo <= 0 && g.Hi >= 0 {
		e.Lo, e.Hi, e.Method, e.Withheld = nan, nan, "", "the interval of the gap between weak and strong includes 0"
		return e
	}
	if errors := stats.GapErrors(gap); e.Withheld == "" && errors < stats.SureGap {
		e.Warnings = append(e.Warnings, stats.SmallGap(errors))
	}
	return e
}

func (a *Standing) gap() []float64 {
	weak, strong := a.s.ends(a.c)
	for i := range weak {
		strong[i] -= weak[i]
	}
	return strong
}

func minus(x, y linearised) (d []float64, why string) {
	for _, l := range []linearised{x, y} {
		if l.why != "" {
			return nil, l.why
		}
	}
	d = make([]float64, len(x.values))
	for i := range d {
		d[i] = x.values[i] - y.values[i]
	}
	return d, ""
}

// alike withholds the interval of a difference that is none on any task.
func alike(e stats.Estimate) stats.Estimate {
	if e.Withheld == "" && !(e.Hi-e.Lo > 1e-12) || e.Value == 0 && math.IsNaN(e.Lo) {
		e.Lo, e.Hi, e.Method, e.Withheld = nan, nan, "", "the two order all tasks alike"
	}
	return e
}
