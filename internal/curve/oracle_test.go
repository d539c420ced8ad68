package curve_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"waymark/internal/curve"
	"waymark/internal/stats"
)

// pair draws two models' qualities on n tasks, at so many levels of quality.
func pair(seed uint64, n, levels int) (p curve.Pair) {
	rng := rand.New(rand.NewPCG(seed, 3))
	for range n {
		p.Weak = append(p.Weak, float64(rng.IntN(levels))/float64(levels-1))
		p.Strong = append(p.Strong, math.Min(1, float64(rng.IntN(levels)+rng.IntN(2))/float64(levels-1)))
	}
	return p
}

// The sweep over gains and the sorted sum agree, and the intervals hold the values.
func TestOracleIntervalsAgreeWithThePair(t *testing.T) {
	for _, levels := range []int{2, 7} {
		p := pair(1, 3000, levels)
		e := p.OracleAPGRInterval(stats.Sample{}, 0.95)
		near(t, "oracle APGR", e.Value, p.OracleAPGR(), 1e-9)
		if !(e.Lo < e.Value && e.Value < e.Hi) || e.Method != "fieller" {
			t.Errorf("APGR of %d levels: %+v", levels, e)
		}
		for _, share := range []float64{0.2, 0.5, 0.8} {
			want, _ := p.OracleCPT(share)
			e, reached := p.OracleCPTInterval(share, stats.Sample{}, 0.95)
			near(t, "oracle CPT", e.Value, want, 1e-9)
			if !reached || !(e.Lo < e.Value && e.Value < e.Hi) {
				t.Errorf("CPT(%g) of %d levels: %+v", share, levels, e)
			}
		}
	}
}

// The standard error of an oracle's CPT against the jackknife, on qualities that are
// all different so that the share is smooth.
func TestOracleCPTMovesWithItsWeights(t *testing.T) {
	p := pair(2, 4000, 1000)
	e, _ := p.OracleCPTInterval(0.5, stats.Sample{}, 0.95)
	weights := make([]float64, 4000)
	for i := range weights {
		weights[i] = 1
	}
	// Leave out a fortieth at a time: grouped jackknife.
	var values []float64
	for g := range 40 {
		for i := range weights {
			weights[i] = map[bool]float64{true: 0, false: 1}[i%40 == g]
		}
		x, _ := p.OracleCPTInterval(0.5, stats.Sample{Weights: weights}, 0.95)
		values = append(values, x.Value)
	}
	m, ss := average(values), 0.0
	for _, v := range values {
		ss += (v - m) * (v - m)
	}
	jackknife := math.Sqrt(39.0 / 40 * ss)
	if got := (e.Hi - e.Value) / 1.96; got < 0.7*jackknife || got > 1.4*jackknife {
		t.Errorf("standard error %g, by the jackknife %g", got, jackknife)
	}
}

func TestOracleWithoutAGap(t *testing.T) {
	p := curve.Pair{Weak: []float64{1, 0, 1, 0, 1, 0, 1, 1}, Strong: []float64{0, 1, 0, 1, 0, 1, 1, 1}}
	if e := p.OracleAPGRInterval(stats.Sample{}, 0.95); !strings.Contains(e.Withheld, "includes 0") {
		t.Errorf("APGR: %+v", e)
	}
	if e, reached := p.OracleCPTInterval(0.5, stats.Sample{}, 0.95); reached || e.Withheld == "" {
		t.Errorf("CPT: %+v", e)
	}
	e := curve.PGRInterval(p.Strong, p.Weak, p.Strong, stats.Sample{}, 0.95)
	if !strings.Contains(e.Withheld, "includes 0") {
		t.Errorf("PGR: %+v", e)
	}
	q := pair(3, 500, 2)
	half := make([]float64, 500)
	for i := range half {
		half[i] = (q.Weak[i] + q.Strong[i]) / 2
	}
	near(t, "PGR half way", curve.PGRInterval(half, q.Weak, q.Strong, stats.Sample{}, 0.95).Value, 0.5, 1e-9)
}
