package suite

import (
	"context"
	"fmt"
	"math"
	"slices"

	"waymark"
	"waymark/internal/claim"
	"waymark/internal/runner"
	"waymark/internal/tune"
)

// A rung is what a policy of several bars comes to where it stops at one of its stages.
type rung struct {
	stage int
	score float64
	outcome
	text string // the way to it
}

func allAnswered(rungs []rung) (ok, hole bool) {
	ok = len(rungs) > 0
	for _, r := range rungs {
		ok = ok && r.status == runner.Answered
		hole = hole || r.status == runner.Hole
	}
	return ok, hole
}

// climbed is one row of it.
type climbed struct {
	rungs []rung
	err   error
}

// climb takes the stages of a policy of several bars on every row.
func (c *candidate) climb(ctx context.Context, b *board) error {
	rows, err := eachRow(ctx, b, func(ctx context.Context, r *runner.Runner, row int) (climbed, error) {
		return c.ascent(ctx, r, row)
	})
	if err != nil {
		return fmt.Errorf("policy %s: %w", c.entry.Name, err)
	}
	c.rungs, c.lost = make([][]rung, len(rows)), make([]error, len(rows))
	for i, r := range rows {
		c.rungs[i], c.lost[i] = r.rungs, r.err
	}
	return nil
}

func (c *candidate) ascent(ctx context.Context, r *runner.Runner, row int) (out climbed, err error) {
	t := r.Trial(row, 0)
	rungs, err := c.staged.Climb(ctx, t)
	switch {
	case ctx.Err() != nil:
		return out, ctx.Err()
	case err != nil:
		return climbed{err: err}, nil
	case len(rungs) == 0 || !math.IsInf(rungs[len(rungs)-1].Score, 1):
		return out, fmt.Errorf("task %q: it does not stop at any stage", t.Query.ID)
	}
	for _, x := range rungs {
		o, way, err := settle(ctx, r, row, t, x.Segment)
		if err != nil {
			return out, err
		}
		out.rungs = append(out.rungs, rung{x.Stage, x.Score, o, way})
	}
	return out, nil
}

// layBars turns a policy of several bars into one of a single knob, as lay does one of several cuts.
func (c *candidate) layBars(ctx context.Context, b *board, o *Objective, rows []int) error {
	climb, err := c.climbOf(b, o, rows)
	if err != nil {
		return err
	}
	found, err := climb.Search(ctx, o != nil && o.Maximise != "")
	if err != nil {
		return err
	}
	p := &path{}
	p.cuts = append(p.cuts, slices.Repeat([]float64{math.Inf(1)}, climb.Stages-1))
	for _, k := range slices.Backward(thinned(found.Frontier, mostPositions)) {
		p.add(k.Cuts)
	}
	if found.OK {
		p.insert(found.Best.Cuts, found.Best.Cost, found.Frontier)
	}
	c.search = describeBars(&found, climb.Stages-1)
	sweep := &barPath{Staged: c.staged, places: p.cuts, strong: c.strongest()}
	c.sweep, c.places = sweep, p.cuts
	put := newBuilder(len(c.rungs))
	for row, rungs := range c.rungs {
		if len(rungs) > 0 {
			last := -1
			for position, bars := range p.cuts {
				if k := stopAt(rungs, bars); k != last {
					put.step(float64(position), rungs[k].outcome, rungs[k].text)
					last = k
				}
			}
		}
		put.end(nil, c.lost[row])
	}
	put.done(c)
	c.course.single = false
	return ctx.Err()
}

func describeBars(f *tune.Cuts, bars int) string {
	if f.Exact {
		return fmt.Sprintf("exact: all %d places of %d bars among %d distinct scores", f.Tried, bars, f.Distinct)
	}
	first := "on an even grid"
	if f.Together {
		first = "first all together at the same quantile each, since they are too many for a grid,"
	}
	refined := "the best of them refined one bar at a time"
	if f.Unfinished {
		refined += ", as far as there was room for"
	}
	return fmt.Sprintf("searched, not exact: %d places of %d bars %s over %d distinct scores, %s", f.Tried, bars, first, f.Distinct, refined)
}

// strongest is the model of the last stage, "" where some row stops before it whatever the bars.
func (c *candidate) strongest() waymark.ModelID {
	stages := c.staged.Stages()
	for _, rungs := range c.rungs {
		if len(rungs) > 0 && rungs[len(rungs)-1].stage < len(stages)-1 {
			return ""
		}
	}
	return stages[len(stages)-1]
}

// stopAt is the first rung whose score reaches its bar.
func stopAt(rungs []rung, bars []float64) int {
	for k, r := range rungs[:len(rungs)-1] {
		if math.IsInf(r.score, 1) || r.score >= bars[r.stage] {
			return k
		}
	}
	return len(rungs) - 1
}

// climbOf is what each stage would do with the rows, as the search takes it.
func (c *candidate) climbOf(b *board, o *Objective, rows []int) (*tune.Climb, error) {
	all := rows
	rows = slices.DeleteFunc(slices.Clone(rows), func(i int) bool { ok, _ := allAnswered(c.rungs[i]); return !ok })
	if len(rows) == 0 {
		return nil, c.noneCovered(b, all)
	}
	out := &tune.Climb{Stages: len(c.staged.Stages()), Start: []int{0}}
	shares := b.units.of(rows).shares()
	for k, i := range rows {
		for _, r := range c.rungs[i] {
			out.Stage, out.Score = append(out.Stage, r.stage), append(out.Score, r.score)
			out.Quality = append(out.Quality, shares[k]*b.info.Quality(r.quality))
			out.Cost = append(out.Cost, shares[k]*r.cost)
		}
		out.Start = append(out.Start, len(out.Stage))
	}
	return out, c.addBarConditions(b, o, rows, shares, out)
}

// addBarConditions adds the objective's conditions, each of which is a mean.
func (c *candidate) addBarConditions(b *board, o *Objective, rows []int, shares []float64, to *tune.Climb) error {
	return b.eachCondition(o, rows, func(one claim.Claim, sign, offset float64) error {
		values := make([]float64, len(to.Stage))
		for _, t := range one.Terms {
			if t.Of != "" {
				continue
			}
			part, err := b.shares(t, rows)
			if err != nil {
				return err
			}
			n := 0
			for k, i := range rows {
				for _, r := range c.rungs[i] {
					v, err := r.metric(b, t)
					if err != nil {
						return err
					}
					values[n] += sign * shares[k] * t.Factor * part[k] * v
					n++
				}
			}
		}
		to.Conditions, to.Offsets = append(to.Conditions, values), append(to.Offsets, offset)
		return nil
	})
}

// A barPath is a policy of several bars as one of a single knob: the position on a list of places.
type barPath struct {
	waymark.Staged
	places [][]float64 // by position; at the first everything goes to the last stage
	strong waymark.ModelID
}

// Knob is the position.
func (p *barPath) Knob() waymark.Knob {
	return waymark.Knob{Name: "position", Lo: 0, Hi: float64(len(p.places) - 1), Strong: p.strong}
}

// At is the policy with its bars as they are at a position.
func (p *barPath) At(x float64) waymark.Policy { return p.AtBars(placeAt(p.places, x)) }

// Profile is where a query stops along the path.
func (p *barPath) Profile(ctx context.Context, t *waymark.Trial) (waymark.Profile, error) {
	rungs, err := p.Climb(ctx, t)
	if err != nil {
		return nil, err
	}
	var plain []rung
	for _, r := range rungs {
		plain = append(plain, rung{stage: r.Stage, score: r.Score})
	}
	var prof waymark.Profile
	last := -1
	for position, bars := range p.places {
		if k := stopAt(plain, bars); k != last {
			seg := rungs[k].Segment
			seg.From = float64(position)
			prof, last = append(prof, seg), k
		}
	}
	return prof, nil
}
