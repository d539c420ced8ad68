package suite

import (
	"fmt"
	"math"
	"slices"

	"waymark"
	"waymark/internal/curve"
	"waymark/internal/stats"
)

// policy describes a candidate: its curve, if it is swept, and its row, if it ran.
func (f *field) policy(res *Result, c *candidate) (*PolicyRow, error) {
	metrics := map[string]Metric{}
	if c.sweep != nil {
		sw, err := c.sweepOver(f.b, f.b.test)
		if err != nil {
			return nil, err
		}
		if metrics, err = f.metrics(c, sw); err != nil {
			return nil, err
		}
		drawn := f.curve(c, sw, res.Split)
		drawn.Metrics = metrics
		res.Curves = append(res.Curves, drawn)
	}
	if c.rows == nil {
		return nil, nil
	}
	c.series = observed(c.rows, f.b.test)
	row := f.m.row(c.entry.Name, c.entry.Type, c.series)
	row.Split, row.Metrics = res.Split, metrics
	row.Knob = append(row.Knob, knobOf(c)...)
	row.account(c.rows, f.b.test, f.b.matrix.Models)
	if row.Holes > 0 { // only under holes: bounds
		f.bound(&row, c)
		return &row, nil
	}
	if f.best >= 0 {
		row.VsBestConstant = f.m.versus(f.name(f.best), c.series, f.constant(f.best))
	}
	row.VsMatchedRandom = f.matchedRandom(c)
	return &row, nil
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
// too: what a task adds to them is part of the difference's influence.
func (f *field) matchedRandom(c *candidate) *Versus {
	if c.selector() == nil {
		return nil
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
	t := stats.TQuantile(f.m.confidence, f.unitsOf(sw)-1)
	n := len(sw.curve)
	for j := range min(n, mostPoints) {
		i := j
		if n > mostPoints {
			i = j * (n - 1) / (mostPoints - 1)
		}
		out.Points = append(out.Points, f.point(sw.curve, i, t))
	}
	return out
}

func (f *field) unitsOf(sw *swept) int {
	groups := map[int32]bool{}
	for _, g := range sw.input.Groups {
		groups[g] = true
	}
	if len(groups) > 0 {
		return len(groups)
	}
	return len(sw.rows)
}

// leastRerouted is how many tasks must decide otherwise than at either end before
// a point has a band.
const leastRerouted = 20

func (f *field) point(c curve.Curve, i int, t float64) Point {
	p := c[i]
	out := Point{Knob: Number(p.Knob), Quality: f.m.lo + f.m.span*p.Quality, Cost: p.Cost, StrongShare: p.Share}
	last := c[len(c)-1]
	if p.Rerouted < leastRerouted || last.Rerouted-p.Rerouted < leastRerouted || math.IsNaN(t*p.QualityError) {
		return out
	}
	set := func(x float64) *Number { n := Number(x); return &n }
	half := f.m.span * t * p.QualityError
	out.QualityLo, out.QualityHi = set(out.Quality-half), set(out.Quality+half)
	if f.b.costKnown {
		out.CostLo, out.CostHi = set(p.Cost-t*p.CostError), set(p.Cost+t*p.CostError)
	}
	return out
}

const replicates = 1000

// metrics are those of a curve between a weak and a strong model.
func (f *field) metrics(c *candidate, sw *swept) (map[string]Metric, error) {
	out := map[string]Metric{}
	k := c.sweep.Knob()
	if k.Weak == "" || k.Strong == "" {
		return out, nil
	}
	gap := f.gap(k, sw)
	apgr := stats.Estimate{Value: sw.curve.APGR(), Lo: math.NaN(), Hi: math.NaN(), Confidence: f.m.confidence, N: len(sw.rows)}
	if gap.Withheld != "" || gap.Lo <= 0 && gap.Hi >= 0 {
		apgr.Withheld = "the interval of the gap between weak and strong includes 0"
	} else {
		reps, err := curve.Bootstrap(sw.input, replicates, 1, 0)
		if err != nil {
			return nil, err
		}
		var values []float64
		for _, r := range reps {
			values = append(values, r.APGR)
		}
		apgr = stats.Percentile(apgr, values)
	}
	out["apgr"] = Metric{Interval: Interval(apgr)}
	for name, p := range map[string]float64{"cpt20": 0.2, "cpt50": 0.5, "cpt80": 0.8} {
		first, good, ok := sw.curve.CPT(p)
		out[name] = shareMetric(good, ok)
		out[name+"_first"] = shareMetric(first, ok)
	}
	if f.b.costKnown {
		var spots []curve.Spot
		for _, p := range sw.curve {
			spots = append(spots, curve.Spot{Quality: f.m.lo + f.m.span*p.Quality, Cost: p.Cost})
		}
		why := "an area under a hull is a maximum over noise; its interval comes with a later version"
		if a, ok := curve.AIQ(spots); ok {
			out["aiq"] = Metric{Interval: Interval(bare(a, why))}
		}
		if a, ok := curve.AIQAsCoded(spots); ok {
			out["aiq_as_coded"] = Metric{Interval: Interval(bare(a, why))}
		}
	}
	return out, nil
}

// gap is what the strong model gains on the weak one.
func (f *field) gap(k waymark.Knob, sw *swept) Interval {
	m := newMeter(f.b, sw.rows, f.m.confidence)
	strong, weak := f.b.constant(f.b.matrix.Column(k.Strong), sw.rows), f.b.constant(f.b.matrix.Column(k.Weak), sw.rows)
	return m.qualityDifference(minus(strong.quality, weak.quality))
}

func shareMetric(share float64, ok bool) Metric {
	m := Metric{Interval: Interval(bare(share, "a first passage of a curve; its interval comes with a later version")), Unit: "share to the strong model", NotReached: !ok}
	if !ok {
		m.Interval = Interval(bare(math.NaN(), "not reached"))
	}
	return m
}

// bare is a number without an interval, and the reason.
func bare(x float64, why string) stats.Estimate {
	return stats.Estimate{Value: x, Lo: math.NaN(), Hi: math.NaN(), Withheld: why}
}

func nothing(why string) stats.Estimate { return bare(math.NaN(), why) }
