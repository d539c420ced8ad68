package reports

import (
	"fmt"
	"math"

	"waymark/suite"
)

// Answer is the result in one sentence, from what the Result holds: the cheapest
// policy whose quality does not fall measurably short of the best constant's,
// else the policy of the best quality.
func Answer(res *suite.Result) string {
	if res.OffPolicy != nil {
		return "OFF-POLICY: " + answer(res)
	}
	return answer(res)
}

func answer(res *suite.Result) string {
	s, u := scaleOf(res), purseOf(res)
	name := res.Baselines.BestConstant.Name
	var pick *suite.PolicyRow
	for i := range res.Policies {
		r := &res.Policies[i]
		v := r.VsBestConstant
		if v == nil || v.Quality.Withheld != "" || v.Cost.Withheld != "" || v.Quality.Hi < 0 || v.Cost.Hi >= 0 {
			continue // worse, or not cheaper
		}
		if pick == nil || r.Cost.PerTask.Value < pick.Cost.PerTask.Value {
			pick = r
		}
	}
	if pick == nil {
		if name == "" && res.OffPolicy != nil {
			return "The log tells of no model on its own, so that there is no constant to compare with."
		}
		if name == "" {
			return "No model is recorded on every task, so that there is no constant to compare with."
		}
		return fmt.Sprintf("No policy is measurably cheaper than always asking %s (%s %s at %s %s) without being measurably worse.",
			shorten(name, 60), s.interval(res.Baselines.BestConstant.Quality), s.unit(), u.interval(res.Baselines.BestConstant.Cost.PerTask), u.per())
	}
	v := pick.VsBestConstant
	verdict := "no difference in quality was found"
	switch {
	case v.Quality.Lo > 0:
		verdict = "it is better"
	case math.IsNaN(v.Quality.Value):
		verdict = "the qualities cannot be compared"
	}
	among := ""
	if n := len(res.Policies); n > 1 {
		among = fmt.Sprintf(" Picked from %d policies on these same tasks, which flatters it.", n)
	}
	if v := pick.VsConstants; v != nil && v.Verdict != "better" && v.Quality.Withheld == "" {
		among += fmt.Sprintf(" It is not shown to beat the mixture of constants that costs as much (%s points).", s.difference(v.Quality))
	}
	return fmt.Sprintf("%s costs %s %s, instead of %s for %s, the best constant: %s (%s %s).",
		shorten(pick.Name, 60), u.interval(pick.Cost.PerTask), u.per(), u.text(res.Baselines.BestConstant.Cost.PerTask.Value), shorten(name, 60), verdict, s.difference(v.Quality), "points") + among
}
