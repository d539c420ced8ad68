package claim

import (
	"strconv"
	"strings"

	"waymark/internal/yamlfile"
)

func names() []string {
	out := make([]string, len(Metrics))
	for i, m := range Metrics {
		out[i] = m.Name
	}
	return out
}

// metric reads what stands after a metric's name.
func (p *parser) metric(at int, name string) (linear, error) {
	t := Term{Factor: 1}
	for _, m := range Metrics {
		if m.Name == name {
			t.Metric = m
		}
	}
	if t.Metric.Name == "" {
		msg := "expected a number or one of " + strings.Join(names(), ", ")
		if near := yamlfile.Nearest(name, names()); near != "" && name != "" {
			msg = "did you mean " + strconv.Quote(near) + "?"
		}
		found := strconv.Quote(name)
		if name == "" {
			found = p.rest(at)
		}
		return linear{}, p.errorf(at, "found %s, %s", found, msg)
	}
	t.Column = len([]rune(p.text[:at])) + 1
	if err := p.arguments(at, &t); err != nil {
		return linear{}, err
	}
	if t.Of == "" && !p.about {
		return linear{}, p.errorf(at, "found %s without a policy, expected %s(POLICY)", name, name)
	}
	switch {
	case (name == "share" || name == "within") && t.Arg == "":
		return linear{}, p.errorf(at, "found %s of what? Expected share(POLICY, MODEL) or within(POLICY, MILLISECONDS)", name)
	case name == "within":
		if x, err := strconv.ParseFloat(t.Arg, 64); err != nil || !(x >= 0) {
			return linear{}, p.errorf(at, "found within %q, expected milliseconds", t.Arg)
		}
	case name != "share" && t.Arg != "":
		return linear{}, p.errorf(at, "found a second argument %q of %s, expected none, or a slice such as category=NAME", t.Arg, name)
	}
	return linear{terms: []Term{t}}, nil
}

// arguments reads "(who@what, argument, key=value)", if there is one.
func (p *parser) arguments(start int, t *Term) error {
	if !p.take("(") {
		return nil
	}
	for n := 0; ; n++ {
		p.space()
		at := p.at
		word, quoted, err := p.word()
		if err != nil {
			return err
		}
		key, value, sliced := strings.Cut(word, "=")
		switch {
		case !quoted && sliced:
			t.Slice, t.Value = strings.TrimSpace(key), unquoted(strings.TrimSpace(value))
			if t.Slice == "" || t.Value == "" || strings.ContainsAny(t.Slice, `"'@`) {
				return p.errorf(at, "found %q, expected a slice such as category=NAME", word)
			}
		case word == "":
			return p.errorf(at, "found %s, expected a policy or model", p.rest(at))
		case n == 0 && !(p.about && (t.Metric.Name == "share" || t.Metric.Name == "within") && p.only()):
			if err := p.who(t, at, word, quoted); err != nil {
				return err
			}
		case t.Arg == "":
			t.Arg = word
		default:
			return p.errorf(at, "found a third argument %q, expected )", word)
		}
		if p.take(",") {
			continue
		}
		if !p.take(")") {
			return p.errorf(p.at, "found %s, expected ) to close the %s of column %d", p.rest(p.at), t.Metric.Name, start+1)
		}
		return nil
	}
}

// only reports whether no further argument follows but slices: in an objective,
// share(MODEL) and within(2000) are the tuned policy's.
func (p *parser) only() bool {
	rest, _, _ := strings.Cut(p.text[p.at:], ")")
	_, next, more := strings.Cut(rest, ",")
	return !more || strings.Contains(next, "=")
}

// who is a policy or model, and what stands after its @.
func (p *parser) who(t *Term, at int, word string, quoted bool) (err error) {
	found := quoted && p.take("@")
	switch {
	case !quoted:
		t.Of, t.At, found = strings.Cut(word, "@")
		t.At = unquoted(t.At)
	case found:
		t.Of = word
		if t.At, _, err = p.word(); err != nil {
			return err
		}
	default:
		t.Of = word
	}
	switch {
	case t.Of == "" && found:
		return p.errorf(at, "found %q, expected a policy or model before the @; a name that holds one is put in quotes", word)
	case t.At == "" && found:
		return p.errorf(at, "found nothing behind the @ of %s, expected baseline or a run", t.Of)
	}
	return nil
}

func unquoted(s string) string {
	if n := len(s); n > 1 && (s[0] == '"' || s[0] == '\'') && s[n-1] == s[0] {
		return s[1 : n-1]
	}
	return s
}

// word reads a name up to a comma or a bracket, or one in quotes. Behind = or @ quotes
// hold commas and brackets too.
func (p *parser) word() (word string, quoted bool, err error) {
	at := p.at
	if p.at < len(p.text) && isQuote(p.text[p.at]) {
		if err := p.quote(); err != nil {
			return "", true, err
		}
		return p.text[at+1 : p.at-1], true, nil
	}
	for p.at < len(p.text) && p.text[p.at] != ',' && p.text[p.at] != ')' && p.text[p.at] != '(' {
		if p.at > at && isQuote(p.text[p.at]) && (p.text[p.at-1] == '=' || p.text[p.at-1] == '@') {
			if err := p.quote(); err != nil {
				return "", false, err
			}
			continue
		}
		p.at++
	}
	return strings.TrimSpace(p.text[at:p.at]), false, nil
}

func isQuote(c byte) bool { return c == '"' || c == '\'' }

// quote goes on behind the quote that closes the one at hand.
func (p *parser) quote() error {
	end := strings.IndexByte(p.text[p.at+1:], p.text[p.at])
	if end < 0 {
		return p.errorf(p.at, "found a quote that is not closed")
	}
	p.at += end + 2
	return nil
}
