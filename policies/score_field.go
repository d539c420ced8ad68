package policies

import (
	"math"

	"waymark"
)

// Field rates a query by one of the dataset's features, which must be a number.
// A query that lacks it, or has something else there, cannot be rated.
type Field struct {
	Name string `yaml:"name" json:"name" doc:"the feature"`
}

// Build makes the scorer.
func (c *Field) Build(in Inputs) (Scorer, error) {
	if err := in.feature(c.Name, "name"); err != nil {
		return nil, err
	}
	return scoreFunc(func(qs *waymark.Queries, i int) float64 {
		col, ok := qs.Features[c.Name]
		if !ok {
			return math.NaN()
		}
		switch v := col.Value(i).(type) {
		case float64:
			return v
		case bool:
			if v {
				return 1
			}
			return 0
		default:
			return math.NaN()
		}
	}), nil
}
