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
	one := func(i int) error { return r.enter(ctx, c.Rows, i, waymark.Attempt(ctx, p, r.Trial(i, c.Repeat))) }
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

// spent is what calls cost together, and whether that is known of the answers and of the other calls. Where it is
// not known of the others the sum is a lower bound.
func spent(calls []waymark.Call) (sum waymark.USD, answers, others bool) {
	total := waymark.Paid(0)
	answers, others = true, true
	for _, c := range calls {
		switch {
		case c.Cost.Known:
			total = total.Plus(c.Cost)
		case c.Purpose == waymark.ForAnswer:
			answers = false
		default:
			others = false
		}
	}
	return total.USD, answers && total.Known, others
}

// Trial is one trial of the task at a row.
func (r *Runner) Trial(row, repeat int) *waymark.Trial {
	return waymark.NewTrial(r.Queries.Query(row), repeat, r.Queries.Seed, r.source())
}

func (r *Runner) source() waymark.Source {
	if r.Source != nil {
		return r.Source
	}
	return r.Matrix
}

// Respond answers a call as the trials' calls are answered.
func (r *Runner) Respond(ctx context.Context, req waymark.Request) (waymark.Response, error) {
	return r.source().Respond(ctx, req)
}

func (r *Runner) enter(ctx context.Context, rows *Rows, i int, tr waymark.Trace) error {
	rows.Traces[i] = tr
	rows.Cost[i], rows.CostKnown[i], rows.RouterCost[i] = spent(tr.Calls)
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
	col, score, err := r.Worth(ctx, i, tr.Calls[tr.Decision.Answer])
	rows.Model[i] = int32(col)
	return score, err
}

// Worth is what the answer of a call is worth to the task at a row, and the column of
// its model, -1 if it is not of the matrix.
func (r *Runner) Worth(ctx context.Context, i int, call waymark.Call) (col int, score waymark.Score, err error) {
	col = r.Matrix.Column(call.Model)
	if row, ok := r.Matrix.Row(call.Query.ID); col < 0 || !ok || row != i || call.Purpose != waymark.ForAnswer {
		if r.Compose == nil {
			return col, waymark.Score{}, nil
		}
		score, err = r.Compose(ctx, i, call.Output) // an answer that no cell holds
		return col, score, err
	}
	for n := range r.Matrix.Samples(col, i) {
		if s := r.Matrix.Sample(col, i, n); call.Sample > 0 && s.N == call.Sample-1 {
			return col, s.Score, nil
		}
	}
	cell := &r.Matrix.Columns[col]
	return col, waymark.Score{Value: cell.Score[i], Known: cell.State[i]&replay.HasScore != 0}, nil
}
