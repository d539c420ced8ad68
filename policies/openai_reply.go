package policies

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	jsonv2 "github.com/go-json-experiment/json"

	"waymark"
	"waymark/internal/wire"
)

// A completion is what an endpoint that picks the model replied.
type completion struct {
	text     string
	model    waymark.ModelID // of the pool; "" where unmapped says why there is none
	named    string          // as the endpoint names it
	unmapped error
	cost     waymark.Cost
	took     time.Duration
}

type chatMessage struct {
	Role       string         `json:"role"`
	Content    string         `json:"content"`
	ToolCalls  []chatToolCall `json:"tool_calls,omitempty"`
	ToolCallID string         `json:"tool_call_id,omitempty"`
}

type chatToolCall struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Function struct {
		Name      string `json:"name"`
		Arguments string `json:"arguments"`
	} `json:"function"`
}

// chatMessages are messages in the form of the API.
func chatMessages(ms []waymark.Message) ([]chatMessage, error) {
	if len(ms) == 0 {
		return nil, errors.New("the task has no text to send")
	}
	out := make([]chatMessage, len(ms))
	for i, m := range ms {
		if len(m.Files) > 0 {
			return nil, errors.New("the task has files, which are not sent to an endpoint")
		}
		out[i] = chatMessage{Role: m.Role, Content: m.Content, ToolCallID: m.ToolID}
		for _, c := range m.ToolCalls {
			call := chatToolCall{ID: c.ID, Type: "function"}
			call.Function.Name, call.Function.Arguments = c.Name, c.Arguments
			out[i].ToolCalls = append(out[i].ToolCalls, call)
		}
	}
	return out, nil
}

// complete asks for a completion.
func (c *chat) complete(ctx context.Context, ms []waymark.Message) (*completion, error) {
	messages, err := chatMessages(ms)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(struct {
		Model     string        `json:"model"`
		Messages  []chatMessage `json:"messages"`
		MaxTokens int           `json:"max_tokens,omitempty"`
	}{c.model, messages, c.config.MaxTokens})
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, c.limits.Answer)
	defer cancel()
	r, err := c.at.Post(limited, body)
	if err != nil {
		if limited.Err() != nil {
			err = fmt.Errorf("no answer within %v (timeout_ms)", c.limits.Answer)
		}
		return nil, fmt.Errorf("the endpoint %s: %w", c.at.URL.Host, err)
	}
	out, err := c.read(r.Body, r.Header)
	if err != nil {
		return nil, fmt.Errorf("the endpoint %s: %w", c.at.URL.Host, err)
	}
	out.took = r.Took
	return out, nil
}

// chatReply is the part of a reply that is read.
type chatReply struct {
	Model    string `json:"model"`
	Provider string `json:"provider"` // OpenRouter
	Choices  []struct {
		Message struct {
			Content *string `json:"content"`
		} `json:"message"`
	} `json:"choices"`
	Usage *struct {
		Prompt     int      `json:"prompt_tokens"`
		Completion int      `json:"completion_tokens"`
		Cost       *float64 `json:"cost"` // OpenRouter, in US dollars
		In         struct {
			Cached int `json:"cached_tokens"`
		} `json:"prompt_tokens_details"`
		Out struct {
			Reasoning int `json:"reasoning_tokens"`
		} `json:"completion_tokens_details"`
	} `json:"usage"`
}

func (c *chat) read(body []byte, header http.Header) (*completion, error) {
	var r chatReply
	hide := c.at.Secrets.Mask
	if err := jsonv2.Unmarshal(body, &r); err != nil { // a name may stand once only
		return nil, fmt.Errorf("its reply is not a completion: %.300s", hide(err.Error()))
	}
	if len(r.Choices) == 0 || r.Choices[0].Message.Content == nil {
		return nil, errors.New("its reply has no text")
	}
	out := &completion{text: *r.Choices[0].Message.Content}
	if c.at.Secrets.In(out.text) { // it counts, so that it cannot be changed
		return nil, fmt.Errorf("its text %w", wire.ErrSecret)
	}
	out.model, out.named, out.unmapped = c.names.of(hide(header.Get("X-Litellm-Model-Id")), hide(r.Model))
	if r.Provider != "" {
		out.named += fmt.Sprintf(" at %.100q", hide(r.Provider))
	}
	var err error
	out.cost, err = c.costOf(&r, header, out.model)
	return out, err
}

// costOf is what the endpoint says that the call cost, or its tokens at the price of the
// model that the suite names; not known where there is neither.
func (c *chat) costOf(r *chatReply, header http.Header, m waymark.ModelID) (waymark.Cost, error) {
	said := math.NaN()
	if text := header.Get("X-Litellm-Response-Cost"); text != "" {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return waymark.Cost{}, fmt.Errorf("its header x-litellm-response-cost is %.60q, expected a number", c.at.Secrets.Mask(text))
		}
		said = x
	}
	if r.Usage != nil && r.Usage.Cost != nil {
		said = *r.Usage.Cost
	}
	if !math.IsNaN(said) {
		d, err := waymark.Dollars(said)
		if err != nil || said < 0 {
			return waymark.Cost{}, fmt.Errorf("it says that the call cost %g dollars", said)
		}
		return waymark.Paid(d), nil
	}
	price, ok := c.prices[m]
	if !ok || r.Usage == nil {
		return waymark.Cost{}, nil
	}
	u, err := waymark.UsageCachedInside(r.Usage.Prompt, r.Usage.In.Cached, r.Usage.Completion, r.Usage.Out.Reasoning)
	if err != nil {
		return waymark.Cost{}, err
	}
	d, err := price.Of(u)
	if errors.Is(err, waymark.ErrUnpriced) {
		return waymark.Cost{}, nil
	}
	return waymark.Cost{USD: d, Known: err == nil}, err
}
