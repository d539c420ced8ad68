package waymark

import "context"

// A GradeStatus says what became of an attempt to judge. It stands apart from
// the score: an answer that could not be judged is not a wrong answer.
type GradeStatus uint8

// The outcomes of grading. The zero value is not an outcome.
const (
	Graded   GradeStatus = iota + 1 // Score is a judgement of an answer
	NoAnswer                        // no answer could be found in the text; Score is 0
	Failed                          // the grader could not judge; Score means nothing
)

func (s GradeStatus) String() string {
	return [...]string{"none", "graded", "no answer", "failed"}[s]
}

// An Answer is what a grader judges: text, or what was recorded in its place.
type Answer struct {
	Text     string
	HasText  bool
	Recorded Score // the score that the dataset records for this answer
	Model    ModelID
	Sample   int
}

// A Grade judges one answer. Score is in [0,1].
type Grade struct {
	Score     float64
	Status    GradeStatus
	Extracted string // what was taken to be the answer
	Why       string // one line for a person
	Cost      Cost   // of judging; never charged to the policy
}

// A Grader says what an answer to a task is worth. It must be safe for
// concurrent use. An error means that the grader itself could not work (a bad
// reference, an endpoint that is down); a bad answer is a Grade.
type Grader interface {
	Grade(ctx context.Context, t *Task, a Answer) (Grade, error)
}
