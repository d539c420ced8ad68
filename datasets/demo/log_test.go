package demo

import (
	"math"
	"testing"

	"waymark/datasets"
)

// The log that is written is valid, draws as often as its propensities say, and answers
// as the matrix of the same generator does.
func TestLog(t *testing.T) {
	l := Log{Generator{Seed: 5, Count: 4000}}
	dir := t.TempDir() + "/log"
	if err := l.Write(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	f, err := datasets.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	read, err := f.Log(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if read.Logger != HarbourPilot || !f.Info().Synthetic || len(read.Chosen) != 4000 {
		t.Errorf("logger %s, synthetic %v, %d tasks", read.Logger, f.Info().Synthetic, len(read.Chosen))
	}
	for _, m := range []int{brook, cedar, summit} {
		var expected, variance, drawn float64
		for i := range 4000 {
			v := read.Chosen[ID(i)]
			p := v.Propensities[pool[m].ID]
			expected += p
			variance += p * (1 - p)
			if v.Model == pool[m].ID {
				drawn++
				if v.Propensity != p {
					t.Fatalf("task %d: propensity %g, of all %g", i, v.Propensity, p)
				}
			}
		}
		if math.Abs(drawn-expected) > 4*math.Sqrt(variance) {
			t.Errorf("%s was drawn %g times, expected %.0f ± %.0f", pool[m].ID, drawn, expected, math.Sqrt(variance))
		}
	}
	n := 0
	for r, err := range l.Responses(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if m, _ := l.draw(n); r.Output != l.Response(n, m, 0).Output || r.Task != ID(n) {
			t.Fatalf("task %d is answered otherwise than in the matrix", n)
		}
		n++
	}
	if (Log{Generator{Samples: 2}}).Write(t.Context(), dir+"2") == nil {
		t.Error("a log of two responses a task is written")
	}
}
