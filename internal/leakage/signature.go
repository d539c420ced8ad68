package leakage

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// bins is how many parts a signature has.
const bins = 128

// A signature is a set's MinHash: the share of bytes in which those of two sets
// agree estimates their Jaccard similarity, |A∩B| / |A∪B|. It is made by one permutation (Li, Owen and Zhang 2012):
// each shingle falls into one bin, which keeps its least. An empty bin borrows from one that is not, drawn by a
// hash of its own number alone (optimal densification, Shrivastava 2017). A byte is
// kept of each least hash (b-bit MinHash, Li and König 2010): two that differ agree by chance once in 256.
type signature [bins]byte

// sign makes the signature of a set that is not empty.
func sign(set []uint64) (s signature) {
	var least [bins]uint64
	for i := range least {
		least[i] = math.MaxUint64
	}
	for _, x := range set {
		i, v := x>>(64-7), x<<7>>7
		least[i] = min(least[i], v)
	}
	for i, v := range least {
		for k := uint64(1); v == math.MaxUint64; k++ {
			v = least[mix64(uint64(i)<<32+k)%bins]
		}
		s[i] = byte(mix64(v^base) >> 56)
	}
	return s
}

// agree is the number of bytes that two signatures have in common.
func agree(a, b *signature) int {
	const low = 0x7f7f7f7f7f7f7f7f
	differ := 0
	for i := 0; i < bins; i += 8 {
		d := binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:])
		differ += bits.OnesCount64(((d&low + low) | d) &^ low) // the high bit of each byte that is not 0
	}
	return bins - differ
}

// rows is how many bytes of a signature make a band, so that two sets of similarity
// t share at least one of the bins/r bands but for a chance of (1 − t^r)^(bins/r) (Leskovec, Rajaraman and
// Ullman, ch. 3): the most for which that is under one in a million, since a small set
// fills fewer bins and strays further. More rows mean fewer pairs to look at in vain.
func rows(t float64) int {
	r := 2
	for next := r + 1; next <= 8 && missed(t, next) < 1e-6; next++ {
		r = next
	}
	return r
}

func missed(t float64, r int) float64 {
	return math.Pow(1-math.Pow(t, float64(r)), float64(bins/r))
}

// band is the k-th band of r bytes, as a number.
func (s *signature) band(k, r int) uint64 {
	var key uint64
	for _, b := range s[k*r : (k+1)*r] {
		key = key<<8 | uint64(b)
	}
	return key
}
