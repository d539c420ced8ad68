package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waymark"
	"waymark/internal/store"
	"waymark/suite"
)

const (
	benchTasks    = 100_000
	benchPolicies = 10
	benchChunk    = 4096
)

// BenchmarkCheckStoredRuns is the whole verb on two kept runs of 10⁵ tasks × 10 policies: read
// both from results.db, pair them, decide a check of quality and one of cost for every policy.
func BenchmarkCheckStoredRuns(b *testing.B) {
	dir := b.TempDir()
	db := filepath.Join(dir, "results.db")
	before, after := keepRun(b, db, 1), keepRun(b, db, 2)
	path := filepath.Join(dir, "suite.yaml")
	var text strings.Builder
	text.WriteString("dataset: none\npolicies: [{name: policy-0, type: fixed, model: small}]\nchecks:\n")
	for p := range benchPolicies {
		fmt.Fprintf(&text, "  - quality(policy-%d) >= quality(policy-%d@baseline) - 0.01\n  - cost(policy-%d) <= 1.05 * cost(policy-%d@baseline)\n", p, p, p, p)
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for b.Loop() {
		var out, errs strings.Builder
		code := run(b.Context(), []string{"check", path, "--run", after, "--baseline", before, "--db", db}, nil, &out, &errs)
		if code != 0 || !strings.Contains(out.String(), "20 passed, 0 failed, 0 undecided") {
			b.Fatalf("exits with %d: %s%s", code, out.String(), errs.String())
		}
		io.WriteString(io.Discard, out.String())
	}
}

// keepRun keeps a run whose scores and costs vary with the seed, and gives its id.
func keepRun(b *testing.B, path string, seed uint64) string {
	b.Helper()
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	db, err := store.Open(b.Context(), path)
	must(err)
	defer db.Close()
	models := []waymark.ModelID{"small", "large"}
	spec := store.RunSpec{Started: time.Now(), SuitePath: "suite.yaml", Prices: "recorded", Dataset: waymark.Info{Name: "bench", Digest: fmt.Sprint(seed), QualityHi: 1}, Models: models}
	for i := range benchTasks {
		spec.Tasks.IDs = append(spec.Tasks.IDs, fmt.Sprintf("task-%06d", i))
		spec.Tasks.Categories = append(spec.Tasks.Categories, fmt.Sprint("category-", i%7))
		spec.Tasks.Contents = append(spec.Tasks.Contents, uint64(i+1))
	}
	for p := range benchPolicies {
		spec.Policies = append(spec.Policies, store.Policy{Name: fmt.Sprint("policy-", p), Type: "threshold", Config: json.RawMessage(`{"type":"threshold"}`), Arms: models, Reasons: []string{"below", "at or above"}, Repeats: 1})
	}
	run, err := db.Begin(b.Context(), spec)
	must(err)
	for p := range benchPolicies {
		for first := 0; first < benchTasks; first += benchChunk {
			var d store.Decisions
			for i := first; i < min(first+benchChunk, benchTasks); i++ {
				r := rand.New(rand.NewPCG(uint64(p), uint64(i)))
				fresh := rand.New(rand.NewPCG(seed, uint64(i*benchPolicies+p)))
				score := float64(r.IntN(2))
				if fresh.Float64() < 0.1 {
					score = float64(fresh.IntN(2))
				}
				d.Task, d.Status = append(d.Task, int32(i)), append(d.Status, store.Answered)
				d.Arm, d.Reason = append(d.Arm, int32(i&1)), append(d.Reason, int32(i&1))
				d.Signal, d.Score = append(d.Signal, r.Float64()), append(d.Score, score)
				d.Cost = append(d.Cost, waymark.USD(r.Int64N(5e11)+fresh.Int64N(1e10)))
				d.Latency = append(d.Latency, time.Duration(fresh.Int64N(2e10)))
			}
			must(run.Append(b.Context(), store.Part{Policy: p, Chunk: first / benchChunk}, d))
		}
	}
	res := suite.Result{Schema: suite.Schema, Split: "all", Confidence: 0.95, Run: suite.RunInfo{ID: run.ID(), Started: spec.Started, Prices: "recorded"}}
	res.Dataset = suite.DatasetInfo{Name: "bench", Digest: fmt.Sprint(seed), QualityHi: 1, CostKnown: true, Tasks: benchTasks, All: benchTasks}
	text, err := json.Marshal(res)
	must(err)
	must(run.Finish(b.Context(), store.StatusDone, text))
	return run.ID()
}
