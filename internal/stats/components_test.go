package stats_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"waymark/internal/stats"
)

// responses are the scores of k responses to each of n tasks: a task's chance of being
// solved is spread around 0.6.
func responses(rng *rand.Rand, n, k int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		p := chance(rng)
		for range k {
			out[i] = append(out[i], oneIf(rng.Float64() < p))
		}
	}
	return out
}

// chance is 0.2, 0.6 or 1: of mean 0.6, variance 0.32/3, and mean noise (0.16 + 0.24)/3.
func chance(rng *rand.Rand) float64 { return []float64{0.2, 0.6, 1}[rng.IntN(3)] }

const taskVariance, responseVariance = 0.32 / 3, 0.40 / 3

func repeated(scores [][]float64) []stats.Repeated {
	out := make([]stats.Repeated, len(scores))
	for i, xs := range scores {
		k := float64(len(xs))
		mean, ss := 0.0, 0.0
		for _, x := range xs {
			mean += x / k
		}
		for _, x := range xs {
			ss += (x - mean) * (x - mean)
		}
		out[i] = stats.Repeated{Value: mean, Response: ss / (k - 1), Error: ss / (k - 1) / k}
	}
	return out
}

// With as many responses to every task the components are those of the analysis of
// variance, mean squares within and (between − within)/k.
func TestComponentsAreThoseOfANOVA(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	const n, k = 40, 3
	scores := responses(rng, n, k)
	grand, within, between := 0.0, 0.0, 0.0
	means := make([]float64, n)
	for i, xs := range scores {
		for _, x := range xs {
			means[i] += x / k
			grand += x / (k * n)
		}
	}
	for i, xs := range scores {
		between += k * (means[i] - grand) * (means[i] - grand) / (n - 1)
		for _, x := range xs {
			within += (x - means[i]) * (x - means[i]) / (n * (k - 1))
		}
	}
	c, err := stats.VarianceComponents(stats.Sample{}, repeated(scores), 0.95)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "response noise", c.Response.Value, within, 1e-12)
	near(t, "between tasks", c.Task.Value, (between-within)/k, 1e-12)
	near(t, "share", c.Share.Value, within/(within+(between-within)/k), 1e-12)
	plain := stats.Linear(stats.Sample{Values: means}, 0.95)
	near(t, "standard error", c.Error, (plain.Hi-plain.Value)/stats.TQuantile(0.95, n-1), 1e-12)
	near(t, "standard error by components", c.Error*c.Error, (c.Task.Value+c.Response.Value/k)/n, 1e-12)
	near(t, "with all samples", c.WithAllSamples*c.WithAllSamples, c.Task.Value/n, 1e-12)
	near(t, "with twice the samples", c.WithTwiceSamples*c.WithTwiceSamples, (c.Task.Value+c.Response.Value/(2*k))/n, 1e-12)
}

// The components cover the truth, with as many responses to each task or not.
func TestComponentsCover(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 1))
	var task, response, share int
	draws := 1000
	for range draws {
		scores := append(responses(rng, 100, 2), responses(rng, 100, 4)...)
		c, err := stats.VarianceComponents(stats.Sample{}, repeated(scores), 0.95)
		if err != nil {
			t.Fatal(err)
		}
		task += holds(c.Task, taskVariance)
		response += holds(c.Response, responseVariance)
		share += holds(c.Share, responseVariance/(responseVariance+taskVariance))
	}
	covered(t, "the variance between tasks", task, draws, false)
	covered(t, "the response noise", response, draws, false)
	covered(t, "the share of noise", share, draws, false)
}

func holds(e stats.Estimate, truth float64) int {
	if e.Lo <= truth && truth <= e.Hi {
		return 1
	}
	return 0
}

// What more samples and more tasks would buy, against what they do buy: the standard
// deviation of the mean over draws that have them.
func TestMoreSamplesBuyWhatIsForetold(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 1))
	draws := 2000
	var foretold [3]float64
	var means [3]stats.Sample
	for range draws {
		scores := responses(rng, 60, 2)
		c, err := stats.VarianceComponents(stats.Sample{}, repeated(scores), 0.95)
		if err != nil {
			t.Fatal(err)
		}
		for i, se := range []float64{c.Error, c.WithTwiceSamples, c.WithTwiceTasks} {
			foretold[i] += se * se / float64(draws)
		}
		for i, xs := range [][][]float64{scores, responses(rng, 60, 4), responses(rng, 120, 2)} {
			m := 0.0
			for _, r := range repeated(xs) {
				m += r.Value / float64(len(xs))
			}
			means[i].Values = append(means[i].Values, m)
		}
	}
	for i, name := range []string{"as it is", "with twice the samples", "with twice the tasks"} {
		variance, mean := 0.0, 0.0
		for _, m := range means[i].Values {
			mean += m / float64(draws)
		}
		for _, m := range means[i].Values {
			variance += (m - mean) * (m - mean) / float64(draws-1)
		}
		near(t, "variance of the mean "+name, foretold[i]/variance, 1, 3*math.Sqrt(2/float64(draws)))
	}
}

func TestComponentsGiveReasons(t *testing.T) {
	nan := math.NaN()
	once := []stats.Repeated{{1, nan, nan}, {0, nan, nan}, {1, 0, 0}}
	if _, err := stats.VarianceComponents(stats.Sample{}, once, 0.95); err == nil {
		t.Error("one task with repeats has components")
	}
	if _, err := stats.VarianceComponents(stats.Sample{}, nil, 0.95); err == nil {
		t.Error("no task has components")
	}
	same := make([]stats.Repeated, 30)
	for i := range same {
		same[i] = stats.Repeated{Value: 1}
	}
	c, err := stats.VarianceComponents(stats.Sample{}, same, 0.95)
	if err != nil || c.Task.Withheld == "" || c.Response.Withheld == "" || c.Share.Withheld == "" || c.Error != 0 {
		t.Errorf("all alike: %+v, %v", c, err)
	}
	// All noise and no difference between tasks: the estimate may fall below 0, and then
	// ever more samples have no standard error.
	rng := rand.New(rand.NewPCG(12, 1))
	below := 0
	for range 50 {
		scores := make([][]float64, 40)
		for i := range scores {
			scores[i] = []float64{oneIf(rng.Float64() < 0.5), oneIf(rng.Float64() < 0.5)}
		}
		c, err := stats.VarianceComponents(stats.Sample{}, repeated(scores), 0.95)
		if err != nil {
			t.Fatal(err)
		}
		if (c.Task.Value < 0) != math.IsNaN(c.WithAllSamples) {
			t.Errorf("variance between tasks %g, but %g with ever more samples", c.Task.Value, c.WithAllSamples)
		}
		if c.Task.Value < 0 {
			below++
		}
	}
	if below < 5 || below > 45 {
		t.Errorf("%d of 50 estimates of 0 fall below it: they are clamped, or biased", below)
	}
}

// Weights and groups: doubling every weight changes nothing, and a task that is there twice, as
// a group, changes no component.
func TestComponentsOfWeightsAndGroups(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	tasks := repeated(responses(rng, 80, 3))
	plain, err := stats.VarianceComponents(stats.Sample{}, tasks, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	s := stats.Sample{}
	for range tasks {
		s.Weights = append(s.Weights, 2)
	}
	weighted, err := stats.VarianceComponents(s, tasks, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "response noise", weighted.Response.Hi, plain.Response.Hi, 1e-12)
	near(t, "between tasks", weighted.Task.Lo, plain.Task.Lo, 1e-12)
	near(t, "with twice the samples", weighted.WithTwiceSamples, plain.WithTwiceSamples, 1e-12)
	s = stats.Sample{}
	for i := range tasks {
		s.Groups = append(s.Groups, int32(i/2))
	}
	grouped, err := stats.VarianceComponents(s, tasks, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "response noise of groups", grouped.Response.Value, plain.Response.Value, 1e-12)
	if grouped.Response.Groups != 40 || grouped.Error == plain.Error {
		t.Errorf("groups are not taken up: %+v", grouped.Response)
	}
}
