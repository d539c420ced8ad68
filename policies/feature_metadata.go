package policies

import (
	"context"
	"fmt"

	"waymark"
	"waymark/internal/learn"
)

// Metadata are features of the dataset: numbers standardised, everything else with a
// column for each value that was seen in fitting. A value that was not is a row of zeros.
type Metadata struct {
	Fields []string `yaml:"fields" json:"fields,omitempty" doc:"of those that dataset.yaml lists under features; default: all"`
}

// Build fits the values that there are.
func (c *Metadata) Build(in Inputs, part string) (Feature, error) {
	fields := c.Fields
	if len(fields) == 0 {
		fields = in.Features
	}
	if len(fields) == 0 {
		return nil, fmt.Errorf("dataset.yaml lists no features; expected some, or metadata left out")
	}
	for i, name := range fields {
		if err := in.feature(name, "fields", i); err != nil {
			return nil, err
		}
	}
	f, err := learned(in, part, func(out *waymark.Outcomes) (*metadataFeature, error) {
		f := &metadataFeature{}
		for _, name := range fields {
			field, err := learn.FitField(columnOf(out.Queries, name))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			f.Fields = append(f.Fields, namedField{name, field})
		}
		return f, nil
	})
	if err != nil {
		return nil, err
	}
	return f, f.check(fields)
}

// check holds a state that was loaded to the fields that are asked for.
func (f *metadataFeature) check(fields []string) error {
	for i, name := range fields {
		if i >= len(f.Fields) || f.Fields[i].Name != name || f.Fields[i].Field == nil {
			return fmt.Errorf("the saved state of the metadata is not of the fields %v", fields)
		}
	}
	if len(f.Fields) != len(fields) {
		return fmt.Errorf("the saved state of the metadata is of %d fields and not of %d", len(f.Fields), len(fields))
	}
	return nil
}

type metadataFeature struct {
	Fields []namedField `json:"fields"`
}

type namedField struct {
	Name  string       `json:"name"`
	Field *learn.Field `json:"field"`
}

func (f *metadataFeature) Table(_ context.Context, qs *waymark.Queries) (*learn.Table, error) {
	var parts []*learn.Table
	for _, field := range f.Fields {
		parts = append(parts, field.Field.Table(columnOf(qs, field.Name)))
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return learn.Concatenate(parts...), nil
}

func (f *metadataFeature) names() (out []string) {
	for _, field := range f.Fields {
		if field.Field.Values == nil {
			out = append(out, field.Name, field.Name+" is known")
			out = out[:len(out)-2+field.Field.Cols()]
			continue
		}
		for _, v := range field.Field.Values {
			out = append(out, fmt.Sprintf("%s is %v", field.Name, v))
		}
	}
	return out
}

// columnOf is the values of a feature, nil where a query has none.
func columnOf(qs *waymark.Queries, name string) []any {
	out := make([]any, qs.Len())
	if c, ok := qs.Features[name]; ok {
		for i := range out {
			out[i] = c.Value(i)
		}
	}
	return out
}

// GivenEmbedding is a vector for each task that the dataset gives.
type GivenEmbedding struct {
	Name string `yaml:"name" json:"name" doc:"of those that dataset.yaml lists under embeddings" required:"true"`
}

// Build finds the vectors. Nothing is fitted.
func (c *GivenEmbedding) Build(in Inputs, _ string) (Feature, error) {
	if in.Vectors == nil {
		return nil, fieldf([]any{"name"}, "found %q, but dataset.yaml lists no embeddings", c.Name)
	}
	vectors, err := in.Vectors(c.Name)
	if err != nil {
		return nil, fieldf([]any{"name"}, "%v", err)
	}
	for _, v := range vectors {
		return vectorFeature{vectors, len(v)}, nil
	}
	return nil, fieldf([]any{"name"}, "embedding %q has no vector for any task", c.Name)
}

type vectorFeature struct {
	vectors map[string][]float32
	cols    int
}

func (f vectorFeature) Table(_ context.Context, qs *waymark.Queries) (*learn.Table, error) {
	t := learn.NewDense(qs.Len(), f.cols)
	for i, id := range qs.IDs {
		if v, ok := f.vectors[id]; ok {
			copy(t.Row(i), v)
			continue
		}
		for k := range t.Row(i) {
			t.Row(i)[k] = notKnown
		}
	}
	return t, nil
}
