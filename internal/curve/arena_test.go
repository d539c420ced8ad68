package curve_test

import (
	"math"
	"strings"
	"testing"

	"waymark/internal/curve"
	"waymark/internal/stats"
)

// The slopes of the delta method against differences of the score itself.
func TestArenaIntervalAgainstTheJackknife(t *testing.T) {
	s, dearest := router(5, 300, 0)
	var quality []float64
	for i := range s.Tasks() {
		quality = append(quality, s.Quality[s.Start[i]])
	}
	e := curve.ArenaInterval(quality, dearest, stats.Sample{}, 0.95)
	near(t, "score", e.Value, curve.Arena(average(quality), 1000*average(dearest)), 1e-12)
	ss, n := 0.0, 300.0
	for i := range quality {
		const h = 1e-4
		moved := func(w float64) float64 { // one task's weight moved
			a := (n*average(quality) + w*quality[i]) / (n + w)
			c := (n*average(dearest) + w*dearest[i]) / (n + w)
			return curve.Arena(a, 1000*c)
		}
		d := (moved(h) - moved(-h)) / (2 * h)
		ss += d * d
	}
	near(t, "standard error", (e.Hi-e.Value)/stats.TQuantile(0.95, 299), math.Sqrt(n/(n-1)*ss), 1e-8)
}

func TestArenaAtTheClamp(t *testing.T) {
	quality, cost := make([]float64, 100), make([]float64, 100)
	set := func(usd float64) {
		for i := range quality {
			quality[i], cost[i] = float64(i%2), usd*(0.9+0.2*float64(i%5)/4)
		}
	}
	set(0.3) // 300 dollars per 1,000
	if e := curve.ArenaInterval(quality, cost, stats.Sample{}, 0.95); e.Value != 0 || !strings.Contains(e.Withheld, "200 dollars") {
		t.Errorf("dear: %+v", e)
	}
	set(0.0000044)
	if e := curve.ArenaInterval(quality, cost, stats.Sample{}, 0.95); !strings.Contains(e.Withheld, "reaches over") || math.IsNaN(e.Value) {
		t.Errorf("at the corner: %+v", e)
	}
	set(0.000001)
	e := curve.ArenaInterval(quality, cost, stats.Sample{}, 0.95)
	if e.Withheld != "" || len(e.Warnings) != 1 || !strings.Contains(e.Warnings[0], "clamped") {
		t.Errorf("cheap: %+v", e)
	}
	near(t, "cheap", e.Value, 1.1*0.5/(0.05+1), 1e-12)
	if e := curve.ArenaInterval(nil, nil, stats.Sample{}, 0.95); e.Withheld == "" || !math.IsNaN(e.Value) {
		t.Errorf("nothing: %+v", e)
	}
}
