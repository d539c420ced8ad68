package stats_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"waymark/internal/stats"
)

// Two means: by the closed form θ·φ(δ/θ), at several differences.
func TestOptimismOfTwoMeans(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for _, shift := range []float64{0, 0.05, 0.2} {
		series := make([][]float64, 2)
		difference := stats.Sample{}
		for range 500 {
			a, b := rng.NormFloat64(), shift+0.5*rng.NormFloat64()
			series[0], series[1] = append(series[0], a), append(series[1], b)
			difference.Values = append(difference.Values, a-b)
		}
		j, err := stats.NewJoint(series, stats.Sample{})
		if err != nil {
			t.Fatal(err)
		}
		e := stats.Linear(difference, 0.95)
		theta := (e.Hi - e.Value) / stats.TQuantile(0.95, 499)
		want := theta / math.Sqrt(2*math.Pi) * math.Exp(-e.Value*e.Value/theta/theta/2)
		near(t, "optimism", j.Optimism(1), want, 4*0.05/math.Sqrt(4000)) // 4,000 draws of a deviation of at most 0.05
	}
}

// Against the truth: the average of what the winner's mean owes to luck, over many sets of
// tasks, where one policy is clearly best, and where eight are equal. Among equals it is known to
// come out too small, and never too large.
func TestOptimismAgainstTheTruth(t *testing.T) {
	for name, truth := range map[string][]float64{"one best": {0.8, 0.7, 0.6, 0.5}, "eight equal": {0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6}} {
		rng := rand.New(rand.NewPCG(4, 4))
		var estimated, actual, squares float64
		draws := 300
		for d := range draws {
			series := make([][]float64, len(truth))
			for range 200 {
				for k, p := range truth {
					series[k] = append(series[k], oneIf(rng.Float64() < p))
				}
			}
			j, err := stats.NewJoint(series, stats.Sample{})
			if err != nil {
				t.Fatal(err)
			}
			best := 0
			for k, m := range j.Means {
				if m > j.Means[best] {
					best = k
				}
			}
			luck := j.Means[best] - truth[best]
			estimated += j.Optimism(uint64(d)) / float64(draws)
			actual += luck / float64(draws)
			squares += luck * luck / float64(draws)
		}
		t.Logf("%s: estimated %.4f, the truth is %.4f", name, estimated, actual)
		error := math.Sqrt(squares / float64(draws))
		if estimated > actual+3*error {
			t.Errorf("%s: estimated %.4f, the truth is %.4f ± %.4f", name, estimated, actual, error)
		}
		if estimated < 0.4*actual-3*error {
			t.Errorf("%s: estimated %.4f of a truth of %.4f ± %.4f: too little to be of use", name, estimated, actual, error)
		}
	}
}

func TestOptimismOfOne(t *testing.T) {
	j, err := stats.NewJoint([][]float64{{0, 1, 0, 1, 0, 1, 1}}, stats.Sample{})
	if err != nil || j.Optimism(1) != 0 {
		t.Errorf("a policy that was picked from itself: %g, %v", j.Optimism(1), err)
	}
}
