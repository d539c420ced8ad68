package evaluators

import (
	"math/big"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A number is a numeral found in text.
type number struct {
	start, end int
	text       string // in plain form: sign, digits, point, exponent, or a/b
}

// maxNumeral bounds the digits and the exponent of a numeral, so that comparing it
// takes bounded time; a longer one is not read as a number.
const maxNumeral = 400

// value is the number exactly; nil where it has none (a fraction over 0).
func (n number) value() *big.Rat {
	if strings.HasSuffix(n.text, "/0") {
		return nil
	}
	v, ok := new(big.Rat).SetString(n.text)
	if !ok {
		return nil
	}
	return v
}

// numbers finds the numerals of a text, in order. Understood are: a sign (also the
// Unicode minus and en dash, where it does not follow a digit, a letter or a closing bracket), a
// currency symbol before or after the sign, groups of three digits separated
// by commas, apostrophes, underscores or (thin or no-break) spaces, a decimal point, an
// exponent, fractions as 3/4 and 1 1/2 and ½, and 1.234,56 where dots group and a comma
// follows. Percent signs, currencies and units are no part of the value.
func numbers(text string) (out []number) {
	for i := 0; i < len(text); {
		c := text[i]
		if isDigit(c) || c == '.' && i+1 < len(text) && isDigit(text[i+1]) && !wordBefore(text, i) {
			n := scanNumeral(text, i)
			if len(n.text) <= maxNumeral {
				out = append(out, n)
			}
			i = n.end
			continue
		}
		if c == 0xc2 { // ¼ ½ ¾
			if f, ok := vulgar[text[i:min(i+2, len(text))]]; ok {
				out = append(out, number{i, i + 2, f})
				i += 2
				continue
			}
		}
		i++
	}
	return out
}

var vulgar = map[string]string{"½": "1/2", "¼": "1/4", "¾": "3/4"}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// wordBefore reports whether the point at i ends a word or a number rather than
// beginning a numeral such as .5.
func wordBefore(text string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(text[:i])
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

func scanNumeral(text string, i int) number {
	n := number{start: i}
	digits, end := scanDigits(text, i)
	frac := ""
	if strings.HasPrefix(text[end:], ".") && end+1 < len(text) && isDigit(text[end+1]) {
		frac, end = plainDigits(text, end+1)
	}
	if whole, part, to, ok := dotted(text, i); ok { // 1.234,56
		digits, frac, end = whole, part, to
	}
	plain := digits
	if plain == "" {
		plain = "0"
	}
	if frac != "" {
		plain += "." + frac
	}
	if exp, to, ok := exponent(text, end); ok {
		plain, end = plain+"e"+exp, to
	} else if frac == "" {
		if den, to, ok := denominator(text, end); ok {
			plain, end = plain+"/"+den, to
		} else if mixed, to, ok := mixedFraction(text, end, plain); ok {
			plain, end = mixed, to
		}
	}
	if negative(text, i) {
		plain = "-" + plain
	}
	n.end, n.text = end, plain
	return n
}

// scanDigits reads digits with groups of three.
func scanDigits(text string, i int) (digits string, end int) {
	digits, end = plainDigits(text, i)
	if len(digits) == 0 || len(digits) > 3 {
		return digits, end
	}
	sep := separator(text, end)
	for sep != "" && strings.HasPrefix(text[end:], sep) {
		group, to := plainDigits(text, end+len(sep))
		if len(group) != 3 {
			break
		}
		digits, end = digits+group, to
	}
	return digits, end
}

func plainDigits(text string, i int) (string, int) {
	start := i
	for i < len(text) && isDigit(text[i]) {
		i++
	}
	return text[start:i], i
}

// separator is what groups digits after position i, "" if nothing does. A plain
// space does not: "in 2020 300 people" holds two numbers.
func separator(text string, i int) string {
	for _, s := range []string{",", "'", "’", "_", "\u00a0", "\u2009", "\u202f", "{,}", "\\,"} {
		if strings.HasPrefix(text[i:], s) {
			return s
		}
	}
	return ""
}

// dotted reads 1.234,56: dots that group, then a decimal comma. Without the comma
// the dot is a decimal point.
func dotted(text string, i int) (whole, frac string, end int, ok bool) {
	whole, end = plainDigits(text, i)
	if len(whole) == 0 || len(whole) > 3 {
		return "", "", 0, false
	}
	groups := 0
	for strings.HasPrefix(text[end:], ".") {
		g, to := plainDigits(text, end+1)
		if len(g) != 3 {
			return "", "", 0, false
		}
		whole, end, groups = whole+g, to, groups+1
	}
	if groups == 0 || !strings.HasPrefix(text[end:], ",") {
		return "", "", 0, false
	}
	frac, to := plainDigits(text, end+1)
	return whole, frac, to, len(frac) > 0 && len(frac) != 3
}

// exponent reads e3, E-4, or × 10^5.
func exponent(text string, i int) (exp string, end int, ok bool) {
	rest := text[i:]
	var from int
	switch {
	case strings.HasPrefix(rest, "e") || strings.HasPrefix(rest, "E"):
		from = i + 1
	default:
		for _, times := range []string{" × 10^", "×10^", " x 10^", " \\times 10^", "\\times 10^", "*10^", " * 10^"} {
			if strings.HasPrefix(rest, times) {
				from = i + len(times)
				break
			}
		}
		if from == 0 {
			return "", 0, false
		}
		if strings.HasPrefix(text[from:], "{") {
			from++
		}
	}
	sign := ""
	if from < len(text) && (text[from] == '-' || text[from] == '+') {
		sign, from = text[from:from+1], from+1
	}
	digits, end := plainDigits(text, from)
	if len(digits) == 0 || len(digits) > 2 || end < len(text) && isLetter(text[end]) {
		return "", 0, false
	}
	if strings.HasPrefix(text[end:], "}") {
		end++
	}
	return sign + digits, end, true
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// denominator reads /4 of 3/4; a second slash makes it a date.
func denominator(text string, i int) (string, int, bool) {
	if !strings.HasPrefix(text[i:], "/") {
		return "", 0, false
	}
	den, end := plainDigits(text, i+1)
	if len(den) == 0 || end < len(text) && (text[end] == '/' || text[end] == '.' && end+1 < len(text) && isDigit(text[end+1])) {
		return "", 0, false
	}
	return den, end, true
}

// mixedFraction reads 1/2 of 1 1/2, and ½ of 1½.
func mixedFraction(text string, i int, whole string) (string, int, bool) {
	if len(whole) > 6 {
		return "", 0, false
	}
	var f string
	end := i
	if i+2 <= len(text) && vulgar[text[i:i+2]] != "" {
		f, end = vulgar[text[i:i+2]], i+2
	} else if strings.HasPrefix(text[i:], " ") {
		num, to := plainDigits(text, i+1)
		den, to2, ok := denominator(text, to)
		if num == "" || !ok || len(num) > 2 || len(den) > 3 {
			return "", 0, false
		}
		f, end = num+"/"+den, to2
	} else {
		return "", 0, false
	}
	a, ok1 := new(big.Rat).SetString(whole)
	if strings.HasSuffix(f, "/0") {
		return "", 0, false
	}
	b, ok2 := new(big.Rat).SetString(f)
	if !ok1 || !ok2 || b.Cmp(big.NewRat(1, 1)) >= 0 {
		return "", 0, false
	}
	return a.Add(a, b).RatString(), end, true
}

// negative reports whether a sign stands before the numeral at i, with a currency
// symbol or a backslash between them at most.
func negative(text string, i int) bool {
	before := text[:i]
	for {
		r, n := utf8.DecodeLastRuneInString(before)
		if !unicode.Is(unicode.Sc, r) && r != '\\' {
			break
		}
		before = before[:len(before)-n]
	}
	r, n := utf8.DecodeLastRuneInString(before)
	if r != '-' && r != '\u2212' && r != '\u2013' {
		return false
	}
	before = before[:len(before)-n]
	p, _ := utf8.DecodeLastRuneInString(before)
	switch {
	case before == "":
		return true
	case unicode.IsLetter(p), unicode.IsDigit(p), strings.ContainsRune(")]}%-", p), unicode.Is(unicode.Sc, p) && r != '-':
		return false // 16-3, A-4, --5
	}
	if p == ' ' { // "16 - 3" subtracts; "is -3" does not
		q, _ := utf8.DecodeLastRuneInString(strings.TrimRight(before, " "))
		spaced := i < len(text) && strings.HasSuffix(text[:i], " ")
		return !(spaced && (unicode.IsDigit(q) || q == ')'))
	}
	return true
}
