package tune_test

import (
	"math"
	"testing"

	"waymark/internal/tune"
)

func TestChoose(t *testing.T) {
	inf := math.Inf(1)
	points := []tune.Point{{0, 0.9, 10}, {1, 0.85, 5}, {2, 0.85, 5}, {3, 0.8, 5}, {4, 0.6, 1}}
	for _, c := range []struct {
		name string
		goal tune.Goal
		want int
	}{
		{"cheapest that is good enough", tune.Goal{MinQuality: 0.82, MaxCost: inf}, 1},
		{"best within a budget", tune.Goal{Maximise: true, MinQuality: -inf, MaxCost: 6}, 1},
		{"cheapest of all", tune.Goal{MinQuality: -inf, MaxCost: inf}, 4},
		{"both bounds", tune.Goal{MinQuality: 0.82, MaxCost: 4}, -1},
		{"none", tune.Goal{MinQuality: 0.95, MaxCost: inf}, -1},
	} {
		got, ok := tune.Choose(points, c.goal)
		if got != c.want || ok != (c.want >= 0) {
			t.Errorf("%s: %d %v, want %d", c.name, got, ok, c.want)
		}
	}
}
