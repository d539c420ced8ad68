package stats_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"waymark/internal/stats"
)

// watch runs histories of nights and tells how many alarmed, and the mean night of
// the first alarm.
func watch(t *testing.T, histories, nights int, margin, alpha float64, night func(r *rand.Rand, night int) []float64) (alarms, when float64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 3))
	for range histories {
		d, err := stats.NewDrift(margin)
		if err != nil {
			t.Fatal(err)
		}
		for k := range nights {
			if err := d.Night(night(rng, k), nil); err != nil {
				t.Fatal(err)
			}
			if d.EValue() >= 1/alpha {
				alarms++
				when += float64(k + 1)
				break
			}
		}
	}
	return alarms / float64(histories), when / math.Max(1, alarms)
}

func discordant(r *rand.Rand, p, mean float64) float64 {
	switch u := r.Float64(); {
	case u < (p+mean)/2:
		return 1
	case u < p:
		return -1
	}
	return 0
}

// Over 500 nights exactly at the margin no more than 5 % of histories ever alarm,
// with three Monte-Carlo standard errors allowed, whether tasks are alike or not.
func TestDriftRarelyCriesWolf(t *testing.T) {
	for _, c := range []struct {
		name   string
		margin float64
		one    func(r *rand.Rand, task int) float64
	}{
		{"alike", 0.02, func(r *rand.Rand, _ int) float64 { return discordant(r, 0.2, -0.02) }},
		{"no margin", 0, func(r *rand.Rand, _ int) float64 { return discordant(r, 0.3, 0) }},
		{"each task its own mean", 0, func(r *rand.Rand, task int) float64 {
			return discordant(r, 0.9, 0.8*float64(1-2*(task%2))) // good and bad luck of the baseline by turns
		}},
		{"skewed", 0.1, func(r *rand.Rand, _ int) float64 {
			if r.Float64() < 0.1 {
				return -1
			}
			return 0
		}},
	} {
		const histories = 300
		share, _ := watch(t, histories, 500, c.margin, 0.05, func(r *rand.Rand, _ int) []float64 {
			x := make([]float64, 10)
			for i := range x {
				x[i] = c.one(r, i)
			}
			return x
		})
		t.Logf("%s: %.3f of %d histories of 500 nights alarm", c.name, share, histories)
		if limit := 0.05 + 3*math.Sqrt(0.05*0.95/histories); share > limit {
			t.Errorf("%s: %.3f of histories alarm, want at most %.3f", c.name, share, limit)
		}
	}
}

// A drop of 4 points at 10 % discordance is noticed within a few nights of 300 tasks,
// and one that sets in after 50 good nights is noticed too.
func TestDriftNotices(t *testing.T) {
	night := func(r *rand.Rand, mean float64) []float64 {
		x := make([]float64, 300)
		for i := range x {
			x[i] = discordant(r, 0.1, mean)
		}
		return x
	}
	share, when := watch(t, 100, 30, 0.01, 0.05, func(r *rand.Rand, _ int) []float64 { return night(r, -0.04) })
	t.Logf("from the first night on: %.2f alarm, after %.1f nights", share, when)
	if share < 0.99 || when > 8 {
		t.Errorf("a drop from the first night: %.2f of histories alarm, after %.1f nights", share, when)
	}
	share, when = watch(t, 100, 100, 0.01, 0.05, func(r *rand.Rand, k int) []float64 {
		if k < 50 {
			return night(r, 0)
		}
		return night(r, -0.04)
	})
	t.Logf("from night 51 on: %.2f alarm, at night %.1f", share, when)
	if share < 0.95 || when < 51 || when > 70 {
		t.Errorf("a drop from night 51: %.2f of histories alarm, at night %.1f", share, when)
	}
}

func TestDriftRefuses(t *testing.T) {
	for _, m := range []float64{-0.1, 1, math.NaN()} {
		if _, err := stats.NewDrift(m); err == nil {
			t.Errorf("margin %g is taken", m)
		}
	}
	d, err := stats.NewDrift(0)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []float64{1.01, -2, math.NaN(), math.Inf(1)} {
		if err := d.Night([]float64{-1, x}, nil); err == nil {
			t.Errorf("%g is taken", x)
		}
	}
	for _, w := range []float64{-1, math.NaN(), math.Inf(1)} {
		if err := d.Night([]float64{0, 0}, []float64{1, w}); err == nil {
			t.Errorf("weight %g is taken", w)
		}
	}
	near(t, "capital before any night", d.EValue(), 1, 1e-12)
	for range 3000 {
		if err := d.Night([]float64{-1}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if e := d.EValue(); math.IsInf(e, 0) || e < 1e300 {
		t.Errorf("3,000 total losses are worth %g", e)
	}
}

// The luck of a baseline is within its bound as often as is said.
func TestBaselineLuckIsBounded(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	const rounds, tasks, level = 4000, 200, 0.025
	var beyond float64
	for range rounds {
		var luck float64
		x := make([]float64, tasks)
		for i := range x {
			p := []float64{0.02, 0.5, 0.9, 1}[i%4]
			old := bernoulli(rng, p)
			luck += (old - p) / tasks
			x[i] = bernoulli(rng, p) - old
		}
		if luck > stats.BaselineLuck(x, nil, level) {
			beyond++
		}
	}
	share := beyond / rounds
	t.Logf("the luck exceeds its bound in %.4f of %d rounds", share, rounds)
	if share > level+3*math.Sqrt(level*(1-level)/rounds) {
		t.Errorf("the luck exceeds its bound in %.4f of rounds, want at most %g", share, level)
	}
	if !math.IsNaN(stats.BaselineLuck(nil, nil, level)) {
		t.Error("no differences have a bound")
	}
}

// Doubling every weight changes nothing, a task of no weight does not count, and equal weights are none.
func TestDriftByWeight(t *testing.T) {
	follow := func(x, w []float64) float64 {
		d, err := stats.NewDrift(0.01)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			if err := d.Night(x, w); err != nil {
				t.Fatal(err)
			}
		}
		return d.EValue()
	}
	x := []float64{-1, 0, 0, 0.5, -0.2}
	plain := follow(x, nil)
	near(t, "equal weights", follow(x, []float64{3, 3, 3, 3, 3}), plain, 1e-9*plain)
	near(t, "doubled weights", follow(x, []float64{2, 4, 6, 2, 2}), follow(x, []float64{1, 2, 3, 1, 1}), 1e-9)
	none := []float64{1, 1, 1, 1, 1, 0}
	near(t, "a task without weight", follow(append(x, -1), none), follow(append(x, 1), none), 1e-9)
	luck := stats.BaselineLuck(x, nil, 0.025)
	near(t, "luck by equal weights", stats.BaselineLuck(x, []float64{7, 7, 7, 7, 7}, 0.025), luck, 1e-12)
	if heavy := stats.BaselineLuck(x, []float64{100, 1, 1, 1, 1}, 0.025); heavy < 2*luck {
		t.Errorf("one task of nearly all weight bounds the luck by %g, tasks alike by %g", heavy, luck)
	}
}
