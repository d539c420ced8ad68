package leakage

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// shingleLength is how many characters a shingle has: long enough that unrelated
// texts share few, short enough that one changed word costs few. Characters in place of words, so
// that scripts without spaces are cut up too.
const shingleLength = 5

// fold appends a text as it is compared: compatibility forms composed (NFKC), lower
// case, runs of white space as one space, control and format characters left out.
func fold(text string, to []rune) []rune {
	start, space := len(to), false
	for i := range len(text) {
		b := text[i]
		if b >= utf8.RuneSelf {
			return foldUnicode(text, to[:start])
		}
		r := folded[b]
		if r == ' ' {
			space = true
			continue
		}
		if r == dropped {
			continue
		}
		if space && len(to) > start {
			to = append(to, ' ')
		}
		space = false
		to = append(to, r)
	}
	return to
}

const dropped = -1

// folded is what each character of ASCII becomes.
var folded = func() (t [utf8.RuneSelf]rune) {
	for b := range t {
		t[b] = foldRune(rune(b))
	}
	return t
}()

func foldRune(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.In(r, unicode.Cc, unicode.Cf):
		return dropped
	}
	return unicode.ToLower(r)
}

func foldUnicode(text string, to []rune) []rune {
	if !norm.NFKC.IsNormalString(text) {
		text = norm.NFKC.String(text)
	}
	start, space := len(to), false
	for _, r := range text {
		if r < utf8.RuneSelf {
			r = folded[r]
		} else {
			r = foldRune(r)
		}
		switch r {
		case ' ':
			space = true
			continue
		case dropped:
			continue
		}
		if space && len(to) > start {
			to = append(to, ' ')
		}
		space = false
		to = append(to, r)
	}
	return to
}

// base is that of the polynomial by which a window of characters rolls: any odd number.
const base = 0x9e3779b97f4a7c15

// mix64 is the finaliser of SplitMix64.
func mix64(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// A shingler cuts texts into sets of hashed shingles. It keeps its memory from text
// to text, and belongs to one goroutine.
type shingler struct {
	runes []rune
	set   []uint64 // the shingles of the text at hand, in the order of their first appearance
	table []uint64 // those that were seen, by open addressing
	stamp []uint32 // of each place of the table: the text that it was filled by
	text  uint32
}

// shingles are the distinct shingles of a text as 64-bit hashes; two texts have a
// hash in common by chance once in 2^64 pairs of shingles. The slice holds until the next call. A text
// shorter than a shingle is one; an empty text has none.
func (s *shingler) shingles(text string) []uint64 {
	s.runes = fold(text, s.runes[:0])
	s.set = s.set[:0]
	s.begin(len(s.runes))
	if len(s.runes) == 0 {
		return nil
	}
	var h, top uint64 = 0, 1
	for range shingleLength - 1 {
		top *= base
	}
	for i, r := range s.runes {
		if i >= shingleLength {
			h -= uint64(s.runes[i-shingleLength]) * top
		}
		h = h*base + uint64(r)
		if i >= shingleLength-1 {
			s.add(mix64(h))
		}
	}
	if len(s.runes) < shingleLength {
		s.add(mix64(h))
	}
	return s.set
}

// begin makes room for n shingles.
func (s *shingler) begin(n int) {
	size := max(64, len(s.table))
	for size < 2*n {
		size *= 2
	}
	s.text++
	if size > len(s.table) || s.text == 0 {
		s.table, s.stamp, s.text = make([]uint64, size), make([]uint32, size), 1
	}
}

func (s *shingler) add(x uint64) {
	mask := uint64(len(s.table) - 1)
	for at := x & mask; ; at = (at + 1) & mask {
		if s.stamp[at] != s.text {
			s.stamp[at], s.table[at] = s.text, x
			s.set = append(s.set, x)
			return
		}
		if s.table[at] == x {
			return
		}
	}
}

// has reports whether the text at hand has a shingle.
func (s *shingler) has(x uint64) bool {
	mask := uint64(len(s.table) - 1)
	for at := x & mask; s.stamp[at] == s.text; at = (at + 1) & mask {
		if s.table[at] == x {
			return true
		}
	}
	return false
}
