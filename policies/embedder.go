package policies

import (
	"context"
	"fmt"
	"math"

	"waymark"
	"waymark/internal/learn"
)

// An Embedder gives queries vectors. It is safe for concurrent use, and the vector of
// a query depends on that query alone.
type Embedder interface {
	// Embed gives one row a query. What spends money or time to do so enters that too.
	Embed(ctx context.Context, qs *waymark.Queries) (*Embedded, error)
}

// Embedded are the vectors of some queries.
type Embedded struct {
	Table  *learn.Table       // dense, one row a query; NaN throughout where there is no vector
	Failed []string           // why a query has no vector; "" where it has one
	Spent  []waymark.Spending // on each query, whether it was spent now or when it was first embedded; nil if it is free
}

// newEmbedded are rows without a vector, to be filled.
func newEmbedded(rows, dimensions int) *Embedded {
	out := &Embedded{Table: learn.NewDense(rows, dimensions), Failed: make([]string, rows)}
	for i := range out.Table.Dense {
		out.Table.Dense[i] = float32(math.NaN())
	}
	return out
}

// given is the embedding of the dataset that a key names.
func (in Inputs) given(name string, path ...any) (Embedder, error) {
	if in.Vectors == nil {
		return nil, fieldf(path, "found embedding %q, and dataset.yaml lists no embeddings", name)
	}
	vs, err := in.Vectors(name)
	if err != nil {
		return nil, fieldf(path, "%v", err)
	}
	for _, v := range vs {
		return givenVectors{name, vs, len(v)}, nil
	}
	return nil, fieldf(path, "the embedding %q has no vector of any task of this suite", name)
}

// givenVectors are a dataset's own vectors, which cost nothing here: declare what
// they cost a router with the key charge.
type givenVectors struct {
	name       string
	vectors    map[string][]float32
	dimensions int
}

func (g givenVectors) Embed(_ context.Context, qs *waymark.Queries) (*Embedded, error) {
	out := newEmbedded(qs.Len(), g.dimensions)
	for i, id := range qs.IDs {
		v, ok := g.vectors[id]
		switch {
		case !ok:
			out.Failed[i] = fmt.Sprintf("the embedding %s has no vector of this task", g.name)
		case len(v) != g.dimensions:
			return nil, fmt.Errorf("embedding %s: found %d dimensions for task %q, expected %d", g.name, len(v), id, g.dimensions)
		default:
			copy(out.Table.Row(i), v)
		}
	}
	return out, nil
}
