package suite_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"waymark/suite"
)

const cutsSuite = `
dataset: .
split: {tune: 0.5, seed: 3}
policies:
  - {name: tiers, type: tiers, scorer: {type: field, name: score}, models: [weak, middle, strong], cuts: sweep}
  - {name: sweep, type: threshold, scorer: {type: field, name: score}, weak: weak, strong: strong, threshold: sweep}
objective: {minimise: cost, subject_to: quality >= 0.9 * quality(strong)}
`

// Cuts that are chosen do in a run what they do where they are written into the suite,
// and no threshold between two of the models does better on what they were chosen on.
func TestSweptCutsAreTheSuitesOwn(t *testing.T) {
	m := make400()
	res := result(t, m.write(t, cutsSuite), suite.Options{})
	swept := named(res.Policies, "tiers")
	if len(swept.Knob) != 2 {
		t.Fatalf("two cuts are to be chosen, found %v", swept.Knob)
	}
	fixed := strings.Replace(cutsSuite, "cuts: sweep", fmt.Sprintf("cuts: [%s, %s]", yamlNumber(swept.Knob[0]), yamlNumber(swept.Knob[1])), 1)
	plain := named(result(t, m.write(t, fixed), suite.Options{}).Policies, "tiers")
	near(t, "quality", swept.Quality.Value, plain.Quality.Value, 0)
	near(t, "cost", swept.Cost.PerTask.Value, plain.Cost.PerTask.Value, 0)

	s := m.write(t, cutsSuite)
	tiers, err := s.Tune(t.Context(), suite.TuneSpec{Policy: "tiers"}, suite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	one, err := s.Tune(t.Context(), suite.TuneSpec{Policy: "sweep"}, suite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := tiers.Tune.Cost.PerTask.Value, one.Tune.Cost.PerTask.Value; a > b+1e-12 {
		t.Errorf("two cuts cost %g on the tune split, one threshold %g: they can do as it does", a, b)
	}
	if !strings.HasPrefix(tiers.Search, "exact") || tiers.KnobName != "cuts" || tiers.Conditions[0].AtTuning < 0 {
		t.Errorf("search %q, knob %q, conditions %+v", tiers.Search, tiers.KnobName, tiers.Conditions)
	}
	near(t, "cost of the run and of tuning", tiers.Test.Cost.PerTask.Value, swept.Cost.PerTask.Value, 1e-15)
	text, diff, err := s.Rewrite("tiers", float64(tiers.Knob[0]), float64(tiers.Knob[1]))
	if err != nil || !strings.Contains(text, "cuts: ["+yamlNumber(tiers.Knob[0])) || strings.Count(diff, "\n+") != 2 {
		t.Errorf("rewritten as %v\n%s", err, diff)
	}
	if _, err := suite.Parse("tuned.yaml", []byte(text)); err != nil {
		t.Errorf("the tuned suite does not load: %v", err)
	}
}

func yamlNumber(x suite.Number) string {
	if math.IsInf(float64(x), 0) {
		return map[bool]string{true: ".inf", false: "-.inf"}[x > 0]
	}
	return fmt.Sprint(float64(x))
}

// A certificate needs a sequence of knobs fixed on other tasks than those it is tested on.
func TestGuaranteeNeedsASplit(t *testing.T) {
	m := make400()
	s := m.write(t, strings.Replace(cutsSuite, "split: {tune: 0.5, seed: 3}\n", "", 1))
	_, err := s.Tune(t.Context(), suite.TuneSpec{Policy: "sweep", Guarantee: true}, suite.Options{})
	var bad *suite.InputError
	if !errors.As(err, &bad) || !strings.Contains(err.Error(), "a guarantee needs a split") {
		t.Errorf("without a split: %v", err)
	}
}

// What is certified meets its target by the estimate too, calls strong at least as often as a choice
// without a certificate, and does not depend on the order of files.
func TestCertifiedKnob(t *testing.T) {
	m := make400()
	for _, policy := range []string{"sweep", "tiers"} {
		spec := suite.TuneSpec{Policy: policy, Guarantee: true, Delta: 0.2, Objective: &suite.Objective{Minimise: "cost", SubjectTo: "quality >= 0.6 * quality(strong)"}}
		a, err := m.write(t, cutsSuite).Tune(t.Context(), spec, suite.Options{})
		if err != nil {
			t.Fatalf("%s: %v", policy, err)
		}
		g := a.Guarantee
		if !g.Certified || a.Conditions[0].AtTuning <= 0 || g.Delta != 0.2 || g.Tested < 2 {
			t.Errorf("%s: %+v, conditions %+v", policy, g, a.Conditions)
		}
		for i, j := 0, len(m.tasks)-1; i < j; i, j = i+1, j-1 {
			m.tasks[i], m.tasks[j] = m.tasks[j], m.tasks[i]
		}
		b, err := m.write(t, cutsSuite).Tune(t.Context(), spec, suite.Options{})
		if err != nil || fmt.Sprint(b.Knob) != fmt.Sprint(a.Knob) {
			t.Errorf("%s: another order of tasks certifies %v, not %v (%v)", policy, b.Knob, a.Knob, err)
		}
		spec.Guarantee = false
		free, err := m.write(t, cutsSuite).Tune(t.Context(), spec, suite.Options{})
		if err != nil || policy == "sweep" && free.Test.Share.Value > a.Test.Share.Value {
			t.Errorf("%s: without a certificate %v of calls go to strong, with one %v (%v)", policy, free.Test.Share.Value, a.Test.Share.Value, err)
		}
	}
	none, err := m.write(t, cutsSuite).Tune(t.Context(), suite.TuneSpec{Policy: "sweep", Guarantee: true, Objective: &suite.Objective{Minimise: "cost", SubjectTo: "quality >= 0.999"}}, suite.Options{})
	var miss *suite.NoKnob
	if !errors.As(err, &miss) || !miss.Certificate || none.Fallback == nil || *none.Fallback != "strong" || !none.Guarantee.Uncertified {
		t.Errorf("a target that strong misses: %v, %+v", err, none)
	}
}
