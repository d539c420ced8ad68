package policies_test

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"waymark"
	"waymark/internal/onnx/onnxtest"
	"waymark/internal/testdata"
	"waymark/policies"
	"waymark/policies/policytest"
)

// fromModel is a policy that goes by a model in a file; where inputs have a folder the
// path is relative to it.
func fromModel(t *testing.T, model []byte, c policies.Onnx) (*policies.Threshold, policies.Inputs) {
	t.Helper()
	path := onnxtest.Write(t, model)
	c.Library, c.Path = testdata.ONNXRuntime(t), filepath.Base(path)
	in := inputs()
	in.Folder = filepath.Dir(path)
	in.Vectors = func(string) (map[string][]float32, error) {
		out := map[string][]float32{}
		for i, id := range queries().IDs[:7] { // the last task has none
			out[id] = []float32{float32(i), 1}
		}
		return out, nil
	}
	return sweep(&c), in
}

func scoresOf(t *testing.T, c *policies.Threshold, in policies.Inputs, qs *waymark.Queries) []float64 {
	t.Helper()
	s, err := c.Scorer.Build(in)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]float64, qs.Len())
	if err := s.Score(t.Context(), qs, out); err != nil {
		t.Fatal(err)
	}
	return out
}

func alike(a, b float64) bool {
	return math.Abs(a-b) < 1e-6 || math.IsNaN(a) && math.IsNaN(b)
}

// A model of texts is given prompts. One with a byte 0, which it cannot be given, has no score.
func TestOnnxOfTexts(t *testing.T) {
	c, in := fromModel(t, onnxtest.Words([]string{"hi", "naïve café"}, []float32{0.25, 0.75}, 0.5, true), policies.Onnx{})
	p, err := c.Build(in)
	if err != nil {
		t.Fatal(err)
	}
	policytest.Run(t, p, queries())
	qs := queries()
	whole := qs.Messages
	qs.Messages = func(i int) []waymark.Message {
		if i == 1 {
			return []waymark.Message{{Role: "user", Content: "hi\x00 there"}}
		}
		return whole(i)
	}
	for i, want := range []float64{0.25, math.NaN(), 0.5, 0.5, 0.75, 0.5, 0.25, 0.5} {
		if got := scoresOf(t, c, in, qs)[i]; !alike(got, want) {
			t.Errorf("query %d: %g, want %g", i, got, want)
		}
	}
}

// A model of numbers is given features in their order; a query without one has no score.
func TestOnnxOfNumbers(t *testing.T) {
	one := 1
	c, in := fromModel(t, onnxtest.Dense([]float32{9, 1, 9, -3}, 2, 2, []float32{0, 0.5}), policies.Onnx{
		Class: &one, Features: []policies.AnyFeature{{FeatureConfig: &policies.GivenEmbedding{Name: "e"}, Type: "embedding"}},
	})
	c.Scorer.ScorerConfig.(*policies.Onnx).Output = "probability"
	p, err := c.Build(in)
	if err != nil {
		t.Fatal(err)
	}
	policytest.Run(t, p, queries())
	for i, got := range scoresOf(t, c, in, queries()) {
		want := 1 / (1 + math.Exp(-(float64(i) - 3 + 0.5)))
		if i == 7 {
			want = math.NaN()
		}
		if !alike(got, want) {
			t.Errorf("query %d: %g, want %g", i, got, want)
		}
	}
}

// A model's vector is a feature of its own.
func TestOnnxAsFeature(t *testing.T) {
	path := onnxtest.Write(t, onnxtest.Words([]string{"hi"}, []float32{2}, -1, false))
	f, err := (&policies.OnnxEmbedding{OnnxKeys: policies.OnnxKeys{Path: path, Library: testdata.ONNXRuntime(t)}}).Build(inputs(), "")
	if err != nil {
		t.Fatal(err)
	}
	table, err := f.Table(t.Context(), queries())
	if err != nil || table.Rows != 8 || table.Cols != 1 || table.Row(0)[0] != 2 || table.Row(1)[0] != -1 {
		t.Errorf("%+v %v", table, err)
	}
}

func TestOnnxErrors(t *testing.T) {
	two := 2
	dense := onnxtest.Dense([]float32{1, 1, 1, 1}, 2, 2, []float32{0, 0})
	words := onnxtest.Words([]string{"hi"}, []float32{1}, 0, false)
	given := []policies.AnyFeature{{FeatureConfig: &policies.GivenEmbedding{Name: "e"}, Type: "embedding"}}
	keys := func(output string) policies.OnnxKeys { return policies.OnnxKeys{Output: output} }
	for _, x := range []struct {
		model []byte
		c     policies.Onnx
		want  string
	}{
		{dense, policies.Onnx{Features: given}, `expected one of them to be named`},
		{dense, policies.Onnx{OnnxKeys: keys("logit"), Features: given}, `"logit" float32[?, 2] has several columns, expected class`},
		{dense, policies.Onnx{OnnxKeys: keys("logit"), Features: given, Class: &two}, `found 2, expected a column`},
		{dense, policies.Onnx{OnnxKeys: keys("logit")}, `takes "x" float32[?, 2], expected features`},
		{words, policies.Onnx{Features: given}, `takes "prompt" string[?], the prompt, expected no features`},
		{[]byte{1}, policies.Onnx{}, "tiny.onnx"},
	} {
		c, in := fromModel(t, x.model, x.c)
		if _, err := c.Build(in); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%v, want %q", err, x.want)
		}
	}
	if _, err := (&policies.Onnx{}).Build(inputs()); err == nil || !strings.Contains(err.Error(), "no model is named") {
		t.Errorf("no path: %v", err)
	}
}
