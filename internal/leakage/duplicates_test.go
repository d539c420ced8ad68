package leakage_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waymark/internal/leakage"
)

var vocabulary = func() (words []string) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 3000 {
		var w strings.Builder
		for range 2 + rng.IntN(8) {
			w.WriteByte(byte('a' + rng.IntN(26)))
		}
		words = append(words, w.String())
	}
	return words
}()

func sentence(rng *rand.Rand, n int) []string {
	words := make([]string, n)
	for i := range words {
		words[i] = vocabulary[rng.IntN(len(vocabulary))]
	}
	return words
}

// on makes prompts of texts, by turns on the tune and on the test side.
func on(texts []string) *leakage.Prompts {
	p := &leakage.Prompts{
		N: len(texts), Read: func(i int) string { return texts[i] }, Side: make([]leakage.Side, len(texts)),
		Group: make([]string, len(texts)), Category: make([]string, len(texts)), Workers: 2,
	}
	for i := range p.Side {
		p.Side[i] = leakage.Side(1 + i%2)
	}
	return p
}

func duplicates(t testing.TB, p *leakage.Prompts, similarity float64) *leakage.Duplicated {
	t.Helper()
	d, err := leakage.Duplicates(t.Context(), p, similarity)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// windows are a text's windows of five characters, in plain Go and without hashes.
func windows(s string) map[string]bool {
	set := map[string]bool{}
	r := []rune(strings.Join(strings.Fields(strings.ToLower(s)), " "))
	for i := 0; i+5 <= len(r); i++ {
		set[string(r[i:i+5])] = true
	}
	return set
}

func jaccard(x, y map[string]bool) float64 {
	both := 0
	for s := range x {
		if y[s] {
			both++
		}
	}
	return float64(both) / float64(len(x)+len(y)-both)
}

// edited are texts of which a third are copies of earlier ones, some words changed.
func edited(rng *rand.Rand, n, length int) (texts []string) {
	for i := range n {
		words := sentence(rng, length)
		if i%3 == 2 {
			words = strings.Fields(texts[rng.IntN(len(texts))])
			for range rng.IntN(1 + len(words)/4) {
				words[rng.IntN(len(words))] = vocabulary[rng.IntN(len(vocabulary))]
			}
		}
		texts = append(texts, strings.Join(words, " "))
	}
	return texts
}

// Every pair of 400 texts is compared in full: the search finds the same tasks,
// whatever the bound and the length.
func TestDuplicatesAgreeWithAllPairs(t *testing.T) {
	near := 0
	for _, length := range []int{4, 12, 40} {
		texts := edited(rand.New(rand.NewPCG(7, uint64(length))), 400, length)
		p := on(texts)
		sets := make([]map[string]bool, len(texts))
		for i, s := range texts {
			sets[i] = windows(s)
		}
		most := make([][3]float64, len(texts)) // by side; 2 for the same text
		for i := range texts {
			for j := range texts {
				x := 2.0
				if i == j || p.Side[i] != leakage.Test {
					continue
				}
				if texts[i] != texts[j] {
					x = jaccard(sets[i], sets[j])
				}
				most[i][p.Side[j]] = max(most[i][p.Side[j]], x)
			}
		}
		for _, bound := range []float64{0.6, 0.7, 0.8, 0.9, 1} {
			var want [2][2]int
			for _, m := range most {
				for k, side := range []leakage.Side{leakage.Tune, leakage.Test} {
					switch {
					case m[side] == 2:
						want[k][0]++
					case m[side] >= bound:
						want[k][1]++
						near++
					}
				}
			}
			d := duplicates(t, p, bound)
			got := [2][2]int{{d.Across.Same, d.Across.Near}, {d.Within.Same, d.Within.Near}}
			if got != want || d.AtLeast {
				t.Errorf("%d words, similarity %g: found %v, want %v", length, bound, got, want)
			}
			for _, m := range append(d.Across.Examples, d.Within.Examples...) {
				if x := jaccard(sets[m.Task], sets[m.Other]); x < bound || x-m.Similarity > 1e-9 || m.Similarity-x > 1e-9 {
					t.Errorf("example %+v: %q and %q are %g alike", m, texts[m.Task], texts[m.Other], x)
				}
			}
		}
	}
	if near < 300 {
		t.Errorf("only %d near-duplicates to find", near)
	}
}

func TestDuplicatesTable(t *testing.T) {
	long := "Explain in your own words why the sky is blue and the sunset red, in at most two paragraphs."
	for name, x := range map[string]struct {
		texts, groups []string
		across        [2]int // the same, near
		within        [2]int
		empty         int
	}{
		"case and space":       {texts: []string{long, "  " + strings.ToUpper(long) + "\n"}, across: [2]int{1, 0}},
		"one word":             {texts: []string{long, strings.Replace(long, "two", "ten", 1)}, across: [2]int{0, 1}},
		"another question":     {texts: []string{long, "Write a sonnet about the number seventeen and its friends among the primes."}},
		"short and equal":      {texts: []string{"hi", "Hi"}, across: [2]int{1, 0}},
		"short and alike":      {texts: []string{"hello", "hellp"}},
		"one task":             {texts: []string{long}},
		"nothing":              {},
		"empty":                {texts: []string{"", "", " \n", "\x00\x01"}, empty: 4},
		"zero width":           {texts: []string{long, strings.ReplaceAll(long, " ", "\u200b ")}, across: [2]int{1, 0}},
		"composed":             {texts: []string{"Où est passé le café de l'été ?", "Ou\u0300 est passe\u0301 le cafe\u0301 de l'e\u0301te\u0301 ?"}, across: [2]int{1, 0}},
		"full width":           {texts: []string{"ABC 123 and more", "ＡＢＣ　１２３ and more"}, across: [2]int{1, 0}},
		"no spaces":            {texts: []string{"天空为什么是蓝色的而日落却是红色的请用你自己的话解释一下谢谢", "天空为什么是蓝色的而日落却是红色的请用你自己的话解释一下多谢"}, across: [2]int{0, 1}},
		"control characters":   {texts: []string{"\x1b[31m" + long, long + "\x07"}, across: [2]int{0, 1}},
		"not UTF-8":            {texts: []string{"\xff\xfe" + long, "\xff\xfe" + long}, across: [2]int{1, 0}},
		"within":               {texts: []string{"tune one, which is alone here", long, "tune two, and another lonely one", long}, within: [2]int{2, 0}},
		"within a group":       {texts: []string{"tune one, which is alone here", long, "tune two, and another lonely one", long}, groups: []string{"", "g", "", "g"}},
		"near within":          {texts: []string{"x", long, "y", long + "!"}, within: [2]int{0, 2}},
		"near within a group":  {texts: []string{"x", long, "y", long + "!"}, groups: []string{"", "g", "", "g"}},
		"across, even grouped": {texts: []string{long, long}, groups: []string{"g", "g"}, across: [2]int{1, 0}},
	} {
		p := on(x.texts)
		if x.groups != nil {
			p.Group = x.groups
		}
		d := duplicates(t, p, 0.8)
		got := [5]int{d.Across.Same, d.Across.Near, d.Within.Same, d.Within.Near, d.Empty}
		if want := [5]int{x.across[0], x.across[1], x.within[0], x.within[1], x.empty}; got != want {
			t.Errorf("%s: found %v, want %v (same, near across; same, near within; empty)", name, got, want)
		}
	}
}

// What half of a category's prompts share is their form, not their question.
func TestDuplicatesLeaveOutBoilerplate(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	preamble := strings.Join(sentence(rng, 100), " ") + ": "
	var texts []string
	for range 100 {
		texts = append(texts, preamble+strings.Join(sentence(rng, 8), " "))
	}
	if x := jaccard(windows(texts[0]), windows(texts[1])); x < 0.8 {
		t.Fatalf("similarity %g: the preamble is too short for the test to tell", x)
	}
	if d := duplicates(t, on(texts), 0.8); d.Across.Count()+d.Within.Count() > 0 {
		t.Errorf("different questions of one form are taken for duplicates: %+v", d)
	}
	texts = append(texts, texts[0]+"?") // on the tune side, as the one that it copies
	texts = append(texts, texts[0]+"!")
	if d := duplicates(t, on(texts), 0.8); d.Across.Near != 1 || d.Across.Examples[0].Task != 101 {
		t.Errorf("a copied question is not found behind the preamble: %+v", d.Across)
	}
}

// Files set apart what asks the same about them.
func TestDuplicatesWithFiles(t *testing.T) {
	p := on([]string{"What is to be seen here?", "What is to be seen here?", "What is to be seen here?", "What is to be seen here!"})
	p.Files = func(i int) string { return []string{"sha256:a", "sha256:b", "sha256:c", "sha256:c"}[i] }
	if d := duplicates(t, p, 0.8); d.Across.Same != 0 || d.Across.Near != 1 || d.Within.Count() != 0 {
		t.Errorf("%+v", d)
	}
}

// Ten thousand equal prompts, and ten thousand that are nearly equal, are gone through
// in time that is linear in them: comparisons in full are counted by what is read.
func TestDuplicatesOfOneCluster(t *testing.T) {
	const n = 10_000
	base := sentence(rand.New(rand.NewPCG(3, 3)), 50)
	equal, alike := make([]string, n), make([]string, n)
	for i := range n {
		equal[i] = strings.Join(base, " ")
		alike[i] = fmt.Sprintf("%s %d", equal[i], i)
	}
	others := make([]string, 3*n) // so that the cluster is less than half of what there is
	rng := rand.New(rand.NewPCG(4, 4))
	for i := range others {
		others[i] = strings.Join(sentence(rng, 50), " ")
	}
	for name, x := range map[string]struct {
		texts      []string
		same, near int
	}{"equal": {equal, n / 2, 0}, "alike": {append(alike, others...), 0, n / 2}} {
		p := on(x.texts)
		reads := make([]int, p.N)
		p.Workers = 1
		p.Read = func(i int) string { reads[i]++; return x.texts[i] }
		d := duplicates(t, p, 0.8)
		if d.Across.Same != x.same || d.Across.Near != x.near || d.Within.Count() != n/2 {
			t.Errorf("%s: %d the same, %d near, %d within", name, d.Across.Same, d.Across.Near, d.Within.Count())
		}
		total := 0
		for _, r := range reads {
			total += r
		}
		if total > 10*p.N {
			t.Errorf("%s: %d texts were read %d times", name, p.N, total)
		}
	}
}

// Texts of one half of their words in common share buckets and are no duplicates:
// how many pairs are looked at is bounded, and what was left out is said.
func TestDuplicatesBoundTheWork(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	base := sentence(rng, 40)
	texts := make([]string, 6000)
	for i := range texts {
		words := append([]string{}, base...)
		if i%3 > 0 {
			words = sentence(rng, 40)
		}
		for range 9 {
			words[rng.IntN(len(words))] = vocabulary[rng.IntN(len(vocabulary))]
		}
		texts[i] = strings.Join(words, " ")
	}
	p := on(texts)
	reads := 0
	p.Workers = 1
	p.Read = func(i int) string { reads++; return texts[i] }
	d := duplicates(t, p, 0.8)
	if reads > 100*p.N {
		t.Errorf("%d texts were read %d times", p.N, reads)
	}
	if !d.AtLeast {
		t.Error("2,000 texts that are half alike are compared in full: the bound is not tested")
	}
}

func TestDuplicatesDoNotDependOnWorkers(t *testing.T) {
	p := on(edited(rand.New(rand.NewPCG(6, 6)), 3000, 12))
	p.Workers = 1
	want := duplicates(t, p, 0.6)
	p.Workers = 7
	if diff := cmp.Diff(want, duplicates(t, p, 0.6)); diff != "" {
		t.Error(diff)
	}
	if want.Across.Count() == 0 {
		t.Error("nothing to find")
	}
}

func TestDuplicatesEndWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := leakage.Duplicates(ctx, on([]string{"a", "b"}), 0.8); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}

func FuzzDuplicates(f *testing.F) {
	f.Add("hello world, how are you", "hello world, how are yo\u0301u", 0.8)
	f.Add("\xff\x00", "", 1.0)
	f.Fuzz(func(t *testing.T, a, b string, bound float64) {
		if !(bound >= leakage.LeastSimilarity && bound <= 1) {
			t.Skip()
		}
		d := duplicates(t, on([]string{a, b}), bound)
		if n := d.Across.Count(); n > 1 || bytes.Equal([]byte(a), []byte(b)) && n+d.Empty == 0 {
			t.Errorf("%q and %q: %+v", a, b, d)
		}
	})
}

// BenchmarkDuplicates1e6 looks for near-duplicates among 10^6 prompts of some 200
// characters, made as they are read.
func BenchmarkDuplicates1e6(b *testing.B) {
	const n = 1_000_000
	p := on(make([]string, n))
	p.Read = func(i int) string {
		if i%100 == 0 {
			i++ // as the next
		}
		rng := rand.New(rand.NewPCG(8, uint64(i)))
		return strings.Join(sentence(rng, 32), " ")
	}
	b.ReportAllocs()
	for b.Loop() {
		if d := duplicates(b, p, 0.8); d.Across.Same != n/100 {
			b.Fatalf("%d of %d found", d.Across.Same, n/100)
		}
	}
}

// BenchmarkDuplicates14e3 looks among as many prompts as MMLU has, of their length.
func BenchmarkDuplicates14e3(b *testing.B) {
	rng := rand.New(rand.NewPCG(9, 9))
	texts := make([]string, 14_000)
	for i := range texts {
		texts[i] = strings.Join(sentence(rng, 72), " ")
	}
	p := on(texts)
	b.ReportAllocs()
	for b.Loop() {
		duplicates(b, p, 0.8)
	}
}
