package waymark

// A RecordedCall is a call other than a plain answer to a task, as a dataset holds
// it: what a model said as planner, reviewer, judge or verifier, or to a prompt that
// a policy wrote.
type RecordedCall struct {
	Task string // the task or the part of one that it was made for
	Key  Key    // what it answers
	Response
	Score Score // of an answer, as recorded, scaled to [0,1]
}
