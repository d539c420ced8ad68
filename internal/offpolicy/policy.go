package offpolicy

// A Policy is what a candidate does: by repeat, the action that it takes on each task,
// or None. Repeats of a stochastic candidate are averaged. What it does may not depend
// on which action the log took.
type Policy struct{ Chosen [][]int32 }

// None as an action is no decision. A task on which some repeat makes none is left out.
const None = -1

// Always is the policy that takes one action on every task.
func Always(action, tasks int) Policy {
	chosen := make([]int32, tasks)
	for i := range chosen {
		chosen[i] = int32(action)
	}
	return Policy{[][]int32{chosen}}
}

// decides reports whether every repeat takes an action on a task.
func (p Policy) decides(i int) bool {
	for _, chosen := range p.Chosen {
		if chosen[i] == None {
			return false
		}
	}
	return true
}

// share is how often of all repeats an action is taken on a task.
func (p Policy) share(a int32, i int) float64 {
	n := 0
	for _, chosen := range p.Chosen {
		if chosen[i] == a {
			n++
		}
	}
	return float64(n) / float64(len(p.Chosen))
}
