package suite

import (
	"context"
	"path/filepath"
	"sync"
)

// vectorSource gives the dataset's embeddings by name, each read when a policy first
// asks for it. Only those of the tasks that the filter left are kept. It is nil where
// dataset.yaml lists none.
func (b *board) vectorSource(ctx context.Context) func(string) (map[string][]float32, error) {
	if len(b.folder.Embeddings()) == 0 {
		return nil
	}
	var mu sync.Mutex
	read := map[string]map[string][]float32{}
	return func(name string) (map[string][]float32, error) {
		mu.Lock()
		defer mu.Unlock()
		if vs, ok := read[name]; ok {
			return vs, nil
		}
		vs := map[string][]float32{}
		for v, err := range b.folder.Vectors(ctx, name) {
			if err != nil {
				return nil, err
			}
			if _, ok := b.matrix.Row(v.Task); ok {
				vs[v.Task] = v.Values
			}
		}
		read[name] = vs
		return vs, nil
	}
}

// embeddings is the folder of what endpoints told of prompts.
func (o *Options) embeddings() string {
	if o.Cache == "" {
		return ""
	}
	return filepath.Join(o.Cache, "embeddings")
}
