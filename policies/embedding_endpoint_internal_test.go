package policies

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"waymark"
	"waymark/internal/learn"
)

func asked(prompts ...string) *waymark.Queries {
	qs := &waymark.Queries{Messages: func(i int) []waymark.Message { return []waymark.Message{{Role: "user", Content: prompts[i]}} }}
	for i := range prompts {
		qs.IDs = append(qs.IDs, fmt.Sprint("task-", i))
	}
	return qs
}

// lengths is an endpoint whose vectors are a text's length and 1, which counts a token
// a byte and refuses the text "refuse me".
func lengths(t *testing.T) (base string, calls *atomic.Int32) {
	calls = new(atomic.Int32)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		var req struct{ Input []string }
		text, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(text, &req); err != nil {
			t.Error(err)
		}
		var data []any
		tokens := 0
		for i, text := range req.Input {
			if text == "refuse me" {
				http.Error(w, "not this one", http.StatusBadRequest)
				return
			}
			tokens += len(text)
			data = append(data, map[string]any{"index": i, "embedding": []int{len(text), 1}})
		}
		json.NewEncoder(w).Encode(map[string]any{"data": data, "usage": map[string]any{"prompt_tokens": tokens}})
	}))
	t.Cleanup(srv.Close)
	return srv.URL, calls
}

func embed(t *testing.T, c *EmbeddingEndpoint, in Inputs, qs *waymark.Queries) (*learn.Table, []waymark.Spending) {
	t.Helper()
	f, err := c.Build(in, "")
	if err != nil {
		t.Fatal(err)
	}
	out, err := f.Table(t.Context(), qs)
	if err != nil {
		t.Fatal(err)
	}
	spent := make([]waymark.Spending, qs.Len())
	f.(*remoteVectors).Charge(qs, spent)
	return out, spent
}

// Every run is charged the same for a prompt, whether it is embedded now, was embedded by
// another policy, or is read from the folder. A repriced model asks for nothing anew.
func TestEmbeddingsAreChargedInEveryRun(t *testing.T) {
	base, calls := lengths(t)
	price := 2.0
	config := &EmbeddingEndpoint{BaseURL: base, Model: "m", Price: &price}
	qs := asked("abc", "abcdef", "abc", "")
	folder := t.TempDir()
	shared := &Embeddings{Folder: folder}
	t.Cleanup(shared.Close)
	_, first := embed(t, config, Inputs{Embeddings: shared}, qs)
	for name, kept := range map[string]*Embeddings{"another policy": shared, "another process": {Folder: folder}, "offline": {Folder: folder, Offline: true}} {
		again, spent := embed(t, config, Inputs{Embeddings: kept}, qs)
		for i, want := range []float64{3, 6, 3, 0} {
			if row := again.Row(i); len(row) != 2 || row[0] != float32(want) || row[1] != 1 {
				t.Errorf("%s: row %d is %v", name, i, row)
			}
			if spent[i] != first[i] || spent[i].Latency <= 0 || spent[i].Cost != waymark.Paid(waymark.USD(want*2e6)) {
				t.Errorf("%s: row %d spent %+v, first %+v, want %g tokens at $2 a million", name, i, spent[i], first[i], want)
			}
		}
	}
	dear := 4.0
	config.Price = &dear
	if _, spent := embed(t, config, Inputs{Embeddings: shared}, qs); spent[1].Cost != waymark.Paid(24e6) {
		t.Errorf("at twice the price: %+v", spent[1])
	}
	if n := calls.Load(); n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
}

// A prompt that the endpoint refuses has no vector: neither zeros nor another's.
func TestRefusedPromptFails(t *testing.T) {
	base, _ := lengths(t)
	out, spent := embed(t, &EmbeddingEndpoint{BaseURL: base, Model: "m", Free: true}, Inputs{}, asked("abc", "refuse me", "abcd"))
	for i, bad := range []bool{false, true, false} {
		if row := out.Row(i); math.IsNaN(float64(row[0])) != bad || spent[i].Cost != waymark.Paid(0) || (spent[i].Latency == 0) != bad {
			t.Errorf("row %d: %v %+v", i, row, spent[i])
		}
	}
}

// Where nothing may be spent, nothing is asked for.
func TestOffline(t *testing.T) {
	base, calls := lengths(t)
	kept := &Embeddings{Offline: true}
	f, err := (&EmbeddingEndpoint{BaseURL: base, Model: "m", Free: true}).Build(Inputs{Embeddings: kept}, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Table(t.Context(), asked("a", "b", "a")); err == nil || !strings.Contains(err.Error(), "2 prompts have no embedding") || kept.Unknown() != 2 || calls.Load() != 0 {
		t.Errorf("%v, %d unknown, %d calls", err, kept.Unknown(), calls.Load())
	}
}

func TestEndpointKeys(t *testing.T) {
	price, bad := 1.0, math.Inf(1)
	right := EmbeddingEndpoint{BaseURL: "http://host/v1", Model: "m", Price: &price}
	for want, change := range map[string]func(*EmbeddingEndpoint){
		"":                          func(*EmbeddingEndpoint) {},
		"no price":                  func(c *EmbeddingEndpoint) { c.Price = nil },
		"both price and free":       func(c *EmbeddingEndpoint) { c.Free = true },
		"USD per million tokens":    func(c *EmbeddingEndpoint) { c.Price = &bad },
		"no embedding model":        func(c *EmbeddingEndpoint) { c.Model = "" },
		"found 65537":               func(c *EmbeddingEndpoint) { c.Dimensions = 65537 },
		"found -1, expected 1 to 2": func(c *EmbeddingEndpoint) { c.Batch = -1 },
		"found 257":                 func(c *EmbeddingEndpoint) { c.Concurrency = 257 },
		"milliseconds":              func(c *EmbeddingEndpoint) { c.TimeoutMS = math.Inf(1) },
		"expected a URL":            func(c *EmbeddingEndpoint) { c.BaseURL = "https://me:secret@host" },
	} {
		c := right
		change(&c)
		_, err := c.Build(Inputs{}, "")
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%v, want %q", err, want)
		}
		if at := new(FieldError); want != "" && !errors.As(err, &at) {
			t.Errorf("%v blames no key", err)
		}
	}
	c := right
	c.APIKeyEnv = "WAYMARK_TEST_NO_SUCH_KEY"
	f, err := c.Build(Inputs{}, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Table(t.Context(), asked("a")); err == nil || !strings.Contains(err.Error(), "WAYMARK_TEST_NO_SUCH_KEY") {
		t.Errorf("without the key: %v", err)
	}
}
