package policies

import (
	"context"
	"fmt"
	"math"
	"os"
	"time"

	"waymark"
	"waymark/internal/embedding"
	"waymark/internal/learn"
)

// An EmbeddingEndpoint is an OpenAI-compatible API that embeds prompts. What it tells
// is kept, so that a prompt is paid for once; a policy is charged for it in every run,
// as a deployed router would be.
type EmbeddingEndpoint struct {
	BaseURL     string   `yaml:"base_url" json:"base_url" doc:"of an OpenAI-compatible API, such as http://127.0.0.1:8080/v1" required:"true"`
	Model       string   `yaml:"model" json:"model" doc:"the embedding model" required:"true"`
	APIKeyEnv   string   `yaml:"api_key_env" json:"api_key_env,omitempty" doc:"the environment variable that holds the key"`
	Dimensions  int      `yaml:"dimensions" json:"dimensions,omitempty" doc:"that are asked of the model; default: its own"`
	Price       *float64 `yaml:"price" json:"price,omitempty" doc:"USD per million tokens; this or free is needed"`
	Free        bool     `yaml:"free" json:"free,omitempty" doc:"the model costs nothing"`
	Batch       int      `yaml:"batch" json:"batch,omitempty" doc:"prompts a call; default 64"`
	Concurrency int      `yaml:"concurrency" json:"concurrency,omitempty" doc:"calls side by side; default 4"`
	TimeoutMS   float64  `yaml:"timeout_ms" json:"timeout_ms,omitempty" doc:"of one call; default 30000"`
}

const mostPrice = 1e6 // USD per million tokens

// Build checks the endpoint and opens what is kept of it. Nothing is fitted.
func (c *EmbeddingEndpoint) Build(in Inputs, _ string) (Feature, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	timeout := 30 * time.Second
	if c.TimeoutMS > 0 {
		timeout = time.Duration(c.TimeoutMS * 1e6)
	}
	end := embedding.Endpoint{
		BaseURL: c.BaseURL, Model: c.Model, Dimensions: c.Dimensions, Key: c.key,
		Batch: or(c.Batch, 64), Concurrency: or(c.Concurrency, 4), Timeout: timeout, Tries: 6, Pause: 500 * time.Millisecond,
	}
	if err := end.Check(); err != nil {
		return nil, fieldf([]any{"base_url"}, "%v", err)
	}
	store, err := in.Embeddings.open(end, c.APIKeyEnv)
	if err != nil {
		return nil, err
	}
	return &remoteVectors{config: *c, store: store, kept: in.Embeddings}, nil
}

func (c *EmbeddingEndpoint) check() error {
	switch {
	case c.Model == "":
		return fieldf([]any{"model"}, "no embedding model is named")
	case c.Dimensions < 0 || c.Dimensions > embedding.MostDimensions:
		return fieldf([]any{"dimensions"}, "found %d, expected 1 to %d", c.Dimensions, embedding.MostDimensions)
	case c.Price == nil && !c.Free:
		return fieldf(nil, "the endpoint has no price, expected price (USD per million tokens) or free: true")
	case c.Price != nil && c.Free:
		return fieldf([]any{"free"}, "found both price and free, expected one of them")
	case c.Price != nil && !(*c.Price >= 0 && *c.Price <= mostPrice):
		return fieldf([]any{"price"}, "found %g, expected 0 to %g USD per million tokens", *c.Price, mostPrice)
	case c.Batch < 0 || c.Batch > 2048:
		return fieldf([]any{"batch"}, "found %d, expected 1 to 2048 prompts", c.Batch)
	case c.Concurrency < 0 || c.Concurrency > 256:
		return fieldf([]any{"concurrency"}, "found %d, expected 1 to 256 calls", c.Concurrency)
	case !(c.TimeoutMS >= 0 && c.TimeoutMS <= 3.6e6):
		return fieldf([]any{"timeout_ms"}, "found %g, expected milliseconds up to an hour", c.TimeoutMS)
	}
	return nil
}

// key is that of the API, from the environment and nowhere else.
func (c *EmbeddingEndpoint) key() (string, error) {
	if c.APIKeyEnv == "" {
		return "", nil
	}
	if key := os.Getenv(c.APIKeyEnv); key != "" {
		return key, nil
	}
	return "", fmt.Errorf("the environment variable %s, which api_key_env names, is empty", c.APIKeyEnv)
}

// remoteVectors are the vectors of an endpoint.
type remoteVectors struct {
	config EmbeddingEndpoint
	store  *embedding.Store
	kept   *Embeddings
}

// Table asks for what is not known yet. A prompt that the endpoint refuses has no vector.
func (r *remoteVectors) Table(ctx context.Context, qs *waymark.Queries) (*learn.Table, error) {
	texts := make([]string, qs.Len())
	for i := range texts {
		texts[i] = prompts(qs)(i)
	}
	if err := r.kept.refuse(r.store, texts, r.config.Model); err != nil {
		return nil, err
	}
	if err := r.store.Fill(ctx, texts); err != nil {
		return nil, err
	}
	if r.store.Length() == 0 && len(texts) > 0 {
		f, _ := r.store.Get(texts[0])
		return nil, fmt.Errorf("%s has embedded no prompt yet: %s", r.config.Model, f.Refused)
	}
	t := learn.NewDense(qs.Len(), r.store.Length())
	for i, text := range texts {
		f, _ := r.store.Get(text)
		if f.Vector == nil {
			t.Row(i)[0] = notKnown
		}
		copy(t.Row(i), f.Vector)
	}
	return t, nil
}

// Charge is what embedding each prompt cost and took when the endpoint was asked: a
// deployed router asks every time. Of a prompt that was not embedded it is unknown.
func (r *remoteVectors) Charge(qs *waymark.Queries, spent []waymark.Spending) {
	for i := range spent {
		f, _ := r.store.Get(prompts(qs)(i))
		switch {
		case f.Vector != nil:
			spent[i] = waymark.Spending{Cost: r.config.cost(f.Tokens), Latency: f.Latency}
		case f.Refused != "":
			spent[i] = waymark.Spending{Cost: waymark.Paid(0)} // a request that is refused is not billed
		default:
			spent[i] = waymark.Spending{}
		}
	}
}

// cost is what some tokens cost; unknown where they were not counted.
func (c *EmbeddingEndpoint) cost(tokens float64) waymark.Cost {
	if c.Free {
		return waymark.Paid(0)
	}
	usd, err := waymark.Dollars(tokens * *c.Price / 1e6)
	if err != nil || math.IsNaN(tokens) {
		return waymark.Cost{}
	}
	return waymark.Paid(usd)
}
