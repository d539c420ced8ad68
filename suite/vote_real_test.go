package suite_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"waymark/suite"
)

// Votes and fallbacks over recorded evaluations come to what a script of its own, policies/testdata/agreement.py, comes to.
func TestVotesOverRecordedEvaluations(t *testing.T) {
	text, err := os.ReadFile("../policies/testdata/agreement.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]struct {
		Tasks     int
		Right     float64
		Stands    float64
		CostUSD   float64 `json:"cost_usd"`
		Escalated int
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	const rest = `
policies:
  - {name: vote, type: vote, models: [FIRST, SECOND], by: HOW, agree: 1, escalate: SECOND}
  - {name: swept, type: vote, models: [FIRST, SECOND], by: HOW, agree: sweep, escalate: SECOND}
  - {name: either, type: fallback, models: [FIRST, SECOND]}
  - {name: first, type: fixed, model: FIRST}
`
	for name, tt := range map[string]struct{ set, head, first, second, how string }{
		"gsm8k":       {"routellm_gsm8k", "", "mistralai/Mixtral-8x7B-Instruct-v0.1", "gpt-4-1106-preview", "number"},
		"routerarena": {"routerarena_sub10", "models: [{id: claude-3-haiku-20240307}, {id: gemini-2.0-flash-001}]\nfilter: metadata.metric == 'mcq_accuracy'\n", "claude-3-haiku-20240307", "gemini-2.0-flash-001", "choice"},
	} {
		text := tt.head + strings.NewReplacer("FIRST", tt.first, "SECOND", tt.second, "HOW", tt.how).Replace(rest)
		s := on(t, tt.set, text)
		if name == "routerarena" {
			if s, err = suite.Parse("test.yaml", fmt.Appendf(nil, "dataset: %q\n%s", routerArena(t), text)); err != nil {
				t.Fatal(err)
			}
		}
		res := result(t, s, suite.Options{})
		vote, w := named(res.Policies, "vote"), want[name]
		if vote.N != w.Tasks || vote.Calls != 2*w.Tasks+w.Escalated {
			t.Errorf("%s: %d tasks and %d calls, want %d and %d", name, vote.N, vote.Calls, w.Tasks, 2*w.Tasks+w.Escalated)
		}
		near(t, name+": quality", float64(vote.Quality.Value)*float64(vote.N), w.Right, 1e-6)
		if w.CostUSD > 0 {
			near(t, name+": cost", float64(vote.Cost.PerTask.Value)*float64(vote.N), w.CostUSD, 1e-9)
		}
		i := slices.IndexFunc(res.Curves, func(c suite.Curve) bool { return c.Policy == "swept" })
		points := res.Curves[i].Points
		near(t, name+": the sweep, where all must agree", points[len(points)-1].Quality*float64(vote.N), w.Right, 1e-6)
		near(t, name+": the sweep, where every vote stands", points[0].Quality*float64(vote.N), w.Stands, 1e-6)
		either, first := named(res.Policies, "either"), named(res.Policies, "first")
		near(t, name+": a fallback that nobody needs", float64(either.Quality.Value), float64(first.Quality.Value), 1e-12)
	}
}
