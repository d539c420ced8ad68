package demo

// A Cell is what is true of one model on one task.
type Cell struct {
	Quality float64 // expected score: the probability that the model is right
	CostUSD float64 // expected cost of one call, in US dollars
}

// LatentDifficulty is how difficult task i is, in logits, before a model's skill in
// its category is set against it.
func (g Generator) LatentDifficulty(i int) float64 {
	l := latentAt(g.Seed, i)
	return l.difficulty
}

// Quality is the expected score of each model on task i, by position in Models.
func (g Generator) Quality(i int) (out [models]float64) {
	l := latentAt(g.Seed, i)
	for m := range out {
		out[m] = l.right(m)
	}
	return out
}

// Truth is the expected quality and cost of each model on task i, by position in
// Models. The cost is exact: every text that the model could write is written and
// weighed by its probability.
func (g Generator) Truth(i int) (out [models]Cell) {
	w := &writer{g: g}
	w.begin(i)
	for m := range out {
		c := &out[m]
		c.Quality = w.draft.right(m)
		c.CostUSD, w.scratch = w.draft.expectedCost(w.scratch, m, w.promptBytes(), c.Quality)
	}
	return out
}

// Level is how much the prompt of task i asks for, from 1 to 5: what shows of its
// difficulty.
func (g Generator) Level(i int) int {
	l := latentAt(g.Seed, i)
	return l.level
}

// CategoryOf is the category of task i.
func (g Generator) CategoryOf(i int) Category {
	l := latentAt(g.Seed, i)
	return l.category
}
