package coverage

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"waymark/internal/simulation"
)

// A row is one line of the table: a statistic of a population at a size.
type row struct {
	Population string
	N          int
	Statistic  string
	Draws      int
	Printed    int // draws in which an interval was printed
	Covered    int
}

func (r row) coverage() float64 { return float64(r.Covered) / float64(r.Printed) }

// error is the Monte-Carlo standard error of the coverage, at the nominal level.
func (r row) error() float64 { return math.Sqrt(0.95 * 0.05 / float64(r.Printed)) }

// measure draws a cell again and again, on all processors; each draw has its own seed.
func measure(p population, n, draws int, t truths) []row {
	results := make([][]interval, draws)
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	for d := range draws {
		work.Go(func() error {
			results[d] = p.intervals(rand.New(rand.NewPCG(uint64(d), uint64(n))), n, t)
			return nil
		})
	}
	if err := work.Wait(); err != nil {
		panic(err)
	}
	var rows []row
	for k, first := range results[0] {
		r := row{Population: p.name, N: n, Statistic: first.statistic, Draws: draws}
		for _, list := range results {
			if !list[k].withheld {
				r.Printed++
				if list[k].covered {
					r.Covered++
				}
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// floor is the least coverage that a statistic promises at a size. Means, differences and points
// of a curve are nominal from 200 tasks (1,000 of grouped ones: 40 groups are few); what rests on a
// maximum, on a crossing or on a band promises 93 %; under 200 tasks 90 %.
func (r row) floor() float64 {
	switch {
	case r.N < 200:
		return 0.90
	case strings.HasPrefix(r.Population, "clusters") && r.N < 1000:
		return 0.93
	case strings.HasPrefix(r.Statistic, "mean"), strings.HasPrefix(r.Statistic, "difference of quality"), strings.HasPrefix(r.Statistic, "difference of cost"), r.Statistic == "point of the curve":
		return 0.95
	}
	return 0.93
}

// TestIntervalsCover is the reduced form: few draws, every population and statistic.
func TestIntervalsCover(t *testing.T) {
	if simulation.Running() {
		t.Skip("the whole simulation runs in TestSimulate")
	}
	sizes, draws := []int{50, 200}, 300
	if testing.Short() {
		sizes, draws = []int{200}, 100
	}
	for _, p := range populations {
		truth := p.truths()
		for _, n := range sizes {
			for _, r := range measure(p, n, draws, truth) {
				check(t, r)
			}
		}
	}
}

func check(t *testing.T, r row) {
	if r.Printed < r.Draws/4 || r.Population == "small gap" && r.Printed < r.Draws*9/10 { // printed by luck of the gap's test
		return
	}
	if low := r.floor() - 3*r.error(); r.coverage() < low {
		t.Errorf("%s, n = %d, %s: covers %.1f %% of %d draws, less than %.1f %%", r.Population, r.N, r.Statistic, 100*r.coverage(), r.Printed, 100*low)
	}
}

// TestSimulate runs 2,000 draws a cell and writes docs/coverage.md.
func TestSimulate(t *testing.T) {
	page := simulation.Page(t, "coverage.md")
	done, err := simulation.Open[[]row]("coverage")
	if err != nil {
		t.Fatal(err)
	}
	const draws = 2000
	var all []row
	for _, p := range populations {
		truth := sync.OnceValue(p.truths)
		for _, n := range sizes {
			rows, err := done.Do(fmt.Sprintf("%s/%d/%d", p.name, n, draws), func() []row { return measure(p, n, draws, truth()) })
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				check(t, r)
			}
			all = append(all, rows...)
			t.Logf("%s, n = %d: done", p.name, n)
		}
	}
	if err := simulation.Write(page, "coverage", tables(all)); err != nil {
		t.Fatal(err)
	}
}
