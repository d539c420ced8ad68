package policies

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"waymark"
)

// The prompts of a reviewer, by mode.
var reviewPrompts = map[string]string{
	"revise": `Below are a task and a draft of an answer to it. Correct what is wrong in the draft and complete what is missing.
Reply with the whole corrected answer and nothing else.

Task:
{{.Prompt}}

Draft:
{{.Draft}}`,
	"replace": `Below are a task and a draft of an answer to it. Is the draft correct and complete?
Reply with APPROVE or REJECT and nothing else.

Task:
{{.Prompt}}

Draft:
{{.Draft}}`,
	"approve": `Below are a task and a draft of an answer to it. If the draft is correct and complete, reply with APPROVE and nothing else.
Otherwise reply with a better answer to the task and nothing else.

Task:
{{.Prompt}}

Draft:
{{.Draft}}`,
}

// Review has one model draft an answer and another look at it. In mode revise the reviewer's text
// is the answer. In mode approve it is, unless the reviewer replies APPROVE, and then the draft is.
// In mode replace the reviewer only judges (APPROVE or REJECT), and answers the task itself where
// it rejects. Both calls, and the third, are charged.
type Review struct {
	Draft    waymark.ModelID `yaml:"draft" json:"draft" doc:"the model that drafts" required:"true"`
	Reviewer waymark.ModelID `yaml:"reviewer" json:"reviewer" doc:"the model that sees the task and the draft" required:"true"`
	Mode     string          `yaml:"mode" json:"mode" doc:"revise: the reviewer's text is the answer; approve: it is unless it is APPROVE; replace: the reviewer judges, and answers itself where it rejects" required:"true" enum:"revise,replace,approve"`
	Prompt   string          `yaml:"prompt" json:"prompt,omitempty" doc:"a Go template of what the reviewer is asked, with .Prompt and .Draft"`
}

type reviewed struct{ Prompt, Draft string }

// Build makes the policy.
func (c *Review) Build(in Inputs) (waymark.Policy, error) {
	if err := in.model(c.Draft, "draft"); err != nil {
		return nil, err
	}
	check := in.caller
	if c.Mode == "replace" {
		check = in.model // it answers too
	}
	if err := check(c.Reviewer, "reviewer"); err != nil {
		return nil, err
	}
	otherwise, ok := reviewPrompts[c.Mode]
	if !ok {
		return nil, fieldf([]any{"mode"}, "found %q, expected revise, replace or approve", c.Mode)
	}
	prompt, err := newPrompt(c.Prompt, otherwise, reviewed{"<task>", "<draft>"}, []string{"<draft>"}, "prompt")
	return &review{c.Draft, c.Reviewer, c.Mode, prompt}, err
}

type review struct {
	draft, reviewer waymark.ModelID
	mode            string
	prompt          *prompt
}

func (p *review) Route(ctx context.Context, t *waymark.Trial) (waymark.Decision, error) {
	draft, err := heard(ctx, t, waymark.Request{Model: p.draft, Query: t.Query, Sample: 1})
	if err != nil {
		return waymark.Decision{}, fmt.Errorf("draft: %w", err)
	}
	text, err := p.prompt.render(reviewed{t.Query.Prompt(), draft.Output})
	if err != nil {
		return waymark.Decision{}, err
	}
	purpose := waymark.ForChecking
	if p.mode == "revise" {
		purpose = waymark.ForAnswer
	}
	reply, err := heard(ctx, t, promptTo(t, p.reviewer, text, purpose))
	if err != nil {
		return waymark.Decision{}, fmt.Errorf("review: %w", err)
	}
	return p.decide(ctx, t, draft, reply)
}

// decide is what the reviewer's reply means.
func (p *review) decide(ctx context.Context, t *waymark.Trial, draft, reply waymark.Call) (waymark.Decision, error) {
	if strings.TrimSpace(reply.Output) == "" {
		return waymark.Decision{}, fmt.Errorf("reviewer %s: found an empty reply, expected a review", p.reviewer)
	}
	approved, clear := parseVerdict(reply.Output)
	switch {
	case p.mode == "revise":
		return waymark.Decision{Answer: reply.N, Reason: fmt.Sprintf("revised by %s", p.reviewer)}, nil
	case clear && approved:
		return waymark.Decision{Answer: draft.N, Reason: fmt.Sprintf("approved by %s", p.reviewer)}, nil
	case clear && p.mode == "approve":
		return waymark.Decision{}, fmt.Errorf("reviewer %s: found the reply %.60q, expected APPROVE or an answer in the draft's place", p.reviewer, reply.Output)
	case p.mode == "approve":
		return waymark.Decision{Answer: reply.N, Reason: fmt.Sprintf("answered anew by %s", p.reviewer)}, nil
	case !clear:
		return waymark.Decision{}, fmt.Errorf("reviewer %s: found the reply %.60q, expected APPROVE or REJECT", p.reviewer, reply.Output)
	}
	// A call that is recorded as failed is the answer all the same, as in a constant.
	calls, err := t.Call(ctx, waymark.Request{Model: p.reviewer, Query: t.Query})
	return waymark.Decision{Answer: calls[0].N, Reason: fmt.Sprintf("rejected by %s, which answered itself", p.reviewer)}, err
}

// parseVerdict reads APPROVE or REJECT, alone in the reply in any case, or {"approve": true}.
func parseVerdict(reply string) (approved, clear bool) {
	word := strings.ToUpper(strings.Trim(strings.TrimSpace(reply), "*.!\"'"))
	switch word {
	case "APPROVE", "APPROVED":
		return true, true
	case "REJECT", "REJECTED":
		return false, true
	}
	var object struct {
		Approve *bool `json:"approve"`
	}
	if len(reply) > mostReply || json.Unmarshal([]byte(strings.TrimSpace(reply)), &object) != nil || object.Approve == nil {
		return false, false
	}
	return *object.Approve, true
}
