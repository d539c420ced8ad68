package secret_test

import (
	"encoding/json"
	"strings"
	"testing"

	"waymark/internal/secret"
)

func TestMask(t *testing.T) {
	v := secret.Of(`sk-a/b<"c">é`, "Bearer tok-123456", "abcd1234", "1234efgh", "xyz", "")
	for text, want := range map[string]string{
		"":                                      "",
		"nothing here, bearer none":             "nothing here, bearer none",
		`key sk-a/b<"c">é!`:                     "key …!",
		`{"e":"sk-a/b<\"c\">é"}`:                `{"e":"…"}`,
		`{"e":"sk-a\/b<\"c\">é"}`:               `{"e":"…"}`,
		`{"e":"sk-a/b\u003c\"c\"\u003e\u00e9"}`: `{"e":"…"}`,
		`{"e":"sk-a/b<\"c\">\u00e9"}`:           `{"e":"…"}`,
		"Bearer tok-123456":                     "…",
		"tok-123456tok-123456":                  "…",
		"abcd1234efgh":                          "…", // one value overlaps another
		"xyz":                                   "xyz",
	} {
		if got := v.Mask(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	var none *secret.Values
	if none.Mask("a") != "a" || none.MaskCut("a") != "a" || none.In("a") || none.Longest() != 0 {
		t.Error("nil hides something")
	}
}

// A text that was cut may end within a value: what is there of it is hidden too, down to
// what is in many words.
func TestMaskCut(t *testing.T) {
	v := secret.Of("sk-secret-123")
	for text, want := range map[string]string{
		"key sk-secret-12": "key …", "key sk-s": "key …", "key sk-": "key sk-", "sk-secret-123 sk-secr": "… …", "sk-secret": "…", "all is well": "all is well",
	} {
		if got := v.MaskCut(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func FuzzMask(f *testing.F) {
	f.Add("sk-secret", "a sk-secret b", true)
	f.Add("abab", "ababab", false)
	f.Add("a\"\x00\xff<é😀", "x", true)
	f.Fuzz(func(t *testing.T, key, text string, quoted bool) {
		v := secret.Of(key)
		told := text + key + text
		if quoted {
			b, err := json.Marshal(told)
			if err != nil {
				t.Fatal(err)
			}
			told = string(b)
		}
		got := v.Mask(told)
		if len(key) >= secret.Shortest && !strings.Contains("…", key) && strings.Contains(got, key) {
			t.Errorf("%q is in %q", key, got)
		}
		if v.MaskCut(told) == "" && told != "" {
			t.Errorf("nothing is left of %q", told)
		}
	})
}
