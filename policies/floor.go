package policies

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"time"

	"waymark/internal/wire"
	"waymark/internal/wire/pipe"
	"waymark/internal/wire/post"
)

// A floor is what transport takes where nobody thinks, measured once.
type floor struct{ *Transport }

// echoes is how many lines are echoed.
const echoes = 200

// floorOf is the floor of a router's kind and batch. The caller holds the lock.
func (o *Opened) floorOf(r *router) *Transport {
	if r.client == nil {
		return nil
	}
	key := fmt.Sprint(r.kind, r.batch)
	if o.floor == nil {
		o.floor = map[string]*floor{}
	}
	if o.floor[key] == nil {
		o.floor[key] = &floor{measure(r.kind, r.batch)}
	}
	if t := o.floor[key].Transport; t != nil {
		own := *t
		return &own
	}
	return nil
}

// measure echoes lines of a batch of queries; nil where there is no echo.
func measure(kind string, batch int) *Transport {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, stop := echo(kind)
	if conn == nil {
		return nil
	}
	defer stop()
	query := `{"id":"echo","repeat":0,"features":{},"messages":[{"role":"user","content":"` + strings.Repeat("word ", 40) + `"}]}`
	queries := strings.TrimSuffix(strings.Repeat(query+",", batch), ",")
	var took []float64
	for n := range int64(echoes) {
		text := fmt.Appendf(nil, `{"type":"select","n":%d,"queries":[%s]}`+"\n", n, queries)
		start := time.Now()
		if _, err := conn.Exchange(ctx, n, text); err != nil {
			return nil
		}
		took = append(took, float64(time.Since(start).Nanoseconds())/1000)
	}
	slices.Sort(took)
	return &Transport{Line: took[len(took)/2], N: len(took)}
}

// echo is a conversation with something that answers every line with itself: a
// process, for the pipe, and a server of our own on this machine, for HTTP.
func echo(kind string) (wire.Conn, func()) {
	if kind == "exec" {
		cat, err := exec.LookPath("cat")
		if err != nil {
			return nil, nil
		}
		p, err := pipe.Start(pipe.Command{Argv: []string{cat}})
		if err != nil {
			return nil, nil
		}
		return p, func() { p.Close() }
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil
	}
	s := &http.Server{Handler: http.HandlerFunc(returnToSender), ReadHeaderTimeout: time.Second}
	go func() { _ = s.Serve(l) }()
	e := post.NewEndpoint(&url.URL{Scheme: "http", Host: l.Addr().String(), Path: "/"}, "application/x-ndjson", nil)
	return post.Lines{Endpoint: e}, func() { e.Close(); s.Close() }
}

// returnToSender reads a request to its end before it writes: a server drops what is
// unread then.
func returnToSender(w http.ResponseWriter, r *http.Request) {
	if body, err := io.ReadAll(io.LimitReader(r.Body, wire.MaxLine)); err == nil {
		_, _ = w.Write(body)
	}
}
