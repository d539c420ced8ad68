package policies

import (
	"context"
	"fmt"
	"slices"

	"waymark"
)

// A recipe takes every query apart in the same way. The ID of a part is its query's and its own name, so
// that a part which is named as a subtask of the dataset is that subtask.
type recipe struct{ steps []step }

// dish is what a part's prompt may show.
type dish struct {
	Prompt  string
	Answers map[string]string // of the parts that it comes after
}

func newRecipe(list []Ingredient) (planning, error) {
	if len(list) == 0 || len(list) > mostParts {
		return nil, fieldf([]any{"plan", "recipe"}, "found %d parts, expected 1 to %d", len(list), mostParts)
	}
	r := &recipe{}
	at := map[string]int{}
	for i, e := range list {
		if _, twice := at[e.ID]; twice || !stepName.MatchString(e.ID) {
			return nil, fieldf([]any{"plan", "recipe", i, "id"}, "found %q, expected a name of its own of letters, digits, - and _", e.ID)
		}
		s := step{name: e.ID}
		example := dish{"<task>", map[string]string{}}
		for k, name := range e.After {
			j, ok := at[name]
			if !ok {
				return nil, fieldf([]any{"plan", "recipe", i, "after", k}, "found %q, expected an earlier part", name)
			}
			s.after = append(s.after, j)
			example.Answers[name] = "<answer>"
		}
		var err error
		if s.made, err = newDish(e.Prompt, example, i); err != nil {
			return nil, err
		}
		at[e.ID] = i
		r.steps = append(r.steps, s)
	}
	if err := ordered(r.steps, mostChain); err != nil {
		return nil, fieldf([]any{"plan", "recipe"}, "%v", err)
	}
	return r, nil
}

// newDish compiles a part's prompt, which may ask for no answer that it does not come after: index of
// what is not there is empty, so that is looked for by name.
func newDish(text string, example dish, i int) (*prompt, error) {
	path := []any{"plan", "recipe", i, "prompt"}
	if text == "" {
		return nil, fieldf(path, "no prompt is given")
	}
	for _, m := range indexed.FindAllStringSubmatch(text, -1) {
		if name := m[1] + m[2]; example.Answers[name] == "" {
			return nil, fieldf(path, "found the answer of part %q, expected that part under after", name)
		}
	}
	return newPrompt(text, "", example, nil, path...)
}

func (r *recipe) plan(_ context.Context, t *waymark.Trial) ([]step, error) {
	steps := slices.Clone(r.steps)
	for i := range steps {
		steps[i].id = t.Query.ID + "/" + steps[i].name
		steps[i].query = waymark.Query{ID: steps[i].id, Features: t.Query.Features}
	}
	return steps, nil
}

// cook makes the query of a recipe's part, once the answers that it builds on are there.
func (s step) cook(whole waymark.Query, steps []step, answers []string) (waymark.Query, error) {
	show := dish{whole.Prompt(), map[string]string{}}
	for _, j := range s.after {
		show.Answers[steps[j].name] = answers[j]
	}
	text, err := s.made.render(show)
	if err != nil {
		return s.query, fmt.Errorf("part %s: %w", s.id, err)
	}
	q := s.query
	q.Messages = []waymark.Message{{Role: "user", Content: text}}
	return q, nil
}
