package learn

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"
)

// irtTruth is rows whose difficulty b ~ N(0,1) is foretold by two features up to a share of its variance.
type irtTruth struct {
	sample            *Sample
	theta, difficulty []float64
	p                 [][]float64 // given the difficulty
}

func irtSimulate(n int, theta []float64, slope, explained, spread float64, seed uint64) irtTruth {
	r := rand.New(rand.NewPCG(seed, 2))
	t := irtTruth{&Sample{X: NewDense(n, 4), Y: irtZeros(len(theta), n), Seed: seed}, theta, make([]float64, n), irtZeros(len(theta), n)}
	for i := range n {
		row := t.sample.X.Row(i)
		for c := range row {
			row[c] = float32(10 + 3*r.NormFloat64())
		}
		signal := (float64(row[0]) - float64(row[1])) / 3 / math.Sqrt2
		t.difficulty[i] = math.Sqrt(explained)*signal + math.Sqrt(1-explained)*r.NormFloat64()
		a := slope * math.Exp(spread*r.NormFloat64())
		for o := range theta {
			t.p[o][i] = estSigmoid(a * (theta[o] - t.difficulty[i]))
			t.sample.Y[o][i] = float64(estOne(r.Float64() < t.p[o][i]))
		}
	}
	return t
}

func wide(f Floats) []float64 {
	out := make([]float64, len(f))
	for i, v := range f {
		out[i] = float64(v)
	}
	return out
}

// TestIRTRecovers has abilities, their errors, difficulties, and what features say of
// difficulty, of data from the model itself.
func TestIRTRecovers(t *testing.T) {
	for name, c := range map[string]struct {
		theta         []float64
		slope, spread float64
		correlation   float64 // of difficulties with their posterior means, at least
		dimmed        float64 // of explained variance, at least
	}{
		"two outputs":   {[]float64{-0.5, 0.7}, 1.7, 0, 0.6, 0.42},
		"eight outputs": {[]float64{-1.5, -1, -0.5, 0, 0.3, 0.8, 1.2, 2}, 2, 0.3, 0.86, 0.5},
	} {
		t.Run(name, func(t *testing.T) {
			d := irtSimulate(4000, c.theta, c.slope, 0.6, c.spread, 1)
			m, err := IRTOptions{}.Fit(t.Context(), d.sample)
			if err != nil {
				t.Fatal(err)
			}
			for o, theta := range c.theta {
				if off := math.Abs(float64(m.Ability[o]) - theta); !(off <= 4*float64(m.AbilityError[o])+0.02) {
					t.Errorf("ability %d is %.3f ± %.3f, it is %.3f", o, m.Ability[o], m.AbilityError[o], theta)
				}
				if o > 0 && m.Ability[o] <= m.Ability[o-1] {
					t.Errorf("abilities %v are out of order", m.Ability)
				}
			}
			if got := math.Exp(m.Level); !(math.Abs(got/c.slope-1) <= 0.15) {
				t.Errorf("discrimination %.3f, it is %.3f", got, c.slope)
			}
			r := stat.Correlation(wide(m.Difficulty), d.difficulty, nil)
			t.Logf("abilities %.2f ± %.3f, discrimination %.2f, correlation of difficulties %.3f, explained %.2f, converged %v", m.Ability, m.AbilityError, math.Exp(m.Level), r, m.Explained, m.Converged)
			if !(r >= c.correlation && m.Explained >= c.dimmed && m.Explained <= 0.7) || !m.Converged {
				t.Errorf("correlation of difficulties %.3f, explained %.3f of 0.6, converged %v", r, m.Explained, m.Converged)
			}
		})
	}
}

// TestIRTIsCalibrated has predictions of fresh rows hold in every tenth of them, and be sharper than the mean.
func TestIRTIsCalibrated(t *testing.T) {
	for _, theta := range [][]float64{{-0.5, 0.7}, {-1.5, -1, -0.5, 0, 0.3, 0.8, 1.2, 2}} {
		train, fresh := irtSimulate(4000, theta, 1.7, 0.6, 0, 2), irtSimulate(20000, theta, 1.7, 0.6, 0, 3)
		m, err := IRTOptions{}.Fit(t.Context(), train.sample)
		if err != nil {
			t.Fatal(err)
		}
		got := estPredicted(m, fresh.sample.X)
		for o := range got {
			var said, was, count [10]float64
			for i, p := range got[o] {
				bin := int(p * 10)
				said[bin], was[bin], count[bin] = said[bin]+p, was[bin]+fresh.p[o][i], count[bin]+1
			}
			for bin, n := range count {
				if n > 200 && !(math.Abs(said[bin]-was[bin])/n <= 0.04) {
					t.Errorf("%d outputs, output %d: said %.3f, was %.3f of %g rows", len(theta), o, said[bin]/n, was[bin]/n, n)
				}
			}
		}
		if e, c := estError(got, fresh.p), estError(estConstant(train.sample, 20000), fresh.p); !(e <= 0.55*c) {
			t.Errorf("%d outputs: error %.4f, of the mean %.4f", len(theta), e, c)
		}
	}
}

// TestIRTErrorsCover has the standard errors of abilities cover the truth as often as they say.
func TestIRTErrorsCover(t *testing.T) {
	theta, inside, all := []float64{-0.8, 0, 1}, 0, 0
	for seed := range uint64(100) {
		d := irtSimulate(300, theta, 1.5, 0, 0, 100+seed)
		m, err := IRTOptions{}.Fit(t.Context(), d.sample)
		if err != nil {
			t.Fatal(err)
		}
		for o, v := range theta {
			all++
			inside += estOne(math.Abs(float64(m.Ability[o])-v) < 1.96*float64(m.AbilityError[o]))
		}
	}
	t.Logf("%d of %d intervals of 95%% cover", inside, all)
	if share := float64(inside) / float64(all); share < 0.91 {
		t.Errorf("%.3f of intervals of 95%% cover", share)
	}
}

// TestIRTDifficultyKeepsItsRow has the row that all fail harder than the one that
// none does, in the caller's order, and none for a row that is left out.
func TestIRTDifficultyKeepsItsRow(t *testing.T) {
	d := irtSimulate(50, []float64{0, 0.5}, 1.7, 0.5, 0, 4)
	d.sample.Weights = make([]float64, 50)
	for i := range 50 {
		d.sample.Weights[i] = 1
	}
	d.sample.Weights[17] = 0
	m, err := IRTOptions{}.Fit(t.Context(), d.sample)
	if err != nil {
		t.Fatal(err)
	}
	if !math.IsNaN(float64(m.Difficulty[17])) {
		t.Errorf("a row of weight 0 has difficulty %g", m.Difficulty[17])
	}
	easy, hard := math.Inf(-1), math.Inf(1)
	for i, b := range m.Difficulty {
		if i == 17 {
			continue
		}
		switch d.sample.Y[0][i] + d.sample.Y[1][i] {
		case 0:
			hard = math.Min(hard, float64(b))
		case 2:
			easy = math.Max(easy, float64(b))
		}
	}
	if !(easy < hard) {
		t.Errorf("the hardest of the solved is %g, the easiest of the failed %g", easy, hard)
	}
}

// TestRidgeTrustsWhatHolds has what folds foretold twice too strongly count half, and
// what they foretold the wrong way round not at all.
func TestRidgeTrustsWhatHolds(t *testing.T) {
	e := &estSample{n: 4, w: []float64{1, 1, 2, 1}}
	target := []float64{1, -1, 0.5, -1}
	for _, c := range []struct{ times, trust, agreement float64 }{{2, 0.5, 0.7}, {0.5, 1, 0.35}, {-1, 0, 0}, {0, 0, 0}} {
		foretold := make([]float64, 4)
		for i, y := range target {
			foretold[i] = c.times * y
		}
		r := &estRidge{}
		r.choose(e, target, [][]float64{foretold})
		if !(math.Abs(r.trust-c.trust) <= 1e-12 && math.Abs(r.agreement-c.agreement) <= 1e-12) {
			t.Errorf("foretold %g times: trust %g and agreement %g, expected %g and %g", c.times, r.trust, r.agreement, c.trust, c.agreement)
		}
	}
}
