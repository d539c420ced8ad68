package suite_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"waymark/suite"
)

// blind is n tasks of which nothing tells who is right: costs are skewed, models are right together more often
// than not, and tasks come in groups where grouped.
func blind(rng *rand.Rand, n int, grouped bool) made {
	var m made
	shared := 0.0
	for i := range n {
		if !grouped || i%3 == 0 {
			shared = rng.NormFloat64()
		}
		group := ""
		if grouped {
			group = fmt.Sprintf(`"group": "g%d", `, i/3)
		}
		m.tasks = append(m.tasks, fmt.Sprintf(`{"id": "t%04d", "prompt": "p%d", %s"category": "c", "metadata": {"score": %g}}`, i, i, group, rng.Float64()))
		for _, model := range []struct {
			name    string
			p, cost float64
		}{{"weak", 0.2, 0.001}, {"middle", 0.4, 0.004}, {"strong", 1.2, 0.01}} {
			right := 0
			if rng.NormFloat64()+shared < model.p {
				right = 1
			}
			m.responses = append(m.responses, fmt.Sprintf(`{"task": "t%04d", "model": "%s", "score": %d, "cost_usd": %.8f}`, i, model.name, right, model.cost*math.Exp(0.7*rng.NormFloat64())))
		}
	}
	return m
}

// A router that knows nothing differs from the mixture that costs as much by nothing: the interval covers 0 as
// often as it says, and hardly any is called better.
func TestMixturesOfConstantsAreCovered(t *testing.T) {
	if testing.Short() {
		t.Skip("runs 400 small suites")
	}
	const draws, text = 200, `
dataset: .
split: {tune: 0.3, seed: 3}
policies:
  - {name: blind, type: threshold, scorer: {type: field, name: score}, weak: weak, strong: strong, threshold: 0.4}
leakage: off
`
	for _, grouped := range []bool{false, true} {
		rng := rand.New(rand.NewPCG(11, 12))
		covered, better := 0, 0
		for range draws {
			v := result(t, blind(rng, 240, grouped).write(t, strings.TrimSpace(text)), suite.Options{}).Policies[0].VsConstants
			if v.Quality.Lo <= 0 && 0 <= v.Quality.Hi {
				covered++
			}
			if v.Verdict == "better" {
				better++
			}
		}
		share, noise := float64(covered)/draws, math.Sqrt(0.95*0.05/draws)
		t.Logf("grouped %v: %.1f %% of the intervals cover, %.1f %% are called better", grouped, 100*share, 100*float64(better)/draws)
		if math.Abs(share-0.95) > 3*noise {
			t.Errorf("grouped %v: %.3f of the intervals cover, expected 0.95 ± %.3f", grouped, share, 3*noise)
		}
		if float64(better)/draws > 0.025+3*math.Sqrt(0.025*0.975/draws) {
			t.Errorf("grouped %v: %d of %d are called better", grouped, better, draws)
		}
	}
}
