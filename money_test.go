package waymark_test

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"waymark"
)

func TestDollarsRefusesWhatItCannotHold(t *testing.T) {
	for _, x := range []float64{math.NaN(), math.Inf(1), 1e7, -1e7} {
		if d, err := waymark.Dollars(x); err == nil {
			t.Errorf("Dollars(%g) = %d, want an error", x, d)
		}
	}
	if d, err := waymark.Dollars(0.0355); err != nil || d != 35_500_000_000 {
		t.Errorf("Dollars(0.0355) = %d, %v", d, err)
	}
}

// A sum of many amounts beyond an int64 is right, in any order.
func TestUSDSumIsExactInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amounts := rapid.SliceOf(rapid.Int64()).Draw(t, "amounts")
		var forward, backward, left, right waymark.USDSum
		for i, a := range amounts {
			forward.Add(waymark.USD(a))
			backward.Add(waymark.USD(amounts[len(amounts)-1-i]))
			if i%2 == 0 {
				left.Add(waymark.USD(a))
			} else {
				right.Add(waymark.USD(a))
			}
		}
		left.Merge(right)
		if forward != backward || forward != left {
			t.Fatalf("sums differ: %v %v %v", forward, backward, left)
		}
	})
	var s waymark.USDSum
	for range 40 {
		s.Add(math.MaxInt64)
	}
	if want := 40 * float64(math.MaxInt64) / 1e12; math.Abs(s.Float()/want-1) > 1e-15 {
		t.Errorf("sum = %g, want %g", s.Float(), want)
	}
	s = waymark.USDSum{}
	s.Add(-5 * waymark.Dollar)
	if s.Float() != -5 {
		t.Errorf("sum = %g, want -5", s.Float())
	}
}

func TestUnknownCostStaysUnknown(t *testing.T) {
	if c := waymark.Paid(3).Plus(waymark.Cost{}); c.Known {
		t.Errorf("a sum with an unknown part is known: %v", c)
	}
}

// The figures are those of ../shared/vectors/metrics.json, "pricing": cached
// tokens that are counted inside the prompt must not be billed twice.
func TestPriceOfCachedTokens(t *testing.T) {
	u, err := waymark.UsageCachedInside(12929, 10880, 29, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := waymark.Price{Kind: waymark.Priced, Input: 2_000_000, CachedInput: 300_000, Output: 6_000_000}
	if got, err := p.Of(u); err != nil || got.Float() != 0.007536 {
		t.Errorf("cost = %v, %v, want $0.007536", got, err)
	}
	if _, err := (waymark.Price{}).Of(u); !errors.Is(err, waymark.ErrUnpriced) {
		t.Errorf("the zero price must be unpriced, got %v", err)
	}
	if got, err := (waymark.Price{Kind: waymark.Free}).Of(u); err != nil || got != 0 {
		t.Errorf("free = %v, %v", got, err)
	}
	if _, err := waymark.UsageCachedInside(10, 11, 0, 0); err == nil {
		t.Error("more cached tokens than prompt tokens must be refused")
	}
}
