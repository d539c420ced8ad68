package learn

import (
	"encoding/json"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

var prompts = []string{
	"Write a function that reverses a linked list.",
	"What is the capital of France?",
	"",
	"Prove that there are infinitely many primes; use Euclid's argument.",
	"for i := range 10 {\n\tfmt.Println(i)\n}\n",
	"Was ist die Hauptstadt von Österreich? 東京はどこですか",
	"What is the capital of Spain?",
	"\xff\xfe broken \xc3",
}

func prompt(i int) string { return prompts[i%len(prompts)] }

func fitText(t testing.TB, o TextOptions) *Text {
	t.Helper()
	text, err := o.Fit(t.Context(), len(prompts), prompt)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// saved is a state that was written and read again.
func saved[T any](t *testing.T, state *T) *T {
	t.Helper()
	text, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	out := new(T)
	if err := json.Unmarshal(text, out); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(out)
	if err != nil || string(again) != string(text) {
		t.Errorf("%T: saved again it is %s, was %s (%v)", state, again, text, err)
	}
	return out
}

func TestTextRows(t *testing.T) {
	text := fitText(t, TextOptions{Bits: 12})
	x := text.Table(len(prompts), prompt)
	for i := range x.Rows {
		cols, values := x.Nonzeros(i)
		var squares float64
		for j, v := range values {
			squares += float64(v) * float64(v)
			if v <= 0 || j > 0 && cols[j] <= cols[j-1] || int(cols[j]) >= x.Cols {
				t.Errorf("row %d: column %d has %v", i, cols[j], v)
			}
		}
		if want := map[bool]float64{true: 0, false: 1}[prompts[i] == ""]; math.Abs(squares-want) > 1e-6 {
			t.Errorf("row %d has the squared norm %v, want %v", i, squares, want)
		}
		alone := text.Table(1, func(int) string { return prompts[i] })
		if c, v := alone.Nonzeros(0); !slices.Equal(c, cols) || !slices.Equal(v, values) {
			t.Errorf("row %d is another when it is alone", i)
		}
	}
	if !reflect.DeepEqual(saved(t, text).Table(len(prompts), prompt), x) {
		t.Error("a saved state makes another table")
	}
}

func TestTextDropsWhatIsNew(t *testing.T) {
	text := fitText(t, TextOptions{Words: [2]int{1, 1}})
	x := text.Table(2, func(i int) string { return []string{"zyzzyva qoph", "CAPITAL zyzzyva"}[i] })
	if first, _ := x.Nonzeros(0); len(first) != 0 {
		t.Errorf("a text of new words has the columns %v", first)
	}
	if _, second := x.Nonzeros(1); !slices.Equal(second, []float32{1}) {
		t.Errorf("a text with one known word has the values %v, want 1", second)
	}
}

// TestTextIsBounded: what is behind the first 2^20 bytes changes nothing.
func TestTextIsBounded(t *testing.T) {
	long := strings.Repeat("capital ", longestText/8)
	text := fitText(t, TextOptions{Words: [2]int{1, 1}})
	x := text.Table(2, func(i int) string { return []string{long, long + "france"}[i] })
	if !slices.Equal(x.Start, []int{0, 1, 2}) {
		t.Errorf("rows begin at %v, want one column each", x.Start)
	}
}

func TestTextMinTexts(t *testing.T) {
	text := fitText(t, TextOptions{Words: [2]int{1, 1}, MinTexts: 2})
	// a, is, of, that, the, capital, what: in two prompts each, by eye
	for _, word := range []string{"is", "the", "capital", "of", "what"} {
		if x := text.Table(1, func(int) string { return word }); len(x.Col) != 1 {
			t.Errorf("%q is in two prompts and has no column", word)
		}
	}
	if x := text.Table(1, func(int) string { return "france" }); len(x.Col) != 0 {
		t.Error("a word of one prompt has a column")
	}
}

func TestTextOptionsErrors(t *testing.T) {
	for _, c := range []struct {
		o    TextOptions
		want string
	}{
		{TextOptions{Words: [2]int{2, 1}}, "n-grams of 2 to 1"},
		{TextOptions{Characters: [2]int{0, 3}}, "n-grams of 0 to 3"},
		{TextOptions{Words: [2]int{1, 17}}, "≤ 16"},
		{TextOptions{Bits: 25}, "2^25 buckets"},
		{TextOptions{MinTexts: 9}, "no n-gram is in 9 of 8 texts"},
	} {
		if _, err := c.o.Fit(t.Context(), len(prompts), prompt); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: found error %v, expected %q", c.o, err, c.want)
		}
	}
}

// TestWorkers holds that the number of processors changes no bit of what is fitted.
func TestWorkers(t *testing.T) {
	fit := func(workers int) (parts []any) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
		const n = 1500
		text, err := TextOptions{Bits: 10}.Fit(t.Context(), n, prompt)
		if err != nil {
			t.Fatal(err)
		}
		x := text.Table(n, prompt)
		svd, err := SVDOptions{Components: 4}.Fit(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		stats, err := FitStatistics(t.Context(), n, prompt)
		if err != nil {
			t.Fatal(err)
		}
		dense := Concatenate(svd.Project(x), stats.Table(n, prompt))
		parts = append(parts, text, svd, stats)
		y := []float64{0, 1, 0.25, 1, math.NaN(), 0, 1, 0.5, 1}
		s := &Sample{Y: [][]float64{make([]float64, n)}}
		for i := range s.Y[0] {
			s.Y[0][i] = y[i%len(y)]
		}
		for _, s.X = range []*Table{x, dense} {
			l, err := LogisticOptions{}.Fit(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, l, predict(l, s.X))
		}
		return parts
	}
	one, three := fit(1), fit(3)
	for i := range one {
		a, errA := json.Marshal(one[i])
		b, errB := json.Marshal(three[i])
		if errA != nil || errB != nil || string(a) != string(b) {
			t.Errorf("part %d (%T) is another with 3 processors", i, one[i])
		}
	}
}

func FuzzText(f *testing.F) {
	for _, p := range prompts {
		f.Add(p)
	}
	f.Add(strings.Repeat("ǅ\u0301 \u2028", 40))
	text := fitText(f, TextOptions{Bits: 8, Sublinear: true})
	stats, err := FitStatistics(f.Context(), len(prompts), prompt)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		of := func(int) string { return s }
		once, twice := text.Table(1, of), text.Table(2, of)
		c0, v0 := once.Nonzeros(0)
		for i := range 2 {
			if c, v := twice.Nonzeros(i); !slices.Equal(c, c0) || !slices.Equal(v, v0) {
				t.Fatalf("%q has two rows: %v %v and %v %v", s, c0, v0, c, v)
			}
		}
		for _, x := range []*Table{once, stats.Table(1, of)} {
			if x.finite() >= 0 {
				t.Fatalf("%q has numbers that are not finite: %v", s, x)
			}
		}
		if fresh, err := (TextOptions{Bits: 8}).Fit(t.Context(), 1, of); err == nil && fresh.Table(1, of).Cols != fresh.Cols() {
			t.Fatalf("%q has another number of columns", s)
		}
	})
}
