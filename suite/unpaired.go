package suite

import (
	"fmt"
	"math"

	"waymark/internal/claim"
	"waymark/internal/stats"
)

// unpaired estimates a claim about two runs with few tasks in common: each run's
// part on its own, the other's tasks reweighted to this run's mix of categories, and the two
// as independent samples (Welch 1947).
func (j *judge) unpaired(c claim.Claim) (measured, error) {
	m := measured{method: "unpaired and reweighted", quantile: stats.TQuantile(j.now.Level, len(j.now.Tasks))}
	var value, variance float64
	n := 0
	for _, t := range c.Terms {
		e, o, _, err := j.outcomes(t)
		if err != nil {
			return m, err
		}
		in, err := e.slice(t)
		if err != nil {
			return m, err
		}
		other := *e
		if e != j.now {
			var ok bool
			if other.Weights, ok = reweighted(e, j.now); !ok {
				j.warn(fmt.Sprintf("some categories of this run have no task in %s: its tasks are compared as they are, not reweighted", name(e)))
			} else {
				j.warn(fmt.Sprintf("%d of %d tasks are in %s too: compared as two independent samples, its tasks reweighted to this run's categories", overlap(j.now, e), len(j.now.Tasks), name(e)))
			}
		}
		p := part{term: t, values: values(t, o), in: in}
		rows := complete([]part{p}, len(other.Tasks))
		if len(rows) == 0 {
			m.estimate = Interval(nothing("no task has all values that it needs"))
			return m, nil
		}
		one := stats.Linear(other.sample(linearised(p.values, in, rows, other.Weights), rows), j.now.Level)
		value += t.Factor * one.Value
		m.unchanged += t.Factor * j.meanNow(t, one.Value)
		se := (one.Hi - one.Lo) / 2
		if one.Withheld != "" {
			m.estimate = Interval(nothing(one.Withheld))
			return m, nil
		}
		variance += t.Factor * t.Factor * se * se
		n += len(rows)
	}
	half := math.Sqrt(variance)
	m.estimate = Interval{Value: value, Lo: value - half, Hi: value + half, Confidence: j.now.Level, N: n, Method: "two independent means"}
	return m, nil
}

// meanNow is a term's metric in the run at hand.
func (j *judge) meanNow(t claim.Term, otherwise float64) float64 {
	o := j.now.Rows[t.Of]
	if o == nil {
		return otherwise
	}
	in, err := j.now.slice(t)
	if err != nil {
		return otherwise
	}
	p := part{term: t, e: j.now, o: o, values: values(t, o), in: in}
	t.Factor = 1
	p.term.Factor = 1
	return j.unchanged([]part{p}, complete([]part{p}, len(j.now.Tasks)))
}

// reweighted are weights for the tasks of e under which its categories have the
// shares that they have in like; ok is false where some of them have no task there.
func reweighted(e, like *Evidence) (weights []float64, ok bool) {
	mine, theirs := e.categoryWeights(), like.categoryWeights()
	for c := range theirs {
		if mine[c] == 0 {
			return e.Weights, false
		}
	}
	weights = make([]float64, len(e.Tasks))
	for i, c := range e.Slices["category"] {
		w := 1.0
		if e.Weights != nil {
			w = e.Weights[i]
		}
		weights[i] = w * theirs[c] / mine[c]
	}
	return weights, true
}

// categoryWeights are the shares of weight by category.
func (e *Evidence) categoryWeights() map[string]float64 {
	out, total := map[string]float64{}, 0.0
	for i, c := range e.Slices["category"] {
		w := 1.0
		if e.Weights != nil {
			w = e.Weights[i]
		}
		out[c] += w
		total += w
	}
	for c := range out {
		out[c] /= total
	}
	return out
}

// figure is a metric of a policy's curve.
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
	f := x.Interval
	f.Value, f.Lo, f.Hi = t.Factor*f.Value, t.Factor*f.Lo, t.Factor*f.Hi
	if t.Factor < 0 {
		f.Lo, f.Hi = f.Hi, f.Lo
	}
	return measured{estimate: f, unchanged: f.Value, quantile: stats.TQuantile(j.now.Level, max(1, f.Groups-1))}
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
	return measured{estimate: Interval{Value: n, Lo: n, Hi: n, N: len(o.Quality), Method: "counted"}, unchanged: n, quantile: 1}, nil
}

// latency is a quantile with its interval.
func (j *judge) latency(t claim.Term) (measured, error) {
	e, o, _, err := j.outcomes(t)
	if err != nil {
		return measured{}, err
	}
	var known []float64
	var rows []int
	for i, x := range o.Latency {
		if !math.IsNaN(x) {
			known, rows = append(known, x), append(rows, i)
		}
	}
	if len(known) == 0 {
		return measured{estimate: Interval(nothing("no latency is recorded"))}, nil
	}
	q := Interval(stats.SampleQuantile(e.sample(known, rows), quantiles[t.Metric.Name], e.Level))
	q.Value, q.Lo, q.Hi = t.Factor*q.Value, t.Factor*q.Lo, t.Factor*q.Hi
	if t.Factor < 0 {
		q.Lo, q.Hi = q.Hi, q.Lo
	}
	return measured{estimate: q, unchanged: q.Value, quantile: stats.TQuantile(e.Level, max(1, len(known)-1))}, nil
}
