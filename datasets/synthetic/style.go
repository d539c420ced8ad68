package synthetic

import (
	"math/rand/v2"
	"strings"
)

// A style dresses an answer as a model writes it. What it adds must not change how
// the answer is graded.
type style func(r *rand.Rand, d draft, right bool) string

// given is the answer itself: the reference, or a plausible mistake, or now and
// then no answer at all.
func given(r *rand.Rand, d draft, right bool) string {
	if right {
		return d.answer()
	}
	if r.Float64() < 0.08 && d.category != writing {
		return refusals[r.IntN(len(refusals))]
	}
	return d.wrong(r)
}

var refusals = []string{
	"I am not able to work this out from what is given.",
	"There is not enough information to say for sure.",
}

// answer is what a right answer says: of several needles all of them.
func (it item) answer() string {
	if strings.Contains(it.grader, "contains-all") {
		return strings.Join(it.reference, "; ")
	}
	return it.reference[0]
}

func terse(r *rand.Rand, d draft, right bool) string { return given(r, d, right) }

func plain(r *rand.Rand, d draft, right bool) string {
	a := given(r, d, right)
	if d.verbatim() {
		return a
	}
	return "Answer: " + a
}

func chatty(r *rand.Rand, d draft, right bool) string {
	a := given(r, d, right)
	if d.verbatim() {
		return "  " + a + "\n"
	}
	lead := [...]string{"Let me go through it.", "I checked each part in turn.", "Happy to help with this one."}[r.IntN(3)]
	filler := strings.Repeat(" I read the question, took the parts one by one and put them together.", 1+d.level/2)
	return lead + filler + "\n\nThe answer is **" + a + "**"
}

func thinking(r *rand.Rand, d draft, right bool) string {
	steps := strings.Repeat("Next I look at another part and check it against the others. ", 4+3*d.level)
	return "<think>" + steps + "</think>\n" + plain(r, d, right)
}

// verbatim reports whether the whole answer is compared, so that nothing may be
// added to it.
func (it item) verbatim() bool {
	return it.grader == `"equals"` || strings.Contains(it.grader, `"regex"`)
}
