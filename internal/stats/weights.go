package stats

// Poisson(1) weights stand in for the counts of a bootstrap resample: Hanley and
// MacGibbon (2006). They are a pure function of seed, replicate and the unit's
// key, so that neither the order of tasks nor the number of workers changes them.

// PerHash is how many replicates' weights one hash gives.
const PerHash = 4

// poissonTable maps 16 random bits to a Poisson(1) weight.
var poissonTable = func() (t [1 << 16]uint8) {
	p, cum, k := 0.36787944117144233, 0.36787944117144233, 0 // exp(-1)
	for i := range t {
		for (float64(i)+0.5)/(1<<16) > cum && k < 10 {
			k++
			p /= float64(k)
			cum += p
		}
		t[i] = uint8(k)
	}
	return t
}()

// Weights4 are the weights of a unit in replicates 4·block to 4·block+3.
func Weights4(seed, key uint64, block int) (w [PerHash]uint8) {
	h := mix64(mix64(key^seed*0x9e3779b97f4a7c15) + uint64(block)*0xd1342543de82ef95)
	return [PerHash]uint8{poissonTable[h&0xffff], poissonTable[h>>16&0xffff], poissonTable[h>>32&0xffff], poissonTable[h>>48]}
}

// mix64 is the finaliser of SplitMix64.
func mix64(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
