package policies

import (
	"fmt"
	"math"
	"strings"

	"waymark/internal/yamlfile"

	"go.yaml.in/yaml/v3"
)

// A BarsValue is the bars of a cascade in a suite: a number, for all stages; a list, one
// for each; the word sweep, for one bar at all of its places; or sweep-each, for one bar a stage.
// The zero BarsValue is sweep.
type BarsValue struct {
	Values []float64 // one, or one a stage
	Given  bool
	Each   bool // sweep-each, or a list
}

// DecodeYAML reads a number, a list of numbers, or one of the two words.
func (v *BarsValue) DecodeYAML(doc *yamlfile.Doc, n *yaml.Node) error {
	const expected = "expected a number, a list of numbers, sweep or sweep-each"
	if n.Kind == yaml.ScalarNode && (n.Value == "sweep" || n.Value == "sweep-each") {
		*v = BarsValue{Each: n.Value == "sweep-each"}
		return nil
	}
	*v = BarsValue{Given: true, Each: n.Kind == yaml.SequenceNode}
	items := []*yaml.Node{n}
	if v.Each {
		items = n.Content
	}
	for _, item := range items {
		var x float64
		if err := item.Decode(&x); err != nil || math.IsNaN(x) {
			return doc.ErrorAt(item, "found %q, %s", item.Value, expected)
		}
		v.Values = append(v.Values, x)
	}
	return nil
}

func (v BarsValue) String() string {
	switch {
	case !v.Given && v.Each:
		return "sweep-each"
	case !v.Given:
		return "sweep"
	}
	return strings.Join(strings.Fields(fmt.Sprint(v.Values)), ", ")
}

// Schema is a number, a list of numbers, or one of the two words.
func (*BarsValue) Schema() map[string]any {
	return map[string]any{"oneOf": []any{
		map[string]any{"type": "number"},
		map[string]any{"type": "array", "items": map[string]any{"type": "number"}},
		map[string]any{"enum": []string{"sweep", "sweep-each"}},
	}}
}

// Knobs are the bars, where they are given.
func (c *Cascade) Knobs() []float64 { return c.At.Values }

// Swept is the cascade at all of its bars.
func (c *Cascade) Swept() (Config, string) {
	out := *c
	out.At = BarsValue{Each: c.At.Each}
	return &out, "at"
}

// Knobbed is the cascade at other bars.
func (c *Cascade) Knobbed(knob ...float64) (Config, error) {
	if len(knob) != 1 && len(knob) != len(c.Models)-1 && c.Order != "search" {
		return nil, fmt.Errorf("found %d numbers, expected one bar, or one for each of %d stages", len(knob), len(c.Models)-1)
	}
	out := *c
	out.At = BarsValue{Values: knob, Given: true, Each: len(knob) > 1}
	return &out, nil
}
