package policies

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"

	"waymark"
	"waymark/internal/wire"
	"waymark/internal/wire/post"
)

// HTTP is a router behind HTTP: it is asked the lines of exec, each as the body of a POST.
type HTTP struct {
	URL        string            `yaml:"url" json:"url" doc:"where lines are posted" required:"true"`
	HeadersEnv map[string]string `yaml:"headers_env" json:"headers_env,omitempty" doc:"headers and the environment variables that hold them, such as Authorization: ROUTER_AUTH"`
	TimeoutMS  *float64          `yaml:"timeout_ms" json:"timeout_ms,omitempty" doc:"how long it may take for one line, tries included; default 60000"`
	StartupMS  *float64          `yaml:"startup_timeout_ms" json:"startup_timeout_ms,omitempty" doc:"how long it may take to answer hello; default 60000"`
	Charge     Charge            `yaml:"charge" json:"charge,omitempty" doc:"what a decision is charged: measured, or {cost_usd, latency_ms}; default: what the router reports"`
}

// Build greets the router. What it answers decides whether it picks models or leads trials.
func (c *HTTP) Build(in Inputs) (waymark.Policy, error) {
	r, err := c.router(in, wire.ForPolicy)
	if err != nil {
		return nil, err
	}
	return r.policy(), nil
}

// HTTPScore is a scorer behind HTTP: the keys of HTTP, but for the charge, which every scorer may have.
type HTTPScore struct {
	URL        string            `yaml:"url" json:"url" doc:"where lines are posted" required:"true"`
	HeadersEnv map[string]string `yaml:"headers_env" json:"headers_env,omitempty" doc:"headers and the environment variables that hold them, such as Authorization: ROUTER_AUTH"`
	TimeoutMS  *float64          `yaml:"timeout_ms" json:"timeout_ms,omitempty" doc:"how long it may take for one line, tries included; default 60000"`
	StartupMS  *float64          `yaml:"startup_timeout_ms" json:"startup_timeout_ms,omitempty" doc:"how long it may take to answer hello; default 60000"`
}

// Build greets the scorer.
func (c *HTTPScore) Build(in Inputs) (Scorer, error) { return c.buildCharged(in, Charge{}) }

func (c *HTTPScore) buildCharged(in Inputs, charge Charge) (Scorer, error) {
	h := HTTP{c.URL, c.HeadersEnv, c.TimeoutMS, c.StartupMS, charge}
	r, err := h.router(in, wire.ForScorer)
	if err != nil {
		return nil, err
	}
	return rater{r}, nil
}

func (c *HTTP) router(in Inputs, purpose string) (*router, error) {
	limits, err := limitsOf(c.TimeoutMS, c.StartupMS, nil)
	if err != nil {
		return nil, err
	}
	if err := c.Charge.check(); err != nil {
		return nil, err
	}
	u, err := address(c.URL, "url")
	if err != nil {
		return nil, err
	}
	headers, err := headersOf(c.HeadersEnv)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	l := line{kind: "http", purpose: purpose, config: string(text), limits: limits, charge: c.Charge}
	l.dial = func(context.Context) (wire.Conn, error) {
		return post.Lines{Endpoint: post.NewEndpoint(u, "application/x-ndjson", headers)}, nil
	}
	r, err := l.router(in)
	if err != nil {
		return nil, blame("url", err)
	}
	return r, nil
}

// address checks a URL. One with a password in it would be kept in results.db.
func address(text string, path ...any) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, fieldf(path, "found an address that cannot be read, expected http://HOST/… or https://HOST/…")
	case u.User != nil:
		return nil, fieldf(path, "found a user or a password in the address, expected them in a header, by the name of an environment variable")
	case (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		return nil, fieldf(path, "found %q, expected http://HOST/… or https://HOST/…", text)
	}
	return u, nil
}

// headersOf reads headers from the environment.
func headersOf(names map[string]string) (http.Header, error) {
	out := http.Header{}
	for header, name := range names {
		v, err := keyFrom(name, "headers_env", header)
		if err != nil {
			return nil, err
		}
		out.Set(header, v)
	}
	return out, nil
}

// keyFrom is the value of an environment variable, which no error tells.
func keyFrom(name string, path ...any) (string, error) {
	v, ok := os.LookupEnv(name)
	switch {
	case !ok || v == "":
		return "", fieldf(path, "found %q, expected the name of an environment variable that is set", name)
	case strings.ContainsAny(v, "\r\n\x00"):
		return "", fieldf(path, "the environment variable %s has line breaks, which a header cannot have", name)
	}
	return v, nil
}
