package suite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"waymark"
	"waymark/evaluators"
)

// grade judges every recorded response once: by the suite's grader, else the
// task's own, else the recorded score. Grades that results.db holds for the same
// grader, task and output are taken from there.
func (b *board) grade(ctx context.Context, s *Suite, opt *Options) error {
	g, err := newGraders(s)
	if err != nil {
		return err
	}
	perTask := make([]waymark.Grader, len(b.matrix.Tasks))
	for i := range b.matrix.Tasks {
		if perTask[i], err = g.of(&b.matrix.Tasks[i]); err != nil {
			return err
		}
	}
	t := tally{counts: map[string]*GradingCount{}}
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(opt.workers())
	var done atomic.Int64
	total := len(b.matrix.Models) * len(b.matrix.Tasks)
	for col := range b.matrix.Models {
		for first := 0; first < len(b.matrix.Tasks); first += gradeChunk {
			work.Go(func() error {
				end := min(first+gradeChunk, len(b.matrix.Tasks))
				err := b.gradeCells(ctx, perTask, col, first, end, &t)
				opt.progress(int(done.Add(int64(end-first))), total)
				return err
			})
		}
	}
	if err := work.Wait(); err != nil {
		return err
	}
	b.grading = t.sorted()
	for _, c := range b.grading {
		if c.Failed > 0 {
			b.warnings = append(b.warnings, fmt.Sprintf("%d answers could not be judged by %s and count as failed, not as wrong", c.Failed, c.Grader))
		}
	}
	return nil
}

const gradeChunk = 1024

func (b *board) gradeCells(ctx context.Context, perTask []waymark.Grader, col, first, end int, t *tally) error {
	local := map[string]*GradingCount{}
	for row := first; row < end; row++ {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for n := range b.matrix.Samples(col, row) {
			g := perTask[row]
			status, err := b.gradeSample(ctx, g, col, row, n)
			if err != nil {
				return err
			}
			if status == 0 {
				break // a hole
			}
			count(local, graderName(g), status)
		}
	}
	t.merge(local)
	return nil
}

// gradeSample judges one recorded answer. Where there is nothing to judge, the
// cell's score is unknown.
func (b *board) gradeSample(ctx context.Context, g waymark.Grader, col, row, n int) (waymark.GradeStatus, error) {
	task := &b.matrix.Tasks[row]
	sample := b.matrix.Sample(col, row, n)
	if sample.Response.Err != "" && !sample.Response.HasOutput && !sample.Score.Known {
		return waymark.Failed, nil // the call failed; nothing was answered
	}
	grade, err := g.Grade(ctx, task, waymark.Answer{
		Text: sample.Response.Output, HasText: sample.Response.HasOutput,
		Recorded: sample.Score, Model: b.matrix.Models[col], Sample: sample.N,
	})
	switch {
	case errors.Is(err, evaluators.ErrNoOutput):
		b.matrix.MakeHole(col, row)
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("grading %s on task %q: %w", b.matrix.Models[col], task.ID, err)
	}
	b.matrix.SetScore(col, row, n, waymark.Score{Value: grade.Score, Known: grade.Status != waymark.Failed})
	return grade.Status, nil
}

// graders finds the grader of each task, parsing each specification once.
type graders struct {
	suite  waymark.Grader // nil unless the suite names one
	bySpec map[string]waymark.Grader
}

func newGraders(s *Suite) (*graders, error) {
	g := &graders{bySpec: map[string]waymark.Grader{}}
	spec, given, err := s.graderSpec()
	if err != nil || !given {
		return g, err
	}
	if g.suite, err = evaluators.Parse(spec); err != nil {
		return nil, s.graderError(err)
	}
	return g, nil
}

func (g *graders) of(t *waymark.Task) (waymark.Grader, error) {
	if g.suite != nil {
		return g.suite, nil
	}
	text := string(t.Grader)
	if text == "" {
		text = `"recorded"`
	}
	if known, ok := g.bySpec[text]; ok {
		return known, nil
	}
	var spec any
	if err := json.Unmarshal([]byte(text), &spec); err != nil {
		return nil, fmt.Errorf("task %q: grader: %w", t.ID, err)
	}
	parsed, err := evaluators.Parse(spec)
	if err != nil {
		return nil, fmt.Errorf("task %q: grader: %w", t.ID, err)
	}
	g.bySpec[text] = parsed
	return parsed, nil
}

func graderName(g waymark.Grader) string {
	if n, ok := g.(interface{ Name() string }); ok {
		return n.Name()
	}
	return fmt.Sprintf("%T", g)
}

// tally counts what became of answers, by grader.
type tally struct {
	mu     sync.Mutex
	counts map[string]*GradingCount
}

func count(into map[string]*GradingCount, grader string, s waymark.GradeStatus) {
	c := into[grader]
	if c == nil {
		c = &GradingCount{Grader: grader}
		into[grader] = c
	}
	switch s {
	case waymark.Graded:
		c.Graded++
	case waymark.NoAnswer:
		c.NoAnswer++
	default:
		c.Failed++
	}
}

func (t *tally) merge(local map[string]*GradingCount) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for name, c := range local {
		if t.counts[name] == nil {
			t.counts[name] = &GradingCount{Grader: name}
		}
		into := t.counts[name]
		into.Graded += c.Graded
		into.NoAnswer += c.NoAnswer
		into.Failed += c.Failed
	}
}

func (t *tally) sorted() []GradingCount {
	out := []GradingCount{}
	for _, c := range t.counts {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b GradingCount) int { return compare(a.Grader, b.Grader) })
	return out
}

func (o *Options) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}
