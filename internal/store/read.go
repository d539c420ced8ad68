package store

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"time"

	"waymark"
)

// Result is the result that a run was finished with, as JSON; nil if none.
func (db *DB) Result(ctx context.Context, run string) ([]byte, error) {
	var result sql.NullString
	err := db.reader.QueryRowContext(ctx, "SELECT result_json FROM run WHERE run = ?", run).Scan(&result)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, db.errorf(UnknownRun, "there is no run %q", run)
	}
	if err != nil || !result.Valid {
		return nil, explain(db.path, "read the result of run "+run, err)
	}
	return []byte(result.String), nil
}

// Decisions reads back what Append wrote about one pass of a policy, by
// ascending task and with every column.
func (db *DB) Decisions(ctx context.Context, run string, policy, repeat int) (Decisions, error) {
	var d Decisions
	doing := "read the decisions of run " + run
	err := db.each(ctx, doing, func(scan func(...any) error) error { return d.scan(scan) },
		`SELECT task, status, arm, reason, signal, score, cost_pusd, latency_ns, calls
		FROM trial WHERE pass_id = (`+passOf+`) ORDER BY task`, run, policy, repeat)
	if err != nil {
		return d, err
	}
	err = db.each(ctx, doing, func(scan func(...any) error) error {
		var m Remark
		err := scan(&m.Task, &m.Text)
		d.Remarks = append(d.Remarks, m)
		return err
	}, `SELECT task, text FROM remark WHERE pass_id = (`+passOf+`) ORDER BY task`, run, policy, repeat)
	if err != nil {
		return d, err
	}
	d.Made, err = db.calls(ctx, doing, `call.pass_id = (`+passOf+`)`, run, policy, repeat)
	return d, err
}

// scan appends a row of table trial.
func (d *Decisions) scan(scan func(...any) error) error {
	var task, calls int32
	var status Outcome
	var arm, reason sql.NullInt32
	var signal, score sql.NullFloat64
	var cost, latency sql.NullInt64
	if err := scan(&task, &status, &arm, &reason, &signal, &score, &cost, &latency, &calls); err != nil {
		return err
	}
	d.Task, d.Status, d.Calls = append(d.Task, task), append(d.Status, status), append(d.Calls, calls)
	d.Arm, d.Reason = append(d.Arm, orNone(arm)), append(d.Reason, orNone(reason))
	d.Signal, d.Score = append(d.Signal, orNaN(signal)), append(d.Score, orNaN(score))
	d.Cost, d.CostKnown = append(d.Cost, waymark.USD(cost.Int64)), append(d.CostKnown, cost.Valid)
	d.Latency = append(d.Latency, time.Duration(latency.Int64))
	return nil
}

func orNone(x sql.NullInt32) int32 {
	if !x.Valid {
		return waymark.NoArm
	}
	return x.Int32
}

func orNaN(x sql.NullFloat64) float64 {
	if !x.Valid {
		return math.NaN()
	}
	return x.Float64
}

// calls reads the rows of table call that a condition picks.
func (db *DB) calls(ctx context.Context, doing, where string, args ...any) (out []MadeCall, err error) {
	err = db.each(ctx, doing, func(scan func(...any) error) error {
		var c MadeCall
		var cost, latency, start sql.NullInt64
		var failure, part sql.NullString
		if err := scan(&c.Task, &c.N, &c.Round, &c.Model, &c.Purpose, &c.Sample, &cost, &latency, &failure, &part, &start); err != nil {
			return err
		}
		c.Cost = waymark.Cost{USD: waymark.USD(cost.Int64), Known: cost.Valid}
		c.Latency, c.Err = time.Duration(latency.Int64), failure.String
		c.Part, c.Start = part.String, time.Duration(start.Int64)
		out = append(out, c)
		return nil
	}, `SELECT task, n, round, model.name, purpose, sample, cost_pusd, latency_ns, error, part, start_ns
		FROM call JOIN model USING (model_id) WHERE `+where+` ORDER BY pass_id, task, n`, args...)
	return out, err
}

// each runs a query and hands each row's scan to do.
func (db *DB) each(ctx context.Context, doing string, do func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := db.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return explain(db.path, doing, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := do(rows.Scan); err != nil {
			return explain(db.path, doing, err)
		}
	}
	return explain(db.path, doing, rows.Err())
}
