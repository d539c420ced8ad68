package onnx_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"waymark/internal/onnx"
	"waymark/internal/onnx/onnxtest"
	"waymark/internal/testdata"
)

func open(t *testing.T, model []byte, o onnx.Options) *onnx.Model {
	t.Helper()
	o.Library = testdata.ONNXRuntime(t)
	m, err := onnx.Open(onnxtest.Write(t, model), o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// dense is a model of 64 columns and 5 classes with random weights, and rows for it.
func dense(rows int) (model []byte, w, b, x []float32) {
	r := rand.New(rand.NewPCG(1, 2))
	fill := func(n int) []float32 {
		out := make([]float32, n)
		for i := range out {
			out[i] = float32(r.NormFloat64())
		}
		return out
	}
	w, b, x = fill(64*5), fill(5), fill(rows*64)
	return onnxtest.Dense(w, 64, 5, b), w, b, x
}

// The model gives what the arithmetic gives, at either output.
func TestNumbers(t *testing.T) {
	model, w, b, x := dense(300)
	for _, output := range []string{"probability", "logit"} {
		m := open(t, model, onnx.Options{Output: output})
		got, k, err := m.RunNumbers(t.Context(), x, 64)
		if err != nil || k != 5 || len(got) != 1500 {
			t.Fatalf("%d × %d: %v", len(got), k, err)
		}
		for i, y := range got {
			sum := float64(b[i%5])
			for j := range 64 {
				sum += float64(x[i/5*64+j]) * float64(w[j*5+i%5])
			}
			if output == "probability" {
				sum = 1 / (1 + math.Exp(-sum))
			}
			if math.Abs(y-sum) > 1e-4 {
				t.Fatalf("%s of row %d, class %d: %g, want %g", output, i/5, i%5, y, sum)
			}
		}
	}
}

// A row has the same bits alone, in company, in another order and beside other calls.
func TestRowsAreIndependent(t *testing.T) {
	model, _, _, x := dense(50)
	m := open(t, model, onnx.Options{Output: "logit"})
	whole, k, err := m.RunNumbers(t.Context(), x, 64)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			one, _, err := m.RunNumbers(context.Background(), x[i*64:(i+1)*64], 64)
			if err != nil || !slices.Equal(one, whole[i*k:(i+1)*k]) {
				t.Errorf("row %d alone is %v, in company %v: %v", i, one, whole[i*k:(i+1)*k], err)
			}
		})
	}
	wg.Wait()
	many := open(t, model, onnx.Options{Output: "logit", Batch: 7})
	batched, _, err := many.RunNumbers(t.Context(), x, 64)
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		if math.Abs(whole[i]-batched[i]) > 1e-5 {
			t.Fatalf("number %d: %g alone, %g in a batch", i, whole[i], batched[i])
		}
	}
}

func TestTexts(t *testing.T) {
	for _, column := range []bool{false, true} {
		for _, batch := range []int{1, 2} {
			m := open(t, onnxtest.Words([]string{"easy", "hard", "naïve"}, []float32{0.25, 0.75, 1}, 0.5, column), onnx.Options{Batch: batch})
			got, k, err := m.RunTexts(t.Context(), []string{"hard", "", "easy", "naïve", "bad \xff text"})
			if want := []float64{0.75, 0.5, 0.25, 1, 0.5}; err != nil || k != 1 || !slices.Equal(got, want) {
				t.Errorf("column %v: %v, want %v: %v", column, got, want, err)
			}
			if _, _, err := m.RunTexts(t.Context(), []string{"hard\x00er"}); err == nil || !strings.Contains(err.Error(), "byte 0") {
				t.Errorf("a text with a byte 0: %v", err)
			}
			if _, _, err := m.RunNumbers(t.Context(), []float32{1}, 1); err == nil || !strings.Contains(err.Error(), `"prompt" string[?`) {
				t.Errorf("numbers for texts: %v", err)
			}
		}
	}
}

// Errors name inputs and outputs with their types.
func TestOpenErrors(t *testing.T) {
	library := testdata.ONNXRuntime(t)
	model, _, _, _ := dense(1)
	for _, c := range []struct {
		model []byte
		o     onnx.Options
		want  string
	}{
		{model, onnx.Options{}, `found inputs "x" float32[?, 64] and outputs "probability" float32[?, 5], "logit" float32[?, 5], expected one of them to be named`},
		{model, onnx.Options{Output: "logits"}, `expected an output "logits"`},
		{onnxtest.Same(onnxtest.Float64, 0, 3), onnx.Options{}, `found inputs "in" float64[?, 3] and outputs "out" float64[?, 3], expected one input: a float32[?, D]`},
		{onnxtest.Same(onnxtest.Text, 0, 2), onnx.Options{}, `found inputs "in" string[?, 2]`},
		{onnxtest.Same(onnxtest.Text, 0), onnx.Options{}, `outputs "out" string[?], expected one of them to be named`},
		{onnxtest.Same(onnxtest.Float32, 4, 3), onnx.Options{}, `takes exactly 4 rows`},
		{[]byte("not a model"), onnx.Options{}, "tiny.onnx"},
		{nil, onnx.Options{}, "tiny.onnx"},
		{model, onnx.Options{Library: "/no/such/library.so"}, "one process uses one ONNX Runtime"},
	} {
		if c.o.Library == "" {
			c.o.Library = library
		}
		if _, err := onnx.Open(onnxtest.Write(t, c.model), c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
	if _, err := onnx.Open(filepath.Join(t.TempDir(), "none.onnx"), onnx.Options{Library: library}); err == nil || !strings.Contains(err.Error(), "none.onnx") {
		t.Errorf("no file: %v", err)
	}
	m := open(t, model, onnx.Options{Output: "logit"})
	if _, _, err := m.RunNumbers(t.Context(), make([]float32, 6), 3); err == nil || !strings.Contains(err.Error(), `found 3 columns, expected 64 for the input "x"`) {
		t.Errorf("another width: %v", err)
	}
	if _, _, err := m.RunTexts(t.Context(), []string{"x"}); err == nil {
		t.Error("texts for numbers passed")
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, _, err := m.RunNumbers(ctx, make([]float32, 64), 64); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
