package runner

import (
	"context"
	"errors"
	"math"

	"golang.org/x/sync/errgroup"

	"waymark"
	"waymark/internal/replay"
)

// atOnce is how many trials of a chunk go on together where the policy waits for something outside.
const atOnce = 8

// trials runs a policy that makes its own calls, task by task.
func (r *Runner) trials(ctx context.Context, p waymark.Policy, c Chunk) error {
	src := r.Source
	if src == nil {
		src = r.Matrix
	}
	one := func(i int) error {
		t := waymark.NewTrial(r.Queries.Query(i), c.Repeat, r.Queries.Seed, src)
		return r.enter(ctx, c.Rows, i, waymark.Attempt(ctx, p, t))
	}
	if w, ok := p.(waymark.Waiter); ok && w.Waits() {
		work := errgroup.Group{}
		work.SetLimit(atOnce)
		for i := c.First; i < c.End; i++ {
			work.Go(func() error { return one(i) })
		}
		return work.Wait()
	}
	for i := c.First; i < c.End; i++ {
		if err := one(i); err != nil {
			return err
		}
	}
	return nil
}

func (r *Runner) enter(ctx context.Context, rows *Rows, i int, tr waymark.Trace) error {
	cost := tr.Cost()
	rows.Traces[i] = tr
	rows.Cost[i], rows.CostKnown[i] = cost.USD, cost.Known
	rows.Latency[i], rows.Calls[i] = tr.Latency(), int32(len(tr.Calls))
	rows.Model[i], rows.Arm[i], rows.Reason[i], rows.Signal[i] = -1, waymark.NoArm, -1, math.NaN()
	if len(tr.Signals) > 0 {
		rows.Signal[i] = tr.Signals[len(tr.Signals)-1].Value
	}
	if tr.Err != nil {
		rows.Status[i] = Failed
		if errors.Is(tr.Err, waymark.ErrNotRecorded) {
			rows.Status[i] = Hole
		}
		return nil
	}
	score, err := r.judge(ctx, rows, i, tr)
	if err != nil {
		return err
	}
	rows.Status[i], rows.Quality[i] = Failed, score.Value
	if score.Known {
		rows.Status[i] = Answered
	}
	return nil
}

// judge is what the answer of a trial is worth: the grade of the cell that it
// points at, or that of the text that the policy wrote.
func (r *Runner) judge(ctx context.Context, rows *Rows, i int, tr waymark.Trace) (waymark.Score, error) {
	if tr.Decision.Answer == waymark.Composed {
		if r.Compose == nil {
			return waymark.Score{}, nil
		}
		return r.Compose(ctx, i, tr.Decision.Text)
	}
	call := tr.Calls[tr.Decision.Answer]
	col := r.Matrix.Column(call.Model)
	rows.Model[i] = int32(col)
	if row, ok := r.Matrix.Row(call.Query.ID); col < 0 || !ok || row != i || call.Purpose != waymark.ForAnswer {
		if r.Compose == nil {
			return waymark.Score{}, nil
		}
		return r.Compose(ctx, i, call.Output) // an answer that no cell holds
	}
	for n := range r.Matrix.Samples(col, i) {
		if s := r.Matrix.Sample(col, i, n); call.Sample > 0 && s.N == call.Sample-1 {
			return s.Score, nil
		}
	}
	cell := &r.Matrix.Columns[col]
	return waymark.Score{Value: cell.Score[i], Known: cell.State[i]&replay.HasScore != 0}, nil
}
