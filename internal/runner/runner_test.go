package runner_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"waymark"
	"waymark/internal/replay"
	"waymark/internal/runner"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// board is n tasks × {cheap, dear}: dear is always right, cheap on even tasks.
func board(t testing.TB, n int) *replay.Matrix {
	t.Helper()
	tasks := make([]waymark.Task, n)
	for i := range tasks {
		tasks[i] = waymark.Task{ID: fmt.Sprintf("%06d", i), Messages: []waymark.Message{{Role: "user", Content: fmt.Sprint("question ", i)}}}
	}
	m, err := replay.New(tasks)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		for _, model := range []waymark.ModelID{"dear", "cheap"} {
			r := waymark.Recorded{Task: fmt.Sprintf("%06d", i), Model: model, Score: waymark.Scored(1)}
			r.Output, r.HasOutput, r.Cost, r.Latency = string(model), true, waymark.Paid(10), 5
			if model == "cheap" {
				r.Cost, r.Score = waymark.Paid(1), waymark.Scored(float64((i+1)%2))
			}
			m.Put(r)
		}
	}
	m.Seal()
	return m
}

// even sends even tasks to cheap and odd ones to dear.
type even struct{}

func (even) Arms() []waymark.ModelID { return []waymark.ModelID{"cheap", "dear", "absent"} }
func (even) Reasons() []string       { return []string{"even", "odd", "none"} }
func (even) Select(_ context.Context, qs *waymark.Queries, picks []waymark.Pick) error {
	for i, id := range qs.IDs {
		odd := int32(id[len(id)-1]-'0') % 2
		picks[i] = waymark.Pick{Arm: odd, Reason: odd, Signal: float64(odd)}
		switch {
		case strings.HasSuffix(id, "98"):
			picks[i].Arm = 2
		case strings.HasSuffix(id, "99"):
			picks[i] = waymark.Pick{Arm: waymark.NoArm, Reason: 2}
		}
	}
	return nil
}

// cascade asks cheap, and dear where the answer's cost was odd: a policy of two rounds.
type cascade struct{}

func (cascade) Route(ctx context.Context, t *waymark.Trial) (waymark.Decision, error) {
	if _, err := t.Ask(ctx, "cheap"); err != nil {
		return waymark.Decision{}, err
	}
	c, err := t.Ask(ctx, "dear")
	return waymark.Decision{Answer: c.N, Reason: "asked both"}, err
}

func run(t testing.TB, m *replay.Matrix, workers int, jobs ...runner.Job) [][]*runner.Rows {
	t.Helper()
	r := &runner.Runner{Matrix: m, Queries: m.Queries(nil, 1), Workers: workers}
	rows, err := r.Run(t.Context(), jobs)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestRowsTellWhatHappened(t *testing.T) {
	m := board(t, 200)
	rows := run(t, m, 2, runner.Job{Name: "even", Policy: waymark.OneShot{Selector: even{}}}, runner.Job{Name: "cascade", Policy: cascade{}})
	r := rows[0][0]
	if a, h, f := r.Count(runner.Answered), r.Count(runner.Hole), r.Count(runner.Failed); a != 196 || h != 2 || f != 2 {
		t.Errorf("answered %d holes %d failed %d, want 196 2 2", a, h, f)
	}
	if r.Quality[0] != 1 || r.Cost[0] != 1 || r.Cost[1] != 10 || m.Models[r.Model[1]] != "dear" || r.Reasons[r.Reason[1]] != "odd" {
		t.Errorf("row 0: %v %v, row 1: %v %v", r.Quality[0], r.Cost[0], r.Cost[1], r.Model[1])
	}
	c := rows[1][0]
	if c.Cost[7] != 11 || c.Latency[7] != 10 || c.Calls[7] != 2 || c.Quality[7] != 1 || len(c.Traces[7].Calls) != 2 {
		t.Errorf("cascade: cost %d latency %d calls %d", c.Cost[7], c.Latency[7], c.Calls[7])
	}
}

func TestWorkersChangeNothing(t *testing.T) {
	m := board(t, 3*runner.ChunkSize+17)
	jobs := []runner.Job{{Name: "even", Policy: waymark.OneShot{Selector: even{}}, Repeats: 2}}
	one, many := run(t, m, 1, jobs...), run(t, m, 8, jobs...)
	if !reflect.DeepEqual(one, many) {
		t.Error("eight workers give other rows than one")
	}
}

// An interrupted run keeps the chunks that it began, and says which those are.
func TestInterruptKeepsFinishedChunks(t *testing.T) {
	m := board(t, 8*runner.ChunkSize)
	ctx, cancel := context.WithCancel(t.Context())
	var done atomic.Int64
	r := &runner.Runner{Matrix: m, Queries: m.Queries(nil, 1), Workers: 1, Done: func(c runner.Chunk) error {
		done.Add(int64(c.End - c.First))
		cancel()
		return nil
	}}
	rows, err := r.Run(ctx, []runner.Job{{Name: "even", Policy: waymark.OneShot{Selector: even{}}}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want %v", err, context.Canceled)
	}
	if pending := rows[0][0].Count(runner.Pending); pending == 0 || pending+int(done.Load()) != m.Queries(nil, 1).Len() {
		t.Errorf("%d pending and %d done of %d", pending, done.Load(), 8*runner.ChunkSize)
	}
}

// waits is a policy whose trials wait for each other: it ends only where several go on at once.
type waits struct{ together *sync.WaitGroup }

func (waits) Waits() bool { return true }

func (p waits) Route(ctx context.Context, t *waymark.Trial) (waymark.Decision, error) {
	p.together.Done()
	p.together.Wait()
	c, err := t.Ask(ctx, "cheap")
	return waymark.Decision{Answer: c.N}, err
}

func TestTrialsOfAPolicyThatWaitsGoOnTogether(t *testing.T) {
	m := board(t, 4)
	p := waits{new(sync.WaitGroup)}
	p.together.Add(4)
	if r := run(t, m, 1, runner.Job{Name: "waits", Policy: p})[0][0]; r.Count(runner.Answered) != 4 {
		t.Errorf("%d answered, want 4", r.Count(runner.Answered))
	}
}

// A chunk that is stored is not run, and chunks of a policy that makes calls are small.
func TestStoredChunksAreNotRun(t *testing.T) {
	m := board(t, 3*runner.SlowChunk+5)
	var finished []int
	r := &runner.Runner{Matrix: m, Queries: m.Queries(nil, 1), Workers: 1}
	r.Stored = func(c runner.Chunk) (bool, error) {
		for i := c.First; c.N == 1 && i < c.End; i++ {
			c.Rows.Status[i], c.Rows.Cost[i] = runner.Answered, 77
		}
		return c.N == 1, nil
	}
	r.Done = func(c runner.Chunk) error {
		finished = append(finished, c.N)
		return nil
	}
	rows, err := r.Run(t.Context(), []runner.Job{{Name: "cascade", Policy: cascade{}}})
	if err != nil {
		t.Fatal(err)
	}
	got := rows[0][0]
	slices.Sort(finished)
	if !slices.Equal(finished, []int{0, 1, 2, 3}) || got.Cost[0] != 11 || got.Cost[runner.SlowChunk] != 77 || got.Traces[runner.SlowChunk].Calls != nil {
		t.Errorf("finished %v, costs %v and %v", finished, got.Cost[0], got.Cost[runner.SlowChunk])
	}
}

func TestSinkErrorEndsTheRun(t *testing.T) {
	m := board(t, 4*runner.ChunkSize)
	full := errors.New("disk full")
	r := &runner.Runner{Matrix: m, Queries: m.Queries(nil, 1), Done: func(runner.Chunk) error { return full }}
	if _, err := r.Run(t.Context(), []runner.Job{{Name: "even", Policy: waymark.OneShot{Selector: even{}}}}); !errors.Is(err, full) {
		t.Errorf("error %v, want %v", err, full)
	}
}

func TestHugeComposedAnswersAreJudged(t *testing.T) {
	m := board(t, 3)
	write := composer{}
	r := &runner.Runner{Matrix: m, Queries: m.Queries(nil, 1), Compose: func(_ context.Context, c runner.Composition) (runner.Judgement, error) {
		if c.Text() != "mine" || c.Call() != nil || c.Row == 2 {
			return runner.Judgement{Why: "not mine"}, nil
		}
		return runner.Judgement{Score: waymark.Scored(float64(c.Row) / 2)}, nil
	}}
	rows, err := r.Run(t.Context(), []runner.Job{{Name: "write", Policy: write}})
	if err != nil || rows[0][0].Quality[1] != 0.5 || rows[0][0].Model[1] != -1 || rows[0][0].Status[2] != runner.Failed || rows[0][0].Why(2) != "not mine" {
		t.Errorf("quality %v model %v error %v", rows[0][0].Quality[1], rows[0][0].Model[1], err)
	}
}

type composer struct{}

func (composer) Route(context.Context, *waymark.Trial) (waymark.Decision, error) {
	return waymark.Decision{Answer: waymark.Composed, Text: "mine"}, nil
}

func BenchmarkBulk(b *testing.B) {
	m := board(b, 100_000)
	r := &runner.Runner{Matrix: m, Queries: m.Queries(nil, 1)}
	jobs := []runner.Job{{Name: "even", Policy: waymark.OneShot{Selector: even{}}}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Run(b.Context(), jobs); err != nil {
			b.Fatal(err)
		}
	}
}
