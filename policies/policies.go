// Package policies holds who answers: one file a policy, one file a scorer. A
// policy sees queries and never labels or grades; what it is built from is
// handed to it as [Inputs].
package policies

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"waymark"
	"waymark/internal/embedding"
	"waymark/internal/wire"
	"waymark/internal/yamlfile"
)

// A Kind is a family of policies, as a suite names it in type.
type Kind struct {
	Name string
	Doc  string        // one line
	New  func() Config // an empty configuration, to decode a suite's keys into
}

// Kinds are the policies that a suite can name. To add one, write its file and
// add its line.
var Kinds = []Kind{
	{"fixed", "always the same model", func() Config { return new(Fixed) }},
	{"random", "a model by chance, with given weights", func() Config { return new(Random) }},
	{"table", "a model by the value of one feature", func() Config { return new(Table) }},
	{"rules", "the model of the first condition that holds", func() Config { return new(Rules) }},
	{"threshold", "strong where a score is at least the threshold, else weak", func() Config { return new(Threshold) }},
	{"tiers", "one of several models by the cuts that a score reaches", func() Config { return new(Tiers) }},
	{"utility", "the model whose predicted quality is worth most after its expected cost", func() Config { return new(Utility) }},
	{"recorded", "the model that another router chose, as recorded", func() Config { return new(Recorded) }},
	{"cascade", "one model after another until an answer is accepted", func() Config { return new(Cascade) }},
	{"fallback", "the next model where one fails or takes too long", func() Config { return new(Fallback) }},
	{"vote", "the answer that most models, or samples, gave", func() Config { return new(Vote) }},
	{"best-of", "the answer of several that a judge picks", func() Config { return new(BestOf) }},
	{"planner", "parts of a query, each answered by a policy of its own, joined", func() Config { return new(Planner) }},
	{"review", "a draft, and another model that approves, revises or replaces it", func() Config { return new(Review) }},
	{"exec", "a router that is a program, asked over its standard input and output", func() Config { return new(Exec) }},
	{"http", "a router behind HTTP, asked in the lines of exec", func() Config { return new(HTTP) }},
	{"openai-router", "an OpenAI-compatible endpoint that picks the model itself", func() Config { return new(OpenAIRouter) }},
}

// A Config is what a suite says of one policy. Build checks it and makes the
// policy; its errors are of type *FieldError where one key is to blame.
type Config interface {
	Build(in Inputs) (waymark.Policy, error)
}

// Inputs is what a policy may be built from. None of it is a label.
type Inputs struct {
	Models   []waymark.ModelID // the pool
	Others   []waymark.ModelID // that are recorded in another role only, such as a judge's
	Features []string          // that queries carry
	// Verdicts gives the recorded decisions of another router; nil if the dataset has none.
	Verdicts func(policy string) (Verdicts, error)
	// Vectors gives the embeddings of the dataset by name and query ID; nil if it has none.
	Vectors func(name string) (map[string][]float32, error)
	// Embeddings is what is kept of prompts that an endpoint embeds; nil keeps nothing.
	Embeddings *Embeddings
	// Folder is where relative paths of files begin; "" is the working directory.
	Folder string
	// Learning is what learned parts are fitted on or loaded from; nil where there may be none.
	Learning *Learning
	// Context ends fitting when it ends; nil never does.
	Context context.Context
	// Seed is the run's: fitting and drawing follow it.
	Seed uint64
	// Opened takes in what a policy opens, a process say, for whoever builds policies
	// to close; nil where nothing may be opened.
	Opened *Opened
	// Prices are those that the suite names; nil where it names none.
	Prices map[waymark.ModelID]waymark.Price

	part   string            // where in the configuration a learned part stands
	ladder []waymark.ModelID // of a scorer's policy, the weakest first
	nested int               // how many policies this one stands within
}

// Verdicts are one router's recorded decisions by task.
type Verdicts map[string]waymark.Verdict

// A FieldError blames one key of a configuration: Path leads to it.
type FieldError struct {
	Path []any // keys and positions, such as "routes", "django/django"
	Msg  string
	// Outage says that nothing is wrong with the key: what it names cannot be reached, is
	// busy or fails.
	Outage bool
}

func (e *FieldError) Error() string { return e.Msg }

func fieldf(path []any, format string, args ...any) error {
	e := &FieldError{Path: path, Msg: fmt.Sprintf(format, args...)}
	for _, a := range args {
		if err, ok := a.(error); ok && IsOutage(err) {
			e.Outage = true
		}
	}
	return e
}

// IsOutage reports whether an error of building a policy is that of a router or an endpoint
// which cannot be reached, is busy or fails, and no mistake of the suite.
func IsOutage(err error) bool {
	var field *FieldError
	var router *wire.Outage
	var endpoint *embedding.Outage
	return errors.As(err, &field) && field.Outage || errors.As(err, &router) || errors.As(err, &endpoint)
}

func (in Inputs) context() context.Context {
	if in.Context == nil {
		return context.Background()
	}
	return in.Context
}

// model checks that a model that a key names is in the pool.
func (in Inputs) model(m waymark.ModelID, path ...any) error {
	if slices.Contains(in.Models, m) {
		return nil
	}
	if m == "" {
		return fieldf(path, "no model is named, expected one of the pool")
	}
	names := make([]string, len(in.Models))
	for i, x := range in.Models {
		names[i] = string(x)
	}
	return fieldf(path, "found model %q, expected one of the pool's %d%s", m, len(names), suggest(string(m), names))
}

// caller checks that a model that a key names can be asked something else than a
// task itself: it is in the pool, or recorded in such a role.
func (in Inputs) caller(m waymark.ModelID, path ...any) error {
	if slices.Contains(in.Others, m) {
		return nil
	}
	return in.model(m, path...)
}

// feature checks that a key names something that a query carries.
func (in Inputs) feature(name string, path ...any) error {
	if slices.Contains(in.Features, name) {
		return nil
	}
	return fieldf(path, "found %q, expected a feature that dataset.yaml lists %v%s", name, in.Features, suggest(name, in.Features))
}

func suggest(word string, among []string) string {
	if near := yamlfile.Nearest(word, among); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// arms numbers the distinct models that a policy may choose.
type arms struct{ ids []waymark.ModelID }

func (a *arms) index(m waymark.ModelID) int32 {
	if i := slices.Index(a.ids, m); i >= 0 {
		return int32(i)
	}
	a.ids = append(a.ids, m)
	return int32(len(a.ids) - 1)
}

// Arms is every model that the policy may choose.
func (a *arms) Arms() []waymark.ModelID { return a.ids }
