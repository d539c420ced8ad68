// Package onnxtest makes tiny models in the ONNX format, so that tests need no file of
// weights and no tool that writes one. A model is a protocol buffer; the numbers below
// are the fields of onnx.proto3 of the ONNX project.
package onnxtest

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// A field is one field of a message: tag (number<<3 | wire type), then what it holds.
func number(field, x uint64) []byte { // wire type 0
	return binary.AppendUvarint(binary.AppendUvarint(nil, field<<3), x)
}

func part(field uint64, parts ...[]byte) []byte { // wire type 2: bytes, text or a message
	var body []byte
	for _, p := range parts {
		body = append(body, p...)
	}
	return append(binary.AppendUvarint(binary.AppendUvarint(nil, field<<3|2), uint64(len(body))), body...)
}

func word(field uint64, s string) []byte { return part(field, []byte(s)) }

func floats(xs []float32) []byte {
	var out []byte
	for _, x := range xs {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(x))
	}
	return out
}

// The elements of tensors: TensorProto.DataType.
const (
	Float32 = 1
	Text    = 8
	Float64 = 11
)

// value is a ValueInfoProto: a name and the type of a tensor, whose first dimension is
// open where it is 0.
func value(name string, element uint64, dims ...int) []byte {
	var shape []byte
	for _, d := range dims {
		if d == 0 {
			shape = append(shape, part(1, word(2, "N"))...) // dim: dim_param
			continue
		}
		shape = append(shape, part(1, number(1, uint64(d)))...) // dim: dim_value
	}
	return append(word(1, name), part(2, part(1, number(1, element), part(2, shape)))...) // type: tensor_type: elem_type, shape
}

// tensor is a TensorProto of float32, with raw_data.
func tensor(name string, xs []float32, dims ...int) []byte {
	var out []byte
	for _, d := range dims {
		out = append(out, number(1, uint64(d))...)
	}
	out = append(out, number(2, Float32)...)
	return append(append(out, word(8, name)...), part(9, floats(xs))...)
}

// node is a NodeProto.
func node(op, domain string, in, out []string, attributes ...[]byte) []byte {
	var b []byte
	for _, name := range in {
		b = append(b, word(1, name)...)
	}
	for _, name := range out {
		b = append(b, word(2, name)...)
	}
	b = append(b, word(4, op)...)
	for _, a := range attributes {
		b = append(b, part(5, a)...)
	}
	return append(b, word(7, domain)...)
}

// model is a ModelProto: IR version 8, the operators of ONNX 17 and of its machine
// learning domain 3, and a GraphProto.
func model(graph ...[]byte) []byte {
	return append(append(append(number(1, 8), part(7, append([][]byte{word(2, "tiny")}, graph...)...)...),
		part(8, word(1, ""), number(2, 17))...), part(8, word(1, "ai.onnx.ml"), number(2, 3))...)
}

// Dense is sigmoid(x·weights + bias): weights are rows × classes. Its input is x and
// its outputs are probability and, before the sigmoid, logit.
func Dense(weights []float32, rows, classes int, bias []float32) []byte {
	return model(
		part(1, node("Gemm", "", []string{"x", "w", "b"}, []string{"logit"})),
		part(1, node("Sigmoid", "", []string{"logit"}, []string{"probability"})),
		part(5, tensor("w", weights, rows, classes)), part(5, tensor("b", bias, classes)),
		part(11, value("x", Float32, 0, rows)),
		part(12, value("probability", Float32, 0, classes)), part(12, value("logit", Float32, 0, classes)),
	)
}

// Words gives a text the number that is its own, and every other text the number
// otherwise: a LabelEncoder. Its input is prompt and its output score, each a vector, or
// a matrix of one column.
func Words(words []string, numbers []float32, otherwise float32, column bool) []byte {
	keys, values := word(1, "keys_strings"), word(1, "values_floats")
	for _, w := range words {
		keys = append(keys, word(9, w)...)
	}
	keys = append(keys, number(20, 8)...) // type: strings
	values = append(append(values, part(7, floats(numbers))...), number(20, 6)...)
	def := append(word(1, "default_float"), 2<<3|5) // f, wire type 5
	def = append(append(def, floats([]float32{otherwise})...), number(20, 1)...)
	dims := []int{0}
	if column {
		dims = []int{0, 1}
	}
	return model(
		part(1, node("LabelEncoder", "ai.onnx.ml", []string{"prompt"}, []string{"score"}, keys, values, def)),
		part(11, value("prompt", Text, dims...)), part(12, value("score", Float32, dims...)),
	)
}

// Same gives its input back, of any element and shape: for inputs that are not taken.
func Same(element uint64, dims ...int) []byte {
	return model(part(1, node("Identity", "", []string{"in"}, []string{"out"})), part(11, value("in", element, dims...)), part(12, value("out", element, dims...)))
}

// Write puts a model into a file of the test.
func Write(t testing.TB, model []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tiny.onnx")
	if err := os.WriteFile(path, model, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
