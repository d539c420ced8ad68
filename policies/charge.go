package policies

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"waymark"
	"waymark/internal/wire"
	"waymark/internal/yamlfile"

	"go.yaml.in/yaml/v3"
)

// A Charge is what a scorer's decision costs and takes where the scorer does not know
// it itself: declared, or measured on this machine. It is charged for every decision,
// on top of what the scorer spends. The zero Charge is none.
type Charge struct {
	CostUSD   float64 `yaml:"cost_usd" json:"cost_usd,omitempty" doc:"US dollars a decision"`
	LatencyMS float64 `yaml:"latency_ms" json:"latency_ms,omitempty" doc:"milliseconds a decision"`
	Measured  bool    `yaml:"-" json:"measured,omitempty"` // the latency is that of scoring on this machine

	// CostGiven and LatencyGiven tell a declared 0 from nothing, which matters of what
	// is somewhere else: there a charge stands in place of what it says itself.
	CostGiven    bool `yaml:"-" json:"cost_given,omitempty"`
	LatencyGiven bool `yaml:"-" json:"latency_given,omitempty"`
}

// scorerKeys are the keys that scorers of every type have.
type scorerKeys struct {
	Charge Charge `yaml:"charge" json:"charge,omitempty" doc:"what a decision costs and takes beyond what the scorer itself spends, or measured: the time that scoring takes on this machine"`
}

const (
	mostCharge  = 1e6   // US dollars a decision
	mostLatency = 3.6e6 // milliseconds a decision
)

// DecodeYAML reads a mapping, or the word measured.
func (c *Charge) DecodeYAML(doc *yamlfile.Doc, n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		if n.Value != "measured" {
			return doc.ErrorAt(n, "found %q, expected measured, or a mapping with cost_usd and latency_ms", n.Value)
		}
		*c = Charge{Measured: true}
		return nil
	}
	type plain Charge // without this method
	*c = Charge{}
	rest := *n
	rest.Content = nil
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i].Value, n.Content[i+1]
		if key == "latency_ms" && value.Value == "measured" {
			c.Measured = true
			continue
		}
		c.CostGiven, c.LatencyGiven = c.CostGiven || key == "cost_usd", c.LatencyGiven || key == "latency_ms"
		rest.Content = append(rest.Content, n.Content[i], value)
	}
	return doc.DecodeNode(&rest, (*plain)(c))
}

// Schema is a mapping or the word measured.
func (*Charge) Schema() map[string]any {
	number := map[string]any{"type": "number", "minimum": 0}
	return map[string]any{"oneOf": []any{
		map[string]any{"type": "object", "additionalProperties": false, "properties": map[string]any{"cost_usd": number, "latency_ms": map[string]any{"oneOf": []any{number, map[string]any{"enum": []string{"measured"}}}}}},
		map[string]any{"enum": []string{"measured"}},
	}}
}

func (c Charge) check() error {
	switch {
	case !(c.CostUSD >= 0 && c.CostUSD <= mostCharge):
		return fieldf([]any{"charge", "cost_usd"}, "found %g, expected US dollars from 0 to %g", c.CostUSD, mostCharge)
	case !(c.LatencyMS >= 0 && c.LatencyMS <= mostLatency):
		return fieldf([]any{"charge", "latency_ms"}, "found %g, expected milliseconds from 0 to %g", c.LatencyMS, mostLatency)
	}
	return nil
}

// wrap charges for every decision of a scorer.
func (c Charge) wrap(s Scorer) (Scorer, error) {
	if !c.Measured && c.CostUSD == 0 && c.LatencyMS == 0 {
		return s, nil
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	usd, err := waymark.Dollars(c.CostUSD)
	if err != nil {
		return nil, err
	}
	out := &charged{Scorer: s, measured: c.Measured}
	out.each = waymark.Spending{Cost: waymark.Paid(usd), Latency: time.Duration(math.Round(c.LatencyMS * 1e6))}
	return out, nil
}

// charged is a scorer whose decisions are charged for.
type charged struct {
	Scorer
	each waymark.Spending

	measured bool
	once     sync.Once
	failed   error // of measuring
}

// Score scores, and takes the time of it at the first batch where the charge is measured.
func (c *charged) Score(ctx context.Context, qs *waymark.Queries, out []float64) error {
	if err := c.Scorer.Score(ctx, qs, out); err != nil || !c.measured || qs.Len() == 0 {
		return err
	}
	c.once.Do(func() { c.failed = c.measure(ctx, qs) })
	return c.failed
}

const timings = 200 // queries that are timed

// measure takes the median time of scoring one query on its own, as a router in
// production does. What could be fetched has been by then, so that the time is the
// scorer's own and not that of an endpoint, which is charged already.
func (c *charged) measure(ctx context.Context, qs *waymark.Queries) error {
	var took []time.Duration
	var out [1]float64
	for i := range min(timings, qs.Len()) {
		one := qs.Slice(i, i+1)
		start := time.Now()
		if err := c.Scorer.Score(ctx, one, out[:]); err != nil {
			return err
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	c.each.Latency = took[len(took)/2]
	return nil
}

// Charge is what the scorer spends, and the charge of each decision. What could not be
// measured is unknown.
func (c *charged) Charge(qs *waymark.Queries, spent []waymark.Spending) {
	scored{c.Scorer}.Charge(qs, spent)
	if c.measured && qs.Len() > 0 {
		c.once.Do(func() { c.failed = c.measure(context.Background(), qs) })
		if c.failed != nil {
			clear(spent)
			return
		}
	}
	for i := range spent {
		spent[i].Cost = spent[i].Cost.Plus(c.each.Cost)
		spent[i].Latency += c.each.Latency
	}
}

// of is what one decision of a router somewhere else is charged, of which the router
// said s and which took some time.
func (c Charge) of(s wire.Spent, took time.Duration) waymark.Spending {
	out := waymark.Spending{Cost: s.Cost, Latency: s.Latency}
	switch {
	case c.Measured:
		out.Latency = took
	case c.LatencyGiven:
		out.Latency = time.Duration(math.Round(c.LatencyMS * 1e6))
	}
	if c.CostGiven {
		d, err := waymark.Dollars(c.CostUSD)
		out.Cost = waymark.Cost{USD: d, Known: err == nil}
	}
	return out
}

// timed reports whether the time of a decision is known otherwise than by the router's word.
func (c Charge) timed() bool { return c.Measured || c.LatencyGiven }
