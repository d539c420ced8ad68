package stats

// A Confusion is how often a task needed the stronger model and how often it got
// it. Shares are of all tasks, by weight; counts are of tasks.
type Confusion struct {
	Counts    [2][2]int // by needed, then by sent
	Needed    Estimate  // share that needed it
	Sent      Estimate  // share that was sent there
	Precision Estimate  // of those sent, the share that needed it
	Recall    Estimate  // of those that needed it, the share sent
}

// NewConfusion crosses the event of some scores with where their tasks were sent. Each
// share has Wilson's interval (see Share); those of a part of the tasks are conditional on its
// size, as a domain's mean is.
func NewConfusion(s Scores, sent []bool, confidence float64) Confusion {
	var c Confusion
	var needed, all, precision, recall Sample
	for i, event := range s.Event {
		y, x := oneIf(event), oneIf(sent[i])
		c.Counts[y][x]++
		needed.add(s, i, float64(y))
		all.add(s, i, float64(x))
		if sent[i] {
			precision.add(s, i, float64(y))
		}
		if event {
			recall.add(s, i, float64(x))
		}
	}
	c.Needed, c.Sent = Mean(needed, confidence), Mean(all, confidence)
	c.Precision, c.Recall = Mean(precision, confidence), Mean(recall, confidence)
	if len(precision.Values) == 0 {
		c.Precision.Withheld = "nothing is sent to the stronger model"
	}
	if len(recall.Values) == 0 {
		c.Recall.Withheld = "no task needs the stronger model"
	}
	return c
}
