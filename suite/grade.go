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
	"waymark/internal/store"
)

// grade judges every recorded response once: by the suite's grader, else the
// task's own, else the recorded score. Grades that results.db holds for the same
// grader, task and output are taken from there.
func (b *board) grade(ctx context.Context, s *Suite, opt *Options) error {
	g, err := newGraders(s)
	if err != nil {
		return err
	}
	perTask := make([]evaluators.Named, len(b.matrix.Tasks))
	for i := range b.matrix.Tasks {
		if perTask[i], err = g.of(&b.matrix.Tasks[i]); err != nil {
			return err
		}
	}
	b.perTask = perTask
	b.contents = contents(b.matrix.Tasks, perTask, opt.workers())
	remembered, err := b.recall(ctx, opt.DB, perTask)
	if err != nil {
		return err
	}
	t := tally{counts: map[string]*GradingCount{}, memo: remembered}
	work, workCtx := errgroup.WithContext(ctx)
	work.SetLimit(opt.workers())
	var done atomic.Int64
	total := len(b.matrix.Models) * len(b.matrix.Tasks)
	for col := range b.matrix.Models {
		for first := 0; first < len(b.matrix.Tasks); first += gradeChunk {
			work.Go(func() error {
				end := min(first+gradeChunk, len(b.matrix.Tasks))
				err := b.gradeCells(workCtx, perTask, col, first, end, &t)
				opt.progress(int(done.Add(int64(end-first))), total)
				return err
			})
		}
	}
	if err := work.Wait(); err != nil {
		return err
	}
	if err := remembered.keep(ctx, opt.DB); err != nil {
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

func (b *board) gradeCells(ctx context.Context, perTask []evaluators.Named, col, first, end int, t *tally) error {
	local := batch{counts: map[string]*GradingCount{}, fresh: map[string]*freshGrades{}}
	for row := first; row < end; row++ {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for n := range b.matrix.Samples(col, row) {
			status, err := b.gradeSample(ctx, perTask[row], col, row, n, t.memo, &local)
			if err != nil {
				return err
			}
			if status == 0 {
				break // a hole
			}
			count(local.counts, perTask[row].Name(), status)
		}
	}
	t.merge(&local)
	return nil
}

// A batch is what grading one chunk found.
type batch struct {
	counts map[string]*GradingCount
	fresh  map[string]*freshGrades
}

// gradeSample judges one recorded answer, or recalls what it was judged to be.
// Where there is nothing to judge, the cell becomes a hole and the status is 0.
func (b *board) gradeSample(ctx context.Context, g evaluators.Named, col, row, n int, m *memo, local *batch) (waymark.GradeStatus, error) {
	task := &b.matrix.Tasks[row]
	sample := b.matrix.Sample(col, row, n)
	if sample.Response.Err != "" && !sample.Response.HasOutput && !sample.Score.Known {
		return waymark.Failed, nil // the call failed; nothing was answered
	}
	key, memorable := b.gradeKey(g, col, row, n)
	grade, known := m.known[key]
	if !memorable || !known {
		var err error
		grade, err = g.Grade(ctx, task, waymark.Answer{
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
		if memorable {
			local.remember(g.Name(), key, grade)
		}
	}
	b.matrix.SetScore(col, row, n, waymark.Score{Value: grade.Score, Known: grade.Status != waymark.Failed})
	return grade.Status, nil
}

func (l *batch) remember(name string, key store.GradeKey, g waymark.Grade) {
	f := l.fresh[name]
	if f == nil {
		f = &freshGrades{}
		l.fresh[name] = f
	}
	f.keys, f.grades = append(f.keys, key), append(f.grades, g)
}

// graders finds the grader of each task, parsing each specification once.
type graders struct {
	suite  evaluators.Named // nil unless the suite names one
	bySpec map[string]evaluators.Named
}

func newGraders(s *Suite) (*graders, error) {
	g := &graders{bySpec: map[string]evaluators.Named{}}
	spec, given, err := s.graderSpec()
	if err != nil || !given {
		return g, err
	}
	if g.suite, err = evaluators.Parse(spec); err != nil {
		return nil, s.graderError(err)
	}
	return g, nil
}

func (g *graders) of(t *waymark.Task) (evaluators.Named, error) {
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

// tally counts what became of answers, by grader.
type tally struct {
	mu     sync.Mutex
	counts map[string]*GradingCount
	memo   *memo
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

func (t *tally) merge(local *batch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for name, f := range local.fresh {
		t.memo.gather(name, f.keys, f.grades)
	}
	for name, c := range local.counts {
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
