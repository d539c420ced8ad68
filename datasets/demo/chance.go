package demo

import "math/bits"

// A chance is a stream of random numbers: SplitMix64 (Steele, Lea and Flood,
// 2014). It is a value, so that drawing allocates nothing.
type chance uint64

// The streams of a task. What one draws changes nothing in another.
const (
	streamSession = iota + 1
	streamTask
	streamText
	streamOutcome
	streamRouter
	streamHole
	streamLog
)

// newChance is the stream of a purpose at a position, which depends on nothing
// else.
func newChance(seed uint64, stream int, position int64) chance {
	z := mix(seed + 0x9e3779b97f4a7c15*uint64(stream))
	return chance(mix(z + 0x9e3779b97f4a7c15*uint64(position)))
}

func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (c *chance) next() uint64 {
	*c += 0x9e3779b97f4a7c15
	z := uint64(*c)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below is a whole number from 0 to n-1. Its bias, under n/2^64, is of no
// consequence.
func (c *chance) below(n int) int {
	hi, _ := bits.Mul64(c.next(), uint64(n))
	return int(hi)
}

// between is a whole number from lo to hi, both included.
func (c *chance) between(lo, hi int) int { return lo + c.below(hi-lo+1) }

// percent is true p times in a hundred.
func (c *chance) percent(p int) bool { return c.below(100) < p }

// uniform is a number in [0,1).
func (c *chance) uniform() float64 { return float64(c.next()>>11) * 0x1p-53 }

// pick is one of several texts.
func (c *chance) pick(of ...string) string { return of[c.below(len(of))] }

// weighted is a position in weights, drawn in proportion to them. They sum to 100.
func (c *chance) weighted(weights []int) int {
	x := c.below(100)
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// bell is a number of mean 0 and standard deviation 1 within ±2√3: the sum of
// four uniform ones, which is close to a normal one and, unlike that, is the same
// on every processor.
func (c *chance) bell() float64 {
	x := c.next()
	sum := int(x&0xffff) + int(x>>16&0xffff) + int(x>>32&0xffff) + int(x>>48)
	const sqrt3 = 1.7320508075688772
	return float64(float64(sum-2*0xffff)/0x10000) * sqrt3
}

// shuffle puts the positions 0 to n-1 in random order; n is at most the length of
// into.
func (c *chance) shuffle(into []int, n int) []int {
	for i := range n {
		j := c.below(i + 1)
		into[i] = into[j]
		into[j] = i
	}
	return into[:n]
}

// logistic is 1/(1+e^-x). It is made of sums, products and quotients alone, and
// every product is rounded before it is added to anything, so that no processor
// may fuse the two: the same bits everywhere. It is within 1e-11 of the true value.
func logistic(x float64) float64 {
	if x < 0 {
		return 1 - logistic(-x)
	}
	if x > 36 {
		return 1
	}
	y := -x / 1024 // e^y by its series, then to the power of 1024
	e := 1.0
	for k := 6.0; k >= 1; k-- {
		e = 1 + float64(e*y)/k
	}
	for range 10 {
		e = float64(e * e)
	}
	return 1 / (1 + e)
}
