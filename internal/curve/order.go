package curve

import "math"

// An event is a step that begins above the lower end: its task goes over to it as
// the knob passes key.
type event struct {
	key  uint64 // order-preserving bits of From
	step int32
	task int32
}

// events are the steps in the order of the knob; ties are in the order of tasks.
func (s *Steps) events() []event {
	n := s.Tasks()
	out := make([]event, 0, len(s.From)-n)
	for i := range n {
		for k := s.Start[i] + 1; k < s.Start[i+1]; k++ {
			out = append(out, event{ordered(s.From[k]), int32(k), int32(i)})
		}
	}
	return radixSort(out)
}

// ordered maps a float64 to bits that sort as the numbers do; -0 sorts as +0.
func ordered(x float64) uint64 {
	b := math.Float64bits(x + 0)
	if b>>63 != 0 {
		return ^b
	}
	return b | 1<<63
}

const (
	radixBits = 11
	radixSize = 1 << radixBits
	passes    = 6 // 6 × 11 bits cover 64
)

// radixSort is a stable least-significant-digit sort by key. Digits that are the
// same throughout, as the low ones of round scores are, cost nothing.
func radixSort(a []event) []event {
	var counts [passes][radixSize]int32
	for i := range a {
		for p := range passes {
			counts[p][a[i].key>>(p*radixBits)&(radixSize-1)]++
		}
	}
	b := make([]event, len(a))
	for p := range passes {
		c, shift := &counts[p], p*radixBits
		if len(a) == 0 || int(c[a[0].key>>shift&(radixSize-1)]) == len(a) {
			continue
		}
		sum := int32(0)
		for d := range c {
			c[d], sum = sum, sum+c[d]
		}
		for i := range a {
			d := a[i].key >> shift & (radixSize - 1)
			b[c[d]] = a[i]
			c[d]++
		}
		a, b = b, a
	}
	return a
}
