package policies_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waymark"
	"waymark/internal/testdata"
	"waymark/policies"
	"waymark/policies/policytest"
)

// mockLLM starts a server that we did not write: npm's @dwmkerr/mock-llm, pinned in testdata.
func mockLLM(t *testing.T) string {
	t.Helper()
	node := testdata.Tool(t, "node")
	folder := filepath.Join("testdata", "mock-llm")
	if _, err := os.Stat(filepath.Join(folder, "node_modules")); err != nil {
		testdata.Missing(t, "mock-llm: npm ci --prefix policies/testdata/mock-llm")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	l.Close()
	_, port, _ := net.SplitHostPort(at)
	ctx, stop := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, node, filepath.Join("node_modules", ".bin", "mock-llm"), "--config", "router.yaml")
	cmd.Dir, cmd.Env = folder, append(os.Environ(), "PORT="+port, "HOST=127.0.0.1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); _ = cmd.Wait() })
	for range 200 {
		if r, err := http.Get("http://" + at + "/health"); err == nil {
			r.Body.Close()
			return "http://" + at + "/v1"
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("mock-llm does not answer")
	return ""
}

func TestOpenAIRouterAgainstMockLLM(t *testing.T) {
	base := mockLLM(t)
	ask := func(p waymark.Policy, prompt string) waymark.Trace {
		q := waymark.Query{ID: prompt, Messages: []waymark.Message{{Role: "system", Content: "You \"answer\"."}, {Role: "user", Content: prompt}}}
		return waymark.Attempt(t.Context(), p, waymark.NewTrial(q, 0, 1, policytest.Echo{}))
	}
	in := open(t)
	in.Prices = map[waymark.ModelID]waymark.Price{"small": {Kind: waymark.Priced, Input: 1000, Output: 2000}}
	config := policies.OpenAIRouter{Endpoint: policies.RouterEndpoint{BaseURL: base}, Model: "auto"}
	answer := build(t, &config, in)
	choice := config
	choice.Use = "choice"
	chosen := build(t, &choice, in)
	for prompt, want := range map[string]struct {
		text, model string
		cost        waymark.USD
	}{
		"say hi":                 {"short: say hi", "small", 20000},
		"prove it":               {"long", "large", waymark.Dollar / 500},
		"prove \"it\"\nformally": {"long", "large", waymark.Dollar / 500},
	} {
		if tr := ask(answer, prompt); tr.Err != nil || tr.Decision.Text != want.text || tr.Cost() != waymark.Paid(want.cost) || string(tr.Calls[0].Model) != want.model {
			t.Errorf("%q: %+v at %v: %v", prompt, tr.Decision, tr.Cost(), tr.Err)
		}
		if tr := ask(chosen, prompt); tr.Err != nil || string(tr.Calls[tr.Decision.Answer].Model) != want.model || tr.Cost() != waymark.Paid(want.cost+waymark.Dollar) {
			t.Errorf("%q: chose %+v at %v: %v", prompt, tr.Decision, tr.Cost(), tr.Err)
		}
	}
	for prompt, want := range map[string]string{"refuse this": "it answers 400 Bad Request", "a stranger": `found model "somebody-else"`} {
		if tr := ask(answer, prompt); tr.Err == nil || !strings.Contains(tr.Err.Error(), want) {
			t.Errorf("%q: %v, want %s", prompt, tr.Err, want)
		}
	}
	if r := fmt.Sprint(in.Opened.Routers()); !strings.Contains(r, "openai-router, answer") || !strings.Contains(r, "openai-router, choice") {
		t.Errorf("routers: %s", r)
	}
}
