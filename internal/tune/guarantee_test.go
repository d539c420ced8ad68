package tune

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"waymark/internal/simulation"
)

// A world draws tasks with a known truth: weak solves a task of score s with probability
// weak(s), strong solves those that weak does not with another; both are known, so that
// the quality at every knob is an integral.
type world struct {
	name       string
	discordant float64 // share of tasks that only strong solves, about
	group      int     // tasks that share their luck; 1: independent
}

var worlds = []world{
	{"5 % discordant", 0.05, 1},
	{"10 % discordant", 0.10, 1},
	{"20 % discordant", 0.20, 1},
	{"40 % discordant", 0.40, 1},
	{"20 % discordant, groups of 5 (ICC 0.3)", 0.20, 5},
}

// rates are the chances that weak solves a task of score s, that only strong does, and
// that only weak does.
func (w world) rates(s float64) (both, onlyStrong, onlyWeak float64) {
	onlyStrong = 2 * w.discordant * s // hard tasks are where strong gains
	onlyWeak = w.discordant / 5
	return (1 - onlyStrong - onlyWeak) * 0.75, onlyStrong, onlyWeak
}

// truth is the mean of a function of quality where scores at or above the knob go to strong.
func (w world) truth(knob float64) (policy, strong, weakShare, lost float64) {
	const n = 4000
	for i := range n {
		s := (float64(i) + 0.5) / n
		both, onlyStrong, onlyWeak := w.rates(s)
		strong += (both + onlyStrong) / n
		if s >= knob {
			policy += (both + onlyStrong) / n
			continue
		}
		policy += (both + onlyWeak) / n
		weakShare += 1.0 / n
		lost += onlyStrong / n
	}
	return policy, strong, weakShare, lost
}

type draw struct{ score, weak, strong []float64 }

func (w world) draw(rng *rand.Rand, n int) draw {
	d := draw{make([]float64, n), make([]float64, n), make([]float64, n)}
	var shared float64
	for i := range n {
		if i%w.group == 0 {
			shared = rng.Float64()
		}
		u := rng.Float64()
		if w.group > 1 && rng.Float64() < 0.3 {
			u = shared // the same luck as others of the group: marginals stay
		}
		d.score[i] = rng.Float64()
		both, onlyStrong, onlyWeak := w.rates(d.score[i])
		switch {
		case u < onlyStrong:
			d.strong[i] = 1
		case u < onlyStrong+onlyWeak:
			d.weak[i] = 1
		case u < onlyStrong+onlyWeak+both:
			d.weak[i], d.strong[i] = 1, 1
		}
	}
	return d
}

const (
	relative = 0.97
	riskAt   = 0.05
)

// at are a draw's values at a knob, summed by group: of the relative target, or of the
// risk form.
func (d draw) at(knob float64, group int, risk bool) []float64 {
	out := make([]float64, (len(d.score)+group-1)/group)
	for i, s := range d.score {
		strong := s >= knob
		switch {
		case risk && !strong:
			out[i/group] += (riskAt - math.Max(0, d.strong[i]-d.weak[i])) / float64(group)
		case risk:
		case strong:
			out[i/group] += (d.strong[i] - relative*d.strong[i]) / float64(group)
		default:
			out[i/group] += (d.weak[i] - relative*d.strong[i]) / float64(group)
		}
	}
	return out
}

// outcome is what one calibrate split led to.
type outcome struct {
	certified, violated, naiveViolated bool
	excess                             float64 // share to strong above the least that truly meets the target
}

var path = Path(linspace(2000), 1, 50)

func linspace(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = (float64(i) + 0.5) / float64(n)
	}
	return out
}

func (w world) once(seed uint64, n int, delta float64, risk bool, least float64, met func(knob float64) bool) outcome {
	d := w.draw(rand.New(rand.NewPCG(seed, uint64(n))), n)
	b := Bounded{Lo: -relative, Hi: 1, At: func(k float64) ([]float64, error) { return d.at(k, w.group, risk), nil }}
	p := path
	if risk {
		b.Lo, b.Hi = riskAt-1, riskAt
		p = Path(linspace(2000), 0.9, 45)
	}
	c, err := Certify(p, []Bounded{b}, delta)
	if err != nil {
		panic(err) // at returns none
	}
	o := outcome{certified: c.Certified}
	if c.Certified {
		last := c.Passed[len(c.Passed)-1]
		o.violated = !met(last)
		o.excess = 1 - math.Min(1, math.Max(0, last)) - least
	}
	naive := math.Inf(-1) // the cheapest knob whose mean meets the target
	for _, k := range p {
		mean := 0.0
		for _, x := range d.at(k, w.group, risk) {
			mean += x
		}
		if mean >= 0 {
			naive = math.Max(naive, k)
		}
	}
	o.naiveViolated = !math.IsInf(naive, -1) && !met(naive)
	return o
}

// A cell is a row of the table.
type cell struct {
	world
	risk   bool
	n      int
	delta  float64
	splits int
	counts
}

// counts are what became of a cell's splits.
type counts struct {
	Violations, Naive, Certified int
	Excess, Dearer               float64 // sums over those certified
}

func (c *cell) run() {
	met := func(knob float64) bool {
		policy, strong, weak, lost := c.truth(knob)
		if c.risk {
			return lost <= riskAt*weak+1e-9
		}
		return policy >= relative*strong-1e-9
	}
	least := 1.0
	for share := 1.0; share >= 0; share -= 0.005 {
		if met(1 - share) {
			least = share
		} else {
			break
		}
	}
	results := make([]outcome, c.splits)
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	for i := range results {
		work.Go(func() error {
			results[i] = c.once(uint64(i), c.n, c.delta, c.risk, least, met)
			return nil
		})
	}
	if err := work.Wait(); err != nil {
		panic(err)
	}
	for _, r := range results {
		if r.violated {
			c.Violations++
		}
		if r.naiveViolated {
			c.Naive++
		}
		if r.certified {
			c.Certified++
			c.Excess += r.excess
			c.Dearer += cost(least+r.excess)/cost(least) - 1
		}
	}
}

// limit is the rate of violations that delta allows, with three Monte-Carlo errors.
func (c *cell) limit() float64 {
	return c.delta + 3*math.Sqrt(c.delta*(1-c.delta)/float64(c.splits))
}

func (c *cell) check(t *testing.T) {
	if rate := float64(c.Violations) / float64(c.splits); rate > c.limit() {
		t.Errorf("%s, n = %d, delta = %g, risk %v: the certified knob misses its target in %.3f of splits, more than %.3f", c.name, c.n, c.delta, c.risk, rate, c.limit())
	}
}

// The reduced form: a certified knob misses its target no more often than delta says,
// the naive one far more often, and with enough tasks a knob is certified that saves calls.
func TestGuaranteeHolds(t *testing.T) {
	for _, w := range []world{worlds[2], worlds[4]} {
		for _, risk := range []bool{false, true} {
			c := cell{world: w, risk: risk, n: 1000, delta: 0.1, splits: 300}
			c.run()
			c.check(t)
			if c.Naive < 3*c.Violations || c.Naive < c.splits/5 {
				t.Errorf("%s, risk %v: the naive choice misses only %d of %d times (certified: %d)", w.name, risk, c.Naive, c.splits, c.Violations)
			}
		}
	}
	c := cell{world: worlds[1], n: 5000, delta: 0.05, splits: 100}
	c.run()
	if c.Certified < 95 || c.Excess/float64(c.Certified) > 0.15 {
		t.Errorf("of %d splits %d are certified, with %.3f more calls of strong than needed", c.splits, c.Certified, c.Excess/float64(c.Certified))
	}
}

// Under the least favourable H0, a mean of exactly 0, betting rejects at most delta of the time.
func TestBettingKeepsItsLevel(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 2))
	rejected, draws := 0, 1000
	for range draws {
		x := make([]float64, 500)
		for i := range x {
			x[i] = 0.05 // 0.05 · 0.95 − 0.95 · 0.05 = 0
			if rng.Float64() < 0.05 {
				x[i] = -0.95
			}
		}
		if Betting(x, -0.95, 0.05, 0.1) <= 0.1 {
			rejected++
		}
	}
	if rate := float64(rejected) / float64(draws); rate > 0.1+3*math.Sqrt(0.09/float64(draws)) {
		t.Errorf("rejects a true H0 in %.3f of draws, more than 0.1", rate)
	}
	if p := Betting([]float64{1, 1, 1}, 0, 1, 0.1); p != 0 {
		t.Errorf("what cannot be below 0 is met: p = %g", p)
	}
	if p := Betting(make([]float64, 100), -1, 1, 0.1); p != 1 {
		t.Errorf("nothing happens: p = %g", p)
	}
}

// About as many units as Needed says are needed.
func TestNeeded(t *testing.T) {
	x := make([]float64, 10000)
	rng := rand.New(rand.NewPCG(1, 9))
	for i := range x {
		x[i] = 0.06
		if rng.Float64() < 0.03 {
			x[i] = -0.94
		}
	}
	n := Needed(x, -0.94, 0.05)
	if !(n > 100 && n < 2000) {
		t.Fatalf("needs %g", n)
	}
	if p := Betting(x[:int(2*n)], -0.94, 0.05, 0.1); p > 0.05 {
		t.Errorf("with twice the %g units needed p = %g", n, p)
	}
	for i := range x {
		x[i] = -0.01
	}
	if n := Needed(x, -0.94, 0.05); !math.IsInf(n, 1) {
		t.Errorf("a mean below 0 needs %g units", n)
	}
}

func BenchmarkCertify1e5x50(b *testing.B) {
	w := worlds[1]
	d := w.draw(rand.New(rand.NewPCG(1, 1)), 100_000)
	for b.Loop() {
		if _, err := Certify(path, []Bounded{{Lo: -relative, Hi: 1, At: func(k float64) ([]float64, error) { return d.at(k, 1, false), nil }}}, 0.05); err != nil {
			b.Fatal(err)
		}
	}
}

// cost is that of a share of calls to a strong model that costs ten times the weak one.
func cost(share float64) float64 { return 1 + 9*share }

// TestSimulate runs 2,000 splits a cell and writes docs/guarantee.md.
func TestSimulate(t *testing.T) {
	page := simulation.Page(t, "guarantee.md")
	done, err := simulation.Open[counts]("guarantee")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("| tasks | target | n | δ | certified % | misses % | may miss % | naive misses % | calls of strong above the least, points | cost above the least % |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, w := range worlds {
		for _, risk := range []bool{false, true} {
			for _, n := range []int{200, 1000, 5000} {
				for _, delta := range []float64{0.05, 0.1, 0.2} {
					c := cell{world: w, risk: risk, n: n, delta: delta, splits: 2000}
					if c.counts, err = done.Do(c.key(), func() counts { c.run(); return c.counts }); err != nil {
						t.Fatal(err)
					}
					c.check(t)
					b.WriteString(c.line())
				}
			}
		}
	}
	if err := simulation.Write(page, "guarantee", b.String()); err != nil {
		t.Fatal(err)
	}
}

func (c *cell) key() string {
	return fmt.Sprintf("%s/%v/%d/%g/%d", c.name, c.risk, c.n, c.delta, c.splits)
}

func (c *cell) line() string {
	target := "97 % of strong"
	if c.risk {
		target = "5 % risk"
	}
	share := func(k int) string { return fmt.Sprintf("%.1f", 100*float64(k)/float64(c.splits)) }
	excess, dearer := "–", "–"
	if c.Certified > 0 {
		excess = fmt.Sprintf("%.1f", 100*c.Excess/float64(c.Certified))
		dearer = fmt.Sprintf("%.0f", 100*c.Dearer/float64(c.Certified))
	}
	return fmt.Sprintf("| %s | %s | %d | %g | %s | %s | %.1f | %s | %s | %s |\n", c.name, target, c.n, c.delta, share(c.Certified), share(c.Violations), 100*c.limit(), share(c.Naive), excess, dearer)
}
