package datasets

import (
	"fmt"
	"slices"
	"strings"

	"waymark"
)

const (
	mostSubtasks = 64 // of one task
	mostDepth    = 4  // of subtasks of subtasks
)

// subtasks reads the parts of a task. Their ids are "parent/1", "parent/2", … unless they have their own.
func (r *taskRecord) subtasks(t *waymark.Task, m *Meta) error {
	if len(r.Subtasks) > mostSubtasks {
		return bad("subtasks", "found %d subtasks, expected at most %d", len(r.Subtasks), mostSubtasks)
	}
	if depthOf(r.Subtasks) > mostDepth {
		return bad("subtasks", "found subtasks of subtasks more than %d deep", mostDepth)
	}
	for i := range r.Subtasks {
		sub := &r.Subtasks[i]
		if sub.ID == "" {
			sub.ID = fmt.Sprintf("%s/%d", r.ID, i+1)
		}
		if made := sub.ID[strings.LastIndex(sub.ID, "/")+1:]; strings.HasPrefix(made, "+") {
			return bad("subtasks", "subtask %d: found id %q, expected an id whose last part does not begin with +, as the ids of parts that a planner makes up do", i+1, sub.ID)
		}
		st, err := sub.task(m)
		if err != nil {
			return bad("subtasks", "subtask %d: %v", i+1, err)
		}
		st.After = sub.After
		t.Subtasks = append(t.Subtasks, st)
	}
	return settleOrder(t)
}

func depthOf(subs []taskRecord) (deepest int) {
	for i := range subs {
		deepest = max(deepest, 1+depthOf(subs[i].Subtasks))
	}
	return deepest
}

// settleOrder makes full ids of what subtasks come after, and refuses an order that goes round.
// A subtask stands after those beside it that it names, by id or by the end of it: "1" for "parent/1".
func settleOrder(t *waymark.Task) error {
	at := map[string]int{}
	for i := range t.Subtasks {
		at[t.Subtasks[i].ID] = i
	}
	waits := make([][]int, len(t.Subtasks))
	for i := range t.Subtasks {
		sub := &t.Subtasks[i]
		sub.After = slices.Clone(sub.After)
		for k, name := range sub.After {
			full := name
			if _, ok := at[full]; !ok {
				full = t.ID + "/" + name
			}
			j, ok := at[full]
			if !ok || j == i {
				return bad("subtasks", "subtask %q: found after: %q, expected the id of another subtask beside it", sub.ID, name)
			}
			sub.After[k] = full
			waits[i] = append(waits[i], j)
		}
	}
	if left := circle(waits); left != nil {
		names := make([]string, len(left))
		for k, i := range left {
			names[k] = t.Subtasks[i].ID
		}
		return bad("subtasks", "found subtasks that wait for each other: %s", strings.Join(names, ", "))
	}
	return nil
}

// circle is what can never begin, nil if everything can.
func circle(waits [][]int) (left []int) {
	done := make([]bool, len(waits))
	for range waits {
		for i, w := range waits {
			done[i] = done[i] || !slices.ContainsFunc(w, func(j int) bool { return !done[j] })
		}
	}
	for i, d := range done {
		if !d {
			left = append(left, i)
		}
	}
	return left
}
