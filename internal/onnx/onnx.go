// Package onnx runs models in the Open Neural Network Exchange format through ONNX
// Runtime's shared library, which is looked for when the first model is opened: a
// build needs a C compiler and nothing of it. The package knows tensors and texts
// only.
package onnx

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// LibraryVariable is the environment variable that names ONNX Runtime's library.
const LibraryVariable = "WAYMARK_ONNXRUNTIME"

// Options say how a model is opened.
type Options struct {
	Library string // ONNX Runtime's; "" is that of LibraryVariable, else one of the usual names
	Output  string // that is read; "" is the only one that holds floating-point numbers
	Threads int    // within one call; 0 is 1, with which results are the same on every run
	Batch   int    // rows a call; 0 is 1, with which no row depends on its company
}

// A Tensor is an input or an output of a model.
type Tensor struct {
	Name  string
	Type  string  // such as float32 or string; sequence or map where it is no tensor
	Shape []int64 // -1 or 0 where a dimension is open
}

func (t Tensor) String() string {
	dims := make([]string, len(t.Shape))
	for i, d := range t.Shape {
		if dims[i] = fmt.Sprint(d); d <= 0 {
			dims[i] = "?"
		}
	}
	return fmt.Sprintf("%q %s[%s]", t.Name, t.Type, strings.Join(dims, ", "))
}

func list(ts []Tensor) string {
	out := make([]string, len(ts))
	for i, t := range ts {
		out[i] = t.String()
	}
	return strings.Join(out, ", ")
}

// The types of tensors that are read and written.
const (
	text   = "string"
	single = "float32"
	double = "float64"
)

// MostColumns bounds what one row of an output may hold.
const MostColumns = 65_536

// chooseInput is the one input of a model: a matrix of float32, or texts.
func chooseInput(path string, inputs, outputs []Tensor) (Tensor, error) {
	if len(inputs) == 1 {
		in := inputs[0]
		if in.Type == single && len(in.Shape) == 2 || in.Type == text && (len(in.Shape) == 1 || len(in.Shape) == 2 && in.Shape[1] <= 1) {
			return in, nil
		}
	}
	return Tensor{}, fmt.Errorf("%s: found inputs %s and outputs %s, expected one input: a float32[?, D] or a string[?] or string[?, 1]", path, list(inputs), list(outputs))
}

// chooseOutput is the output that is read: a matrix of numbers, or one number a row.
func chooseOutput(path, name string, inputs, outputs []Tensor) (Tensor, error) {
	var fit []Tensor
	for _, out := range outputs {
		numbers := (out.Type == single || out.Type == double) && len(out.Shape) >= 1 && len(out.Shape) <= 2
		if numbers && (name == "" || out.Name == name) {
			fit = append(fit, out)
		}
	}
	if len(fit) == 1 {
		return fit[0], nil
	}
	wanted := "one of them to be named as the output, since there is not exactly one of float32 or float64 with one or two dimensions"
	if name != "" {
		wanted = fmt.Sprintf("an output %q of float32 or float64 with one or two dimensions", name)
	}
	return Tensor{}, fmt.Errorf("%s: found inputs %s and outputs %s, expected %s", path, list(inputs), list(outputs), wanted)
}

// libraries are the names that ONNX Runtime's library is looked for under, in order.
func libraries(given string) []string {
	if given == "" {
		given = os.Getenv(LibraryVariable)
	}
	if given != "" {
		return []string{given}
	}
	switch runtime.GOOS {
	case "darwin":
		return []string{"libonnxruntime.1.dylib", "libonnxruntime.dylib"}
	case "windows":
		return []string{"onnxruntime.dll"}
	}
	return []string{"libonnxruntime.so.1", "libonnxruntime.so", "onnxruntime.so"}
}

// Texts reports whether the model's input is texts; else it is numbers.
func (m *Model) Texts() bool { return m.Input.Type == text }

// Columns is how many numbers the output has for a row; 0 where the model leaves it open.
func (m *Model) Columns() int {
	switch {
	case len(m.Output.Shape) == 1:
		return 1
	case m.Output.Shape[1] > 0 && m.Output.Shape[1] <= MostColumns:
		return int(m.Output.Shape[1])
	}
	return 0
}
