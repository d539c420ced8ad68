package datasets

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"waymark"
	"waymark/internal/yamlfile"
)

const kindLogged = "logged"

// A Log is the traffic of a dataset of kind logged: on each task one model was chosen,
// with a known probability, and answered.
type Log struct {
	Logger string                     // the policy that chose
	Chosen map[string]waymark.Verdict // by task: what it chose, with its propensity
	Models map[waymark.ModelID]bool   // that were chosen, or could have been
}

// Logged reports whether the dataset is logged traffic: one response a task, of the
// model that a router chose.
func (f *Folder) Logged() bool { return f.meta.Kind == kindLogged }

// Log reads the traffic of a dataset of kind logged and checks that each task has
// exactly one decision of the logger, with a model and its propensity, and exactly one
// response, of that model.
func (f *Folder) Log(ctx context.Context) (*Log, error) {
	logger, err := f.logger(ctx)
	if err != nil {
		return nil, err
	}
	l := &Log{Logger: logger, Chosen: map[string]waymark.Verdict{}, Models: map[waymark.ModelID]bool{}}
	if err := f.chosen(ctx, l); err != nil {
		return nil, err
	}
	return l, f.answered(ctx, l)
}

// logger is the recorded policy that chose: the one that dataset.yaml names, or the
// only one that there is.
func (f *Folder) logger(ctx context.Context) (string, error) {
	if f.decisions.path == "" {
		return "", f.doc.Errorf([]any{"kind"}, "found logged without decisions.jsonl, expected what the logging router chose: task, policy, model and propensity")
	}
	var names []string
	for rec, err := range rows[decisionRecord](ctx, f.decisions) {
		if err != nil {
			return "", err
		}
		if !slices.Contains(names, rec.rec.Policy) {
			names = append(names, rec.rec.Policy)
		}
	}
	slices.Sort(names)
	switch {
	case f.meta.Logger != "" && !slices.Contains(names, f.meta.Logger):
		near := ""
		if n := yamlfile.Nearest(f.meta.Logger, names); n != "" {
			near = fmt.Sprintf("; did you mean %q?", n)
		}
		return "", f.doc.Errorf([]any{"logger"}, "found %q, expected a policy of %s: %s%s", f.meta.Logger, filepath.Base(f.decisions.path), strings.Join(names, ", "), near)
	case f.meta.Logger != "":
		return f.meta.Logger, nil
	case len(names) == 0:
		return "", f.doc.Errorf([]any{"kind"}, "found logged, and %s is empty, expected what the logging router chose", filepath.Base(f.decisions.path))
	case len(names) > 1:
		return "", f.doc.Errorf([]any{"kind"}, "found decisions of several policies (%s), expected logger: to say which of them chose", strings.Join(names, ", "))
	}
	return names[0], nil
}

// chosen reads the logger's decisions.
func (f *Folder) chosen(ctx context.Context, l *Log) error {
	ids, err := f.wholes(ctx)
	if err != nil {
		return err
	}
	lines := map[string]int{}
	for rec, err := range rows[decisionRecord](ctx, f.decisions) {
		if err != nil {
			return err
		}
		if rec.rec.Policy != l.Logger {
			continue
		}
		v, err := rec.rec.verdict()
		if err == nil {
			err = f.logs(v, ids, lines)
		}
		if err != nil {
			return blame(rec, err)
		}
		lines[v.Task], l.Chosen[v.Task], l.Models[v.Model] = rec.line, v, true
		for m, p := range v.Propensities {
			l.Models[m] = l.Models[m] || p > 0
		}
	}
	return f.firstWithout(ids, func(id string) bool { return l.Chosen[id].Model != "" }, fmt.Sprintf("no decision of %s, expected one with the model that it chose and its propensity", l.Logger))
}

// logs checks a decision of the logger.
func (f *Folder) logs(v waymark.Verdict, ids, lines map[string]int) error {
	switch _, known := ids[v.Task]; {
	case !known:
		return bad("task", "found task %q, which %s does not have", v.Task, filepath.Base(f.tasks.path))
	case lines[v.Task] > 0:
		return bad("task", "%s", second(fmt.Sprintf("decision of %s on task %q", v.Policy, v.Task), lines[v.Task]))
	case v.Model == "":
		return bad("model", "found a decision on task %q without a model, expected the one that answered", v.Task)
	case v.Propensity == 0:
		return bad("propensity", "found no propensity on task %q, expected the probability with which %s chose %s there, above 0 and at most 1", v.Task, v.Policy, v.Model)
	}
	return nil
}

// firstWithout blames the first task that has none of something.
func (f *Folder) firstWithout(ids map[string]int, has func(id string) bool, msg string) error {
	first, at := "", 0
	for id, line := range ids {
		if !has(id) && (at == 0 || line < at) {
			first, at = id, line
		}
	}
	if at == 0 {
		return nil
	}
	return &yamlfile.Error{File: f.tasks.path, Line: at, Column: 1, Msg: fmt.Sprintf("task %q has %s", first, msg)}
}

// answered checks the responses against what was chosen.
func (f *Folder) answered(ctx context.Context, l *Log) error {
	ids, err := f.wholes(ctx)
	if err != nil {
		return err
	}
	lines := map[string]int{}
	for rec, err := range rows[responseRecord](ctx, f.responses) {
		if err != nil {
			return err
		}
		r, err := rec.rec.recorded(f.meta)
		v, chosen := l.Chosen[r.Task]
		switch {
		case err != nil:
		case !chosen:
			err = bad("task", "found task %q, which %s does not have", r.Task, filepath.Base(f.tasks.path))
		case lines[r.Task] > 0:
			err = bad("task", "%s", second(fmt.Sprintf("response to task %q", r.Task), lines[r.Task]))
		case r.Model != v.Model:
			err = bad("model", "found %q, expected %q, which %s chose for task %q", r.Model, v.Model, l.Logger, r.Task)
		}
		if err != nil {
			return blame(rec, err)
		}
		lines[r.Task] = rec.line
	}
	return f.firstWithout(ids, func(id string) bool { return lines[id] > 0 }, "no response, expected exactly one, of the model that was chosen: a call that failed is one with an error")
}

func second(what string, line int) string {
	return fmt.Sprintf("found a second %s (the first is on line %d), expected exactly one a task, since the dataset is of kind: logged", what, line)
}
