package runner

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"waymark"
	"waymark/internal/replay"
)

// A Job is one policy to run, at one knob.
type Job struct {
	Name    string
	Policy  waymark.Policy
	Repeats int // of a stochastic policy; at least 1
}

// A Composition is an answer that no cell of the matrix holds: that of a call which is not
// the task's own question, or a text that the policy wrote itself.
type Composition struct {
	Job, Row int // Job is -1 where no job is run
	Trace    *waymark.Trace
}

// Call is the call that gave the answer, nil for a text of the policy's own.
func (c Composition) Call() *waymark.Call {
	if n := c.Trace.Decision.Answer; n != waymark.Composed {
		return &c.Trace.Calls[n]
	}
	return nil
}

// Text is the answer.
func (c Composition) Text() string {
	if call := c.Call(); call != nil {
		return call.Output
	}
	return c.Trace.Decision.Text
}

// A Judgement is what an answer is worth, or why that cannot be said.
type Judgement struct {
	Score waymark.Score
	Why   string // where there is no score
}

// ChunkSize is how many tasks are worked on, and stored, together. Of a policy that
// makes calls or waits for something outside it is SlowChunk, so that little is lost.
const (
	ChunkSize = 4096
	SlowChunk = 256
)

// chunkSize is that of a policy.
func chunkSize(p waymark.Policy) int {
	s := selector(p)
	if s == nil {
		return SlowChunk
	}
	if w, ok := s.(waymark.Waiter); ok && w.Waits() {
		return SlowChunk
	}
	return ChunkSize
}

// A Chunk is a finished part of a job: tasks First up to End of one repeat.
type Chunk struct {
	Job, Repeat, N, First, End int
	Rows                       *Rows
}

// A Runner replays jobs over a matrix.
type Runner struct {
	Matrix  *replay.Matrix
	Queries *waymark.Queries
	// Source answers the calls of policies that are not one-shot; nil is the Matrix.
	Source waymark.Source
	// Compose judges an answer that no cell of the matrix holds. Where it is nil, such an
	// answer is a failed row.
	Compose func(ctx context.Context, c Composition) (Judgement, error)
	Workers int // 0: one a processor

	// Stored fills in a chunk that is known from an earlier run and reports whether it
	// was; it may be nil. Such a chunk is not run. It is called from several goroutines.
	Stored func(Chunk) (bool, error)

	// Done is called once for each finished chunk, from one goroutine at a time, in
	// no certain order. An error ends the run.
	Done func(Chunk) error
}

// Run runs every job over every task and returns the rows by job and repeat. When
// ctx ends, chunks under way are finished and handed to Done; Run then returns
// what there is, with rows Pending, and the error of ctx.
func (r *Runner) Run(ctx context.Context, jobs []Job) ([][]*Rows, error) {
	n := r.Queries.Len()
	out := make([][]*Rows, len(jobs))
	work := errgroup.Group{}
	workers := r.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	work.SetLimit(workers)
	finished := make(chan Chunk, workers)
	failed := make(chan struct{})
	var sinkErr error
	sunk := make(chan struct{})
	go func() {
		defer close(sunk)
		sinkErr = r.drain(finished, failed)
	}()
	arms := make([][]int32, len(jobs))
	for j := range jobs {
		arms[j] = r.columns(jobs[j].Policy)
		for range max(1, jobs[j].Repeats) {
			out[j] = append(out[j], newRows(n))
		}
	}
	for j := range jobs {
		for repeat, rows := range out[j] {
			prepare(rows, jobs[j].Policy)
			size := chunkSize(jobs[j].Policy)
			for i, first := 0, 0; first < n && !stopped(ctx, failed); i, first = i+1, first+size {
				c := Chunk{Job: j, Repeat: repeat, N: i, First: first, End: min(first+size, n), Rows: rows}
				work.Go(func() error {
					if stopped(ctx, failed) {
						return nil
					}
					// A chunk that has begun is finished, whatever becomes of ctx.
					if err := r.finish(context.WithoutCancel(ctx), jobs[j].Policy, arms[j], c); err != nil {
						return fmt.Errorf("policy %s: %w", jobs[j].Name, err)
					}
					finished <- c
					return nil
				})
			}
		}
	}
	err := work.Wait()
	close(finished)
	<-sunk
	switch {
	case sinkErr != nil:
		return out, sinkErr
	case err != nil:
		return out, err
	}
	return out, ctx.Err()
}

// drain hands finished chunks on; after an error it only empties the channel.
func (r *Runner) drain(finished <-chan Chunk, failed chan<- struct{}) error {
	var err error
	for c := range finished {
		if err != nil || r.Done == nil {
			continue
		}
		if err = r.Done(c); err != nil {
			close(failed)
		}
	}
	return err
}

func stopped(ctx context.Context, failed <-chan struct{}) bool {
	select {
	case <-failed:
		return true
	case <-ctx.Done():
		return true
	default:
		return false
	}
}

// prepare makes room for what only some policies have.
func prepare(rows *Rows, p waymark.Policy) {
	s := selector(p)
	if s == nil {
		rows.Traces, rows.Unjudged = make([]waymark.Trace, rows.Len()), make([]string, rows.Len())
		rows.RouterCost = make([]bool, rows.Len())
		return
	}
	rows.Reasons = s.Reasons()
	if _, ok := s.(waymark.Charger); ok {
		rows.Spent, rows.RouterCost = make([]waymark.Spending, rows.Len()), make([]bool, rows.Len())
	}
	if _, ok := s.(waymark.Remarker); ok {
		rows.Remarks = make([]string, rows.Len())
	}
}

// selector is what a one-shot policy decides by, nil for any other policy.
func selector(p waymark.Policy) waymark.Selector {
	switch p := p.(type) {
	case waymark.OneShot:
		return p.Selector
	case waymark.OneShotSweep:
		return p.StepSelector
	}
	return nil
}

// finish takes a chunk from where it is stored, or runs it.
func (r *Runner) finish(ctx context.Context, p waymark.Policy, arms []int32, c Chunk) error {
	if r.Stored != nil {
		if there, err := r.Stored(c); there || err != nil {
			return err
		}
	}
	return r.chunk(ctx, p, arms, c)
}

func (r *Runner) chunk(ctx context.Context, p waymark.Policy, arms []int32, c Chunk) error {
	if s := selector(p); s != nil {
		return r.bulk(ctx, s, arms, c)
	}
	return r.trials(ctx, p, c)
}

// columns is the matrix column of each arm of a one-shot policy, -1 for a model
// of which nothing is recorded.
func (r *Runner) columns(p waymark.Policy) []int32 {
	s := selector(p)
	if s == nil {
		return nil
	}
	var cols []int32
	for _, m := range s.Arms() {
		cols = append(cols, int32(r.Matrix.Column(m)))
	}
	return cols
}
