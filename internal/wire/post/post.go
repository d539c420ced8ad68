// Package post holds a conversation with a router behind HTTP: each line is the
// body of a POST, whose reply has the line that answers it.
package post

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"waymark/internal/secret"
	"waymark/internal/wire"
)

// tries is how often a line is sent at most.
const tries = 4

// An Endpoint is where lines, or requests of another protocol, are posted.
type Endpoint struct {
	URL     *url.URL
	Headers http.Header // with their secrets, which are never told
	Type    string      // of the body

	// Secrets are the values of the headers, which Post and Exchange do not tell. Who reads a
	// reply's body hides them in what it tells of it.
	Secrets *secret.Values

	client *http.Client
}

// NewEndpoint is an endpoint that follows redirects only within its host.
func NewEndpoint(u *url.URL, contentType string, headers http.Header) *Endpoint {
	e := &Endpoint{URL: u, Headers: headers, Type: contentType, Secrets: secretsOf(headers)}
	e.client = &http.Client{
		Transport: http.DefaultTransport.(*http.Transport).Clone(),
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if req.URL.Host != u.Host || req.URL.Scheme != u.Scheme {
				return errors.New("it redirects to another host, which is not followed")
			}
			if len(via) > 3 {
				return errors.New("it redirects too often")
			}
			return nil
		},
	}
	return e
}

// Close lets connections go.
func (e *Endpoint) Close() error {
	e.client.CloseIdleConnections()
	return nil
}

// A Reply is what came back: a body within bounds, and its headers.
type Reply struct {
	Body   []byte
	Header http.Header
	Took   time.Duration // of the try that succeeded
	Tries  int
}

// Post sends a body. Replies that say "later" (429, 5xx) and broken connections are
// tried again, a few times, with growing pauses or as Retry-After says.
func (e *Endpoint) Post(ctx context.Context, body []byte) (*Reply, error) {
	made := 0
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval = 100*time.Millisecond, 5*time.Second
	r, err := backoff.Retry(ctx, func() (*Reply, error) {
		made++
		return e.once(ctx, body)
	}, backoff.WithBackOff(pauses), backoff.WithMaxTries(tries), backoff.WithMaxElapsedTime(0))
	if err != nil {
		var permanent *backoff.PermanentError
		if errors.As(err, &permanent) {
			err = permanent.Err
		}
		why := e.Secrets.Mask(plain(err)) + tried(made)
		var fault *faultError
		if errors.As(err, &fault) {
			return nil, errors.New(why)
		}
		return nil, &wire.Outage{Why: why}
	}
	r.Tries = made
	return r, nil
}

func tried(n int) string {
	if n < 2 {
		return ""
	}
	return fmt.Sprintf(" (tried %d times)", n)
}

// A faultError is one that the same request meets again: it is wrong, or not for here.
type faultError struct{ error }

func fault(err error) error { return backoff.Permanent(&faultError{err}) }

// plain is an error without the address that net/http puts before it.
func plain(err error) string {
	var at *url.Error
	if errors.As(err, &at) {
		err = at.Err
	}
	return err.Error()
}

func secretsOf(headers http.Header) *secret.Values {
	var all []string
	for _, values := range headers {
		all = append(all, values...)
	}
	return secret.Of(all...)
}

func (e *Endpoint) once(ctx context.Context, body []byte) (*Reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL.String(), bytes.NewReader(body))
	if err != nil {
		return nil, fault(err)
	}
	for name, values := range e.Headers {
		req.Header[name] = values
	}
	req.Header.Set("Content-Type", e.Type)
	req.Header.Set("Accept", e.Type)
	start := time.Now()
	res, err := e.client.Do(req)
	if err != nil {
		switch {
		case ctx.Err() != nil:
			return nil, backoff.Permanent(err)
		case strings.Contains(err.Error(), "redirects"):
			return nil, fault(errors.New(plain(err)))
		}
		return nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, wire.MaxLine+1))
	took := time.Since(start)
	switch {
	case err != nil:
		return nil, err
	case len(text) > wire.MaxLine:
		return nil, fault(fmt.Errorf("its reply has more than %d bytes", wire.MaxLine))
	case res.StatusCode/100 == 2:
		return &Reply{Body: text, Header: res.Header, Took: took}, nil
	}
	return nil, refused(res, short(e.Secrets.Mask(string(text))))
}

// refused is the error of a status: for good, or for now.
func refused(res *http.Response, said string) error {
	err := fmt.Errorf("it answers %s%s", res.Status, said)
	if res.StatusCode != http.StatusTooManyRequests && res.StatusCode/100 != 5 {
		return fault(err)
	}
	if s, e := strconv.Atoi(res.Header.Get("Retry-After")); e == nil && s > 0 && s <= 60 {
		return &later{err, backoff.RetryAfter(s).(*backoff.RetryAfterError)}
	}
	return err
}

// later is an error that says when to come again.
type later struct {
	error
	wait *backoff.RetryAfterError
}

func (e *later) As(to any) bool {
	if t, ok := to.(**backoff.RetryAfterError); ok {
		*t = e.wait
		return true
	}
	return false
}

func short(body string) string {
	text := strings.Join(strings.Fields(strings.ToValidUTF8(body[:min(len(body), 1000)], "\uFFFD")), " ")
	if text == "" {
		return ""
	}
	r := []rune(text)
	return fmt.Sprintf(": %q", string(r[:min(len(r), 200)]))
}

// Lines is a conversation in lines.
type Lines struct{ *Endpoint }

// Exchange posts a line and finds the one that answers it. The error is of this question alone.
func (l Lines) Exchange(ctx context.Context, n int64, line []byte) (*wire.Reply, error) {
	r, err := l.Post(ctx, line)
	if ctx.Err() != nil {
		return nil, &wire.Outage{Why: "the router did not answer in time (timeout_ms)"}
	}
	if err != nil {
		return nil, fmt.Errorf("the router at %s: %w", l.URL.Host, err)
	}
	var found *wire.Reply
	for text := range bytes.Lines(r.Body) {
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		reply, err := wire.ParseReply(text, l.Secrets)
		switch {
		case err != nil:
			return nil, err
		case reply.N != n:
			return nil, fmt.Errorf("the router answered question %d where %d was asked", reply.N, n)
		case found != nil:
			return nil, fmt.Errorf("the router answered question %d twice", n)
		}
		found = reply
	}
	if found == nil {
		return nil, errors.New("the router's reply has no line")
	}
	return found, nil
}

// Tell posts a line whose reply does not matter.
func (l Lines) Tell(ctx context.Context, line []byte) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, err := l.once(ctx, line)
	return err
}
