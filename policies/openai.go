package policies

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"waymark"
	"waymark/internal/wire"
	"waymark/internal/wire/post"
)

// OpenAIRouter is an OpenAI-compatible endpoint that picks the model itself: a RouteLLM
// server, LiteLLM's or OpenRouter's automatic model, Azure's model router.
type OpenAIRouter struct {
	Endpoint  RouterEndpoint             `yaml:"endpoint" json:"endpoint" doc:"where it is" required:"true"`
	Model     string                     `yaml:"model" json:"model" doc:"what is asked for as the model, such as openrouter/auto or router-mf-{knob}" required:"true"`
	Knob      *float64                   `yaml:"knob" json:"knob,omitempty" doc:"the number that {knob} in model stands for"`
	Use       string                     `yaml:"use" json:"use,omitempty" doc:"answer (default): its text is the answer, graded as it is; choice: the recorded answer of the model that it chose" enum:"answer,choice"`
	Aliases   map[string]waymark.ModelID `yaml:"aliases" json:"aliases,omitempty" doc:"models of the pool by the names under which the endpoint reports them"`
	Hidden    bool                       `yaml:"hidden" json:"hidden,omitempty" doc:"the endpoint does not tell which model answered; only with use: answer"`
	MaxTokens int                        `yaml:"max_tokens" json:"max_tokens,omitempty" doc:"asked of the endpoint; default: not said"`
	TimeoutMS *float64                   `yaml:"timeout_ms" json:"timeout_ms,omitempty" doc:"how long one reply may take, tries included; default 60000"`
	Charge    Charge                     `yaml:"charge" json:"charge,omitempty" doc:"what a call is charged in place of what was reported: {cost_usd, latency_ms}"`
}

// A RouterEndpoint is where an OpenAI-compatible API is.
type RouterEndpoint struct {
	BaseURL   string `yaml:"base_url" json:"base_url" doc:"to which /chat/completions is added" required:"true"`
	APIKeyEnv string `yaml:"api_key_env" json:"api_key_env,omitempty" doc:"the environment variable that holds the key"`
}

const maxOpenAITokens = 1 << 20

// Build makes the policy. Nothing is asked yet.
func (c *OpenAIRouter) Build(in Inputs) (waymark.Policy, error) {
	e, err := c.endpoint(in)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	r, err := in.Opened.router(opening{fmt.Sprintf("openai-router: %s among %q", text, in.Models), "", func() (*router, error) { return e.router(in), nil }})
	if err != nil {
		return nil, blame("endpoint", err)
	}
	if c.Use == "choice" {
		return r.policy(), nil
	}
	return &composing{r, e}, nil
}

func (c *OpenAIRouter) endpoint(in Inputs) (*chat, error) {
	limits, err := limitsOf(c.TimeoutMS, nil, nil)
	if err != nil {
		return nil, err
	}
	model, err := c.model()
	if err != nil {
		return nil, err
	}
	if err := c.Charge.check(); err != nil {
		return nil, err
	}
	switch {
	case c.Use != "" && c.Use != "answer" && c.Use != "choice":
		return nil, fieldf([]any{"use"}, "found %q, expected answer or choice", c.Use)
	case c.Use == "choice" && c.Hidden:
		return nil, fieldf([]any{"hidden"}, "a choice that is hidden cannot be used, expected use: answer")
	case c.MaxTokens < 0 || c.MaxTokens > maxOpenAITokens:
		return nil, fieldf([]any{"max_tokens"}, "found %d, expected 1 to %d", c.MaxTokens, maxOpenAITokens)
	}
	for name, m := range c.Aliases {
		if err := in.model(m, "aliases", name); err != nil {
			return nil, err
		}
	}
	u, err := address(strings.TrimSuffix(c.Endpoint.BaseURL, "/")+"/chat/completions", "endpoint", "base_url")
	if err != nil {
		return nil, err
	}
	headers := http.Header{}
	if name := c.Endpoint.APIKeyEnv; name != "" {
		key, err := keyFrom(name, "endpoint", "api_key_env")
		if err != nil {
			return nil, err
		}
		headers.Set("Authorization", "Bearer "+key)
	}
	return &chat{
		config: c, model: model, at: post.NewEndpoint(u, "application/json", headers), limits: limits,
		names: namesake{in.Models, c.Aliases}, prices: in.Prices,
	}, nil
}

// model is what is asked for, with its knob.
func (c *OpenAIRouter) model() (string, error) {
	has := strings.Contains(c.Model, "{knob}")
	switch {
	case c.Model == "":
		return "", fieldf([]any{"model"}, "found nothing, expected the name that the endpoint routes under")
	case has && c.Knob == nil:
		return "", fieldf([]any{"model"}, "found {knob} in %q and no knob, expected knob: and a number", c.Model)
	case !has && c.Knob != nil:
		return "", fieldf([]any{"knob"}, "found a knob that model %q does not mention, expected {knob} in it", c.Model)
	case !has:
		return c.Model, nil
	case math.IsInf(*c.Knob, 0):
		return "", fieldf([]any{"knob"}, "found %g, expected a finite number", *c.Knob)
	}
	return strings.ReplaceAll(c.Model, "{knob}", strconv.FormatFloat(*c.Knob, 'f', -1, 64)), nil
}

// Knobs is the knob, where there is one.
func (c *OpenAIRouter) Knobs() []float64 {
	if c.Knob == nil {
		return nil
	}
	return []float64{*c.Knob}
}

// A chat is an endpoint that is asked.
type chat struct {
	config *OpenAIRouter
	model  string
	at     *post.Endpoint
	limits wire.Limits
	names  namesake
	prices map[waymark.ModelID]waymark.Price
}

func (c *chat) router(in Inputs) *router {
	mode := "answer"
	if c.config.Use == "choice" {
		mode = "choice"
	}
	return &router{
		kind: "openai-router", about: wire.Ready{Name: c.model, Mode: mode, Models: in.Models}, batch: 1,
		charge: c.config.Charge, ask: c.choose, close: c.at.Close,
	}
}

// choose asks about one query and keeps only which model was chosen.
func (c *chat) choose(ctx context.Context, qs *waymark.Queries) ([]wire.Said, time.Duration, error) {
	reply, err := c.complete(ctx, qs.Conversation(0))
	if ctx.Err() != nil {
		return nil, 0, ctx.Err()
	}
	said := wire.Said{Signal: math.NaN()}
	if err == nil {
		said.Spent = wire.Spent{Cost: reply.cost, Latency: reply.took, Timed: true}
		said.Model, said.Reason = reply.model, "the endpoint chose "+reply.named
		err = reply.unmapped
	}
	if err != nil {
		said.Err = err.Error()
	}
	return []wire.Said{said}, said.Spent.Latency, nil
}

// composing is a policy whose answer is the endpoint's text.
type composing struct {
	*router
	chat *chat
}

// Route asks the endpoint once. The call is charged whatever comes of it.
func (p *composing) Route(ctx context.Context, t *waymark.Trial) (waymark.Decision, error) {
	reply, err := p.chat.complete(ctx, t.Query.Messages)
	if err != nil {
		p.count(wire.Said{Err: err.Error()}, waymark.Spending{})
		return waymark.Decision{}, err
	}
	spent := p.charge.of(wire.Spent{Cost: reply.cost, Latency: reply.took, Timed: true}, reply.took)
	on := reply.model
	if on == "" {
		on = "router"
	}
	t.SpendAnswering(on, spent)
	d := waymark.Decision{Answer: waymark.Composed, Text: reply.text, Reason: "answered by " + reply.named}
	if reply.unmapped != nil {
		if !p.chat.config.Hidden {
			p.count(wire.Said{Err: reply.unmapped.Error()}, spent)
			return waymark.Decision{}, reply.unmapped
		}
		d.Reason = fmt.Sprintf("the endpoint hides which model answered: it says %s", reply.named)
	}
	p.count(wire.Said{Spent: wire.Spent{Cost: reply.cost, Timed: true}}, spent)
	return d, nil
}
