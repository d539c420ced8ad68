package curve_test

import (
	"math"
	"testing"

	"waymark/internal/curve"
)

// By hand: constants at (cost 1, quality 0.5) and (cost 3, quality 0.9) set the scale; a policy at
// (2, 0.45) is half a cost range and an eighth of the quality range from the cheap one.
func TestParetoDistances(t *testing.T) {
	constants := []curve.Spot{{Quality: 0.5, Cost: 1}, {Quality: 0.9, Cost: 3}}
	spots := append(constants[:2:2], curve.Spot{Quality: 0.45, Cost: 2}, curve.Spot{Quality: 0.85, Cost: 3.2})
	d := curve.ParetoDistances(spots, constants)
	near(t, "on the frontier", d[0]+d[1], 0, 0)
	near(t, "below", d[2], math.Hypot(0.05/0.4, 1.0/2), 1e-12)
	near(t, "near the dear one", d[3], math.Hypot(0.05/0.4, 0.2/2), 1e-12)
	for _, x := range curve.ParetoDistances(spots, constants[:1]) {
		if !math.IsNaN(x) {
			t.Errorf("one constant has a range: %g", x)
		}
	}
	if d := curve.ParetoDistances(nil, nil); len(d) != 0 {
		t.Errorf("nothing: %v", d)
	}
}
