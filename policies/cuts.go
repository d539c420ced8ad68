package policies

import (
	"fmt"
	"math"
	"strings"

	"waymark/internal/yamlfile"

	"go.yaml.in/yaml/v3"
)

// A CutsValue is the cuts of a suite: a list of numbers, or "sweep" for all of them.
// The zero CutsValue is sweep.
type CutsValue struct {
	Values []float64
	Given  bool
}

// At are cuts that are given.
func At(cuts ...float64) CutsValue { return CutsValue{Values: cuts, Given: true} }

// DecodeYAML reads a list of numbers or the word sweep.
func (c *CutsValue) DecodeYAML(doc *yamlfile.Doc, n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode && n.Value == "sweep" {
		*c = CutsValue{}
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		return doc.ErrorAt(n, "found %q, expected a list of numbers or sweep", n.Value)
	}
	*c = At()
	for _, item := range n.Content {
		var x float64
		if err := item.Decode(&x); err != nil || math.IsNaN(x) {
			return doc.ErrorAt(item, "found %q, expected a number", item.Value)
		}
		c.Values = append(c.Values, x)
	}
	return nil
}

func (c CutsValue) String() string {
	if !c.Given {
		return "sweep"
	}
	return strings.Join(strings.Fields(fmt.Sprint(c.Values)), ", ")
}

// Schema is a list of numbers or the word sweep.
func (*CutsValue) Schema() map[string]any {
	return map[string]any{"oneOf": []any{
		map[string]any{"type": "array", "items": map[string]any{"type": "number"}},
		map[string]any{"enum": []string{"sweep"}},
	}}
}
