package leakage

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"
)

// The bounds of a search. Equal texts are found among all tasks, at some 200 bytes a
// task (10^6 tasks: 260 MB, measured); near-duplicates among texts that are drawn by their hashes up to these
// numbers, at 136 bytes a text.
const (
	mostTexts      = 100_000  // on each side
	mostCharacters = 64 << 20 // bytes of those, on each side
	mostLooked     = 256      // texts of a bucket that one is held against
	mostVerified   = 64       // texts that one is held against exactly
	leastShingles  = 8        // below this a text is compared for equality only
)

// LeastSimilarity is the least Jaccard similarity that can be asked for: below it
// half of all pairs would have to be looked at.
const LeastSimilarity = 0.6

// Prompts are what tasks ask, by position.
type Prompts struct {
	N        int
	Read     func(i int) string // the text; safe for concurrent use
	Files    func(i int) string // what the text comes with, "" for nothing; tasks that differ in it are not the same. May be nil
	Side     []Side
	Group    []string // tasks of one group are known to belong together; "" is none
	Category []string
	Workers  int
}

// A Match is a task of the test side and another with the same prompt, or nearly.
type Match struct {
	Task, Other int
	Similarity  float64 // 1 for the same
}

// Matches are tasks of the test side, counted, and some of them.
type Matches struct {
	Same, Near int
	Examples   []Match
}

// Count is how many there are.
func (m Matches) Count() int { return m.Same + m.Near }

// A Duplicated says how many tasks of the test side have a prompt that stands
// elsewhere too.
type Duplicated struct {
	Similarity float64
	Test, Tune int     // tasks with a text
	Empty      int     // tasks without one, which are not compared
	Looked     int     // of Test, those that near-duplicates were looked for
	Among      int     // of Tune, those that they were looked for among
	Across     Matches // with a task of the tune side
	Within     Matches // with another task of the test side that is not of its group
	AtLeast    bool    // some pairs were left out for their number
}

// text is a distinct text and whose it is.
type text struct {
	hash     uint64
	files    uint64
	first    [3]int32 // task of each side that has it first, -1 if none
	count    [3]int32 // tasks of each side that have it
	length   int32
	category int32
	mixed    bool  // its tasks on the test side are of several groups
	second   int32 // the first of those that is not of the first one's group
}

// Duplicates finds the tasks of the test side whose prompt, or one whose shingles
// have at least the given Jaccard similarity, is on the tune side or another group's. Near-duplicates are
// found by MinHash (Broder 1997), which misses one in a million of those just at the
// bound, and counted only after their sets are compared in full.
func Duplicates(ctx context.Context, p *Prompts, similarity float64) (*Duplicated, error) {
	out := &Duplicated{Similarity: similarity}
	texts, err := distinct(ctx, p, out)
	if err != nil {
		return nil, err
	}
	s := &search{p: p, texts: texts, out: out, rows: rows(similarity)}
	s.countSame()
	if err := s.sign(ctx); err != nil {
		return nil, err
	}
	if err := s.match(ctx); err != nil {
		return nil, err
	}
	for _, m := range []*Matches{&out.Across, &out.Within} {
		slices.SortFunc(m.Examples, func(a, b Match) int {
			return cmp.Or(cmp.Compare(b.Similarity, a.Similarity), cmp.Compare(a.Task, b.Task), cmp.Compare(a.Other, b.Other))
		})
		m.Examples = shown(m.Examples)
	}
	return out, nil
}

// shown are the most similar examples and, so that the bound can be judged, the two
// that are least so.
func shown(all []Match) []Match {
	if n := len(all); n > mostExamples {
		all = append(all[:mostExamples-2:mostExamples-2], all[n-2:]...)
	}
	return slices.Clone(all)
}

// each calls f on ranges of 0 to n, side by side.
func each(ctx context.Context, n, workers int, f func(lo, hi int) error) error {
	const size = 1024
	var g errgroup.Group
	g.SetLimit(max(1, workers))
	for lo := 0; lo < n && ctx.Err() == nil; lo += size {
		g.Go(func() error { return f(lo, min(lo+size, n)) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// A key is that of a task's text and files, 0 bytes long where there is no text.
type key struct {
	sum    [16]byte
	length int32
}

// keys are those of every task that takes part.
func (p *Prompts) keys(ctx context.Context) ([]key, error) {
	out := make([]key, p.N)
	err := each(ctx, p.N, p.Workers, func(lo, hi int) error {
		var runes []rune
		var buf []byte
		for i := lo; i < hi; i++ {
			if p.Side[i] == Neither {
				continue
			}
			prompt := p.Read(i)
			runes, buf = fold(prompt, runes[:0]), buf[:0]
			if len(runes) == 0 {
				continue
			}
			for _, r := range runes {
				buf = utf8.AppendRune(buf, r)
			}
			sum := sha256.Sum256(append(append(buf, 0), p.files(i)...))
			out[i] = key{[16]byte(sum[:16]), int32(min(len(prompt), 1<<30))}
		}
		return nil
	})
	return out, err
}

func (p *Prompts) files(i int) string {
	if p.Files == nil {
		return ""
	}
	return p.Files(i)
}

// distinct are the texts of the tasks, equal ones once, in the order of tasks.
func distinct(ctx context.Context, p *Prompts, out *Duplicated) ([]text, error) {
	keys, err := p.keys(ctx)
	if err != nil {
		return nil, err
	}
	categories, seen := map[string]int32{}, map[[16]byte]int32{}
	var texts []text
	for i, k := range keys {
		switch {
		case p.Side[i] == Neither:
			continue
		case k.length == 0:
			out.Empty++
			continue
		}
		at, ok := seen[k.sum]
		if !ok {
			at = int32(len(texts))
			seen[k.sum] = at
			c, ok := categories[p.Category[i]]
			if !ok {
				c = int32(len(categories))
				categories[p.Category[i]] = c
			}
			texts = append(texts, text{
				hash: binary.LittleEndian.Uint64(k.sum[:]), files: hashOf(p.files(i)), first: [3]int32{-1, -1, -1}, length: k.length, category: c,
			})
		}
		texts[at].take(p, i)
		if p.Side[i] == Test {
			out.Test++
		} else {
			out.Tune++
		}
	}
	return texts, nil
}

// take adds task i to those that have the text.
func (t *text) take(p *Prompts, i int) {
	side := p.Side[i]
	if t.first[side] < 0 {
		t.first[side] = int32(i)
	} else if side == Test && !t.mixed && !p.together(int(t.first[side]), i) {
		t.mixed, t.second = true, int32(i)
	}
	t.count[side]++
}

func hashOf(s string) uint64 {
	sum := sha256.Sum256([]byte(s))
	return binary.LittleEndian.Uint64(sum[:])
}

// together reports whether two tasks are of one group.
func (p *Prompts) together(i, j int) bool { return p.Group[i] != "" && p.Group[i] == p.Group[j] }

// A search is for near-duplicates among distinct texts.
type search struct {
	p     *Prompts
	texts []text
	out   *Duplicated
	rows  int

	part   []int32 // texts that take part
	signed []signature
	size   []int32 // shingles of each, 0 where there are too few
	plain  *boilerplate
}

// countSame counts the texts that stand on the test side and elsewhere.
func (s *search) countSame() {
	for k := range s.texts {
		t := &s.texts[k]
		if t.count[Test] == 0 {
			continue
		}
		first := int(t.first[Test])
		if t.count[Tune] > 0 {
			s.out.Across.add(true, int(t.count[Test]), Match{first, int(t.first[Tune]), 1})
		}
		if t.mixed {
			s.out.Within.add(true, int(t.count[Test]), Match{first, int(t.second), 1})
		}
	}
}

func (m *Matches) add(same bool, n int, x Match) {
	if same {
		m.Same += n
	} else {
		m.Near += n
	}
	m.Examples = append(m.Examples, x)
}

// sign makes the signatures of the texts that take part.
func (s *search) sign(ctx context.Context) error {
	s.choose()
	var cut shingler
	categories := 0
	for _, t := range s.texts {
		categories = max(categories, int(t.category)+1)
	}
	s.plain = countBoilerplate(s.texts, categories, &cut, s.read)
	s.signed, s.size = make([]signature, len(s.part)), make([]int32, len(s.part))
	return each(ctx, len(s.part), s.p.Workers, func(lo, hi int) error {
		var cut shingler
		for k := lo; k < hi; k++ {
			t := s.texts[s.part[k]]
			set := s.plain.strip(cut.shingles(s.read(t)), t.category)
			if len(set) >= leastShingles {
				s.signed[k], s.size[k] = sign(set), int32(len(set))
			}
		}
		return nil
	})
}

func (s *search) read(t text) string { return s.p.Read(int(max(t.first[Tune], t.first[Test]))) }

// choose takes the texts of each side that the bounds leave room for, by hash.
func (s *search) choose() {
	order := make([]int32, len(s.texts))
	for k := range order {
		order[k] = int32(k)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(s.texts[a].hash, s.texts[b].hash), cmp.Compare(a, b))
	})
	var number, length [3]int
	for _, k := range order {
		t := &s.texts[k]
		takes := false
		for _, side := range []Side{Tune, Test} {
			if t.count[side] == 0 {
				continue
			}
			if number[side] >= mostTexts || length[side] >= mostCharacters {
				continue
			}
			number[side]++
			length[side] += int(t.length)
			takes = true
		}
		if !takes {
			continue
		}
		s.part = append(s.part, k)
		s.out.Looked += int(t.count[Test])
		s.out.Among += int(t.count[Tune])
	}
	slices.Sort(s.part)
}
