package suite

import (
	"context"
	"fmt"
	"hash/fnv"

	"waymark"
	"waymark/datasets"
)

// divide assigns tasks to the splits: by the task's own field, else by the
// suite's rule, else by the dataset's. Without any rule all tasks are one split.
func (b *board) divide(_ context.Context, s *Suite, _ *Options) error {
	rule := b.folder.SplitRule()
	if s.Split != nil {
		rule = s.Split
	}
	n := len(b.matrix.Tasks)
	all := make([]int, n)
	for i := range all {
		all[i] = i
		t := &b.matrix.Tasks[i]
		split, err := rule.Of(t)
		if err != nil {
			return fmt.Errorf("task %q: %w", t.ID, err)
		}
		switch split {
		case waymark.SplitTune:
			b.tune = append(b.tune, i)
		case waymark.SplitTest:
			b.test = append(b.test, i)
		}
	}
	b.split = len(b.tune)+len(b.test) > 0
	b.rule = "none"
	if b.split {
		b.rule = rule.String()
	}
	if b.split && (len(b.tune) == 0 || len(b.test) == 0) {
		return s.splitError("the split leaves %d tasks to tune on and %d to report on; both need some (a group stays together)", len(b.tune), len(b.test))
	}
	if dropped := n - len(b.tune) - len(b.test); b.split && dropped > 0 {
		b.warnings = append(b.warnings, fmt.Sprintf("%d tasks belong to neither split and are left out", dropped))
	}
	if !b.split {
		b.tune, b.test = all, all
	}
	switch {
	case b.split && rule != nil && rule.Folds > 0:
		return s.splitError("%d tasks have a split of their own, and the suite says folds: %d; expected one of them", len(b.tune)+len(b.test), rule.Folds)
	case b.split:
	case rule != nil && rule.Folds > 0:
		b.rule = rule.String()
		return b.fold(s, rule)
	default:
		b.warnings = append(b.warnings, "the suite does not split its tasks: whatever was chosen (the best constant, a knob) was chosen on the tasks that it is reported on")
	}
	b.units = newUnits(b.matrix.Tasks)
	return nil
}

// splitError blames the suite's split or, where it has none, the dataset's.
func (s *Suite) splitError(format string, args ...any) error {
	if s.Split != nil {
		return s.errorf([]any{"split"}, format, args...)
	}
	return &InputError{fmt.Errorf(s.Path+": "+format, args...)}
}

// fold deals all tasks to folds, each of which is decided by what was fitted and chosen on
// the others.
func (b *board) fold(s *Suite, rule *datasets.SplitRule) error {
	b.units = newUnits(b.matrix.Tasks)
	b.cluster()
	b.outer = make([][]int, rule.Folds)
	for _, i := range b.tune {
		k := rule.Fold(b.foldUnit(i))
		b.outer[k] = append(b.outer[k], i)
	}
	for k, rows := range b.outer {
		if len(rows) == 0 {
			return s.splitError("the %s of %d folds has no task: there are %d tasks, and a group stays together; expected fewer folds", ordinal(k+1), rule.Folds, len(b.tune))
		}
	}
	if b.log != nil {
		return s.splitError("logged traffic is not dealt to folds; expected a split by tune, field or until")
	}
	b.warnings = append(b.warnings, fmt.Sprintf("cross-validated: each of %d folds is decided by what was fitted and chosen on the others; the best constant, the best of each category and what is matched to a target are chosen on the tasks that they are reported on, which flatters them", rule.Folds))
	return nil
}

// units are the independent units behind tasks: their weights, and their groups.
type units struct {
	weights []float64 // nil where all are 1
	groups  []int32   // nil where every task is its own
	keys    []uint64  // a stable key of each unit, for resampling
}

func newUnits(tasks []waymark.Task) units {
	u := units{keys: make([]uint64, len(tasks))}
	ids := map[string]int32{}
	weighted, grouped := false, false
	weights, groups := make([]float64, len(tasks)), make([]int32, len(tasks))
	for i := range tasks {
		t := &tasks[i]
		name := t.Group
		if name == "" {
			name = "\x00" + t.ID // a unit of its own
		}
		grouped = grouped || t.Group != ""
		if _, ok := ids[name]; !ok {
			ids[name] = int32(len(ids))
		}
		groups[i] = ids[name]
		h := fnv.New64a()
		h.Write([]byte(name))
		u.keys[i] = h.Sum64()
		weights[i] = t.Weight
		weighted = weighted || t.Weight != 1
	}
	if weighted {
		u.weights = weights
	}
	if grouped && len(ids) < len(tasks) {
		u.groups = groups
	}
	return u
}

// of is the units of some rows, with groups numbered anew.
func (u units) of(rows []int) units {
	out := units{keys: make([]uint64, len(rows))}
	ids := map[int32]int32{}
	for k, i := range rows {
		out.keys[k] = u.keys[i]
		if u.weights != nil {
			out.weights = append(out.weights, u.weights[i])
		}
		if u.groups != nil {
			if _, ok := ids[u.groups[i]]; !ok {
				ids[u.groups[i]] = int32(len(ids))
			}
			out.groups = append(out.groups, ids[u.groups[i]])
		}
	}
	return out
}
