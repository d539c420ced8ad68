package store

import (
	"context"

	"waymark"
)

// load reads the keys that the rows of a run point at.
func (db *DB) load(ctx context.Context, id string) (*Run, error) {
	r := &Run{db: db, id: id, models: map[waymark.ModelID]int64{}}
	err := db.reader.QueryRowContext(ctx, "SELECT run_id, dataset.tasks FROM run JOIN dataset USING (dataset_id) WHERE run = ?", id).Scan(&r.key, &r.tasks)
	if err != nil {
		return nil, explain(db.path, "read run "+id, err)
	}
	for _, part := range []func(context.Context) error{r.loadPolicies, r.loadPasses, r.loadModels} {
		if err := part(ctx); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *Run) loadPolicies(ctx context.Context) error {
	return r.db.each(ctx, "read run "+r.id, func(scan func(...any) error) error {
		var p policyKeys
		err := scan(&p.name, &p.arms, &p.reasons)
		r.policies = append(r.policies, p)
		return err
	}, `SELECT name, (SELECT count(*) FROM arm WHERE arm.policy_id = policy.policy_id),
		(SELECT count(*) FROM reason WHERE reason.policy_id = policy.policy_id)
		FROM policy WHERE run_id = ? ORDER BY position`, r.key)
}

func (r *Run) loadPasses(ctx context.Context) error {
	return r.db.each(ctx, "read run "+r.id, func(scan func(...any) error) error {
		var position int
		var pass int64
		if err := scan(&position, &pass); err != nil {
			return err
		}
		p := &r.policies[position]
		p.passes = append(p.passes, pass)
		return nil
	}, "SELECT position, pass_id FROM policy JOIN pass USING (policy_id) WHERE run_id = ? ORDER BY position, repeat", r.key)
}

func (r *Run) loadModels(ctx context.Context) error {
	return r.db.each(ctx, "read run "+r.id, func(scan func(...any) error) error {
		var name waymark.ModelID
		var key int64
		err := scan(&name, &key)
		r.models[name] = key
		return err
	}, "SELECT name, model_id FROM run_model JOIN model USING (model_id) WHERE run_id = ?", r.key)
}
