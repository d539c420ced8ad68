// Package secret takes the values of environment variables, such as keys, out of
// what comes back from outside.
package secret

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Shortest is the number of bytes from which on a value is hidden: a shorter one is
// no secret, and is in many words.
const Shortest = 4

// mark stands where a value was.
const mark = "…"

// Values are what must not be told. A nil *Values hides nothing.
type Values struct{ forms []string }

// Of are some values, in each of the forms in which another program may write them:
// as they are, and escaped as in JSON. Of a value of several words, such as "Bearer KEY",
// each word of at least 6 bytes but the scheme is one too.
func Of(values ...string) *Values {
	v := &Values{}
	for _, x := range values {
		for _, part := range parts(x) {
			for _, form := range escaped(part) {
				if len(form) >= Shortest && !slices.Contains(v.forms, form) {
					v.forms = append(v.forms, form)
				}
			}
		}
	}
	return v
}

func parts(value string) []string {
	out := []string{value, strings.TrimSpace(value)}
	if words := strings.Fields(value); len(words) > 1 {
		for _, w := range words {
			if len(w) >= 6 && !strings.EqualFold(w, "bearer") && !strings.EqualFold(w, "digest") {
				out = append(out, w)
			}
		}
	}
	return out
}

// escaped is a text as it is, as Go writes it in quotes, and as JSON encoders do: with
// and without \u for what HTML or ASCII does not have, and with \/ for a slash.
func escaped(text string) []string {
	out := []string{text, inside(strconv.Quote(text)), inside(strconv.QuoteToASCII(text))}
	html, err := json.Marshal(text)
	if err != nil {
		return out
	}
	plain := string(html)
	for _, c := range []string{"<", ">", "&"} {
		plain = strings.ReplaceAll(plain, fmt.Sprintf(`\u%04x`, c[0]), c)
	}
	for _, form := range []string{string(html), plain} {
		form = inside(form)
		for _, f := range []string{form, ascii(form)} {
			out = append(out, f, strings.ReplaceAll(f, "/", `\/`))
		}
	}
	return out
}

func inside(quoted string) string { return quoted[1 : len(quoted)-1] }

// ascii writes what is not ASCII as \u, in two halves where one does not do.
func ascii(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case r > 0xFFFF:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, hi, lo)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// In reports whether a text has one of the values in it.
func (v *Values) In(text string) bool {
	return v != nil && slices.ContainsFunc(v.forms, func(f string) bool { return strings.Contains(text, f) })
}

// Longest is the length of the longest form.
func (v *Values) Longest() (n int) {
	if v != nil {
		for _, f := range v.forms {
			n = max(n, len(f))
		}
	}
	return n
}

// Mask is a whole text without the values. To be cut, it is masked first: the
// beginning of a value would not be known again.
func (v *Values) Mask(text string) string {
	if !v.In(text) {
		return text
	}
	return v.mask(text, len(text))
}

// MaskCut is the beginning of a text, whose end may be the beginning of a value.
func (v *Values) MaskCut(text string) string {
	end := len(text)
	if v != nil {
		for _, f := range v.forms {
			for n := min(len(f)-1, len(text)); n >= Shortest; n-- {
				if strings.HasSuffix(text, f[:n]) {
					end = min(end, len(text)-n)
					break
				}
			}
		}
	}
	if end == len(text) {
		return v.Mask(text)
	}
	return v.mask(text, end)
}

// mask hides every byte that belongs to a value, and all from end on. Values that
// overlap are hidden together.
func (v *Values) mask(text string, end int) string {
	hidden := make([]bool, len(text))
	for i := end; i < len(text); i++ {
		hidden[i] = true
	}
	for _, f := range v.forms {
		for from := 0; ; {
			at := strings.Index(text[from:], f)
			if at < 0 {
				break
			}
			for i := from + at; i < from+at+len(f); i++ {
				hidden[i] = true
			}
			from += at + 1
		}
	}
	var b strings.Builder
	for i := range len(text) {
		switch {
		case !hidden[i]:
			b.WriteByte(text[i])
		case i == 0 || !hidden[i-1]:
			b.WriteString(mark)
		}
	}
	return b.String()
}
