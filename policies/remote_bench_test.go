package policies_test

import (
	"context"
	"fmt"
	"testing"

	"waymark"
	"waymark/policies"
)

// thousand queries of 200 characters, of a repeat that was not asked about yet.
func thousand(repeat int) *waymark.Queries {
	qs := &waymark.Queries{Repeat: repeat, Features: map[string]waymark.Column{}}
	for i := range 1000 {
		qs.IDs = append(qs.IDs, fmt.Sprint("task-", i))
	}
	text := []waymark.Message{{Role: "user", Content: fmt.Sprintf("%0200d", 0)}}
	qs.Messages = func(int) []waymark.Message { return text }
	return qs
}

// BenchmarkPythonSelect is decisions of the Python example, with what they cost and why, by batch.
func BenchmarkPythonSelect(b *testing.B) {
	for _, batch := range []string{"1", "64", "512"} {
		b.Run(batch, func(b *testing.B) {
			p := build(b, &policies.Exec{Command: example(b, "python3", "python/router.py", "select", "--batch", batch)}, open(b)).(waymark.OneShot)
			picks, n := make([]waymark.Pick, 1000), 0
			spent, said := make([]waymark.Spending, 1000), make([]string, 1000)
			for b.Loop() {
				n++
				qs := thousand(n)
				if err := p.Select(context.Background(), qs, picks); err != nil {
					b.Fatal(err)
				}
				p.Selector.(waymark.Charger).Charge(qs, spent)
				p.Selector.(waymark.Remarker).Remark(qs, said)
			}
			b.ReportMetric(float64(n*1000)/b.Elapsed().Seconds(), "decisions/s")
		})
	}
}

// BenchmarkPythonTrial is trials of two rounds that the Python example leads, one after the other.
func BenchmarkPythonTrial(b *testing.B) {
	p := build(b, &policies.Exec{Command: example(b, "python3", "python/router.py", "trial")}, open(b))
	q, n := thousand(0).Query(0), 0
	for b.Loop() {
		n++
		if tr := waymark.Attempt(context.Background(), p, waymark.NewTrial(q, 0, 1, echo("one"))); tr.Err != nil {
			b.Fatal(tr.Err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "trials/s")
}
