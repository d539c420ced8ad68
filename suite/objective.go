package suite

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"waymark"
	"waymark/internal/tune"
)

// A bound is one condition of an objective: quality at least, or cost at most, a
// number or a multiple of a model's.
type bound struct {
	quality bool // else cost
	factor  float64
	model   waymark.ModelID // "" for a plain number
}

var boundForm = regexp.MustCompile(`^(quality|cost)\s*(>=|<=)\s*(?:([0-9.eE+-]+)\s*\*\s*)?(?:(quality|cost)\(\s*([^()]+?)\s*\)|([0-9.eE+-]+))$`)

// parseBounds reads conditions joined by "and", such as
// "quality >= 0.97 * quality(gpt-5-mini) and cost <= 0.01".
func parseBounds(text string) ([]bound, error) {
	var out []bound
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	for _, part := range strings.Split(text, " and ") {
		b, err := parseBound(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

func parseBound(text string) (bound, error) {
	m := boundForm.FindStringSubmatch(text)
	if m == nil {
		return bound{}, fmt.Errorf("found %q, expected quality >= [number *] quality(MODEL), quality >= number, cost <= [number *] cost(MODEL) or cost <= number", text)
	}
	b := bound{quality: m[1] == "quality", factor: 1, model: waymark.ModelID(m[5])}
	if b.quality != (m[2] == ">=") {
		return bound{}, fmt.Errorf("found %q: quality takes >= and cost takes <=", text)
	}
	if m[4] != "" && m[4] != m[1] {
		return bound{}, fmt.Errorf("found %q: %s can be bounded by %s(MODEL), not by %s", text, m[1], m[1], m[4])
	}
	for _, s := range []string{m[3], m[6]} {
		if s == "" {
			continue
		}
		x, err := strconv.ParseFloat(s, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return bound{}, fmt.Errorf("found %q, expected a finite number", s)
		}
		b.factor = x
	}
	return b, nil
}

// goal fills in what the conditions mean on a split: means are the quality and
// cost of each model there, in the dataset's units and in US dollars.
func (o *Objective) goal(means func(waymark.ModelID) (quality, cost float64, err error)) (tune.Goal, error) {
	g := tune.Goal{Maximise: o.Maximise != "", MinQuality: math.Inf(-1), MaxCost: math.Inf(1)}
	bounds, err := parseBounds(o.SubjectTo)
	if err != nil {
		return g, err
	}
	for _, b := range bounds {
		limit := b.factor
		if b.model != "" {
			quality, cost, err := means(b.model)
			if err != nil {
				return g, err
			}
			limit *= pick(b.quality, quality, cost)
		}
		if b.quality {
			g.MinQuality = math.Max(g.MinQuality, limit)
		} else {
			g.MaxCost = math.Min(g.MaxCost, limit)
		}
	}
	return g, nil
}

func pick(first bool, a, b float64) float64 {
	if first {
		return a
	}
	return b
}

// String is the objective as one line.
func (o *Objective) String() string {
	s := "minimise cost"
	if o.Maximise != "" {
		s = "maximise quality"
	}
	if o.SubjectTo != "" {
		s += " subject to " + o.SubjectTo
	}
	return s
}
