package datasets

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"waymark/internal/yamlfile"
)

// MostDimensions bounds the length of a vector.
const MostDimensions = 65_536

// A Vector is the embedding of one task.
type Vector struct {
	Task   string
	Values []float32 // finite, and as many as every other vector of the same name has
}

// embeddingFolder holds the tables of vectors; metadataPrefix marks an embedding
// that is a field of the tasks in place of a table.
const (
	embeddingFolder = "embeddings"
	metadataPrefix  = "metadata."
)

// Embeddings are the names that dataset.yaml lists: all that a policy may see.
func (f *Folder) Embeddings() []string { return f.meta.Embeddings }

// Vectors streams the embedding of a name that dataset.yaml lists: from the table
// embeddings/NAME, or from the tasks where the name is metadata.FIELD. Tasks may
// lack one. All have the same dimension; what has another, is not finite, is of an
// unknown task or there twice is an error with its place.
func (f *Folder) Vectors(ctx context.Context, name string) iter.Seq2[Vector, error] {
	return func(yield func(Vector, error) bool) {
		rows, err := f.vectorRows(ctx, name)
		if err != nil {
			yield(Vector{}, err)
			return
		}
		check := vectorCheck{lines: map[string]int{}}
		for rec, err := range rows {
			if err == nil && rec.rec.absent {
				continue
			}
			if err == nil {
				err = blame(rec, check.row(&rec.rec, rec.line))
			}
			if err != nil {
				yield(Vector{}, err)
				return
			}
			if !yield(Vector{rec.rec.Task, rec.rec.Vector.values}, nil) {
				return
			}
		}
	}
}

// vectorRows is the table or the field that a name means.
func (f *Folder) vectorRows(ctx context.Context, name string) (iter.Seq2[located[vectorRecord], error], error) {
	if !slices.Contains(f.meta.Embeddings, name) {
		msg := fmt.Sprintf("found embedding %q, expected one that dataset.yaml lists under embeddings %v", name, f.meta.Embeddings)
		if near := yamlfile.Nearest(name, f.meta.Embeddings); near != "" {
			msg += fmt.Sprintf("; did you mean %q?", near)
		}
		return nil, fmt.Errorf("%s", msg)
	}
	if field, ok := strings.CutPrefix(name, metadataPrefix); ok {
		return f.metadataVectors(ctx, field), nil
	}
	ids, err := f.known(ctx)
	if err != nil {
		return nil, err
	}
	t := f.vectors[name]
	rows := jsonLines[vectorRecord](ctx, t)
	if t.csv() {
		rows = csvVectors(ctx, t)
	}
	return func(yield func(located[vectorRecord], error) bool) {
		for rec, err := range rows {
			if _, ok := ids[rec.rec.Task]; err == nil && rec.rec.Task != "" && !ok {
				err = blame(rec, bad("task", "found task %q, which %s does not have", rec.rec.Task, filepath.Base(f.tasks.path)))
			}
			if !yield(rec, err) || err != nil {
				return
			}
		}
	}, nil
}

// A vectorRecord is a row of a table of vectors as it is written.
type vectorRecord struct {
	Task   string  `json:"task"`
	Vector numbers `json:"vector"`

	absent bool   // a task without the field
	field  string // that the vector stands in, where it is not vector
}

// A vectorCheck holds what rows must have in common.
type vectorCheck struct {
	dimension, first int            // of the first vector, and its line
	lines            map[string]int // of each task
}

func (c *vectorCheck) row(r *vectorRecord, line int) error {
	field := r.field
	if field == "" {
		field = "vector"
	}
	if r.Task == "" {
		return bad("task", "found a vector without a task, expected a task's id")
	}
	if before, twice := c.lines[r.Task]; twice {
		return bad("task", "found a second vector of task %q (first on line %d), expected one", r.Task, before)
	}
	c.lines[r.Task] = line
	if r.Vector.bad != "" {
		return &fieldError{field: r.Vector.cell(field), msg: r.Vector.bad, offset: r.Vector.offset}
	}
	n := len(r.Vector.values)
	switch {
	case n == 0:
		return bad(field, "found no numbers, expected a list of at least one")
	case c.dimension == 0:
		c.dimension, c.first = n, line
	case n != c.dimension:
		return bad(field, "found %d numbers, expected %d as on line %d", n, c.dimension, c.first)
	}
	return nil
}

// numbers are the values of a vector, or why and where they are none.
type numbers struct {
	values []float32
	bad    string
	offset int    // of what is bad, in bytes of the JSON
	column string // of what is bad, in a CSV file
}

func (v *numbers) cell(field string) string {
	if v.column != "" {
		return v.column
	}
	return field
}

// UnmarshalJSON reads a list of numbers. What is wrong with it is kept, to be blamed
// with its place.
func (v *numbers) UnmarshalJSON(text []byte) error {
	*v = numbers{}
	dec := jsontext.NewDecoder(bytes.NewReader(text))
	if tok, err := dec.ReadToken(); err != nil || tok.Kind() != '[' {
		v.bad = fmt.Sprintf("found %s, expected a list of numbers", kindName(jsontext.Value(text).Kind()))
		return nil
	}
	for dec.PeekKind() != ']' {
		raw, err := dec.ReadValue()
		if err != nil {
			v.bad = "not JSON: " + err.Error()
			return nil
		}
		if v.offset = int(dec.InputOffset()) - len(raw); raw.Kind() != '0' {
			v.bad = fmt.Sprintf("found %s, expected a number", kindName(raw.Kind()))
			return nil
		}
		if v.bad = v.add(string(raw)); v.bad != "" {
			return nil
		}
	}
	return nil
}

// add appends a number, or says why it is none.
func (v *numbers) add(text string) (why string) {
	x, err := decimal(text, 32)
	switch {
	case err != nil || math.IsNaN(x) || math.IsInf(x, 0):
		return fmt.Sprintf("found %.40q, expected a finite number that 32 bits hold", text)
	case len(v.values) == MostDimensions:
		return fmt.Sprintf("found more than %d numbers, expected at most that many", MostDimensions)
	}
	v.values = append(v.values, float32(x))
	return ""
}
