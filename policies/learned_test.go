package policies_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"waymark"
	"waymark/internal/learn"
	"waymark/policies"
	"waymark/policies/policytest"
)

// world is n queries of which the words tell how likely the small model solves them;
// the large one solves most. Costs follow the length.
func world(n int, seed uint64) *waymark.Outcomes {
	rng := rand.New(rand.NewPCG(seed, 9))
	easy := strings.Fields("greet thank list name copy short plain simple")
	hard := strings.Fields("prove derive integrate optimise refactor concurrent theorem asymptotic")
	category := make([]uint32, n)
	prompts := make([]string, n)
	o := &waymark.Outcomes{Models: []waymark.ModelID{"large", "medium", "small"}, Quality: make([][]float64, 3), Cost: make([][]float64, 3)}
	qs := &waymark.Queries{Seed: 5, Features: map[string]waymark.Column{}}
	for i := range n {
		from, p := easy, [3]float64{0.95, 0.9, 0.85}
		if rng.IntN(2) == 1 {
			from, p = hard, [3]float64{0.9, 0.5, 0.1}
			category[i] = 1
		}
		var words []string
		for range 6 + rng.IntN(20) {
			words = append(words, from[rng.IntN(len(from))])
		}
		prompts[i] = strings.Join(words, " ")
		qs.IDs = append(qs.IDs, fmt.Sprintf("w%d-%d", seed, i))
		for m := range 3 {
			q := 0.0
			if rng.Float64() < p[m] {
				q = 1
			}
			o.Quality[m] = append(o.Quality[m], q)
			o.Cost[m] = append(o.Cost[m], float64(len(prompts[i]))*[]float64{1e-4, 2e-5, 3e-6}[m])
		}
		o.Units = append(o.Units, rng.Uint64())
	}
	qs.Features["category"] = waymark.Column{Code: category, Dict: []any{"chat", "maths"}}
	qs.Messages = func(i int) []waymark.Message { return []waymark.Message{{Role: "user", Content: prompts[i]}} }
	o.Queries = qs
	return o
}

func learning(o *waymark.Outcomes) policies.Inputs {
	return policies.Inputs{
		Models: o.Models, Features: []string{"category"}, Seed: 1, Learning: &policies.Learning{Outcomes: o, Memo: &policies.Memo{}},
		Vectors: func(name string) (map[string][]float32, error) {
			if name != "given" {
				return nil, fmt.Errorf("no such embedding")
			}
			out := map[string][]float32{}
			for _, qs := range []*waymark.Queries{o.Queries, world(200, 2).Queries} {
				for i, id := range qs.IDs {
					out[id] = []float32{float32(len(qs.Conversation(i)[0].Content)), float32(qs.Features["category"].Code[i]), 1}
				}
			}
			return out, nil
		},
	}
}

func features(cs ...policies.AnyFeature) policies.LearnedKeys {
	return policies.LearnedKeys{Features: cs}
}

// learners are learned policies of every kind.
func learners() map[string]policies.Config {
	out := map[string]policies.Config{}
	for _, k := range policies.EstimatorKinds {
		out["threshold "+k.Name] = sweep(k.New())
		out["utility "+k.Name] = &policies.Utility{Estimator: policies.AnyEstimator{EstimatorConfig: k.New()}}
	}
	out["difference"] = sweep(&policies.Logistic{LearnedKeys: policies.LearnedKeys{Target: "difference"}})
	out["better"] = sweep(&policies.KNN{LearnedKeys: policies.LearnedKeys{Target: "better"}})
	out["isotonic"] = sweep(&policies.KNN{LearnedKeys: policies.LearnedKeys{Calibrate: "isotonic"}})
	out["platt"] = sweep(&policies.MLP{LearnedKeys: policies.LearnedKeys{Calibrate: "platt"}})
	out["calibrated utility"] = &policies.Utility{Estimator: policies.AnyEstimator{EstimatorConfig: &policies.Tree{LearnedKeys: policies.LearnedKeys{Calibrate: "isotonic"}}}}
	out["words and characters"] = sweep(&policies.Logistic{LearnedKeys: features(
		policies.AnyFeature{FeatureConfig: &policies.WordGrams{}, Type: "words"}, policies.AnyFeature{FeatureConfig: &policies.CharacterGrams{}, Type: "characters"})})
	out["embedding"] = sweep(&policies.KNN{LearnedKeys: features(policies.AnyFeature{FeatureConfig: &policies.GivenEmbedding{Name: "given"}, Type: "embedding"})})
	out["tiers"] = &policies.Tiers{Scorer: scorer(&policies.Logistic{}), Models: []waymark.ModelID{"small", "medium", "large"}}
	return out
}

// A learned policy keeps the contract of any other, is the same when it is fitted
// again, and decides the same once it was saved and loaded.
func TestLearnedPoliciesKeepTheContract(t *testing.T) {
	fresh := world(200, 2)
	few := fresh.Queries.Slice(0, 12)
	for name, c := range learners() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := learning(world(400, 1))
			p, err := c.Build(in)
			if err != nil {
				t.Fatal(err)
			}
			policytest.Run(t, p, few)
			again, err := c.Build(learning(world(400, 1)))
			if err != nil {
				t.Fatal(err)
			}
			policytest.Same(t, p, again, fresh.Queries)
			policytest.Same(t, p, loaded(t, c, in), fresh.Queries)
		})
	}
}

// loaded is a policy that is built from the saved state of another.
func loaded(t *testing.T, c policies.Config, in policies.Inputs) waymark.Policy {
	t.Helper()
	state, err := in.Learning.State()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	var saved policies.State
	if err := json.Unmarshal(text, &saved); err != nil {
		t.Fatal(err)
	}
	in.Learning = &policies.Learning{Saved: saved}
	p, err := c.Build(in)
	if err != nil {
		t.Fatalf("from its saved state: %v", err)
	}
	return p
}

// On a world whose words tell what is hard, every scorer that is learned finds it out.
func TestLearnedScorersLearn(t *testing.T) {
	for _, k := range policies.EstimatorKinds {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			if a := aurocOf(t, k.New(), world(600, 1)); a < 0.85 {
				t.Errorf("AUROC of hard against easy is %.3f, expected at least 0.85", a)
			}
		})
	}
}

// aurocOf is how well the scores tell hard queries from easy ones, on fresh queries.
func aurocOf(t *testing.T, c policies.EstimatorConfig, o *waymark.Outcomes) float64 {
	t.Helper()
	p, err := sweep(c).Build(learning(o))
	if err != nil {
		t.Fatal(err)
	}
	fresh := world(400, 3).Queries
	picks := make([]waymark.Pick, fresh.Len())
	if err := p.(waymark.OneShotSweep).Select(t.Context(), fresh, picks); err != nil {
		t.Fatal(err)
	}
	wins, pairs := 0.0, 0.0
	for i, a := range picks {
		for j, b := range picks {
			if fresh.Features["category"].Code[i] == 1 && fresh.Features["category"].Code[j] == 0 {
				pairs++
				switch {
				case a.Signal > b.Signal:
					wins++
				case a.Signal == b.Signal:
					wins += 0.5
				}
			}
		}
	}
	return wins / pairs
}

// The stretches of lambda are those that trying every model at every lambda gives.
func TestUtilityAgreesWithTryingEveryModel(t *testing.T) {
	o := world(300, 4)
	in := learning(o)
	c := &policies.Utility{Estimator: policies.AnyEstimator{EstimatorConfig: &policies.KNN{K: 7}}}
	p, err := c.Build(in)
	if err != nil {
		t.Fatal(err)
	}
	sweep := p.(waymark.OneShotSweep)
	steps, err := sweep.Steps(t.Context(), o.Queries)
	if err != nil {
		t.Fatal(err)
	}
	changes := 0
	for i := range o.Len() {
		lo, hi := steps.Start[i], steps.Start[i+1]
		if steps.From[lo] != 0 {
			t.Fatalf("the first stretch begins at %g", steps.From[lo])
		}
		changes += hi - lo - 1
		for k := lo + 1; k < hi; k++ {
			if steps.From[k] <= steps.From[k-1] {
				t.Fatalf("stretches begin at %v", steps.From[lo:hi])
			}
		}
	}
	if changes < 100 {
		t.Errorf("only %d changes of model in 300 queries", changes)
	}
	first, last := make([]waymark.Pick, o.Len()), make([]waymark.Pick, o.Len())
	if err := sweep.StepSelector.At(0).Select(t.Context(), o.Queries, first); err != nil {
		t.Fatal(err)
	}
	if err := sweep.StepSelector.At(math.Inf(1)).Select(t.Context(), o.Queries, last); err != nil {
		t.Fatal(err)
	}
	for i, pick := range last {
		if m := p.(waymark.OneShotSweep).Arms()[pick.Arm]; m != "small" {
			t.Fatalf("query %d: where only money matters %s is asked", i, m)
		}
	}
}

func TestAmountFollowsTheSize(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	var sizes []int
	var amounts []float64
	for range 5000 {
		n := 1 + rng.IntN(3000)
		sizes = append(sizes, n)
		amounts = append(amounts, 0.002*math.Pow(float64(1+n), 0.7)*math.Exp(0.8*rng.NormFloat64()))
	}
	a, err := learn.FitAmount(sizes, amounts, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{50, 500, 2500} {
		want := 0.002 * math.Pow(float64(1+n), 0.7) * math.Exp(0.32) // the mean of a lognormal
		if got := a.At(n); math.Abs(got-want) > 0.08*want {
			t.Errorf("at %d characters %.4g, expected about %.4g", n, got, want)
		}
	}
	free, err := learn.FitAmount([]int{1, 2, 3}, []float64{0, 0, 0}, nil)
	if err != nil || free.At(10) != 0 {
		t.Errorf("what is free is expected to cost %v (%v)", free, err)
	}
	if _, err := learn.FitAmount([]int{1}, []float64{math.NaN()}, nil); err == nil {
		t.Error("nothing is known, and no error tells")
	}
}

// A saved state of other models, or one that does not fit together, is refused where it is loaded.
func TestSpoiltStatesAreRefused(t *testing.T) {
	pool := &policies.Utility{Estimator: policies.AnyEstimator{EstimatorConfig: &policies.Logistic{}}}
	for name, c := range map[string]struct {
		config policies.Config
		spoil  func(policies.State, *policies.Inputs)
	}{
		"a model renamed": {pool, func(_ policies.State, in *policies.Inputs) { in.Models = []waymark.ModelID{"large", "medium", "zz"} }},
		"a model more":    {sweep(&policies.IRT{}), func(_ policies.State, in *policies.Inputs) { in.Models = append(in.Models, "zz") }},
		"a part missing":  {pool, func(s policies.State, _ *policies.Inputs) { delete(s, "estimator/costs") }},
		"null":            {pool, func(s policies.State, _ *policies.Inputs) { s["estimator/estimator"] = []byte("null") }},
		"no cost":         {pool, func(s policies.State, _ *policies.Inputs) { s["estimator/costs"] = []byte("[null, null, null]") }},
		"no map":          {sweep(&policies.KNN{LearnedKeys: policies.LearnedKeys{Calibrate: "platt"}}), func(s policies.State, _ *policies.Inputs) { s["scorer/calibration"] = []byte(`{"platt":[null]}`) }},
		"no text":         {sweep(&policies.KNN{}), func(s policies.State, _ *policies.Inputs) { s["scorer/features/0 svd"] = []byte(`{}`) }},
		"no fields": {sweep(&policies.Tree{}), func(s policies.State, _ *policies.Inputs) {
			s["scorer/features/1 metadata"] = []byte(`{"fields":[{"name":"category"}]}`)
		}},
		"columns of another": {sweep(&policies.Tree{}), func(s policies.State, _ *policies.Inputs) {
			s["scorer/shape"] = []byte(`{"columns":3,"outputs":["gain"]}`)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			in := learning(world(200, 1))
			if _, err := c.config.Build(in); err != nil {
				t.Fatal(err)
			}
			state, err := in.Learning.State()
			if err != nil {
				t.Fatal(err)
			}
			in.Learning = &policies.Learning{Saved: state}
			parts := len(state)
			c.spoil(state, &in)
			if _, err := c.config.Build(in); err == nil {
				t.Errorf("loaded from a spoilt state of %d parts", parts)
			}
		})
	}
}

func TestLearnedMistakes(t *testing.T) {
	bad := learning(world(50, 1))
	nothing := world(50, 1)
	for m := range nothing.Quality {
		for i := range nothing.Quality[m] {
			nothing.Quality[m][i] = math.NaN()
		}
	}
	for _, c := range []struct {
		name   string
		in     policies.Inputs
		config policies.Config
		want   string
	}{
		{"no outcomes", policies.Inputs{Models: []waymark.ModelID{"small", "large"}}, sweep(&policies.KNN{}), "nothing here to fit it on"},
		{"no grades", learning(nothing), sweep(&policies.KNN{}), "nothing to learn from"},
		{"target", bad, sweep(&policies.KNN{LearnedKeys: policies.LearnedKeys{Target: "gian"}}), "expected gain"},
		{"gain of mf", bad, sweep(&policies.MF{LearnedKeys: policies.LearnedKeys{Target: "gain"}}), "expected better or difference"},
		{"calibrate", bad, sweep(&policies.KNN{LearnedKeys: policies.LearnedKeys{Calibrate: "plat"}}), "expected isotonic or platt"},
		{"k", bad, sweep(&policies.KNN{K: -1}), "expected 1 to"},
		{"lambda", bad, &policies.Utility{Estimator: policies.AnyEstimator{EstimatorConfig: &policies.KNN{}}, Lambda: policies.KnobValue{Value: -1, Given: true}}, "at least 0"},
		{"no embedding", bad, sweep(&policies.KNN{LearnedKeys: features(policies.AnyFeature{FeatureConfig: &policies.GivenEmbedding{Name: "none"}, Type: "embedding"})}), "no such embedding"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := c.in
			if in.Learning != nil {
				in.Learning = &policies.Learning{Outcomes: in.Learning.Outcomes}
			}
			_, err := c.config.Build(in)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, expected one that says %q", err, c.want)
			}
		})
	}
}
