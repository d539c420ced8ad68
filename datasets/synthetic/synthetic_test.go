package synthetic_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"waymark"
	"waymark/datasets/synthetic"
	"waymark/evaluators"
)

func task(g synthetic.Generator, i int) *waymark.Task {
	t := g.Task(i)
	return &t
}

// What the simulation calls right the graders call right, and what it calls wrong
// they do not: on every cell, in every style.
func TestGradersAgreeWithTheSimulation(t *testing.T) {
	g := synthetic.Generator{Seed: 3, Tasks: 4000}
	graders := map[string]waymark.Grader{}
	for i := range g.Tasks {
		x := task(g, i)
		spec := string(x.Grader)
		if graders[spec] == nil {
			var v any
			if err := json.Unmarshal(x.Grader, &v); err != nil {
				t.Fatalf("%s: %v", spec, err)
			}
			parsed, err := evaluators.Parse(v)
			if err != nil {
				t.Fatalf("%s: %v", spec, err)
			}
			graders[spec] = parsed
		}
		for m := range synthetic.Pool {
			r, isRight := g.Response(i, m)
			got, err := graders[spec].Grade(t.Context(), x, waymark.Answer{Text: r.Output, HasText: true})
			if err != nil {
				t.Fatalf("%s: %v", x.ID, err)
			}
			if (got.Score == 1) != isRight {
				t.Fatalf("%s by %s: simulated right %v, graded %+v\nreference %q\n%s\n---\n%s", x.ID, r.Model, isRight, got, x.Reference, waymark.Prompt(x.Messages), r.Output)
			}
		}
	}
}

// Mean quality tends to the truth.
func TestQualityTendsToTruth(t *testing.T) {
	g := synthetic.Generator{Seed: 1, Tasks: 20000}
	var got, want, variance [6]float64
	for i := range g.Tasks {
		p := g.Truth(i)
		for m := range p {
			if _, isRight := g.Response(i, m); isRight {
				got[m]++
			}
			want[m] += p[m]
			variance[m] += p[m] * (1 - p[m])
		}
	}
	for m := range got {
		if d := math.Abs(got[m] - want[m]); d > 4*math.Sqrt(variance[m]) {
			t.Errorf("%s: %.0f right of %d, expected %.0f ± %.0f", synthetic.Pool[m].ID, got[m], g.Tasks, want[m], math.Sqrt(variance[m]))
		}
	}
}

func TestTasksAreWhole(t *testing.T) {
	g := synthetic.Generator{Seed: 2, Tasks: 5000}
	counts, ids, parts, groups := map[string]int{}, map[string]bool{}, 0, 0
	for i := range g.Tasks {
		x := task(g, i)
		if ids[x.ID] || strings.TrimSpace(waymark.Prompt(x.Messages)) == "" || len(x.Reference) == 0 || x.ID != g.ID(i) {
			t.Fatalf("task %+v", x)
		}
		ids[x.ID] = true
		counts[x.Category]++
		parts += len(x.Subtasks)
		if x.Group != "" {
			groups++
		}
	}
	if len(counts) != 6 || counts["routine"] < 850 || counts["routine"] > 1150 || parts < 300 || groups != 1000 {
		t.Errorf("categories %v, %d subtasks, %d in groups", counts, parts, groups)
	}
	if !g.Info().Synthetic || !strings.Contains(g.Info().Source, "SYNTHETIC") {
		t.Error("the data do not say SYNTHETIC")
	}
}

// Difficulty leaves a trace: the prompts of tasks that need the strong model are
// longer, and the recorded router tells them better than length does.
func TestATraceCanBeLearned(t *testing.T) {
	g := synthetic.Generator{Seed: 5, Tasks: 6000}
	var length, owl []float64
	var need []bool
	for v, err := range g.Decisions(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		if v.Policy == "night-owl" {
			owl = append(owl, v.Score)
		}
	}
	for i := range g.Tasks {
		length = append(length, float64(len(waymark.Prompt(g.Task(i).Messages))))
		_, weak := g.Response(i, 1)
		_, strong := g.Response(i, 4)
		need = append(need, !weak && strong)
	}
	byLength, byOwl := auroc(length, need), auroc(owl, need)
	if byLength < 0.55 || byLength > 0.75 || byOwl < 0.7 || byOwl > 0.9 {
		t.Errorf("AUROC by length %.3f (want 0.55 to 0.75), by the recorded router %.3f (want 0.7 to 0.9)", byLength, byOwl)
	}
}

// auroc counts pairs that are in order.
func auroc(score []float64, positive []bool) float64 {
	var wins, pairs float64
	for i := range score {
		if !positive[i] {
			continue
		}
		for j := range score {
			if positive[j] {
				continue
			}
			pairs++
			if score[i] > score[j] {
				wins++
			} else if score[i] == score[j] {
				wins += 0.5
			}
		}
	}
	return wins / pairs
}

// The data are the same on every machine and in every order. A change of the
// generator changes this digest, on purpose.
func TestDataAreReproducible(t *testing.T) {
	const want = "ca6bedbe1d9d173f"
	g := synthetic.Generator{Seed: 7, Tasks: 1000}
	h := sha256.New()
	for i := range g.Tasks {
		x := g.Task(i)
		fmt.Fprintf(h, "%s %s %q %s\n", x.ID, waymark.Prompt(x.Messages), x.Reference, x.Grader)
	}
	for m := range synthetic.Pool {
		for i := g.Tasks - 1; i >= 0; i-- { // another order
			r, _ := g.Response(i, m)
			fmt.Fprintf(h, "%s\n", r.Output)
		}
	}
	if got := fmt.Sprintf("%x", h.Sum(nil))[:16]; got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}

func BenchmarkTaskWithSixAnswers(b *testing.B) {
	g := synthetic.Generator{Seed: 1, Tasks: 1 << 30}
	i := 0
	for b.Loop() {
		g.Task(i)
		for m := range synthetic.Pool {
			g.Response(i, m)
		}
		i++
	}
}
