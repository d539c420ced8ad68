package policies

import (
	"fmt"
	"sync"

	"waymark/internal/embedding"
)

// Embeddings keeps what endpoints told of prompts, for all policies that are built
// from the same [Inputs]. The zero Embeddings keeps it for as long as it lives. It is
// safe for concurrent use.
type Embeddings struct {
	Folder  string // where files of it lie; "" keeps none
	Offline bool   // fail where something is not known, instead of asking for it

	mu      sync.Mutex
	stores  map[string]*embedding.Store
	unknown int
}

// Unknown is how many prompts could not be embedded for want of a network.
func (e *Embeddings) Unknown() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.unknown
}

// refuse reports an error where prompts are unknown and may not be asked for.
func (e *Embeddings) refuse(s *embedding.Store, texts []string, model string) error {
	if e == nil || !e.Offline {
		return nil
	}
	n := s.Missing(texts)
	if n == 0 {
		return nil
	}
	e.mu.Lock()
	e.unknown = max(e.unknown, n)
	e.mu.Unlock()
	return fmt.Errorf("%d prompts have no embedding of %s yet, and nothing may be spent here: run the suite first", n, model)
}

// open is the store of an endpoint, opened once for those with the same settings and
// the same variable for the key.
func (e *Embeddings) open(end embedding.Endpoint, keyEnv string) (*embedding.Store, error) {
	if e == nil {
		return embedding.Open(end, "")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	id := fmt.Sprintf("%q %q %q %d %d %d %v", keyEnv, end.BaseURL, end.Model, end.Dimensions, end.Batch, end.Concurrency, end.Timeout)
	if s, ok := e.stores[id]; ok {
		return s, nil
	}
	s, err := embedding.Open(end, e.Folder)
	if err != nil {
		return nil, err
	}
	if e.stores == nil {
		e.stores = map[string]*embedding.Store{}
	}
	e.stores[id] = s
	return s, nil
}

// Close ends idle connections.
func (e *Embeddings) Close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, s := range e.stores {
		s.Close()
	}
}
