package leakage_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waymark/internal/leakage"
)

func TestAlikeIDs(t *testing.T) {
	for _, x := range []struct {
		ids  []string
		want [][]int
	}{
		{nil, nil},
		{[]string{"a", "b"}, nil},
		{[]string{"a1", "b", "A1", " a1", "a1\u200b"}, [][]int{{0, 2, 3, 4}}},
		{[]string{"task 1", "x", "task  1", "X"}, [][]int{{0, 2}, {1, 3}}},
		{[]string{"a-1", "a_1"}, nil},
	} {
		if diff := cmp.Diff(x.want, leakage.AlikeIDs(x.ids)); diff != "" {
			t.Errorf("%q: %s", x.ids, diff)
		}
	}
}

func TestConflicts(t *testing.T) {
	questions := []string{"q", "q", "q", "r", "r", "s", "s", "t"}
	references := [][]string{{"1", "2"}, {"2", "1", "1"}, nil, {"1"}, {"2"}, {"1"}, nil, {"1"}}
	if diff := cmp.Diff([][]int{{3, 4}}, leakage.Conflicts(questions, references)); diff != "" {
		t.Error(diff)
	}
}

func TestStraddling(t *testing.T) {
	got := leakage.Straddling([]string{"a", "a", "b", "b", "", "", "a"}, []leakage.Side{1, 2, 2, 2, 1, 2, 2})
	if diff := cmp.Diff(map[string]int{"a": 2}, got); diff != "" {
		t.Error(diff)
	}
}

func TestStand(t *testing.T) {
	scores := []float64{1, 2, 2, 2, 3, math.NaN(), math.Inf(1)}
	for _, x := range []struct {
		knob         float64
		onTie, below int
		oneSided     bool
	}{{0, 0, 0, true}, {1, 1, 0, true}, {2, 3, 1, false}, {2.5, 0, 4, false}, {3, 1, 4, false}, {3.1, 0, 5, true}} {
		s := leakage.Stand(scores, x.knob)
		if s.N != 5 || s.Lo != 1 || s.Hi != 3 || s.OnTie != x.onTie || s.Below != x.below || s.OneSided != x.oneSided {
			t.Errorf("knob %g: %+v", x.knob, s)
		}
	}
	if s := leakage.Stand(nil, 1); s.N != 0 || s.OneSided {
		t.Errorf("no scores: %+v", s)
	}
}

// What encodes a grade is found, in whatever form; what predicts it as well as an
// honest feature may is not, nor is what merely names the task.
func TestTells(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 21))
	const n = 600
	right, unit := make([]bool, n), make([]uint64, n)
	columns := map[string][]any{}
	for i := range n {
		right[i], unit[i] = rng.Float64() < 0.7, rng.Uint64()
		yes := 0.0
		if right[i] {
			yes = 1
		}
		flip := func(p float64) float64 {
			if rng.Float64() < p {
				return 1 - yes
			}
			return yes
		}
		for name, v := range map[string]any{
			"itself": yes, "negated": right[i] == false, "as a word": fmt.Sprintf("class %g", yes),
			"one of many words":  fmt.Sprintf("%g of %d", yes, rng.IntN(10)),
			"a number with luck": 3*yes + rng.Float64(), "in one in fifty wrong": flip(0.02),
			"a fifth wrong": flip(0.2), "by chance": rng.Float64(), "an id": fmt.Sprint("id", i), "constant": "x", "none": nil,
			"good, honestly": yes + 0.8*rng.NormFloat64(),
		} {
			columns[name] = append(columns[name], v)
		}
	}
	for name, want := range map[string]bool{
		"itself": true, "negated": true, "as a word": true, "one of many words": true, "a number with luck": true, "in one in fifty wrong": true,
		"a fifth wrong": false, "by chance": false, "an id": false, "constant": false, "none": false, "good, honestly": false,
	} {
		if x := leakage.Tells(columns[name], right, unit); x.Encodes() != want {
			t.Errorf("%s: %+v, want %v", name, x, want)
		}
	}
	if x := leakage.Tells(columns["itself"][:20], right[:20], unit[:20]); x.Encodes() {
		t.Errorf("20 tasks are enough: %+v", x)
	}
	if x := leakage.Tells(nil, nil, nil); x.Encodes() || x.N != 0 {
		t.Errorf("nothing: %+v", x)
	}
}

func TestCopiesReference(t *testing.T) {
	var values, words []any
	var references [][]string
	for i := range 12 {
		values, words = append(values, float64(i)), append(words, "A ")
		references = append(references, []string{fmt.Sprint(i), "x"})
	}
	if c := leakage.CopiesReference(values, references); !c.Copies() || c.Equal != 12 {
		t.Errorf("%+v", c)
	}
	references[3], references[4] = []string{"other"}, []string{"other"}
	if c := leakage.CopiesReference(values, references); c.Copies() {
		t.Errorf("ten of twelve: %+v", c)
	}
	same := make([][]string, 12)
	for i := range same {
		same[i] = []string{"a"}
	}
	if c := leakage.CopiesReference(words, same); c.Copies() || c.Equal != 12 {
		t.Errorf("one reference for all: %+v", c)
	}
}
