package policies

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"waymark"
)

// verifierPrompt asks for a probability. It is what is sent unless a suite has its own.
const verifierPrompt = `Below are a task and an answer to it. How likely is the answer to be correct and complete?
Reply with a number from 0 (certainly wrong) to 1 (certainly right), and nothing else.

Task:
{{prompt}}

Answer:
{{answer}}`

// AcceptVerifier asks another model, for checking, what an answer is worth, and reads a
// number from its reply. The call is charged, and replayed from recorded calls.
type AcceptVerifier struct {
	Model  waymark.ModelID `yaml:"model" json:"model" doc:"the model that judges" required:"true"`
	Prompt string          `yaml:"prompt" json:"prompt" doc:"what it is asked; {{prompt}} and {{answer}} stand for the task and the answer"`
	Score  string          `yaml:"score" json:"score" doc:"a regular expression (RE2): the first group of its last match in the reply, or the match, is the score as a number, yes or no; default: the last number, else yes or no"`
	Max    float64         `yaml:"max" json:"max" doc:"what the number is divided by; default 1"`
}

// Build checks the prompt and the pattern.
func (c *AcceptVerifier) Build(in Inputs, _ []waymark.ModelID) (Acceptor, error) {
	if err := in.model(c.Model, "model"); err != nil {
		return nil, err
	}
	v := &verifier{model: c.Model, prompt: c.Prompt, most: 1, score: anyScore}
	if v.prompt == "" {
		v.prompt = verifierPrompt
	}
	if !strings.Contains(v.prompt, "{{answer}}") {
		return nil, fieldf([]any{"prompt"}, "found a prompt without {{answer}}, expected where the answer goes")
	}
	if c.Score != "" {
		re, err := regexp.Compile(c.Score)
		if err != nil {
			return nil, fieldf([]any{"score"}, "found %q, expected a regular expression of RE2: %v", c.Score, err)
		}
		v.score = re
	}
	if c.Max < 0 {
		return nil, fieldf([]any{"max"}, "found %g, expected a number above 0", c.Max)
	}
	if c.Max > 0 {
		v.most = c.Max
	}
	return v, nil
}

var anyScore = regexp.MustCompile(`(?i)([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?|[-+]?\.\d+|\byes\b|\bno\b|\btrue\b|\bfalse\b)`)

type verifier struct {
	model  waymark.ModelID
	prompt string
	score  *regexp.Regexp
	most   float64
}

func (v *verifier) calls(waymark.ModelID) []waymark.ModelID { return []waymark.ModelID{v.model} }

func (v *verifier) Accept(ctx context.Context, t *waymark.Trial, c waymark.Call) (float64, error) {
	if !c.HasOutput {
		return 0, errNoText
	}
	q := t.Query
	text := strings.NewReplacer("{{prompt}}", q.Prompt(), "{{answer}}", c.Output).Replace(v.prompt)
	q.Messages = []waymark.Message{{Role: "user", Content: text}}
	made, err := t.Call(ctx, waymark.Request{Model: v.model, Query: q, Purpose: waymark.ForChecking})
	if err != nil {
		return 0, err
	}
	if made[0].Err != "" {
		return 0, fmt.Errorf("the verifier failed: %s", made[0].Err)
	}
	return v.read(made[0].Output)
}

// read is the score that a reply gives.
func (v *verifier) read(reply string) (float64, error) {
	reply = reply[max(0, len(reply)-mostRead):]
	all := v.score.FindAllStringSubmatch(reply, -1)
	if len(all) == 0 {
		return 0, errors.New("the verifier's reply has no score")
	}
	found := all[len(all)-1]
	word := strings.ToLower(strings.TrimSpace(found[min(1, len(found)-1)]))
	switch word {
	case "yes", "true":
		return 1, nil
	case "no", "false":
		return 0, nil
	}
	x, err := strconv.ParseFloat(word, 64)
	if err != nil {
		return 0, fmt.Errorf("the verifier's reply gives %.40q, expected a number, yes or no", word)
	}
	return x / v.most, nil
}
