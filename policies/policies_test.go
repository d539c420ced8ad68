package policies_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"waymark"
	"waymark/policies"
	"waymark/policies/policytest"
)

// queries is a batch with ties, absent features and odd text.
func queries() *waymark.Queries {
	prompts := []string{"hi", "what is 2 + 2?", "", "explain why\n```go\nfunc main() {}\n```", "naïve café", strings.Repeat("long; ", 50), "hi", "a, b, c, d; which of 3 or 4?"}
	qs := &waymark.Queries{Seed: 3, Features: map[string]waymark.Column{
		"category": {Code: []uint32{1, 2, 0, 1, 2, 3, 1, 2}, Dict: []any{nil, "chat", "math", "other"}},
		"risk":     {Code: []uint32{1, 2, 3, 1, 2, 0, 4, 2}, Dict: []any{nil, 0.25, 0.5, true, "much"}},
	}}
	for i := range prompts {
		qs.IDs = append(qs.IDs, fmt.Sprint("task-", i))
	}
	qs.Messages = func(i int) []waymark.Message { return []waymark.Message{{Role: "user", Content: prompts[i]}} }
	return qs
}

func inputs() policies.Inputs {
	verdicts := policies.Verdicts{}
	for i := range 7 { // the last task has none
		v := waymark.Verdict{Task: fmt.Sprint("task-", i), Policy: "other", Model: "small", Score: float64(i%3) / 2, Cost: waymark.Paid(5), Latency: time.Millisecond}
		if i%2 == 1 {
			v.Model = "large"
		}
		verdicts[v.Task] = v
	}
	return policies.Inputs{
		Models:   []waymark.ModelID{"small", "medium", "large"},
		Features: []string{"category", "risk"},
		Verdicts: func(name string) (policies.Verdicts, error) {
			if name != "other" {
				return nil, errors.New("no such router")
			}
			return verdicts, nil
		},
	}
}

func scorer(c policies.ScorerConfig) policies.AnyScorer { return policies.AnyScorer{ScorerConfig: c} }

func sweep(c policies.ScorerConfig) *policies.Threshold {
	return &policies.Threshold{Scorer: scorer(c), Weak: "small", Strong: "large"}
}

var candidates = map[string]policies.Config{
	"fixed":              &policies.Fixed{Model: "medium"},
	"random":             &policies.Random{Weights: map[waymark.ModelID]float64{"small": 1, "large": 2, "medium": 0}},
	"table":              &policies.Table{By: "category", Routes: map[string]waymark.ModelID{"math": "large", "chat": "small"}, Default: "medium"},
	"rules":              &policies.Rules{Rules: []policies.Rule{{When: `category == "math" and length > 10`, Model: "large"}, {When: `risk > 0.3`, Model: "medium"}}, Default: "small"},
	"recorded":           &policies.Recorded{Policy: "other"},
	"sweep length":       sweep(&policies.Length{}),
	"sweep features":     sweep(&policies.Features{}),
	"sweep field":        sweep(&policies.Field{Name: "risk"}),
	"sweep expr":         sweep(&policies.Expr{Expr: `words * 2 + lines`}),
	"sweep recorded":     sweep(&policies.RecordedScore{Policy: "other"}),
	"threshold":          &policies.Threshold{Scorer: scorer(&policies.Length{}), Weak: "small", Strong: "large", Threshold: policies.KnobValue{Value: 2, Given: true}},
	"tiers":              &policies.Tiers{Scorer: scorer(&policies.Length{}), Models: []waymark.ModelID{"small", "medium", "large"}, Cuts: policies.At(2, 14)},
	"tiers, swept":       &policies.Tiers{Scorer: scorer(&policies.Length{}), Models: []waymark.ModelID{"small", "medium", "large"}},
	"tiers, model twice": &policies.Tiers{Scorer: scorer(&policies.RecordedScore{Policy: "other"}), Models: []waymark.ModelID{"small", "large", "small"}, Cuts: policies.At(0.5, 1)},
}

func TestEveryPolicyKeepsTheContract(t *testing.T) {
	for name, c := range candidates {
		t.Run(name, func(t *testing.T) {
			p, err := c.Build(inputs())
			if err != nil {
				t.Fatal(err)
			}
			policytest.Run(t, p, queries())
		})
	}
}

func choices(t *testing.T, c policies.Config) string {
	t.Helper()
	p, err := c.Build(inputs())
	if err != nil {
		t.Fatal(err)
	}
	qs := queries()
	var out []string
	for i := range qs.Len() {
		tr := waymark.Attempt(t.Context(), p, waymark.NewTrial(qs.Query(i), 0, qs.Seed, policytest.Echo{}))
		if tr.Err != nil {
			out = append(out, "-")
			continue
		}
		out = append(out, tr.Calls[tr.Decision.Answer].Output)
	}
	return strings.Join(out, " ")
}

func TestWhoAnswers(t *testing.T) {
	for name, want := range map[string]string{
		"table":       "small large medium small large medium small large",
		"rules":       "small large small small medium small small large",
		"recorded":    "small large small large small large small -",
		"threshold":   "large large small large large large large large",
		"tiers":       "medium large small large medium large medium large",
		"sweep field": "large large large large large - - large",
	} {
		if got := choices(t, candidates[name]); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// The share of each model tends to its weight, and a repeat draws anew.
func TestRandomDrawsByWeight(t *testing.T) {
	p, err := candidates["random"].Build(inputs())
	if err != nil {
		t.Fatal(err)
	}
	qs := &waymark.Queries{Seed: 1}
	for i := range 30000 {
		qs.IDs = append(qs.IDs, fmt.Sprint(i))
	}
	picks, again := make([]waymark.Pick, qs.Len()), make([]waymark.Pick, qs.Len())
	s := p.(waymark.OneShot)
	for _, run := range []struct {
		repeat int
		into   []waymark.Pick
	}{{0, picks}, {1, again}} {
		qs.Repeat = run.repeat
		if err := s.Select(t.Context(), qs, run.into); err != nil {
			t.Fatal(err)
		}
	}
	large, changed := 0, 0
	for i := range picks {
		if s.Arms()[picks[i].Arm] == "large" {
			large++
		}
		if picks[i].Arm != again[i].Arm {
			changed++
		}
	}
	if share := float64(large) / 30000; math.Abs(share-2.0/3) > 4*math.Sqrt(2.0/9/30000) {
		t.Errorf("share of the model with weight 2 of 3 is %.4f", share)
	}
	if share := float64(changed) / 30000; math.Abs(share-4.0/9) > 0.02 {
		t.Errorf("%.4f of draws change with the repeat, want 4/9", share)
	}
}

// What a recorded router spent is charged to the policy that uses it.
func TestRecordedRouterIsCharged(t *testing.T) {
	p, err := candidates["sweep recorded"].Build(inputs())
	if err != nil {
		t.Fatal(err)
	}
	tr := waymark.Attempt(t.Context(), p, waymark.NewTrial(queries().Query(0), 0, 1, policytest.Echo{}))
	if tr.Cost() != waymark.Paid(waymark.Dollar+5) || tr.Latency() != time.Millisecond+1 {
		t.Errorf("cost %v latency %v", tr.Cost(), tr.Latency())
	}
}

func TestWrongKeysAreBlamed(t *testing.T) {
	in := inputs()
	for name, c := range map[string]struct {
		config policies.Config
		path   string
		say    string
	}{
		"unknown model":   {&policies.Fixed{Model: "smal"}, "[model]", `did you mean "small"?`},
		"no model":        {&policies.Fixed{}, "[model]", "no model is named"},
		"unknown feature": {&policies.Table{By: "categori", Default: "small"}, "[by]", `did you mean "category"?`},
		"route":           {&policies.Table{By: "category", Routes: map[string]waymark.ModelID{"math": "gpt"}, Default: "small"}, "[routes math]", "expected one of the pool"},
		"weight":          {&policies.Random{Weights: map[waymark.ModelID]float64{"small": -1}}, "[weights small]", "at least 0"},
		"no weight":       {&policies.Random{}, "[weights]", "no positive weight"},
		"cuts":            {&policies.Tiers{Scorer: scorer(&policies.Length{}), Models: []waymark.ModelID{"small", "large"}, Cuts: policies.At(1, 2)}, "[cuts]", "expected 1"},
		"falling cuts":    {&policies.Tiers{Scorer: scorer(&policies.Length{}), Models: []waymark.ModelID{"small", "medium", "large"}, Cuts: policies.At(2, 1)}, "[cuts 1]", "at least the one before"},
		"same model":      {&policies.Threshold{Scorer: scorer(&policies.Length{}), Weak: "small", Strong: "small"}, "[strong]", "expected two"},
		"rule":            {&policies.Rules{Rules: []policies.Rule{{When: "lenght > 3", Model: "small"}}, Default: "small"}, "[rules 0 when]", `did you mean "length"?`},
		"loop":            {&policies.Rules{Rules: []policies.Rule{{When: `all(1..9, # > 0)`, Model: "small"}}, Default: "small"}, "[rules 0 when]", "found a loop"},
		"lookaround":      {&policies.Rules{Rules: []policies.Rule{{When: `prompt matches "(?=x)"`, Model: "small"}}, Default: "small"}, "[rules 0 when]", "(?="},
		"scorer":          {sweep(&policies.Field{Name: "danger"}), "[scorer name]", "expected a feature"},
		"router":          {sweep(&policies.RecordedScore{Policy: "none"}), "[scorer policy]", "no such router"},
	} {
		_, err := c.config.Build(in)
		var at *policies.FieldError
		if !errors.As(err, &at) {
			t.Errorf("%s: error %v, want one that blames a key", name, err)
			continue
		}
		if got := fmt.Sprint(at.Path); got != c.path || !strings.Contains(at.Msg, c.say) {
			t.Errorf("%s: blames %s: %s; want %s: …%s…", name, got, at.Msg, c.path, c.say)
		}
	}
}
