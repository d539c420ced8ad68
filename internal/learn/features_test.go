package learn

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

func TestStatistics(t *testing.T) {
	texts := []string{"Why 12 cats? Why.", "    x = 1;\n```\ncode\n```\nÄB\n"}
	want := []map[string]float64{
		{
			"log characters": math.Log1p(17), "log words": math.Log1p(4), "log lines": math.Log1p(1), "log sentences": math.Log1p(2),
			"log numbers": math.Log1p(1), "log code lines": 0, "log question marks": math.Log1p(1), "log question words": math.Log1p(2),
			"mean word length": 12. / 4, "digit share": 2. / 17, "uppercase share": 2. / 17, "punctuation share": 2. / 17,
			"white space share": 3. / 17, "non-ASCII share": 0, "type-token ratio": 3. / 4,
		},
		{
			"log characters": math.Log1p(27), "log words": math.Log1p(4), "log lines": math.Log1p(5), "log sentences": 0,
			"log numbers": math.Log1p(1), "log code lines": math.Log1p(2), "log question marks": 0, "log question words": 0,
			"mean word length": 8. / 4, "digit share": 1. / 27, "uppercase share": 2. / 27, "punctuation share": 8. / 27,
			"white space share": 11. / 27, "non-ASCII share": 1. / 27, "type-token ratio": 1,
		},
	}
	for i, text := range texts {
		row := measure(text)
		for c, name := range StatisticNames() {
			if w, ok := want[i][name]; !ok || math.Abs(row[c]-w) > 1e-12 {
				t.Errorf("%q: %s is %v, want %v", text, name, row[c], w)
			}
		}
	}
}

func TestStatisticsAreStandardised(t *testing.T) {
	s, err := FitStatistics(t.Context(), len(prompts), prompt)
	if err != nil {
		t.Fatal(err)
	}
	x := saved(t, s).Table(len(prompts), prompt)
	for c, name := range StatisticNames() {
		var sum, squares float64
		for i := range x.Rows {
			v := float64(x.Row(i)[c])
			sum, squares = sum+v, squares+v*v
		}
		if math.Abs(sum) > 1e-5 || math.Abs(squares-float64(len(prompts))) > 1e-5 {
			t.Errorf("%s has the mean %v and the variance %v", name, sum, squares/float64(len(prompts)))
		}
	}
	same, err := FitStatistics(t.Context(), 3, func(int) string { return "the same" })
	if err != nil {
		t.Fatal(err)
	}
	if x := same.Table(1, func(int) string { return "ANOTHER ONE?" }); slices.Max(x.Dense) != 0 || slices.Min(x.Dense) != 0 {
		t.Errorf("statistics that were the same in all texts are %v, want 0", x.Dense)
	}
}

func TestField(t *testing.T) {
	for _, c := range []struct {
		fitted, new []any
		want        [][]float32
	}{
		{[]any{"b", true, "a", nil, 3.0, "a"}, []any{"a", "b", true, 3.0, false, "c", nil, math.NaN()}, [][]float32{{0, 0, 1, 0}, {0, 0, 0, 1}, {1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}}},
		{[]any{1.0, 3.0}, []any{1.0, 4.0, nil, "x"}, [][]float32{{-1}, {2}, {0}, {0}}},
		{[]any{1.0, nil, 3.0}, []any{3.0, nil, math.Inf(1)}, [][]float32{{1, 0}, {0, 1}, {0, 1}}},
		{[]any{2.0, 2.0}, []any{5.0}, [][]float32{{0}}},
		{[]any{nil, nil}, []any{"x", nil}, [][]float32{{}, {}}},
	} {
		f, err := FitField(c.fitted)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []*Field{f, saved(t, f)} {
			x := f.Table(c.new).ToDense()
			if x.Cols != f.Cols() || !reflect.DeepEqual(x, FromRows(f.Cols(), c.want...)) {
				t.Errorf("fitted on %v, %v is %v, want %v", c.fitted, c.new, x.Dense, c.want)
			}
		}
	}
	if _, err := FitField([]any{[]string{"a"}}); err == nil {
		t.Error("a list is taken for a value")
	}
}

func TestConcatenate(t *testing.T) {
	dense := FromRows(2, []float32{1, 0}, []float32{0, 2})
	sparse := FromRows(3, []float32{0, 3, 0}, []float32{4, 0, 5}).ToSparse()
	want := FromRows(5, []float32{1, 0, 0, 3, 0}, []float32{0, 2, 4, 0, 5})
	both := Concatenate(dense, sparse)
	if !both.Sparse() || len(both.Value) != 5 || !reflect.DeepEqual(both.ToDense(), want) {
		t.Errorf("beside each other they are %v, want %v", both.ToDense(), want)
	}
	if all := Concatenate(dense, sparse.ToDense()); all.Sparse() || !reflect.DeepEqual(all, want) {
		t.Errorf("dense ones beside each other are %v, want %v", all, want)
	}
	if !reflect.DeepEqual(both.transpose().transpose(), both) {
		t.Error("transposed twice it is another")
	}
}

func TestConcatenateRows(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("tables of 1 and 2 rows are put side by side")
		}
	}()
	Concatenate(NewDense(1, 1), NewDense(2, 1))
}

// lowRank is a table of rows×cols of a rank, whose row 0 is zero.
func lowRank(rows, cols, rank int) *Table {
	random := rand.New(rand.NewPCG(1, 2))
	basis := make([]float64, rank*cols)
	for i := range basis {
		basis[i] = random.NormFloat64()
	}
	x := NewDense(rows, cols)
	for i := 1; i < rows; i++ {
		for r := range rank {
			a := float64(random.IntN(9) - 4)
			for c := range cols {
				x.Row(i)[c] += float32(a * math.Round(basis[r*cols+c]*4))
			}
		}
	}
	return x
}

func TestSVDOfLowRank(t *testing.T) {
	for _, c := range []struct{ rows, cols, rank, ask, want int }{
		{30, 12, 3, 8, 3}, {30, 12, 12, 5, 5}, {6, 40, 5, 20, 5}, {40, 3, 3, 20, 3}, {2, 1, 1, 1, 1},
	} {
		x := lowRank(c.rows, c.cols, c.rank)
		s, err := SVDOptions{Components: c.ask, Seed: 7}.Fit(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		if s.Components() != c.want {
			t.Errorf("%+v: found %d components with the values %v", c, s.Components(), s.Singular)
		}
		projected := saved(t, s).Project(x)
		for i := range c.rows {
			checkProjection(t, s, x, projected, i, c.rank <= c.ask)
		}
		if !reflect.DeepEqual(projected, s.Project(x.ToSparse())) {
			t.Errorf("%+v: a sparse table is projected otherwise", c)
		}
	}
}

// checkProjection: rows have the norm 1, or 0; and if there are as many components
// as the rank is, cosines stay as they are.
func checkProjection(t *testing.T, s *SVD, x, projected *Table, i int, exact bool) {
	t.Helper()
	cosine := func(t *Table, a, b int) float64 {
		var ab, aa, bb float64
		for c := range t.Cols {
			u, v := float64(t.Row(a)[c]), float64(t.Row(b)[c])
			ab, aa, bb = ab+u*v, aa+u*u, bb+v*v
		}
		return ab / max(math.Sqrt(aa*bb), 1e-30)
	}
	if got, want := cosine(projected, i, i), cosine(x, i, i); math.Abs(got-want) > 1e-5 {
		t.Errorf("row %d has the norm %v, want %v", i, got, want)
	}
	if got, want := cosine(projected, i, x.Rows-1), cosine(x, i, x.Rows-1); exact && math.Abs(got-want) > 1e-5 {
		t.Errorf("row %d has the cosine %v with the last, want %v", i, got, want)
	}
	for c := range s.Components() {
		var most float32
		for j := range s.Cols {
			if v := s.Loadings[j*s.Components()+c]; abs32(v) > abs32(most) {
				most = v
			}
		}
		if most < 0 {
			t.Errorf("the largest loading of component %d is %v", c, most)
		}
	}
}

func abs32(x float32) float32 { return max(x, -x) }

func TestSVDErrors(t *testing.T) {
	for name, x := range map[string]*Table{
		"zeros": NewDense(4, 4), "no rows": NewDense(0, 4), "no columns": NewDense(4, 0),
		"not finite": FromRows(1, []float32{1}, []float32{float32(math.NaN())}),
	} {
		if s, err := (SVDOptions{Components: 2}).Fit(t.Context(), x); err == nil {
			t.Errorf("%s: found %v, expected an error", name, s.Singular)
		}
	}
}

func TestSavedStatesAreChecked(t *testing.T) {
	for _, c := range []struct {
		into any
		text string
	}{
		{new(Text), `{"Options":{"Words":[1,1],"Bits":4},"Texts":1,"Buckets":"Ag==","Found":""}`},
		{new(Text), `{"Options":{"Words":[1,1],"Bits":40},"Texts":1,"Buckets":"Ag==","Found":"Ag=="}`},
		{new(Text), `{"Options":{"Words":[1,1],"Bits":1},"Texts":1,"Buckets":"gAI=","Found":"Ag=="}`},
		{new(Counts), `"gA=="`},
		{new(Counts), `"AQ=="`},
		{new(SVD), `{"Cols":2,"Singular":[1],"Loadings":"AAAAAA=="}`},
		{new(Statistics), `{"Names":["log characters"],"Mean":[1],"Deviation":[1]}`},
		{new(Field), `{"Values":[{}]}`},
		{new(Logistic), `{"Cols":2,"Intercepts":[0],"Rows":[1],"Coefficients":"AAAAAA=="}`},
		{new(KNN), `{"Options":{"K":1},"Cols":2,"Count":1,"Rows":"AAAAAA==","Y":"AAAAAA=="}`},
		{new(KNN), `{"Options":{"K":0},"Cols":1,"Count":1,"Rows":"AAAAAA==","Y":"AAAAAA=="}`},
		{new(Isotonic), `{"X":[1,0],"Y":[0,1]}`},
		{new(Isotonic), `{"X":[],"Y":[]}`},
	} {
		if err := json.Unmarshal([]byte(c.text), c.into); err == nil {
			t.Errorf("%T is read from %s", c.into, c.text)
		}
	}
}
