package claim

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The bounds of a claim: beyond them somebody has made a mistake.
const (
	mostTerms = 100
	mostText  = 10_000 // bytes
)

// Parse reads one claim. about says that metrics without a policy are allowed: in an
// objective they are the tuned policy's. names is nearest-name help.
//
//	claim = sum (">=" | "<=" | ">" | "<") sum
//	sum   = ["-"] part { ("+" | "-") part }
//	part  = factor { "*" factor }
//	factor = number ["%"] | metric | "(" sum ")"
//	metric = name [ "(" [who ["@" what]] {"," argument | "," key "=" value} ")" ]
func Parse(text string, about bool) (Claim, error) {
	if len(text) > mostText {
		return Claim{}, &Error{1, fmt.Sprintf("found a claim of %d bytes, expected at most %d", len(text), mostText)}
	}
	p := &parser{text: text, about: about}
	left, err := p.sum()
	if err != nil {
		return Claim{}, err
	}
	p.space()
	at := p.at
	op := p.operator()
	if op == "" {
		return Claim{}, p.errorf(at, "found %s, expected >=, <=, > or <", p.rest(at))
	}
	right, err := p.sum()
	if n := len(left.terms) + len(right.terms); err == nil && n > mostTerms {
		return Claim{}, p.errorf(0, "found %d metrics, expected at most %d", n, mostTerms)
	}
	if err != nil {
		return Claim{}, err
	}
	if p.space(); p.at < len(text) {
		return Claim{}, p.errorf(p.at, "found %s after the claim, expected its end", p.rest(p.at))
	}
	all := left.minus(right)
	c := Claim{Text: strings.TrimSpace(text), Terms: all.terms, Op: op, Bound: 0 - all.constant}
	return c, p.check(c)
}

// ParseAll reads claims that are joined by "and".
func ParseAll(text string, about bool) ([]Claim, error) {
	var out []Claim
	start := 0
	for _, part := range strings.Split(text, " and ") {
		if strings.TrimSpace(text) == "" {
			return nil, nil
		}
		c, err := Parse(part, about)
		if err != nil {
			if e, ok := err.(*Error); ok {
				e.Column += start
			}
			return nil, err
		}
		for i := range c.Terms {
			c.Terms[i].Column += start
		}
		out = append(out, c)
		start += len(part) + len(" and ")
	}
	return out, nil
}

// check holds the types: one unit, and no more than one term where no mean stands behind it.
func (p *parser) check(c Claim) error {
	if len(c.Terms) == 0 {
		return p.errorf(0, "found no metric, expected at least one of %s", strings.Join(names(), ", "))
	}
	for _, t := range c.Terms {
		if math.IsInf(t.Factor, 0) || math.IsNaN(t.Factor) || math.IsInf(c.Bound, 0) || math.IsNaN(c.Bound) {
			return p.errorf(t.Column-1, "found a factor or bound that is not a finite number")
		}
		if t.Factor == 0 {
			return p.errorf(t.Column-1, "found %s times 0, expected another factor", t.Metric.Name)
		}
		if t.Metric.Unit != c.Terms[0].Metric.Unit {
			return p.errorf(t.Column-1, "found %s (%s) beside %s (%s), expected one unit", t.Metric.Name, t.Metric.Unit, c.Terms[0].Metric.Name, c.Terms[0].Metric.Unit)
		}
		alone := t.Metric.Unit == MS || t.Metric.Unit == Count || t.Metric.Unit == Figure
		if alone && len(c.Terms) > 1 {
			return p.errorf(t.Column-1, "found %s beside another metric, expected it alone against a number: it is not a mean", t.Metric.Name)
		}
		if alone && t.Slice != "" {
			return p.errorf(t.Column-1, "found %s of a slice, expected it of all tasks", t.Metric.Name)
		}
	}
	return nil
}

type parser struct {
	text  string
	at    int // byte offset
	about bool
}

// linear is a sum of terms and a number.
type linear struct {
	terms    []Term
	constant float64
}

func (a linear) times(f float64) linear {
	out := linear{constant: a.constant * f}
	for _, t := range a.terms {
		t.Factor *= f
		out.terms = append(out.terms, t)
	}
	return out
}

func (a linear) plus(b linear) linear {
	return linear{append(slices.Clone(a.terms), b.terms...), a.constant + b.constant}
}

func (a linear) minus(b linear) linear { return a.plus(b.times(-1)) }

func (p *parser) errorf(at int, format string, args ...any) error {
	column := len([]rune(p.text[:min(at, len(p.text))])) + 1
	return &Error{Column: column, Msg: fmt.Sprintf(format, args...)}
}

func (p *parser) space() {
	for p.at < len(p.text) && (p.text[p.at] == ' ' || p.text[p.at] == '\t' || p.text[p.at] == '\n') {
		p.at++
	}
}

// rest is what stands at a place, for a person.
func (p *parser) rest(at int) string {
	word, _, _ := strings.Cut(strings.TrimLeft(p.text[min(at, len(p.text)):], " \t\n"), " ")
	if word == "" {
		return "the end"
	}
	return strconv.Quote(word)
}

func (p *parser) take(s string) bool {
	p.space()
	if strings.HasPrefix(p.text[p.at:], s) {
		p.at += len(s)
		return true
	}
	return false
}

func (p *parser) operator() string {
	for _, op := range []string{">=", "<=", ">", "<"} {
		if p.take(op) {
			return op
		}
	}
	return ""
}

func (p *parser) sum() (linear, error) {
	negative := p.take("-")
	out, err := p.part()
	if negative {
		out = out.times(-1)
	}
	for err == nil {
		var next linear
		switch {
		case p.take("+"):
			if next, err = p.part(); err == nil {
				out = out.plus(next)
			}
		case p.take("-"):
			if next, err = p.part(); err == nil {
				out = out.minus(next)
			}
		default:
			return out, nil
		}
	}
	return out, err
}

func (p *parser) part() (linear, error) {
	out, err := p.factor()
	for err == nil && p.take("*") {
		at := p.at
		var next linear
		if next, err = p.factor(); err != nil {
			break
		}
		switch {
		case len(next.terms) == 0:
			out = out.times(next.constant)
		case len(out.terms) == 0:
			out = next.times(out.constant)
		default:
			return out, p.errorf(at, "found a metric times a metric, expected a number on one side")
		}
	}
	if err == nil && p.take("/") {
		return out, p.errorf(p.at-1, "found a division, expected a product: write A <= 0.5 * B in place of A / B <= 0.5")
	}
	return out, err
}

func (p *parser) factor() (linear, error) {
	p.space()
	at := p.at
	switch {
	case p.take("("):
		out, err := p.sum()
		if err == nil && !p.take(")") {
			err = p.errorf(p.at, "found %s, expected )", p.rest(p.at))
		}
		return out, err
	case p.at < len(p.text) && (p.text[p.at] == '.' || digit(p.text[p.at])):
		return p.number()
	}
	for p.at < len(p.text) && (letter(p.text[p.at]) || p.at > at && digit(p.text[p.at])) {
		p.at++
	}
	return p.metric(at, p.text[at:p.at])
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
func letter(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func (p *parser) number() (linear, error) {
	at := p.at
	for p.at < len(p.text) {
		c := p.text[p.at]
		exponent := p.at > at && (p.text[p.at-1] == 'e' || p.text[p.at-1] == 'E')
		if !digit(c) && c != '.' && c != 'e' && c != 'E' && !(exponent && (c == '+' || c == '-')) {
			break
		}
		p.at++
	}
	x, err := strconv.ParseFloat(p.text[at:p.at], 64)
	if err != nil || math.IsInf(x, 0) {
		return linear{}, p.errorf(at, "found %q, expected a finite number", p.text[at:p.at])
	}
	if p.take("%") {
		x /= 100
	}
	return linear{constant: x}, nil
}
