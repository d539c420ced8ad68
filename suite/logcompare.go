package suite

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"

	"waymark/internal/offpolicy"
)

// compareLogged holds two policies of one run over a log against one another: both are
// estimated from the same responses.
func compareLogged(ea *Evidence, a string, eb *Evidence, b string, margin float64) (*Compared, error) {
	if ea != eb || ea.log == nil {
		return nil, &InputError{errors.New("found a run over logged traffic (OFF-POLICY), whose policies are compared while its suite is replayed, expected: waymark compare A B --suite FILE")}
	}
	f := ea.log
	p, q := f.told[a], f.told[b]
	for name, one := range map[string]*projection{a: p, b: q} {
		if one.refused != "" {
			return nil, &InputError{fmt.Errorf("of %s the log does not tell: %s", name, one.refused)}
		}
	}
	c := &Compared{Schema: Schema, A: a, B: b, Dataset: ea.Dataset.Name, Margin: margin, OffPolicy: true, Warnings: []string{}}
	c.Quality, c.Cost = f.m.less(f.l, f.b, p, q)
	c.Latency = Interval(nothing("latency is not estimated from a log"))
	for k := range p.quality.Value {
		if !math.IsNaN(p.quality.Value[k] - q.quality.Value[k]) {
			c.N++
		}
	}
	c.Verdict = verdictWord(c.Quality, margin)
	for _, one := range []*projection{p, q} {
		if one.overlap != nil && len(one.overlap.Thin()) > 0 {
			c.Warnings = append(c.Warnings, fmt.Sprintf("coverage is claimed from an effective sample size of %d per model: it is %s", offpolicy.Claimed, f.l.sizes(f.b, one.overlap, offpolicy.Claimed)))
		}
	}
	c.Warnings = slices.Compact(c.Warnings)
	c.Rerouted.Quality, c.Rerouted.Cost, c.Rerouted.Moves = Interval(nothing("not told")), Interval(nothing("not told")), []Move{}
	if p.own || q.own {
		c.Warnings = append(c.Warnings, fmt.Sprintf("which tasks change route is not told against %s itself, whose route was drawn by chance", f.l.read.Logger))
		return c, nil
	}
	f.rerouted(c, p, q)
	return c, nil
}

// rerouted tells on which tasks two policies differ, and what that does.
func (f *logField) rerouted(c *Compared, p, q *projection) {
	differ := offpolicy.Differ(p.policy, q.policy)
	quality, cost := p.quality.Minus(q.quality), offpolicy.Contribution{}
	if f.sd.cost != nil {
		cost = p.cost.Minus(q.cost)
	}
	type route struct{ from, to string }
	moves := map[route][]int{}
	for k, d := range differ {
		if !d {
			quality.Value[k], quality.Factor[k] = math.NaN(), 0
			if cost.Value != nil {
				cost.Value[k], cost.Factor[k] = math.NaN(), 0
			}
			continue
		}
		c.Rerouted.N++
		r := route{f.name(int(q.policy.Chosen[0][k])), f.name(int(p.policy.Chosen[0][k]))}
		moves[r] = append(moves[r], k)
	}
	if c.Rerouted.N == 0 {
		return
	}
	c.Rerouted.Share = float64(c.Rerouted.N) / float64(c.N)
	c.Rerouted.Quality, c.Rerouted.Cost = c.Quality, c.Cost
	if c.Quality.Withheld == "" {
		c.Rerouted.Quality, c.Rerouted.Cost = f.m.scaled(f.sd.quality.Mean(quality, f.m.confidence), 0), f.m.logCost(f.sd, cost)
	}
	if len(p.policy.Chosen)+len(q.policy.Chosen) > 2 {
		return // of repeats, which differ among themselves, there is no one move
	}
	for r, tasks := range moves {
		m := Move{From: r.from, To: r.to, N: len(tasks), Quality: c.Quality, Cost: c.Cost}
		if c.Quality.Withheld == "" {
			m.Quality = f.m.scaled(f.sd.quality.Mean(ofTasks(quality, tasks), f.m.confidence), 0)
			if m.Cost = unknownCost; cost.Value != nil {
				m.Cost = f.m.logCost(f.sd, ofTasks(cost, tasks))
			}
		}
		c.Rerouted.Moves = append(c.Rerouted.Moves, m)
	}
	sort.Slice(c.Rerouted.Moves, func(i, j int) bool {
		a, b := c.Rerouted.Moves[i], c.Rerouted.Moves[j]
		if a.N != b.N {
			return a.N > b.N
		}
		return a.From+"\x00"+a.To < b.From+"\x00"+b.To
	})
}

// ofTasks are the contributions of some tasks.
func ofTasks(c offpolicy.Contribution, tasks []int) offpolicy.Contribution {
	out := offpolicy.Contribution{Value: make([]float64, len(c.Value)), Factor: make([]float64, len(c.Value)), Heavy: c.Heavy}
	for k := range out.Value {
		out.Value[k] = math.NaN()
	}
	for _, k := range tasks {
		out.Value[k], out.Factor[k] = c.Value[k], c.Factor[k]
	}
	return out
}
