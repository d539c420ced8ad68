package suite_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"waymark/suite"
)

// failingSet is 40 tasks on which a and b mostly differ, and c fails on every fourth, scored 0 or, on every
// twelfth, 1: a grade of its own that is neither.
func failingSet(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	var tasks, responses strings.Builder
	for i := range 40 {
		fmt.Fprintf(&tasks, `{"id": "t%02d", "prompt": "question %d"}`+"\n", i, i)
		answer := func(m, text string, score, usd float64) {
			fmt.Fprintf(&responses, `{"task": "t%02d", "model": %q, %s, "score": %g, "cost_usd": %g, "latency_ms": 100}`+"\n", i, m, text, score, usd)
		}
		answer("a", fmt.Sprintf(`"output": "%d"`, i%3), float64(i%2), 0.001)
		answer("b", fmt.Sprintf(`"output": "%d"`, i%5), float64((i+1)%2), 0.002)
		switch {
		case i%12 == 0:
			answer("c", `"error": "boom"`, 0.5, 0.01)
		case i%4 == 0:
			answer("c", `"error": "boom"`, 0, 0.01)
		default:
			answer("c", `"output": "1"`, 1, 0.01)
		}
	}
	for name, text := range map[string]string{"dataset.yaml": "name: failing\n", "tasks.jsonl": tasks.String(), "responses.jsonl": responses.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A call that is recorded as failed and has a score counts alike in the curve, in the row at one knob, and in the
// constant: nobody is flattered by the failures of the model that is asked last.
func TestFailedCallsCountAlikeInCurveRowAndConstant(t *testing.T) {
	res, err := runOf(t, failingSet(t), `policies:
  - {name: swept, type: vote, models: [a, b], agree: sweep, escalate: c}
  - {name: stands, type: vote, models: [a, b], agree: 0.5, escalate: c}
  - {name: agreed, type: vote, models: [a, b], agree: 0.9, escalate: c}
  - {name: steps, type: cascade, models: [a, c], accept: {type: expr, expr: "0"}, at: sweep}
  - {name: last, type: cascade, models: [a, c], accept: {type: expr, expr: "0"}, at: 1}
  - {name: fallback, type: fallback, models: [c, a]}
  - {name: alone, type: fixed, model: c}
`, suite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range res.Policies {
		if row.Failed != 0 || row.N != 40 {
			t.Errorf("%s: %d of %d tasks failed, want none of 40", row.Name, row.Failed, row.N)
		}
	}
	points := func(name string) []suite.Point {
		return res.Curves[slices.IndexFunc(res.Curves, func(c suite.Curve) bool { return c.Policy == name })].Points
	}
	quality := func(name string) float64 { return float64(named(res.Policies, name).Quality.Value) }
	votes, steps := points("swept"), points("steps")
	near(t, "the sweep where every vote stands", votes[0].Quality, quality("stands"), 1e-12)
	near(t, "the sweep where all must agree", votes[len(votes)-1].Quality, quality("agreed"), 1e-12)
	near(t, "the cascade's sweep where the last model is asked", steps[len(steps)-1].Quality, quality("last"), 1e-12)
	near(t, "a cascade that always ends with c", quality("last"), quality("alone"), 1e-12)
	near(t, "the constant", quality("alone"), at(res, "c"), 1e-12)
	sum := 0.0 // by hand, of the votes: equal answers stand for a, others are c's
	for i := range 40 {
		switch {
		case i%3 == i%5:
			sum += float64(i % 2)
		case i%12 == 0:
			sum += 0.5
		case i%4 != 0:
			sum++
		}
	}
	near(t, "agreed, by hand", quality("agreed"), sum/40, 1e-12)
}
