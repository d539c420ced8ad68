// Package offpolicy estimates what a policy would have done from the log of another
// one: one action a task was taken, with a known probability, and what came of the
// other actions is not known. It knows numbers only: actions are positions, outcomes
// are numbers, tasks are rows.
package offpolicy
