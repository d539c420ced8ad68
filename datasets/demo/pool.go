package demo

import (
	"slices"
	"time"

	"waymark"
)

// A Category is what a task asks for: what people route by.
type Category int

// The categories.
const (
	Writing Category = iota
	Coding
	Analysis
	Extraction
	Reasoning
	Routine
	categories
)

func (c Category) String() string {
	return [...]string{"writing", "coding", "analysis", "extraction", "reasoning", "routine"}[c]
}

// Categories are all of them.
func Categories() []Category {
	return []Category{Writing, Coding, Analysis, Extraction, Reasoning, Routine}
}

// shares are the percentages of the categories.
var shares = []int{14, 15, 15, 15, 9, 32}

// Share is the part of all tasks that is of the category.
func (c Category) Share() float64 { return float64(shares[c]) / 100 }

// A Model is one of the made-up pool. Skill is in logits, by category: a model of
// skill 1 is right on a task of difficulty 1 half of the time.
type Model struct {
	ID              waymark.ModelID
	Price           waymark.Price
	Skill           [categories]float64
	TokensPerSecond int           // of output
	FirstToken      time.Duration // until the first token of a short prompt
	Thinks          bool          // spends reasoning tokens, billed as output

	voice voice
}

// The positions of the models in the pool.
const (
	pebble   = iota // tiny, for what is simple
	brook           // small, taught on documents
	cedar           // middling, taught on code
	heron           // large, of an older kind: dearer than cedar and no better
	summit          // the strong generalist
	reasoner        // the same with reasoning: the best and the dearest
	models
)

// pool is the six models. Prices are typical of the class that each stands for:
// an open model of one, eight, thirty-two and seventy billion parameters as hosts
// offer them, and a large proprietary one without and with reasoning.
var pool = [models]Model{
	pebble: {
		ID: "pebble-1b", Price: perMillion(2, 4), TokensPerSecond: 300, FirstToken: 90 * time.Millisecond, voice: terse,
		Skill: [categories]float64{Writing: -0.4, Coding: -2.4, Analysis: -2.6, Extraction: 0.2, Reasoning: -2.8, Routine: 2.2},
	},
	brook: {
		ID: "brook-8b", Price: perMillion(6, 18), TokensPerSecond: 180, FirstToken: 140 * time.Millisecond, voice: chatty,
		Skill: [categories]float64{Writing: 0.9, Coding: -1.0, Analysis: -1.3, Extraction: 2.4, Reasoning: -1.6, Routine: 3.4},
	},
	cedar: {
		ID: "cedar-32b", Price: perMillion(30, 90), TokensPerSecond: 90, FirstToken: 220 * time.Millisecond, voice: markdown,
		Skill: [categories]float64{Writing: 1.4, Coding: 2.9, Analysis: 0.4, Extraction: 1.8, Reasoning: 0.3, Routine: 3.6},
	},
	heron: {
		ID: "heron-70b", Price: perMillion(90, 90), TokensPerSecond: 45, FirstToken: 380 * time.Millisecond, voice: formal,
		Skill: [categories]float64{Writing: 1.5, Coding: 0.3, Analysis: 0.1, Extraction: 1.4, Reasoning: -0.3, Routine: 3.0},
	},
	summit: {
		ID: "summit-large", Price: perMillion(250, 1000), TokensPerSecond: 70, FirstToken: 450 * time.Millisecond, voice: polished,
		Skill: [categories]float64{Writing: 3.4, Coding: 2.8, Analysis: 2.6, Extraction: 2.8, Reasoning: 2.0, Routine: 4.4},
	},
	reasoner: {
		ID: "summit-reasoner", Price: perMillion(250, 1000), TokensPerSecond: 80, FirstToken: 500 * time.Millisecond, voice: thoughtful, Thinks: true,
		Skill: [categories]float64{Writing: 2.8, Coding: 3.5, Analysis: 3.6, Extraction: 2.7, Reasoning: 3.6, Routine: 4.2},
	},
}

// Models is the pool, from the cheapest to the dearest.
func Models() []Model { return slices.Clone(pool[:]) }

// perMillion is a price in US cents per million tokens of input and output. A cent
// per million tokens is ten thousand picodollars per token. Cached input is
// charged as input, and none occurs.
func perMillion(input, output waymark.USD) waymark.Price {
	const cent = waymark.Dollar / 100 / 1_000_000
	return waymark.Price{Kind: waymark.Priced, Input: input * cent, CachedInput: input * cent, Output: output * cent}
}

// latency is the time to the first token and to the last one. Reading the prompt
// takes a second per 20,000 tokens; jitter, a percentage, stretches all of it.
func (m *Model) latency(u waymark.Usage, jitter int) (first, all time.Duration) {
	first = m.FirstToken + time.Duration(u.Input)*time.Second/20_000 + time.Duration(u.Reasoning)*time.Second/time.Duration(m.TokensPerSecond)
	all = first + time.Duration(u.Output)*time.Second/time.Duration(m.TokensPerSecond)
	stretch := time.Duration(jitter)
	return first * stretch / 100, all * stretch / 100
}

// tokens estimates how many tokens a text of so many bytes has: one for every four
// bytes begun.
func tokens(bytes int) int { return (bytes + 3) / 4 }
