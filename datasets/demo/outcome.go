package demo

import "waymark"

// An outcome is what chance decides of a cell: everything else about a response is
// a function of the task, the model and the outcome, but for the time it takes.
type outcome struct {
	right    bool
	slip     slip // how it is wrong, unless it is right
	phrasing int  // how it is put
}

// A slip is a way of being wrong.
type slip int

const (
	nearMiss  slip = iota // a value close to the right one
	otherSlot             // another field, row or step than the one asked for
	badFormat             // a wrong unit or order, or the label within a sentence
	refusal
	cutOff // the text ends before there is an answer
	hedge  // two answers, or none
	slips
)

// slipWeights are how often in a hundred a wrong answer is wrong in each way.
var slipWeights = []int{42, 26, 14, 5, 7, 6}

// phrasings are as likely as one another.
const phrasings = 3

// cell is the position of sample s of model m on task i in a stream.
func cell(i, m, s int) int64 { return int64(i)*models + int64(m) + int64(s)<<44 }

// outcomeAt draws the outcome of sample s of model m on the task, and a percentage
// by which it takes longer or shorter than it should.
func outcomeAt(seed uint64, l *latent, m, s int) (o outcome, jitter int) {
	c := newChance(seed, streamOutcome, cell(l.index, m, s))
	o.right = c.uniform() < l.right(m)
	o.slip = slip(c.weighted(slipWeights))
	o.phrasing = c.below(phrasings)
	if o.right {
		o.slip = 0
	}
	return o, 80 + c.below(61)
}

// response is what model m answers in outcome o. Scratch is overwritten and
// returned, so that it can be used again.
func (d *draft) response(scratch []byte, m int, o outcome, prompt int) (waymark.Response, []byte) {
	scratch = d.render(scratch[:0], m, o)
	u := d.usage(m, prompt, len(scratch))
	r := waymark.Response{Output: string(scratch), HasOutput: true, Usage: u, FinishReason: "stop"}
	if !o.right && o.slip == cutOff {
		r.FinishReason = "length"
	}
	cost, err := pool[m].Price.Of(u)
	r.Cost = waymark.Cost{USD: cost, Known: err == nil}
	return r, scratch
}

// usage counts the tokens of a call whose prompt and output have so many bytes.
func (d *draft) usage(m, prompt, output int) waymark.Usage {
	u := waymark.Usage{Input: tokens(prompt), Output: tokens(output)}
	if pool[m].Thinks {
		u.Reasoning = d.thought()
	}
	return u
}

// expectedCost is the mean cost in US dollars of model m on the task: all outcomes
// are written and weighed by their probability.
func (d *draft) expectedCost(scratch []byte, m, prompt int, p float64) (float64, []byte) {
	sum := 0.0
	add := func(weight float64, o outcome) {
		scratch = d.render(scratch[:0], m, o)
		cost, _ := pool[m].Price.Of(d.usage(m, prompt, len(scratch))) // every model has a price
		sum += weight * cost.Float()
	}
	for k := range phrasings {
		add(p/phrasings, outcome{right: true, phrasing: k})
		for s, w := range slipWeights {
			add((1-p)*float64(w)/100/phrasings, outcome{slip: slip(s), phrasing: k})
		}
	}
	return sum, scratch
}
