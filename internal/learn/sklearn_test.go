package learn

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"waymark/internal/testdata"
)

// reference is what scikit-learn makes of small inputs (testdata/make_sklearn.py).
type reference struct {
	Made  string
	TFIDF struct {
		Fitted, New [][]int
		Cases       []struct {
			Sublinear bool
			IDF       []float64
			Rows      [][]float64
		}
	}
	Grams []struct {
		Text              string
		Characters, Words []string
	}
	Logistic []struct {
		C             float64
		Sparse        bool
		X             [][]float64
		Y, Weights    []float64
		Coefficients  []float64
		Intercept     float64
		Probabilities []float64
	}
	Neighbours struct {
		X, Y, New [][]float64
		Cases     []struct {
			K           int
			Similarity  bool
			Predictions [][]float64
		}
	}
	Isotonic []struct{ X, Y, Weights, At, Values []float64 }
	Platt    []struct {
		X, Y, Weights []float64
		A, B          float64
	}
	SVD struct {
		X        [][]float64
		Singular []float64
	}
}

func sklearn(t *testing.T) reference {
	t.Helper()
	text, err := os.ReadFile("testdata/sklearn.json")
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// near fails unless got is want to an absolute tolerance, relative above 1.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*max(1, math.Abs(want))) {
		t.Errorf("%s is %v, want %v (scikit-learn)", what, got, want)
	}
}

func denseTable(rows [][]float64) *Table {
	x := NewDense(len(rows), len(rows[0]))
	for i, row := range rows {
		for c, v := range row {
			x.Row(i)[c] = float32(v)
		}
	}
	return x
}

func columnsOf(rows [][]float64) [][]float64 {
	out := make([][]float64, len(rows[0]))
	for _, row := range rows {
		for c, v := range row {
			out[c] = append(out[c], v)
		}
	}
	return out
}

func predict(p Predictor, x *Table) [][]float64 {
	out := make([][]float64, p.Outputs())
	for o := range out {
		out[o] = make([]float64, x.Rows)
	}
	p.Predict(x, out)
	return out
}

// wordsOf makes a text of which word c is there as often as counts say.
func wordsOf(counts []int) string {
	var b strings.Builder
	for c, n := range counts {
		b.WriteString(strings.Repeat(fmt.Sprintf("word%d ", c), n))
	}
	return b.String()
}

// TestTFIDF goes through the hash: each word has a bucket of its own, which is
// checked, and columns are matched by it.
func TestTFIDFAsSklearn(t *testing.T) {
	ref := sklearn(t).TFIDF
	for _, c := range ref.Cases {
		o := TextOptions{Words: [2]int{1, 1}, Sublinear: c.Sublinear}
		text, err := o.Fit(t.Context(), len(ref.Fitted), func(i int) string { return wordsOf(ref.Fitted[i]) })
		if err != nil {
			t.Fatal(err)
		}
		x := text.Table(len(ref.New), func(i int) string { return wordsOf(ref.New[i]) }).ToDense()
		seen := map[int32]bool{}
		for w := range ref.Fitted[0] {
			col := columnOfWord(text, w)
			if fitted := slices.ContainsFunc(ref.Fitted, func(r []int) bool { return r[w] > 0 }); fitted != (col >= 0) || seen[col] {
				t.Fatalf("word %d has column %d; fitted: %v", w, col, fitted)
			}
			if col < 0 {
				continue
			}
			seen[col] = true
			near(t, "idf", text.idf[col], c.IDF[w], 1e-11)
		}
		for i := range ref.New {
			compareRow(t, text, x.Row(i), ref.New[i], c.Rows[i])
		}
	}
}

func columnOfWord(text *Text, w int) int32 {
	g := grams{options: text.Options}
	return text.column[g.read(fmt.Sprintf("word%d", w))[0]]
}

// compareRow rescales what scikit-learn has: it gives the word that no fitted text
// has a weight, which is part of the norm.
func compareRow(t *testing.T, text *Text, got []float32, counts []int, want []float64) {
	t.Helper()
	var norm float64
	for w, v := range want {
		if columnOfWord(text, w) >= 0 {
			norm += v * v
		}
	}
	for w, v := range want {
		if col := columnOfWord(text, w); col >= 0 && norm > 0 {
			near(t, fmt.Sprintf("weight of word %d in %v", w, counts), float64(got[col]), v/math.Sqrt(norm), 1e-6)
		}
	}
}

// TestGramsAsSklearn hashes what the analyzers of scikit-learn make.
func TestGramsAsSklearn(t *testing.T) {
	for _, c := range sklearn(t).Grams {
		for block, want := range [][]string{c.Words, c.Characters} {
			o := TextOptions{Words: [2]int{1, 2}}
			if block == 1 {
				o = TextOptions{Characters: [2]int{3, 5}}
			}
			g := grams{options: o.withDefaults()}
			got := append([]uint32(nil), g.read(c.Text)...)
			var expect []uint32
			for _, gram := range want {
				expect = append(expect, bucketOf(o.withDefaults(), gram, block))
			}
			slices.Sort(got)
			slices.Sort(expect)
			if !slices.Equal(got, expect) {
				t.Errorf("%q: %d n-grams, want those of %q", c.Text, len(got), want)
			}
		}
	}
}

// bucketOf hashes an n-gram by itself.
func bucketOf(o TextOptions, gram string, block int) uint32 {
	g := grams{options: o}
	h := uint64(hashStart)
	if block == 1 {
		for _, r := range gram {
			h = (h ^ uint64(r)) * hashPrime
		}
	} else {
		for _, word := range strings.Fields(gram) {
			w := uint64(hashStart)
			for _, r := range word {
				w = (w ^ uint64(r)) * hashPrime
			}
			h = (h ^ w) * hashPrime
		}
	}
	g.add(h, uint32(block))
	return g.found[0]
}

func TestLogisticAsSklearn(t *testing.T) {
	for _, c := range sklearn(t).Logistic {
		x := denseTable(c.X)
		for _, table := range []*Table{x, x.ToSparse()} {
			l, err := LogisticOptions{C: c.C}.Fit(t.Context(), &Sample{X: table, Y: [][]float64{c.Y}, Weights: c.Weights})
			if err != nil {
				t.Fatal(err)
			}
			near(t, "intercept", l.Intercepts[0], c.Intercept, 2e-6)
			for j, w := range c.Coefficients {
				near(t, fmt.Sprintf("C=%v: coefficient %d", c.C, j), float64(l.Coefficients[j]), w, 2e-6)
			}
			for i, p := range predict(l, table)[0] {
				near(t, fmt.Sprintf("C=%v: probability %d", c.C, i), p, c.Probabilities[i], 1e-6)
			}
		}
	}
}

func TestKNNAsSklearn(t *testing.T) {
	ref := sklearn(t).Neighbours
	for _, c := range ref.Cases {
		k, err := KNNOptions{K: c.K, Similarity: c.Similarity}.Fit(t.Context(), &Sample{X: denseTable(ref.X), Y: columnsOf(ref.Y)})
		if err != nil {
			t.Fatal(err)
		}
		for o, got := range predict(k, denseTable(ref.New)) {
			for i, v := range got {
				near(t, fmt.Sprintf("k=%d similarity=%v: output %d of row %d", c.K, c.Similarity, o, i), v, c.Predictions[i][o], 1e-6)
			}
		}
	}
}

func TestIsotonicAsSklearn(t *testing.T) {
	for _, c := range sklearn(t).Isotonic {
		f, err := FitIsotonic(c.X, c.Y, c.Weights)
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range c.At {
			near(t, fmt.Sprintf("f(%v)", x), f.At(x), c.Values[i], 1e-9)
		}
	}
}

func TestPlattAsSklearn(t *testing.T) {
	for _, c := range sklearn(t).Platt {
		f, err := FitPlatt(c.X, c.Y, c.Weights)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "A", f.A, c.A, 2e-5)
		near(t, "B", f.B, c.B, 2e-5)
	}
}

func TestSVDAsSklearn(t *testing.T) {
	ref := sklearn(t).SVD
	s, err := SVDOptions{Components: len(ref.Singular)}.Fit(t.Context(), denseTable(ref.X))
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range ref.Singular {
		near(t, fmt.Sprintf("singular value %d", i), s.Singular[i], v, 1e-5)
	}
}

// TestSklearnFile makes the file again, where that version of scikit-learn is.
func TestSklearnFile(t *testing.T) {
	if out, err := exec.Command(python, "-c", "import sklearn; print(sklearn.__version__)").Output(); err != nil || !strings.HasSuffix(sklearn(t).Made, " "+strings.TrimSpace(string(out))) {
		testdata.Missing(t, python+" with the scikit-learn of testdata/sklearn.json (Debian's python3-sklearn 1.2.1)")
	}
	made, err := exec.Command(python, "testdata/make_sklearn.py").Output()
	if err != nil {
		t.Fatal(err)
	}
	var got, want any
	committed, err := os.ReadFile("testdata/sklearn.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(made, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(committed, &want); err != nil {
		t.Fatal(err)
	}
	compareJSON(t, "", got, want)
}

const python = "/usr/bin/python3"

// compareJSON allows numbers the last digits, which are BLAS's own.
func compareJSON(t *testing.T, at string, got, want any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		for key, v := range want {
			g, _ := got.(map[string]any)
			compareJSON(t, at+"/"+key, g[key], v)
		}
	case []any:
		g, _ := got.([]any)
		if len(g) != len(want) {
			t.Errorf("%s: made anew it has %d values, the file has %d", at, len(g), len(want))
			return
		}
		for i, v := range want {
			compareJSON(t, fmt.Sprintf("%s/%d", at, i), g[i], v)
		}
	case float64:
		if g, ok := got.(float64); !ok || !(math.Abs(g-want) <= 1e-9*max(1, math.Abs(want))) {
			t.Errorf("%s: made anew it is %v, the file has %v", at, got, want)
		}
	default:
		if got != want {
			t.Errorf("%s: made anew it is %v, the file has %v", at, got, want)
		}
	}
}
