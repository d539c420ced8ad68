package suite

import (
	"fmt"
	"math"

	"waymark"
	"waymark/internal/runner"
	"waymark/internal/stats"
)

// Quantiles of latency, in milliseconds; Known is false where none is recorded. A
// task's latency is that of all calls that its answer took: rounds follow each other, the
// calls of a round run side by side and take as long as the slowest, and what the router
// itself took is one of them.
type Quantiles struct {
	Known bool    `json:"known"`
	P50   float64 `json:"p50"`
	P95   float64 `json:"p95"`
	P99   float64 `json:"p99"`
	N     int     `json:"n"` // tasks whose latency is recorded
	// Intervals of p50, p95 and p99.
	Intervals map[string]Interval `json:"intervals,omitempty"`
	// Router is the router's own time per task and RouterShare its share of the
	// whole; nil where it takes none that is recorded.
	Router      *Interval `json:"router_per_task,omitempty"`
	RouterShare *Interval `json:"router_share,omitempty"`
	Warnings    []string  `json:"warnings,omitempty"`
}

// A timing is one latency of a task: one of several where decisions or responses were
// repeated, which share its weight. A quantile of their means would hide the tail.
type timing struct {
	position   int     // among the reported rows
	ms, router float64 // of which the router's own
	share      float64 // of the task
}

// latency fills in a row's latencies, and its share within an objective of slo
// milliseconds where there is one.
func (f *field) latency(x subject, slo *float64) {
	timings := f.timings(x)
	x.row.Latency = f.quantiles(timings)
	if slo == nil {
		return
	}
	within := make([]float64, len(f.all))
	for k := range within {
		within[k] = math.NaN()
	}
	for _, t := range timings {
		if math.IsNaN(within[t.position]) {
			within[t.position] = 0
		}
		within[t.position] += t.share * pick(t.ms <= *slo, 1, 0)
	}
	for k, share := range within {
		if share > 1-1e-9 {
			within[k] = 1 // thirds do not sum to it
		}
	}
	e := Interval(nothing("no latencies are recorded"))
	if len(timings) > 0 {
		e = Interval(stats.Mean(f.m.sample(within), f.m.confidence))
	}
	x.row.WithinSLO = &e
}

// quantiles sums latencies up: by R's type 7 where they are not weighted, and where they
// are by the least latency at or below which the share of the weight lies.
func (f *field) quantiles(timings []timing) Quantiles {
	if len(timings) == 0 {
		return Quantiles{}
	}
	s := f.timingSample(timings)
	q := Quantiles{Known: true, Intervals: map[string]Interval{}}
	last := -1
	for _, t := range timings { // those of a task follow each other
		if t.position != last {
			q.N++
			last = t.position
		}
	}
	plain, err := stats.Latency(s.Values)
	for _, x := range []struct {
		name  string
		p     float64
		plain float64
		to    *float64
	}{{"p50", 0.5, plain.P50, &q.P50}, {"p95", 0.95, plain.P95, &q.P95}, {"p99", 0.99, plain.P99, &q.P99}} {
		e := stats.SampleQuantile(s, x.p, f.m.confidence)
		e.N = q.N
		if s.Weights == nil && err == nil {
			e.Value = x.plain
		}
		*x.to, q.Intervals[x.name] = e.Value, Interval(e)
	}
	if left := len(f.all) - q.N; left > 0 {
		q.Warnings = append(q.Warnings, fmt.Sprintf("of %d tasks, no latency or no answer is recorded for %d", len(f.all), left))
	}
	f.overhead(&q, timings)
	return q
}

// overhead is what of the latency is the router's own.
func (f *field) overhead(q *Quantiles, timings []timing) {
	whole, own := make([]float64, len(f.all)), make([]float64, len(f.all))
	for k := range whole {
		whole[k], own[k] = math.NaN(), math.NaN()
	}
	some := false
	for _, t := range timings {
		if math.IsNaN(whole[t.position]) {
			whole[t.position], own[t.position] = 0, 0
		}
		whole[t.position] += t.share * t.ms
		own[t.position] += t.share * t.router
		some = some || t.router > 0
	}
	if !some {
		return
	}
	mean, share := Interval(stats.Amount(f.m.sample(own), f.m.confidence)), Interval(f.m.ratio(own, whole))
	q.Router, q.RouterShare = &mean, &share
}

// timingSample is latencies with their weights and units: those of one task are a unit.
func (f *field) timingSample(timings []timing) stats.Sample {
	var s stats.Sample
	u := f.m.units
	plain := u.weights == nil
	for _, t := range timings {
		plain = plain && t.share == 1
	}
	for _, t := range timings {
		s.Values = append(s.Values, t.ms)
		s.Keys = append(s.Keys, u.keys[t.position])
		if !plain {
			w := t.share
			if u.weights != nil {
				w *= u.weights[t.position]
			}
			s.Weights = append(s.Weights, w)
		}
		switch {
		case u.groups != nil:
			s.Groups = append(s.Groups, u.groups[t.position])
		case !plain:
			s.Groups = append(s.Groups, int32(t.position))
		}
	}
	return s
}

// timings are a row's latencies, task by task; a task of which one is not known is left out.
func (f *field) timings(x subject) (out []timing) {
	if x.cand == nil {
		for k, i := range f.b.test {
			if !math.IsNaN(x.series.quality[k]) {
				out = append(out, f.b.answerTimings(x.col, i, k, 0, 1)...)
			}
		}
		return out
	}
	own := f.routerTimes(x.cand)
	for k, i := range f.b.test {
		if math.IsNaN(x.series.quality[k]) {
			continue
		}
		var task []timing
		for r, rows := range x.cand.rows {
			one := f.repeatTimings(x.cand, rows, i, k, own(r, i), 1/float64(len(x.cand.rows)))
			if one == nil {
				task = nil
				break
			}
			task = append(task, one...)
		}
		out = append(out, task...)
	}
	return out
}

// repeatTimings are the latencies of one repeat of a task, nil where unknown.
func (f *field) repeatTimings(c *candidate, rows *runner.Rows, row, position int, own, share float64) []timing {
	if rows.Latency[row] == 0 {
		return nil
	}
	if c.selector() != nil {
		return f.b.answerTimings(int(rows.Model[row]), row, position, own, share)
	}
	return []timing{{position, milliseconds(rows, row), own, share}}
}

func milliseconds(rows *runner.Rows, row int) float64 { return rows.Latency[row].Seconds() * 1000 }

// answerTimings are the latencies of a cell's answers, after what the router took.
func (b *board) answerTimings(col, row, position int, own, share float64) []timing {
	c := &b.matrix.Columns[col]
	if c.Latency[row] <= 0 {
		return nil
	}
	n := b.matrix.Samples(col, row)
	if n < 2 {
		return []timing{{position, own + c.Latency[row].Seconds()*1000, own, share}}
	}
	out := make([]timing, n)
	for s := range out {
		out[s] = timing{position, own + b.matrix.Sample(col, row, s).Response.Latency.Seconds()*1000, own, share / float64(n)}
	}
	return out
}

// routerTimes is the router's own time, in milliseconds, by repeat and row: what a
// one-shot policy is charged for, and what any other spends beyond its answers.
func (f *field) routerTimes(c *candidate) func(repeat, row int) float64 {
	s := c.selector()
	if s == nil {
		return func(repeat, row int) float64 {
			calls := c.rows[repeat].Traces[row].Calls
			var answers []waymark.Call
			for _, call := range calls {
				if call.Purpose == waymark.ForAnswer {
					answers = append(answers, call)
				}
			}
			return (waymark.LatencyOf(calls) - waymark.LatencyOf(answers)).Seconds() * 1000
		}
	}
	if _, ok := s.(waymark.Charger); !ok {
		return func(int, int) float64 { return 0 }
	}
	return func(repeat, row int) float64 { return c.rows[repeat].Spent[row].Latency.Seconds() * 1000 }
}
