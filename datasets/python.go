package datasets

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// pythonStrings reads a Python list of string literals, such as ['a', "it's"]. A
// text that is not one is a list of itself.
func pythonStrings(text string) []string {
	s := strings.TrimSpace(text)
	if !strings.HasPrefix(s, "[") || !strings.HasSuffix(s, "]") {
		return []string{text}
	}
	rest := strings.TrimSpace(s[1 : len(s)-1])
	out := []string{}
	for rest != "" {
		value, after, ok := pythonString(rest)
		if !ok {
			return []string{text}
		}
		out = append(out, value)
		rest = strings.TrimSpace(after)
		if rest == "" {
			break
		}
		if !strings.HasPrefix(rest, ",") {
			return []string{text}
		}
		rest = strings.TrimSpace(rest[1:])
	}
	return out
}

// pythonString reads one quoted string and what follows it.
func pythonString(s string) (value, rest string, ok bool) {
	if s == "" || s[0] != '\'' && s[0] != '"' {
		return "", "", false
	}
	quote := s[0]
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case quote:
			return b.String(), s[i+1:], true
		case '\\':
			n := pythonEscape(s[i:], &b)
			if n == 0 {
				return "", "", false
			}
			i += n - 1
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", false
}

var pythonEscapes = map[byte]string{'n': "\n", 't': "\t", 'r': "\r", '\\': "\\", '\'': "'", '"': "\"", 'a': "\a", 'b': "\b", 'f': "\f", 'v': "\v", '\n': "", '0': "\x00"}

// pythonEscape writes what an escape stands for and returns its length, 0 if it is
// cut off. An escape that Python does not know stands for itself.
func pythonEscape(s string, b *strings.Builder) int {
	if len(s) < 2 {
		return 0
	}
	if digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[1]]; digits > 0 {
		if len(s) < 2+digits {
			return 0
		}
		code, err := strconv.ParseUint(s[2:2+digits], 16, 32)
		if err != nil || code > utf8.MaxRune {
			return 0
		}
		b.WriteRune(rune(code))
		return 2 + digits
	}
	if text, ok := pythonEscapes[s[1]]; ok {
		b.WriteString(text)
		return 2
	}
	b.WriteByte('\\')
	return 1
}
