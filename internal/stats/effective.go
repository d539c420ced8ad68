package stats

import "fmt"

// kish is how many units of equal weight the units are worth by their weights alone: (Σw)²/Σw²
// (Kish 1965).
func (u unitSums) kish() float64 {
	squares := 0.0
	for _, w := range u.weight {
		squares += w * w
	}
	return u.total * u.total / squares
}

// tooFew says why there is no interval: too few units, or so unequal weights that they are
// worth too few; "" where there is one.
func (u unitSums) tooFew() string {
	g := len(u.weight)
	if g < minUnits {
		return tooFew(g)
	}
	if k := u.kish(); k < minUnits {
		return fmt.Sprintf("weights make %d units worth no more than %.1f of equal weight: too few for an interval", g, k)
	}
	return ""
}

// approximate says that an interval is, of few units or of few in effect.
func (u unitSums) approximate() []string {
	g := len(u.weight)
	if g < fewUnits {
		return []string{approximate(g)}
	}
	if k := u.kish(); k < fewUnits {
		return []string{fmt.Sprintf("weights make %d units worth no more than %.1f of equal weight: the interval is approximate", g, k)}
	}
	return nil
}
