package curve_test

import (
	"math"
	"strings"
	"testing"

	"waymark/internal/curve"
)

func TestCheapestAndBest(t *testing.T) {
	c := curve.Curve{
		{Knob: 0, Quality: 0.9, Cost: 9, Share: 1},
		{Knob: 1, Quality: 0.95, Cost: 6, Share: 0.6},
		{Knob: 2, Quality: 0.8, Cost: 3, Share: 0.3},
		{Knob: 3, Quality: 0.85, Cost: 3, Share: 0.2},
		{Knob: 4, Quality: 0.5, Cost: 1},
	}
	for _, x := range []struct {
		quality float64
		want    int
	}{{0.9, 1}, {0.85, 3}, {0.8, 3}, {0.1, 4}, {0.96, -1}} {
		if got := c.Cheapest(x.quality, true); got != x.want {
			t.Errorf("the cheapest of quality %g is point %d, want %d", x.quality, got, x.want)
		}
	}
	if got := c.Cheapest(0.8, false); got != 3 {
		t.Errorf("of the least share: point %d, want 3", got)
	}
	for cost, want := range map[float64]int{9: 1, 5: 3, 3: 3, 1: 4, 0.5: -1} {
		if got := c.Best(cost); got != want {
			t.Errorf("the best for %g is point %d, want %d", cost, got, want)
		}
	}
	if got := c.Best(math.NaN()); got != -1 {
		t.Errorf("the best for an unknown cost is point %d", got)
	}
}

// A match at a knob against a model, by what every task does there.
func TestMatchAt(t *testing.T) {
	s, dearest := router(7, 400, 0)
	c := sweep(t, s)
	strong := make([]float64, 400)
	for i := range strong {
		strong[i] = s.Quality[s.Start[i]]
	}
	knob := c[200].Knob
	quality, cost := columns(s, c[200:201])
	m := curve.MatchAt(s, c, knob, strong, dearest, 0.95)
	near(t, "difference of quality", m.Quality.Value, average(quality[0])-average(strong), 1e-12)
	near(t, "difference of cost", m.Cost.Value, average(cost[0])-average(dearest), 1e-15)
	near(t, "saving", m.Saving.Value, 1-average(cost[0])/average(dearest), 1e-12)
	near(t, "share", m.Share.Value, c[200].Share, 1e-12)
	if m.Quality.Method != "tango" || m.Saving.Method != "fieller" || !(m.Saving.Lo < m.Saving.Value && m.Saving.Value < m.Saving.Hi) {
		t.Errorf("%+v", m)
	}
	for _, x := range []struct {
		name, why string
		knob      float64
		cost      []float64
	}{
		{"at the strong end", "cost the same on every task", math.Inf(-1), dearest},
		{"near the strong end", "only 10 tasks cost otherwise", c[10].Knob, dearest},
		{"near the weak end", "only 10 tasks are decided otherwise", c[len(c)-11].Knob, dearest},
		{"of unknown costs", "costs are unknown", knob, nil},
	} {
		m := curve.MatchAt(s, c, x.knob, strong, x.cost, 0.95)
		if !strings.Contains(m.Saving.Withheld, x.why) || !math.IsNaN(m.Saving.Lo) {
			t.Errorf("%s: saving %+v, want it withheld since %s", x.name, m.Saving, x.why)
		}
	}
	even, d := router(8, 400, 0)
	for i := range even.Tasks() { // no gap
		even.Quality[even.Start[i]+1] = even.Quality[even.Start[i]]
	}
	if m := curve.MatchAt(even, sweep(t, even), sweep(t, even)[200].Knob, strong, d, 0.95); !strings.Contains(m.Saving.Withheld, "includes 0") {
		t.Errorf("without a gap: %+v", m.Saving)
	}
}
