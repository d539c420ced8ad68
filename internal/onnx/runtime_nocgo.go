//go:build !cgo

package onnx

import (
	"context"
	"errors"
)

// A Model cannot be opened without cgo.
type Model struct{ Input, Output Tensor }

var errNoCGO = errors.New("this build has no ONNX models: it was made with CGO_ENABLED=0; build with CGO_ENABLED=1 and a C compiler")

// Open fails.
func Open(string, Options) (*Model, error) { return nil, errNoCGO }

// RunNumbers fails.
func (*Model) RunNumbers(context.Context, []float32, int) ([]float64, int, error) {
	return nil, 0, errNoCGO
}

// RunTexts fails.
func (*Model) RunTexts(context.Context, []string) ([]float64, int, error) { return nil, 0, errNoCGO }
