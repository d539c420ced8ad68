package embedding

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	jsonv2 "github.com/go-json-experiment/json"

	"waymark/internal/secret"
)

// A Found is what an endpoint told of one text.
type Found struct {
	Vector  []float32     // nil where the text was refused
	Tokens  float64       // the text's share of those of its call; NaN where they were not counted
	Latency time.Duration // of the call that succeeded, which a text on its own would wait for too
	Refused string        // why the endpoint takes the other texts and not this one
}

// errRefused is an endpoint's word that the texts of a call are at fault.
type errRefused struct{ why string }

func (e *errRefused) Error() string { return e.why }

// An Outage is an endpoint that cannot be reached, is busy or fails: another day it may
// not. Nothing that the suite says is at fault.
type Outage struct{ Why string }

func (e *Outage) Error() string { return e.Why }

const longestWait = 5 * time.Minute // that an endpoint may ask for

// call embeds a few texts in one request, which is tried again where the endpoint is
// busy, broken or slow.
func (s *Store) call(ctx context.Context, texts []string) ([]Found, error) {
	body, err := json.Marshal(struct {
		Model      string   `json:"model"`
		Input      []string `json:"input"`
		Format     string   `json:"encoding_format"`
		Dimensions int      `json:"dimensions,omitempty"`
	}{s.end.Model, texts, "float", s.end.Dimensions})
	if err != nil {
		return nil, err
	}
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval = s.end.Pause
	var took time.Duration
	reply, err := backoff.Retry(ctx, func() (*reply, error) {
		start := time.Now()
		r, err := s.attempt(ctx, body, len(texts))
		took = time.Since(start)
		return r, err
	}, backoff.WithBackOff(wait), backoff.WithMaxTries(uint(s.end.Tries)), backoff.WithMaxElapsedTime(0))
	var busy *busyError
	var permanent *backoff.PermanentError
	switch {
	case errors.As(err, &busy):
		return nil, busy.err
	case errors.As(err, &permanent): // the last try says so too
		return nil, permanent.Err
	case err != nil:
		return nil, err
	}
	return reply.share(texts, took), nil
}

// A busyError says how long the endpoint asks to be left alone.
type busyError struct {
	wait backoff.RetryAfterError
	err  error
}

func (e *busyError) Error() string { return e.err.Error() }
func (e *busyError) Unwrap() error { return &e.wait }

// attempt makes one request. An error that another try cannot mend is permanent.
func (s *Store) attempt(ctx context.Context, body []byte, n int) (*reply, error) {
	whole := ctx
	ctx, stop := context.WithTimeout(ctx, s.end.Timeout)
	defer stop()
	target := strings.TrimRight(s.end.BaseURL, "/") + "/embeddings"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return nil, backoff.Permanent(err)
	}
	req.Header.Set("Content-Type", "application/json")
	key := ""
	if s.end.Key != nil {
		if key, err = s.end.Key(); err != nil {
			return nil, backoff.Permanent(err)
		}
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	hide := secret.Of(key)
	resp, err := s.client.Do(req)
	if err != nil {
		var at *url.Error
		if errors.As(err, &at) {
			err = at.Err
		}
		if whole.Err() != nil {
			return nil, err
		}
		return nil, &Outage{hide.Mask(err.Error())}
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, s.failure(resp, hide)
	}
	return s.read(resp.Body, n, hide)
}

// failure is a status other than 200 as an error, without the key.
func (s *Store) failure(resp *http.Response, hide *secret.Values) error {
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 4096)) // what there is of it
	msg := strings.Join(strings.Fields(hide.MaskCut(string(text))), " ")
	err := fmt.Errorf("%.100q: %.300q", hide.Mask(resp.Status), msg)
	switch code := resp.StatusCode; {
	case code == http.StatusBadRequest, code == http.StatusRequestEntityTooLarge, code == http.StatusUnprocessableEntity:
		return backoff.Permanent(&errRefused{err.Error()})
	case code != http.StatusRequestTimeout && code != http.StatusTooManyRequests && code < 500:
		return backoff.Permanent(err)
	}
	err = &Outage{err.Error()}
	wait, ok := retryAfter(resp.Header.Get("Retry-After"), time.Now())
	switch {
	case !ok:
		return err
	case wait > longestWait:
		return backoff.Permanent(fmt.Errorf("%w; it asks to wait %v, more than %v", err, wait, longestWait))
	}
	return &busyError{backoff.RetryAfterError{Duration: max(wait, s.end.Pause)}, err}
}

// retryAfter reads seconds or a date (RFC 9110, section 10.2.3).
func retryAfter(text string, now time.Time) (time.Duration, bool) {
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(n) * time.Second, true
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(at.Sub(now), 0), true
	}
	return 0, false
}

// A reply is what the endpoint said, in the order of the texts.
type reply struct {
	vectors [][]float32
	tokens  float64 // NaN if not counted
}

// share gives each text its part of the tokens, by its bytes: endpoints count a call
// and not its texts. The parts of a call sum to what it counted.
func (r *reply) share(texts []string, took time.Duration) []Found {
	bytes := 0
	for _, t := range texts {
		bytes += len(t)
	}
	out := make([]Found, len(texts))
	for i, t := range texts {
		part := 1 / float64(len(texts))
		if bytes > 0 {
			part = float64(len(t)) / float64(bytes)
		}
		out[i] = Found{Vector: r.vectors[i], Tokens: r.tokens * part, Latency: took}
	}
	return out
}

// read decodes a reply of n vectors. One that ends too early is worth another try; one that
// says something else than vectors is not.
func (s *Store) read(body io.Reader, n int, hide *secret.Values) (*reply, error) {
	limit := s.replyLimit(n)
	text, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err != nil {
		return nil, &Outage{hide.Mask(err.Error())}
	}
	if int64(len(text)) > limit {
		return nil, backoff.Permanent(fmt.Errorf("the reply to %d texts is longer than %d bytes", n, limit))
	}
	var raw struct {
		Data []struct {
			Index     *int       `json:"index"`
			Embedding []*float64 `json:"embedding"`
		} `json:"data"`
		Usage *struct {
			Prompt *float64 `json:"prompt_tokens"`
			Total  *float64 `json:"total_tokens"`
		} `json:"usage"`
	}
	if err := jsonv2.Unmarshal(text, &raw); err != nil {
		return nil, fmt.Errorf("the reply is not as expected: %s", hide.Mask(err.Error()))
	}
	out := &reply{vectors: make([][]float32, n), tokens: math.NaN()}
	if u := raw.Usage; u != nil {
		for _, count := range []*float64{u.Total, u.Prompt} { // the prompt's where there are both
			if count != nil && *count >= 0 {
				out.tokens = *count
			}
		}
	}
	if len(raw.Data) != n {
		return nil, backoff.Permanent(fmt.Errorf("found %d embeddings in the reply to %d texts", len(raw.Data), n))
	}
	for i, d := range raw.Data {
		at := i
		if d.Index != nil {
			at = *d.Index
		}
		if at < 0 || at >= n || out.vectors[at] != nil {
			return nil, backoff.Permanent(fmt.Errorf("found index %d out of range or twice in the reply to %d texts", at, n))
		}
		v, err := s.vector(d.Embedding)
		if err != nil {
			return nil, backoff.Permanent(err)
		}
		out.vectors[at] = v
	}
	return out, nil
}

// vector checks one embedding.
func (s *Store) vector(from []*float64) ([]float32, error) {
	want := s.expected()
	if len(from) == 0 || len(from) > MostDimensions || want > 0 && len(from) != want {
		return nil, fmt.Errorf("found an embedding of %d dimensions, expected %s", len(from), dimensions(want))
	}
	out := make([]float32, len(from))
	for i, x := range from {
		if x == nil {
			return nil, errors.New("found null in an embedding, expected a number")
		}
		if out[i] = float32(*x); math.IsInf(float64(out[i]), 0) {
			return nil, fmt.Errorf("found %g in an embedding, expected a number that 32 bits hold", *x)
		}
	}
	return out, nil
}

func dimensions(want int) string {
	if want > 0 {
		return strconv.Itoa(want)
	}
	return fmt.Sprintf("1 to %d", MostDimensions)
}
