package policies_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"waymark"
	"waymark/policies"
	"waymark/policies/policytest"
)

// cast is a source of models that answer by name: a reply to each prompt that holds a word, the first
// that fits, else "fine". A reply "!" is a call that failed.
type cast map[waymark.ModelID][]line

type line struct{ hears, says string }

func (c cast) Respond(_ context.Context, r waymark.Request) (waymark.Response, error) {
	out := waymark.Response{Output: "fine", HasOutput: true, Cost: waymark.Paid(1), Latency: time.Second}
	for _, l := range c[r.Model] {
		if strings.Contains(r.Query.Prompt()+fmt.Sprint(" sample ", r.Sample), l.hears) {
			out.Output = l.says
			break
		}
	}
	if out.Output == "!" {
		out.Output, out.HasOutput, out.Err = "", false, "overloaded"
	}
	if d, ok := strings.CutPrefix(out.Output, "slow "); ok {
		out.Latency, _ = time.ParseDuration(d)
	}
	return out, nil
}

// asks are queries that the cast hears something in, one of them taken apart.
func asks(prompts ...string) *waymark.Queries {
	qs := &waymark.Queries{Seed: 1, Features: map[string]waymark.Column{}}
	for i := range prompts {
		qs.IDs = append(qs.IDs, fmt.Sprint("q", i))
	}
	qs.Messages = func(i int) []waymark.Message { return []waymark.Message{{Role: "user", Content: prompts[i]}} }
	qs.Parts = func(i int) (out []waymark.Query) {
		if !strings.Contains(prompts[i], "parts") {
			return nil
		}
		for n, text := range strings.Split(prompts[i], ";") {
			q := waymark.Query{ID: fmt.Sprintf("q%d/%d", i, n+1), Messages: []waymark.Message{{Role: "user", Content: text}}}
			if n == 2 {
				q.After = []string{fmt.Sprintf("q%d/1", i)}
			}
			out = append(out, q)
		}
		return out
	}
	return qs
}

func built(t *testing.T, c policies.Config) waymark.Policy {
	t.Helper()
	p, err := c.Build(policies.Inputs{Models: []waymark.ModelID{"a", "b", "c", "d", "e"}, Others: []waymark.ModelID{"judge"}, Features: []string{"kind"}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func attempt(t *testing.T, p waymark.Policy, src waymark.Source, qs *waymark.Queries, i int) waymark.Trace {
	t.Helper()
	return waymark.Attempt(t.Context(), p, waymark.NewTrial(qs.Query(i), 0, 1, src))
}

// answer is the text of a trace's answer, and the models that were asked.
func answer(tr waymark.Trace) string {
	var asked []string
	for _, c := range tr.Calls {
		asked = append(asked, string(c.Model))
	}
	text := ""
	switch {
	case tr.Err != nil:
		text = "error: " + tr.Err.Error()
	case tr.Decision.Answer == waymark.Composed:
		text = tr.Decision.Text
	default:
		text = tr.Calls[tr.Decision.Answer].Output
	}
	return strings.Join(asked, "") + " " + text
}

var players = cast{
	"a": {{"fails", "!"}, {"slow", "slow 3s"}, {"odd", "It is 7."}, {"sample 2", "So: 1,200.0"}, {"sum", "1200"}},
	"b": {{"all fails", "!"}, {"odd", "It is 8."}, {"sum", "= 1,200"}, {"Draft", "APPROVE"}},
	"c": {{"all fails", "!"}, {"wordy", "no idea"}, {"sum", "the answer is 5"}, {"Draft:\nfine", "REJECT"}, {"Draft", "a better text"}},
	"e": {{"Draft", "REJECT"}, {"hello", "!"}},
	"judge": {
		{"unclear", "The second, I think"},
		{"json", `{"best": 2, "why": "clear"}`},
		{"Which answer", "Answer 2"},
		{"Draft", "*Approved.*"},
		{"smaller tasks", "```json\n[{\"id\": \"x\", \"prompt\": \"first\"}, {\"id\": \"y\", \"prompt\": \"second\", \"after\": [\"x\"]}]\n```"},
		{"apart", "joined up"},
	},
}

func TestWhatCallingPoliciesAnswer(t *testing.T) {
	two := []waymark.ModelID{"a", "b"}
	three := []waymark.ModelID{"a", "b", "c"}
	for name, tt := range map[string]struct {
		config policies.Config
		prompt string
		want   string
	}{
		"fallback, first":               {&policies.Fallback{Models: two}, "hello", "a fine"},
		"fallback, second":              {&policies.Fallback{Models: two}, "this fails", "ab fine"},
		"fallback, none":                {&policies.Fallback{Models: two}, "all fails", "ab "},
		"fallback, slow":                {&policies.Fallback{Models: two, Timeout: 2000}, "slow", "ab fine"},
		"fallback, in time":             {&policies.Fallback{Models: two, Timeout: 3000}, "slow", "a slow 3s"},
		"fallback, none in time":        {&policies.Fallback{Models: two, Timeout: 500}, "hello", "ab error: all 2 models failed; the last: b failed: timed out after 500ms"},
		"vote, escalated to a failure":  {&policies.Vote{Models: []waymark.ModelID{"d", "b"}, By: "number", Agree: &policies.KnobValue{Value: 0.6, Given: true}, Escalate: "a"}, "odd fails", "dba "},
		"vote, nobody":                  {&policies.Vote{Models: []waymark.ModelID{"b", "c"}}, "all fails", "bc "},
		"vote, nobody, escalated":       {&policies.Vote{Models: []waymark.ModelID{"b", "c"}, Agree: &policies.KnobValue{Value: 0.6, Given: true}, Escalate: "d"}, "all fails", "bcd fine"},
		"best of none":                  {&policies.BestOf{Models: []waymark.ModelID{"b", "c"}, Judge: "judge"}, "all fails", "bc "},
		"review, replaced by a failure": {&policies.Review{Draft: "d", Reviewer: "e", Mode: "replace"}, "hello", "dee "},
		"vote by number":                {&policies.Vote{Models: three, By: "number"}, "sum", "abc 1200"},
		"vote, tie to the first":        {&policies.Vote{Models: two, By: "number"}, "odd", "ab It is 7."},
		"vote, tie to the weight":       {&policies.Vote{Models: two, By: "number", Weights: map[waymark.ModelID]float64{"b": 2}}, "odd", "ab It is 8."},
		"vote, one failed":              {&policies.Vote{Models: two}, "this fails", "ab fine"},
		"vote, all failed":              {&policies.Vote{Models: two}, "fails", "ab fine"},
		"vote, nothing to count":        {&policies.Vote{Models: []waymark.ModelID{"c", "d"}, By: "number"}, "wordy", "cd no idea"},
		"vote, escalated":               {&policies.Vote{Models: two, By: "number", Agree: &policies.KnobValue{Value: 0.6, Given: true}, Escalate: "d"}, "odd", "abd fine"},
		"vote, at the share":            {&policies.Vote{Models: two, By: "number", Agree: &policies.KnobValue{Value: 0.5, Given: true}, Escalate: "d"}, "odd", "ab It is 7."},
		"best of models":                {&policies.BestOf{Models: two, Judge: "judge"}, "odd", "abjudge It is 8."},
		"best of, in JSON":              {&policies.BestOf{Models: two, Judge: "judge"}, "odd json", "abjudge It is 8."},
		"best of, unclear":              {&policies.BestOf{Models: two, Judge: "judge"}, "odd unclear", `abjudge error: judge judge: found the reply "The second, I think", expected the number of an answer from 1 to 2`},
		"best of, lenient":              {&policies.BestOf{Models: two, Judge: "judge", OnUnparsed: "first"}, "odd unclear", "abjudge It is 7."},
		"best of, one is left":          {&policies.BestOf{Models: two, Judge: "judge"}, "this fails", "ab fine"},
		"best of samples":               {&policies.BestOf{Model: "a", Samples: 2, Judge: "judge"}, "sum", "aajudge So: 1,200.0"},
		"review, approved":              {&policies.Review{Draft: "a", Reviewer: "judge", Mode: "approve"}, "hello", "ajudge fine"},
		"review, anew":                  {&policies.Review{Draft: "a", Reviewer: "c", Mode: "approve"}, "odd", "ac a better text"},
		"review, mere rejection":        {&policies.Review{Draft: "a", Reviewer: "c", Mode: "approve"}, "hello", `ac error: reviewer c: found the reply "REJECT", expected APPROVE or an answer in the draft's place`},
		"review, revised":               {&policies.Review{Draft: "a", Reviewer: "c", Mode: "revise"}, "odd", "ac a better text"},
		"review, replaced":              {&policies.Review{Draft: "a", Reviewer: "c", Mode: "replace"}, "hello", "acc fine"},
		"review, kept":                  {&policies.Review{Draft: "a", Reviewer: "b", Mode: "replace"}, "hello", "ab fine"},
		"review, unclear":               {&policies.Review{Draft: "a", Reviewer: "c", Mode: "replace"}, "odd", `ac error: reviewer c: found the reply "a better text", expected APPROVE or REJECT`},
		"review, no draft":              {&policies.Review{Draft: "a", Reviewer: "b", Mode: "revise"}, "fails", "a error: draft: a failed: overloaded"},
	} {
		tr := attempt(t, built(t, tt.config), players, asks(tt.prompt), 0)
		if got := answer(tr); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
		if tr.Cost() != waymark.Paid(waymark.USD(len(tr.Calls))) {
			t.Errorf("%s: %d calls cost %v", name, len(tr.Calls), tr.Cost())
		}
	}
}

// A call that timed out costs what it cost and takes the timeout.
func TestATimeoutIsWaitedForAndNotLonger(t *testing.T) {
	tr := attempt(t, built(t, &policies.Fallback{Models: []waymark.ModelID{"a", "b"}, Timeout: 2000}), players, asks("slow"), 0)
	if tr.Latency() != 3*time.Second || tr.Cost() != waymark.Paid(2) || tr.Decision.Reason != "a failed: timed out after 2s" {
		t.Errorf("latency %v (want 2 s and 1 s), cost %v, %q", tr.Latency(), tr.Cost(), tr.Decision.Reason)
	}
}

func planner(route policies.Config, join policies.Join) *policies.Planner {
	return &policies.Planner{Plan: policies.Plan{Recorded: true}, Route: policies.AnyPolicy{Config: route}, Join: join}
}

func TestPlannerAnswersParts(t *testing.T) {
	fallback := &policies.Fallback{Models: []waymark.ModelID{"a", "b"}}
	qs := asks("hello", "parts one;it fails;three")
	p := built(t, planner(fallback, policies.Join{Word: "concatenate"}))
	if got := answer(attempt(t, p, players, qs, 0)); got != "a fine" {
		t.Errorf("a query without parts: %q", got)
	}
	tr := attempt(t, p, players, qs, 1)
	if got := answer(tr); got != "aaba fine\n\nfine\n\nfine" {
		t.Errorf("parts: %q", got)
	}
	// part 1 and then 3 take 2 s; part 2, whose first call fails, takes 2 s beside them
	if tr.Latency() != 2*time.Second || len(tr.Parts) != 3 || tr.Parts[1].Path != "2" || tr.Calls[3].Part != "3" || tr.Calls[3].Start != time.Second {
		t.Errorf("latency %v, parts %+v, calls %+v", tr.Latency(), tr.Parts, tr.Calls)
	}
	last := attempt(t, built(t, planner(fallback, policies.Join{Word: "last"})), players, qs, 1)
	if last.Decision.Answer != 3 {
		t.Errorf("last: %+v", last.Decision)
	}
}

func TestPlannerAsksAModelAndShowsAnswers(t *testing.T) {
	config := planner(&policies.Fixed{Model: "a"}, policies.Join{})
	config.Join.Keys.Model = "judge"
	config.Plan = policies.Plan{}
	config.Plan.Keys.Model = "judge"
	tr := attempt(t, built(t, config), players, asks("hello"), 0)
	if got := answer(tr); got != "judgeaajudge joined up" {
		t.Fatalf("%q", got)
	}
	if got := tr.Calls[2].Query.Prompt(); got != "second\n\nAnswer to part +x:\nfine" || tr.Calls[2].Query.ID != "q0/+y" || tr.Calls[0].Purpose != waymark.ForPlanning {
		t.Errorf("the second part is asked %q as %s", got, tr.Calls[2].Query.ID)
	}
}

func TestPlansAreReadStrictly(t *testing.T) {
	deep := `[{"id":"p0","prompt":"x"}`
	for i := range 8 {
		deep += fmt.Sprintf(`,{"id":"p%d","prompt":"x","after":["p%d"]}`, i+1, i)
	}
	for reply, want := range map[string]string{
		"Sure! Here is a plan":               "expected a plan in JSON",
		`[]`:                                 "found a plan of 0 parts",
		`[{"id":"a","prompt":"x","cost":1}]`: "expected a plan in JSON",
		`[{"id":"a","prompt":"x"},{"id":"a","prompt":"y"}]`:   `found the id "a"`,
		`[{"id":"a/b","prompt":"x"}]`:                         `found the id "a/b"`,
		`[{"id":"a","prompt":" "}]`:                           "found a prompt of 1 bytes",
		`[{"id":"a","prompt":"x","after":["b"]}]`:             `comes after "b"`,
		`[{"id":"a","prompt":"x","after":["a"]}]`:             "wait for each other",
		`[{"id":"a","prompt":"x"}] [{"id":"b","prompt":"x"}]`: "nothing after it",
		`{"id":"a","prompt":"x"}`:                             "expected a plan in JSON",
		deep + "]":                                            "found a plan of 9 parts",
		deep:                                                  "expected a plan in JSON",
	} {
		config := planner(&policies.Fixed{Model: "a"}, policies.Join{Word: "last"})
		config.Plan = policies.Plan{}
		config.Plan.Keys.Model = "judge"
		tr := attempt(t, built(t, config), cast{"judge": {{"", reply}}}, asks("hello"), 0)
		if tr.Err == nil || !strings.Contains(tr.Err.Error(), want) || len(tr.Calls) != 1 {
			t.Errorf("%s: error %v, want %q", reply, tr.Err, want)
		}
	}
	config := planner(&policies.Fixed{Model: "a"}, policies.Join{Word: "last"})
	config.Plan = policies.Plan{}
	config.Plan.Keys.Model, config.Plan.Keys.Most = "judge", 20
	tr := attempt(t, built(t, config), cast{"judge": {{"", deep + "]"}}}, asks("hello"), 0)
	if tr.Err == nil || !strings.Contains(tr.Err.Error(), "found 9 parts that wait for each other in a row, expected at most 8") {
		t.Errorf("a long chain: %v", tr.Err)
	}
}

func cookery() *policies.Planner {
	c := planner(&policies.Fixed{Model: "a"}, policies.Join{})
	c.Join.Keys.Template = "{{range .Parts}}{{.ID}}={{.Answer}} {{end}}"
	c.Plan = policies.Plan{}
	c.Plan.Keys.Recipe = []policies.Ingredient{
		{ID: "facts", Prompt: "List the facts of: {{.Prompt}}"},
		{ID: "answer", Prompt: `Given {{index .Answers "facts"}}, answer {{.Prompt}}`, After: []string{"facts"}},
	}
	return c
}

func TestRecipe(t *testing.T) {
	tr := attempt(t, built(t, cookery()), players, asks("hello"), 0)
	if got := answer(tr); got != "aa facts=fine answer=fine " || tr.Calls[1].Query.Prompt() != "Given fine, answer hello" || tr.Calls[1].Query.ID != "q0/answer" {
		t.Errorf("%q, asked %q", got, tr.Calls[1].Query.Prompt())
	}
}

// A failed part fails the whole; what waits for it is not asked; all that was asked is charged.
func TestAFailedPartFailsTheWhole(t *testing.T) {
	qs := asks("parts it fails;two;three")
	tr := attempt(t, built(t, planner(&policies.Fixed{Model: "a"}, policies.Join{Word: "concatenate"})), players, qs, 0)
	if tr.Err == nil || !strings.Contains(tr.Err.Error(), "part q0/1: a: overloaded") || len(tr.Calls) != 2 || tr.Cost() != waymark.Paid(2) {
		t.Errorf("%v after %d calls", tr.Err, len(tr.Calls))
	}
}

// Every policy that makes calls keeps the laws of calls.
func TestCallingPoliciesKeepTheLaws(t *testing.T) {
	two := []waymark.ModelID{"a", "b"}
	model := planner(&policies.Review{Draft: "a", Reviewer: "b", Mode: "approve"}, policies.Join{})
	model.Join.Keys.Model, model.Plan = "judge", policies.Plan{}
	model.Plan.Keys.Model = "judge"
	qs := asks("hello", "sum", "odd", "parts one;odd two;sum", "wordy sum")
	for name, c := range map[string]policies.Config{
		"fallback": &policies.Fallback{Models: two, Timeout: 5000},
		"vote":     &policies.Vote{Models: two, By: "number", Agree: &policies.KnobValue{Value: 0.7, Given: true}, Escalate: "d"},
		"swept":    &policies.Vote{Models: []waymark.ModelID{"a", "b", "c"}, By: "number", Agree: &policies.KnobValue{}, Escalate: "d"},
		"samples":  &policies.Vote{Model: "a", Samples: 3},
		"best-of":  &policies.BestOf{Models: two, Samples: 2, Judge: "judge"},
		"approve":  &policies.Review{Draft: "a", Reviewer: "b", Mode: "approve"},
		"revise":   &policies.Review{Draft: "a", Reviewer: "c", Mode: "revise"},
		"replace":  &policies.Review{Draft: "a", Reviewer: "b", Mode: "replace"},
		"recorded": planner(&policies.BestOf{Models: two, Judge: "judge"}, policies.Join{Word: "concatenate"}),
		"nested":   planner(planner(&policies.Random{Weights: map[waymark.ModelID]float64{"a": 1, "b": 1}}, policies.Join{Word: "last"}), policies.Join{Word: "concatenate"}),
		"model":    model,
		"recipe":   cookery(),
	} {
		t.Run(name, func(t *testing.T) {
			p := built(t, c)
			policytest.Run(t, p, qs)
			policytest.Calls(t, p, players, qs)
		})
	}
}

func TestMistakesInCallingPolicies(t *testing.T) {
	two := []waymark.ModelID{"a", "b"}
	nested := policies.Config(&policies.Fixed{Model: "a"})
	for range 4 {
		nested = planner(nested, policies.Join{Word: "last"})
	}
	badAfter, undeclared := cookery(), cookery()
	badAfter.Plan.Keys.Recipe[1].After = []string{"nothing"}
	undeclared.Plan.Keys.Recipe[1].After = nil
	for name, tt := range map[string]struct {
		config policies.Config
		path   string
		want   string
	}{
		"one model":        {&policies.Fallback{Models: two[:1]}, "[models]", "found 1 models, expected 2 to 64"},
		"twice":            {&policies.Fallback{Models: []waymark.ModelID{"a", "a"}}, "[models 1]", "a second time"},
		"unknown model":    {&policies.Fallback{Models: []waymark.ModelID{"a", "x"}}, "[models 1]", `found model "x"`},
		"timeout":          {&policies.Fallback{Models: two, Timeout: -1}, "[timeout_ms]", "found -1"},
		"by":               {&policies.Vote{Models: two, By: "gut"}, "[by]", `found "gut"`},
		"both":             {&policies.Vote{Models: two, Samples: 3}, "[models]", "found both"},
		"one sample":       {&policies.Vote{Model: "a", Samples: 1}, "[samples]", "found 1, expected 2"},
		"weight":           {&policies.Vote{Models: two, Weights: map[waymark.ModelID]float64{"a": 0}}, "[weights a]", "found 0"},
		"weight of nobody": {&policies.Vote{Models: two, Weights: map[waymark.ModelID]float64{"c": 1}}, "[weights c]", "one that votes"},
		"escalate alone":   {&policies.Vote{Models: two, Escalate: "c"}, "[escalate]", "without agree"},
		"agree alone":      {&policies.Vote{Models: two, Agree: &policies.KnobValue{}}, "[agree]", "found agree without escalate"},
		"share":            {&policies.Vote{Models: two, Agree: &policies.KnobValue{Value: 2, Given: true}, Escalate: "c"}, "[agree]", "found 2"},
		"judge":            {&policies.BestOf{Models: two, Judge: "nobody"}, "[judge]", `found model "nobody"`},
		"one answer":       {&policies.BestOf{Model: "a", Judge: "judge"}, "[samples]", "found 1 samples of 1 models"},
		"blind judge":      {&policies.BestOf{Models: two, Judge: "judge", Prompt: "{{.Prompt}} pick"}, "[prompt]", "does not show the <first answer>"},
		"mode":             {&policies.Review{Draft: "a", Reviewer: "b", Mode: "nod"}, "[mode]", `found "nod"`},
		"no field":         {&policies.Review{Draft: "a", Reviewer: "b", Mode: "revise", Prompt: "{{.Draft}} {{.Answer}}"}, "[prompt]", "cannot be filled in"},
		"no template":      {&policies.Review{Draft: "a", Reviewer: "b", Mode: "revise", Prompt: "{{.Draft"}, "[prompt]", "cannot be read"},
		"replacing judge":  {&policies.Review{Draft: "a", Reviewer: "judge", Mode: "replace"}, "[reviewer]", `found model "judge"`},
		"no inner policy":  {&policies.Planner{Plan: policies.Plan{Recorded: true}, Join: policies.Join{Word: "last"}}, "[route]", "no policy is given"},
		"inner mistake":    {planner(&policies.Fixed{Model: "x"}, policies.Join{Word: "last"}), "[route model]", `found model "x"`},
		"inner sweep":      {planner(sweepOf(), policies.Join{Word: "last"}), "[route]", "whose knob is swept"},
		"depth":            {nested, "[route route route route]", "more than 3 deep"},
		"no join":          {planner(&policies.Fixed{Model: "a"}, policies.Join{}), "[join]", "expected concatenate"},
		"recipe order":     {badAfter, "[plan recipe 1 after 0]", `found "nothing"`},
		"recipe answer":    {undeclared, "[plan recipe 1 prompt]", `found the answer of part "facts"`},
		"aggregate":        {&policies.Planner{Aggregate: "most"}, "[aggregate]", `found "most"`},
	} {
		_, err := tt.config.Build(policies.Inputs{Models: []waymark.ModelID{"a", "b", "c"}, Others: []waymark.ModelID{"judge"}})
		var at *policies.FieldError
		if !errors.As(err, &at) || fmt.Sprint(at.Path) != tt.path || !strings.Contains(at.Msg, tt.want) {
			t.Errorf("%s: %v, want %s at %s", name, err, tt.want, tt.path)
		}
	}
}

func sweepOf() policies.Config {
	return &policies.Threshold{Scorer: scorer(&policies.Length{}), Weak: "a", Strong: "b"}
}

// An inner policy that decides by features meets parts that have none.
func TestPartsWithoutFeatures(t *testing.T) {
	qs := asks("parts one;two", "hello")
	for name, c := range map[string]policies.Config{
		"table": &policies.Table{By: "kind", Routes: map[string]waymark.ModelID{"x": "a"}, Default: "b"},
		"field": &policies.Threshold{Scorer: scorer(&policies.Field{Name: "kind"}), Weak: "a", Strong: "b", Threshold: policies.KnobValue{Value: 1, Given: true}},
		"expr":  &policies.Threshold{Scorer: scorer(&policies.Expr{Expr: "length"}), Weak: "a", Strong: "b", Threshold: policies.KnobValue{Value: 1, Given: true}},
	} {
		tr := attempt(t, built(t, planner(c, policies.Join{Word: "concatenate"})), players, qs, 0)
		if failed := tr.Err != nil; failed != (name == "field") {
			t.Errorf("%s: %v", name, tr.Err)
		}
	}
}
