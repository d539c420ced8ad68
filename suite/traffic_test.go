package suite_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"waymark/suite"
)

// Under a stated mix the interval of a model's quality covers what that mix truly gives, whatever
// the dataset's own mix is. It may be too wide, and not by much.
func TestTrafficCovers(t *testing.T) {
	const draws, n = 200, 400
	truth := 0.8*0.9 + 0.2*0.5
	covered, width, spread := 0, 0.0, 0.0
	for d := range draws {
		rng := rand.New(rand.NewPCG(uint64(d), 8))
		var m made
		for i := range n {
			category, p := "easy", 0.9
			if rng.Float64() < 0.5 {
				category, p = "hard", 0.5
			}
			score := 0
			if rng.Float64() < p {
				score = 1
			}
			m.tasks = append(m.tasks, fmt.Sprintf(`{"id": "t%d", "prompt": "x", "category": %q}`, i, category))
			m.responses = append(m.responses, fmt.Sprintf(`{"task": "t%d", "model": "weak", "score": %d, "cost_usd": 1}`, i, score))
		}
		s := m.write(t, "dataset: .\ntraffic: {mix: {easy: 8, hard: 2}}\npolicies: [{name: p, type: fixed, model: weak}]\n")
		q := result(t, s, suite.Options{}).Policies[0].Quality
		if q.Lo <= truth && truth <= q.Hi {
			covered++
		}
		width += (q.Hi - q.Lo) / draws
		spread += (q.Value - truth) * (q.Value - truth) / draws
	}
	rate, se := float64(covered)/draws, math.Sqrt(0.95*0.05/draws)
	if rate < 0.95-3*se {
		t.Errorf("covers %.3f of %d draws", rate, draws)
	}
	if most := 1.25 * 2 * 1.96 * math.Sqrt(spread); width > most {
		t.Errorf("intervals are %.4f wide, more than a quarter above the %.4f that would do", width, most/1.25)
	}
}

// A mix can be estimated from tasks that nobody answered; from few of them it says so.
func TestTrafficOfALog(t *testing.T) {
	m := make400()
	log := made{tasks: []string{`{"id": "x1", "prompt": "p", "category": "a"}`, `{"id": "x2", "prompt": "p", "category": "b"}`}}
	from := log.write(t, "dataset: .\npolicies: [{name: p, type: fixed, model: weak}]\n")
	s := m.write(t, fmt.Sprintf("dataset: .\ntraffic: {from: %q}\npolicies: [{name: p, type: fixed, model: weak}]\n", strings.TrimSuffix(from.Path, "/s.yaml")))
	res := result(t, s, suite.Options{})
	if !strings.Contains(fmt.Sprint(res.Warnings), "estimated from 2 tasks") || !strings.Contains(fmt.Sprint(res.Warnings), "gives no share to category c") {
		t.Errorf("warnings %v", res.Warnings)
	}
	var want float64
	for _, c := range res.Categories {
		if c.Category != "c" {
			want += c.Cells[0].Quality.Value / 2
		}
	}
	near(t, "quality under half a and half b", res.Policies[0].Quality.Value, want, 1e-12)
}
