package policies

import (
	"net/http"
	"slices"
	"testing"

	"waymark"
	"waymark/internal/wire/post"
)

// FuzzChatReply reads anything that an endpoint may reply: no panic, no negative cost, and no
// model outside of the pool.
func FuzzChatReply(f *testing.F) {
	for _, body := range []string{
		`{"model":"p/Small:free","choices":[{"message":{"content":"x"}}],"usage":{"prompt_tokens":10,"completion_tokens":5,"cost":0.1}}`,
		`{"model":"large-2025-08-07","choices":[{"message":{"content":null}}]}`,
		`{"choices":[{"message":{"content":"x"}}],"usage":{"prompt_tokens":9223372036854775807,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":2}}}`,
	} {
		f.Add([]byte(body), "small", "0.5")
	}
	pool := []waymark.ModelID{"small", "large", "Large"}
	c := &chat{at: &post.Endpoint{}, config: new(OpenAIRouter), names: namesake{pool: pool}, prices: map[waymark.ModelID]waymark.Price{"small": {Kind: waymark.Priced, Input: 1e6, Output: 1e6}}}
	f.Fuzz(func(t *testing.T, body []byte, id, cost string) {
		header := http.Header{"X-Litellm-Model-Id": {id}, "X-Litellm-Response-Cost": {cost}}
		out, err := c.read(body, header)
		if err != nil {
			return
		}
		if out.cost.USD < 0 || (out.model == "") != (out.unmapped != nil) || out.model != "" && !slices.Contains(pool, out.model) {
			t.Errorf("read %+v", out)
		}
	})
}

func TestNamesakeNeverGuesses(t *testing.T) {
	n := namesake{pool: []waymark.ModelID{"gpt-4o", "gpt-4o-2024-05-13", "mistralai/Mixtral-8x7B", "Llama-3", "meta/llama-3", "qwen:7b"}, aliases: map[string]waymark.ModelID{"auto": "gpt-4o"}}
	for name, want := range map[string]waymark.ModelID{
		"gpt-4o": "gpt-4o", "openai/GPT-4o": "gpt-4o", "gpt-4o-2024-05-13": "gpt-4o-2024-05-13", "gpt-4o-2024-08-06": "gpt-4o", "openai/gpt-4o-20240806:nitro": "gpt-4o",
		"mixtral-8x7b": "mistralai/Mixtral-8x7B", "groq/mixtral-8x7b:free": "mistralai/Mixtral-8x7B", "llama-3": "", "Llama-3": "Llama-3", "auto": "gpt-4o",
		"qwen:72b": "", "qwen": "", "gpt-4": "", "gpt-4o-mini": "", "": "",
	} {
		got, err := n.one(name)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q (%v), want %q", name, got, err, want)
		}
	}
}
