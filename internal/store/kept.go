package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"waymark"
)

// A Kept is what is kept of a run, task by task, as columns: what another run can be
// held against.
type Kept struct {
	Tasks    Tasks
	Policies []KeptPolicy
}

// A KeptPolicy is one policy's decisions, averaged over its repeats. Entries are NaN where
// a task was not answered in all of them, or where a value is not known.
type KeptPolicy struct {
	Name, Type string
	Config     json.RawMessage // as in the suite
	Knob       []float64
	Models     []string  // that its decisions name
	Model      []int32   // whose answer was given in the first repeat: index into Models, -1 if none
	Score      []float64 // in [0,1]
	Cost       []float64 // US dollars
	Latency    []float64 // milliseconds
}

// Kept reads the rows of a run, for the policies of some names; nil is all.
func (db *DB) Kept(ctx context.Context, run string, names []string) (*Kept, error) {
	k := &Kept{}
	doing := "read the rows of run " + run
	err := db.each(ctx, doing, func(scan func(...any) error) error {
		var id string
		var category, unit sql.NullString
		var weight float64
		var split int
		var content sql.NullInt64
		err := scan(&id, &category, &weight, &unit, &split, &content)
		t := &k.Tasks
		t.IDs, t.Categories, t.Weights = append(t.IDs, id), append(t.Categories, category.String), append(t.Weights, weight)
		t.Units, t.Splits, t.Contents = append(t.Units, unit.String), append(t.Splits, splitOf(split)), append(t.Contents, uint64(content.Int64))
		return err
	}, `SELECT task.id, task.category, task.weight, task.unit, coalesce(run_task.split, -1), task.content
		FROM run JOIN task USING (dataset_id) LEFT JOIN run_task ON run_task.run_id = run.run_id AND run_task.task = task.task
		WHERE run.run = ? ORDER BY task.task`, run)
	if err != nil {
		return nil, err
	}
	var passes [][]int64
	if err := db.keptPolicies(ctx, doing, run, names, k, &passes); err != nil {
		return nil, err
	}
	group, ctx := errgroup.WithContext(ctx)
	for i := range k.Policies {
		group.Go(func() error { return db.readPasses(ctx, doing, &k.Policies[i], passes[i], len(k.Tasks.IDs)) })
	}
	return k, group.Wait()
}

// LeftOut is the split of a task that a run came to leave out.
const LeftOut = waymark.Split(255)

func splitOf(x int) waymark.Split {
	if x < 0 {
		return LeftOut
	}
	return waymark.Split(x)
}

// keptPolicies reads names, knobs, arms and passes.
func (db *DB) keptPolicies(ctx context.Context, doing, run string, names []string, k *Kept, passes *[][]int64) error {
	var keys []int64
	wanted := map[string]bool{}
	for _, n := range names {
		wanted[n] = true
	}
	err := db.each(ctx, doing, func(scan func(...any) error) error {
		var key int64
		var p KeptPolicy
		var knob sql.NullFloat64
		var knobs sql.NullString
		var config string
		if err := scan(&key, &p.Name, &p.Type, &knob, &knobs, &config); err != nil {
			return err
		}
		p.Config = json.RawMessage(config)
		if names != nil && !wanted[p.Name] {
			return nil
		}
		if knob.Valid {
			p.Knob = []float64{knob.Float64}
		}
		p.Knob = append(p.Knob, listed(knobs.String)...)
		keys = append(keys, key)
		k.Policies = append(k.Policies, p)
		return nil
	}, `SELECT policy_id, name, type, knob, knobs_json, config_json FROM policy JOIN run USING (run_id) WHERE run = ? ORDER BY position`, run)
	if err != nil {
		return err
	}
	for i, key := range keys {
		err := db.each(ctx, doing, func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			k.Policies[i].Models = append(k.Policies[i].Models, name)
			return err
		}, "SELECT model.name FROM arm JOIN model USING (model_id) WHERE policy_id = ? ORDER BY arm", key)
		if err != nil {
			return err
		}
		var of []int64
		err = db.each(ctx, doing, func(scan func(...any) error) error {
			var pass int64
			err := scan(&pass)
			of = append(of, pass)
			return err
		}, "SELECT pass_id FROM pass WHERE policy_id = ? ORDER BY repeat", key)
		if err != nil {
			return err
		}
		*passes = append(*passes, of)
	}
	return nil
}

// listed are the knobs of a policy with several.
func listed(text string) (out []float64) {
	var values []any
	if json.Unmarshal([]byte(text), &values) != nil {
		return nil
	}
	for _, v := range values {
		switch v := v.(type) {
		case float64:
			out = append(out, v)
		case string:
			x, _ := strconv.ParseFloat(v, 64)
			out = append(out, x)
		}
	}
	return out
}

// rowsAtOnce is how many rows SQLite joins into one text: a row at a time, each
// column would cross from C to Go on its own.
const rowsAtOnce = 512

// readPasses fills the columns of a policy.
func (db *DB) readPasses(ctx context.Context, doing string, p *KeptPolicy, passes []int64, tasks int) error {
	p.Model, p.Score, p.Cost, p.Latency = make([]int32, tasks), make([]float64, tasks), make([]float64, tasks), make([]float64, tasks)
	seen := make([]int, tasks)
	for i := range p.Model {
		p.Model[i] = -1
	}
	for repeat, pass := range passes {
		err := db.each(ctx, doing, func(scan func(...any) error) error {
			var text sql.RawBytes
			if err := scan(&text); err != nil {
				return err
			}
			return p.add(string(text), repeat, float64(len(passes)), seen)
		}, `SELECT group_concat(task || ' ' || status || ' ' || coalesce(score, '') || ' ' || coalesce(cost_pusd, '') || ' ' ||
			coalesce(latency_ns, '') || ' ' || coalesce(arm, ''), char(10)) FROM trial WHERE pass_id = ? GROUP BY task / `+strconv.Itoa(rowsAtOnce), pass)
		if err != nil {
			return err
		}
	}
	for i, n := range seen {
		if n != len(passes) {
			p.Score[i], p.Cost[i], p.Latency[i] = math.NaN(), math.NaN(), math.NaN()
		}
	}
	return nil
}

var errRow = errors.New("a decision belongs to no task of its run")

// add adds the rows of a text to the means over repeats.
func (p *KeptPolicy) add(text string, repeat int, repeats float64, seen []int) error {
	for line := range strings.SplitSeq(text, "\n") {
		var cells [6]string
		for i := range cells {
			cells[i], line, _ = strings.Cut(line, " ")
		}
		task, err := strconv.Atoi(cells[0])
		if err != nil || task < 0 || task >= len(seen) {
			return errRow
		}
		if cells[1] == strconv.Itoa(int(Answered)) {
			seen[task]++
		}
		p.Score[task] += number(cells[2]) / repeats
		p.Cost[task] += number(cells[3]) / 1e12 / repeats
		p.Latency[task] += number(cells[4]) / 1e6 / repeats
		if repeat == 0 && cells[5] != "" {
			if arm, err := strconv.Atoi(cells[5]); err == nil && arm < len(p.Models) {
				p.Model[task] = int32(arm)
			}
		}
	}
	return nil
}

// number is a column that may be NULL.
func number(cell string) float64 {
	if cell == "" {
		return math.NaN()
	}
	x, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		return math.NaN()
	}
	return x
}
