package policies_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"waymark"
	"waymark/internal/testdata"
	"waymark/policies"
	"waymark/policies/policytest"
)

// open are the inputs of the other tests, with something to open routers in.
func open(t testing.TB) policies.Inputs {
	t.Helper()
	in := inputs()
	in.Opened = new(policies.Opened)
	t.Cleanup(func() {
		if err := in.Opened.Close(); err != nil {
			t.Error(err)
		}
	})
	return in
}

// example is a router of examples/, and the program that it needs.
func example(t testing.TB, tool, path string, args ...string) []string {
	t.Helper()
	abs, err := filepath.Abs(filepath.Join("..", "examples", path))
	if err != nil {
		t.Fatal(err)
	}
	return append([]string{testdata.Tool(t, tool), abs}, args...)
}

func build(t testing.TB, c policies.Config, in policies.Inputs) waymark.Policy {
	t.Helper()
	p, err := c.Build(in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The examples keep the laws of a policy, in every language and mode.
func TestExamplesKeepTheLaws(t *testing.T) {
	for _, c := range []struct {
		name, tool, path string
		args             []string
	}{
		{"python-select", "python3", "python/router.py", []string{"select", "--words", "4"}},
		{"python-one-by-one", "python3", "python/router.py", []string{"select", "--batch", "1"}},
		{"python-trial", "python3", "python/router.py", []string{"trial"}},
		{"node", "node", "node/router.js", nil},
		{"sh", "sh", "sh/router.sh", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := build(t, &policies.Exec{Command: example(t, c.tool, c.path, c.args...)}, open(t))
			policytest.Run(t, p, queries())
		})
	}
}

func TestPythonScorerSweeps(t *testing.T) {
	in := open(t)
	score := &policies.ExecScore{Command: example(t, "python3", "python/router.py", "score")}
	policytest.Run(t, build(t, sweep(score), in), queries())
	fixed := sweep(score)
	fixed.Threshold = policies.KnobValue{Value: 4, Given: true}
	policytest.Run(t, build(t, fixed, in), queries())
	if r := in.Opened.Routers(); len(r) != 1 || r[0].Asked != queries().Len() {
		t.Errorf("two policies with one scorer asked %+v, want one router that is asked once a query", r)
	}
}

// The routers choose by what they say they choose by.
func TestExamplesChoose(t *testing.T) {
	in := open(t)
	p := build(t, &policies.Exec{Command: example(t, "python3", "python/router.py", "select", "--words", "4")}, in).(waymark.OneShot)
	picks := make([]waymark.Pick, queries().Len())
	if err := p.Select(t.Context(), queries(), picks); err != nil {
		t.Fatal(err)
	}
	said := make([]string, len(picks))
	p.Selector.(waymark.Remarker).Remark(queries(), said)
	for i, want := range []string{"small", "large", "small", "large", "small", "large", "small", "large"} {
		words := len(strings.Fields(waymark.Prompt(queries().Conversation(i))))
		if got := p.Arms()[picks[i].Arm]; string(got) != want || picks[i].Signal != float64(words) || said[i] != fmt.Sprint(words, " words") {
			t.Errorf("query %d: %s because %q, signal %g; want %s at %d words", i, got, said[i], picks[i].Signal, want, words)
		}
	}
	tr := waymark.Attempt(t.Context(), build(t, &policies.Exec{Command: example(t, "python3", "python/router.py", "trial")}, in),
		waymark.NewTrial(queries().Query(0), 0, 1, policytest.Echo{}))
	if tr.Err != nil || len(tr.Calls) != 2 || tr.Decision.Answer != 1 || tr.Calls[1].Model != "large" || tr.Decision.Reason != "asked both" {
		t.Errorf("trial: %+v", tr)
	}
}

// A hole ends the trial as a hole, and the router goes on with the next.
func TestAHoleInARemoteTrial(t *testing.T) {
	p := build(t, &policies.Exec{Command: example(t, "python3", "python/router.py", "trial")}, open(t))
	tr := waymark.Attempt(t.Context(), p, waymark.NewTrial(queries().Query(0), 0, 1, empty{}))
	if !errors.Is(tr.Err, waymark.ErrNotRecorded) {
		t.Errorf("error %v, want a hole", tr.Err)
	}
	if tr := waymark.Attempt(t.Context(), p, waymark.NewTrial(queries().Query(1), 0, 1, policytest.Echo{})); tr.Err != nil {
		t.Errorf("the next trial: %v", tr.Err)
	}
}

// Many trials go on at once over one pipe, and each gets its own answers.
func TestTrialsInterleave(t *testing.T) {
	p := build(t, &policies.Exec{Command: example(t, "python3", "python/router.py", "trial")}, open(t))
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			q := waymark.Query{ID: fmt.Sprint(i), Messages: []waymark.Message{{Role: "user", Content: "x"}}}
			text := echo("one two three")
			want := 1
			if i%2 == 1 {
				text, want = "one", 2
			}
			tr := waymark.Attempt(t.Context(), p, waymark.NewTrial(q, 0, 1, text))
			if tr.Err != nil || len(tr.Calls) != want {
				t.Errorf("trial %d: %d calls, want %d: %v", i, len(tr.Calls), want, tr.Err)
			}
		})
	}
	wg.Wait()
}

type echo string

func (e echo) Respond(context.Context, waymark.Request) (waymark.Response, error) {
	return waymark.Response{Output: string(e), HasOutput: true, Cost: waymark.Paid(1), Latency: 1}, nil
}

// empty is a recording with nothing in it.
type empty struct{}

func (empty) Respond(context.Context, waymark.Request) (waymark.Response, error) {
	return waymark.Response{}, fmt.Errorf("nothing: %w", waymark.ErrNotRecorded)
}

// server is the protocol behind HTTP; tamper may change a reply or refuse.
func server(t testing.TB, mode string, tamper func(n int, w http.ResponseWriter, r *http.Request) bool) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	var posts atomic.Int64
	made := map[int64]int{}
	var mu sync.Mutex
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := int(posts.Add(1)); tamper != nil && tamper(n, w, r) {
			return
		}
		var m struct {
			Type    string
			N       int64
			Models  []string
			Queries []struct{ ID string }
		}
		lines := bufio.NewScanner(r.Body)
		lines.Buffer(nil, 1<<20)
		lines.Scan()
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			t.Errorf("a line that is no JSON: %v", err)
		}
		mu.Lock()
		defer mu.Unlock()
		switch m.Type {
		case "hello":
			fmt.Fprintf(w, `{"n":0,"ready":{"protocol":1,"name":"web","mode":%q,"batch":3}}`+"\n", mode)
		case "trial":
			made[m.N] = 1
			fmt.Fprintf(w, `{"n":%d,"call":[{"model":"small"},{"model":"large","sample":0}]}`+"\n", m.N)
		case "answers":
			delete(made, m.N)
			fmt.Fprintf(w, `{"n":%d,"decide":{"text":"both","reason":"joined","cost_usd":0.5,"latency_ms":2}}`+"\n", m.N)
		default:
			var out []string
			for _, q := range m.Queries {
				id, _ := json.Marshal(q.ID)
				out = append(out, fmt.Sprintf(`{"id":%s,"model":"medium","score":%d,"cost_usd":0.25,"latency_ms":3}`, id, len(q.ID)+int(q.ID[len(q.ID)-1])))
			}
			list := map[string]string{"select": "picks", "score": "scores"}[m.Type]
			fmt.Fprintf(w, `{"n":%d,%q:[%s]}`+"\n", m.N, list, strings.Join(out, ","))
		}
	}))
	t.Cleanup(s.Close)
	return s, &posts
}

func TestHTTPKeepsTheLaws(t *testing.T) {
	s, posts := server(t, "select", nil)
	in := open(t)
	p := build(t, &policies.HTTP{URL: s.URL}, in).(waymark.OneShot)
	policytest.Run(t, p, queries())
	if n := posts.Load(); n != 4 { // hello, and 8 queries in batches of 3
		t.Errorf("%d posts, want 4: what was said once is not asked again", n)
	}
	spent := make([]waymark.Spending, queries().Len())
	p.Selector.(waymark.Charger).Charge(queries(), spent)
	if want := (waymark.Spending{Cost: waymark.Paid(waymark.Dollar / 4), Latency: 3 * time.Millisecond}); spent[3] != want {
		t.Errorf("charged %+v, want %+v", spent[3], want)
	}
	r := in.Opened.Routers()
	if len(r) != 1 || r[0].Transport == nil || r[0].Transport.N != 200 || r[0].OwnTime != "reported" || len(r[0].Warnings) > 0 {
		t.Errorf("told %+v", r)
	}
	scorers, _ := server(t, "score", nil)
	policytest.Run(t, build(t, sweep(&policies.HTTPScore{URL: scorers.URL}), open(t)), queries())
}

func TestHTTPTrial(t *testing.T) {
	s, _ := server(t, "trial", nil)
	p := build(t, &policies.HTTP{URL: s.URL}, open(t))
	policytest.Run(t, p, queries())
	tr := waymark.Attempt(t.Context(), p, waymark.NewTrial(queries().Query(0), 0, 1, policytest.Echo{}))
	if tr.Err != nil || tr.Decision.Answer != waymark.Composed || tr.Decision.Text != "both" || len(tr.Calls) != 3 {
		t.Fatalf("trial: %+v", tr)
	}
	if got, want := tr.Cost(), waymark.Paid(2*waymark.Dollar+waymark.Dollar/2); got != want {
		t.Errorf("cost %v, want %v: two calls and the router", got, want)
	}
}

// What a server does in bad weather: what is for now is tried again, what is for good is told.
func TestHTTPWeather(t *testing.T) {
	t.Setenv("ROUTER_AUTH", "Bearer sk-very-secret-12345")
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the other host was asked") }))
	defer other.Close()
	for name, c := range map[string]struct {
		tamper func(n int, w http.ResponseWriter, r *http.Request) bool
		want   string // of the error; "" for none
	}{
		"busy twice": {tamper: func(n int, w http.ResponseWriter, _ *http.Request) bool {
			if n == 2 || n == 3 {
				w.WriteHeader([]int{429, 503}[n-2])
			}
			return n == 2 || n == 3
		}},
		"cut once": {tamper: func(n int, w http.ResponseWriter, _ *http.Request) bool {
			if n == 2 {
				panic(http.ErrAbortHandler)
			}
			return false
		}},
		"down": {want: "it answers 500 Internal Server Error: \"no … for you\" (tried 4 times)", tamper: func(n int, w http.ResponseWriter, r *http.Request) bool {
			if n > 1 {
				w.WriteHeader(500)
				fmt.Fprint(w, "no ", strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), " for you")
			}
			return n > 1
		}},
		"forbidden": {want: "it answers 403 Forbidden", tamper: func(n int, w http.ResponseWriter, _ *http.Request) bool {
			if n > 1 {
				w.WriteHeader(403)
			}
			return n > 1
		}},
		"elsewhere": {want: "it redirects to another host, which is not followed", tamper: func(n int, w http.ResponseWriter, r *http.Request) bool {
			if n > 1 {
				http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
			}
			return n > 1
		}},
		"huge": {want: "its reply has more than 4194304 bytes", tamper: func(n int, w http.ResponseWriter, _ *http.Request) bool {
			if n > 1 {
				_, _ = io.WriteString(w, strings.Repeat("x", 5<<20))
			}
			return n > 1
		}},
		"other question": {want: "the router answered question 77 where 1 was asked", tamper: func(n int, w http.ResponseWriter, _ *http.Request) bool {
			if n > 1 {
				fmt.Fprintln(w, `{"n":77,"picks":[]}`)
			}
			return n > 1
		}},
		"nothing": {want: "the router's reply has no line", tamper: func(n int, _ http.ResponseWriter, _ *http.Request) bool { return n > 1 }},
		"silent": {want: "did not answer in time (timeout_ms)", tamper: func(n int, _ http.ResponseWriter, r *http.Request) bool {
			if n > 1 {
				_, _ = io.Copy(io.Discard, r.Body) // so that the server sees the client go
				<-r.Context().Done()
			}
			return n > 1
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := server(t, "select", c.tamper)
			patience := 5000.0
			if name == "silent" {
				patience = 200
			}
			p := build(t, &policies.HTTP{URL: s.URL, TimeoutMS: &patience, HeadersEnv: map[string]string{"Authorization": "ROUTER_AUTH"}}, open(t))
			tr := waymark.Attempt(t.Context(), p, waymark.NewTrial(queries().Query(0), 0, 1, policytest.Echo{}))
			switch {
			case c.want == "" && tr.Err != nil:
				t.Errorf("failed: %v", tr.Err)
			case c.want != "" && (tr.Err == nil || !strings.Contains(tr.Err.Error(), c.want)):
				t.Errorf("error %v, want %s", tr.Err, c.want)
			}
			if tr.Err != nil && strings.Contains(tr.Err.Error(), "very-secret") {
				t.Errorf("the error tells the key: %v", tr.Err)
			}
		})
	}
}

// Mistakes of the suite are blamed on their key.
func TestRemoteMistakesAreBlamed(t *testing.T) {
	web, _ := server(t, "select", nil)
	old := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, `{"ready":{"protocol":3,"name":"x","mode":"select"}}`)
	}))
	defer old.Close()
	zero, tenth := 0.0, 0.1
	endpoint := policies.RouterEndpoint{BaseURL: web.URL}
	for name, c := range map[string]struct {
		config policies.Config
		path   string
		msg    string
	}{
		"no command":     {&policies.Exec{}, "[command]", "found no program"},
		"no program":     {&policies.Exec{Command: []string{"no-such-router"}}, "[command]", "no-such-router"},
		"no folder":      {&policies.Exec{Command: []string{"sh"}, Dir: "no-such-folder"}, "[dir]", "expected a folder"},
		"no variable":    {&policies.Exec{Command: []string{"sh"}, Env: []string{"NO_SUCH_VARIABLE"}}, "[env 0]", "that is set"},
		"no time":        {&policies.Exec{Command: []string{"sh"}, TimeoutMS: &zero}, "[timeout_ms]", "expected milliseconds"},
		"at once gone":   {&policies.Exec{Command: []string{"sh", "-c", "echo boom >&2; exit 4"}}, "[command]", `exit status 4); its last words on stderr: "boom"`},
		"no URL":         {&policies.HTTP{URL: "ftp://x"}, "[url]", "expected http://"},
		"password":       {&policies.HTTP{URL: "http://me:secret@x/"}, "[url]", "a user or a password"},
		"other version":  {&policies.HTTP{URL: old.URL}, "[url]", `protocol "3", this Waymark speaks protocol 1`},
		"header not set": {&policies.HTTP{URL: web.URL, HeadersEnv: map[string]string{"A": "NO_SUCH_VARIABLE"}}, "[headers_env A]", "that is set"},
		"knob missing":   {&policies.OpenAIRouter{Endpoint: endpoint, Model: "router-mf-{knob}"}, "[model]", "no knob"},
		"knob too many":  {&policies.OpenAIRouter{Endpoint: endpoint, Model: "auto", Knob: &tenth}, "[knob]", "does not mention"},
		"hidden choice":  {&policies.OpenAIRouter{Endpoint: endpoint, Model: "auto", Use: "choice", Hidden: true}, "[hidden]", "cannot be used"},
		"wrong alias":    {&policies.OpenAIRouter{Endpoint: endpoint, Model: "auto", Aliases: map[string]waymark.ModelID{"x": "larg"}}, "[aliases x]", `did you mean "large"?`},
		"no key":         {&policies.OpenAIRouter{Endpoint: policies.RouterEndpoint{BaseURL: web.URL, APIKeyEnv: "NO_SUCH_VARIABLE"}, Model: "auto"}, "[endpoint api_key_env]", "that is set"},
	} {
		_, err := c.config.Build(open(t))
		var at *policies.FieldError
		if !errors.As(err, &at) || fmt.Sprint(at.Path) != c.path || !strings.Contains(at.Msg, c.msg) {
			t.Errorf("%s: %v blamed on %v, want %s blamed on %s", name, err, at, c.msg, c.path)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error tells a password: %v", name, err)
		}
	}
	if _, err := (&policies.Exec{Command: []string{"sh"}}).Build(inputs()); err == nil {
		t.Error("a program is started where nobody would end it")
	}
}

// completions is an endpoint that picks the model: what it reports of a prompt is told by reply.
func completions(t testing.TB, reply func(model, prompt string, h http.Header) string) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m struct {
			Model    string
			Messages []struct{ Role, Content string }
		}
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil || r.URL.Path != "/v1/chat/completions" {
			t.Errorf("asked %s: %v", r.URL.Path, err)
		}
		_, _ = io.WriteString(w, reply(m.Model, m.Messages[0].Content, w.Header()))
	}))
	t.Cleanup(s.Close)
	return s
}

func TestOpenAIRouter(t *testing.T) {
	knob := 0.116
	prices := map[waymark.ModelID]waymark.Price{"small": {Kind: waymark.Priced, Input: 1000, Output: 2000}, "medium": {Kind: waymark.Free}}
	for name, c := range map[string]struct {
		reply  string
		header map[string]string
		config policies.OpenAIRouter
		cost   waymark.Cost
		reason string
		err    string
	}{
		"exact":             {reply: `{"model":"small","choices":[{"message":{"content":"hi"}}],"usage":{"prompt_tokens":10,"completion_tokens":5}}`, cost: waymark.Paid(20000), reason: `answered by "small"`},
		"with its cost":     {reply: `{"model":"openai/small:free","provider":"P","choices":[{"message":{"content":"hi"}}],"usage":{"prompt_tokens":10,"completion_tokens":5,"cost":0.25}}`, cost: waymark.Paid(waymark.Dollar / 4), reason: `answered by "openai/small:free" at "P"`},
		"dated":             {reply: `{"model":"Small-2025-08-07","choices":[{"message":{"content":"hi"}}]}`, reason: `answered by "Small-2025-08-07"`},
		"size is no tier":   {reply: `{"model":"small:7b","choices":[{"message":{"content":"hi"}}]}`, err: `found model "small:7b"`},
		"near is not it":    {reply: `{"model":"smal","choices":[{"message":{"content":"hi"}}]}`, err: `did you mean "small"?; name it under aliases`},
		"alias":             {reply: `{"model":"m-7","choices":[{"message":{"content":"hi"}}]}`, config: policies.OpenAIRouter{Aliases: map[string]waymark.ModelID{"m-7": "medium"}}, reason: `answered by "m-7"`},
		"litellm":           {reply: `{"model":"auto","choices":[{"message":{"content":"hi"}}]}`, header: map[string]string{"X-Litellm-Model-Id": "large", "X-Litellm-Response-Cost": "0.5"}, cost: waymark.Paid(waymark.Dollar / 2), reason: `answered by "large"`},
		"two models":        {reply: `{"model":"small","choices":[{"message":{"content":"hi"}}]}`, header: map[string]string{"X-Litellm-Model-Id": "large"}, err: `names two models, "large" and "small"`},
		"not told":          {reply: `{"choices":[{"message":{"content":"hi"}}]}`, err: "does not say which model answered"},
		"hidden":            {reply: `{"model":"router-mf-0.116","choices":[{"message":{"content":"hi"}}]}`, config: policies.OpenAIRouter{Hidden: true}, reason: `the endpoint hides which model answered: it says "router-mf-0.116"`},
		"no text":           {reply: `{"model":"small","choices":[]}`, err: "its reply has no text"},
		"no JSON":           {reply: `<html>`, err: "its reply is not a completion"},
		"cost out of sense": {reply: `{"model":"small","choices":[{"message":{"content":"hi"}}],"usage":{"cost":-1}}`, err: "it says that the call cost -1 dollars"},
	} {
		t.Run(name, func(t *testing.T) {
			s := completions(t, func(model, prompt string, h http.Header) string {
				if model != "router-mf-0.116" || prompt == "" {
					t.Errorf("asked for %q", model)
				}
				for k, v := range c.header {
					h.Set(k, v)
				}
				return c.reply
			})
			in := open(t)
			in.Prices = prices
			config := c.config
			config.Endpoint, config.Model, config.Knob = policies.RouterEndpoint{BaseURL: s.URL + "/v1/"}, "router-mf-{knob}", &knob
			tr := waymark.Attempt(t.Context(), build(t, &config, in), waymark.NewTrial(queries().Query(0), 0, 1, empty{}))
			if c.err != "" {
				if tr.Err == nil || !strings.Contains(tr.Err.Error(), c.err) {
					t.Errorf("error %v, want %s", tr.Err, c.err)
				}
				return
			}
			if tr.Err != nil || tr.Decision.Answer != waymark.Composed || tr.Decision.Text != "hi" || tr.Decision.Reason != c.reason {
				t.Errorf("decision %+v, %v; want because %s", tr.Decision, tr.Err, c.reason)
			}
			if got := tr.Cost(); got != c.cost || tr.Latency() == 0 {
				t.Errorf("cost %v, want %v; latency %v", got, c.cost, tr.Latency())
			}
		})
	}
}

// Where only its choice is used, the endpoint is a one-shot policy, and its call is what deciding costs.
func TestOpenAIRouterChoice(t *testing.T) {
	s := completions(t, func(_, prompt string, _ http.Header) string {
		model := "small"
		if len(prompt) > 12 {
			model = "provider/large"
		}
		return fmt.Sprintf(`{"model":%q,"choices":[{"message":{"content":"x"}}],"usage":{"cost":0.125}}`, model)
	})
	t.Setenv("SOME_KEY", "sk-12345678")
	in := open(t)
	p := build(t, &policies.OpenAIRouter{Endpoint: policies.RouterEndpoint{BaseURL: s.URL + "/v1", APIKeyEnv: "SOME_KEY"}, Model: "auto", Use: "choice"}, in)
	qs := queries().Pick([]int{0, 1, 3, 4})
	for i := range qs.IDs {
		if qs.Conversation(i) == nil {
			t.Fatal("a query without text")
		}
	}
	policytest.Run(t, p, qs)
	tr := waymark.Attempt(t.Context(), p, waymark.NewTrial(qs.Query(1), 0, 3, policytest.Echo{}))
	if tr.Err != nil || tr.Calls[tr.Decision.Answer].Model != "large" || tr.Cost() != waymark.Paid(waymark.Dollar+waymark.Dollar/8) {
		t.Errorf("trial %+v: %v", tr, tr.Err)
	}
	if r := in.Opened.Routers(); r[0].Asked != 4 || r[0].Mode != "choice" {
		t.Errorf("told %+v", r)
	}
}

// Time and cost are charged as the suite says.
func TestCharge(t *testing.T) {
	s, _ := server(t, "select", nil)
	for name, c := range map[string]struct {
		charge policies.Charge
		want   func(waymark.Spending) bool
		own    string
	}{
		"reported": {policies.Charge{}, func(s waymark.Spending) bool {
			return s.Latency == 3*time.Millisecond && s.Cost.USD == waymark.Dollar/4
		}, "reported"},
		"measured": {policies.Charge{Measured: true}, func(s waymark.Spending) bool {
			return s.Latency > 0 && s.Latency != 3*time.Millisecond && s.Cost.USD == waymark.Dollar/4
		}, "measured, transport included"},
		"fixed": {policies.Charge{CostGiven: true, LatencyMS: 7, LatencyGiven: true}, func(s waymark.Spending) bool {
			return s == waymark.Spending{Cost: waymark.Paid(0), Latency: 7 * time.Millisecond}
		}, "fixed"},
	} {
		in := open(t)
		p := build(t, &policies.HTTP{URL: s.URL, Charge: c.charge}, in).(waymark.OneShot)
		spent := make([]waymark.Spending, queries().Len())
		p.Selector.(waymark.Charger).Charge(queries(), spent)
		if !c.want(spent[2]) {
			t.Errorf("%s: charged %+v", name, spent[2])
		}
		if r := in.Opened.Routers(); r[0].OwnTime != c.own {
			t.Errorf("%s: own time is %s", name, r[0].OwnTime)
		}
	}
}

// A router that says nothing of its time and cost: 0 and a warning, and not known.
func TestSilenceAboutCosts(t *testing.T) {
	in := open(t)
	p := build(t, &policies.Exec{Command: []string{testdata.Tool(t, "sh"), "-c", `
		read -r hello; echo '{"ready":{"protocol":1,"name":"terse","mode":"select"}}'
		while read -r line; do n=${line#*\"n\":}; id=${line#*\"id\":\"}; echo "{\"n\":${n%%,*},\"picks\":[{\"id\":\"${id%%\"*}\",\"model\":\"small\"}]}"; done`}}, in).(waymark.OneShot)
	spent := make([]waymark.Spending, queries().Len())
	p.Selector.(waymark.Charger).Charge(queries(), spent)
	if spent[0].Cost.Known || spent[0].Latency != 0 {
		t.Errorf("charged %+v, want a cost that is not known", spent[0])
	}
	r := in.Opened.Routers()[0]
	if len(r.Warnings) != 2 || !strings.Contains(r.Warnings[0], "counted as 0") || !strings.Contains(r.Warnings[1], "charge: {cost_usd: 0}") || r.OwnTime != "not known" {
		t.Errorf("told %+v", r)
	}
	if picks := make([]waymark.Pick, 8); p.Select(t.Context(), queries(), picks) != nil || !math.IsNaN(picks[0].Signal) {
		t.Errorf("picked %+v", picks[0])
	}
}

// Nothing of a router stays when what was opened is closed.
func TestOpenedCloses(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	in := inputs()
	in.Opened = new(policies.Opened)
	p := build(t, &policies.Exec{Command: example(t, "python3", "python/router.py")}, in).(waymark.OneShot)
	policytest.Run(t, p, queries())
	in.Opened.Routers() // measures the floor
	for range 2 {
		if err := in.Opened.Close(); err != nil {
			t.Fatal(err)
		}
	}
	picks := make([]waymark.Pick, 1)
	other := &waymark.Queries{IDs: []string{"never-asked"}, Features: map[string]waymark.Column{}}
	if err := p.Select(t.Context(), other, picks); err != nil || picks[0].Arm != waymark.NoArm {
		t.Errorf("a closed router picked %+v, %v", picks[0], err)
	}
}

// A key that an endpoint says back is told by no decision and no error, and a name that stands
// twice in its reply is a reply that cannot be read.
func TestOpenAIRouterTellsNoKey(t *testing.T) {
	const key = "sk-SECRETSECRET123"
	t.Setenv("WAYMARK_TEST_KEY", key)
	for name, c := range map[string]struct {
		reply, header, err, reason string
	}{
		"model":    {reply: `{"model":"of KEY","choices":[{"message":{"content":"hi"}}]}`, err: `found model "of …"`},
		"long":     {reply: `{"model":"` + strings.Repeat("x", 95) + `KEY","choices":[{"message":{"content":"hi"}}]}`, err: `xx…`},
		"provider": {reply: `{"model":"small","provider":"` + strings.Repeat("x", 90) + `KEY","choices":[{"message":{"content":"hi"}}]}`, reason: `answered by "small" at "` + strings.Repeat("x", 90) + `…"`},
		"header":   {reply: `{"choices":[{"message":{"content":"hi"}}]}`, header: "KEY", err: `found model "…"`},
		"text":     {reply: `{"model":"small","choices":[{"message":{"content":"it is KEY"}}]}`, err: "its text has the value of an environment variable"},
		"garbage":  {reply: `{"model":"small","usage":{"prompt_tokens":"KEY"}}`, err: "is not a completion"},
		"twice":    {reply: `{"model":"small","model":"large","choices":[{"message":{"content":"hi"}}]}`, err: `duplicate object member name "model"`},
	} {
		s := completions(t, func(_, _ string, h http.Header) string {
			if c.header != "" {
				h.Set("X-Litellm-Model-Id", strings.ReplaceAll(c.header, "KEY", key))
			}
			return strings.ReplaceAll(c.reply, "KEY", key)
		})
		config := &policies.OpenAIRouter{Endpoint: policies.RouterEndpoint{BaseURL: s.URL + "/v1", APIKeyEnv: "WAYMARK_TEST_KEY"}, Model: "auto"}
		tr := waymark.Attempt(t.Context(), build(t, config, open(t)), waymark.NewTrial(queries().Query(0), 0, 1, empty{}))
		told := fmt.Sprint(tr.Err, tr.Decision.Reason, tr.Decision.Text)
		if strings.Contains(told, "sk-S") || !strings.Contains(told, c.err) || (c.err == "") != (tr.Err == nil) || c.reason != "" && tr.Decision.Reason != c.reason {
			t.Errorf("%s: %s", name, told)
		}
	}
}

// A router that cannot be reached while a policy is built is no mistake of the suite; one
// that refuses is.
func TestOutagesAreNoMistakes(t *testing.T) {
	status := func(code int) *httptest.Server {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }))
		t.Cleanup(s.Close)
		return s
	}
	gone := status(200)
	gone.Close()
	scorer := func(url string) policies.Config {
		return &policies.Threshold{Scorer: policies.AnyScorer{ScorerConfig: &policies.HTTPScore{URL: url}}, Weak: "small", Strong: "large"}
	}
	for name, c := range map[string]struct {
		config policies.Config
		path   string
		outage bool
	}{
		"gone":        {&policies.HTTP{URL: gone.URL}, "[url]", true},
		"broken":      {&policies.HTTP{URL: status(500).URL}, "[url]", true},
		"scorer gone": {scorer(gone.URL), "[scorer url]", true},
		"refused":     {&policies.HTTP{URL: status(403).URL}, "[url]", false},
		"no program":  {&policies.Exec{Command: []string{"no-such-router"}}, "[command]", false},
	} {
		_, err := c.config.Build(open(t))
		var at *policies.FieldError
		if !errors.As(err, &at) || fmt.Sprint(at.Path) != c.path || at.Outage != c.outage || policies.IsOutage(err) != c.outage {
			t.Errorf("%s: %v blamed on %+v, want %s and outage %v", name, err, at, c.path, c.outage)
		}
	}
}
