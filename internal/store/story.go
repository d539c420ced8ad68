package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"waymark"
)

// A Story is what every policy of a run decided about one task, and why.
type Story struct {
	Run      RunInfo
	Task     string
	Category string
	Split    string // "all", "tune" or "test"
	Told     []Told // by policy in the order of the suite, and by repeat
}

// Told is one policy's part of a story: its decision, or the steps of a policy
// that was swept, or both.
type Told struct {
	Policy   string
	Type     string
	Knob     float64 // NaN if none, or several
	Repeat   int
	Decision *ToldDecision // nil if the policy was only swept
	Steps    []ToldStep
}

// A ToldDecision is a row of the view decision, and the calls behind it.
type ToldDecision struct {
	Status  string        // "answered", "hole" or "failed"
	Model   string        // "" if no model was chosen
	Reason  string        // why that model
	Remark  string        // what more there is to say: why it failed
	Signal  float64       // NaN if none
	Quality float64       // in the dataset's own units; NaN if not known
	Cost    waymark.Cost  // of all calls
	Latency time.Duration // 0 if not known
	Calls   int           // made in all
	Made    []MadeCall    // each of them, for a policy that makes more than one
}

// A ToldStep is what a swept policy decides from a knob on, up to the next step's.
type ToldStep struct {
	From   float64
	Model  string  // "" if it could not decide
	Reason string  // why it could not
	Signal float64 // NaN if none, and for all but the first step
}

// Story tells what a run's policies decided about a task. The task's id must be
// exact; where there is none, the error names the nearest.
func (db *DB) Story(ctx context.Context, run, task string) (Story, error) {
	info, err := db.FindRun(ctx, run)
	if err != nil {
		return Story{}, err
	}
	s := Story{Run: info, Task: task}
	doing := "read run " + info.ID
	var number int
	var category sql.NullString
	err = db.reader.QueryRowContext(ctx, `SELECT task.task, task.category,
		CASE run_task.split WHEN 0 THEN 'all' WHEN 1 THEN 'tune' WHEN 2 THEN 'test' ELSE 'left out' END
		FROM run JOIN task USING (dataset_id) LEFT JOIN run_task ON run_task.run_id = run.run_id AND run_task.task = task.task
		WHERE run.run = ? AND task.id = ?`, info.ID, task).Scan(&number, &category, &s.Split)
	if errors.Is(err, sql.ErrNoRows) {
		return Story{}, db.noTask(ctx, info, task)
	}
	if err != nil {
		return Story{}, explain(db.path, doing, err)
	}
	s.Category = category.String
	keys, err := db.told(ctx, doing, info.ID, &s)
	if err != nil {
		return Story{}, err
	}
	for i, pass := range keys {
		if err := db.tell(ctx, doing, &s, i, pass, number); err != nil {
			return Story{}, err
		}
	}
	return s, nil
}

// told fills in the policies, and gives the key of each one's pass.
func (db *DB) told(ctx context.Context, doing, run string, s *Story) (passes []int64, err error) {
	err = db.each(ctx, doing, func(scan func(...any) error) error {
		var t Told
		var knob sql.NullFloat64
		var pass int64
		if err := scan(&pass, &t.Policy, &t.Type, &knob, &t.Repeat); err != nil {
			return err
		}
		t.Knob = orNaN(knob)
		s.Told, passes = append(s.Told, t), append(passes, pass)
		return nil
	}, `SELECT pass_id, name, type, knob, repeat FROM run JOIN policy USING (run_id) JOIN pass USING (policy_id)
		WHERE run.run = ? ORDER BY position, repeat`, run)
	return passes, err
}

// tell fills in the i-th part of a story.
func (db *DB) tell(ctx context.Context, doing string, s *Story, i int, pass int64, task int) error {
	t := &s.Told[i]
	err := db.each(ctx, doing, func(scan func(...any) error) error {
		var d ToldDecision
		var model, reason, remark sql.NullString
		var signal, quality sql.NullFloat64
		var cost, latency sql.NullInt64
		if err := scan(&d.Status, &model, &reason, &remark, &signal, &quality, &cost, &latency, &d.Calls); err != nil {
			return err
		}
		d.Model, d.Reason, d.Remark = model.String, reason.String, remark.String
		d.Signal, d.Quality = orNaN(signal), orNaN(quality)
		d.Cost, d.Latency = waymark.Cost{USD: waymark.USD(cost.Int64), Known: cost.Valid}, time.Duration(latency.Int64)
		t.Decision = &d
		return nil
	}, `SELECT decision.status, decision.model, decision.reason, decision.remark, decision.signal, quality, trial.cost_pusd, trial.latency_ns, decision.calls
		FROM decision JOIN trial ON trial.pass_id = ? AND trial.task = ?
		WHERE run = ? AND policy = ? AND decision.task = ? AND repeat = ?`, pass, task, s.Run.ID, t.Policy, s.Task, t.Repeat)
	if err != nil {
		return err
	}
	if t.Decision != nil {
		if t.Decision.Made, err = db.calls(ctx, doing, "pass_id = ? AND task = ?", pass, task); err != nil {
			return err
		}
	}
	return db.each(ctx, doing, func(scan func(...any) error) error {
		var p ToldStep
		var model, reason sql.NullString
		var signal sql.NullFloat64
		err := scan(&p.From, &model, &reason, &signal)
		p.Model, p.Reason, p.Signal = model.String, reason.String, orNaN(signal)
		t.Steps = append(t.Steps, p)
		return err
	}, `SELECT from_knob, model, reason, signal FROM sweep WHERE run = ? AND policy = ? AND task = ? AND repeat = ? ORDER BY from_knob`,
		s.Run.ID, t.Policy, s.Task, t.Repeat)
}

// noTask says which task of the run may have been meant.
func (db *DB) noTask(ctx context.Context, run RunInfo, task string) error {
	var near string
	err := db.each(ctx, "read the tasks of run "+run.ID, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		if near == "" || distance(id, task) < distance(near, task) {
			near = id
		}
		return err
	}, `SELECT task.id FROM run JOIN task USING (dataset_id) WHERE run.run = ? ORDER BY task.task`, run.ID)
	if err != nil {
		return err
	}
	return db.errorf(UnknownTask, "run %s has no task %q; the nearest is %q", run.ID, task, near)
}
