package suite

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"waymark"
	"waymark/internal/replay"
	"waymark/internal/runner"
)

// boardOf is a board on which two models answer n tasks k times each. A task is easy, middling
// or hard for a router that always asks weak.
func boardOf(t *testing.T, rng *rand.Rand, n, k, group int) *board {
	t.Helper()
	tasks := make([]waymark.Task, n)
	for i := range tasks {
		tasks[i] = waymark.Task{ID: fmt.Sprintf("t%05d", i), Weight: 1}
		if group > 1 {
			tasks[i].Group = fmt.Sprint("g", i/group)
		}
	}
	m, err := replay.New(tasks)
	if err != nil {
		t.Fatal(err)
	}
	kind := 0
	for i := range tasks {
		if i%group == 0 || rng.Float64() < 0.5 { // tasks of a group are often of one kind
			kind = rng.IntN(len(chances))
		}
		for s := range k {
			for c, p := range chances[kind] {
				r := waymark.Recorded{Task: tasks[i].ID, Model: []waymark.ModelID{"weak", "strong"}[c], Sample: s}
				r.Score = waymark.Scored(pick(rng.Float64() < p, 1, 0))
				usd, err := waymark.Dollars([]float64{0.001, 0.01}[c])
				if err != nil {
					t.Fatal(err)
				}
				r.Cost = waymark.Paid(usd)
				m.Put(r)
			}
		}
	}
	m.Seal()
	all := upTo(n)
	return &board{
		matrix: m, units: newUnits(tasks), costKnown: true, prices: "recorded", tune: all, test: all,
		info: waymark.Info{QualityHi: 1},
	}
}

// chances are those of weak and strong to solve a task, by kind.
var chances = [][2]float64{{0.9, 0.95}, {0.5, 0.8}, {0.1, 0.6}}

// regrets are the true quality parts of weak's regret: to the oracle that is scored on the
// response that it was selected by, and to the one that is scored on others.
func regrets() (same, crossed float64) {
	for _, p := range chances {
		best := 1 - (1-p[0])*(1-p[1])
		strong := p[1] * (1 - p[0])
		same += (best - p[0]) / 3
		crossed += (strong*p[1] + (1-strong)*p[0] - p[0]) / 3
	}
	return same, crossed
}

// Both parts of the regret cover what the oracle would have in the long run, with one response
// a task or several, and grouped.
func TestRegretCovers(t *testing.T) {
	same, crossed := regrets()
	for _, c := range []struct {
		name           string
		samples, group int
		truth          float64
	}{{"one response", 1, 1, same}, {"three responses", 3, 1, crossed}, {"groups", 2, 4, crossed}} {
		rng := rand.New(rand.NewPCG(5, uint64(c.samples)))
		quality, cost, draws := 0, 0, 600
		for range draws {
			b := boardOf(t, rng, 160, c.samples, c.group)
			f := newField(b, newMeter(b, b.test, 0.95))
			row := PolicyRow{Name: "weak", N: 160}
			f.regret(subject{row: &row, series: f.constant(1), col: 1}, f.hindsight()) // strong, weak
			quality += within(row.Regret.Quality, c.truth)
			cost += within(row.Regret.Cost, -0.009*strongShare())
		}
		for part, hits := range map[string]int{"quality": quality, "cost": cost} {
			mcse := math.Sqrt(0.95 * 0.05 / float64(draws))
			share := float64(hits) / float64(draws)
			t.Logf("%s, %s: %.1f %%", c.name, part, 100*share)
			if math.Abs(share-0.95) > 3*mcse {
				t.Errorf("%s: the %s part covers %.1f %% of draws", c.name, part, 100*share)
			}
		}
	}
}

// strongShare is how often the oracle takes strong: where it alone solves the task.
func strongShare() (share float64) {
	for _, p := range chances {
		share += p[1] * (1 - p[0]) / 3
	}
	return share
}

func within(e Interval, truth float64) int {
	if e.Lo <= truth && truth <= e.Hi {
		return 1
	}
	return 0
}

// Rounds of a policy that makes its own calls follow each other, calls of a round run side by
// side, and what is not an answer is the router's own time.
func TestTimesOfAPolicyThatMakesItsOwnCalls(t *testing.T) {
	call := func(round, start int, p waymark.Purpose, ms int) waymark.Call {
		c := waymark.Call{Round: round, Start: time.Duration(start) * time.Millisecond}
		c.Purpose, c.Latency = p, time.Duration(ms)*time.Millisecond
		return c
	}
	b := boardOf(t, rand.New(rand.NewPCG(1, 1)), 8, 1, 1)
	f := newField(b, newMeter(b, b.test, 0.95))
	rows := &runner.Rows{Traces: make([]waymark.Trace, 8), Latency: make([]time.Duration, 8), Model: make([]int32, 8)}
	for i := range rows.Traces {
		rows.Traces[i].Calls = []waymark.Call{
			call(0, 0, waymark.ForRouting, 30), call(1, 30, waymark.ForAnswer, 100), call(1, 30, waymark.ForAnswer, 250), // side by side
			call(2, 280, waymark.ForChecking, 20), call(3, 300, waymark.ForAnswer, 400),
		}
		rows.Latency[i] = rows.Traces[i].Latency()
	}
	s := newSeries(8)
	for k := range s.quality {
		s.quality[k] = 1
	}
	row := PolicyRow{Name: "own", N: 8}
	slo := 700.0
	f.latency(subject{row: &row, series: s, cand: &candidate{rows: []*runner.Rows{rows}}}, &slo)
	if row.Latency.P50 != 700 || row.Latency.Router.Value != 50 || math.Abs(row.Latency.RouterShare.Value-50.0/700) > 1e-12 || row.WithinSLO.Value != 1 {
		t.Errorf("30 + max(100, 250) + 20 + 400 ms: %+v, router %+v", row.Latency, row.Latency.RouterShare)
	}
	if row.Latency.RouterShare.Withheld == "" {
		t.Errorf("a share that is the same on every task has an interval: %+v", row.Latency.RouterShare)
	}
}
