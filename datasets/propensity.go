package datasets

import (
	"maps"
	"math"
	"slices"

	"waymark"
)

// fromOne is how far from 1 propensities may sum to: people round.
const fromOne = 0.001

// propensities checks the probabilities of all models, where they were recorded, and
// that of the model that was chosen against them.
func (r *decisionRecord) propensities(v *waymark.Verdict) error {
	if r.Propensities == nil {
		return nil
	}
	v.Propensities = make(map[waymark.ModelID]float64, len(r.Propensities))
	total := 0.0
	for _, name := range slices.Sorted(maps.Keys(r.Propensities)) {
		p := r.Propensities[name]
		if !(p >= 0 && p <= 1) {
			return bad("propensities", "found %g of model %q, expected a probability from 0 to 1", p, name)
		}
		total += p
		v.Propensities[waymark.ModelID(name)] = p
	}
	if math.Abs(total-1) > fromOne {
		return bad("propensities", "found probabilities that sum to %g, expected 1: one of each model that could be chosen", total)
	}
	if r.Model == "" {
		return nil
	}
	p := r.Propensities[r.Model]
	if p == 0 {
		return bad("propensities", "found no probability of model %q, which was chosen, expected one above 0", r.Model)
	}
	if v.Propensity == 0 {
		v.Propensity = p
	}
	if math.Abs(v.Propensity-p) > fromOne*math.Max(p, v.Propensity) {
		return bad("propensity", "found %g, but propensities give model %q %g, expected the same", v.Propensity, r.Model, p)
	}
	return nil
}
