package evaluators

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// numericPresets are rules of published harnesses, re-implemented from their
// behaviour; docs/graders.md says where they differ from each other.
var numericPresets = map[string]preset{
	"routellm.gsm8k":                 lastDigits,
	"lm-eval.gsm8k.strict-match":     lmEvalStrict,
	"gsm8k-strict":                   lmEvalStrict,
	"lm-eval.gsm8k.flexible-extract": lmEvalFlexible,
	"gsm8k-flexible":                 lmEvalFlexible,
	"simple-evals.mgsm":              simpleEvalsMGSM,
	"helm.final_number_exact_match":  helmFinalNumber,
	"inspect.match(numeric,end)":     func(text, ref string) (string, bool, bool) { return inspectNumeric(text, ref, false) },
	"inspect.match(numeric,any)":     func(text, ref string) (string, bool, bool) { return inspectNumeric(text, ref, true) },
}

var digitRun = regexp.MustCompile(`\d+`)

// lastDigits is RouteLLM's rule on GSM8K: of answer and reference alike, commas
// dropped, the last run of digits. It reads "$5.00" as 00 and "-3" as 3.
func lastDigits(text, ref string) (string, bool, bool) {
	last := func(s string) string {
		runs := digitRun.FindAllString(strings.ReplaceAll(s, ",", ""), -1)
		if len(runs) == 0 {
			return ""
		}
		return runs[len(runs)-1]
	}
	got := last(text)
	return got, got != "" && got == last(ref), got != ""
}

var (
	strictForm   = regexp.MustCompile(`#### (-?[0-9.,]+)`)
	flexibleForm = regexp.MustCompile(`-?[$0-9.,]{2,}|-?[0-9]+`)
	lmEvalIgnore = regexp.MustCompile(`,|\$|(?s:.*)#### |\.$`)
)

// lmEvalStrict takes what follows the first "#### ".
func lmEvalStrict(text, ref string) (string, bool, bool) {
	m := strictForm.FindStringSubmatch(text)
	if m == nil {
		return "", false, false
	}
	return m[1], lmEvalEqual(m[1], ref), true
}

// lmEvalFlexible takes the last thing that looks like a number.
func lmEvalFlexible(text, ref string) (string, bool, bool) {
	all := flexibleForm.FindAllString(text, -1)
	if len(all) == 0 {
		return "", false, false
	}
	last := all[len(all)-1]
	return last, lmEvalEqual(last, ref), true
}

func lmEvalEqual(got, ref string) bool {
	clean := func(s string) string { return strings.ToLower(lmEvalIgnore.ReplaceAllString(s, "")) }
	return clean(got) == clean(ref)
}

var mgsmNumber = regexp.MustCompile(`\d+\.?\d*`)

// simpleEvalsMGSM takes the last unsigned number after the last "Answer".
func simpleEvalsMGSM(text, ref string) (string, bool, bool) {
	i := strings.LastIndex(text, "Answer")
	if i < 0 {
		return "", false, false
	}
	all := mgsmNumber.FindAllString(strings.ReplaceAll(text[i+len("Answer"):], ",", ""), -1)
	if len(all) == 0 {
		return "", false, false
	}
	got := strings.TrimRight(all[len(all)-1], ".")
	plain := got
	if strings.Contains(plain, ".") {
		plain = strings.TrimRight(strings.TrimRight(plain, "0"), ".")
	}
	return got, plain == strings.ReplaceAll(ref, ",", ""), true
}

// helmNumber has an unescaped point, as HELM's does: any character may stand there.
var helmNumber = regexp.MustCompile(`-?[\d,]+(?:.\d+)?`)

func helmFinalNumber(text, ref string) (string, bool, bool) {
	last := func(s string) string {
		all := helmNumber.FindAllString(s, -1)
		if len(all) == 0 {
			return ""
		}
		return strings.ReplaceAll(all[len(all)-1], ",", "")
	}
	got := last(text)
	return got, got == last(ref), got != ""
}

// inspectNumeric compares words that are numbers to five significant digits: the
// last of them, or any. Edge punctuation is dropped, a percent sign is not.
func inspectNumeric(text, ref string, anywhere bool) (string, bool, bool) {
	want, ok := fiveDigits(inspectStrip(strings.TrimSpace(ref)))
	if !ok {
		return "", false, false
	}
	words := strings.Fields(inspectStrip(text))
	got := ""
	for i := len(words) - 1; i >= 0; i-- {
		n, ok := fiveDigits(strings.Trim(words[i], "!?:;()[]{}'\"`~<=>@#^&|"))
		if !ok {
			continue
		}
		if got == "" {
			got = n
		}
		if n == want {
			return n, true, true
		}
		if !anywhere {
			break
		}
	}
	return got, false, got != ""
}

func inspectStrip(s string) string {
	s = strings.NewReplacer("$", "", "€", "", "£", "", ",", "", "*", "", "_", "").Replace(s)
	return strings.TrimRight(s, ".")
}

func fiveDigits(s string) (string, bool) {
	x, err := strconv.ParseFloat(strings.TrimRight(s, "."), 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return "", false
	}
	return strconv.FormatFloat(x, 'g', 5, 64), true
}
