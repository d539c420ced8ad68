package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	jsonv2 "github.com/go-json-experiment/json"

	"waymark"
	"waymark/internal/secret"
	"waymark/internal/yamlfile"
)

// A Reply is a router's line, attributed to the question with number N and not
// checked any further.
type Reply struct {
	N      int64
	fields map[string]json.RawMessage
	heard
}

// heard is what came from outside, which may have in it what it was given and must not
// be told.
type heard struct{ secrets *secret.Values }

// ParseReply attributes a line. Its error is a line that belongs to no question. No text
// of the reply tells a secret, nor does an error.
func ParseReply(line []byte, secrets *secret.Values) (*Reply, error) {
	r := &Reply{heard: heard{secrets}}
	if err := strict(line, &r.fields); err != nil {
		if err = strict(quoteNaN(line), &r.fields); err != nil {
			return nil, fmt.Errorf("the router wrote a line that is not a JSON object: %s", r.clip(string(line)))
		}
	}
	raw, ok := r.fields["n"]
	if !ok && r.fields["ready"] != nil {
		return r, nil // the answer to hello may leave its number, 0, out
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if !ok || err != nil {
		return nil, fmt.Errorf("the router wrote a line without the number n of a question: %s", r.clip(string(line)))
	}
	r.N = n
	return r, nil
}

// strict decodes JSON, in which a name may stand once only.
func strict(text []byte, into any) error { return jsonv2.Unmarshal(text, into) }

// quoteNaN makes text of the bare NaN and Infinity that some languages write, so
// that they are a mistake of their row and not of the whole line.
func quoteNaN(line []byte) []byte {
	var out []byte
	inside := false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case inside && c == '\\' && i+1 < len(line):
			out = append(out, c, line[i+1])
			i++
			continue
		case c == '"':
			inside = !inside
		case !inside:
			if word := bareWord(line[i:]); word != "" {
				out = strconv.AppendQuote(out, word)
				i += len(word) - 1
				continue
			}
		}
		out = append(out, c)
	}
	return out
}

func bareWord(text []byte) string {
	for _, word := range []string{"NaN", "Infinity", "-Infinity", "-NaN"} {
		if bytes.HasPrefix(text, []byte(word)) {
			return word
		}
	}
	return ""
}

// clip is the beginning of what a router wrote, for an error.
func (h heard) clip(text string) string {
	text = h.secrets.Mask(text)
	s := strings.ToValidUTF8(text[:min(len(text), 4*MaxText)], "\uFFFD")
	if utf8.RuneCountInString(s) > MaxText {
		s = string([]rune(s)[:MaxText]) + "…"
	}
	return strconv.Quote(s)
}

// failure is the error that the router itself reports in a reply, or "".
func (r *Reply) failure() string {
	raw, ok := r.fields["error"]
	if !ok {
		return ""
	}
	text, err := r.textOf(raw, "error")
	if err != nil || text == "" {
		return "the router reports an error"
	}
	return "the router reports: " + text
}

// textOf is a text of at most MaxText characters, on one line. null is "".
func (h heard) textOf(raw json.RawMessage, name string) (string, error) {
	if raw == nil || string(raw) == "null" {
		return "", nil
	}
	var s string
	if err := strict(raw, &s); err != nil {
		return "", h.wrong(raw, name, "text")
	}
	s = strings.Join(strings.Fields(h.secrets.Mask(s)), " ")
	if utf8.RuneCountInString(s) > MaxText {
		s = string([]rune(s)[:MaxText]) + "…"
	}
	return s, nil
}

// numberOf is a finite number; NaN where there is none.
func (h heard) numberOf(raw json.RawMessage, name string) (float64, error) {
	if raw == nil || string(raw) == "null" {
		return math.NaN(), nil
	}
	var x float64
	if err := strict(raw, &x); err != nil || math.IsInf(x, 0) {
		return 0, h.wrong(raw, name, "a finite number")
	}
	return x, nil
}

// amountOf is a number of at least 0; NaN where there is none.
func (h heard) amountOf(raw json.RawMessage, name string) (float64, error) {
	x, err := h.numberOf(raw, name)
	if err == nil && x < 0 {
		err = h.wrong(raw, name, "a number of at least 0")
	}
	return x, err
}

func (h heard) wrong(raw json.RawMessage, name, expected string) error {
	return fmt.Errorf("found %s: %s, expected %s", name, h.clip(string(raw)), expected)
}

// Spent is what a router says that it spent on a decision.
type Spent struct {
	Cost    waymark.Cost
	Latency time.Duration
	Timed   bool // it said how long it took
}

// spentOf reads cost_usd and latency_ms.
func (h heard) spentOf(fields map[string]json.RawMessage) (s Spent, err error) {
	usd, err := h.amountOf(fields["cost_usd"], "cost_usd")
	if err != nil {
		return s, err
	}
	if !math.IsNaN(usd) {
		d, err := waymark.Dollars(usd)
		if err != nil {
			return s, h.wrong(fields["cost_usd"], "cost_usd", "an amount below 9.2 million dollars")
		}
		s.Cost = waymark.Paid(d)
	}
	ms, err := h.amountOf(fields["latency_ms"], "latency_ms")
	if err != nil {
		return s, err
	}
	if ms > maxMS {
		return s, h.wrong(fields["latency_ms"], "latency_ms", "less than a day")
	}
	if s.Timed = !math.IsNaN(ms); s.Timed {
		s.Latency = time.Duration(ms * float64(time.Millisecond))
	}
	return s, nil
}

const maxMS = 24 * 3600 * 1000

// modelOf is a model among some.
func (h heard) modelOf(raw json.RawMessage, among []waymark.ModelID) (waymark.ModelID, error) {
	var name string
	if raw == nil {
		return "", fmt.Errorf("no model is named")
	}
	if err := strict(raw, &name); err != nil {
		return "", h.wrong(raw, "model", "the name of a model")
	}
	return h.known(name, among)
}

// Known finds a model among some by its exact name. It never guesses: the nearest
// name is only told.
func Known(name string, among []waymark.ModelID) (waymark.ModelID, error) {
	return heard{}.known(name, among)
}

func (h heard) known(name string, among []waymark.ModelID) (waymark.ModelID, error) {
	names := make([]string, len(among))
	for i, m := range among {
		if names[i] = string(m); names[i] == name {
			return m, nil
		}
	}
	near := ""
	if x := yamlfile.Nearest(name, names); x != "" {
		near = fmt.Sprintf("; did you mean %q?", x)
	}
	return "", fmt.Errorf("found model %s, expected one of the pool's %d%s", h.clip(name), len(among), near)
}
