package learn

import (
	"unicode"
	"unicode/utf8"
)

// grams puts the buckets of the n-grams of texts together. Bits of a bucket's
// number below options.Bits are of its hash; the next says whether it is of words
// or of characters, which therefore never share a bucket.
type grams struct {
	options TextOptions
	found   []uint32 // one for each occurrence
	words   []uint64 // hashes of the words so far
	runes   []rune   // of the stretch between white space, with a space on both sides
}

// read puts the buckets of all n-grams of text in g.found, in no order that means
// anything. The text is read in lower case; what is not UTF-8 reads as U+FFFD. Of a
// longer text only the first longestText bytes are read.
func (g *grams) read(text string) []uint32 {
	g.found = g.found[:0]
	text = text[:min(len(text), longestText)]
	if g.options.Words[1] > 0 {
		g.splitWords(text)
		g.wordGrams()
	}
	if g.options.Characters[1] > 0 {
		g.characterGrams(text)
	}
	return g.found
}

const (
	hashStart = 14695981039346656037 // FNV-1a, over runes
	hashPrime = 1099511628211
)

// add finds an n-gram: the finaliser of SplitMix64 (Steele, Lea and Flood, 2014)
// spreads its hash, whose upper bits are the bucket.
func (g *grams) add(h uint64, block uint32) {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	h ^= h >> 31
	g.found = append(g.found, block<<g.options.Bits|uint32(h>>(64-g.options.Bits)))
}

// splitWords hashes the words: longest runs of letters, digits, marks and "_".
func (g *grams) splitWords(text string) {
	g.words = g.words[:0]
	h := uint64(hashStart)
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		i += size
		if inWord(r) {
			h = (h ^ uint64(lower(r))) * hashPrime
		} else if h != hashStart {
			g.words, h = append(g.words, h), hashStart
		}
	}
	if h != hashStart {
		g.words = append(g.words, h)
	}
}

func (g *grams) wordGrams() {
	for first := range g.words {
		h := uint64(hashStart)
		for n := 1; n <= g.options.Words[1] && first+n <= len(g.words); n++ {
			h = (h ^ g.words[first+n-1]) * hashPrime
			if n >= g.options.Words[0] {
				g.add(h, 0)
			}
		}
	}
}

// characterGrams finds runs of characters within stretches between white space,
// each with a space before and behind; a stretch that is shorter than the shortest
// n-gram is one. It is the analyzer "char_wb" of scikit-learn.
func (g *grams) characterGrams(text string) {
	g.runes = append(g.runes[:0], ' ')
	for _, r := range text {
		if !space(r) {
			g.runes = append(g.runes, lower(r))
			continue
		}
		g.stretch()
	}
	g.stretch()
}

// stretch finds the n-grams of g.runes, and begins another stretch.
func (g *grams) stretch() {
	if len(g.runes) == 1 {
		return
	}
	runes := append(g.runes, ' ')
	g.runes = runes[:1]
	shortest := min(g.options.Characters[0], len(runes))
	for first := 0; first+shortest <= len(runes); first++ {
		h := uint64(hashStart)
		last := min(len(runes), first+g.options.Characters[1])
		for i := first; i < last; i++ {
			h = (h ^ uint64(runes[i])) * hashPrime
			if i-first+1 >= shortest {
				g.add(h, 1)
			}
		}
	}
}

func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_'
	}
	return unicode.In(r, unicode.L, unicode.N, unicode.M)
}

func lower(r rune) rune {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	return unicode.ToLower(r)
}

func space(r rune) bool {
	if r < utf8.RuneSelf {
		return r == ' ' || '\t' <= r && r <= '\r'
	}
	return unicode.IsSpace(r)
}
