package replay

import "waymark"

// parts are the subtasks of a task as a policy may see them: without their labels. A part
// has its own features, and its parent's where it has none of a name.
func parts(t *waymark.Task, features []string) []waymark.Query {
	if len(t.Subtasks) == 0 {
		return nil
	}
	return partsWithin(t, features, visible(t, features, nil))
}

func partsWithin(t *waymark.Task, features []string, inherited map[string]any) []waymark.Query {
	out := make([]waymark.Query, len(t.Subtasks))
	for i := range t.Subtasks {
		sub := &t.Subtasks[i]
		own := visible(sub, features, inherited)
		out[i] = waymark.Query{ID: sub.ID, Messages: sub.Messages, Features: own, After: sub.After, Parts: partsWithin(sub, features, own)}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// visible are the features of a task that are strings, numbers, true or false.
func visible(t *waymark.Task, features []string, inherited map[string]any) map[string]any {
	out := map[string]any{}
	for _, f := range features {
		v, ok := t.Field(f)
		if !ok {
			v, ok = inherited[f]
		}
		switch v.(type) {
		case string, float64, bool:
			if ok {
				out[f] = v
			}
		}
	}
	return out
}

// Parts are all subtasks of some tasks, and theirs, as tasks of their own.
func Parts(tasks []waymark.Task) (out []waymark.Task) {
	for i := range tasks {
		out = append(out, tasks[i].Subtasks...)
		out = append(out, Parts(tasks[i].Subtasks)...)
	}
	return out
}
