package evaluators

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// statements introduce an answer.
var statements = []string{"answer is", "answer:", "answer =", "answer would be", "answer should be", "answer will be"}

// stated is the number of the last sentence that says what the answer is: the one
// after its last "=" if it computes, else its first.
func stated(text string, all []number) (number, bool) {
	lower := lowerASCII(text)
	at, length := -1, 0
	for _, s := range statements {
		if i := strings.LastIndex(lower, s); i > at {
			at, length = i, len(s)
		}
	}
	if at < 0 {
		return number{}, false
	}
	from := at + length
	to := from + sentenceEnd(text[from:])
	if eq := strings.LastIndex(text[from:to], "="); eq >= 0 {
		if n, ok := firstFrom(text[:to], all, from+eq, 1); ok && n.end <= to {
			return n, true
		}
	}
	n, ok := firstFrom(text, all, from, 2)
	return n, ok && n.start <= to+1
}

// sentenceEnd is the length of the first sentence: up to a line's end, or a full
// stop before a space.
func sentenceEnd(s string) int {
	s2 := strings.TrimLeft(s, " \n\t*:")
	skip := len(s) - len(s2)
	for i := 0; i < len(s2); i++ {
		if s2[i] == '\n' || s2[i] == '.' && (i+1 == len(s2) || s2[i+1] == ' ' || s2[i+1] == '\n') {
			return skip + i
		}
	}
	return len(s)
}

// lowerASCII lowers A to Z alone, byte by byte, so that positions stay as they are.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// inLastLine is the number after the last "=" of the last line that has a number,
// or its only amount of money, unless ", so" draws another conclusion from that.
func inLastLine(text string, all []number) (number, bool) {
	last := all[len(all)-1]
	start := strings.LastIndexByte(text[:last.start], '\n') + 1
	if eq := strings.LastIndexByte(text[start:last.start], '='); eq >= 0 {
		n, ok := firstFrom(text, all, start+eq, 1)
		return n, ok && !computes(text[n.end:])
	}
	var money []number
	for _, n := range all {
		if n.start >= start && isMoney(text, n) {
			money = append(money, n)
		}
	}
	if len(money) != 1 || strings.Contains(text[money[0].end:], ", so ") {
		return number{}, false // none, several, or a premise
	}
	return money[0], true
}

// computes reports whether an operator goes on behind a number, so that it is a
// part of an expression and not its result.
func computes(rest string) bool {
	rest = strings.TrimLeft(rest, " ")
	for _, op := range []string{"+ ", "- ", "* ", "× ", "/ ", "− "} {
		if strings.HasPrefix(rest, op) {
			return true
		}
	}
	return false
}

// isMoney reports whether a currency symbol stands before a number.
func isMoney(text string, n number) bool {
	r, _ := utf8.DecodeLastRuneInString(text[:n.start])
	return unicode.Is(unicode.Sc, r)
}
