package waymark

import "math/rand/v2"

// Rand is a source of randomness that depends on the seed, the query and the
// repeat alone, so that neither order nor worker count changes a decision.
func (t *Trial) Rand() *rand.Rand {
	return rand.New(rand.NewPCG(t.Seed, stream(t.Seed, t.Query.ID, t.Repeat)))
}

// Uniform is a number in [0,1) that depends on the seed, the query and the repeat
// alone.
func Uniform(seed uint64, id string, repeat int) float64 {
	return float64(stream(seed, id, repeat)>>11) * 0x1p-53
}

// stream mixes FNV-1a of the ID with seed and repeat by the finaliser of
// SplitMix64 (Steele, Lea and Flood, 2014).
func stream(seed uint64, id string, repeat int) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(id) {
		h = (h ^ uint64(id[i])) * 1099511628211
	}
	return mix(mix(h+seed*0x9e3779b97f4a7c15) + uint64(repeat))
}

func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
