package evaluators

import (
	"context"
	"fmt"
	"strings"

	"waymark"
)

// A combined grader asks several: their weighted mean, 1 if all give 1, or the
// best of them.
type combined struct {
	how     string // "mean", "all" or "any"
	parts   []Named
	weights []float64
}

func many(how string, specs []any, path []any) (Named, error) {
	if len(specs) == 0 {
		return nil, specf(path, "found an empty list, expected at least one grader")
	}
	c := &combined{how: how}
	for i, s := range specs {
		g, err := parse(s, append(path[:len(path):len(path)], i))
		if err != nil {
			return nil, err
		}
		weight := 1.0
		if single, ok := g.(*grader); ok && single.Weight != nil {
			weight = *single.Weight
		}
		c.parts, c.weights = append(c.parts, g), append(c.weights, weight)
	}
	return c, nil
}

// Name lists the parts.
func (c *combined) Name() string {
	var parts []string
	for i, g := range c.parts {
		name := g.Name()
		if c.how == "mean" && c.weights[i] != 1 {
			name = fmt.Sprintf("%g × %s", c.weights[i], name)
		}
		parts = append(parts, name)
	}
	return c.how + "(" + strings.Join(parts, "; ") + ")"
}

// Grade asks every part. Where one of them fails, so does the whole; where none
// finds an answer, there is none.
func (c *combined) Grade(ctx context.Context, t *waymark.Task, a waymark.Answer) (waymark.Grade, error) {
	out := waymark.Grade{Status: waymark.NoAnswer, Cost: waymark.Paid(0)}
	var sum, total float64
	best, all := 0.0, true
	var why []string
	for i, g := range c.parts {
		grade, err := g.Grade(ctx, t, a)
		if err != nil || grade.Status == waymark.Failed {
			return grade, err
		}
		if grade.Status == waymark.Graded {
			out.Status = waymark.Graded
		}
		sum += c.weights[i] * grade.Score
		total += c.weights[i]
		best, all = max(best, grade.Score), all && grade.Score >= 1
		why = append(why, fmt.Sprintf("%s: %g", g.Name(), grade.Score))
	}
	switch c.how {
	case "all":
		out.Score = oneIf(all)
	case "any":
		out.Score = best
	default:
		out.Score = sum / total
	}
	out.Why = strings.Join(why, "; ")
	return out, nil
}
