package suite_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"waymark/internal/simulation"
	"waymark/suite"
)

// A gateRow is one line of the table: what checks of a population do at a size, by simulation of
// their whole path, from two runs' rows to a verdict.
type gateRow struct {
	Population string
	N, Draws   int
	Margin     float64
	FalsePass  int     // of Draws with the truth at the bound
	FalseFail  int     // of the same
	Passed     int     // of Draws without a change
	Told       int     // of those, draws that told P(pass | no change)
	Printed    float64 // mean of what they told
	InRange    int     // of Draws, those whose range of it holds the truth; where there is a range
	Ranges     int
	Noticed    float64 // median of the smallest noticed change, in the population's terms
	Failed     int     // of Draws with that change
}

// level is that of the verdicts, one-sided.
const level = 0.025

// measure simulates one line, on all processors; each draw has its own seed.
func (p nights) measure(n, draws int) (gateRow, error) {
	r := gateRow{Population: p.name, N: n, Draws: draws, Margin: p.margin(n)}
	s, err := p.suite(r.Margin)
	if err != nil {
		return r, err
	}
	still, err := p.verdicts(s, n, draws, 0)
	if err != nil {
		return r, err
	}
	var noticed []float64
	for _, v := range still {
		r.Passed += one(v.Verdict == "pass")
		if v.PassIfUnchanged != nil {
			r.Told++
			r.Printed += *v.PassIfUnchanged
		}
		if v.SmallestNoticed != nil {
			noticed = append(noticed, p.change(*v.SmallestNoticed, r.Margin))
		}
	}
	slices.Sort(noticed)
	r.Printed, r.Noticed = r.Printed/float64(r.Told), noticed[len(noticed)/2]
	for _, v := range still {
		if len(v.PassRange) == 2 {
			truth := float64(r.Passed) / float64(draws)
			r.Ranges++
			r.InRange += one(v.PassRange[0] <= truth && truth <= v.PassRange[1])
		}
	}
	edge, err := p.verdicts(s, n, draws, r.Margin)
	if err != nil {
		return r, err
	}
	for _, v := range edge {
		r.FalsePass += one(v.Verdict == "pass")
		r.FalseFail += one(v.Verdict == "fail")
	}
	worse, err := p.verdicts(s, n, draws, r.Noticed)
	for _, v := range worse {
		r.Failed += one(v.Verdict == "fail")
	}
	return r, err
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// verdicts are those of pairs of nights of which the later is worse by change.
func (p nights) verdicts(s *suite.Suite, n, draws int, change float64) ([]suite.Verdict, error) {
	out := make([]suite.Verdict, draws)
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	for d := range draws {
		work.Go(func() error {
			before, after := p.draw(rand.New(rand.NewPCG(uint64(d), uint64(n))), n, change)
			got, err := s.Check(after, suite.CheckSpec{Baseline: before})
			if err == nil {
				out[d] = got.Checks[0]
			}
			return err
		})
	}
	return out, work.Wait()
}

func (r gateRow) share(n int) float64 { return float64(n) / float64(r.Draws) }

// error3 is three Monte-Carlo standard errors of a share.
func (r gateRow) error3(p float64) float64 { return 3 * math.Sqrt(p*(1-p)/float64(r.Draws)) }

// check holds a line to what is promised: the level, under 200 tasks to half a point, and what the
// check says of itself.
func (r gateRow) check(t *testing.T) {
	loose := 0.0
	if r.N < 200 {
		loose = 0.005
	}
	where := fmt.Sprintf("%s, n = %d", r.Population, r.N)
	if limit := level + loose + r.error3(level); r.share(r.FalsePass) > limit || r.share(r.FalseFail) > limit {
		t.Errorf("%s: at the bound %.4f pass and %.4f fail, want at most %.4f", where, r.share(r.FalsePass), r.share(r.FalseFail), limit)
	}
	within := 0.025
	switch {
	case r.N < 200 && strings.Contains(r.Population, "groups"): // ten of them: what a check says carries a warning
		within = 0.15
	case r.N < 200 && r.Population == "cost ratio, σ 1": // a few tasks make the mean
		within = 0.08
	case r.N < 200:
		within = 0.05
	}
	if passed := r.share(r.Passed); r.Ranges == 0 && math.Abs(r.Printed-passed) > within+r.error3(passed) {
		t.Errorf("%s: P(pass | no change) is told as %.3f, and is %.3f", where, r.Printed, passed)
	}
	if held := float64(r.InRange) / float64(r.Ranges); r.Ranges > 0 && r.N >= 200 && held < 0.9 { // under 20 groups intervals are approximate
		t.Errorf("%s: the range of P(pass | no change) holds the truth in %.3f of draws only", where, held)
	}
	if failed := r.share(r.Failed); math.Abs(failed-0.8) > within+r.error3(0.8) {
		t.Errorf("%s: a change of %.4f fails %.3f, want 0.8", where, r.Noticed, failed)
	}
}

// TestChecksKeepTheirPromises is the reduced form: few draws of each population.
func TestChecksKeepTheirPromises(t *testing.T) {
	if simulation.Running() {
		t.Skip("the whole simulation runs in TestSimulateChecks")
	}
	draws := 250
	if testing.Short() {
		draws = 100
	}
	for _, p := range populations {
		r, err := p.measure(200, draws)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%+v", r)
		r.check(t)
	}
}

// TestSimulateChecks is the whole simulation, which writes the table of docs/check.md.
func TestSimulateChecks(t *testing.T) {
	page := simulation.Page(t, "check.md")
	done, err := simulation.Open[gateRow]("checks")
	if err != nil {
		t.Fatal(err)
	}
	var rows []gateRow
	for _, p := range populations {
		for _, size := range []struct{ n, draws int }{{50, 2000}, {200, 2000}, {1000, 1000}, {5000, 500}} {
			r, err := done.Do(fmt.Sprintf("%s/%d/%d", p.name, size.n, size.draws), func() gateRow {
				r, err := p.measure(size.n, size.draws)
				if err != nil {
					t.Fatal(err)
				}
				return r
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%+v", r)
			r.check(t)
			rows = append(rows, r)
		}
	}
	if err := simulation.Write(page, "checks", gateTable(rows)); err != nil {
		t.Fatal(err)
	}
}
