package policies

import (
	"fmt"
	"math"

	"waymark/internal/yamlfile"

	"go.yaml.in/yaml/v3"
)

// A KnobValue is the value of a knob in a suite: a number, or "sweep" for all of
// them. The zero KnobValue is sweep.
type KnobValue struct {
	Value float64
	Given bool
}

// DecodeYAML reads a number or the word sweep.
func (k *KnobValue) DecodeYAML(doc *yamlfile.Doc, n *yaml.Node) error {
	if n.Value == "sweep" {
		*k = KnobValue{}
		return nil
	}
	var x float64
	if err := n.Decode(&x); err != nil || math.IsNaN(x) {
		return doc.ErrorAt(n, "found %q, expected a number or sweep", n.Value)
	}
	*k = KnobValue{Value: x, Given: true}
	return nil
}

func (k KnobValue) String() string {
	if !k.Given {
		return "sweep"
	}
	return fmt.Sprint(k.Value)
}

// Knobs is the threshold, where it is given.
func (c *Threshold) Knobs() []float64 {
	if !c.Threshold.Given {
		return nil
	}
	return []float64{c.Threshold.Value}
}

// Knobs are the cuts, where they are given.
func (c *Tiers) Knobs() []float64 { return c.Cuts.Values }

// Schema is a number or the word sweep.
func (*KnobValue) Schema() map[string]any {
	return map[string]any{"oneOf": []any{map[string]any{"type": "number"}, map[string]any{"enum": []string{"sweep"}}}}
}
