package policies

import (
	"context"
	"fmt"
	"strings"

	"waymark"
	"waymark/internal/yamlfile"

	"go.yaml.in/yaml/v3"
)

// Join is how a suite says what is made of the answers to the parts: concatenate, last, a model that
// writes the answer, or a template.
type Join struct {
	Word string
	Keys joinKeys
}

type joinKeys struct {
	Model    waymark.ModelID `yaml:"model" json:"model,omitempty" doc:"the model that writes the answer"`
	Prompt   string          `yaml:"prompt" json:"prompt,omitempty" doc:"a Go template of what it is asked, with .Prompt and .Parts, each of an .ID, a .Prompt and an .Answer"`
	Template string          `yaml:"template" json:"template,omitempty" doc:"a Go template of the answer itself, with the same fields"`
}

// DecodeYAML reads a word or a mapping.
func (j *Join) DecodeYAML(doc *yamlfile.Doc, n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		if j.Word = n.Value; j.Word != "concatenate" && j.Word != "last" {
			return doc.ErrorAt(n, "found join %q, expected concatenate, last, a mapping with model, or one with template", n.Value)
		}
		return nil
	}
	return doc.DecodeNode(n, &j.Keys)
}

// Schema is a word or the mapping.
func (*Join) Schema() map[string]any {
	return map[string]any{"oneOf": []any{
		map[string]any{"enum": []string{"concatenate", "last"}},
		yamlfile.ObjectSchema(new(joinKeys)),
	}}
}

const joinPrompt = `Below are a task and the answers to the parts that it was taken apart into. Write the answer to the task, and nothing else.

Task:
{{.Prompt}}
{{range .Parts}}
{{.Prompt}}
Answer: {{.Answer}}
{{end}}`

// joined is what a joining prompt or template may show.
type joined struct {
	Prompt string
	Parts  []joinedPart
}

type joinedPart struct{ ID, Prompt, Answer string }

type joining struct {
	word     string
	model    waymark.ModelID
	prompt   *prompt // of the model
	template *prompt // of the answer
}

func (j *Join) build(in Inputs) (*joining, error) {
	k, out := j.Keys, &joining{word: j.Word}
	example := joined{"<task>", []joinedPart{{"1", "<part>", "<answer>"}}}
	var err error
	switch {
	case j.Word != "":
		return out, nil
	case (k.Template == "") == (k.Model == "") || k.Template != "" && k.Prompt != "":
		return nil, fieldf([]any{"join"}, "found model %q and a template of %d bytes, expected concatenate, last, a model, or a template", k.Model, len(k.Template))
	case k.Template != "":
		out.template, err = newPrompt(k.Template, "", example, []string{"<answer>"}, "join", "template")
		return out, err
	}
	if err := in.caller(k.Model, "join", "model"); err != nil {
		return nil, err
	}
	out.model = k.Model
	out.prompt, err = newPrompt(k.Prompt, joinPrompt, example, []string{"<answer>"}, "join", "prompt")
	return out, err
}

// join makes one answer; at are the positions of the parts' answers in t.
func (j *joining) join(ctx context.Context, t *waymark.Trial, parts []joinedPart, at []int) (waymark.Decision, error) {
	reason := fmt.Sprintf("joined of %d parts", len(parts))
	show := joined{t.Query.Prompt(), parts}
	last := len(parts) - 1
	switch {
	case j.word == "last":
		d := waymark.Decision{Answer: at[last], Reason: "the last of " + fmt.Sprint(len(parts)) + " parts"}
		if d.Answer == waymark.Composed {
			d.Text = parts[last].Answer
		}
		return d, nil
	case j.word == "concatenate":
		texts := make([]string, len(parts))
		size := 0
		for i, p := range parts {
			texts[i] = p.Answer
			size += len(p.Answer)
		}
		if size > mostPrompt {
			return waymark.Decision{}, errLongPrompt
		}
		return waymark.Decision{Answer: waymark.Composed, Text: strings.Join(texts, "\n\n"), Reason: reason}, nil
	case j.template != nil:
		text, err := j.template.render(show)
		return waymark.Decision{Answer: waymark.Composed, Text: text, Reason: reason}, err
	}
	text, err := j.prompt.render(show)
	if err != nil {
		return waymark.Decision{}, err
	}
	c, err := heard(ctx, t, promptTo(t, j.model, text, waymark.ForAnswer))
	if err != nil {
		return waymark.Decision{}, fmt.Errorf("joining: %w", err)
	}
	return waymark.Decision{Answer: c.N, Reason: fmt.Sprintf("%s by %s", reason, j.model)}, nil
}
