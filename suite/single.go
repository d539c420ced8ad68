package suite

import (
	"fmt"
	"math"
	"strings"

	"waymark/internal/claim"
	"waymark/internal/stats"
)

// figure is a metric of a policy's curve or score, or of a model.
func (j *judge) figure(t claim.Term) measured {
	e, _, _, err := j.outcomes(t)
	if err != nil {
		return measured{estimate: Interval(nothing(err.Error()))}
	}
	x, ok := e.Figures[t.Of][t.Metric.Name]
	switch {
	case !ok:
		return measured{estimate: Interval(nothing(fmt.Sprintf("this run knows no %s of %s: it needs a policy with a curve or a score", t.Metric.Name, t.Of)))}
	case x.NotReached:
		return measured{estimate: Interval(nothing("not reached"))}
	}
	f := stats.Estimate(x.Interval)
	f.Confidence = e.Level
	m := measured{method: "one run", alone: true, least: math.Inf(-1), most: math.Inf(1)}
	var g stats.Gate
	switch {
	case f.Withheld != "" || !(f.Lo < f.Hi):
	case strings.HasPrefix(t.Metric.Name, "cpt"):
		m.whyNot = t.Metric.Name + " moves in steps, so that no standard error describes it"
	default:
		g = figureGate(f)
	}
	m.estimate, m.gate = scaled(f, g, 0, t.Factor)
	m.still = m.estimate
	return m
}

// figureGate takes the interval of a figure as about normal.
func figureGate(f stats.Estimate) stats.Gate {
	level := (1 - f.Confidence) / 2
	g := stats.Student{Value: f.Value, Lo: f.Lo, Hi: f.Hi, DF: math.Inf(1), Level: level}
	g.SE = (f.Hi - f.Lo) / 2 / g.Quantile()
	return g
}

// count is a number of tasks, which is what it is.
func (j *judge) count(t claim.Term) (measured, error) {
	_, o, _, err := j.outcomes(t)
	if err != nil {
		return measured{}, err
	}
	n := t.Factor * float64(o.Holes)
	if t.Metric.Name == "failed" {
		n = t.Factor * float64(o.Failed)
	}
	m := measured{method: "one run", fact: true, alone: true, whyNot: "it is counted, and not estimated: nothing about it is left to chance in this run"}
	m.estimate = Interval{Value: n, Lo: n, Hi: n, Confidence: j.now.Level, N: len(o.Quality), Method: "counted"}
	return m, nil
}

// latency is a quantile with its interval. It is held to a bound by the share of tasks
// within the bound, of which at least so many must be: how far a quantile can move tells
// nobody, how far a share can does.
func (j *judge) latency(c claim.Claim) (measured, error) {
	t := c.Terms[0]
	e, o, _, err := j.outcomes(t)
	if err != nil {
		return measured{}, err
	}
	var known, within []float64
	var rows []int
	bound := c.Bound / t.Factor
	for i, x := range o.Latency {
		if !math.IsNaN(x) {
			known, rows, within = append(known, x), append(rows, i), append(within, pick(x <= bound, 1, 0))
		}
	}
	if len(known) == 0 {
		return measured{estimate: Interval(nothing("no latency is recorded"))}, nil
	}
	if answered := len(o.Latency); len(known) < answered {
		j.warn(fmt.Sprintf("%s: latency is recorded on %d of %d tasks", t, len(known), answered))
	}
	p := quantiles[t.Metric.Name]
	m := measured{method: "one run", alone: true}
	m.estimate, _ = scaled(stats.SampleQuantile(e.sample(known, rows), p, e.Level), nil, 0, t.Factor)
	if m.estimate.Withheld != "" {
		return m, nil
	}
	share, g := stats.GatedMean(e.sample(within, rows), e.Level)
	if share.Withheld == "" {
		m.still = Interval(share)
		m.gate = quantileGate{g, p, pick(t.Factor > 0, 1, -1)}
		m.noNotice = "how far a change would move the quantile depends on which tasks get slower"
	}
	return m, nil
}

// A quantileGate is that of a quantile, by the share of tasks within the bound: the
// truth is such a share. The bound that is asked about is the claim's.
type quantileGate struct {
	share stats.Gate
	p     float64
	sign  float64
}

// Above is the chance that the quantile's lower end is above the bound: that the share's upper end is
// below p.
func (q quantileGate) Above(_, truth, level float64) float64 {
	if q.sign < 0 {
		return q.share.Above(q.p, truth, level)
	}
	return q.share.Below(q.p, truth, level)
}

// Below is the chance that the quantile's upper end is below the bound.
func (q quantileGate) Below(_, truth, level float64) float64 {
	if q.sign < 0 {
		return q.share.Below(q.p, truth, level)
	}
	return q.share.Above(q.p, truth, level)
}

// PBelow is the p-value of the quantile being at least the bound.
func (q quantileGate) PBelow(float64) float64 {
	if q.sign < 0 {
		return q.share.PBelow(q.p)
	}
	return q.share.PAbove(q.p)
}

// PAbove is the p-value of the quantile being at most the bound.
func (q quantileGate) PAbove(float64) float64 {
	if q.sign < 0 {
		return q.share.PAbove(q.p)
	}
	return q.share.PBelow(q.p)
}
