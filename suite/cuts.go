package suite

import (
	"context"
	"fmt"
	"math"
	"slices"

	"waymark"
	"waymark/internal/claim"
	"waymark/internal/replay"
	"waymark/internal/stats"
	"waymark/internal/tune"
)

// mostPositions is how many places of a frontier a path has at the most.
const mostPositions = 200

// tunable reports whether a candidate has one knob, or several cuts, that are swept.
func (c *candidate) tunable() bool { return c.sweep != nil || c.several() }

// score takes the scores of a policy of several cuts, over every row.
func (c *candidate) score(ctx context.Context, b *board) error {
	c.picks = make([]waymark.Pick, b.queries.Len())
	if err := c.cuts.Select(ctx, b.queries, c.picks); err != nil {
		return fmt.Errorf("policy %s: %w", c.entry.Name, err)
	}
	return nil
}

// lay turns a policy of several cuts into one of a single knob: the best places for its
// cuts on some rows, from all to the strongest down to the cheapest. The one that is best by the
// objective, if there is one, is among them.
func (c *candidate) lay(ctx context.Context, b *board, o *Objective, rows []int) error {
	if c.staged != nil {
		return c.layBars(ctx, b, o, rows)
	}
	t, err := c.tiered(b, o, rows)
	if err != nil {
		return err
	}
	found := t.Search(o != nil && o.Maximise != "")
	p := &path{CutSelector: c.cuts.CutSelector}
	p.cuts = append(p.cuts, slices.Repeat([]float64{math.Inf(-1)}, len(c.cuts.Tiers())-1))
	for _, k := range slices.Backward(thinned(found.Frontier, mostPositions)) {
		p.add(k.Cuts)
	}
	if found.OK {
		p.insert(found.Best.Cuts, found.Best.Cost, found.Frontier)
	}
	c.search = describeSearch(&found, len(c.cuts.Tiers())-1)
	c.sweep, c.places = waymark.OneShotSweep{StepSelector: p}, p.cuts
	return c.profile(ctx, b)
}

func describeSearch(f *tune.Cuts, cuts int) string {
	if f.Exact {
		return fmt.Sprintf("exact: all %d places of %d cuts among %d distinct scores", f.Tried, cuts, f.Distinct)
	}
	return fmt.Sprintf("searched, not exact: %d places of %d cuts on an even grid over %d distinct scores, the best of them refined one cut at a time", f.Tried, cuts, f.Distinct)
}

func (p *path) add(cuts []float64) {
	if !slices.ContainsFunc(p.cuts, func(c []float64) bool { return slices.Equal(c, cuts) }) {
		p.cuts = append(p.cuts, cuts)
	}
}

// insert puts cuts before the first place of the frontier that costs less.
func (p *path) insert(cuts []float64, cost float64, frontier []tune.Cut) {
	if slices.ContainsFunc(p.cuts, func(c []float64) bool { return slices.Equal(c, cuts) }) {
		return
	}
	at := len(p.cuts)
	for _, f := range frontier { // by ascending cost
		if k := slices.IndexFunc(p.cuts, func(c []float64) bool { return slices.Equal(c, f.Cuts) }); k > 0 && f.Cost < cost {
			at = k
		}
	}
	p.cuts = slices.Insert(p.cuts, at, cuts)
}

// thinned is at most n of a list, evenly, both ends among them.
func thinned[T any](list []T, n int) []T {
	if len(list) <= n {
		return list
	}
	out := make([]T, n)
	for k := range out {
		out[k] = list[k*(len(list)-1)/(n-1)]
	}
	return out
}

// tiered is what each tier would do with the rows, as the search takes it.
func (c *candidate) tiered(b *board, o *Objective, rows []int) (*tune.Tiered, error) {
	all := rows
	rows = slices.DeleteFunc(slices.Clone(rows), func(i int) bool { ok, _ := c.covered(b, i); return !ok })
	if len(rows) == 0 {
		return nil, c.noneCovered(b, all)
	}
	t := &tune.Tiered{}
	shares := b.units.of(rows).shares()
	for _, i := range rows {
		t.Scores = append(t.Scores, c.picks[i].Signal)
	}
	for _, arm := range c.cuts.Tiers() {
		col := b.matrix.Column(c.cuts.Arms()[arm])
		quality, cost := make([]float64, len(rows)), make([]float64, len(rows))
		for k, i := range rows {
			q, d := b.worth(col, i)
			quality[k], cost[k] = shares[k]*b.info.Quality(q), shares[k]*d
		}
		t.Quality, t.Cost = append(t.Quality, quality), append(t.Cost, cost)
	}
	return t, c.addConditions(b, o, rows, shares, t)
}

// shares are each row's part of the total weight.
func (u units) shares() []float64 {
	out, total := make([]float64, len(u.keys)), 0.0
	for k := range out {
		out[k] = 1
		if u.weights != nil {
			out[k] = u.weights[k]
		}
		total += out[k]
	}
	for k := range out {
		out[k] /= total
	}
	return out
}

// addConditions adds the objective's conditions, each of which is a mean.
func (c *candidate) addConditions(b *board, o *Objective, rows []int, shares []float64, t *tune.Tiered) error {
	spent := c.spending(b)
	return b.eachCondition(o, rows, func(one claim.Claim, sign, offset float64) error {
		var tiers [][]float64
		for _, arm := range c.cuts.Tiers() {
			values, err := b.moved(one, rows, b.matrix.Column(c.cuts.Arms()[arm]), spent)
			if err != nil {
				return err
			}
			for k := range values {
				values[k] *= sign * shares[k]
			}
			tiers = append(tiers, values)
		}
		t.Conditions, t.Offsets = append(t.Conditions, tiers), append(t.Offsets, offset)
		return nil
	})
}

// eachCondition hands on the conditions of an objective one by one, a share in place of a ratio: with
// the sign that makes it one of at least 0, and with the part of it that no knob moves, of that sign and
// a little less where it must hold strictly. Without an objective there is none.
func (b *board) eachCondition(o *Objective, rows []int, do func(one claim.Claim, sign, offset float64) error) error {
	if o == nil {
		return nil
	}
	all, err := o.conditions()
	if err != nil {
		return err
	}
	for _, cl := range all {
		for _, one := range b.everySlice(cl, rows) {
			one = asShare(one)
			offset, err := b.constantOf(one, rows)
			if err != nil {
				return err
			}
			sign := pick(one.AtLeast(), 1, -1)
			offset *= sign
			if len(one.Op) == 1 { // strictly
				offset -= 1e-12
			}
			if err := do(one, sign, offset); err != nil {
				return err
			}
		}
	}
	return nil
}

// moved is what the terms of a condition that are about the policy itself come to on each row, where
// one model answers all of them.
func (b *board) moved(cl claim.Claim, rows []int, col int, spent []waymark.Spending) ([]float64, error) {
	out := make([]float64, len(rows))
	for _, t := range cl.Terms {
		if t.Of != "" {
			continue
		}
		within, err := b.shares(t, rows)
		if err != nil {
			return nil, err
		}
		for k, i := range rows {
			v, err := b.cell(t, col, i, spent[i])
			if err != nil {
				return nil, err
			}
			out[k] += t.Factor * within[k] * v
		}
	}
	return out, nil
}

// spending is what deciding spends on each row.
func (c *candidate) spending(b *board) []waymark.Spending {
	out := make([]waymark.Spending, b.queries.Len())
	if ch, ok := c.cuts.CutSelector.(waymark.Charger); ok {
		ch.Charge(b.queries, out)
	}
	return out
}

// worth is the score in [0,1] of a model's answer to a row, and what it costs: as recorded, or
// as estimated from a log.
func (b *board) worth(col, row int) (quality, cost float64) {
	if b.log != nil {
		sd, k := b.log.at(row)
		return sd.cellOf(col, k)
	}
	c := &b.matrix.Columns[col]
	return c.Score[row], c.Cost[row].Float()
}

// recorded reports whether a model's answer to a row is recorded and has a score.
func (b *board) recorded(m waymark.ModelID, row int) (ok, hole bool) {
	col := b.matrix.Column(m)
	if b.log != nil {
		q, _ := b.worth(col, row)
		return !math.IsNaN(q), math.IsNaN(q)
	}
	if col < 0 || b.matrix.Columns[col].State[row]&replay.HasResponse == 0 {
		return false, true
	}
	return b.matrix.Columns[col].State[row]&replay.HasScore != 0, false
}

// place is a knob inside the segment of a point of the curve: a simple number, or a position.
func (c *candidate) place(points []tune.Point, i int) float64 {
	if c.several() {
		return points[i].Knob
	}
	lo := points[i].Knob
	switch {
	case math.IsInf(lo, -1):
		return lo
	case i+1 == len(points): // beyond the last score: a little, by the range that scores have
		first := points[min(1, i)].Knob
		return tune.Simplest(lo, lo+math.Max(math.Abs(lo), lo-first)*1e-3)
	}
	return tune.Simplest(lo, math.Nextafter(points[i+1].Knob, math.Inf(-1)))
}

// numbers are what a person writes in the suite for the knob at x.
func (c *candidate) numbers(x float64) []Number {
	if !c.several() {
		return []Number{Number(x)}
	}
	out := []Number{}
	for _, cut := range placeAt(c.places, x) {
		out = append(out, Number(cut))
	}
	return out
}

// halves deals rows to two halves by a hash of the first unit of their cluster: one to fit on, one to calibrate on.
func (b *board) halves(rows []int) (fit, calibrate []int) {
	b.cluster()
	for _, i := range rows {
		if stats.SignBits(halvesSeed, b.units.keys[b.first[i]], 0)&1 == 0 {
			fit = append(fit, i)
		} else {
			calibrate = append(calibrate, i)
		}
	}
	return fit, calibrate
}

const halvesSeed = 0x68616c76
