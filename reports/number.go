// Package reports renders a suite.Result: what people look at. It computes
// nothing; every number comes from the Result.
package reports

import (
	"fmt"
	"math"
	"strings"

	"waymark/suite"
)

const unknown = "–"

// A scale shows quality in a dataset's units: percent where they are 0 to 1.
type scale struct{ percent bool }

func scaleOf(res *suite.Result) scale {
	return scale{res.Dataset.QualityLo == 0 && res.Dataset.QualityHi == 1}
}

func (s scale) unit() string {
	if s.percent {
		return "%"
	}
	return "points"
}

func (s scale) value(x float64) float64 {
	if s.percent {
		return 100 * x
	}
	return x
}

func (s scale) text(x float64) string {
	if math.IsNaN(x) {
		return unknown
	}
	if s.percent {
		return fmt.Sprintf("%.1f", 100*x)
	}
	return fmt.Sprintf("%.2f", x)
}

// interval is "70.6 [66.5, 74.4]", or the value and n/a where there is none.
func (s scale) interval(e suite.Interval) string { return withInterval(e, s.text) }

func (s scale) difference(e suite.Interval) string { return withInterval(e, signed(s.text)) }

// A purse shows costs: per task or, where tasks cost less than a cent, per 1,000.
type purse struct{ tasks float64 }

func purseOf(res *suite.Result) purse {
	most := 0.0
	for _, list := range [][]suite.PolicyRow{res.Constants, res.Policies} {
		for _, r := range list {
			if r.Cost.Known {
				most = math.Max(most, r.Cost.PerTask.Value)
			}
		}
	}
	if most > 0 && most < 0.01 {
		return purse{1000}
	}
	return purse{1}
}

// per is what costs are per, in words.
func (p purse) per() string {
	if p.tasks == 1000 {
		return "per 1,000 tasks"
	}
	return "per task"
}

func (p purse) text(x float64) string { return dollars(x * p.tasks) }

func (p purse) interval(e suite.Interval) string { return withInterval(e, p.text) }

func (p purse) difference(e suite.Interval) string { return withInterval(e, signed(p.text)) }

// dollars shows three significant digits, and whole dollars in full.
func dollars(x float64) string {
	a := math.Abs(x)
	switch {
	case math.IsNaN(x):
		return unknown
	case a == 0:
		return "$0"
	case a >= 100:
		return sign(x) + fmt.Sprintf("$%.0f", a)
	case a < 1e-6:
		return sign(x) + fmt.Sprintf("$%.2g", a)
	}
	decimals := max(2, 2-int(math.Floor(math.Log10(a))))
	return sign(x) + fmt.Sprintf("$%.*f", decimals, a)
}

func sign(x float64) string {
	if x < 0 {
		return "−"
	}
	return ""
}

// signed puts a plus before what is not negative, and a true minus before what is.
func signed(text func(float64) string) func(float64) string {
	return func(x float64) string {
		s := strings.Replace(text(x), "-", "−", 1)
		if s == unknown || strings.HasPrefix(s, "−") || x == 0 {
			return s
		}
		return "+" + s
	}
}

func withInterval(e suite.Interval, text func(float64) string) string {
	switch {
	case math.IsNaN(e.Value):
		return unknown
	case e.Withheld != "" || math.IsNaN(e.Lo):
		return text(e.Value) + " [n/a]"
	}
	return fmt.Sprintf("%s [%s, %s]", text(e.Value), text(e.Lo), text(e.Hi))
}

func knob(ks []suite.Number) string {
	var out []string
	for _, k := range ks {
		out = append(out, fmt.Sprintf("%.6g", float64(k)))
	}
	return strings.ReplaceAll(strings.Join(out, " "), "+Inf", "inf")
}

// clean drops control characters, and those that reorder text, from what files may
// have put into names.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x20, r >= 0x7f && r < 0xa0, r >= 0x200e && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return '\uFFFD'
		}
		return r
	}, s)
}

// shorten cuts a name in the middle.
func shorten(s string, most int) string {
	r := []rune(clean(s))
	if len(r) <= most {
		return string(r)
	}
	return string(r[:most/2]) + "…" + string(r[len(r)-(most-most/2-1):])
}
