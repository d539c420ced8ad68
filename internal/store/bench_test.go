package store

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"waymark"
)

const (
	benchTasks    = 100_000
	benchChunk    = 4096
	benchPolicies = 10
)

func benchSpec() RunSpec {
	s := RunSpec{Dataset: waymark.Info{Name: "bench", Digest: "sha256:0", QualityHi: 1}, Models: []waymark.ModelID{"a", "b"}}
	for i := range benchTasks {
		s.Tasks.IDs = append(s.Tasks.IDs, fmt.Sprintf("task-%06d", i))
		s.Tasks.Categories = append(s.Tasks.Categories, "category")
	}
	for p := range benchPolicies {
		s.Policies = append(s.Policies, Policy{Name: fmt.Sprintf("policy-%d", p), Type: "threshold", Arms: s.Models, Reasons: []string{"below", "at or above"}, Repeats: 1})
	}
	return s
}

// benchRows are decisions about every task, with awkward numbers in every column.
func benchRows() Decisions {
	var d Decisions
	for i := range benchTasks {
		x := rand.New(rand.NewPCG(1, uint64(i)))
		d.Task, d.Status = append(d.Task, int32(i)), append(d.Status, Answered)
		d.Arm, d.Reason = append(d.Arm, int32(i&1)), append(d.Reason, int32(i&1))
		d.Signal, d.Score = append(d.Signal, x.Float64()), append(d.Score, float64(x.IntN(2)))
		d.Cost, d.Latency = append(d.Cost, waymark.USD(x.Int64N(5e11))), append(d.Latency, time.Duration(x.Int64N(2e10)))
	}
	return d
}

func (d *Decisions) slice(lo, hi int) Decisions {
	return Decisions{
		Task: d.Task[lo:hi], Status: d.Status[lo:hi], Arm: d.Arm[lo:hi], Reason: d.Reason[lo:hi],
		Signal: d.Signal[lo:hi], Score: d.Score[lo:hi], Cost: d.Cost[lo:hi], Latency: d.Latency[lo:hi],
	}
}

// BenchmarkAppend1e6 keeps a run of 10 policies over 10^5 tasks, every commit
// synced to disk.
func BenchmarkAppend1e6(b *testing.B) {
	spec, rows := benchSpec(), benchRows()
	for b.Loop() {
		b.StopTimer()
		db := openTemp(b)
		run := begin(b, db, spec)
		b.StartTimer()
		for p := range benchPolicies {
			for c := 0; c*benchChunk < benchTasks; c++ {
				must(b, run.Append(b.Context(), Part{Policy: p, Chunk: c}, rows.slice(c*benchChunk, min((c+1)*benchChunk, benchTasks))))
			}
		}
		must(b, run.Finish(b.Context(), StatusDone, nil))
		b.StopTimer()
		must(b, db.write(b.Context(), "checkpoint", func(*tx) error { return nil }))
		_, err := db.writer.conn.ExecContext(b.Context(), "PRAGMA wal_checkpoint(TRUNCATE)")
		must(b, err)
		if st, err := os.Stat(db.Path()); err == nil {
			b.ReportMetric(float64(st.Size())/1e6, "MB")
		}
		b.StartTimer()
	}
}

// BenchmarkBegin writes 10^5 tasks and their splits.
func BenchmarkBegin(b *testing.B) {
	spec := benchSpec()
	for b.Loop() {
		b.StopTimer()
		db := openTemp(b)
		b.StartTimer()
		begin(b, db, spec)
	}
}

// BenchmarkDecisions reads 10^5 decisions back, as --resume does.
func BenchmarkDecisions(b *testing.B) {
	db := openTemp(b)
	run := begin(b, db, benchSpec())
	must(b, run.Append(b.Context(), Part{}, benchRows()))
	for b.Loop() {
		d, err := db.Decisions(b.Context(), run.ID(), 0, 0)
		if err != nil || d.Len() != benchTasks {
			b.Fatal(d.Len(), err)
		}
	}
}

// BenchmarkGrades puts 2·10^5 grades, and looks them up.
func BenchmarkGrades(b *testing.B) {
	n := 2 * benchTasks
	keys, grades := make([]GradeKey, n), make([]waymark.Grade, n)
	for i := range keys {
		x := rand.New(rand.NewPCG(2, uint64(i)))
		for k := range 32 {
			keys[i][k] = byte(x.Uint32())
		}
		grades[i] = waymark.Grade{Status: waymark.Graded, Score: 1, Extracted: "42", Why: "42 equals 42"}
	}
	b.Run("put", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			db := openTemp(b)
			b.StartTimer()
			must(b, db.PutGrades(b.Context(), "numeric@1", keys, grades))
		}
	})
	db := openTemp(b)
	must(b, db.PutGrades(b.Context(), "numeric@1", keys, grades))
	b.Run("get", func(b *testing.B) {
		for b.Loop() {
			got, err := db.Grades(b.Context(), keys)
			if err != nil || got[n-1].Status != waymark.Graded {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkStory tells of one task among 10^6 decisions.
func BenchmarkStory(b *testing.B) {
	db := openTemp(b)
	run := begin(b, db, benchSpec())
	rows := benchRows()
	for p := range benchPolicies {
		must(b, run.Append(b.Context(), Part{Policy: p}, rows))
	}
	for b.Loop() {
		if _, err := db.Story(b.Context(), run.ID(), "task-077777"); err != nil {
			b.Fatal(err)
		}
	}
}
