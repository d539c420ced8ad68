package waymark

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// USD is an amount of money in picodollars, 1e-12 US dollars: exact for any
// price of up to six decimals per million tokens. One amount reaches 9.2
// million dollars; sums are kept in a [USDSum], which is wider.
type USD int64

// Dollar is one US dollar.
const Dollar USD = 1e12

// Dollars converts an amount in dollars, rounded to the nearest picodollar.
// It fails on an amount that is not finite or that a USD cannot hold.
func Dollars(x float64) (USD, error) {
	p := math.RoundToEven(x * float64(Dollar))
	if math.IsNaN(p) || math.Abs(p) >= math.MaxInt64 {
		return 0, fmt.Errorf("%g is not an amount of dollars below 9.2 million", x)
	}
	return USD(p), nil
}

// Float is d in dollars.
func (d USD) Float() float64 { return float64(d) / float64(Dollar) }

// String shows d in dollars with six decimals.
func (d USD) String() string { return fmt.Sprintf("$%.6f", d.Float()) }

// A Cost is what a call cost, or that this is not known. The zero Cost is
// unknown: a missing cost is never $0.
type Cost struct {
	USD   USD
	Known bool
}

// Paid is a known cost.
func Paid(d USD) Cost { return Cost{USD: d, Known: true} }

// Plus adds two costs; the sum is known only where both are, and where a USD holds it.
func (c Cost) Plus(d Cost) Cost {
	sum := c.USD + d.USD
	if overflow := c.USD > 0 && d.USD > 0 && sum < 0; overflow {
		return Cost{}
	}
	return Cost{USD: sum, Known: c.Known && d.Known}
}

// A USDSum is a sum of amounts in 128 bits. It cannot overflow in practice, and
// the order of additions never matters. The zero USDSum is $0.
type USDSum struct {
	hi int64
	lo uint64
}

// Add adds d.
func (s *USDSum) Add(d USD) {
	lo, carry := bits.Add64(s.lo, uint64(d), 0)
	s.lo = lo
	s.hi += int64(d>>63) + int64(carry)
}

// Merge adds another sum.
func (s *USDSum) Merge(t USDSum) {
	lo, carry := bits.Add64(s.lo, t.lo, 0)
	s.lo = lo
	s.hi += t.hi + int64(carry)
}

// Float is the sum in dollars, correct to the precision of a float64.
func (s USDSum) Float() float64 {
	if s.hi == int64(s.lo)>>63 { // fits an int64
		return float64(int64(s.lo)) / float64(Dollar)
	}
	return (float64(s.hi)*0x1p64 + float64(s.lo)) / float64(Dollar)
}

// A PriceKind says whether a model has a price. The zero value is Unpriced, so
// that a model is free only where somebody said so.
type PriceKind uint8

// The kinds of price.
const (
	Unpriced PriceKind = iota
	Priced
	Free
)

// A Price is what a model charges, in picodollars per token.
type Price struct {
	Kind                       PriceKind
	Input, CachedInput, Output USD // per token
}

// ErrUnpriced reports a cost that was asked of a model without a price.
var ErrUnpriced = errors.New("the model has no price")

func dollarsOf(picodollars float64) string { return fmt.Sprintf("$%.3g", picodollars/float64(Dollar)) }

// Of is the cost of u at price p. It fails where that is more than two million dollars. Reasoning tokens are billed as output.
func (p Price) Of(u Usage) (USD, error) {
	switch p.Kind {
	case Free:
		return 0, nil
	case Priced:
		about := float64(p.Input)*float64(u.Input) + float64(p.CachedInput)*float64(u.CachedInput) + float64(p.Output)*(float64(u.Output)+float64(u.Reasoning))
		if !(math.Abs(about) < math.MaxInt64/4) { // a quarter: what is spent beside it fits too
			return 0, fmt.Errorf("%s of tokens, more than a call can cost", dollarsOf(about))
		}
		return p.Input*USD(u.Input) + p.CachedInput*USD(u.CachedInput) + p.Output*USD(u.Output+u.Reasoning), nil
	default:
		return 0, ErrUnpriced
	}
}
