package stats_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"waymark/internal/stats"
)

// Units of one task each give Wilson's interval again, but for t in place of the normal
// quantile and the correction of the variance.
func TestShareIsWilsonAtTheEffectiveNumber(t *testing.T) {
	s := stats.Sample{}
	for i := range 400 {
		s.Values = append(s.Values, math.Floor(float64(i%10)/7))
	}
	plain := stats.Mean(s, 0.95)
	s.Groups = make([]int32, 400)
	for i := range s.Groups {
		s.Groups[i] = int32(i)
	}
	grouped := stats.Mean(s, 0.95)
	near(t, "lower end", grouped.Lo, plain.Lo, 5e-4)
	near(t, "upper end", grouped.Hi, plain.Hi, 5e-4)
	for i := range s.Groups { // a task twice in its group says nothing new
		s.Groups[i] = int32(i % 200)
		s.Values[i] = math.Floor(float64(i%10) / 7)
	}
	half := stats.Mean(s, 0.95)
	if got := (half.Hi - half.Lo) / (plain.Hi - plain.Lo); math.Abs(got-math.Sqrt2) > 0.02 {
		t.Errorf("half as many units are %.3f times as wide, want √2", got)
	}
	none := stats.Mean(stats.Sample{Values: make([]float64, 40), Groups: s.Groups[:40]}, 0.95)
	if none.Lo != 0 || none.Hi < 0.05 || none.Hi > 0.15 || none.Withheld != "" {
		t.Errorf("none of 40: %+v", none)
	}
	if few := stats.Mean(stats.Sample{Values: make([]float64, 40), Groups: make([]int32, 40)}, 0.95); few.Withheld == "" {
		t.Errorf("one group: %+v", few)
	}
}

// Coverage of rare and common shares in groups whose tasks are alike in part.
func TestShareCovers(t *testing.T) {
	const draws = 1500
	for _, p := range []float64{0.03, 0.2, 0.6} {
		covered, printed := 0, 0
		for d := range draws {
			rng := rand.New(rand.NewPCG(uint64(d), 77))
			var s stats.Sample
			for g := range 100 {
				own := rng.Float64() < p
				for range 1 + rng.IntN(5) {
					hit := rng.Float64() < p
					if rng.Float64() < 0.3 { // as the group has it
						hit = own
					}
					v := 0.0
					if hit {
						v = 1
					}
					s.Values, s.Groups = append(s.Values, v), append(s.Groups, int32(g))
				}
			}
			if e := stats.Mean(s, 0.95); e.Withheld == "" {
				printed++
				if e.Lo <= p && p <= e.Hi {
					covered++
				}
			}
		}
		t.Logf("p = %g: covers %.1f %%", p, 100*float64(covered)/float64(printed))
		if c := float64(covered) / float64(printed); c < 0.93-3*math.Sqrt(0.95*0.05/draws) || printed < draws {
			t.Errorf("p = %g: covers %.1f %% of %d", p, 100*c, printed)
		}
	}
}
