package store

import (
	"context"
	"errors"
	"time"

	"waymark"
)

// A Run is a run that is going on. Its methods may be called by several
// goroutines; they write one after the other.
type Run struct {
	db       *DB
	id       string
	key      int64
	tasks    int
	policies []policyKeys
	models   map[waymark.ModelID]int64
}

// policyKeys are what rows of a policy point at.
type policyKeys struct {
	name          string
	passes        []int64 // by repeat
	arms, reasons int
}

// A Part is a chunk of a pass of a policy: what is appended as one.
type Part struct {
	Policy int // position in the run's Policies
	Repeat int
	Chunk  int
}

// ID is the name of the run: 20261124-130501-a3f2. Names sort by time.
func (r *Run) ID() string { return r.id }

// Append writes decisions of a policy. When it returns nil they are on disk and
// the part counts as done; otherwise neither is so.
func (r *Run) Append(ctx context.Context, part Part, d Decisions) error {
	p, pass, err := r.pass(part)
	if err == nil {
		err = d.check(r, p)
	}
	if err != nil {
		return r.db.errorf(Invalid, "cannot append to run %s: %v", r.id, err)
	}
	return r.db.write(ctx, "keep decisions of run "+r.id, func(t *tx) error {
		if err := t.done(r, pass, holdsTrials, part, d.Len()); err != nil {
			return err
		}
		if err := t.insert(trialTable, d.Len(), func(i int, to row) { d.fill(pass, i, to) }); err != nil {
			return err
		}
		return t.details(r, pass, &d)
	})
}

// details writes what only some trials have.
func (t *tx) details(r *Run, pass int64, d *Decisions) error {
	err := t.insert(remarkTable, len(d.Remarks), func(i int, to row) {
		to.int(0, pass)
		to.int(1, int64(d.Remarks[i].Task))
		to.text(2, d.Remarks[i].Text)
	})
	if err != nil {
		return err
	}
	models := make([]int64, len(d.Made))
	for i, c := range d.Made {
		key, ok := r.models[c.Model]
		if !ok {
			if key, err = t.model(c.Model); err != nil {
				return err
			}
		}
		models[i] = key
	}
	return t.insert(callTable, len(d.Made), func(i int, to row) { d.Made[i].fill(pass, models[i], to) })
}

func (c *MadeCall) fill(pass, model int64, r row) {
	r.int(0, pass)
	r.int(1, int64(c.Task))
	r.int(2, int64(c.N))
	r.int(3, int64(c.Round))
	r.int(4, model)
	r.int(5, int64(c.Purpose))
	r.int(6, int64(c.Sample))
	r.known(7, int64(c.Cost.USD), c.Cost.Known)
	r.time(8, c.Latency)
	r.null(9)
	if c.Err != "" {
		r.text(9, c.Err)
	}
	r.null(10)
	if c.Part != "" {
		r.text(10, c.Part)
	}
	r.time(11, c.Start)
}

// LeaveOut says that the run reports on these tasks no longer: what it decided about them stays, and
// nothing that is read for a comparison or a history has them.
func (r *Run) LeaveOut(ctx context.Context, tasks []int32) error {
	if len(tasks) == 0 {
		return nil
	}
	return r.db.write(ctx, "leave tasks out of run "+r.id, func(t *tx) error {
		for _, task := range tasks {
			if err := t.exec("DELETE FROM run_task WHERE run_id = ? AND task = ?", r.key, task); err != nil {
				return err
			}
		}
		return nil
	})
}

// Finish ends the run: as StatusDone with its result, or as interrupted or
// failed, with a result or nil. A run that is not done can be resumed.
func (r *Run) Finish(ctx context.Context, status Status, resultJSON []byte) error {
	var result any
	if resultJSON != nil {
		result = string(resultJSON)
	}
	err := r.db.write(ctx, "finish run "+r.id, func(t *tx) error {
		return t.exec("UPDATE run SET status = ?, finished_ms = ?, result_json = ? WHERE run_id = ?",
			string(status), time.Now().UnixMilli(), result, r.key)
	})
	if err != nil {
		return err
	}
	return explain(r.db.path, "finish run "+r.id, r.db.letGo(r.id))
}

// pass is the pass that a part belongs to.
func (r *Run) pass(part Part) (*policyKeys, int64, error) {
	if part.Policy < 0 || part.Policy >= len(r.policies) {
		return nil, 0, errors.New("there is no such policy")
	}
	p := &r.policies[part.Policy]
	if part.Repeat < 0 || part.Repeat >= len(p.passes) {
		return nil, 0, errors.New("policy " + p.name + " has no such repeat")
	}
	return p, p.passes[part.Repeat], nil
}
