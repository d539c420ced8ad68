package policies

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"waymark"
	"waymark/internal/yamlfile"

	"go.yaml.in/yaml/v3"
)

// The bounds of a plan.
const (
	mostParts  = 32     // of one query
	mostChain  = 8      // parts that wait for each other in a row
	mostAsking = 50_000 // bytes of a part's prompt in a model's plan
)

// A step is one part of a plan before it is run.
type step struct {
	name  string // within the whole
	id    string // of the part's query
	query waymark.Query
	made  *prompt // of a recipe, whose prompt shows answers to earlier parts; nil for a query that is ready
	after []int   // steps that it builds on
}

// A planning takes a query apart. A plan of no steps is a query that is not taken apart.
type planning interface {
	plan(ctx context.Context, t *waymark.Trial) ([]step, error)
}

// Plan is how a suite says how queries are taken apart: the word recorded, or a model with its
// prompt, or a recipe.
type Plan struct {
	Recorded bool
	Keys     planKeys
}

type planKeys struct {
	Model  waymark.ModelID `yaml:"model" json:"model,omitempty" doc:"the model that plans; it must reply with JSON: [{\"id\": …, \"prompt\": …, \"after\": […]}]"`
	Prompt string          `yaml:"prompt" json:"prompt,omitempty" doc:"a Go template of what the planner is asked, with .Prompt and .Most"`
	Most   int             `yaml:"most" json:"most,omitempty" doc:"how many parts a model's plan may have; default 8, at most 32"`
	Recipe []Ingredient    `yaml:"recipe" json:"recipe,omitempty" doc:"the same parts for every query, in this order"`
}

// An Ingredient is one part of a recipe.
type Ingredient struct {
	ID     string   `yaml:"id" json:"id" doc:"the part's name: letters, digits, - and _" required:"true"`
	Prompt string   `yaml:"prompt" json:"prompt" doc:"a Go template with .Prompt and, of the parts that it comes after, {{index .Answers \"id\"}}" required:"true"`
	After  []string `yaml:"after" json:"after,omitempty" doc:"earlier parts whose answers it builds on"`
}

// DecodeYAML reads the word recorded, or a mapping.
func (p *Plan) DecodeYAML(doc *yamlfile.Doc, n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		if p.Recorded = n.Value == "recorded"; !p.Recorded {
			return doc.ErrorAt(n, "found plan %q, expected recorded, a mapping with model, or one with recipe", n.Value)
		}
		return nil
	}
	return doc.DecodeNode(n, &p.Keys)
}

// Schema is the word or the mapping.
func (*Plan) Schema() map[string]any {
	return map[string]any{"oneOf": []any{
		map[string]any{"enum": []string{"recorded"}},
		yamlfile.ObjectSchema(new(planKeys)),
	}}
}

func (p *Plan) build(in Inputs) (planning, error) {
	k := p.Keys
	switch {
	case p.Recorded:
		return recordedPlan{}, nil
	case k.Recipe != nil && (k.Model != "" || k.Prompt != "" || k.Most != 0):
		return nil, fieldf([]any{"plan", "recipe"}, "found both recipe and model, expected one of them")
	case k.Recipe != nil:
		return newRecipe(k.Recipe)
	}
	if err := in.caller(k.Model, "plan", "model"); err != nil {
		return nil, err
	}
	if k.Most < 0 || k.Most > mostParts {
		return nil, fieldf([]any{"plan", "most"}, "found %d, expected 1 to %d", k.Most, mostParts)
	}
	if k.Most == 0 {
		k.Most = 8
	}
	pr, err := newPrompt(k.Prompt, planPrompt, planned{"<task>", k.Most}, []string{"<task>"}, "plan", "prompt")
	return &modelPlan{k.Model, pr, k.Most}, err
}

// recordedPlan is the dataset's own: the subtasks of a task, without their labels.
type recordedPlan struct{}

func (recordedPlan) plan(_ context.Context, t *waymark.Trial) ([]step, error) {
	at := map[string]int{}
	for i, q := range t.Query.Parts {
		at[q.ID] = i
	}
	steps := make([]step, len(t.Query.Parts))
	for i, q := range t.Query.Parts {
		steps[i] = step{name: nameWithin(t.Query.ID, q.ID), id: q.ID, query: q}
		for _, id := range q.After {
			j, ok := at[id]
			if !ok {
				return nil, fmt.Errorf("part %s comes after %s, which is not there", q.ID, id)
			}
			steps[i].after = append(steps[i].after, j)
		}
	}
	return steps, ordered(steps, len(steps))
}

// nameWithin is a part's ID without that of its parent, and without slashes, which part levels.
func nameWithin(parent, id string) string {
	return strings.ReplaceAll(strings.TrimPrefix(id, parent+"/"), "/", "_")
}

const planPrompt = `Take the task below apart into at most {{.Most}} smaller tasks whose answers together answer it. Each must be understandable on its own.
Reply with JSON and nothing else: a list of {"id": "…", "prompt": "…", "after": ["…"]}, where after names those whose answers must be known first.

Task:
{{.Prompt}}`

type planned struct {
	Prompt string
	Most   int
}

// A modelPlan is what a planner model replies.
type modelPlan struct {
	model  waymark.ModelID
	prompt *prompt
	most   int
}

func (p *modelPlan) plan(ctx context.Context, t *waymark.Trial) ([]step, error) {
	text, err := p.prompt.render(planned{t.Query.Prompt(), p.most})
	if err != nil {
		return nil, err
	}
	reply, err := heard(ctx, t, promptTo(t, p.model, text, waymark.ForPlanning))
	if err != nil {
		return nil, fmt.Errorf("planner: %w", err)
	}
	steps, err := parsePlan(reply.Output, t.Query, p.most)
	if err != nil {
		return nil, fmt.Errorf("planner %s: %w", p.model, err)
	}
	return steps, nil
}

var stepName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// parsePlan reads a planner's reply strictly: a list of objects with id, prompt and after, alone or in
// one code fence. The IDs of its parts are marked with +, so that none is taken for a subtask of the dataset,
// which has the dataset's prompt and labels.
func parsePlan(reply string, whole waymark.Query, most int) ([]step, error) {
	if len(reply) > mostParts*2*mostAsking {
		return nil, fmt.Errorf("found a plan of %d bytes, expected at most %d", len(reply), mostParts*2*mostAsking)
	}
	var list []struct {
		ID     string   `json:"id"`
		Prompt string   `json:"prompt"`
		After  []string `json:"after"`
	}
	dec := json.NewDecoder(strings.NewReader(unfenced(reply)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&list); err != nil {
		return nil, fmt.Errorf("found the reply %.60q, expected a plan in JSON: %w", reply, err)
	}
	if dec.More() || len(list) == 0 || len(list) > most {
		return nil, fmt.Errorf("found a plan of %d parts, expected one list of 1 to %d and nothing after it", len(list), most)
	}
	steps := make([]step, len(list))
	at := map[string]int{}
	for i, e := range list {
		_, twice := at[e.ID]
		switch {
		case !stepName.MatchString(e.ID) || twice:
			return nil, fmt.Errorf("found the id %.60q of a part, expected one of its own of letters, digits, - and _", e.ID)
		case strings.TrimSpace(e.Prompt) == "" || len(e.Prompt) > mostAsking:
			return nil, fmt.Errorf("part %s: found a prompt of %d bytes, expected 1 to %d", e.ID, len(e.Prompt), mostAsking)
		}
		at[e.ID] = i
		q := waymark.Query{ID: whole.ID + "/+" + e.ID, Features: whole.Features, Messages: []waymark.Message{{Role: "user", Content: e.Prompt}}}
		steps[i] = step{name: "+" + e.ID, id: q.ID, query: q}
	}
	for i, e := range list {
		for _, name := range e.After {
			j, ok := at[name]
			if !ok {
				return nil, fmt.Errorf("part %s comes after %.60q, which is not there", e.ID, name)
			}
			steps[i].after = append(steps[i].after, j)
		}
	}
	return steps, ordered(steps, mostChain)
}

var errRound = errors.New("found parts that wait for each other, expected an order")

// ordered refuses a plan that goes round, or in which more parts than that wait for each other in a row.
func ordered(steps []step, most int) error {
	length := make([]int, len(steps)) // of the longest chain that ends here; 0 is not known
	for done := 0; done < len(steps); {
		before := done
		for i, s := range steps {
			if length[i] > 0 {
				continue
			}
			chain := 1
			for _, j := range s.after {
				if length[j] == 0 {
					chain = 0
					break
				}
				chain = max(chain, length[j]+1)
			}
			if length[i] = chain; chain > 0 {
				done++
			}
			if chain > most {
				return fmt.Errorf("found %d parts that wait for each other in a row, expected at most %d", chain, most)
			}
		}
		if done == before {
			return errRound
		}
	}
	return nil
}
