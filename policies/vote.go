package policies

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"waymark"
)

// Vote asks several models, or one model several times, side by side, and gives the answer
// that most of them gave: majority voting, or self-consistency (Wang et al. 2023,
// arXiv:2203.11171). With agree and escalate a further model is asked where the leading
// answer's share of the weight is below agree. A tie is of the heavier single voter, then of the one listed first.
type Vote struct {
	Models   []waymark.ModelID           `yaml:"models" json:"models,omitempty" doc:"who votes, each once; or model and samples"`
	Model    waymark.ModelID             `yaml:"model" json:"model,omitempty" doc:"the one model that is asked several times"`
	Samples  int                         `yaml:"samples" json:"samples,omitempty" doc:"how often model is asked: 2 to 64"`
	Weights  map[waymark.ModelID]float64 `yaml:"weights" json:"weights,omitempty" doc:"of the models' votes, above 0; default 1 each"`
	By       string                      `yaml:"by" json:"by,omitempty" doc:"what makes two answers one vote: the same text (default), number, choice or json" enum:"text,number,choice,json"`
	Agree    *KnobValue                  `yaml:"agree" json:"agree,omitempty" doc:"the least share of the weight, from 0 to 1, with which a vote stands; or sweep"`
	Escalate waymark.ModelID             `yaml:"escalate" json:"escalate,omitempty" doc:"who is asked where the share is below agree"`
}

// Build makes the policy; with agree: sweep it is a Sweeper.
func (c *Vote) Build(in Inputs) (waymark.Policy, error) {
	p := &vote{escalate: c.Escalate, by: c.By}
	if p.by == "" {
		p.by = "text"
	}
	if normalisers[p.by] == nil {
		return nil, fieldf([]any{"by"}, "found %q, expected text, number, choice or json", c.By)
	}
	if err := c.voters(in, p); err != nil {
		return nil, err
	}
	switch {
	case c.Agree == nil && c.Escalate == "":
		return p, nil
	case c.Agree == nil:
		return nil, fieldf([]any{"escalate"}, "found escalate without agree, expected the share below which it is asked")
	}
	if c.Escalate == "" {
		return nil, fieldf([]any{"agree"}, "found agree without escalate, expected escalate: and the model that is asked where fewer agree")
	}
	if err := in.model(c.Escalate, "escalate"); err != nil {
		return nil, err
	}
	p.agree = c.Agree.Value
	if !(p.agree >= 0 && p.agree <= 1) {
		return nil, fieldf([]any{"agree"}, "found %g, expected a share from 0 to 1", p.agree)
	}
	if c.Agree.Given {
		return p, nil
	}
	return sweptVote{p}, nil
}

// voters settles who votes, with what weight.
func (c *Vote) voters(in Inputs, p *vote) error {
	switch {
	case c.Models != nil && (c.Model != "" || c.Samples != 0):
		return fieldf([]any{"models"}, "found both models and model with samples, expected one of them")
	case c.Models != nil:
		if err := in.pool(c.Models, 2, "models"); err != nil {
			return err
		}
		for _, m := range c.Models {
			p.voters = append(p.voters, voter{m, 1, 1})
		}
	default:
		if err := in.model(c.Model, "model"); err != nil {
			return err
		}
		if c.Samples < 2 || c.Samples > mostAsked {
			return fieldf([]any{"samples"}, "found %d, expected 2 to %d", c.Samples, mostAsked)
		}
		for n := range c.Samples {
			p.voters = append(p.voters, voter{c.Model, n + 1, 1})
		}
	}
	for m, w := range c.Weights {
		if !slices.Contains(c.Models, m) {
			return fieldf([]any{"weights", string(m)}, "found model %q, expected one that votes", m)
		}
		if !(w > 0 && w <= 1e6) {
			return fieldf([]any{"weights", string(m)}, "found %g, expected a number above 0 and at most 1e6", w)
		}
	}
	for i := range p.voters {
		if w, ok := c.Weights[p.voters[i].model]; ok {
			p.voters[i].weight = w
		}
	}
	return nil
}

// A voter is one answer that is asked for. The sample is named, so that what is graded is the text that was counted.
type voter struct {
	model  waymark.ModelID
	sample int
	weight float64
}

type vote struct {
	voters   []voter
	by       string
	agree    float64
	escalate waymark.ModelID // "" for none
}

// A ballot is how a vote ended.
type ballot struct {
	winner int     // position of the call whose answer leads
	share  float64 // of the whole weight
	made   []int   // positions of all calls
}

func (b ballot) reason() string {
	return fmt.Sprintf("%.0f %% of the vote", 100*b.share)
}

// cast has everybody vote. Calls that failed, and answers without anything to count, weigh
// against agreement: they are part of the whole and of no answer's share. Where all are recorded
// as failed, the first listed leads with a share of 0: its cell is what is graded.
func (p *vote) cast(ctx context.Context, t *waymark.Trial) (ballot, error) {
	reqs := make([]waymark.Request, len(p.voters))
	for i, v := range p.voters {
		reqs[i] = waymark.Request{Model: v.model, Query: t.Query, Sample: v.sample}
	}
	calls, err := t.Call(ctx, reqs...)
	if ends(ctx, err) {
		return ballot{}, err
	}
	refused := err
	out := ballot{winner: -1}
	shares, total := map[string]float64{}, 0.0
	votes := make([]string, len(calls))
	for i, c := range calls {
		out.made = append(out.made, c.N)
		total += p.voters[i].weight
		if c.Err != "" {
			err = failure(c)
			continue
		}
		if err := readable(c); err != nil {
			return out, err
		}
		if out.winner < 0 {
			out.winner = i // where nobody's answer can be counted
		}
		if v, ok := normalisers[p.by](c.Output); ok {
			votes[i] = "=" + v
			shares[votes[i]] += p.voters[i].weight
		}
	}
	switch {
	case out.winner < 0 && refused != nil:
		return out, fmt.Errorf("nobody voted: all %d calls failed; the last: %w", len(calls), err)
	case out.winner < 0:
		out.winner = 0
	}
	lead := p.leader(votes, shares)
	if lead >= 0 {
		out.winner, out.share = lead, shares[votes[lead]]/total
	}
	out.winner = calls[out.winner].N
	t.Note("agreement", out.share)
	return out, nil
}

// leader is the voter for the answer of the most weight, -1 if nobody's can be counted: the
// heaviest of those who gave it, and of several answers or voters alike the first.
func (p *vote) leader(votes []string, shares map[string]float64) int {
	lead := -1
	for i, v := range votes {
		if v == "" {
			continue
		}
		if lead < 0 {
			lead = i
			continue
		}
		mine, best := shares[v], shares[votes[lead]]
		if tied := math.Abs(mine-best) <= 1e-9*best; mine > best && !tied || tied && p.voters[i].weight > p.voters[lead].weight {
			lead = i
		}
	}
	return lead
}

func (p *vote) Route(ctx context.Context, t *waymark.Trial) (waymark.Decision, error) {
	b, err := p.cast(ctx, t)
	if err != nil {
		return waymark.Decision{}, err
	}
	if p.escalate == "" || b.share >= p.agree {
		return waymark.Decision{Answer: b.winner, Reason: b.reason()}, nil
	}
	// A call that is recorded as failed is the answer all the same, as in a constant and in Profile.
	calls, err := t.Call(ctx, waymark.Request{Model: p.escalate, Query: t.Query})
	return waymark.Decision{Answer: calls[0].N, Reason: b.reason() + ", too little: escalated"}, err
}

// String tells the policy for a person.
func (p *vote) String() string {
	var names []string
	for _, v := range p.voters {
		names = append(names, string(v.model))
	}
	return "vote of " + strings.Join(names, ", ") + " by " + p.by
}

// A sweptVote is a vote at every share that may be asked for. The higher that is, the more is escalated.
type sweptVote struct{ *vote }

// Knob is the least share with which a vote stands. At neither end one model answers everything: at
// 0 every vote stands, and at 1 those stand in which all agree.
func (sweptVote) Knob() waymark.Knob { return waymark.Knob{Name: "agree", Lo: 0, Hi: 1, Rising: true} }

// At is the policy with its knob at x.
func (p sweptVote) At(x float64) waymark.Policy {
	q := *p.vote
	q.agree = x
	return &q
}

// Profile has everybody vote, and names the escalation for knobs above the share.
func (p sweptVote) Profile(ctx context.Context, t *waymark.Trial) (waymark.Profile, error) {
	b, err := p.cast(ctx, t)
	if err != nil {
		return nil, err
	}
	prof := waymark.Profile{{From: 0, Made: b.made, Answer: slices.Index(b.made, b.winner), Reason: b.reason()}}
	if b.share < 1 {
		prof = append(prof, waymark.Segment{
			From: math.Nextafter(b.share, 2), Made: b.made, More: []waymark.Request{{Model: p.escalate, Query: t.Query}},
			Answer: len(b.made), Reason: b.reason() + ", too little: escalated",
		})
	}
	return prof, nil
}

// Knobs is the share, where it is given.
func (c *Vote) Knobs() []float64 {
	if c.Agree == nil || !c.Agree.Given {
		return nil
	}
	return []float64{c.Agree.Value}
}

// Swept is the policy at every share.
func (c *Vote) Swept() (Config, string) {
	out := *c
	out.Agree = &KnobValue{}
	return &out, "agree"
}

// Knobbed is the policy at one share.
func (c *Vote) Knobbed(knob ...float64) (Config, error) {
	if len(knob) != 1 {
		return nil, fmt.Errorf("found %d numbers, expected one share", len(knob))
	}
	out := *c
	out.Agree = &KnobValue{Value: knob[0], Given: true}
	return &out, nil
}
