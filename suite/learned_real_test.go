package suite_test

import (
	"testing"

	"waymark/suite"
)

// On SWE-bench no policy that sees the issue alone is shown to beat a mixture of the two models, nor
// does a cascade that sees what the first answer cost; the perfect verifier says what there was to be had.
func TestNobodyBeatsAMixtureOnSWEBench(t *testing.T) {
	res := result(t, on(t, "swebench_bashonly", `
models: [{id: gpt-5-mini}, {id: sonnet-4-5-20250929}]
split: {folds: 5, seed: 7}
policies:
  - {name: length, type: threshold, scorer: length, weak: gpt-5-mini, strong: sonnet-4-5-20250929, threshold: sweep}
  - {name: tree, type: threshold, scorer: tree, weak: gpt-5-mini, strong: sonnet-4-5-20250929, threshold: sweep}
  - {name: statistics, type: threshold, scorer: {type: logistic, features: [statistics, metadata]}, weak: gpt-5-mini, strong: sonnet-4-5-20250929, threshold: sweep}
  - {name: worth, type: utility, estimator: {type: irt, features: [statistics, metadata]}, lambda: sweep}
  - {name: cascade, type: cascade, models: [gpt-5-mini, sonnet-4-5-20250929], accept: learned, at: sweep}
objective: {minimise: cost, subject_to: "quality >= 0.95 * quality(sonnet-4-5-20250929)"}
`), suite.Options{})
	if len(res.Policies) != 5 {
		t.Fatalf("%d rows: %v", len(res.Policies), res.Warnings)
	}
	for _, row := range res.Policies {
		v := row.VsConstants
		if v == nil || v.Verdict == "better" || v.Quality.N != 500 {
			t.Errorf("%s against the mixture at equal cost: %+v", row.Name, v)
		}
	}
	verifier := res.Baselines.Verifiers[0]
	near(t, "perfect verifier", verifier.Quality.Value, 0.756, 1e-9)
}

// On MMLU the subject alone tells which questions need GPT-4: a learned router is better than its own mix.
func TestSubjectsTellOnMMLU(t *testing.T) {
	res := result(t, on(t, "routellm_mmlu", `
split: {tune: 0.5, seed: 7}
policies:
  - {name: subjects, type: threshold, scorer: {type: logistic, features: [metadata]}, weak: mistralai/Mixtral-8x7B-Instruct-v0.1, strong: gpt-4-1106-preview, threshold: sweep}
objective: {maximise: quality, subject_to: "share(gpt-4-1106-preview) <= 0.5"}
`), suite.Options{})
	v := res.Policies[0].VsMatchedRandom
	if v == nil || !(v.Quality.Lo > 0.01) {
		t.Errorf("subjects against its own mix: %+v", v)
	}
	apgr := res.Policies[0].Metrics["apgr"].Interval
	if !(apgr.Lo > 0.6 && apgr.Hi < 0.72) {
		t.Errorf("APGR %+v", apgr)
	}
}
