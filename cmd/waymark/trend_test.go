package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A nightly is a suite over a dataset whose responses are collected anew.
type nightly struct {
	t         *testing.T
	dir       string
	rng       *rand.Rand
	responses int // nights collected
}

func newNightly(t *testing.T) *nightly {
	n := &nightly{t: t, dir: t.TempDir(), rng: rand.New(rand.NewPCG(12, 12))}
	n.write("suite.yaml", "dataset: data\npolicies:\n  - {name: all-large, type: fixed, model: large}\n  - {name: all-small, type: fixed, model: small}\n")
	if err := os.Mkdir(filepath.Join(n.dir, "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	return n
}

func (n *nightly) write(name, text string) {
	n.t.Helper()
	if err := os.WriteFile(filepath.Join(n.dir, name), []byte(text), 0o644); err != nil {
		n.t.Fatal(err)
	}
}

// collect writes fresh responses to 400 tasks; large's are right less often by drop.
func (n *nightly) collect(recorded string, drop float64) {
	n.responses++
	n.write("data/dataset.yaml", "name: tickets\nrecorded: "+recorded+"\n")
	var tasks, responses strings.Builder
	for i := range 400 {
		fmt.Fprintf(&tasks, "{\"id\":\"t%03d\",\"prompt\":\"ticket %d\"}\n", i, i)
		for k, model := range []string{"large", "small"} { // in order, so that the same seed draws the same
			p := []float64{[]float64{0.95, 0.98, 1, 0.9}[i%4] - drop, 0.6}[k]
			score := 0
			if n.rng.Float64() < p {
				score = 1
			}
			fmt.Fprintf(&responses, "{\"task\":\"t%03d\",\"model\":%q,\"score\":%d,\"cost_usd\":%g,\"latency_ms\":%d}\n", i, model, score, 0.001*p, 100+n.rng.IntN(900))
		}
	}
	n.write("data/tasks.jsonl", tasks.String())
	n.write("data/responses.jsonl", responses.String())
}

// waymark runs a verb and wants its exit code.
func (n *nightly) waymark(code int, args ...string) (stdout, stderr string) {
	n.t.Helper()
	var out, errs strings.Builder
	args = append(args, "--db", filepath.Join(n.dir, "results.db"))
	if got := run(n.t.Context(), args, nil, &out, &errs); got != code {
		n.t.Fatalf("waymark %v exits with %d, want %d: %s", args, got, code, errs.String())
	}
	return out.String(), errs.String()
}

func (n *nightly) run() { n.waymark(0, "run", filepath.Join(n.dir, "suite.yaml"), "-q") }

func (n *nightly) trend(args ...string) []history {
	n.t.Helper()
	out, _ := n.waymark(0, append([]string{"trend", "--format", "json"}, args...)...)
	var hs []history
	if err := json.Unmarshal([]byte(out), &hs); err != nil {
		n.t.Fatal(err)
	}
	return hs
}

// A drop in one model alarms for the policy that uses it and not for the other; a
// run over the same responses is not bet on; old responses are flagged.
func TestTrendOverNights(t *testing.T) {
	n := newNightly(t)
	n.collect("2026-01-01", 0)
	n.run()
	if _, errs := n.waymark(0, "trend"); !strings.Contains(errs, "nothing to watch yet in 1 run") {
		t.Errorf("one run: %s", errs)
	}
	n.run() // the same responses
	n.collect("2030-01-01", 0)
	n.run() // tells the noise
	for range 3 {
		n.collect("2030-01-01", 0)
		n.run()
	}
	for _, h := range n.trend() {
		if h.Alarm || len(h.Nights) != 6 {
			t.Errorf("%s: %d nights, alarm %v before anything happened", h.Policy, len(h.Nights), h.Alarm)
		}
		for i, role := range []string{"baseline", "not fresh", "measures noise", "watched", "watched", "watched"} {
			if got := h.Nights[i]; string(got.Role) != role {
				t.Errorf("%s: run %d is used as %q, want %q", h.Policy, i, got.Role, role)
			}
		}
		if notes := strings.Join(h.Nights[0].Notes, " "); !strings.Contains(notes, "stale") {
			t.Errorf("responses of January 2026 are not flagged: %s", notes)
		}
		if notes := strings.Join(h.Nights[5].Notes, " "); strings.Contains(notes, "stale") {
			t.Errorf("fresh responses are flagged: %s", notes)
		}
	}
	for range 4 {
		n.collect("2030-01-01", 0.12)
		n.run()
	}
	hs := n.trend("tickets", "--margin", "0.02")
	if len(hs) != 2 || !hs[0].Alarm || hs[1].Alarm {
		t.Fatalf("after a drop of 12 points: %+v", hs)
	}
	last := hs[0].Nights[len(hs[0].Nights)-1]
	if d := last.Difference; !(d.Hi < -0.05) || d.N != 400 || last.Shared != 400 {
		t.Errorf("the last difference is %+v over %d tasks", d, last.Shared)
	}
	if last.Quality == nil || !(last.Quality.Lo < last.Quality.Value) || last.EValue < hs[0].AlarmAt {
		t.Errorf("the last night is %+v", last)
	}
	n.waymark(exitCheck, "trend", filepath.Join(n.dir, "suite.yaml"), "--fail-on-alarm", "-p", "all-large")
	out, errs := n.waymark(0, "trend", "-p", "all-large")
	if !strings.Contains(out, "ALARM") || !strings.Contains(errs, "ALARM: quality got worse") {
		t.Errorf("the table: %s%s", out, errs)
	}
	if hs := n.trend("--metric", "cost"); hs[0].Alarm { // a worse model that is cheaper
		t.Error("a cost that fell alarms")
	}
	since := n.trend("-p", "all-large", "--baseline", last.Run)
	if len(since[0].Nights) != 1 || since[0].Alarm {
		t.Errorf("since the last run: %+v", since[0])
	}
}

func TestTrendRefuses(t *testing.T) {
	n := newNightly(t)
	n.waymark(exitUsage, "trend")
	n.collect("2026-01-01", 0)
	n.run()
	for want, args := range map[string][]string{
		`did you mean "tickets"`:             {"tickts"},
		`found policy "nobody"`:              {"-p", "nobody"},
		"found alpha 2":                      {"--alpha", "2"},
		"found margin 1":                     {"--margin", "1"},
		"found --stale -1":                   {"--stale=-1"},
		"there is no run":                    {"--baseline", "yesterday"},
		`--metric must be one of "quality",`: {"--metric", "joy"},
	} {
		if _, errs := n.waymark(exitUsage, append([]string{"trend"}, args...)...); !strings.Contains(errs, want) {
			t.Errorf("trend %v says %s, want %s", args, errs, want)
		}
	}
	n.write("data/dataset.yaml", "name: tickets\nrecorded: yesterday\n")
	if _, errs := n.waymark(exitUsage, "validate", filepath.Join(n.dir, "data")); !strings.Contains(errs, "dataset.yaml:2:") {
		t.Errorf("recorded: yesterday says %s", errs)
	}
}
