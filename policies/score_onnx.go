package policies

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"runtime"
	"strings"

	"waymark"
	"waymark/internal/learn"
	"waymark/internal/onnx"

	"golang.org/x/sync/errgroup"
)

// OnnxKeys name a model in the ONNX format that is run on this machine.
type OnnxKeys struct {
	Path    string `yaml:"path" json:"path" doc:"the model's file, relative to the suite file" required:"true"`
	Output  string `yaml:"output" json:"output,omitempty" doc:"the output that is read; default: the only one of floating-point numbers"`
	Library string `yaml:"library" json:"library,omitempty" doc:"ONNX Runtime's shared library; default: the environment variable WAYMARK_ONNXRUNTIME, else the system's"`
}

// open opens the model, and tells how many numbers it gives a row, 0 if that is not
// known. One of texts is tried on a short text, so that what is wrong with it is found
// before the first query.
func (c *OnnxKeys) open(in Inputs) (m *onnx.Model, columns int, err error) {
	if c.Path == "" {
		return nil, 0, fieldf([]any{"path"}, "no model is named, expected a file in the ONNX format")
	}
	path := filepath.FromSlash(c.Path)
	if !filepath.IsAbs(path) {
		path = filepath.Join(in.Folder, path)
	}
	m, err = onnx.Open(path, onnx.Options{Library: c.Library, Output: c.Output})
	if err == nil {
		columns = m.Columns()
	}
	if err == nil && m.Texts() {
		_, columns, err = m.RunTexts(context.Background(), []string{"What is 2 + 2?"})
	}
	if err != nil {
		return nil, 0, fieldf([]any{"path"}, "%v", err)
	}
	return m, columns, nil
}

// each runs a model on one row after another, on every processor, so that what a row is
// given depends on that row alone: in a batch the last bits of a number can depend on
// how many rows there are. A row of which run knows nothing is left as NaN.
func each(ctx context.Context, rows, columns int, run func(ctx context.Context, i int) ([]float64, error)) (*learn.Table, error) {
	values := make([][]float64, rows)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	const chunk = 64
	for lo := 0; lo < rows; lo += chunk {
		group.Go(func() (err error) {
			for i := lo; i < min(lo+chunk, rows) && err == nil; i++ {
				if err = ctx.Err(); err == nil {
					values[i], err = run(ctx, i)
				}
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return tabled(values, columns)
}

// tabled is rows of so many columns, or of one width where that is 0, as a table; NaN where a
// row is absent.
func tabled(values [][]float64, cols int) (*learn.Table, error) {
	for _, v := range values {
		if cols == 0 {
			cols = len(v)
		}
		if len(v) != 0 && len(v) != cols {
			return nil, fmt.Errorf("found an output of %d numbers, expected %d as before", len(v), cols)
		}
	}
	t := learn.NewDense(len(values), max(cols, 1))
	for i, v := range values {
		row := t.Row(i)
		for k := range row {
			if row[k] = notKnown; k < len(v) {
				row[k] = float32(v[k])
			}
		}
	}
	return t, nil
}

// ofPrompts is what a model of texts says of each prompt. A prompt that it cannot be
// given, or fails on, is not known.
func ofPrompts(ctx context.Context, m *onnx.Model, columns int, qs *waymark.Queries) (*learn.Table, error) {
	return each(ctx, qs.Len(), columns, func(ctx context.Context, i int) ([]float64, error) {
		out, _, err := m.RunTexts(ctx, []string{prompts(qs)(i)})
		if err != nil && ctx.Err() == nil {
			return nil, nil
		}
		return out, err
	})
}

// OnnxEmbedding is a vector that a model of texts gives the prompt.
type OnnxEmbedding struct{ OnnxKeys }

// Build opens the model. Nothing is fitted.
func (c *OnnxEmbedding) Build(in Inputs, _ string) (Feature, error) {
	m, columns, err := c.open(in)
	if err != nil {
		return nil, err
	}
	if !m.Texts() {
		return nil, fieldf([]any{"path"}, "%s takes %s, expected texts; a model of numbers can be a scorer: {type: onnx, features: […]}", c.Path, m.Input)
	}
	return onnxVectors{m, columns}, nil
}

type onnxVectors struct {
	model   *onnx.Model
	columns int
}

func (f onnxVectors) Table(ctx context.Context, qs *waymark.Queries) (*learn.Table, error) {
	return ofPrompts(ctx, f.model, f.columns, qs)
}

// Onnx rates a query by a number that a model in the ONNX format gives it: higher means
// more need of the stronger model.
type Onnx struct {
	OnnxKeys
	Class    *int         `yaml:"class" json:"class,omitempty" doc:"the column of the output that is the score, from 0; needed where there are several"`
	Features []AnyFeature `yaml:"features" json:"features,omitempty" doc:"what a model of numbers is given, in this order; a model of texts is given the prompt"`
}

// Build opens the model, and builds what it is given.
func (c *Onnx) Build(in Inputs) (Scorer, error) {
	m, columns, err := c.open(in)
	if err != nil {
		return nil, err
	}
	s := &onnxScorer{model: m, columns: columns, representation: &representation{}}
	switch {
	case m.Texts() && len(c.Features) > 0:
		return nil, fieldf([]any{"features"}, "%s takes %s, the prompt, expected no features", c.Path, m.Input)
	case !m.Texts() && len(c.Features) == 0:
		return nil, fieldf([]any{"features"}, "%s takes %s, expected features that it is given, any of %s", c.Path, m.Input, strings.Join(featureNames(), ", "))
	case !m.Texts():
		if s.representation, err = represent(in, c.Features); err != nil {
			return nil, err
		}
	}
	if s.class, err = c.column(m, columns); err != nil {
		return nil, err
	}
	return s, nil
}

// column is which column of the output is the score.
func (c *Onnx) column(m *onnx.Model, columns int) (int, error) {
	switch {
	case c.Class == nil && columns == 1:
		return 0, nil
	case c.Class == nil:
		return 0, fieldf([]any{"class"}, "the output %s has several columns, expected class: the one that is the score, from 0", m.Output)
	case *c.Class < 0 || columns > 0 && *c.Class >= columns:
		return 0, fieldf([]any{"class"}, "found %d, expected a column of the output %s, from 0", *c.Class, m.Output)
	}
	return *c.Class, nil
}

type onnxScorer struct {
	model          *onnx.Model
	columns        int // of the output; 0 if not known
	representation *representation
	class          int
}

// Score runs the model on every query. A query that it cannot be run on cannot be rated.
func (s *onnxScorer) Score(ctx context.Context, qs *waymark.Queries, out []float64) error {
	t, err := s.table(ctx, qs)
	if err != nil {
		return err
	}
	for i := range out {
		switch row := t.Row(i); {
		case s.class < len(row):
			out[i] = float64(row[s.class])
		case row[0] == row[0]:
			return fmt.Errorf("the output %s has %d columns, and the score is to be column %d from 0", s.model.Output, len(row), s.class)
		default:
			out[i] = math.NaN()
		}
	}
	return nil
}

func (s *onnxScorer) table(ctx context.Context, qs *waymark.Queries) (*learn.Table, error) {
	if s.model.Texts() {
		return ofPrompts(ctx, s.model, s.columns, qs)
	}
	x, err := s.representation.table(ctx, qs)
	if err != nil {
		return nil, err
	}
	if x.Sparse() {
		return nil, fmt.Errorf("the features are sparse n-grams, expected dense ones such as svd, statistics or an embedding")
	}
	unknown := map[int]bool{}
	for _, i := range unknownRows(x) {
		unknown[i] = true
	}
	return each(ctx, x.Rows, s.columns, func(ctx context.Context, i int) ([]float64, error) {
		if unknown[i] {
			return nil, nil
		}
		y, _, err := s.model.RunNumbers(ctx, x.Row(i), x.Cols)
		return y, err
	})
}

// Charge is what the features cost; running the model is what the key charge says.
func (s *onnxScorer) Charge(qs *waymark.Queries, spent []waymark.Spending) {
	s.representation.charge(qs, spent)
}
