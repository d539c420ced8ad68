// Package stats holds estimates, their intervals and paired comparisons. It
// knows numbers only.
package stats

// An Estimate is a number with its uncertainty. No number is shown without
// either its interval or the reason that it has none.
type Estimate struct {
	Value      float64
	Lo, Hi     float64 // the interval; both NaN where Withheld says why there is none
	Confidence float64 // nominal coverage of the interval, such as 0.95
	N          int     // tasks
	Groups     int     // independent units; N unless tasks are grouped
	Method     string  // such as "wilson", "cluster-t", "bootstrap-t"
	Withheld   string  // why there is no interval, "" if there is one
	Warnings   []string
}
