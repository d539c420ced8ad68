package store

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"waymark"
)

// AppendSteps writes what a swept policy decides at every knob: s has one query
// for each of tasks. It is done whole or not at all, as Append is.
func (r *Run) AppendSteps(ctx context.Context, part Part, tasks []int32, s *waymark.Steps) error {
	p, pass, err := r.pass(part)
	if err == nil {
		err = checkSteps(r, p, tasks, s)
	}
	if err != nil {
		return r.db.errorf(Invalid, "cannot append to run %s: %v", r.id, err)
	}
	rows := stepRows(tasks, s)
	return r.db.write(ctx, "keep decisions of run "+r.id, func(t *tx) error {
		if err := t.done(r, pass, holdsSteps, part, len(tasks)); err != nil {
			return err
		}
		return t.insert(stepTable, len(rows), func(i int, to row) { rows[i].fill(pass, s, to) })
	})
}

// A stepRow is a row of table step: the step-th of all, or the failure of a
// query.
type stepRow struct {
	task  int32
	query int // the query that this is the first row of, or -1
	step  int // -1 for a failed query
}

func stepRows(tasks []int32, s *waymark.Steps) []stepRow {
	rows := make([]stepRow, 0, len(s.From))
	for i, task := range tasks {
		lo, hi := s.Start[i], s.Start[i+1]
		if lo == hi {
			rows = append(rows, stepRow{task, i, -1})
			continue
		}
		rows = append(rows, stepRow{task, i, lo})
		for k := lo + 1; k < hi; k++ {
			rows = append(rows, stepRow{task, -1, k})
		}
	}
	return rows
}

func (w stepRow) fill(pass int64, s *waymark.Steps, r row) {
	r.int(0, pass)
	r.int(1, int64(w.task))
	r.null(4)
	r.null(5)
	if w.query >= 0 {
		r.real(5, s.Pick[w.query].Signal)
	}
	if w.step < 0 {
		r.real(2, math.Inf(-1))
		r.null(3)
		r.index(4, s.Pick[w.query].Reason)
		return
	}
	r.real(2, s.From[w.step])
	r.int(3, int64(s.Arm[w.step]))
}

func checkSteps(r *Run, p *policyKeys, tasks []int32, s *waymark.Steps) error {
	n := len(tasks)
	if len(s.Start) != n+1 || len(s.Pick) != n || len(s.From) != len(s.Arm) || s.Start[0] != 0 || s.Start[n] != len(s.From) {
		return fmt.Errorf("the steps do not fit %d tasks", n)
	}
	for i, task := range tasks {
		if task < 0 || int(task) >= r.tasks {
			return fmt.Errorf("query %d is task %d of %d", i, task, r.tasks)
		}
		if s.Start[i] > s.Start[i+1] {
			return fmt.Errorf("query %d ends before it starts", i)
		}
	}
	for k := range s.From {
		if math.IsNaN(s.From[k]) || s.Arm[k] < 0 || int(s.Arm[k]) >= p.arms {
			return fmt.Errorf("step %d is from %g to arm %d of %d", k, s.From[k], s.Arm[k], p.arms)
		}
	}
	return nil
}

// Steps reads back what AppendSteps wrote, by ascending task. Of a query that
// did not fail, Pick holds the Signal alone.
func (db *DB) Steps(ctx context.Context, run string, policy, repeat int) (tasks []int32, s *waymark.Steps, err error) {
	s = &waymark.Steps{Start: []int{0}}
	last := int32(-1)
	err = db.each(ctx, "read the steps of run "+run, func(scan func(...any) error) error {
		var task int32
		var from float64
		var arm, reason sql.NullInt32
		var signal sql.NullFloat64
		if err := scan(&task, &from, &arm, &reason, &signal); err != nil {
			return err
		}
		if task != last {
			tasks, last = append(tasks, task), task
			s.Start = append(s.Start, len(s.From))
			s.Pick = append(s.Pick, waymark.Pick{Signal: orNaN(signal)})
		}
		if !arm.Valid {
			s.Pick[len(s.Pick)-1].Arm = waymark.NoArm
			s.Pick[len(s.Pick)-1].Reason = reason.Int32
			return nil
		}
		s.From, s.Arm = append(s.From, from), append(s.Arm, arm.Int32)
		s.Start[len(s.Start)-1] = len(s.From)
		return nil
	}, `SELECT task, from_knob, arm, reason, signal FROM step WHERE pass_id = (`+passOf+`) ORDER BY task, from_knob`, run, policy, repeat)
	return tasks, s, err
}

// passOf is the key of a pass, by run, position of the policy and repeat.
const passOf = `SELECT pass.pass_id FROM run JOIN policy USING (run_id) JOIN pass USING (policy_id)
	WHERE run.run = ? AND policy.position = ? AND pass.repeat = ?`
