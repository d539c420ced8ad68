package runner

import (
	"context"
	"errors"
	"math"

	"waymark"
)

// trials runs a policy that makes its own calls, task by task.
func (r *Runner) trials(ctx context.Context, p waymark.Policy, c Chunk) error {
	src := r.Source
	if src == nil {
		src = r.Matrix
	}
	for i := c.First; i < c.End; i++ {
		t := waymark.NewTrial(r.Queries.Query(i), c.Repeat, r.Queries.Seed, src)
		tr := waymark.Attempt(ctx, p, t)
		if err := r.enter(ctx, c, i, tr); err != nil {
			return err
		}
	}
	return nil
}

func (r *Runner) enter(ctx context.Context, c Chunk, i int, tr waymark.Trace) error {
	rows := c.Rows
	cost := tr.Cost()
	rows.Traces[i] = tr
	rows.Cost[i], rows.CostKnown[i] = cost.USD, cost.Known
	rows.Latency[i], rows.Calls[i] = tr.Latency(), int32(len(tr.Calls))
	rows.Model[i], rows.Arm[i], rows.Reason[i], rows.Signal[i] = -1, waymark.NoArm, -1, math.NaN()
	if len(tr.Signals) > 0 && len(tr.Parts) == 0 { // a number of a part is not the task's
		rows.Signal[i] = tr.Signals[len(tr.Signals)-1].Value
	}
	if tr.Err != nil {
		rows.Status[i] = Failed
		if errors.Is(tr.Err, waymark.ErrNotRecorded) {
			rows.Status[i] = Hole
		}
		return nil
	}
	j, err := r.judge(ctx, c, i, tr)
	if err != nil {
		return err
	}
	rows.Status[i], rows.Quality[i] = Failed, j.Score.Value
	switch {
	case j.Score.Known:
		rows.Status[i] = Answered
	case j.Why == "":
		j.Why = noScore
	}
	rows.Unjudged[i] = j.Why
	return nil
}

// judge is what the answer of a trial is worth: the grade of the cell that it
// points at, or what Compose says of an answer that no cell holds.
func (r *Runner) judge(ctx context.Context, c Chunk, i int, tr waymark.Trace) (Judgement, error) {
	if n := tr.Decision.Answer; n != waymark.Composed {
		call := tr.Calls[n]
		c.Rows.Model[i] = int32(r.Matrix.Column(call.Model))
		if row, ok := r.Matrix.Row(call.Query.ID); ok && row == i {
			if score, cell := r.Matrix.Judged(call.Request); cell {
				return Judgement{Score: score}, nil
			}
		}
		if call.Err != "" {
			return Judgement{Why: string(call.Model) + ": " + call.Err}, nil
		}
	}
	if r.Compose == nil {
		return Judgement{Why: "nothing here judges an answer that no cell holds"}, nil
	}
	return r.Compose(ctx, Composition{Job: c.Job, Row: i, Trace: &tr})
}
