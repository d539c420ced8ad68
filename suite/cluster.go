package suite

import (
	"hash/fnv"

	"waymark"
)

// commonPrompt is the share of the tasks from which a prompt that they all have tells nothing of
// any of them.
const commonPrompt = 0.1

// cluster gives each row the first of the rows that must not be on another side of a fold: those of
// its unit, those that the suite calls paraphrases of it, and those whose prompt is the same. A
// copy that was fitted on one of them knows the others.
func (b *board) cluster() {
	if b.first != nil {
		return
	}
	parent := make([]int, len(b.matrix.Tasks))
	for i := range parent {
		parent[i] = i
	}
	var find func(int) int
	find = func(i int) int {
		if parent[i] != i {
			parent[i] = find(parent[i])
		}
		return parent[i]
	}
	join := func(first map[uint64]int, key uint64, i int) {
		j, ok := first[key]
		if !ok {
			first[key] = i
			return
		}
		if a, c := find(i), find(j); a < c { // the first row of a cluster stands for it
			parent[c] = a
		} else {
			parent[a] = c
		}
	}
	units, asks, prompts, alike := map[uint64]int{}, map[uint64]int{}, map[uint64]int{}, map[uint64]int{}
	keys := make([]uint64, len(parent))
	for i := range parent {
		keys[i] = textKey(asked(&b.matrix.Tasks[i]))
		alike[keys[i]]++
	}
	for i := range parent {
		join(units, b.units.keys[i], i)
		if b.asks != nil && b.asks[i] != "" {
			join(asks, textKey(b.asks[i]), i)
		}
		if n := alike[keys[i]]; n > 1 && float64(n) <= max(2, commonPrompt*float64(len(parent))) {
			join(prompts, keys[i], i)
		}
	}
	b.first = make([]int, len(parent))
	for i := range parent {
		b.first[i] = find(i)
	}
}

func textKey(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

// foldUnit is the task whose name decides the fold of a row: the first of its cluster.
func (b *board) foldUnit(row int) *waymark.Task { return &b.matrix.Tasks[b.first[row]] }
