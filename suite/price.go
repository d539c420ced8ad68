package suite

import (
	"context"
	"fmt"

	"waymark"
	"waymark/internal/replay"
)

// price settles what calls cost: as recorded, or by the suite's prices where it
// names them. A pool in which only some responses have a cost is an error.
func (b *board) price(_ context.Context, s *Suite, opt *Options) error {
	prices, err := s.prices()
	source := "suite"
	if book := opt.WhatIf.Prices; book != nil {
		prices, err = book.of(b.matrix.Models)
		source = book.String()
	}
	if err != nil {
		return err
	}
	b.prices, b.book = "recorded", prices
	if prices != nil {
		b.prices = source
		if err := b.reprice(s, prices); err != nil {
			return err
		}
	}
	known, unknown := b.countCosts()
	switch {
	case known == 0:
		b.prices = "unknown"
		b.warnings = append(b.warnings, "no costs are recorded and the suite names no prices: costs are unknown, and charts show the share sent to the stronger model")
	case unknown > 0:
		return fmt.Errorf("%s: %d of %d responses have no cost (%s); give every model a price in the suite, or leave the models without a cost out of the pool",
			b.folder.Path(), unknown, known+unknown, b.firstWithoutCost())
	default:
		b.costKnown = true
	}
	return nil
}

func (b *board) countCosts() (known, unknown int) {
	for _, c := range b.matrix.Columns {
		for _, st := range c.State {
			switch {
			case st&replay.HasResponse == 0:
			case st&replay.HasCost != 0:
				known++
			default:
				unknown++
			}
		}
	}
	return known, unknown
}

func (b *board) firstWithoutCost() string {
	for col, c := range b.matrix.Columns {
		for row, st := range c.State {
			if st&replay.HasResponse != 0 && st&replay.HasCost == 0 {
				return fmt.Sprintf("the first is %s on task %s", b.matrix.Models[col], b.matrix.Tasks[row].ID)
			}
		}
	}
	return "none"
}

// prices are the suite's, nil if it names none.
func (s *Suite) prices() (map[waymark.ModelID]waymark.Price, error) {
	out := map[waymark.ModelID]waymark.Price{}
	for i, m := range s.Models {
		if m.Price == nil {
			continue
		}
		p, err := m.Price.price()
		if err != nil {
			return nil, s.errorf([]any{"models", i, "price"}, "%v", err)
		}
		out[m.ID] = p
	}
	if len(out) == 0 {
		return nil, nil
	}
	for i, m := range s.Models {
		if m.Price == nil {
			return nil, s.errorf([]any{"models", i}, "model %q has no price while others have one; give it a price, or {free: true}", m.ID)
		}
	}
	return out, nil
}

func (p *PriceSpec) price() (waymark.Price, error) {
	if p.Free {
		if p.Input != 0 || p.Output != 0 || p.CachedInput != nil {
			return waymark.Price{}, fmt.Errorf("found free: true beside a price, expected one of them")
		}
		return waymark.Price{Kind: waymark.Free}, nil
	}
	cached := p.Input
	if p.CachedInput != nil {
		cached = *p.CachedInput
	}
	out := waymark.Price{Kind: waymark.Priced}
	for _, x := range []struct {
		name  string
		value float64
		to    *waymark.USD
	}{{"input", p.Input, &out.Input}, {"cached_input", cached, &out.CachedInput}, {"output", p.Output, &out.Output}} {
		usd, err := waymark.Dollars(x.value / 1e6)
		if err != nil || x.value < 0 {
			return waymark.Price{}, fmt.Errorf("found %s: %g, expected USD per million tokens of at least 0", x.name, x.value)
		}
		*x.to = usd
	}
	return out, nil
}

// reprice prices every response by its tokens.
func (b *board) reprice(s *Suite, prices map[waymark.ModelID]waymark.Price) error {
	for col, model := range b.matrix.Models {
		p := prices[model]
		c := &b.matrix.Columns[col]
		for row, st := range c.State {
			if st&replay.HasResponse == 0 {
				continue
			}
			if p.Kind == waymark.Priced && !c.Usage[row].Known() {
				return s.errorf([]any{"models"}, "model %q has a price, but its response to task %q records no tokens, so that its cost cannot be computed", model, b.matrix.Tasks[row].ID)
			}
			usd, err := p.Of(c.Usage[row])
			if err != nil {
				return s.errorf([]any{"models"}, "model %q, task %q: found %v", model, b.matrix.Tasks[row].ID, err)
			}
			b.matrix.SetCost(col, row, waymark.Paid(usd))
		}
	}
	return nil
}
