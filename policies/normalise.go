package policies

import (
	"bytes"
	"encoding/json"
	"math/big"
	"regexp"
	"strings"
)

// normalisers say what an answer is counted as in a vote; ok is false for an answer that
// has nothing of the kind, and votes for none.
var normalisers = map[string]func(text string) (vote string, ok bool){
	"text": sameText, "number": lastNumber, "choice": lastChoice, "json": sameJSON,
}

// mostReply is how much of an answer is looked at, from its end where the answer is expected.
const mostReply = 200_000

func tail(text string) string {
	if len(text) > mostReply {
		text = text[len(text)-mostReply:]
	}
	return strings.ToValidUTF8(text, "")
}

// sameText is the text in lower case, with single spaces, and without a full stop or mark at the end.
func sameText(text string) (string, bool) {
	s := strings.Join(strings.Fields(strings.ToLower(tail(text))), " ")
	s = strings.TrimRight(s, ".!?。 ")
	return s, s != ""
}

var numeral = regexp.MustCompile(`[-−]?\d[\d,]*(?:\.\d+)?|[-−]?\.\d+`)

// mostDigits is how long a number may be that is counted.
const mostDigits = 400

// lastNumber is the last number of the text, whose thousands may be set apart by commas: 1,200.0 and 1200 are one vote.
func lastNumber(text string) (string, bool) {
	all := numeral.FindAllString(tail(text), -1)
	if len(all) == 0 {
		return "", false
	}
	s := strings.ReplaceAll(strings.Replace(all[len(all)-1], "−", "-", 1), ",", "")
	x, ok := new(big.Rat), len(s) <= mostDigits
	if ok {
		x, ok = x.SetString(s)
	}
	if !ok {
		return "", false
	}
	return x.RatString(), true
}

// What announces a choice, the surest first.
var choices = []*regexp.Regexp{
	regexp.MustCompile(`\\boxed\{[\s{(]*(?:\\text\{)?[\s({]*([A-J])[\s)}]*\}`),
	regexp.MustCompile(`(?i:answer|choice|option)(?i:\s+is)?\s*[:=]?\s*\**\(?([A-J])\b`),
	regexp.MustCompile(`\(([A-J])\)`),
	regexp.MustCompile(`(?m)^\W*([A-J])\W*(?:$|[.):]\s)`),
}

// lastChoice is a letter from A to J: the last in \boxed{}, else the last after "answer", "choice" or
// "option", else the last in brackets, else the last that begins a line and stands alone there or before a mark.
func lastChoice(text string) (string, bool) {
	text = tail(text)
	for _, re := range choices {
		if all := re.FindAllStringSubmatch(text, -1); len(all) > 0 {
			return all[len(all)-1][1], true
		}
	}
	return "", false
}

// sameJSON is the JSON that the text is, or that stands in its only code fence, with keys sorted and no spaces.
func sameJSON(text string) (string, bool) {
	dec := json.NewDecoder(strings.NewReader(unfenced(tail(text))))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil || dec.More() {
		return "", false
	}
	b, err := json.Marshal(v)
	return string(b), err == nil
}

var fence = regexp.MustCompile("(?s)^[^`]*```[a-zA-Z]*\\s*\n(.*?)```[^`]*$")

// unfenced is what stands in a text's only code fence, or the text.
func unfenced(text string) string {
	if m := fence.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	return string(bytes.TrimSpace([]byte(text)))
}
