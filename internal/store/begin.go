package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"time"

	"waymark"
)

// Begin starts a run: from its return the run is in the file, as running. The
// tasks are written once for all runs over the same dataset.
func (db *DB) Begin(ctx context.Context, spec RunSpec) (*Run, error) {
	if err := spec.check(); err != nil {
		return nil, db.errorf(Invalid, "cannot begin a run: %v", err)
	}
	if spec.Started.IsZero() {
		spec.Started = time.Now()
	}
	id, l, err := db.reserve(ctx, spec.Started)
	if err != nil {
		return nil, explain(db.path, "begin a run", err)
	}
	err = db.write(ctx, "begin a run", func(t *tx) error { return t.begin(id, &spec) })
	if err != nil {
		return nil, errors.Join(err, l.release())
	}
	db.hold(id, l)
	return db.load(ctx, id)
}

// reserve finds a run id that is not in use and takes its lease, so that the run
// is never seen without one.
func (db *DB) reserve(ctx context.Context, started time.Time) (string, *lease, error) {
	for {
		var suffix [2]byte
		rand.Read(suffix[:])
		id := started.UTC().Format("20060102-150405-") + hex.EncodeToString(suffix[:])
		var used bool
		if err := db.reader.QueryRowContext(ctx, "SELECT count(*) FROM run WHERE run = ?", id).Scan(&used); err != nil {
			return "", nil, err
		}
		if used {
			continue
		}
		l, err := takeLease(db.leasePath(id))
		if errors.Is(err, errHeld) {
			continue
		}
		return id, l, err
	}
}

func (t *tx) begin(id string, s *RunSpec) error {
	dataset, err := t.dataset(s)
	if err != nil {
		return err
	}
	var run int64
	err = t.scan(&run, `INSERT INTO run (run, dataset_id, status, started_ms, suite_path, suite_text, prices, seed, jobs,
		version, source_commit, machine, command, spec_digest) VALUES (?, ?, 'running', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING run_id`,
		id, dataset, s.Started.UnixMilli(), s.SuitePath, s.SuiteText, s.Prices, strconv.FormatUint(s.Seed, 10), s.Jobs,
		s.Version, s.Commit, s.Machine, s.Command, s.Digest)
	if err != nil {
		return err
	}
	if err := t.runTasks(run, &s.Tasks); err != nil {
		return err
	}
	if err := t.models(runModelTable, run, s.Models); err != nil {
		return err
	}
	for i := range s.Policies {
		if err := t.policy(run, i, &s.Policies[i]); err != nil {
			return err
		}
	}
	return nil
}

// dataset is the row of the run's dataset, which is written with its tasks if it
// is not there yet.
func (t *tx) dataset(s *RunSpec) (key int64, err error) {
	identity, err := s.identity()
	if err != nil {
		return 0, err
	}
	if err := t.scan(&key, "SELECT coalesce(max(dataset_id), 0) FROM dataset WHERE identity = ?", identity); err != nil || key != 0 {
		return key, err
	}
	d := s.Dataset
	err = t.scan(&key, `INSERT INTO dataset (identity, digest, name, version, licence, source, synthetic, quality_lo, quality_hi, currency, tasks)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING dataset_id`,
		identity, d.Digest, d.Name, d.Version, d.Licence, d.Source, d.Synthetic, d.QualityLo, d.QualityHi, d.Currency, len(s.Tasks.IDs))
	if err != nil {
		return 0, err
	}
	return key, t.insert(taskTable, len(s.Tasks.IDs), func(i int, r row) {
		r.int(0, key)
		r.int(1, int64(i))
		r.text(2, s.Tasks.IDs[i])
		if s.Tasks.Categories == nil || s.Tasks.Categories[i] == "" {
			r.null(3)
		} else {
			r.text(3, s.Tasks.Categories[i])
		}
		r.real(4, 1)
		if s.Tasks.Weights != nil {
			r.real(4, s.Tasks.Weights[i])
		}
		r.null(5)
		if s.Tasks.Units != nil && s.Tasks.Units[i] != "" {
			r.text(5, s.Tasks.Units[i])
		}
		r.null(6)
		if s.Tasks.Contents != nil && s.Tasks.Contents[i] != 0 {
			r.int(6, int64(s.Tasks.Contents[i]))
		}
	})
}

func (t *tx) runTasks(run int64, tasks *Tasks) error {
	return t.insert(runTaskTable, len(tasks.IDs), func(i int, r row) {
		r.int(0, run)
		r.int(1, int64(i))
		split := waymark.SplitAll
		if tasks.Splits != nil {
			split = tasks.Splits[i]
		}
		r.int(2, int64(split))
	})
}

// models writes the models of a run or a policy, in order.
func (t *tx) models(into table, owner int64, names []waymark.ModelID) error {
	keys := make([]int64, len(names))
	for i, name := range names {
		var err error
		if keys[i], err = t.model(name); err != nil {
			return err
		}
	}
	return t.insert(into, len(keys), func(i int, r row) {
		r.int(0, owner)
		r.int(1, int64(i))
		r.int(2, keys[i])
	})
}

// model is the key of a model's name, which is written if it is not there yet.
func (t *tx) model(name waymark.ModelID) (key int64, err error) {
	err = t.scan(&key, "INSERT INTO model (name) VALUES (?) ON CONFLICT (name) DO UPDATE SET name = name RETURNING model_id", string(name))
	return key, err
}

func (t *tx) policy(run int64, position int, p *Policy) error {
	knob, knobs, err := knobColumns(p.Knob)
	if err != nil {
		return err
	}
	var key int64
	err = t.scan(&key, `INSERT INTO policy (run_id, position, name, type, knob, knobs_json, config_json)
		VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING policy_id`, run, position, p.Name, p.Type, knob, knobs, string(p.Config))
	if err != nil {
		return err
	}
	if err := t.models(armTable, key, p.Arms); err != nil {
		return err
	}
	err = t.insert(reasonTable, len(p.Reasons), func(i int, r row) {
		r.int(0, key)
		r.int(1, int64(i))
		r.text(2, p.Reasons[i])
	})
	if err != nil {
		return err
	}
	return t.insert(passTable, p.Repeats, func(i int, r row) {
		r.int(0, key)
		r.int(1, int64(i))
	})
}

// knobColumns are the one knob of a policy, or its several as JSON, in which
// infinities are the strings "-inf" and "inf".
func knobColumns(knobs []float64) (knob, list any, err error) {
	if len(knobs) == 1 {
		return knobs[0], nil, nil
	}
	if len(knobs) == 0 {
		return nil, nil, nil
	}
	values := make([]any, len(knobs))
	for i, x := range knobs {
		switch {
		case math.IsInf(x, 1):
			values[i] = "inf"
		case math.IsInf(x, -1):
			values[i] = "-inf"
		default:
			values[i] = x
		}
	}
	b, err := json.Marshal(values)
	return nil, string(b), err
}
