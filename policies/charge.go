package policies

import (
	"math"
	"time"

	"waymark"
	"waymark/internal/wire"
	"waymark/internal/yamlfile"

	"go.yaml.in/yaml/v3"
)

// A Charge says what a remote router's decisions are charged. The zero Charge is what the
// router reports of itself: a cost that it does not report is not known, and a time
// that it does not report is 0, with a warning.
type Charge struct {
	Measured  bool     // its time is what Waymark waited for it, transport included
	CostUSD   *float64 // a fixed cost of each decision
	LatencyMS *float64 // a fixed time of each decision
}

// chargeKeys are the keys of a charge that is a mapping.
type chargeKeys struct {
	CostUSD   *float64   `yaml:"cost_usd" json:"cost_usd,omitempty" doc:"US dollars a decision; default: what the router reports"`
	LatencyMS *yaml.Node `yaml:"latency_ms" json:"latency_ms,omitempty" doc:"milliseconds a decision, or measured; default: what the router reports"`
}

// DecodeYAML reads the word measured or a mapping.
func (c *Charge) DecodeYAML(doc *yamlfile.Doc, n *yaml.Node) error {
	if n.Value == "measured" {
		*c = Charge{Measured: true}
		return nil
	}
	var keys chargeKeys
	if n.Kind != yaml.MappingNode {
		return doc.ErrorAt(n, "found %q, expected measured or a mapping with cost_usd and latency_ms", n.Value)
	}
	if err := doc.DecodeNode(n, &keys); err != nil {
		return err
	}
	*c = Charge{CostUSD: keys.CostUSD}
	if at := keys.LatencyMS; at != nil {
		if c.Measured = at.Value == "measured"; !c.Measured {
			var ms float64
			if err := at.Decode(&ms); err != nil {
				return doc.ErrorAt(at, "found %q, expected milliseconds or measured", at.Value)
			}
			c.LatencyMS = &ms
		}
	}
	for _, x := range []*float64{c.CostUSD, c.LatencyMS} {
		if x != nil && !(*x >= 0 && *x < 1e6) {
			return doc.ErrorAt(n, "found %g, expected a number from 0 and below a million", *x)
		}
	}
	return nil
}

// Schema is the word measured or a mapping.
func (*Charge) Schema() map[string]any {
	amount := map[string]any{"type": "number", "minimum": 0}
	return map[string]any{"oneOf": []any{
		map[string]any{"enum": []string{"measured"}},
		map[string]any{"type": "object", "additionalProperties": false, "properties": map[string]any{
			"cost_usd":   amount,
			"latency_ms": map[string]any{"oneOf": []any{amount, map[string]any{"enum": []string{"measured"}}}},
		}},
	}}
}

// of is what one decision is charged, of which the router said s and which took some time.
func (c *Charge) of(s wire.Spent, took time.Duration) waymark.Spending {
	out := waymark.Spending{Cost: s.Cost, Latency: s.Latency}
	if c.Measured {
		out.Latency = took
	}
	if c.LatencyMS != nil {
		out.Latency = time.Duration(math.Round(*c.LatencyMS * float64(time.Millisecond)))
	}
	if c.CostUSD != nil {
		d, err := waymark.Dollars(*c.CostUSD)
		out.Cost = waymark.Cost{USD: d, Known: err == nil}
	}
	return out
}

// timed reports whether the time of a decision is known otherwise than by the router's word.
func (c *Charge) timed() bool { return c.Measured || c.LatencyMS != nil }
