package demo

import (
	"encoding/json"
	"math"
	"testing"

	"waymark"
	"waymark/evaluators"
)

// graders parses each specification once.
type graders map[string]waymark.Grader

func (g graders) of(t *testing.T, spec json.RawMessage) waymark.Grader {
	t.Helper()
	if known, ok := g[string(spec)]; ok {
		return known
	}
	var v any
	if err := json.Unmarshal(spec, &v); err != nil {
		t.Fatalf("grader %s: %v", spec, err)
	}
	parsed, err := evaluators.Parse(v)
	if err != nil {
		t.Fatalf("grader %s: %v", spec, err)
	}
	g[string(spec)] = parsed
	return parsed
}

func (g graders) score(t *testing.T, task *waymark.Task, text string) float64 {
	t.Helper()
	grade, err := g.of(t, task.Grader).Grade(t.Context(), task, waymark.Answer{Text: text, HasText: true})
	if err != nil || grade.Status == waymark.Failed {
		t.Fatalf("task %s: status %v, error %v", task.ID, grade.Status, err)
	}
	return grade.Score
}

// TestEveryOutcomeIsGradedAsMeant writes every text that the models could write to
// some tasks and has the real graders judge it.
func TestEveryOutcomeIsGradedAsMeant(t *testing.T) {
	g, seen := graders{}, map[string]int{}
	for _, seed := range []uint64{1, 99} {
		w := &writer{g: Generator{Seed: seed}}
		for i := range 600 {
			task := w.task(i)
			name := w.draft.family.name
			for m := range models {
				for _, o := range allOutcomes() {
					text := string(w.draft.render(nil, m, o))
					if got := g.score(t, &task, text); got != float64(toInt(o.right)) && seen[name] < 3 {
						seen[name]++
						t.Errorf("%s (%s), %s, outcome %+v: grade %g\nreference %q\nprompt: %s\ntext: %s", task.ID, name, pool[m].ID, o, got, task.Reference, w.draft.text, text)
					}
				}
			}
		}
	}
}

func allOutcomes() (all []outcome) {
	for k := range phrasings {
		all = append(all, outcome{right: true, phrasing: k})
		for s := range slips {
			all = append(all, outcome{slip: s, phrasing: k})
		}
	}
	return all
}

// TestGradesFollowTheTruth grades 20,000 tasks' responses: the mean of each model
// lies within four standard errors of its true expected quality, and so does its
// cost.
func TestGradesFollowTheTruth(t *testing.T) {
	n := 20_000
	if testing.Short() {
		n = 2_000
	}
	g := graders{}
	w := &writer{g: Generator{Seed: 5}}
	var graded, truth, variance [models]float64
	for i := range n {
		task := w.task(i)
		for m := range models {
			p := w.draft.right(m)
			truth[m] += p
			variance[m] += p * (1 - p)
			graded[m] += g.score(t, &task, w.recorded(task.ID, m, 0).Output)
		}
	}
	for m := range models {
		if diff, four := graded[m]-truth[m], 4*math.Sqrt(variance[m]); math.Abs(diff) > four {
			t.Errorf("%s: %g graded right, expected %g ± %g", pool[m].ID, graded[m], truth[m], four)
		}
	}
}
