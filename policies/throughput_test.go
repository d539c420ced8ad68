package policies_test

import (
	"context"
	"testing"

	"waymark"
	"waymark/datasets/demo"
	"waymark/internal/replay"
	"waymark/internal/runner"
	"waymark/policies"
)

// recordings are n tasks of the generator (SYNTHETIC) with the answers of every model.
func recordings(b *testing.B, n int) (*replay.Matrix, *waymark.Outcomes) {
	b.Helper()
	g := demo.Generator{Seed: 1, Count: n, Samples: 3}
	var tasks []waymark.Task
	for t, err := range g.Tasks(b.Context()) {
		if err != nil {
			b.Fatal(err)
		}
		tasks = append(tasks, t)
	}
	m, err := replay.New(tasks)
	if err != nil {
		b.Fatal(err)
	}
	for r, err := range g.Responses(b.Context()) {
		if err != nil {
			b.Fatal(err)
		}
		r.Score = waymark.Scored(float64(len(r.Output) % 2))
		r.Cost = waymark.Paid(waymark.Dollar / 1000)
		m.Put(r)
	}
	m.Seal()
	o := &waymark.Outcomes{Queries: m.Queries(features4, 1), Models: m.Models, Answers: m}
	for _, c := range m.Columns {
		cost := make([]float64, n)
		for i := range cost {
			cost[i] = c.Cost[i].Float()
		}
		o.Quality, o.Cost = append(o.Quality, c.Score), append(o.Cost, cost)
	}
	return m, o
}

var features4 = []string{"category", "channel", "tenant"}

// nothing decides without asking anyone: what is left is the harness.
type nothing struct{}

func (nothing) Route(context.Context, *waymark.Trial) (waymark.Decision, error) {
	return waymark.Decision{Answer: waymark.Composed}, nil
}

// BenchmarkReplay is how many trials a second each kind of policy does, over 10,000 tasks with both cores.
// floor is a policy that makes no call, floor-select one that picks without looking.
func BenchmarkReplay(b *testing.B) {
	const n = 10_000
	m, o := recordings(b, n)
	weak, strong := demo.Weak, demo.Strong
	threshold := func(c policies.ScorerConfig) policies.Config {
		return &policies.Threshold{Scorer: scorer(c), Weak: weak, Strong: strong, Threshold: policies.KnobValue{Value: 0.3, Given: true}}
	}
	pair := []waymark.ModelID{weak, strong}
	for _, c := range []struct {
		name   string
		config policies.Config
	}{
		{"floor", nil},
		{"floor-select", &policies.Fixed{Model: weak}},
		{"table", &policies.Table{By: "category", Routes: map[string]waymark.ModelID{"coding": strong}, Default: weak}},
		{"rules", &policies.Rules{Rules: []policies.Rule{{When: `category == "coding" and length > 10`, Model: strong}}, Default: weak}},
		{"threshold-length", threshold(&policies.Length{})},
		{"threshold-logistic", threshold(&policies.Logistic{})},
		{"threshold-knn", threshold(&policies.KNN{})},
		{"threshold-tree", threshold(&policies.Tree{})},
		{"utility-kmeans", &policies.Utility{Estimator: policies.AnyEstimator{EstimatorConfig: &policies.KMeans{}}, Lambda: policies.KnobValue{Value: 1, Given: true}}},
		{"cascade", &policies.Cascade{Models: pair, Accept: policies.AnyAcceptor{AcceptorConfig: &policies.AcceptLength{}}, At: policies.BarsValue{Values: []float64{1}, Given: true}}},
		{"fallback", &policies.Fallback{Models: pair}},
		{"vote", &policies.Vote{Models: m.Models}},
	} {
		b.Run(c.name, func(b *testing.B) {
			var p waymark.Policy = nothing{}
			if c.config != nil {
				in := policies.Inputs{Models: m.Models, Features: features4, Seed: 1, Learning: &policies.Learning{Outcomes: o}}
				var err error
				if p, err = c.config.Build(in); err != nil {
					b.Fatal(err)
				}
			}
			r := &runner.Runner{Matrix: m, Queries: m.Queries(features4, 1)}
			for b.Loop() {
				if _, err := r.Run(b.Context(), []runner.Job{{Name: c.name, Policy: p}}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "trials/s")
		})
	}
}
