package policies

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"waymark"
	"waymark/policies/policytest"
)

// answers is a source of what three models say to a query: hole and failure are by model and query.
type answers map[string]waymark.Response

func (a answers) Respond(_ context.Context, r waymark.Request) (waymark.Response, error) {
	key := fmt.Sprintf("%s/%s/%d", r.Model, r.Query.ID, max(1, r.Sample))
	if r.Purpose != waymark.ForAnswer {
		key = r.Purpose.String() + "/" + key
	}
	x, ok := a[key]
	if !ok {
		return waymark.Response{}, fmt.Errorf("%s: %w", key, waymark.ErrNotRecorded)
	}
	return x, nil
}

func said(text string, cost float64) waymark.Response {
	usd, _ := waymark.Dollars(cost)
	return waymark.Response{Output: text, HasOutput: true, Cost: waymark.Paid(usd), Latency: 1, Usage: waymark.Usage{Output: len(text)}}
}

// world is n queries with answers of three models whose lengths are drawn, with ties.
func world(n int) (answers, *waymark.Queries) {
	rng := rand.New(rand.NewPCG(7, 7))
	a, qs := answers{}, &waymark.Queries{Seed: 1}
	for i := range n {
		id := fmt.Sprintf("q%03d", i)
		qs.IDs = append(qs.IDs, id)
		for k, m := range three {
			r := said(strings.Repeat("x", 1+rng.IntN(8)), []float64{0.001, 0.01, 0.1}[k]*(1+rng.Float64()))
			if rng.IntN(10) == 0 && k < 2 {
				r.Err = "timed out"
			}
			a[fmt.Sprintf("%s/%s/1", m, id)] = r
		}
	}
	qs.Messages = func(i int) []waymark.Message { return []waymark.Message{{Role: "user", Content: "ask " + qs.IDs[i]}} }
	return a, qs
}

var three = []waymark.ModelID{"small", "middle", "large"}

func built(t testing.TB, c *Cascade, in Inputs) waymark.Policy {
	t.Helper()
	if c.Models == nil {
		c.Models = three
	}
	if c.Accept.AcceptorConfig == nil {
		c.Accept = AnyAcceptor{&AcceptExpr{Expr: "characters"}}
	}
	in.Models = three
	p, err := c.Build(in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCascadeKeepsTheLaws(t *testing.T) {
	src, qs := world(60)
	usd := 0.015
	for name, c := range map[string]*Cascade{
		"sweep":      {},
		"each":       {At: BarsValue{Each: true}},
		"two":        {Models: three[:2]},
		"fixed":      {At: BarsValue{Given: true, Values: []float64{4}}},
		"list":       {At: BarsValue{Given: true, Each: true, Values: []float64{4, 6}}},
		"budget":     {Budget: &usd, Costs: map[waymark.ModelID]float64{"small": 0.002, "middle": 0.02, "large": 0.2}},
		"budgetEach": {At: BarsValue{Each: true}, Budget: &usd, Costs: map[waymark.ModelID]float64{"small": 0.002, "middle": 0.01, "large": 0.2}},
		"agreement":  {Accept: AnyAcceptor{&AcceptAgreement{Samples: 3}}},
		"verifier":   {Accept: AnyAcceptor{&AcceptVerifier{Model: "large"}}},
	} {
		t.Run(name, func(t *testing.T) {
			src := src
			switch name {
			case "budget":
				usd := 0.03
				c.Budget = &usd
			case "agreement":
				src = withSamples(src, qs)
			case "verifier":
				src = judged(src, qs)
			}
			policytest.RunOn(t, built(t, c, Inputs{}), qs, src)
		})
	}
}

// withSamples adds samples 2 and 3, which agree with the first by chance.
func withSamples(a answers, qs *waymark.Queries) answers {
	out := answers{}
	rng := rand.New(rand.NewPCG(3, 3))
	for k, r := range a {
		out[k] = r
	}
	for _, id := range qs.IDs {
		for _, m := range three[:2] {
			for s := 2; s <= 3; s++ {
				r := a[fmt.Sprintf("%s/%s/1", m, id)]
				if rng.IntN(2) == 0 {
					r.Output += "y"
				}
				out[fmt.Sprintf("%s/%s/%d", m, id, s)] = r
			}
		}
	}
	return out
}

func judged(a answers, qs *waymark.Queries) answers {
	out := answers{}
	for k, r := range a {
		out[k] = r
	}
	for i, id := range qs.IDs {
		out[fmt.Sprintf("checking/large/%s/1", id)] = said(fmt.Sprintf("I would say 0.%d", i%10), 0.05)
	}
	return out
}

// The sweep is what asking at each bar gives, computed by hand.
func TestCascadeAgainstBruteForce(t *testing.T) {
	src, qs := world(80)
	p := built(t, &Cascade{}, Inputs{}).(waymark.Sweeper)
	for bar := 0.0; bar <= 9; bar += 0.25 {
		for i, id := range qs.IDs {
			var want waymark.ModelID
			var cost float64
			for k, m := range three {
				r := src[fmt.Sprintf("%s/%s/1", m, id)]
				cost += r.Cost.USD.Float()
				if want = m; k == 2 || r.Err == "" && float64(len(r.Output)) >= bar {
					break
				}
			}
			got := waymark.Attempt(t.Context(), p.At(bar), waymark.NewTrial(qs.Query(i), 0, 1, src))
			if got.Err != nil || got.Calls[got.Decision.Answer].Model != want || math.Abs(got.Cost().USD.Float()-cost) > 1e-12 {
				t.Fatalf("%s at %g: %v for $%g, want %s for $%g", id, bar, got.Decision, got.Cost().USD.Float(), want, cost)
			}
		}
	}
}

func TestCascadeHolesAndFailures(t *testing.T) {
	src, qs := world(1)
	q := qs.Query(0)
	src["small/q000/1"], src["middle/q000/1"] = said("long enough", 0.001), said("x", 0.01)
	delete(src, "large/q000/1")
	attempt := func(p waymark.Policy) waymark.Trace {
		return waymark.Attempt(t.Context(), p, waymark.NewTrial(q, 0, 1, src))
	}
	p := built(t, &Cascade{}, Inputs{}).(waymark.Sweeper)
	if got := attempt(p.At(3)); got.Err != nil || got.Decision.Answer != 0 {
		t.Errorf("a hole in an arm that is not used: %v", got.Err)
	}
	if prof, err := p.Profile(t.Context(), waymark.NewTrial(q, 0, 1, src)); err != nil || len(prof) != 2 {
		t.Errorf("profile %v %v: the last model is named, and not asked", prof, err)
	}
	if got := attempt(p.At(30)); !errors.Is(got.Err, waymark.ErrNotRecorded) {
		t.Errorf("error %v, want a hole", got.Err)
	}
	blank := src["small/q000/1"]
	blank.HasOutput = false
	src["small/q000/1"] = blank
	if got := attempt(p.At(3)); got.Err == nil || errors.Is(got.Err, waymark.ErrNotRecorded) || !strings.Contains(got.Err.Error(), "no text") {
		t.Errorf("without text: %v, want a failed row with its reason", got.Err)
	}
	blank.Err = "timed out"
	src["small/q000/1"] = blank
	if got := attempt(p.At(-1)); got.Err != nil || got.Decision.Answer != 1 || got.Cost().USD.Float() != 0.011 {
		t.Errorf("a failed call: %+v %v, want the next model, both charged", got.Decision, got.Cost())
	}
}

// broken answers nothing: its errors are no holes.
type broken map[waymark.ModelID]bool

func (b broken) Respond(_ context.Context, r waymark.Request) (waymark.Response, error) {
	if b[r.Model] {
		return waymark.Response{}, errors.New("connection refused")
	}
	return said("fine", 0.01), nil
}

// A call that fails goes on to the next model; the last one's error is the row's.
func TestErrorsOfCalls(t *testing.T) {
	p := built(t, &Cascade{}, Inputs{}).(waymark.Sweeper).At(1)
	for name, c := range map[string]struct {
		src   broken
		calls int
		err   bool
	}{
		"none":  {broken{}, 1, false},
		"first": {broken{"small": true}, 2, false},
		"two":   {broken{"small": true, "middle": true}, 3, false},
		"all":   {broken{"small": true, "middle": true, "large": true}, 3, true},
	} {
		got := waymark.Attempt(t.Context(), p, waymark.NewTrial(waymark.Query{ID: "q"}, 0, 1, c.src))
		if len(got.Calls) != c.calls || (got.Err != nil) != c.err {
			t.Errorf("%s: %d calls, error %v", name, len(got.Calls), got.Err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if got := waymark.Attempt(ctx, p, waymark.NewTrial(waymark.Query{ID: "q"}, 0, 1, broken{"small": true})); got.Err == nil || len(got.Calls) != 1 {
		t.Errorf("after the end of its context it makes %d calls, error %v", len(got.Calls), got.Err)
	}
}

func TestBudgetIsNeverPassed(t *testing.T) {
	src, qs := world(200)
	usd := 0.025
	most := map[waymark.ModelID]float64{"small": 0.002, "middle": 0.02, "large": 0.2}
	p := built(t, &Cascade{Budget: &usd, Costs: most}, Inputs{}).(waymark.Sweeper)
	stopped := 0
	for i := range qs.IDs {
		got := waymark.Attempt(t.Context(), p.At(math.Inf(1)), waymark.NewTrial(qs.Query(i), 0, 1, src))
		if got.Cost().USD.Float() > usd {
			t.Errorf("%s costs $%g of $%g", qs.IDs[i], got.Cost().USD.Float(), usd)
		}
		if got.Err == nil {
			best := got.Calls[got.Decision.Answer]
			for _, c := range got.Calls {
				if c.Err == "" && len(c.Output) > len(best.Output) {
					t.Errorf("%s: answer of %d characters is given, one of %d was there", qs.IDs[i], len(best.Output), len(c.Output))
				}
			}
			if strings.Contains(got.Decision.Reason, "budget") {
				stopped++
			}
		}
	}
	if stopped < 150 {
		t.Errorf("the budget stopped %d of 200", stopped)
	}
	c := &Cascade{Models: three, Accept: AnyAcceptor{&AcceptExpr{Expr: "characters"}}, Budget: &usd, Costs: map[waymark.ModelID]float64{"small": 1, "middle": 1, "large": 1}}
	if _, err := c.Build(Inputs{Models: three}); err == nil {
		t.Error("a first stage beyond the budget is accepted")
	}
}

// outcomesOf is a world as what a policy is fitted on; longer answers are better.
func outcomesOf(src answers, qs *waymark.Queries) *waymark.Outcomes {
	o := &waymark.Outcomes{Queries: qs, Models: three, Answers: src}
	for _, m := range three {
		var quality, cost []float64
		for _, id := range qs.IDs {
			r := src[fmt.Sprintf("%s/%s/1", m, id)]
			q := 0.0
			if len(r.Output) > 4 && r.Err == "" {
				q = 1
			}
			quality, cost = append(quality, q), append(cost, r.Cost.USD.Float())
		}
		o.Quality, o.Cost = append(o.Quality, quality), append(o.Cost, cost)
	}
	return o
}

func TestOrderSearchAgainstEnumeration(t *testing.T) {
	src, qs := world(40)
	o := outcomesOf(src, qs)
	in := Inputs{Models: three, Learning: &Learning{Outcomes: o}}
	p := built(t, &Cascade{Order: "search"}, in).(sweptCascade)
	policytest.RunOn(t, p, qs, src)
	best, area := []waymark.ModelID(nil), math.Inf(-1)
	most := 0.0
	for k := range three {
		most = math.Max(most, mean(o.Cost[k], slices.Repeat([]float64{1}, 40)))
	}
	eachOrder(3, func(at []int) {
		var models []waymark.ModelID
		for _, k := range at {
			models = append(models, three[k])
		}
		var spots []spot
		one := built(t, &Cascade{Models: models}, Inputs{}).(waymark.Sweeper)
		for bar := 0.0; bar < 10; bar++ {
			var s spot
			for i := range qs.IDs {
				tr := waymark.Attempt(t.Context(), one.At(bar), waymark.NewTrial(qs.Query(i), 0, 1, src))
				s.quality += o.Quality[o.Of(tr.Calls[tr.Decision.Answer].Model)][i] / 40
				s.cost += tr.Cost().USD.Float() / 40
			}
			spots = append(spots, s)
		}
		if a := areaOf(spots, most); a > area+1e-12 {
			best, area = models, a
		}
	})
	if !slices.Equal(best, p.models) {
		t.Errorf("searched %v, by enumeration %v", p.models, best)
	}
	saved, err := in.Learning.State()
	if err != nil {
		t.Fatal(err)
	}
	again := built(t, &Cascade{Order: "search"}, Inputs{Learning: &Learning{Saved: saved}}).(sweptCascade)
	if !slices.Equal(again.models, p.models) {
		t.Errorf("loaded %v, saved %v", again.models, p.models)
	}
}

// The fitted regression is at the maximum of its likelihood, and orders answers as they are worth.
func TestLearnedAcceptor(t *testing.T) {
	src, qs := world(300)
	in := Inputs{Learning: &Learning{Outcomes: outcomesOf(src, qs)}, Seed: 1}
	p := built(t, &Cascade{Accept: AnyAcceptor{&AcceptLearned{}}}, in)
	policytest.RunOn(t, p, qs, src)
	a := p.(sweptCascade).accept
	score := func(n int) float64 {
		c := waymark.Call{Request: waymark.Request{Model: "small"}, Response: said(strings.Repeat("x", n), 0.0015)}
		x, err := a.Accept(t.Context(), waymark.NewTrial(qs.Query(0), 0, 1, src), c)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	if !(score(1) < 0.1 && score(2) < score(7) && score(8) > 0.9) {
		t.Errorf("scores %g %g %g %g by length 1, 2, 7, 8", score(1), score(2), score(7), score(8))
	}
	if _, err := (&Cascade{Models: three, Accept: AnyAcceptor{&AcceptLearned{}}}).Build(Inputs{Models: three}); err == nil {
		t.Error("it is built with nothing to fit on")
	}
	// At the maximum the residuals, summed, are what the ridge takes: next to nothing for the intercept.
	m := a.(*answerState).Models["small"]
	sum := 0.0
	o := in.Learning.Outcomes
	for i, id := range qs.IDs {
		if r := src["small/"+id+"/1"]; r.Err == "" {
			sum += o.Quality[0][i] - m.predict(answerOf(qs.Query(i), r))
		}
	}
	if math.Abs(sum) > 1e-3 {
		t.Errorf("residuals sum to %g", sum)
	}
}

func TestAcceptors(t *testing.T) {
	yes, no := true, false
	call := func(text string) waymark.Call {
		c := waymark.Call{Request: waymark.Request{Model: "small", Query: waymark.Query{ID: "q"}}, Response: said(text, 0.002)}
		c.FinishReason, c.Confidence = "stop", waymark.Scored(0.7)
		return c
	}
	for _, c := range []struct {
		config AcceptorConfig
		text   string
		want   float64
	}{
		{&AcceptLength{Min: 4, Max: 8}, "12345", 1},
		{&AcceptLength{Min: 4, Max: 8}, " 12 ", 0.5},
		{&AcceptLength{Min: 4, Max: 8}, "0123456789abcdef", 0.5},
		{&AcceptLength{Unit: "words", Min: 2}, "one", 0.5},
		{&AcceptLength{}, "", 0},
		{&AcceptPatterns{Any: true}, "I'm sorry, no.", 0},
		{&AcceptPatterns{Any: true}, "It is 12.", 1},
		{&AcceptPatterns{Refusals: &no, Hedges: &no, Patterns: []string{"a", "b"}}, "a", 0.5},
		{&AcceptPatterns{Refusals: &yes, Hedges: &no, Any: true}, "perhaps 12", 1},
		{&AcceptConfidence{}, "x", 0.7},
		{&AcceptExpr{Expr: `characters + (finish_reason == "stop" ? 1 : 0) + cost_usd * 1000`}, "abc", 6},
		{&AcceptExpr{Expr: `output contains "b"`}, "abc", 1},
	} {
		a, err := c.config.Build(Inputs{Models: three}, three)
		if err != nil {
			t.Fatal(err)
		}
		got, err := a.Accept(t.Context(), waymark.NewTrial(waymark.Query{ID: "q"}, 0, 1, nil), call(c.text))
		if err != nil || math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%T of %q: %g, %v; want %g", c.config, c.text, got, err, c.want)
		}
	}
	v, _ := (&AcceptVerifier{Model: "large", Max: 10}).Build(Inputs{Models: three}, three)
	for reply, want := range map[string]float64{"8": 0.8, "first 3, at last: 9.5": 0.95, "Yes": 1, "no.": 0} {
		if got, err := v.(*verifier).read(reply); err != nil || got != want {
			t.Errorf("reply %q: %g, %v; want %g", reply, got, err, want)
		}
	}
	if _, err := v.(*verifier).read("cannot say"); err == nil {
		t.Error("a reply without a score has one")
	}
}

func TestAgreementIsTheShareThatSaysTheSame(t *testing.T) {
	src := answers{"small/q/2": said("so: 12.", 1), "small/q/3": said("So:  12", 1), "small/q/4": said("13", 1)}
	a, _ := (&AcceptAgreement{Samples: 4, Extract: `\d+`}).Build(Inputs{}, nil)
	tr := waymark.NewTrial(waymark.Query{ID: "q"}, 0, 1, src)
	c := waymark.Call{Request: waymark.Request{Model: "small", Query: tr.Query, Sample: 1}, Response: said("12", 1)}
	if got, err := a.Accept(t.Context(), tr, c); err != nil || got != 0.75 || len(tr.Calls()) != 3 {
		t.Errorf("agreement %g, %v, %d calls", got, err, len(tr.Calls()))
	}
	delete(src, "small/q/4")
	if _, err := a.Accept(t.Context(), waymark.NewTrial(waymark.Query{ID: "q"}, 0, 1, src), c); !errors.Is(err, waymark.ErrNotRecorded) {
		t.Errorf("error %v, want a hole", err)
	}
}
