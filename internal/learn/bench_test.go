package learn

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"waymark/internal/testdata"
)

// generated is n prompts of about 60 words, drawn with Zipf's law from 20000, with
// outcomes that depend on some of the words.
func generated(n int) (texts []string, y []float64) {
	random := rand.New(rand.NewPCG(42, 0))
	vocabulary := make([]string, 20000)
	for i := range vocabulary {
		word := make([]byte, 2+random.IntN(8))
		for c := range word {
			word[c] = byte('a' + random.IntN(26))
		}
		vocabulary[i] = string(word)
	}
	zipf := rand.NewZipf(random, 1.1, 4, uint64(len(vocabulary)-1))
	for range n {
		var b strings.Builder
		logOdds := 0.0
		for range 40 + random.IntN(41) {
			w := zipf.Uint64()
			b.WriteString(vocabulary[w])
			b.WriteByte(' ')
			logOdds += float64(int(w*7919%41)-20) / 40
		}
		texts = append(texts, b.String())
		y = append(y, map[bool]float64{true: 1}[random.Float64() < expit(logOdds)])
	}
	return texts, y
}

// corpus is what benchmarks share.
var corpus = sync.OnceValue(func() (c struct {
	texts []string
	y     []float64
},
) {
	c.texts, c.y = generated(100_000)
	return c
})

func corpusText(i int) string { return corpus().texts[i] }

var wordsOnly = TextOptions{Words: [2]int{1, 2}}

func tableOf(t testing.TB, o TextOptions, n int) *Table {
	text, err := o.Fit(t.Context(), n, corpusText)
	if err != nil {
		t.Fatal(err)
	}
	return text.Table(n, corpusText)
}

// vectors is a dense table of normal numbers.
func vectors(rows, cols int, seed uint64) *Table {
	random := rand.New(rand.NewPCG(seed, 0))
	x := NewDense(rows, cols)
	for i := range x.Dense {
		x.Dense[i] = float32(random.NormFloat64())
	}
	return x
}

const vectorCols = 384

func BenchmarkTextWords(b *testing.B) {
	corpus()
	for b.Loop() {
		tableOf(b, wordsOnly, len(corpus().texts))
	}
}

func BenchmarkTextWordsAndCharacters(b *testing.B) {
	corpus()
	for b.Loop() {
		tableOf(b, TextOptions{}, len(corpus().texts)/5)
	}
}

func BenchmarkLogisticFit(b *testing.B) {
	s := &Sample{X: tableOf(b, wordsOnly, len(corpus().texts)), Y: [][]float64{corpus().y}}
	b.ResetTimer()
	for b.Loop() {
		if _, err := (LogisticOptions{}).Fit(b.Context(), s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLogisticFitDense(b *testing.B) {
	s := drawn(10_000, vectorCols, 1, 1)
	for b.Loop() {
		if _, err := (LogisticOptions{}).Fit(b.Context(), s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLogisticPredict(b *testing.B) {
	x := tableOf(b, wordsOnly, len(corpus().texts))
	l := &Logistic{newHyperplanes(x.Cols, 1)}
	out := [][]float64{make([]float64, x.Rows)}
	for b.Loop() {
		l.Predict(x, out)
	}
}

func BenchmarkSVD(b *testing.B) {
	x := tableOf(b, TextOptions{MinTexts: 3, Bits: 16}, 5000)
	for b.Loop() {
		if _, err := (SVDOptions{Components: 64}).Fit(b.Context(), x); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkKNN is 1000 queries; TestAgainstSklearn makes 10000.
func BenchmarkKNN(b *testing.B) {
	y := corpus().y
	k, err := KNNOptions{}.Fit(b.Context(), &Sample{X: vectors(len(y), vectorCols, 1), Y: [][]float64{y}})
	if err != nil {
		b.Fatal(err)
	}
	queries := vectors(1000, vectorCols, 2)
	out := [][]float64{make([]float64, queries.Rows)}
	for b.Loop() {
		k.Predict(queries, out)
	}
}

// TestAgainstSklearn times both on the same data and prints how they compare. It
// also holds that they find the same: the objective of the regression at its
// minimum, and the means over neighbours.
func TestAgainstSklearn(t *testing.T) {
	if os.Getenv("WAYMARK_BENCH") == "" {
		t.Skip("timings against scikit-learn run if WAYMARK_BENCH is set")
	}
	if exec.Command(python, "-c", "import sklearn").Run() != nil {
		testdata.Missing(t, python+" with scikit-learn (Debian's python3-sklearn)")
	}
	y := corpus().y
	n := len(y)
	seconds := map[string]float64{}
	timed := func(name string, f func()) {
		start := time.Now()
		f()
		seconds[name] = time.Since(start).Seconds()
	}

	var x *Table
	timed("words", func() { x = tableOf(t, wordsOnly, n) })
	timed("words and characters of a fifth", func() { tableOf(t, TextOptions{}, n/5) })
	var l *Logistic
	timed("logistic fit", func() { l = logistic(t, &Sample{X: x, Y: [][]float64{y}}) })
	var p [][]float64
	timed("logistic score", func() { p = predict(l, x) })
	rows, queries := vectors(n, vectorCols, 1), vectors(10_000, vectorCols, 2)
	k := knn(t, KNNOptions{}, &Sample{X: rows, Y: [][]float64{y}})
	var near [][]float64
	timed("knn", func() { near = predict(k, queries) })

	folder := t.TempDir()
	writeFloats(t, filepath.Join(folder, "y"), y)
	writeFloats(t, filepath.Join(folder, "vectors"), rows.Dense)
	writeFloats(t, filepath.Join(folder, "queries"), queries.Dense)
	if err := os.WriteFile(filepath.Join(folder, "texts"), []byte(strings.Join(corpus().texts, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	theirs := runSklearn(t, folder)
	for name, s := range theirs.Seconds {
		ours, ok := seconds[name]
		if !ok {
			ours = seconds["logistic fit"]
		}
		t.Logf("%-35s here %7.3f s, scikit-learn %7.3f s: %.2f×", name, ours, s, s/ours)
	}
	ours := objectiveOf(l, y, p[0])
	t.Logf("objective: here %.3f, scikit-learn %v (another hash)", ours, theirs.Objectives)
	for solver, v := range theirs.Objectives {
		if math.Abs(v/ours-1) > 0.005 {
			t.Errorf("the objective is %v here and %v by %s", ours, v, solver)
		}
	}
	compareNeighbours(t, filepath.Join(folder, "knn"), near[0])
}

func writeFloats[T float32 | float64](t *testing.T, path string, values []T) {
	t.Helper()
	b := make([]byte, 0, 4*len(values))
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v)))
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

type timings struct{ Seconds, Objectives map[string]float64 }

func runSklearn(t *testing.T, folder string) (out timings) {
	t.Helper()
	c := exec.Command(python, "testdata/bench_sklearn.py", folder, fmt.Sprint(vectorCols))
	c.Stderr = os.Stderr
	text, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func objectiveOf(l *Logistic, y, p []float64) (sum float64) {
	for i, q := range p {
		sum -= y[i]*math.Log(q) + (1-y[i])*math.Log1p(-q)
	}
	for _, w := range l.Coefficients {
		sum += float64(w) * float64(w) / 2
	}
	return sum
}

// compareNeighbours allows a few rows another neighbour, where two are as near to
// the last bits of float32.
func compareNeighbours(t *testing.T, path string, ours []float64) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil || len(b) != 8*len(ours) {
		t.Fatalf("found %d bytes: %v", len(b), err)
	}
	other := 0
	for i, p := range ours {
		if theirs := math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:])); math.Abs(theirs-p) > 1e-6 {
			other++
		}
	}
	t.Logf("neighbours: %d of %d means differ", other, len(ours))
	if other > len(ours)/500 {
		t.Errorf("%d of %d means over neighbours differ", other, len(ours))
	}
}
