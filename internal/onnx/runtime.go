//go:build cgo

package onnx

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
)

// ONNX Runtime is one for a process, and so is the library that it was loaded from.
var environment struct {
	sync.Mutex
	library string // "" until it is loaded
}

// load loads ONNX Runtime. A second library cannot be loaded beside the first.
func load(given string) error {
	environment.Lock()
	defer environment.Unlock()
	names := libraries(given)
	if environment.library != "" {
		for _, name := range names {
			if name == environment.library {
				return nil
			}
		}
		if given == "" {
			return nil
		}
		return fmt.Errorf("found library %s, and this process has loaded %s: one process uses one ONNX Runtime", given, environment.library)
	}
	var why []string
	for _, name := range names {
		ort.SetSharedLibraryPath(name)
		err := ort.InitializeEnvironment()
		if err == nil {
			environment.library = name
			return nil
		}
		why = append(why, err.Error())
	}
	return fmt.Errorf("ONNX Runtime's library could not be loaded: %s; install it, or name it with the key library or in %s", strings.Join(why, "; "), LibraryVariable)
}

// A Model is an open model. It is safe for concurrent use.
type Model struct {
	Input, Output Tensor

	path    string
	session *ort.DynamicAdvancedSession
	batch   int
}

// Open opens the model in a file, with its input and the output that is read.
func Open(path string, o Options) (*Model, error) {
	if err := load(o.Library); err != nil {
		return nil, err
	}
	opts, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	defer opts.Destroy()
	if err := errors.Join(opts.SetIntraOpNumThreads(max(o.Threads, 1)), opts.SetInterOpNumThreads(1)); err != nil {
		return nil, err
	}
	ins, outs, err := ort.GetInputOutputInfoWithOptions(path, opts)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	inputs, outputs := tensors(ins), tensors(outs)
	m := &Model{path: path, batch: max(o.Batch, 1)}
	if m.Input, err = chooseInput(path, inputs, outputs); err != nil {
		return nil, err
	}
	if m.Output, err = chooseOutput(path, o.Output, inputs, outputs); err != nil {
		return nil, err
	}
	if n := m.Input.Shape[0]; n > 0 { // the model takes that many rows and no others
		if n > 1 {
			return nil, fmt.Errorf("%s: the input %s takes exactly %d rows, expected any number, or 1", path, m.Input, n)
		}
		m.batch = 1
	}
	m.session, err = ort.NewDynamicAdvancedSession(path, []string{m.Input.Name}, []string{m.Output.Name}, opts)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	runtime.AddCleanup(m, func(s *ort.DynamicAdvancedSession) { s.Destroy() }, m.session)
	return m, nil
}

func tensors(infos []ort.InputOutputInfo) []Tensor {
	out := make([]Tensor, len(infos))
	for i, info := range infos {
		out[i] = Tensor{Name: info.Name, Type: typeName(info), Shape: info.Dimensions}
	}
	return out
}

// typeName is the type in the words of Go.
func typeName(info ort.InputOutputInfo) string {
	if info.OrtValueType != ort.ONNXTypeTensor {
		return strings.ToLower(strings.TrimPrefix(info.OrtValueType.String(), "ONNX_TYPE_"))
	}
	switch info.DataType {
	case ort.TensorElementDataTypeFloat:
		return single
	case ort.TensorElementDataTypeDouble:
		return double
	}
	return strings.ToLower(strings.TrimPrefix(info.DataType.String(), "ONNX_TENSOR_ELEMENT_DATA_TYPE_"))
}

// RunNumbers runs the model on the rows of a matrix of so many columns, and gives its
// output row by row with its columns. A model whose input is not numbers, or of
// another width, is an error.
func (m *Model) RunNumbers(ctx context.Context, x []float32, columns int) ([]float64, int, error) {
	if m.Input.Type != single || columns < 1 || len(x)%columns != 0 {
		return nil, 0, fmt.Errorf("%s: found %d columns of numbers for the input %s", m.path, columns, m.Input)
	}
	if want := m.Input.Shape[1]; want > 0 && int64(columns) != want {
		return nil, 0, fmt.Errorf("%s: found %d columns, expected %d for the input %s", m.path, columns, want, m.Input)
	}
	return m.rows(ctx, len(x)/columns, func(lo, hi int) (ort.Value, error) {
		return ort.NewTensor(ort.NewShape(int64(hi-lo), int64(columns)), x[lo*columns:hi*columns])
	})
}

// RunTexts runs the model on texts, and gives its output row by row with its columns. ONNX
// Runtime ends a text at a byte 0, so that one that has such a byte is an error.
func (m *Model) RunTexts(ctx context.Context, texts []string) ([]float64, int, error) {
	if m.Input.Type != text {
		return nil, 0, fmt.Errorf("%s: found texts for the input %s", m.path, m.Input)
	}
	return m.rows(ctx, len(texts), func(lo, hi int) (ort.Value, error) {
		shape := ort.NewShape(int64(hi - lo))
		if len(m.Input.Shape) == 2 {
			shape = ort.NewShape(int64(hi-lo), 1)
		}
		t, err := ort.NewStringTensor(shape)
		if err != nil {
			return nil, err
		}
		clean := make([]string, hi-lo)
		for i, s := range texts[lo:hi] {
			if strings.IndexByte(s, 0) >= 0 {
				t.Destroy()
				return nil, errors.New("found a text with a byte 0, which ONNX Runtime cannot be given")
			}
			clean[i] = strings.ToValidUTF8(s, "\ufffd")
		}
		if err := t.SetContents(clean); err != nil {
			t.Destroy()
			return nil, err
		}
		return t, nil
	})
}

// rows runs the model on some rows after others.
func (m *Model) rows(ctx context.Context, n int, input func(lo, hi int) (ort.Value, error)) (out []float64, columns int, err error) {
	for lo := 0; lo < n; lo += m.batch {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		hi := min(lo+m.batch, n)
		in, err := input(lo, hi)
		if err != nil {
			return nil, 0, fmt.Errorf("%s: %w", m.path, err)
		}
		part, err := m.run(in, hi-lo)
		in.Destroy()
		if err != nil {
			return nil, 0, fmt.Errorf("%s: %w", m.path, err)
		}
		if k := len(part) / (hi - lo); columns == 0 {
			columns = k
		} else if k != columns {
			return nil, 0, fmt.Errorf("%s: the output %s has rows of %d and of %d numbers", m.path, m.Output, columns, k)
		}
		out = append(out, part...)
	}
	runtime.KeepAlive(m)
	return out, columns, nil
}

func (m *Model) run(in ort.Value, rows int) ([]float64, error) {
	got := []ort.Value{nil}
	if err := m.session.Run([]ort.Value{in}, got); err != nil {
		return nil, err
	}
	defer got[0].Destroy()
	shape := got[0].GetShape()
	n := shape.FlattenedSize()
	if len(shape) < 1 || len(shape) > 2 || shape[0] != int64(rows) || n < int64(rows) || n > int64(rows)*MostColumns {
		return nil, fmt.Errorf("the output %s has the shape %v for %d rows, expected [%d] or [%d, K] with K from 1 to %d", m.Output, shape, rows, rows, rows, MostColumns)
	}
	out := make([]float64, n)
	switch t := got[0].(type) {
	case *ort.Tensor[float32]:
		for i, x := range t.GetData() {
			out[i] = float64(x)
		}
	case *ort.Tensor[float64]:
		copy(out, t.GetData())
	default:
		return nil, fmt.Errorf("the output %s is not of float32 or float64", m.Output)
	}
	return out, nil
}
