package tune

import (
	"errors"
	"math"
	"slices"
	"testing"
)

func TestChoose(t *testing.T) {
	points := []Point{
		{Knob: 0, Quality: 0.9, Cost: 9, Slack: 0.1},
		{Knob: 1, Quality: 0.8, Cost: 4, Slack: 0},
		{Knob: 2, Quality: 0.85, Cost: 4, Slack: -1e-15}, // short by rounding only
		{Knob: 3, Quality: 0.5, Cost: 1, Slack: -0.3},
		{Knob: 4, Quality: math.NaN(), Cost: 0, Slack: 1},
	}
	if i, ok := Choose(points, false); !ok || i != 2 {
		t.Errorf("the cheapest is %d, %v; want 2: as cheap as 1 and better", i, ok)
	}
	if i, ok := Choose(points, true); !ok || i != 0 {
		t.Errorf("the best is %d, %v; want 0", i, ok)
	}
	if _, ok := Choose(points[3:], false); ok {
		t.Error("a point that misses its conditions is chosen")
	}
}

func TestPath(t *testing.T) {
	path := Path([]float64{0.1, 0.2, 0.2, 0.3, 0.4}, 1, 5)
	want := []float64{math.Inf(-1), 0.15, 0.25, 0.35, 0.4002}
	if !slices.Equal(path, want) {
		t.Errorf("path %v, want %v: shares 1, 0.8, (0.6 and 0.4 are tied), 0.2, 0", path, want)
	}
	if p := Path(nil, 1, 5); len(p) != 0 {
		t.Errorf("no breakpoints give %v", p)
	}
}

// A condition that no task can miss is met by the exact test as by the bet, also where every task is 0.
func TestATargetBelowAllIsMet(t *testing.T) {
	for _, binary := range []bool{false, true} {
		at := func(float64) ([]float64, error) { return make([]float64, 30), nil }
		c, err := Certify([]float64{1}, []Bounded{{Lo: 0, Hi: 1.2, At: at, Binary: binary}}, 0.05)
		if err != nil || !c.Certified {
			t.Errorf("binary %v: %+v, %v", binary, c, err)
		}
	}
	broken := errors.New("no latency")
	if _, err := Certify([]float64{1}, []Bounded{{Lo: -1, Hi: 1, At: func(float64) ([]float64, error) { return nil, broken }}}, 0.05); !errors.Is(err, broken) {
		t.Errorf("a condition that cannot be read: %v", err)
	}
}
