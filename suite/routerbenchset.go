package suite

import (
	"fmt"
	"math"
	"strings"

	"waymark/internal/curve"
	"waymark/internal/stats"
)

// yardsticks are what rows are measured against, on the reported rows; quality is in the
// dataset's units but for the oracle's.
type yardsticks struct {
	oracle          hindsight
	oracleQ, random []float64
	best            series // of the best constant; without columns where there is none
	bestQ           []float64
	againstBest     string
}

func (f *field) yardsticks() yardsticks {
	y := yardsticks{oracle: f.hindsight()}
	y.oracleQ = f.inUnits(y.oracle.quality)
	shares := make([]float64, len(f.table.Quality))
	for i := range shares {
		shares[i] = 1 / float64(len(shares))
	}
	y.random = f.inUnits(f.mixed(shares).quality)
	if f.best >= 0 {
		y.best = f.constant(f.best)
		y.bestQ = f.inUnits(y.best.quality)
		y.againstBest = "relative to " + f.name(f.best)
	}
	return y
}

// routerBenchSet is LLMRouterBench's set (Li et al. 2026, §3.2), for one operating
// point: gains and gaps are relative, in the dataset's units.
//
//	perf_gain   = q/q_best − 1      q_best, c_best of the best constant
//	cost_save   = 1 − c/c_best      where q ≥ q_best, else not reached
//	gain_random = q/q_random − 1    every model equally often, in expectation
//	gap_oracle  = 1 − q/q_oracle
//
// Ratios of paired means have Fieller's interval (stats.Ratio).
func (f *field) routerBenchSet(x subject, y yardsticks) {
	if !f.whole(x) {
		return
	}
	q := f.inUnits(x.series.quality)
	set := func(name, unit string, e stats.Estimate) {
		x.row.Metrics[name] = Metric{Interval: Interval(e), Unit: unit}
	}
	set("gain_random", "relative to a random model", gain(f.m.ratio(q, y.random)))
	if y.oracle.known > 0 {
		set("gap_oracle", "relative to the oracle", loss(f.m.ratio(q, y.oracleQ)))
	}
	if f.best < 0 {
		return
	}
	set("perf_gain", y.againstBest, gain(f.m.ratio(q, y.bestQ)))
	if f.b.costKnown {
		x.row.Metrics["cost_save"] = f.costSave(x.series, y.best)
	}
}

// costSave is what is saved against the best constant by a policy of at least its quality.
func (f *field) costSave(s, best series) Metric {
	m := Metric{Unit: "relative to " + f.name(f.best)}
	d := f.m.pairedQuality(s.quality, best.quality)
	if d.Value < 0 {
		m.NotReached = true
		m.Interval = Interval(nothing("its quality is below that of the best constant"))
		return m
	}
	e := loss(f.m.ratio(s.cost, best.cost))
	if !(d.Lo >= 0) && !equal(s.quality, best.quality) {
		e.Warnings = append(e.Warnings, "its quality is that of the best constant by the estimate; the interval of the difference does not show it")
	}
	m.Interval = Interval(e)
	return m
}

// inUnits is quality in the dataset's units, of which the ratios are.
func (f *field) inUnits(quality []float64) []float64 {
	out := make([]float64, len(quality))
	for k, q := range quality {
		out[k] = f.m.lo + f.m.span*q
	}
	return out
}

// gain is a ratio minus 1, and loss is 1 minus a ratio.
func gain(e stats.Estimate) stats.Estimate {
	e.Value, e.Lo, e.Hi = e.Value-1, e.Lo-1, e.Hi-1
	return e
}

func loss(e stats.Estimate) stats.Estimate {
	e.Value, e.Lo, e.Hi = 1-e.Value, 1-e.Hi, 1-e.Lo
	return e
}

// curveGains are PerfGain and CostSave as published, which take the best of all
// configurations of a router: the knob of the highest quality, and the cheapest knob of at
// least the best constant's quality. Taken on the tasks that they are reported on they are
// maxima over noise; so knobs are chosen on the tune split and reported on the test split.
// Without a split the published number has no interval.
func (f *field) curveGains(out *Curve, cands []*candidate) {
	if f.best < 0 {
		return
	}
	for _, c := range cands {
		if c.entry.Name != out.Policy || c.sweep == nil {
			continue
		}
		chosen, err := c.sweepOver(f.b, f.b.tune)
		if err != nil {
			out.Warnings = append(out.Warnings, "no gain over the best constant: "+err.Error())
			return
		}
		best := f.b.constant(f.best, chosen.rows)
		floor := f.meanOf(best.quality, chosen.rows)
		top, cheapest := extremes(chosen.curve, floor)
		unit := "relative to " + f.name(f.best)
		perf := func(s, best series) stats.Estimate {
			return gain(f.m.ratio(f.inUnits(s.quality), f.inUnits(best.quality)))
		}
		out.Metrics["perf_gain"] = Metric{Unit: unit, Interval: f.atKnob(c, chosen.curve[top].Knob, perf)}
		if !f.b.costKnown {
			return
		}
		if cheapest < 0 {
			out.Metrics["cost_save"] = Metric{Unit: unit, NotReached: true, Interval: Interval(nothing("no knob has the best constant's quality on the tune split"))}
			return
		}
		save := func(s, best series) stats.Estimate { return loss(f.m.ratio(s.cost, best.cost)) }
		out.Metrics["cost_save"] = Metric{Unit: unit, Interval: f.atKnob(c, chosen.curve[cheapest].Knob, save)}
	}
}

// extremes are the point of the highest quality, ties to the cheapest, and the
// cheapest of at least a quality, -1 if none has it.
func extremes(points curve.Curve, floor float64) (top, cheapest int) {
	cheapest = -1
	for i, p := range points {
		if b := points[top]; p.Quality > b.Quality || p.Quality == b.Quality && p.Cost < b.Cost {
			top = i
		}
		if p.Quality >= floor && (cheapest < 0 || p.Cost < points[cheapest].Cost) {
			cheapest = i
		}
	}
	return top, cheapest
}

// meanOf is a weighted mean over rows of the matrix.
func (f *field) meanOf(values []float64, rows []int) float64 {
	weights := f.b.units.of(rows).weights
	var sum, total float64
	for k, v := range values {
		w := 1.0
		if weights != nil {
			w = weights[k]
		}
		sum += w * v
		total += w
	}
	return sum / total
}

// atKnob estimates something of a swept policy at a knob against the best constant, on
// the reported rows that its curve covers.
func (f *field) atKnob(c *candidate, knob float64, of func(s, best series) stats.Estimate) Interval {
	s := newSeries(len(f.all))
	for k, i := range f.b.test {
		if ok, _ := c.covered(f.b, i); ok {
			s.quality[k], s.cost[k] = c.atKnob(f.b, i, knob)
		}
	}
	e := of(s, f.constant(f.best))
	e.Warnings = append(e.Warnings, fmt.Sprintf("at the knob %s, chosen on the %s", told4(c.numbers(knob)), pickText(f.b.split, "tune split", "tasks that it is reported on")))
	if !f.b.split {
		e.Lo, e.Hi, e.Method = math.NaN(), math.NaN(), ""
		e.Withheld = "the knob was chosen as the best on these same tasks: a maximum over noise"
	}
	return Interval(e)
}

// told4 is a knob in four digits.
func told4(knob []Number) string {
	var out []string
	for _, x := range knob {
		out = append(out, fmt.Sprintf("%.4g", float64(x)))
	}
	return strings.Join(out, " ")
}

// atKnob is the quality and cost of a row at a knob.
func (c *candidate) atKnob(b *board, row int, knob float64) (quality, cost float64) {
	at := c.steps.Start[row]
	for k := at; k < c.steps.Start[row+1] && c.steps.From[k] <= knob; k++ {
		at = k
	}
	o := c.reader(b)(row, at)
	return o.quality, o.cost
}

// paretoDistances are ParetoDist: how far each row lies from the nearest policy of the
// frontier, in the Euclidean norm once cost and quality are each divided by their range
// over the constants, which no policy changes. It is 0 on the frontier. It has no
// interval: it is a distance to a maximum over noise and cannot fall below 0, so that
// near the frontier none is honest; frontier_frequency says how sure its place is.
func (f *field) paretoDistances(subjects []subject) {
	if !f.b.costKnown {
		return
	}
	var spots, constants []curve.Spot
	var rows []*PolicyRow
	for _, x := range subjects {
		if !f.whole(x) {
			continue
		}
		spot := curve.Spot{Quality: x.row.Quality.Value, Cost: x.row.Cost.PerTask.Value}
		spots, rows = append(spots, spot), append(rows, x.row)
		if x.cand == nil {
			constants = append(constants, spot)
		}
	}
	for i, d := range curve.ParetoDistances(spots, constants) {
		why := "a distance to a frontier, which is a maximum over noise, and never below 0: see frontier_frequency"
		if math.IsNaN(d) {
			why = "the models do not differ in cost or quality, so that there is no scale"
		}
		rows[i].Metrics["pareto_dist"] = Metric{Unit: "of the constants' ranges, Euclidean", Interval: Interval(bare(d, why))}
	}
}
