// Package leakage looks for ways in which what a run reports on may have been
// known beforehand: prompts that stand on both sides of a split, decisions and
// features that know the labels, thresholds that fit the tasks they are reported
// on. It knows texts and numbers only; a suite says whose they are.
package leakage

// A Side is the part of a split that a task is on.
type Side uint8

// The sides. A task on Neither takes no part.
const (
	Neither Side = iota
	Tune
	Test
)

// mostExamples is how many examples a finding carries.
const mostExamples = 5
