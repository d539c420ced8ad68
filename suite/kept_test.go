package suite_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"waymark/internal/store"
	"waymark/suite"
)

// A run that is read back is the same evidence as the run itself: tasks that it left out for want of a
// response, weights, groups and digests included.
func TestKeptEvidenceIsTheRuns(t *testing.T) {
	for name, change := range map[string]func(m *made) string{
		"as it is": func(*made) string { return lawSuite },
		"complete": func(m *made) string {
			m.responses = m.responses[20:]
			return strings.Replace(lawSuite, "policies:", "holes: complete\npolicies:", 1)
		},
		"complete and not split": func(m *made) string {
			m.responses = m.responses[20:]
			text := strings.Replace(lawSuite, "split: {tune: 0.5, seed: 3}\n", "holes: complete\n", 1)
			return text[:strings.Index(text, "  - {name: sweep")] + "  - {name: mid, type: fixed, model: middle}\n"
		},
		"groups and weights": func(m *made) string {
			for i := range m.tasks {
				m.tasks[i] = strings.Replace(m.tasks[i], `"category"`, fmt.Sprintf(`"group": "g%d", "weight": %g, "category"`, i/4, 1+float64(i%3)), 1)
			}
			return lawSuite
		},
	} {
		m := make400()
		s := m.write(t, change(&m))
		db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "results.db"))
		if err != nil {
			t.Fatal(err)
		}
		res := result(t, s, suite.Options{DB: db})
		kept, err := db.Kept(t.Context(), res.Run.ID, nil)
		if err != nil {
			t.Fatal(err)
		}
		want, got := res.Evidence(), suite.KeptEvidence(res, kept)
		for id, o := range want.Rows { // results.db has only models that a fixed policy stands for
			if o.Type == "constant" {
				delete(want.Rows, id)
			}
		}
		for id, o := range got.Rows {
			if o.Type == "constant" {
				delete(got.Rows, id)
			}
		}
		a, b := summary(t, want), summary(t, got)
		for key := range a {
			if a[key] != b[key] {
				t.Errorf("%s: %s of the run is %.300s\nwhat is kept of it   %.300s", name, key, a[key], b[key])
			}
		}
		out, err := checking(t, "quality(coin) >= quality(coin@baseline)", "cost(coin) <= cost(coin@baseline)").Check(want, suite.CheckSpec{Baseline: got})
		if err != nil || out.Passed != 2 {
			t.Errorf("%s: held against itself: %+v, %v", name, out, err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

// summary is evidence without what only rounds otherwise.
func summary(t *testing.T, e *suite.Evidence) map[string]string {
	t.Helper()
	out := map[string]string{
		"tasks": fmt.Sprint(len(e.Tasks), e.Tasks), "contents": fmt.Sprint(e.Contents), "weights": fmt.Sprint(e.Weights), "units": fmt.Sprint(e.Units),
		"categories": fmt.Sprint(e.Slices["category"]), "graders": fmt.Sprint(e.Graders), "level": fmt.Sprint(e.Level), "policies": fmt.Sprint(len(e.Rows)),
	}
	for name, o := range e.Rows {
		out[name] = fmt.Sprintf("%s %s %v", o.Type, o.Config, o.Knob)
		for i := range o.Quality {
			out[name+" by task"] += fmt.Sprintf(" %.9g $%.9g %t", o.Quality[i], o.Cost[i], o.Model[i] < 0)
		}
	}
	return out
}
