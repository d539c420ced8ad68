package leakage_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waymark/internal/leakage"
)

const (
	begin = "<!-- simulated: make simulate -->\n"
	end   = "<!-- end -->\n"
)

// TestSimulateLabels is the whole simulation of the test of decisions: it writes its
// table into docs/leakage.md, under make simulate.
func TestSimulateLabels(t *testing.T) {
	docs := os.Getenv("WAYMARK_SIMULATE")
	if docs == "" {
		t.Skip("make simulate runs it")
	}
	sizes := []struct{ n, reps int }{{250, 1000}, {1000, 300}, {5000, 100}}
	var b strings.Builder
	b.WriteString("\n| router | n = 250 | 1,000 | 5,000 | right |\n|---|--:|--:|--:|--:|\n")
	line := func(name string, w world, route func(*rand.Rand, question) bool, honest bool) {
		fmt.Fprintf(&b, "| %s |", name)
		var last tally
		for _, s := range sizes {
			last = simulated(t, s.reps, s.n, leakage.Suspicion, w, route)
			share := float64(last.suspected) / float64(s.reps)
			fmt.Fprintf(&b, " %.1f %% |", 100*share)
			if honest && share > bar(leakage.Suspicion, s.reps) {
				t.Errorf("%s, %d tasks: %.3f are suspected", name, s.n, share)
			}
		}
		fmt.Fprintf(&b, " %.0f %% |\n", 100*float64(last.right)/float64(last.n))
	}
	for _, h := range honest {
		line("honest: "+h.name, h.world, h.route, true)
	}
	beyond := world{own: 1.5, slope: 1, category: 0.4}
	line("honest, beyond what is claimed: strengths themselves, 1.5 logits apart", beyond, func(_ *rand.Rand, q question) bool { return q.own > 0 }, false)
	for _, x := range leaking {
		line("leaking: "+x.name, rasch, x.route, false)
	}
	path := filepath.Join(docs, "leakage.md")
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, opened := strings.Cut(string(page), begin)
	_, tail, closed := strings.Cut(rest, end)
	if !opened || !closed {
		t.Fatalf("%s: found no %q and %q", path, strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	if err := os.WriteFile(path, []byte(head+begin+b.String()+"\n"+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}
