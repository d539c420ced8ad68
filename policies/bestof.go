package policies

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"waymark"
)

const bestOfPrompt = `Below are a task and several answers to it. Which answer is the best?
Reply with its number and nothing else.

Task:
{{.Prompt}}
{{range .Answers}}
Answer {{.Number}}:
{{.Text}}
{{end}}`

// BestOf asks for several answers side by side and has a judge pick one: best-of-n. The judge's
// call is for checking and is charged. It must reply with a number alone ("2", "Answer 2") or
// with {"best": 2}; anything else is a failed row, or the first answer where the suite says so.
type BestOf struct {
	Models     []waymark.ModelID `yaml:"models" json:"models,omitempty" doc:"who answers; or model"`
	Model      waymark.ModelID   `yaml:"model" json:"model,omitempty" doc:"the one model that answers several times"`
	Samples    int               `yaml:"samples" json:"samples,omitempty" doc:"answers of each model; default 1; at least 2 of one model"`
	Judge      waymark.ModelID   `yaml:"judge" json:"judge" doc:"the model that picks" required:"true"`
	Prompt     string            `yaml:"prompt" json:"prompt,omitempty" doc:"a Go template of what the judge is asked, with .Prompt and .Answers, each of a .Number from 1 and a .Text"`
	OnUnparsed string            `yaml:"on_unparsed" json:"on_unparsed,omitempty" doc:"what a reply that names no answer means: fail (default), or first: the first answer" enum:"fail,first"`
}

// bestOfFields is what the judge's prompt may show.
type bestOfFields struct {
	Prompt  string
	Answers []numbered
}

type numbered struct {
	Number int
	Text   string
}

// Build makes the policy.
func (c *BestOf) Build(in Inputs) (waymark.Policy, error) {
	p := &bestOf{judge: c.Judge, lenient: c.OnUnparsed == "first"}
	if c.OnUnparsed != "" && c.OnUnparsed != "fail" && c.OnUnparsed != "first" {
		return nil, fieldf([]any{"on_unparsed"}, "found %q, expected fail or first", c.OnUnparsed)
	}
	models := c.Models
	switch {
	case c.Models != nil && c.Model != "":
		return nil, fieldf([]any{"models"}, "found both models and model, expected one of them")
	case c.Models == nil:
		if err := in.model(c.Model, "model"); err != nil {
			return nil, err
		}
		models = []waymark.ModelID{c.Model}
	default:
		if err := in.pool(c.Models, 1, "models"); err != nil {
			return nil, err
		}
	}
	samples := max(1, c.Samples)
	if n := samples * len(models); c.Samples < 0 || c.Samples > mostAsked || n < 2 || n > mostAsked {
		return nil, fieldf([]any{"samples"}, "found %d samples of %d models, expected 2 to %d answers in all", samples, len(models), mostAsked)
	}
	for _, m := range models {
		for s := range samples {
			p.answers = append(p.answers, voter{m, s + 1, 1})
		}
	}
	if err := in.caller(c.Judge, "judge"); err != nil {
		return nil, err
	}
	var err error
	p.prompt, err = newPrompt(c.Prompt, bestOfPrompt, bestOfFields{"<task>", []numbered{{1, "<first answer>"}, {2, "<second answer>"}}}, []string{"<task>", "<first answer>", "<second answer>"}, "prompt")
	return p, err
}

type bestOf struct {
	answers []voter
	judge   waymark.ModelID
	prompt  *prompt
	lenient bool
}

func (p *bestOf) Route(ctx context.Context, t *waymark.Trial) (waymark.Decision, error) {
	first, left, err := p.draw(ctx, t)
	if err != nil {
		return waymark.Decision{}, err
	}
	switch {
	case len(left) == 0: // as in a constant, the cell of a failed call is what is graded
		return waymark.Decision{Answer: first, Reason: fmt.Sprintf("all %d answers failed: the first", len(p.answers))}, nil
	case len(left) == 1:
		return waymark.Decision{Answer: left[0].N, Reason: "the only answer that did not fail"}, nil
	}
	show := bestOfFields{Prompt: t.Query.Prompt()}
	for i, c := range left {
		show.Answers = append(show.Answers, numbered{i + 1, c.Output})
	}
	text, err := p.prompt.render(show)
	if err != nil {
		return waymark.Decision{}, err
	}
	reply, err := heard(ctx, t, promptTo(t, p.judge, text, waymark.ForChecking))
	if err != nil {
		return waymark.Decision{}, fmt.Errorf("judge: %w", err)
	}
	best, ok := parseBest(reply.Output, len(left))
	switch {
	case ok:
		return waymark.Decision{Answer: left[best-1].N, Reason: fmt.Sprintf("%s picked answer %d of %d", p.judge, best, len(left))}, nil
	case p.lenient:
		return waymark.Decision{Answer: left[0].N, Reason: "the judge's reply names no answer: the first"}, nil
	}
	return waymark.Decision{}, fmt.Errorf("judge %s: found the reply %.60q, expected the number of an answer from 1 to %d", p.judge, reply.Output, len(left))
}

// draw asks for all answers, and gives the position of the first and those that did not fail: none where all are recorded as failed.
func (p *bestOf) draw(ctx context.Context, t *waymark.Trial) (first int, left []waymark.Call, err error) {
	reqs := make([]waymark.Request, len(p.answers))
	for i, a := range p.answers {
		reqs[i] = waymark.Request{Model: a.model, Query: t.Query, Sample: a.sample}
	}
	calls, err := t.Call(ctx, reqs...)
	if ends(ctx, err) {
		return 0, nil, err
	}
	var last error
	refused := err
	for _, c := range calls {
		if last = failure(c); last == nil {
			if err := readable(c); err != nil {
				return 0, nil, err
			}
			left = append(left, c)
		}
	}
	if len(left) == 0 && refused != nil {
		return 0, nil, fmt.Errorf("all %d answers failed; the last: %w", len(calls), last)
	}
	return calls[0].N, left, nil
}

var onlyNumber = regexp.MustCompile(`(?i)^(?:answer\s*)?#?(\d{1,3})\.?$`)

// parseBest reads the number of an answer, from 1 to n.
func parseBest(reply string, n int) (int, bool) {
	reply = strings.TrimSpace(reply)
	if m := onlyNumber.FindStringSubmatch(reply); m != nil {
		best, err := strconv.Atoi(m[1])
		return best, err == nil && best >= 1 && best <= n
	}
	var object struct {
		Best *int `json:"best"`
	}
	if len(reply) > mostReply || json.Unmarshal([]byte(reply), &object) != nil || object.Best == nil {
		return 0, false
	}
	return *object.Best, *object.Best >= 1 && *object.Best <= n
}
