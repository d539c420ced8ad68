package embedding

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// A Store is what is known of texts at one endpoint. It is safe for concurrent use.
// A text keeps the vector that it was given first.
type Store struct {
	end    Endpoint
	client *http.Client
	file   *file // nil if nothing is kept

	filling sync.Mutex // one Fill at a time, so that no text is asked for twice
	mu      sync.RWMutex
	found   map[digest]Found
	length  int // of the vectors; 0 until one is known
}

type digest [sha256.Size]byte

// Open is the store of an endpoint, with what its file in a folder holds. Without a
// folder nothing is kept.
func Open(end Endpoint, folder string) (*Store, error) {
	if err := end.Check(); err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = end.Concurrency
	s := &Store{end: end, length: end.Dimensions, found: map[digest]Found{}, client: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the key goes to one host alone
	}}
	if folder == "" {
		return s, nil
	}
	s.file = newFile(folder, &end)
	return s, s.file.load(s.keep)
}

// Close ends idle connections.
func (s *Store) Close() { s.client.CloseIdleConnections() }

// Get is what is known of a text.
func (s *Store) Get(text string) (Found, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	f, ok := s.found[sha256.Sum256([]byte(text))]
	return f, ok
}

// Length is the dimension of the vectors, 0 where none is known yet.
func (s *Store) Length() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.length
}

func (s *Store) expected() int { return s.Length() }

// replyLimit bounds the bytes of a reply to n texts: a number takes at most 32.
func (s *Store) replyLimit(n int) int64 {
	length := s.expected()
	if length == 0 {
		length = MostDimensions
	}
	return 1<<16 + int64(n)*int64(length)*32
}

// keep enters what was found about a text, unless something is known already.
func (s *Store) keep(key digest, f Found) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Vector != nil {
		if s.length == 0 {
			s.length = len(f.Vector)
		}
		if len(f.Vector) != s.length {
			return fmt.Errorf("found an embedding of %d dimensions, expected %d", len(f.Vector), s.length)
		}
	}
	if _, ok := s.found[key]; !ok {
		s.found[key] = f
	}
	return nil
}

// Missing is how many texts there are of which nothing is known.
func (s *Store) Missing(texts []string) int { return len(s.missing(texts)) }

// missing are the texts of which nothing is known, each once.
func (s *Store) missing(texts []string) (out []string) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	seen := map[digest]bool{}
	for _, t := range texts {
		key := digest(sha256.Sum256([]byte(t)))
		if _, ok := s.found[key]; !ok && !seen[key] {
			seen[key] = true
			out = append(out, t)
		}
	}
	return out
}

// Fill asks the endpoint for those texts of which nothing is known. A text that it
// refuses where it takes others is known to be refused until the process ends; any
// other failure is an error, with everything kept that was found until then.
func (s *Store) Fill(ctx context.Context, texts []string) error {
	if len(s.missing(texts)) == 0 {
		return nil
	}
	s.filling.Lock()
	defer s.filling.Unlock()
	todo := s.missing(texts)
	var refused atomic.Int32
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(s.end.Concurrency)
	for len(todo) > 0 && ctx.Err() == nil {
		n := min(s.end.Batch, len(todo))
		batch := todo[:n]
		todo = todo[n:]
		if s.Length() == 0 { // the first batch alone, since it tells the dimension
			if err := s.fill(ctx, batch, &refused); err != nil {
				return s.blame(err)
			}
			continue
		}
		group.Go(func() error { return s.fill(ctx, batch, &refused) })
	}
	err := group.Wait()
	if err == nil && len(todo) > 0 {
		err = context.Cause(ctx)
	}
	return s.blame(err)
}

func (s *Store) blame(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("embeddings of %s: %w", &s.end, err)
}

const mostRefused = 8 // texts, before an endpoint that took none is taken to be at fault itself

// fill embeds a batch. One that is refused is halved until the texts at fault stand alone.
func (s *Store) fill(ctx context.Context, batch []string, refused *atomic.Int32) error {
	found, err := s.call(ctx, batch)
	var no *errRefused
	switch {
	case errors.As(err, &no) && len(batch) > 1:
		half := len(batch) / 2
		if err := s.fill(ctx, batch[:half], refused); err != nil {
			return err
		}
		return s.fill(ctx, batch[half:], refused)
	case errors.As(err, &no):
		if refused.Add(1) >= mostRefused && s.none() {
			return err
		}
		return s.keep(sha256.Sum256([]byte(batch[0])), Found{Refused: no.why})
	case err != nil:
		return err
	}
	for i, f := range found {
		if err := s.keep(sha256.Sum256([]byte(batch[i])), f); err != nil {
			return err
		}
	}
	if s.file == nil {
		return nil
	}
	return s.file.add(batch, found)
}

// none reports that the endpoint has embedded nothing yet.
func (s *Store) none() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, f := range s.found {
		if f.Vector != nil {
			return false
		}
	}
	return true
}
