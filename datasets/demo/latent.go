package demo

// How difficult tasks are and what shows of it.
const (
	// Difficulty is of mean 0 in every category (skill tells categories apart) and
	// has these standard deviations, of a session and of a task within it.
	sessionSpread, taskSpread = 0.5, 1.8
	// Level, the amount that a prompt asks for, correlates with difficulty by trace;
	// the rest of it is chance: sqrt(1 - trace²) of it.
	trace, noTrace = 0.9, 0.4358898943540674
)

// A latent is what is settled of a task before it is written.
type latent struct {
	index      int
	category   Category
	difficulty float64 // in logits
	level      int     // 1 to 5: how many steps, rows, conditions and digits the prompt has
	session    session
}

// A session is one to four tasks in a row that one user asks: tasks of one
// session share a tenant and a channel, often a category, and part of their
// difficulty.
type session struct {
	first, size int // of its tasks
}

// sessionsOf is how a block of four tasks falls into sessions, and how often in a
// hundred. Half of all blocks are four users with one task each.
var sessionsOf = [][]int{{1, 1, 1, 1}, {2, 1, 1}, {1, 3}, {2, 2}, {4}}

var sessionWeights = []int{50, 20, 12, 10, 8}

const block = 4

// sessionAt is the session of task i.
func sessionAt(seed uint64, i int) session {
	first := i - i%block
	c := newChance(seed, streamSession, int64(first))
	for _, size := range sessionsOf[c.weighted(sessionWeights)] {
		if i < first+size {
			return session{first, size}
		}
		first += size
	}
	return session{first, 1}
}

// latentAt is the latent of task i.
func latentAt(seed uint64, i int) latent {
	l := latent{index: i, session: sessionAt(seed, i)}
	shared := newChance(seed, streamTask, int64(l.session.first))
	topic := Category(shared.weighted(shares))
	common := float64(sessionSpread * shared.bell())

	own := newChance(seed, streamTask, int64(i)+1<<40)
	l.category = Category(own.weighted(shares))
	if own.percent(70) { // most people stay with their topic
		l.category = topic
	}
	z := own.bell()
	l.difficulty = common + float64(taskSpread*z)
	l.level = level(float64(trace*(z+common/taskSpread)) + float64(noTrace*own.bell()))
	return l
}

// level cuts a number that is about standard normal into five classes.
func level(x float64) int {
	n := 1
	for _, cut := range [...]float64{-0.9, -0.25, 0.35, 1.0} {
		if x >= cut {
			n++
		}
	}
	return n
}

// right is the probability that model m is right on the task.
func (l *latent) right(m int) float64 { return logistic(pool[m].Skill[l.category] - l.difficulty) }

// thought is how many tokens a model that thinks spends on the task before it
// writes. The endpoint bills them and shows a summary.
func (l *latent) thought() int {
	n := 40 + 60*l.level + int(40*max(0, l.difficulty+2))
	switch l.category {
	case Coding, Analysis, Reasoning:
		n *= 3
	case Routine:
		n /= 2
	}
	return n
}
