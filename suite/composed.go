package suite

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"

	"waymark"
	"waymark/evaluators"
	"waymark/internal/runner"
	"waymark/internal/store"
)

const unjudgeable = "the answer was composed and grader recorded cannot judge text"

// A composer judges answers that no cell holds: those of calls that are not the task's own
// question, texts that policies wrote, and answers to the parts of a task. Grades are remembered
// like those of cells. What judging costs is never charged to a policy.
type composer struct {
	b     *board
	cands []*candidate // by job
	mu    sync.Mutex
	memo  *memo
	db    *store.DB
}

func (b *board) composer(cands []*candidate, opt *Options) *composer {
	return &composer{b: b, cands: cands, db: opt.DB, memo: &memo{known: map[store.GradeKey]waymark.Grade{}, fresh: map[string]*freshGrades{}}}
}

// judge is what an answer is worth: as a whole where it can be judged as one, else by its parts.
func (c *composer) judge(ctx context.Context, a runner.Composition) (runner.Judgement, error) {
	task, grader := &c.b.matrix.Tasks[a.Row], c.b.perTask[a.Row]
	if len(task.Subtasks) > 0 && len(a.Trace.Parts) > 0 && !c.whole(task, grader, a.Call()) {
		how := ""
		if d, ok := c.cands[a.Job].entry.Config.(interface{ Aggregation() string }); ok {
			how = d.Aggregation()
		}
		if how == "" {
			return runner.Judgement{Why: "the task has no reference of its own, and the policy names no aggregate of its parts' grades"}, nil
		}
		return c.aggregate(ctx, task, how, a.Trace)
	}
	return c.text(ctx, grader, task, a.Call(), a.Text())
}

// whole reports whether a task's answer is judged as a whole: the task has a reference or a grader of
// its own, or what it is worth is recorded.
func (c *composer) whole(t *waymark.Task, g evaluators.Named, call *waymark.Call) bool {
	if evaluators.TakesRecorded(g) {
		return call != nil && c.b.calls.Score(call.Request).Known
	}
	return len(t.Reference) > 0 || t.Grader != nil
}

// text judges one text as the answer to a task, or recalls what it was judged to be.
func (c *composer) text(ctx context.Context, g evaluators.Named, t *waymark.Task, call *waymark.Call, text string) (runner.Judgement, error) {
	a := waymark.Answer{Text: text, HasText: call == nil || call.HasOutput}
	if call != nil {
		a.Model, a.Recorded = call.Model, c.b.calls.Score(call.Request)
	}
	recorded := evaluators.TakesRecorded(g)
	switch {
	case recorded && !a.Recorded.Known:
		return runner.Judgement{Why: unjudgeable}, nil
	case !recorded && !a.HasText:
		return runner.Judgement{Why: "the text of the answer is not recorded"}, nil
	}
	grade, err := c.grade(ctx, g, t, a, !recorded)
	switch {
	case errors.Is(err, evaluators.ErrNoOutput):
		return runner.Judgement{Why: unjudgeable}, nil
	case err != nil:
		return runner.Judgement{}, fmt.Errorf("grading an answer to task %q: %w", t.ID, err)
	case grade.Status == waymark.Failed:
		return runner.Judgement{Why: "the answer could not be judged: " + grade.Why}, nil
	}
	return runner.Judgement{Score: waymark.Scored(grade.Score)}, nil
}

// grade asks the memory first where a grade depends on the text alone.
func (c *composer) grade(ctx context.Context, g evaluators.Named, t *waymark.Task, a waymark.Answer, memorable bool) (waymark.Grade, error) {
	if !memorable {
		return g.Grade(ctx, t, a)
	}
	key := evaluators.MemoKey(g, t, a.Text)
	c.mu.Lock()
	known, ok := c.memo.known[key]
	c.mu.Unlock()
	if ok {
		return known, nil
	}
	if c.db != nil {
		had, err := c.db.Grades(ctx, []store.GradeKey{key})
		if err != nil {
			return waymark.Grade{}, err
		}
		if had[0].Status != 0 {
			c.keep(g.Name(), key, had[0], false)
			return had[0], nil
		}
	}
	grade, err := g.Grade(ctx, t, a)
	if err == nil {
		c.keep(g.Name(), key, grade, true)
	}
	return grade, err
}

func (c *composer) keep(grader string, key store.GradeKey, g waymark.Grade, fresh bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, had := c.memo.known[key]; !had && fresh {
		c.memo.gather(grader, []store.GradeKey{key}, []waymark.Grade{g})
	}
	c.memo.known[key] = g
}

// aggregate is the grade of a task by those of its subtasks. It is unknown where that of any is.
func (c *composer) aggregate(ctx context.Context, t *waymark.Task, how string, tr *waymark.Trace) (runner.Judgement, error) {
	scores, weights := make([]float64, len(t.Subtasks)), make([]float64, len(t.Subtasks))
	for i := range t.Subtasks {
		sub := &t.Subtasks[i]
		j, err := c.part(ctx, sub, tr)
		if err != nil {
			return j, err
		}
		if !j.Score.Known {
			return runner.Judgement{Why: fmt.Sprintf("part %s: %s", sub.ID, j.Why)}, nil
		}
		scores[i], weights[i] = j.Score.Value, sub.Weight
	}
	return runner.Judgement{Score: waymark.Scored(aggregates[how](scores, weights))}, nil
}

// part judges the answer to one subtask by the subtask's own labels.
func (c *composer) part(ctx context.Context, sub *waymark.Task, tr *waymark.Trace) (runner.Judgement, error) {
	for _, p := range tr.Parts {
		if p.Query != sub.ID {
			continue
		}
		row, _ := c.b.parts.matrix.Row(sub.ID)
		g := c.b.parts.perTask[row]
		if p.Answer == waymark.Composed {
			return c.text(ctx, g, sub, nil, p.Text)
		}
		call := &tr.Calls[p.Answer]
		if score, cell := c.b.parts.matrix.Judged(call.Request); cell && call.Query.ID == sub.ID {
			return runner.Judgement{Score: score, Why: "its recorded answer has no score"}, nil
		}
		return c.text(ctx, g, sub, call, call.Output)
	}
	return runner.Judgement{Why: "the policy has no answer to it"}, nil
}

// aggregates make one grade of those of parts.
var aggregates = map[string]func(scores, weights []float64) float64{
	"mean": func(scores, _ []float64) float64 {
		return weighted(scores, nil)
	},
	"weighted": weighted,
	"min": func(scores, _ []float64) float64 {
		least := math.Inf(1)
		for _, x := range scores {
			least = min(least, x)
		}
		return least
	},
	"all": func(scores, _ []float64) float64 {
		for _, x := range scores {
			if x < 1 {
				return 0
			}
		}
		return 1
	},
}

// weighted is a mean by weights; nil is one each.
func weighted(scores, weights []float64) float64 {
	sum, total := 0.0, 0.0
	for i, x := range scores {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		sum, total = sum+w*x, total+w
	}
	return sum / total
}
