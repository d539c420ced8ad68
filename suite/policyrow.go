package suite

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"waymark/internal/curve"
	"waymark/internal/stats"
)

// policy describes a candidate: its curve, if it is swept, and its row, if it ran. A
// swept one comes with what it is told from others by.
func (f *field) policy(res *Result, c *candidate) (*PolicyRow, *standing, error) {
	metrics := map[string]Metric{}
	scores := f.scored(c)
	var swept *standing
	if c.sweep != nil {
		sw, err := c.sweepOver(f.b, f.b.test)
		if err != nil {
			return nil, nil, err
		}
		metrics = f.metrics(c, sw)
		drawn := f.curve(c, sw, res.Split)
		drawn.Metrics = metrics
		swept = &standing{c: c, sw: sw, s: scores, drawn: len(res.Curves)}
		res.Curves = append(res.Curves, drawn)
	}
	if scores != nil {
		s := f.scorer(c, scores, res.Split)
		res.Scorers = append(res.Scorers, s)
		s.figures(metrics)
		f.oracle(scores, metrics)
	}
	if c.rows == nil {
		return nil, swept, nil
	}
	c.series = observed(c.rows, f.b.test)
	return f.row(res, c, scores, maps.Clone(metrics)), swept, nil
}

// row describes a candidate that ran.
func (f *field) row(res *Result, c *candidate, scores *scored, metrics map[string]Metric) *PolicyRow {
	row := f.m.row(c.entry.Name, c.entry.Type, c.series)
	row.Split, row.Metrics = res.Split, metrics
	row.Knob = append(row.Knob, knobOf(c)...)
	row.account(c.rows, f.b.test, f.m.units.weights, f.b.matrix.Models)
	if scores != nil {
		row.Metrics["pgr"] = f.recovered(c, scores, row.Holes)
		res.Scorers[len(res.Scorers)-1].Confusion.figures(row.Metrics)
	}
	f.arena(&row, c.series)
	if row.Holes > 0 { // only under holes: bounds
		f.bound(&row, c)
		return &row
	}
	if f.best >= 0 {
		row.VsBestConstant = f.m.versus(f.name(f.best), c.series, f.constant(f.best))
	}
	row.VsMatchedRandom = f.matchedRandom(c)
	return &row
}

// knobOf is the knob that a policy ran at: chosen, or given in the suite.
func knobOf(c *candidate) []Number {
	if c.knob != nil {
		return c.knob
	}
	if g, ok := c.entry.Config.(interface{ Knobs() []float64 }); ok {
		var out []Number
		for _, x := range g.Knobs() {
			out = append(out, Number(x))
		}
		return out
	}
	return nil
}

// matchedRandom compares a one-shot policy with a random mix of its own
// proportions, in closed form: Σ share_m · quality_m. The shares are estimated
// too: what a task adds to them is part of the difference's influence. A policy that makes
// calls of its own is compared with mixtures of constants at equal cost instead.
func (f *field) matchedRandom(c *candidate) *Versus {
	if c.selector() == nil {
		return f.equalCost(f.m, c)
	}
	shares := make([]float64, len(f.table.Quality))
	picked := make([][]float64, len(f.table.Quality)) // by model, share of a task's repeats
	for col := range picked {
		picked[col] = make([]float64, len(f.all))
	}
	total := 0.0
	for k, i := range f.b.test {
		if math.IsNaN(c.series.quality[k]) {
			continue // not answered: in neither side of the difference
		}
		w := 1.0
		if f.m.units.weights != nil {
			w = f.m.units.weights[k]
		}
		for _, r := range c.rows {
			shares[r.Model[i]] += w / float64(len(c.rows))
			picked[r.Model[i]][k] += 1 / float64(len(c.rows))
		}
		total += w
	}
	if total == 0 {
		return nil
	}
	for col := range shares {
		shares[col] /= total
	}
	mixed := f.mixed(shares)
	quality, cost := minus(c.series.quality, mixed.quality), minus(c.series.cost, mixed.cost)
	for col, share := range shares {
		if share == 0 {
			continue
		}
		q, d := f.table.Means(col, f.answered(c), f.m.units.weights)
		for k := range quality {
			quality[k] -= (picked[col][k] - share) * q
			cost[k] -= (picked[col][k] - share) * d
		}
	}
	return &Versus{Name: "random mix of its own proportions", Quality: f.m.qualityDifference(quality), Cost: f.m.costDifference(cost)}
}

// answered are the positions of the reported rows that a candidate answered.
func (f *field) answered(c *candidate) (out []int) {
	for k, q := range c.series.quality {
		if !math.IsNaN(q) {
			out = append(out, k)
		}
	}
	return out
}

// bound replaces the estimates of a row with holes by worst and best case: a hole
// answered wrongly at the least recorded cost, or rightly at the greatest.
func (f *field) bound(row *PolicyRow, c *candidate) {
	low, high := slices.Clone(c.series.quality), slices.Clone(c.series.quality)
	cheap, dear := slices.Clone(c.series.cost), slices.Clone(c.series.cost)
	least, most := math.Inf(1), math.Inf(-1)
	for _, col := range f.table.Cost {
		for _, x := range col {
			if !math.IsNaN(x) {
				least, most = min(least, x), max(most, x)
			}
		}
	}
	for k := range low {
		if math.IsNaN(low[k]) {
			low[k], high[k], cheap[k], dear[k] = 0, 1, least, most
		}
	}
	why := fmt.Sprintf("%d tasks lack the response that it needs: the interval reaches from their worst to their best case", row.Holes)
	lo, hi := f.m.quality(low), f.m.quality(high)
	row.Quality.Lo, row.Quality.Hi, row.Quality.Method, row.Quality.Withheld = lo.Lo, hi.Hi, "bounds", ""
	if f.b.costKnown {
		lo, hi = f.m.cost(cheap), f.m.cost(dear)
		p := &row.Cost.PerTask
		p.Lo, p.Hi, p.Method, p.Withheld = lo.Lo, hi.Hi, "bounds", ""
	}
	row.Warnings = append(row.Warnings, why)
}

// mostPoints is how many points of a curve a Result keeps: enough to draw, spread
// evenly over its distinct points. The numbers are computed on all of them.
const mostPoints = 512

func (f *field) curve(c *candidate, sw *swept, split string) Curve {
	k := c.sweep.Knob()
	out := Curve{
		Policy: c.entry.Name, KnobName: k.Name, Rising: k.Rising, Weak: string(k.Weak), Strong: string(k.Strong),
		Split: split, N: len(sw.rows), Distinct: len(sw.curve),
	}
	if left := len(f.b.test) - len(sw.rows); left > 0 {
		out.Warnings = append(out.Warnings, fmt.Sprintf("%d of %d tasks have no score or lack an answer and are left out", left, len(f.b.test)))
	}
	band := curve.SimultaneousBand(sw.input, sw.curve, replicates, f.m.confidence, 0)
	out.Band = bandOf(band)
	n := len(sw.curve)
	for j := range min(n, mostPoints) {
		i := j
		if n > mostPoints {
			i = j * (n - 1) / (mostPoints - 1)
		}
		out.Points = append(out.Points, f.point(sw, i, band))
	}
	return out
}

const replicates = 1000

func bandOf(b curve.Band) *Band {
	if b.Points == 0 || math.IsNaN(b.QualityCritical) {
		return nil
	}
	return &Band{QualityCritical: b.QualityCritical, CostCritical: finite(b.CostCritical), Points: b.Points, Replicates: b.Replicates}
}

// point is an operating point with its own interval and its part of the band over all.
func (f *field) point(sw *swept, i int, band curve.Band) Point {
	p := sw.curve[i]
	out := Point{Knob: Number(p.Knob), Quality: f.m.lo + f.m.span*p.Quality, Cost: p.Cost, StrongShare: p.Share}
	if sw.strong == "" {
		out.StrongShare = -1
	}
	t := stats.TQuantile(f.m.confidence, sw.input.Units()-1)
	if sw.curve.Banded(i) {
		out.QualityLo, out.QualityHi = around(out.Quality, t*f.m.span*p.QualityError)
		out.QualityBandLo, out.QualityBandHi = around(out.Quality, band.QualityCritical*f.m.span*p.QualityError)
	}
	if f.b.costKnown && sw.curve.CostBanded(i) {
		out.CostLo, out.CostHi = around(p.Cost, t*p.CostError)
		out.CostBandLo, out.CostBandHi = around(p.Cost, band.CostCritical*p.CostError)
	}
	return out
}

// around is x ± half, nothing where that is not a number.
func around(x, half float64) (lo, hi *Number) {
	if math.IsNaN(half) {
		return nil, nil
	}
	a, b := Number(x-half), Number(x+half)
	return &a, &b
}

// metrics are those of a curve; most need it to lead from a weak to a strong model.
func (f *field) metrics(c *candidate, sw *swept) map[string]Metric {
	out := map[string]Metric{}
	k := c.sweep.Knob()
	if f.b.costKnown {
		out["hypervolume"] = f.hypervolume(c, sw)
	}
	if k.Weak == "" || k.Strong == "" {
		return out
	}
	out["apgr"] = Metric{Interval: Interval(curve.APGRInterval(sw.input, sw.curve, f.m.confidence))}
	for name, p := range map[string]float64{"cpt20": 0.2, "cpt50": 0.5, "cpt80": 0.8} {
		good, reached := curve.CPTInterval(sw.input, sw.curve, p, f.m.confidence)
		first, _, _ := sw.curve.CPT(p)
		out[name] = shareMetric(Interval(good), reached)
		out[name+"_first"] = shareMetric(Interval(bare(first, "the first passage flatters a curve that comes back below it: see "+name)), reached)
	}
	if f.b.costKnown {
		for name, asCoded := range map[string]bool{"aiq": false, "aiq_as_coded": true} {
			out[name] = f.aiq(sw, asCoded)
		}
	}
	return out
}

// aiq is the area under the hull. Its value is the published definition's, a maximum
// over noise; its interval is that of the cross-fitted area.
func (f *field) aiq(sw *swept, asCoded bool) Metric {
	spots := make([]curve.Spot, len(sw.curve))
	for i, p := range sw.curve {
		spots[i] = curve.Spot{Quality: f.m.lo + f.m.span*p.Quality, Cost: p.Cost}
	}
	measure := curve.AIQ
	if asCoded {
		measure = curve.AIQAsCoded
	}
	value, ok := measure(spots)
	if !ok {
		return Metric{Interval: Interval(nothing("all points cost the same"))}
	}
	honest := curve.AIQInterval(sw.input, sw.curve, f.m.confidence, asCoded)
	offset := f.m.lo
	if asCoded { // the area is divided by a greater number than it spans
		last := spots[len(spots)-1].Cost
		for _, s := range spots {
			last = math.Max(last, s.Cost)
		}
		least := last
		for _, s := range spots {
			least = math.Min(least, s.Cost)
		}
		offset *= (last - least) / last
	}
	e := f.m.scaled(honest, offset)
	if e.Withheld == "" && math.Abs(value-e.Value) > 0 {
		e.Warnings = append(e.Warnings, fmt.Sprintf("the hull is a maximum over noise: cross-fitted, the area is %.4g, which the interval is of", e.Value))
	}
	e.Value = value
	return Metric{Interval: e}
}

func shareMetric(e Interval, reached bool) Metric {
	return Metric{Interval: e, Unit: "share to the strong model", NotReached: !reached}
}

// bare is a number without an interval, and the reason.
func bare(x float64, why string) stats.Estimate {
	return stats.Estimate{Value: x, Lo: math.NaN(), Hi: math.NaN(), Withheld: why}
}

func nothing(why string) stats.Estimate { return bare(math.NaN(), why) }
