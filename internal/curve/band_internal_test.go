package curve

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Skipping chunks and counting signs change nothing: the greatest deviations are those of
// the plain loop over every move.
func TestGreatestAgreesWithThePlainLoop(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for _, weighted := range []bool{false, true} {
		const units = 700
		tr := track{base: make([]float64, units)}
		weights, signs := make([]float64, units), make([]uint64, units)
		for g := range units {
			weights[g], signs[g] = 1, rng.Uint64()
			tr.base[g] = float64(rng.IntN(2))
			if weighted {
				weights[g], tr.base[g] = 0.5+rng.Float64(), rng.NormFloat64()
			}
		}
		for range 3000 {
			m := move{unit: int32(rng.IntN(units)), delta: rng.NormFloat64() * float64(rng.IntN(3))}
			if rng.IntN(3) > 0 {
				m.level, m.look = 0.5+0.1*rng.Float64(), 0.01+0.01*rng.Float64()
			}
			tr.moves = append(tr.moves, m)
		}
		tr.seal()
		var x, w, want [lanes]float64
		for g, b := range signs {
			flip(&x, tr.base[g], b)
			flip(&w, weights[g], b)
		}
		for _, m := range tr.moves {
			flip(&x, m.delta, signs[m.unit])
			for r := range want {
				want[r] = max(want[r], math.Abs(x[r]-m.level*w[r])*m.look)
			}
		}
		total, got := signed(weights, signs), make([]float64, lanes)
		tr.greatest(signs, &total, got)
		for r := range want {
			if math.Abs(got[r]-want[r]) > 1e-9 {
				t.Fatalf("weighted %v, lane %d: %g, the plain loop gives %g", weighted, r, got[r], want[r])
			}
		}
	}
}
