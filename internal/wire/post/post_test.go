package post_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"waymark/internal/wire"
	"waymark/internal/wire/post"
)

func lines(t *testing.T, answer func(http.ResponseWriter, string)) post.Lines {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r.Header.Get("Authorization")) }))
	t.Cleanup(s.Close)
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	l := post.Lines{Endpoint: post.NewEndpoint(u, "application/x-ndjson", http.Header{"Authorization": {"Bearer sk-SECRETSECRETtail"}})}
	t.Cleanup(func() { l.Close() })
	return l
}

// A header that the other side echoes is told by no error, wherever that is cut.
func TestErrorsTellNoHeader(t *testing.T) {
	for _, status := range []int{200, 401} {
		for _, before := range []int{0, 190, 195, 199, 990, 995, 3990} {
			l := lines(t, func(w http.ResponseWriter, auth string) {
				w.WriteHeader(status)
				fmt.Fprintf(w, "%s %s", strings.Repeat("x", before), auth)
			})
			_, err := l.Exchange(t.Context(), 1, []byte("{}\n"))
			if err == nil || strings.Contains(err.Error(), "sk-S") || strings.Contains(err.Error(), "SECRETtail") {
				t.Errorf("%d after %d bytes: %v", status, before, err)
			}
		}
	}
}

// What cannot be reached, is busy or silent is told apart from what refuses.
func TestOutages(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter, string)
		outage bool
	}{
		"refused": {func(w http.ResponseWriter, _ string) { w.WriteHeader(404) }, false},
		"moved": {func(w http.ResponseWriter, _ string) {
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(307)
		}, false},
		"nonsense": {func(w http.ResponseWriter, _ string) { io.WriteString(w, "<html>") }, false},
		"broken":   {func(w http.ResponseWriter, _ string) { w.WriteHeader(503) }, true},
		"busy":     {func(w http.ResponseWriter, _ string) { w.WriteHeader(429) }, true},
		"gone":     {func(http.ResponseWriter, string) { panic(http.ErrAbortHandler) }, true},
		"silent":   {func(http.ResponseWriter, string) { time.Sleep(400 * time.Millisecond) }, true},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		if name == "silent" {
			ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
		}
		_, err := lines(t, c.answer).Exchange(ctx, 1, []byte("{}\n"))
		cancel()
		if outage := errors.As(err, new(*wire.Outage)); err == nil || outage != c.outage {
			t.Errorf("%s: %v is an outage: %v, want %v", name, err, outage, c.outage)
		}
	}
}
