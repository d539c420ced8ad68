package store

import (
	"context"
	"database/sql"
	"math"
	"time"

	"waymark"
)

// A TaskOutcome is what became of one task under a policy, on average over the
// policy's repeats.
type TaskOutcome struct {
	Task    string        // its id
	Score   float64       // in [0,1]; NaN unless every repeat was answered
	CostUSD float64       // NaN unless the cost of every repeat is known
	Latency time.Duration // 0 if not known
	Weight  float64       // of sampling
	Unit    string        // the group that it belongs to; "" for its own
}

// Outcomes are those of the tasks that a run reports on (the test split, or all
// where the suite does not split), by ascending id. There are none of a policy that
// was only swept, or is not in the run.
func (db *DB) Outcomes(ctx context.Context, run, policy string) (out []TaskOutcome, err error) {
	err = db.each(ctx, "read the outcomes of run "+run, func(scan func(...any) error) error {
		var o TaskOutcome
		var score, cost, latency sql.NullFloat64
		var repeats, scores, costs int
		var unit sql.NullString
		if err := scan(&o.Task, &score, &cost, &latency, &repeats, &scores, &costs, &o.Weight, &unit); err != nil {
			return err
		}
		o.Unit = unit.String
		o.Score, o.CostUSD, o.Latency = math.NaN(), math.NaN(), time.Duration(latency.Float64)
		if scores == repeats {
			o.Score = score.Float64
		}
		if costs == repeats {
			o.CostUSD = cost.Float64 / float64(waymark.Dollar)
		}
		out = append(out, o)
		return nil
	}, `SELECT task.id, avg(score), avg(cost_pusd), avg(latency_ns), count(*), count(score), count(cost_pusd), task.weight, task.unit
		FROM run JOIN policy USING (run_id) JOIN pass USING (policy_id) JOIN trial USING (pass_id)
		JOIN run_task ON run_task.run_id = run.run_id AND run_task.task = trial.task
		JOIN task ON task.dataset_id = run.dataset_id AND task.task = trial.task
		WHERE run.run = ? AND policy.name = ? AND run_task.split <> 1
		GROUP BY trial.task ORDER BY task.id`, run, policy)
	return out, err
}
