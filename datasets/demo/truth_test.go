package demo

import (
	"math"
	"sort"
	"testing"

	"waymark"
	"waymark/policies"
)

// truths is the mean truth of each model over n tasks, and by category.
func truths(g Generator, n int) (all [models]Cell, quality [categories][models]float64) {
	var count [categories]float64
	for i := range n {
		l := latentAt(g.Seed, i)
		count[l.category]++
		for m, c := range g.Truth(i) {
			all[m].Quality += c.Quality / float64(n)
			all[m].CostUSD += c.CostUSD / float64(n)
			quality[l.category][m] += c.Quality
		}
	}
	for c := range quality {
		for m := range quality[c] {
			quality[c][m] /= count[c]
		}
	}
	return all, quality
}

// TestFrontier holds what doc.go says of the pool.
func TestFrontier(t *testing.T) {
	all, byCategory := truths(Generator{Seed: 1}, 5000)
	for m := range models {
		dominated := false
		for k := range models {
			dominated = dominated || k != m && all[k].Quality >= all[m].Quality && all[k].CostUSD <= all[m].CostUSD
		}
		if dominated != (m == heron) {
			t.Errorf("%s: dominated %v: %+v", pool[m].ID, dominated, all)
		}
	}
	if all[heron].Quality > all[cedar].Quality-0.03 || all[heron].CostUSD < 1.5*all[cedar].CostUSD {
		t.Errorf("heron is not clearly dominated by cedar: %+v", all)
	}
	best := map[int]bool{}
	for _, quality := range byCategory {
		top := 0
		for m := range quality {
			if quality[m] > quality[top] {
				top = m
			}
		}
		best[top] = true
	}
	if len(best) < 2 {
		t.Errorf("one model is the best in every category: %v", byCategory)
	}
}

// TestRouterBeatsConstants holds a table by category against the strong model, and
// against the mixture of constants of the same cost.
func TestRouterBeatsConstants(t *testing.T) {
	g := Generator{Seed: 1}
	route := [categories]int{Writing: summit, Coding: cedar, Analysis: summit, Extraction: brook, Reasoning: summit, Routine: brook}
	const n = 5000
	all, _ := truths(g, n)
	var table Cell
	for i := range n {
		l := latentAt(g.Seed, i)
		c := g.Truth(i)[route[l.category]]
		table.Quality += c.Quality / n
		table.CostUSD += c.CostUSD / n
	}
	t.Logf("table %+v, constants %+v", table, all)
	if table.Quality < 0.95*all[summit].Quality || table.CostUSD > 0.6*all[summit].CostUSD {
		t.Errorf("table %+v, strong model %+v", table, all[summit])
	}
	share := (table.CostUSD - all[cedar].CostUSD) / (all[summit].CostUSD - all[cedar].CostUSD)
	if mixed := all[cedar].Quality + share*(all[summit].Quality-all[cedar].Quality); table.Quality < mixed+0.02 {
		t.Errorf("table %+v does not beat a mixture of constants at the same cost, %g", table, mixed)
	}
}

// TestCostsFollowTheTruth compares recorded costs with the expected ones, which
// are computed from every text that could have been written.
func TestCostsFollowTheTruth(t *testing.T) {
	g := Generator{Seed: 8}
	const n = 5000
	for m := range models {
		var sum, squares float64
		for i := range n {
			r := g.Response(i, m, 0)
			price, err := pool[m].Price.Of(r.Usage)
			if err != nil || r.Cost != waymark.Paid(price) || !r.Usage.Known() || r.TTFT <= 0 || r.Latency <= r.TTFT {
				t.Fatalf("response %+v, price %v, %v", r, price, err)
			}
			d := r.Cost.USD.Float() - g.Truth(i)[m].CostUSD
			sum, squares = sum+d, squares+d*d
		}
		if four := 4 * math.Sqrt(squares); math.Abs(sum) > four {
			t.Errorf("%s: recorded costs are off by $%g over %d tasks, expected at most $%g", pool[m].ID, sum, n, four)
		}
	}
}

// TestScoresTellTheTruth bounds how well scores find the tasks that need the
// strong model.
func TestScoresTellTheTruth(t *testing.T) {
	const n = 20_000
	w := &writer{g: Generator{Seed: 1, Count: n}}
	qs := &waymark.Queries{IDs: make([]string, n)}
	prompts, need := make([][]waymark.Message, n), make([]bool, n)
	known := make([]float64, n)
	for i := range n {
		prompts[i] = w.task(i).Messages
		weak, _ := outcomeAt(1, &w.draft.latent, brook, 0)
		strong, _ := outcomeAt(1, &w.draft.latent, summit, 0)
		need[i] = !weak.right && strong.right
		known[i] = (1 - w.draft.right(brook)) * w.draft.right(summit)
	}
	qs.Messages = func(i int) []waymark.Message { return prompts[i] }
	var owl []float64
	for v := range w.g.Decisions(t.Context()) {
		if v.Policy == NightOwl {
			owl = append(owl, v.Score)
		}
	}
	for _, c := range []struct {
		name   string
		score  []float64
		lo, hi float64
	}{
		{"length", scored(t, qs, &policies.Length{}), 0.60, 0.72},
		{"features", scored(t, qs, &policies.Features{}), 0.63, 0.75},
		{NightOwl, owl, 0.76, 0.81},
		{"the truth", known, 0.83, 0.90},
	} {
		got := auroc(c.score, need)
		t.Logf("AUROC of %s: %.3f", c.name, got)
		if !(got > c.lo && got < c.hi) {
			t.Errorf("AUROC of %s: %.3f, want %g to %g", c.name, got, c.lo, c.hi)
		}
	}
}

func scored(t *testing.T, qs *waymark.Queries, c policies.ScorerConfig) []float64 {
	t.Helper()
	s, err := c.Build(policies.Inputs{})
	if err != nil {
		t.Fatal(err)
	}
	out := make([]float64, qs.Len())
	if err := s.Score(t.Context(), qs, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// auroc is the probability that a positive has the higher score, ties counting a
// half: the Mann-Whitney statistic by ranks.
func auroc(score []float64, positive []bool) float64 {
	order := make([]int, len(score))
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(a, b int) bool { return score[order[a]] < score[order[b]] })
	var ranks, positives float64
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && score[order[to]] == score[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			if positive[i] {
				ranks += float64(from+to+1) / 2
				positives++
			}
		}
		from = to
	}
	return (ranks - positives*(positives+1)/2) / (positives * (float64(len(score)) - positives))
}

// TestDifficultyIsAsStated holds the moments that doc.go gives.
func TestDifficultyIsAsStated(t *testing.T) {
	const n = 50_000
	var sum, squares float64
	for i := range n {
		d := (Generator{Seed: 6}).LatentDifficulty(i)
		sum, squares = sum+d, squares+d*d
	}
	mean, spread := sum/n, math.Sqrt(squares/n-sum/n*sum/n)
	if want := math.Hypot(sessionSpread, taskSpread); math.Abs(mean) > 0.05 || math.Abs(spread-want) > 0.03 {
		t.Errorf("difficulty %.3f ± %.3f, want 0 ± %.3f", mean, spread, want)
	}
}
