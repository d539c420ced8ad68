package suite

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

	"waymark"
	"waymark/internal/runner"
)

// whyNoCalls is why a policy that makes calls cannot be judged on a log.
const whyNoCalls = "it makes calls of its own, and a log holds one answer a task"

// take sees what kind of policy a candidate is. Of logged traffic none that makes calls can be judged.
func (c *candidate) take(b *board, p waymark.Policy) {
	switch p := p.(type) {
	case waymark.OneShotCuts:
		c.cuts = &p
	case waymark.Staged:
		c.staged = p
	case waymark.Sweeper:
		c.sweep = p
	}
	if b.log != nil && makesCalls(p) {
		c.sweep, c.staged, c.barred, c.why = nil, nil, true, whyNoCalls
	}
}

// makesCalls reports whether a policy may make other calls than the one whose answer it gives.
func makesCalls(p waymark.Policy) bool {
	switch p.(type) {
	case waymark.OneShot, waymark.OneShotSweep, waymark.OneShotCuts:
		return false
	}
	return true
}

// several reports whether a candidate has several cuts or bars, which one knob moves along a path.
func (c *candidate) several() bool { return c.cuts != nil || c.staged != nil }

// severalName is what they are called.
func (c *candidate) severalName() string {
	if c.staged != nil {
		return "bars"
	}
	return "cuts"
}

// runner drives policies over the board's rows.
func (b *board) runner() *runner.Runner {
	return &runner.Runner{Matrix: b.matrix, Queries: b.queries}
}

// A trail is what the profile of one row came to.
type trail struct {
	from    []float64
	told    []outcome
	ways    []string
	signals []float64
	err     error
}

// follow takes the profile of a policy that makes calls on every row, several at a time.
func (c *candidate) follow(ctx context.Context, b *board) error {
	trails, err := eachRow(ctx, b, func(ctx context.Context, r *runner.Runner, row int) (trail, error) {
		return c.trail(ctx, r, row)
	})
	if err != nil {
		return fmt.Errorf("policy %s: %w", c.entry.Name, err)
	}
	put := newBuilder(len(trails))
	for _, t := range trails {
		for k, o := range t.told {
			put.step(t.from[k], o, t.ways[k])
		}
		put.end(t.signals, t.err)
	}
	put.done(c)
	return nil
}

// eachRow does something with every row of the board, several at a time, and gives what it came to.
func eachRow[T any](ctx context.Context, b *board, do func(context.Context, *runner.Runner, int) (T, error)) ([]T, error) {
	const chunk = 128
	out := make([]T, b.queries.Len())
	r := b.runner()
	work, within := errgroup.WithContext(ctx)
	work.SetLimit(runtime.GOMAXPROCS(0))
	for first := 0; first < len(out) && within.Err() == nil; first += chunk {
		work.Go(func() error {
			for row := first; row < min(first+chunk, len(out)); row++ {
				if err := within.Err(); err != nil {
					return err
				}
				var err error
				if out[row], err = do(within, r, row); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	return out, ctx.Err()
}

// trail is the profile of one row. Its error is for what ends the run.
func (c *candidate) trail(ctx context.Context, r *runner.Runner, row int) (out trail, err error) {
	t := r.Trial(row, 0)
	prof, err := c.sweep.Profile(ctx, t)
	switch {
	case ctx.Err() != nil:
		return out, ctx.Err()
	case err != nil:
		return trail{err: err}, nil
	}
	if err := lawful(prof, c.sweep.Knob()); err != nil {
		return out, fmt.Errorf("task %q: %w", t.Query.ID, err)
	}
	for _, s := range t.Signals() {
		out.signals = append(out.signals, s.Value)
	}
	for _, seg := range prof {
		o, way, err := settle(ctx, r, row, t, seg)
		if err != nil {
			return out, err
		}
		out.from, out.told, out.ways = append(out.from, seg.From), append(out.told, o), append(out.ways, way)
	}
	return out, nil
}

// lawful refuses a profile that is no step function over the knob's domain.
func lawful(prof waymark.Profile, k waymark.Knob) error {
	if len(prof) == 0 || prof[0].From != k.Lo {
		return errors.New("its profile does not begin at the lower end of its knob")
	}
	for i := 1; i < len(prof); i++ {
		if !(prof[i].From > prof[i-1].From) {
			return errors.New("its profile is not in ascending order")
		}
	}
	return nil
}

// settle is what a segment of a trial comes to: it makes the calls that the segment names.
func settle(ctx context.Context, r *runner.Runner, row int, t *waymark.Trial, seg waymark.Segment) (outcome, string, error) {
	var calls []waymark.Call
	round := 0
	for _, n := range seg.Made {
		c := t.Calls()[n]
		calls, round = append(calls, c), max(round, c.Round+1)
	}
	o := outcome{status: runner.Failed, answer: -1, quality: math.NaN()}
	missing := false
	for _, req := range seg.More {
		resp, err := r.Respond(ctx, req)
		if ctx.Err() != nil {
			return o, "", ctx.Err()
		}
		if err != nil && resp.Err == "" {
			resp.Err = err.Error()
		}
		missing = missing || errors.Is(err, waymark.ErrNotRecorded)
		calls = append(calls, waymark.Call{N: len(calls), Round: round, Request: req, Response: resp})
	}
	way := wayOf(calls)
	if seg.Answer < 0 || seg.Answer >= len(calls) {
		return o, way, fmt.Errorf("task %q: a segment answers with call %d of %d", t.Query.ID, seg.Answer, len(calls))
	}
	o.calls, o.latency = len(calls), waymark.LatencyOf(calls)
	var sum waymark.USDSum
	for _, c := range calls {
		sum.Add(c.Cost.USD)
		o.unpriced = o.unpriced || !c.Cost.Known
	}
	o.cost = sum.Float()
	if missing {
		o.status = runner.Hole
		return o, way, nil
	}
	col, score, err := r.Worth(ctx, row, calls[seg.Answer])
	if err != nil {
		return o, way, err
	}
	o.answer = col
	if score.Known {
		o.status, o.quality = runner.Answered, score.Value
	}
	return o, way, nil
}

// wayOf is the models that were called, in order: those of one round joined by +, rounds by →,
// several calls to one as a number.
func wayOf(calls []waymark.Call) string {
	var b strings.Builder
	for i := 0; i < len(calls); {
		c, n := calls[i], 0
		for n = i; n < len(calls) && calls[n].Model == c.Model && calls[n].Round == c.Round && calls[n].Purpose == c.Purpose; n++ {
		}
		if i > 0 {
			b.WriteString(pick2(calls[i-1].Round == c.Round, " + ", " → "))
		}
		b.WriteString(string(c.Model))
		if n-i > 1 {
			fmt.Fprintf(&b, " ×%d", n-i)
		}
		if c.Purpose != waymark.ForAnswer {
			fmt.Fprintf(&b, " (%s)", c.Purpose)
		}
		i = n
	}
	return b.String()
}

func pick2(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}
