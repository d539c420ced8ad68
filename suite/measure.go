package suite

import (
	"math"
	"slices"

	"waymark"
	"waymark/internal/replay"
	"waymark/internal/runner"
	"waymark/internal/stats"
)

// A series is what one policy, or one model, did on the rows that are reported,
// one entry a row: NaN where there is nothing to report.
type series struct {
	quality []float64 // in [0,1]
	cost    []float64 // US dollars
	latency []float64 // milliseconds
}

func newSeries(n int) series {
	s := series{quality: make([]float64, n), cost: make([]float64, n), latency: make([]float64, n)}
	for i := range n {
		s.quality[i], s.cost[i], s.latency[i] = math.NaN(), math.NaN(), math.NaN()
	}
	return s
}

// constant is the series of a model that answers everything.
func (b *board) constant(col int, rows []int) series {
	s := newSeries(len(rows))
	c := &b.matrix.Columns[col]
	for k, i := range rows {
		if c.State[i]&replay.HasScore != 0 && c.State[i]&replay.HasResponse != 0 {
			s.quality[k] = c.Score[i]
		}
		if c.State[i]&replay.HasCost != 0 && c.State[i]&replay.HasResponse != 0 {
			s.cost[k] = c.Cost[i].Float()
		}
		if c.Latency[i] > 0 {
			s.latency[k] = c.Latency[i].Seconds() * 1000
		}
	}
	return s
}

// observed is the series of a policy that was run, averaged over its repeats. A
// row counts only where every repeat was answered.
func observed(repeats []*runner.Rows, rows []int) series {
	s := newSeries(len(rows))
	n := float64(len(repeats))
	for k, i := range rows {
		var quality, cost, latency float64
		for _, r := range repeats {
			if r.Status[i] != runner.Answered {
				quality, cost, latency = math.NaN(), math.NaN(), math.NaN()
				break
			}
			quality += r.Quality[i] / n
			if !r.CostKnown[i] {
				cost = math.NaN()
			}
			cost += r.Cost[i].Float() / n
			if r.Latency[i] == 0 {
				latency = math.NaN()
			}
			latency += r.Latency[i].Seconds() * 1000 / n
		}
		s.quality[k], s.cost[k], s.latency[k] = quality, cost, latency
	}
	return s
}

// A meter makes estimates on the rows that are reported.
type meter struct {
	units      units // of those rows
	confidence float64
	lo, span   float64 // quality in [0,1] → the dataset's units
	costKnown  bool
}

func newMeter(b *board, rows []int, confidence float64) *meter {
	return &meter{
		units: b.units.of(rows), confidence: confidence, costKnown: b.costKnown,
		lo: b.info.QualityLo, span: b.info.QualityHi - b.info.QualityLo,
	}
}

// sample is the finite values, with their units; rows are those of positions
// that hold, nil for all.
func (m *meter) sample(values []float64) stats.Sample {
	s := stats.Sample{}
	for i, v := range values {
		if math.IsNaN(v) {
			continue
		}
		s.Values = append(s.Values, v)
		s.Keys = append(s.Keys, m.units.keys[i])
		if m.units.weights != nil {
			s.Weights = append(s.Weights, m.units.weights[i])
		}
		if m.units.groups != nil {
			s.Groups = append(s.Groups, m.units.groups[i])
		}
	}
	return s
}

// quality estimates a mean of scores, in the dataset's units.
func (m *meter) quality(scores []float64) Interval {
	return m.scaled(stats.Mean(m.sample(scores), m.confidence), m.lo)
}

// qualityDifference estimates a mean of differences of scores.
func (m *meter) qualityDifference(diffs []float64) Interval {
	return m.scaled(stats.MeanDifference(m.sample(diffs), m.confidence), 0)
}

func (m *meter) scaled(e stats.Estimate, offset float64) Interval {
	e.Value, e.Lo, e.Hi = offset+m.span*e.Value, offset+m.span*e.Lo, offset+m.span*e.Hi
	return Interval(e)
}

// cost estimates a mean of costs, in dollars per task.
func (m *meter) cost(costs []float64) Interval {
	if !m.costKnown {
		return unknownCost
	}
	return Interval(stats.Amount(m.sample(costs), m.confidence))
}

func (m *meter) costDifference(diffs []float64) Interval {
	if !m.costKnown {
		return unknownCost
	}
	return Interval(stats.MeanDifference(m.sample(diffs), m.confidence))
}

var unknownCost = Interval{Value: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), Withheld: "costs are unknown"}

// spent is what a series cost, in all and per task.
func (m *meter) spent(costs []float64) Cost {
	if !m.costKnown {
		return Cost{PerTask: unknownCost}
	}
	var total waymark.USDSum
	for _, c := range costs {
		if usd, err := waymark.Dollars(c); err == nil {
			total.Add(usd)
		}
	}
	c := Cost{Known: true, Total: total.Float(), PerTask: m.cost(costs)}
	if m.units.weights != nil { // of as many tasks of the kind that the weights stand for
		c.Total = c.PerTask.Value * float64(c.PerTask.N)
	}
	return c
}

// pairedQuality compares two series of scores pairwise: by the score interval where tasks are won or
// lost whole.
func (m *meter) pairedQuality(a, b []float64) Interval {
	diffs := m.sample(minus(a, b))
	if !slices.ContainsFunc(diffs.Values, func(d float64) bool { return d != 0 }) {
		return m.scaled(stats.MeanDifference(diffs, m.confidence), 0)
	}
	return m.scaled(stats.PairedDifference(diffs, m.confidence), 0)
}

// versus compares two series pairwise, on the rows that both have.
func (m *meter) versus(name string, a, b series) *Versus {
	return &Versus{
		Name:    name,
		Quality: m.pairedQuality(a.quality, b.quality),
		Cost:    m.costDifference(minus(a.cost, b.cost)),
	}
}

func minus(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] - b[i]
	}
	return out
}
