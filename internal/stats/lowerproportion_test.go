package stats_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"waymark/internal/stats"
)

// The bound is where the binomial tail is what it says; with no failure it is α^(1/n).
func TestLowerProportion(t *testing.T) {
	about(t, "59 of 59", stats.LowerProportion(59, 59, 0.95), math.Pow(0.05, 1.0/59), 1e-12)
	for _, x := range [][2]int{{1, 1}, {1, 9}, {7, 9}, {480, 500}} {
		p := stats.LowerProportion(x[0], x[1], 0.95)
		about(t, "tail", distuv.Binomial{N: float64(x[1]), P: p}.Survival(float64(x[0])-1), 0.05, 1e-9)
	}
	if stats.LowerProportion(0, 5, 0.95) != 0 || stats.LowerProportion(0, 0, 0.95) != 0 {
		t.Error("nothing seen is bounded by 0")
	}
}
