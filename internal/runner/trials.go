package runner

import (
	"context"
	"errors"
	"math"

	"golang.org/x/sync/errgroup"

	"waymark"
)

// atOnce is how many trials of a chunk go on together where the policy waits for something outside.
const atOnce = 8

// trials runs a policy that makes its own calls, task by task.
func (r *Runner) trials(ctx context.Context, p waymark.Policy, c Chunk) error {
	one := func(i int) error { return r.enter(ctx, c, i, waymark.Attempt(ctx, p, r.Trial(i, c.Repeat))) }
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

func (r *Runner) enter(ctx context.Context, c Chunk, i int, tr waymark.Trace) error {
	rows := c.Rows
	rows.Traces[i] = tr
	rows.Cost[i], rows.CostKnown[i], rows.RouterCost[i] = spent(tr.Calls)
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
	a := Composition{Job: c.Job, Row: i, Trace: &tr}
	call := a.Call()
	if call == nil {
		return r.compose(ctx, a)
	}
	c.Rows.Model[i] = int32(r.Matrix.Column(call.Model))
	return r.worth(ctx, a)
}

// worth is what the answer of a call is worth.
func (r *Runner) worth(ctx context.Context, a Composition) (Judgement, error) {
	call := a.Call()
	if row, ok := r.Matrix.Row(call.Query.ID); ok && row == a.Row && !call.Late() {
		if score, cell := r.Matrix.Judged(call.Request); cell && (score.Known || call.Err == "") {
			return Judgement{Score: score}, nil
		}
	}
	if call.Err != "" {
		return Judgement{Why: string(call.Model) + ": " + call.Err}, nil
	}
	return r.compose(ctx, a)
}

func (r *Runner) compose(ctx context.Context, a Composition) (Judgement, error) {
	if r.Compose == nil {
		return Judgement{Why: "nothing here judges an answer that no cell holds"}, nil
	}
	return r.Compose(ctx, a)
}

// Worth is what the answer of a call is worth to the task at a row, and the column of
// its model, -1 if it is not of the matrix.
func (r *Runner) Worth(ctx context.Context, i int, call waymark.Call) (col int, score waymark.Score, err error) {
	tr := &waymark.Trace{Calls: []waymark.Call{call}}
	j, err := r.worth(ctx, Composition{Job: -1, Row: i, Trace: tr})
	return r.Matrix.Column(call.Model), j.Score, err
}
