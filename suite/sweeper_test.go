package suite_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"waymark"
	"waymark/internal/store"
	"waymark/policies"
	"waymark/suite"
)

// A plain is a one-shot threshold as any sweeper: nothing tells that it is one.
type plain struct{ waymark.Sweeper }

func (p plain) At(x float64) waymark.Policy { return plainAt{p.Sweeper.At(x)} }

type plainAt struct{ waymark.Policy }

type plainConfig struct{ *policies.Threshold }

func (c plainConfig) Build(in policies.Inputs) (waymark.Policy, error) {
	p, err := c.Threshold.Build(in)
	if s, ok := p.(waymark.Sweeper); ok {
		return plain{s}, nil
	}
	return plainAt{p}, err
}

func (c plainConfig) Swept() (policies.Config, string) {
	out, key := c.Threshold.Swept()
	return plainConfig{out.(*policies.Threshold)}, key
}

const oneSuite = `
dataset: .
split: {tune: 0.5, seed: 3}
policies:
  - {name: sweep, type: threshold, scorer: {type: field, name: score}, weak: weak, strong: strong, threshold: sweep}
objective: {minimise: cost, subject_to: "quality >= 0.8 * quality(strong) and cost <= 1"}
`

func wrap(s *suite.Suite) *suite.Suite {
	s.Policies[0].Config = plainConfig{s.Policies[0].Config.(*policies.Threshold)}
	return s
}

func same(t *testing.T, what string, a, b any) {
	t.Helper()
	x, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	y, _ := json.Marshal(b)
	if !bytes.Equal(x, y) {
		n := 0
		for n < min(len(x), len(y)) && x[n] == y[n] {
			n++
		}
		n = max(0, n-100)
		t.Errorf("%s: as itself\n%.300s\nas any sweeper\n%.300s", what, x[n:], y[n:])
	}
}

// A one-shot threshold that is wrapped as any sweeper has the same curve, knob, row, scorer and certificate.
func TestAnySweeperIsSweptAsAOneShotOneIs(t *testing.T) {
	m := make400()
	a, b := result(t, m.write(t, oneSuite), suite.Options{}), result(t, wrap(m.write(t, oneSuite)), suite.Options{})
	for _, r := range []*suite.Result{a, b} {
		r.Policies[0].VsMatchedRandom, r.Policies[0].Warnings = nil, nil // the two are held against different mixes
		r.Policies[0].Variance, r.Policies[0].VarianceVsBest = nil, nil
	}
	same(t, "curves", a.Curves, b.Curves)
	same(t, "rows", a.Policies, b.Policies)
	same(t, "scorers", a.Scorers, b.Scorers)
	for _, spec := range []suite.TuneSpec{
		{Policy: "sweep"},
		{Policy: "sweep", Guarantee: true, Delta: 0.2, Objective: &suite.Objective{Minimise: "cost", SubjectTo: "quality >= 0.7 * quality(strong)"}},
		{Policy: "sweep", Risk: 0.4, Delta: 0.2},
	} {
		x, err := m.write(t, oneSuite).Tune(t.Context(), spec, suite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		y, err := wrap(m.write(t, oneSuite)).Tune(t.Context(), spec, suite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		x.Suite, y.Suite, x.Dataset, y.Dataset = "", "", suite.DatasetInfo{}, suite.DatasetInfo{}
		if spec.Risk > 0 {
			x.Guarantee.Form, y.Guarantee.Form = "", ""
		}
		if len(x.Knob) != 1 || x.Tune.Share.Value == 0 || x.Tune.Share.Value == 1 {
			t.Errorf("%+v: knob %v at an end, which tells little", spec, x.Knob)
		}
		x.Leakage, y.Leakage = nil, nil // the lint knows thresholds by their configuration
		same(t, fmt.Sprintf("tuned for %+v", spec), x, y)
	}
}

const cascadeSuite = `
dataset: .
split: {tune: 0.5, seed: 3}
policies:
  - {name: one, type: cascade, models: [weak, middle, strong], accept: {type: expr, expr: "1 - score - 100*cost_usd"}, at: sweep}
  - {name: each, type: cascade, models: [weak, middle, strong], accept: {type: expr, expr: "1 - score - 100*cost_usd"}, at: sweep-each}
  - {name: pair, type: cascade, models: [weak, strong], accept: {type: expr, expr: "1 - score"}, at: sweep}
  - {name: fixed, type: cascade, models: [weak, strong], accept: {type: expr, expr: "1 - score"}, at: 0.5}
objective: {minimise: cost, subject_to: quality >= 0.85 * quality(strong)}
`

// What is chosen does in a run what it does where it is written into the suite; several bars do no worse on the
// tune split than one.
func TestSweptCascadesAreTheSuitesOwn(t *testing.T) {
	m := make400()
	res := result(t, m.write(t, cascadeSuite), suite.Options{})
	for name, key := range map[string]string{"one": "at: sweep}", "each": "at: sweep-each}"} {
		row := named(res.Policies, name)
		if row.N == 0 || row.Failed > 0 || len(row.Knob) == 0 {
			t.Fatalf("%s: %+v", name, row)
		}
		var list []string
		for _, x := range row.Knob {
			list = append(list, yamlNumber(x))
		}
		text := list[0]
		if len(list) > 1 {
			text = "[" + strings.Join(list, ", ") + "]"
		}
		own := named(result(t, m.write(t, strings.Replace(cascadeSuite, key, "at: "+text+"}", 1)), suite.Options{}).Policies, name)
		near(t, name+" quality", own.Quality.Value, row.Quality.Value, 0)
		near(t, name+" cost", own.Cost.PerTask.Value, row.Cost.PerTask.Value, 0)
		if own.Calls != row.Calls || row.Calls <= row.N {
			t.Errorf("%s: %d calls, %d where it is fixed, of %d tasks", name, row.Calls, own.Calls, row.N)
		}
	}
	tuned := map[string]*suite.Tuned{}
	for _, name := range []string{"one", "each"} {
		s := m.write(t, cascadeSuite)
		x, err := s.Tune(t.Context(), suite.TuneSpec{Policy: name}, suite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		near(t, name+" tuned", x.Test.Cost.PerTask.Value, named(res.Policies, name).Cost.PerTask.Value, 1e-15)
		var knob []float64
		for _, k := range x.Knob {
			knob = append(knob, float64(k))
		}
		text, _, err := s.Rewrite(name, knob...)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := suite.Parse("tuned.yaml", []byte(text)); err != nil {
			t.Errorf("%s: the tuned suite does not load: %v", name, err)
		}
		tuned[name] = x
	}
	if a, b := tuned["each"].Tune.Cost.PerTask.Value, tuned["one"].Tune.Cost.PerTask.Value; a > b+1e-12 || tuned["each"].KnobName != "bars" || tuned["each"].Conditions[0].AtTuning < -1e-12 {
		t.Errorf("a bar for each stage costs %g on the tune split, one bar %g; %s, %+v", a, b, tuned["each"].KnobName, tuned["each"].Conditions)
	}
}

// A cascade's score is trust in the weak model, and its knob rises: as a threshold on the score
// of need it tells as well which tasks need the strong model, and decides alike.
func TestACascadeIsAThresholdWithBothCharged(t *testing.T) {
	m := make400()
	text := cascadeSuite + "\n"
	text = strings.Replace(text, "policies:\n", "policies:\n  - {name: need, type: threshold, scorer: {type: field, name: score}, weak: weak, strong: strong, threshold: sweep}\n", 1)
	res := result(t, m.write(t, text), suite.Options{})
	var need, pair suite.Curve
	for _, c := range res.Curves {
		switch c.Policy {
		case "need":
			need = c
		case "pair":
			pair = c
		}
	}
	weak := named(res.Constants, "weak").Cost.PerTask.Value
	if !pair.Rising || len(pair.Points) != len(need.Points) {
		t.Fatalf("%d and %d points", len(pair.Points), len(need.Points))
	}
	for i, p := range pair.Points { // the cascade's begins with all to weak, the threshold's ends with it
		q := need.Points[len(need.Points)-1-i]
		if math.Abs(p.Quality-q.Quality) > 1e-12 || math.Abs(p.StrongShare-q.StrongShare) > 1e-12 || p.Cost < q.Cost-1e-12 {
			t.Fatalf("point %d: cascade %+v, threshold %+v", i, p, q)
		}
	}
	strong := named(res.Constants, "strong").Cost.PerTask.Value
	near(t, "cost with all escalated", pair.Points[len(pair.Points)-1].Cost, weak+strong, 1e-12)
	auroc := map[string]float64{}
	for _, s := range res.Scorers {
		auroc[s.Policy] = s.AUROC.Value
	}
	near(t, "AUROC", auroc["pair"], auroc["need"], 1e-12)
	if _, ok := auroc["one"]; ok {
		t.Error("a cascade of two signals has an AUROC")
	}
}

func TestCascadesAreCertified(t *testing.T) {
	m := make400()
	for _, policy := range []string{"pair", "each", "one"} {
		spec := suite.TuneSpec{Policy: policy, Guarantee: true, Delta: 0.2, Objective: &suite.Objective{Minimise: "cost", SubjectTo: "quality >= 0.6 * quality(strong)"}}
		a, err := m.write(t, cascadeSuite).Tune(t.Context(), spec, suite.Options{})
		if err != nil {
			t.Fatalf("%s: %v", policy, err)
		}
		if g := a.Guarantee; !g.Certified || a.Conditions[0].AtTuning <= 0 || g.Tested < 2 {
			t.Errorf("%s: %+v, conditions %+v", policy, g, a.Conditions)
		}
	}
	none, err := m.write(t, cascadeSuite).Tune(t.Context(), suite.TuneSpec{Policy: "pair", Objective: &suite.Objective{Minimise: "cost", SubjectTo: "quality >= 0.999"}}, suite.Options{})
	var miss *suite.NoKnob
	if !errors.As(err, &miss) || none.Fallback == nil || *none.Fallback != "strong" {
		t.Errorf("a target that strong misses: %v, fallback %v", err, none.Fallback)
	}
	// Where all that the cascade may do costs too much, the weak model alone need not.
	dear, err := m.write(t, cascadeSuite).Tune(t.Context(), suite.TuneSpec{Policy: "pair", Objective: &suite.Objective{Maximise: "quality", SubjectTo: "cost <= 0.012 and cost >= 0.0115 and quality >= 0.99"}}, suite.Options{})
	if !errors.As(err, &miss) || dear.Fallback == nil || *dear.Fallback != "strong" || !strings.Contains(strings.Join(dear.Warnings, " "), "strong itself misses") {
		t.Errorf("conditions that nothing meets: %v, fallback %v, %v", err, dear.Fallback, dear.Warnings)
	}
	// The cascade with all escalated costs weak and strong, which is more than strong alone costs.
	own := named(result(t, m.write(t, cascadeSuite), suite.Options{}).Constants, "strong").Cost.PerTask.Value
	alone, err := m.write(t, cascadeSuite).Tune(t.Context(), suite.TuneSpec{Policy: "pair", Objective: &suite.Objective{Minimise: "cost", SubjectTo: fmt.Sprintf("quality >= quality(strong) and cost <= %.6f", own*1.04)}}, suite.Options{})
	if !errors.As(err, &miss) || alone.Fallback == nil || *alone.Fallback != "strong" || strings.Contains(strings.Join(alone.Warnings, " "), "itself misses") {
		t.Errorf("what strong alone meets: %v, fallback %v, %v", err, alone.Fallback, alone.Warnings)
	}
}

// The store keeps the ways of a cascade, and whose answers were given.
func TestTheStoreHoldsCascades(t *testing.T) {
	m := make400()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "results.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	res := result(t, m.write(t, cascadeSuite), suite.Options{DB: db})
	story, err := db.Story(t.Context(), res.Run.ID, "t000")
	if err != nil {
		t.Fatal(err)
	}
	pair := story.Told[slices.IndexFunc(story.Told, func(x store.Told) bool { return x.Policy == "pair" })]
	if len(pair.Steps) != 2 || pair.Steps[0].Model != "weak" || pair.Steps[1].Model != "weak → strong" {
		t.Errorf("steps %+v", pair.Steps)
	}
	if d := pair.Decision; d == nil || d.Calls != len(d.Made) || d.Model != string(d.Made[len(d.Made)-1].Model) || d.Remark == "" {
		t.Errorf("decision %+v", pair.Decision)
	}
	kept, err := db.Kept(t.Context(), res.Run.ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	e := suite.KeptEvidence(res, kept)
	own := res.Evidence()
	for name, o := range own.Rows {
		k := e.Rows[name]
		if k == nil {
			continue // a model
		}
		for i := range o.Model {
			if o.Models[o.Model[i]] != k.Models[k.Model[i]] || o.Cost[i] != k.Cost[i] || o.Quality[i] != k.Quality[i] {
				t.Fatalf("%s task %d: %s, kept %s", name, i, o.Models[o.Model[i]], k.Models[k.Model[i]])
			}
		}
	}
}

// A hole in an arm that a knob does not use hurts nothing there, and ends a sweep.
func TestHolesInCascades(t *testing.T) {
	m := make400()
	at := slices.IndexFunc(m.responses, func(s string) bool {
		return strings.Contains(s, `"t000"`) && strings.Contains(s, `"strong"`)
	})
	m.responses = slices.Delete(m.responses, at, at+1)
	low := "dataset: .\npolicies:\n  - {name: low, type: cascade, models: [weak, strong], accept: {type: expr, expr: \"1 - score\"}, at: -5}\n"
	if row := named(result(t, m.write(t, low), suite.Options{}).Policies, "low"); row.N != 400 || row.Holes != 0 {
		t.Errorf("%d answered, %d holes", row.N, row.Holes)
	}
	_, err := m.write(t, strings.Replace(low, "-5", "sweep", 1)).Run(t.Context(), suite.Options{})
	var input *suite.InputError
	if !errors.As(err, &input) || !strings.Contains(err.Error(), "t000") {
		t.Errorf("a sweep over a hole: %v", err)
	}
	res := result(t, m.write(t, "holes: complete\n"+strings.Replace(low, "-5", "sweep", 1)), suite.Options{})
	if len(res.Curves) != 1 || res.Curves[0].N != 399 {
		t.Errorf("without the hole: %+v", res.Curves)
	}
}

// On SWE-bench the published perfect-verifier cascade, and one that goes by the cost of the first answer: as a rule of
// thumb, a first attempt that was dear was a hard task.
func TestSWEBenchCascade(t *testing.T) {
	const rest = `
split: {tune: 0.5, seed: 7}
policies:
  - {name: by-cost, type: cascade, models: [gpt-5-mini, sonnet-4-5-20250929], accept: {type: expr, expr: "-cost_usd"}, at: sweep}
  - {name: never, type: cascade, models: [gpt-5-mini, sonnet-4-5-20250929], accept: {type: expr, expr: "-cost_usd"}, at: .inf}
objective: {minimise: cost, subject_to: quality >= 0.97 * quality(sonnet-4-5-20250929)}
`
	whole := result(t, on(t, "swebench_bashonly", strings.Replace(rest, "split: {tune: 0.5, seed: 7}\n", "", 1)), suite.Options{})
	if len(whole.Baselines.Verifiers) != 1 {
		t.Fatalf("%d perfect verifiers, expected one of the one pair", len(whole.Baselines.Verifiers))
	}
	v := whole.Baselines.Verifiers[0]
	near(t, "perfect verifier", v.Quality.Value, 0.756, 1e-9)
	near(t, "its cost", v.Cost.PerTask.Value, 0.3204174789, 1e-9)
	never := named(whole.Policies, "never")
	near(t, "all escalated", never.Quality.Value, 0.706, 1e-9)
	near(t, "cost of all escalated", never.Cost.PerTask.Value, 0.5583347409+0.0354770673, 1e-9)

	res := result(t, on(t, "swebench_bashonly", rest), suite.Options{})
	row := named(res.Policies, "by-cost")
	if row.N == 0 || row.VsMatchedRandom == nil || !strings.Contains(row.VsMatchedRandom.Name, "equal cost") || math.Abs(row.VsMatchedRandom.Cost.Value) > 1e-9 {
		t.Fatalf("%+v", row.VsMatchedRandom)
	}
	var a, b, share string
	if _, err := fmt.Sscanf(strings.NewReplacer("(", "", " %)", "").Replace(row.VsMatchedRandom.Name), "mixture of %s %s and %s", &a, &share, &b); err != nil {
		t.Fatal(err)
	}
	qa, ca, qb, cb := at(res, a), cost(res, a), at(res, b), cost(res, b)
	part := (row.Cost.PerTask.Value - ca) / (cb - ca)
	near(t, "against the mixture", row.VsMatchedRandom.Quality.Value, row.Quality.Value-(1-part)*qa-part*qb, 1e-9)
	if v := row.VsMatchedRandom.Quality; !(v.Lo < v.Value && v.Value < v.Hi) {
		t.Errorf("against the mixture %+v", v)
	}
}

func at(res *suite.Result, model string) float64 { return named(res.Constants, model).Quality.Value }

func cost(res *suite.Result, model string) float64 {
	return named(res.Constants, model).Cost.PerTask.Value
}

// Of a log, a policy that makes calls has no curve and no row, and it is said why.
func TestCascadesAreRefusedOfALog(t *testing.T) {
	for _, at := range []string{"sweep", "sweep-each", "0.5"} {
		text := strings.Replace(logSuite, "policies:\n", "policies:\n  - {name: climb, type: cascade, models: [weak, strong], accept: {type: expr, expr: cost_usd}, at: "+at+"}\n", 1)
		res := result(t, makeLog(400, 0.2).write(t, text), suite.Options{})
		refused := slices.ContainsFunc(res.OffPolicy.Refused, func(r suite.Refused) bool {
			return r.Name == "climb" && strings.Contains(r.Why, "makes calls of its own")
		})
		if !refused || named(res.Policies, "climb").Name != "" || slices.ContainsFunc(res.Curves, func(c suite.Curve) bool { return c.Policy == "climb" }) {
			t.Errorf("at %s: %+v, warnings %v", at, res.OffPolicy.Refused, res.Warnings)
		}
	}
}

// A learned acceptor on what the first attempt cost is cross-fitted: on SWE-bench it has a row, the number of workers
// changes nothing, and the tune split's decisions are out of fold.
func TestSWEBenchLearnedCascade(t *testing.T) {
	const rest = `
split: {tune: 0.5, seed: 7}
policies:
  - {name: learned, type: cascade, models: [gpt-5-mini, sonnet-4-5-20250929], accept: learned, at: sweep}
objective: {minimise: cost, subject_to: quality >= 0.95 * quality(sonnet-4-5-20250929)}
`
	one := result(t, on(t, "swebench_bashonly", rest), suite.Options{Workers: 1})
	many := result(t, on(t, "swebench_bashonly", rest), suite.Options{Workers: 4})
	if numbers(t, one) != numbers(t, many) {
		t.Error("four workers give another result than one")
	}
	row := named(one.Policies, "learned")
	if row.N == 0 || row.Failed > 0 || len(row.Knob) != 1 || !strings.Contains(strings.Join(one.Warnings, "\n"), "learned is fitted on the tune split") {
		t.Errorf("%+v, warnings %v", row, one.Warnings)
	}
	if x := one.Scorers[0].AUROC.Value; !(x > 0.4 && x < 0.7) {
		t.Errorf("AUROC %g of a regression on one weak feature", x)
	}
}
