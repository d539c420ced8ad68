package claim

import (
	"errors"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"quality(a) >= quality(a@baseline) - 0.01":                    "quality(a) - quality(a@baseline) >= -0.01",
		"cost(difficulty) <= 1.05 * cost(difficulty@baseline)":        "cost(difficulty) - 1.05 * cost(difficulty@baseline) <= 0",
		"quality(a, category=math) > 90%":                             "quality(a, category=math) > 0.9",
		"0.5 >= share(by-repo, gpt-5-mini)":                           "-share(by-repo, gpt-5-mini) >= -0.5",
		"within(a, 2000) >= 0.95":                                     "within(a, 2000) >= 0.95",
		"2 * (quality(a) - quality(openai/gpt-4.1:free)) >= 1e-3":     "2 * quality(a) - 2 * quality(openai/gpt-4.1:free) >= 0.001",
		`quality("odd, name") >= 0.5`:                                 `quality("odd, name") >= 0.5`,
		`quality("@cf/meta"@baseline, category="a, (b)") >= 0.5`:      `quality("@cf/meta"@baseline, category="a, (b)") >= 0.5`,
		`share(a@"my night", "x=y") <= 0.5`:                           `share(a@my night, "x=y") <= 0.5`,
		"p95(a) <= 1500":                                              "p95(a) <= 1500",
		"quality(a, category=*) >= 0.9 * quality(strong, category=*)": "quality(a, category=*) - 0.9 * quality(strong, category=*) >= 0",
		"quality(difficulty@20261124-130501-a3f2) >= 0.5":             "quality(difficulty@20261124-130501-a3f2) >= 0.5",
		"-cost(a) + cost(b) - 0.5 * cost(c)>=0":                       "-cost(a) + cost(b) - 0.5 * cost(c) >= 0",
	} {
		c, err := Parse(text, false)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := c.String(); got != want {
			t.Errorf("%s\nread as %s\nwant    %s", text, got, want)
		}
	}
}

func TestObjectivesSpeakOfThePolicyItself(t *testing.T) {
	cs, err := ParseAll("quality >= 0.97 * quality(strong-model) and within(2000) >= 0.9 and share(gpt-4) <= 0.3 and quality(category=math) >= 0.5", true)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range cs {
		got = append(got, c.String())
	}
	want := "quality - 0.97 * quality(strong-model) >= 0; within(2000) >= 0.9; share(gpt-4) <= 0.3; quality(category=math) >= 0.5"
	if s := strings.Join(got, "; "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
	if col := cs[2].Terms[0].Column; col != 69 {
		t.Errorf("share stands at column %d, want 69", col)
	}
}

func TestErrorsPointAtTheColumn(t *testing.T) {
	for text, want := range map[string]string{
		"qualty(a) >= 1":               `column 1: found "qualty", did you mean "quality"?`,
		"quality(a) >= cost(b)":        "column 15: found cost (US dollars) beside quality (quality), expected one unit",
		"quality(a) * quality(b) >= 1": "column 13: found a metric times a metric, expected a number on one side",
		"cost(a) / cost(b) <= 0.5":     "column 9: found a division, expected a product: write A <= 0.5 * B in place of A / B <= 0.5",
		"quality(a) = 1":               `column 12: found "=", expected >=, <=, > or <`,
		"quality >= 1":                 "column 1: found quality without a policy, expected quality(POLICY)",
		"quality(a >= 1":               "column 15: found the end, expected ) to close the quality of column 1",
		"1 >= 2":                       "column 1: found no metric",
		"p95(a) + p95(b) <= 3":         "column 1: found p95 beside another metric",
		"quality(a) >= 1 )":            `column 17: found ")" after the claim, expected its end`,
		"":                             "column 1: found the end, expected a number or one of quality",
		"quality() >= 1":               `column 9: found ")", expected a policy or model`,
		"within(a, soon) >= 1":         `column 1: found within "soon", expected milliseconds`,
		"quality(a) >= 1e999":          `column 15: found "1e999", expected a finite number`,
		"1e300*1e300*quality(a) >= 1":  "column 13: found a factor or bound that is not a finite number",
		"quality(a) >= 1e308 * 1e308":  "column 1: found a factor or bound that is not a finite number",
		"quality(@cf/meta) >= 1":       `column 9: found "@cf/meta", expected a policy or model before the @`,
		"quality(a@) >= 1":             "column 9: found nothing behind the @ of a, expected baseline or a run",
		`quality("a"@) >= 1`:           "column 9: found nothing behind the @ of a, expected baseline or a run",
		`quality(a, category="b) >= 1`: "column 21: found a quote that is not closed",
	} {
		_, err := Parse(text, false)
		var at *Error
		if !errors.As(err, &at) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
	}
}

// Any text is read or refused, never a panic.
func FuzzParse(f *testing.F) {
	f.Add("quality(a, category=b) >= 0.9 * quality(c@d) - 1%")
	f.Add("within('a', 2) < (1")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text, true)
		if err != nil {
			return
		}
		if strings.Contains(text, `"`) && strings.Contains(text, "'") {
			return // a name with quotes of both kinds cannot be written
		}
		if again, err := Parse(c.String(), true); err != nil || again.String() != c.String() {
			t.Errorf("%q reads as %s and that as %s, %v", text, c, again, err)
		}
	})
}
