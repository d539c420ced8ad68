package leakage

import (
	"cmp"
	"slices"
)

// The bounds of what boilerplate is counted in.
const (
	counterBits  = 20
	leastCounted = 20      // texts of a category, below which it is counted with the other small ones
	mostCounted  = 4000    // texts, drawn by their hash
	mostCutUp    = 1 << 20 // characters of those
)

// boilerplate knows the shingles that at least half of a category's prompts have:
// instructions, few-shot examples, a form that is filled in. They say nothing about
// whether two tasks are the same one, and are left out of the comparison.
type boilerplate struct {
	count []uint32 // texts that have a shingle, by pool and hash; there are as many counters as shingles at most, so that few are shared by several and none by many
	of    []uint32 // texts counted, by pool
	pool  []int32  // of each category; small ones share one
}

func place(pool int32, shingle uint64) uint64 {
	return mix64(shingle+uint64(pool)*base) >> (64 - counterBits)
}

// countBoilerplate counts over a sample of the texts, drawn by their hashes.
func countBoilerplate(texts []text, categories int, cut *shingler, read func(text) string) *boilerplate {
	order := make([]int32, len(texts))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(texts[a].hash, texts[b].hash) })
	order = order[:min(len(order), mostCounted)]
	b := &boilerplate{count: make([]uint32, 1<<counterBits), pool: make([]int32, categories)}
	b.divide(texts, order)
	length := 0
	for _, i := range order {
		if length >= mostCutUp {
			break
		}
		pool := b.pool[texts[i].category]
		for _, x := range cut.shingles(read(texts[i])) {
			b.count[place(pool, x)]++
		}
		b.of[pool]++
		length += len(cut.runes)
	}
	return b
}

// divide gives each category that is large enough a pool of its own.
func (b *boilerplate) divide(texts []text, sample []int32) {
	size := make([]int, len(b.pool))
	for _, i := range sample {
		size[texts[i].category]++
	}
	pools := int32(1)
	for c, n := range size {
		if n >= leastCounted {
			b.pool[c] = pools
			pools++
		}
	}
	b.of = make([]uint32, pools)
}

// common reports whether a shingle is boilerplate in a category.
func (b *boilerplate) common(shingle uint64, category int32) bool {
	pool := b.pool[category]
	n := b.of[pool]
	return n >= leastCounted && 2*b.count[place(pool, shingle)] >= n
}

// strip leaves boilerplate out of a set, in place.
func (b *boilerplate) strip(set []uint64, category int32) []uint64 {
	out := set[:0]
	for _, x := range set {
		if !b.common(x, category) {
			out = append(out, x)
		}
	}
	return out
}
