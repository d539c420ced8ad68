package datasets

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPythonStrings(t *testing.T) {
	for text, want := range map[string][]string{
		`['a']`:                      {"a"},
		`["it's", 'say "x"']`:        {"it's", `say "x"`},
		`['a\n\'b\'\\', 'c']`:        {"a\n'b'\\", "c"},
		`['\x41\u00e9\U0001F600\q']`: {"Aé😀\\q"},
		`[ 'a' , 'b', ]`:             {"a", "b"},
		`[]`:                         {},
		`plain`:                      {"plain"},
		`[1, 2]`:                     {"[1, 2]"},
		`['open]`:                    {"['open]"},
		`['a' 3]`:                    {"['a' 3]"},
		``:                           {""},
	} {
		if diff := cmp.Diff(want, pythonStrings(text)); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

// quotePython writes a text as Python's repr would, in single quotes.
var quotePython = strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

// Whatever the text, the parser does not fail, and a list that was written from two
// texts is read back as those two.
func FuzzPythonStrings(f *testing.F) {
	for _, s := range []string{"", "a", `['a', "b"]`, `['\x4`, `['\`, "[", "[']", `["\U00110000"]`, "it's \\ \n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		pythonStrings(s)
		list := "['" + quotePython.Replace(s) + "', '" + quotePython.Replace(s) + "']"
		if diff := cmp.Diff([]string{s, s}, pythonStrings(list)); diff != "" {
			t.Fatalf("%q: %s", list, diff)
		}
	})
}
