package suite

import (
	"fmt"
	"sync"

	"waymark"
	"waymark/internal/runner"
	"waymark/internal/store"
)

// resumed gives the chunks that results.db has of a run that is gone on with, so that
// nothing which was decided is decided again; nil where there is none. position is the
// candidate of each job.
func (k *keeper) resumed(b *board, cands []*candidate, position []int) func(runner.Chunk) (bool, error) {
	if k.run == nil || len(k.done.Decisions) == 0 {
		return nil
	}
	r := &resumption{k: k, b: b, passes: map[store.Part]*pass{}}
	return func(c runner.Chunk) (bool, error) {
		part := store.Part{Policy: position[c.Job], Repeat: c.Repeat, Chunk: c.N}
		tasks, there := k.done.Decisions[part]
		if !there {
			return false, nil
		}
		if tasks != c.End-c.First {
			return false, fmt.Errorf("run %s has %d tasks in chunk %d of %s, which now has %d: it cannot be gone on with", k.run.ID(), tasks, c.N, cands[part.Policy].entry.Name, c.End-c.First)
		}
		return true, r.fill(c, part, cands[part.Policy])
	}
}

// A resumption is what is read back of a run, pass by pass.
type resumption struct {
	k      *keeper
	b      *board
	mu     sync.Mutex
	passes map[store.Part]*pass // by a part without its chunk
}

// A pass is what is stored of one repeat of a policy, found by task.
type pass struct {
	store.Decisions
	row     map[int32]int
	remarks map[int32]string
	made    map[int32][]store.MadeCall
}

func (r *resumption) pass(of store.Part) (*pass, error) {
	of.Chunk = 0
	r.mu.Lock()
	defer r.mu.Unlock()
	if p := r.passes[of]; p != nil {
		return p, nil
	}
	d, err := r.k.db.Decisions(r.k.ctx, r.k.run.ID(), of.Policy, of.Repeat)
	if err != nil {
		return nil, err
	}
	p := &pass{Decisions: d, row: map[int32]int{}, remarks: map[int32]string{}, made: map[int32][]store.MadeCall{}}
	for i, task := range d.Task {
		p.row[task] = i
	}
	for _, m := range d.Remarks {
		p.remarks[m.Task] = m.Text
	}
	for _, c := range d.Made {
		p.made[c.Task] = append(p.made[c.Task], c)
	}
	r.passes[of] = p
	return p, nil
}

// fill enters the rows of a chunk as they are stored.
func (r *resumption) fill(c runner.Chunk, part store.Part, cand *candidate) error {
	p, err := r.pass(part)
	if err != nil {
		return err
	}
	var arms []waymark.ModelID
	if sel := cand.selector(); sel != nil {
		arms = sel.Arms()
	}
	for i := c.First; i < c.End; i++ {
		at, there := p.row[int32(i)]
		if !there {
			return fmt.Errorf("run %s lacks task %q of %s, of which its chunk is marked as done", r.k.run.ID(), r.b.queries.IDs[i], cand.entry.Name)
		}
		p.enter(c.Rows, i, at)
		if c.Rows.Traces != nil {
			p.trace(c.Rows, i, at, r.b)
			continue
		}
		c.Rows.Model[i] = -1
		if arm := c.Rows.Arm[i]; arm != waymark.NoArm {
			c.Rows.Model[i] = int32(r.b.matrix.Column(arms[arm]))
		}
		p.own(c.Rows, i)
	}
	return nil
}

var statuses = [...]runner.Status{store.Answered: runner.Answered, store.Hole: runner.Hole, store.Failed: runner.Failed}

// enter enters what every row has.
func (p *pass) enter(r *runner.Rows, i, at int) {
	r.Status[i], r.Arm[i], r.Reason[i], r.Signal[i] = statuses[p.Status[at]], p.Arm[at], p.Reason[at], p.Signal[at]
	r.Cost[i], r.CostKnown[i], r.Latency[i], r.Calls[i] = p.Cost[at], p.CostKnown[at], p.Latency[at], p.Calls[at]
	if r.Quality[i] = 0; r.Status[i] == runner.Answered {
		r.Quality[i] = p.Score[at]
	}
}

// own enters what a one-shot policy said and spent itself.
func (p *pass) own(r *runner.Rows, i int) {
	task := int32(i)
	if r.Remarks != nil {
		r.Remarks[i] = p.remarks[task]
	}
	if r.Spent == nil {
		return
	}
	r.Spent[i] = waymark.Spending{Cost: waymark.Paid(0)}
	for _, c := range p.made[task] {
		r.Spent[i] = waymark.Spending{Cost: c.Cost, Latency: c.Latency}
	}
	r.RouterCost[i] = r.Spent[i].Cost.Known
	if !r.CostKnown[i] {
		r.Cost[i] = r.Spent[i].Cost.USD // of a row without an answer's cost nothing else is stored
	}
}

// trace enters the trial of a policy that makes its own calls, without the texts,
// which are not stored.
func (p *pass) trace(r *runner.Rows, i, at int, b *board) {
	task := int32(i)
	tr := waymark.Trace{Query: b.queries.IDs[i], Decision: waymark.Decision{Answer: waymark.Composed, Reason: p.remarks[task]}}
	r.Model[i], r.Arm[i] = p.Arm[at], waymark.NoArm
	r.RouterCost[i] = true
	var sum waymark.USD
	for _, c := range p.made[task] {
		call := waymark.Call{N: c.N, Round: c.Round, Part: c.Part, Start: c.Start}
		call.Model, call.Purpose, call.Sample, call.Query.ID = c.Model, c.Purpose, c.Sample, tr.Query
		call.Cost, call.Latency, call.Err = c.Cost, c.Latency, c.Err
		if r.Model[i] >= 0 && c.Model == b.matrix.Models[r.Model[i]] && c.Purpose == waymark.ForAnswer {
			tr.Decision.Answer = len(tr.Calls) // the last of them, where a model was asked more than once
		}
		if sum += c.Cost.USD; !c.Cost.Known && c.Purpose != waymark.ForAnswer {
			r.RouterCost[i] = false
		}
		tr.Calls = append(tr.Calls, call)
	}
	if !r.CostKnown[i] {
		r.Cost[i] = sum // of the calls whose cost is known
	}
	if r.Status[i] != runner.Answered && p.remarks[task] != "" {
		tr.Err = &storedError{p.remarks[task], r.Status[i] == runner.Hole}
		tr.Decision = waymark.Decision{}
	}
	r.Traces[i] = tr
}

// A storedError is why a trial failed, as it was stored.
type storedError struct {
	text string
	hole bool
}

func (e *storedError) Error() string { return e.text }

// Is tells a hole.
func (e *storedError) Is(target error) bool { return e.hole && target == waymark.ErrNotRecorded }
