package suite

import (
	"errors"
	"fmt"
	"math"

	"waymark/internal/offpolicy"
	"waymark/internal/stats"
)

// row describes a projection: its estimates, and the evidence behind them.
func (f *logField) row(name, kind string, p *projection) PolicyRow {
	r := PolicyRow{Name: name, Type: kind, Knob: []Number{}, Mix: map[string]float64{}, Metrics: map[string]Metric{}, N: len(f.b.test)}
	quality, cost := f.m.estimated(p)
	r.Quality, r.Cost = quality, f.cost(cost)
	r.OffPolicy = &OffPolicyRow{Refused: p.refused, Own: p.own, Estimators: map[string]Estimated{}, Overlap: []ModelOverlap{}, MeanWeight: Interval(nothing("nothing is weighted"))}
	if p.overlap != nil {
		r.N = p.overlap.N
		f.evidence(&r, p)
	}
	if p.refused != "" {
		return r
	}
	r.OffPolicy.Estimators["dr"] = Estimated{quality, cost}
	if p.own {
		r.Latency, r.OffPolicy.ESS = f.latency(), float64(r.N)
		return r
	}
	r.OffPolicy.Estimators["snips"] = f.m.weighted(p, func(o *offpolicy.Outcome) []float64 { return o.SelfNormalised(p.policy) })
	r.OffPolicy.Estimators["ips"] = f.m.weighted(p, func(o *offpolicy.Outcome) []float64 { return o.InversePropensity(p.policy) })
	r.OffPolicy.VsLogger = f.difference(f.l.read.Logger, p, f.itself)
	return r
}

func (f *logField) difference(name string, p, q *projection) *Versus {
	quality, cost := f.m.less(f.l, f.b, p, q)
	return &Versus{Name: name, Quality: quality, Cost: cost}
}

// evidence is how much of a policy the log shows.
func (f *logField) evidence(r *PolicyRow, p *projection) {
	o, row := p.overlap, r.OffPolicy
	row.ESS, row.MeanWeight = o.ESS, Interval(o.MeanWeight)
	for _, a := range o.Actions {
		one := ModelOverlap{Model: f.name(a.Action), Share: a.Share, Covered: 1 - a.Without, Exact: a.Exact, Logged: a.Taken, Matched: a.Matched, ESS: a.ESS, Least: finite(a.Least)}
		row.Overlap = append(row.Overlap, one)
	}
	if o.Refusal() == offpolicy.NoSupport {
		row.Told = f.partly(p)
	}
	if p.refused != "" {
		return
	}
	if thin := o.Thin(); len(thin) > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("coverage of the intervals is claimed from an effective sample size of %d per model: it is %s", offpolicy.Claimed, f.l.sizes(f.b, o, offpolicy.Claimed)))
	}
	if row.Clipped, row.ClippedBy = o.Clipped, o.ClippedBy; o.Clipped > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d weights are clipped at %g: that takes %.3g %% of all weight away, and may bias quality by as much of its range", o.Clipped, f.sd.log.Clip, 100*o.ClippedBy))
	}
}

// partly is a policy on the tasks of which the log tells.
func (f *logField) partly(p *projection) *Told {
	if p.overlap.Without == p.overlap.N {
		return nil
	}
	on := p.on(f.l, f.b, p.overlap.Supported, f.m.confidence)
	quality, cost := f.m.estimated(on)
	return &Told{N: on.overlap.N, Share: 1 - p.overlap.Share, Quality: quality, Cost: cost, Agree: on.overlap.Plain, Why: on.refused}
}

// matchedRandom compares a policy with a random mix of its own proportions, in closed
// form, as field.matchedRandom does. It is nil where the log does not tell of a model
// that the policy uses on its own.
func (f *logField) matchedRandom(p *projection) *Versus {
	if p.own || p.refused != "" {
		return nil
	}
	shares := make([]float64, len(f.constants))
	picked := make([][]float64, len(f.constants))
	for _, a := range p.overlap.Actions {
		shares[a.Action] = a.Share
		picked[a.Action] = make([]float64, len(f.b.test))
	}
	mixed := f.mixed(shares)
	if mixed == nil {
		return nil
	}
	for _, chosen := range p.policy.Chosen {
		for k, a := range chosen {
			if a != offpolicy.None {
				picked[a][k] += 1 / float64(len(p.policy.Chosen))
			}
		}
	}
	quality := f.against(p.side.quality, p.quality.Minus(mixed.quality), shares, picked, func(c *projection) offpolicy.Contribution { return c.quality })
	v := &Versus{Name: "random mix of its own proportions", Quality: f.m.scaled(quality, 0), Cost: unknownCost}
	if p.side.cost != nil {
		v.Cost = Interval(f.against(p.side.cost, p.cost.Minus(mixed.cost), shares, picked, func(c *projection) offpolicy.Contribution { return c.cost }))
	}
	return v
}

// against takes what a task adds to the shares out of a difference to their mix.
func (f *logField) against(o *offpolicy.Outcome, diff offpolicy.Contribution, shares []float64, picked [][]float64, of func(*projection) offpolicy.Contribution) stats.Estimate {
	for col, share := range shares {
		if share == 0 {
			continue
		}
		mean := o.Mean(of(f.constants[col]), f.m.confidence).Value
		for k := range diff.Value {
			diff.Value[k] -= (picked[col][k] - share) * mean
		}
	}
	return o.Mean(diff, f.m.confidence)
}

// mostLogPoints is how many points of a curve a Result keeps of a log, each with the
// interval of a policy at that knob.
const mostLogPoints = 128

// swept describes a candidate's curve, where the log tells of it.
func (f *logField) swept(res *Result, c *candidate) error {
	sw, err := c.sweepOver(f.b, f.b.test)
	var u *untold
	if errors.As(err, &u) {
		res.OffPolicy.Refused = append(res.OffPolicy.Refused, Refused{c.entry.Name + " (curve)", u.why})
		return nil
	}
	if err != nil {
		return err
	}
	k := c.sweep.Knob()
	out := Curve{
		Policy: c.entry.Name, KnobName: k.Name, Rising: k.Rising, Weak: string(k.Weak), Strong: string(k.Strong),
		Split: res.Split, N: len(sw.rows), Distinct: len(sw.curve), Metrics: map[string]Metric{},
	}
	if left := len(f.b.test) - len(sw.rows); left > 0 {
		out.Warnings = append(out.Warnings, fmt.Sprintf("%d of %d tasks are left out, since no decision was made", left, len(f.b.test)))
	}
	n := len(sw.curve)
	for j := range min(n, mostLogPoints) {
		i := j
		if n > mostLogPoints {
			i = j * (n - 1) / (mostLogPoints - 1)
		}
		out.Points = append(out.Points, f.point(c, sw.curve[i].Knob, sw.curve[i].Share))
	}
	res.Curves = append(res.Curves, out)
	return nil
}

// point is the policy at one knob. It has an interval where the log shows enough of it.
func (f *logField) point(c *candidate, x, share float64) Point {
	var spent []float64
	if c.spent != nil {
		spent = make([]float64, len(f.b.test))
		for k, i := range f.b.test {
			spent[k] = c.spent[i].Cost.USD.Float()
		}
	}
	p := &projection{side: f.sd, policy: c.policyAt(f.b, f.sd, x), spent: spent}
	p.quality = f.sd.quality.Robust(p.policy)
	if f.sd.cost != nil {
		p.cost = p.withSpent(f.sd.cost.Robust(p.policy))
	}
	quality, cost := f.m.estimated(p)
	out := Point{Knob: Number(x), Quality: quality.Value, StrongShare: share}
	told := f.sd.quality.Overlap(p.policy, f.m.confidence).Refusal() == offpolicy.Told
	if told && quality.Withheld == "" {
		out.QualityLo, out.QualityHi = ends(quality)
	}
	if f.b.costKnown {
		out.Cost = cost.Value
		if told && cost.Withheld == "" {
			out.CostLo, out.CostHi = ends(cost)
		}
	}
	return out
}

func ends(e Interval) (lo, hi *Number) {
	if math.IsNaN(e.Lo) {
		return nil, nil
	}
	a, b := Number(e.Lo), Number(e.Hi)
	return &a, &b
}
