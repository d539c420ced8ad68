package waymark

import "context"

// A Policy decides how a query is answered. It must be safe for concurrent use
// by several trials.
type Policy interface {
	Route(ctx context.Context, t *Trial) (Decision, error)
}

// Composed as the Answer of a Decision says that the policy wrote Text itself.
const Composed = -1

// A Decision points at the answer that the user is given, and says why. All
// calls that were made in the trial are charged.
type Decision struct {
	Answer int    `json:"answer"`           // position of the call whose answer is given, or Composed
	Text   string `json:"text,omitempty"`   // the answer, where Composed
	Reason string `json:"reason,omitempty"` // one line for a person
}

// A Knob is the one number that governs a Sweeper.
type Knob struct {
	Name   string
	Lo, Hi float64 // its domain; a threshold has (-Inf, +Inf)
	// Rising says whether raising the knob sends more to the stronger model.
	// A threshold does not: at or above it goes to the stronger model.
	Rising bool
	// Weak and Strong are the models at the two ends, "" where an end is not one model.
	Weak, Strong ModelID
}

// A Sweeper is a Policy governed by one number, its knob.
//
// For every x in the knob's domain, At(x).Route decides as the segment of
// Profile that contains x. Profile makes only the calls that it must look at
// to decide (a scorer's, a cascade's); the others it names, so that a hole in
// an answer that is not used hurts nothing.
type Sweeper interface {
	Policy
	Knob() Knob
	At(x float64) Policy
	Profile(ctx context.Context, t *Trial) (Profile, error)
}

// A Profile is a decision as a step function of the knob, by ascending From. The
// first From is the lower end of the knob's domain.
type Profile []Segment

// A Segment holds for knobs in [From, next.From). Made are the positions of the
// trial's calls that are part of it and More the requests that it goes on to
// make, side by side as one round; Answer is a position in Made followed by More.
type Segment struct {
	From   float64
	Made   []int
	More   []Request
	Answer int
	Reason string
}

// A Staged policy asks for one answer after another and takes the first whose score
// reaches the bar of its stage; the last is taken in any case.
type Staged interface {
	Policy
	Stages() []ModelID            // whose answers, in the order in which they are asked for
	AtBars(bars []float64) Policy // with its bars there: one fewer than there are stages
	// Climb makes every call that some bars would look at, and gives what the policy
	// does when it stops at each stage. It may end before the last stage.
	Climb(ctx context.Context, t *Trial) ([]Rung, error)
}

// A Rung is what a Staged policy does where it stops at one of its stages. Score is
// held against the bar of that stage; a rung at which it stops whatever the bars has
// +Inf. From of its Segment means nothing.
type Rung struct {
	Segment
	Stage int // whose bar Score is held against
	Score float64
}
