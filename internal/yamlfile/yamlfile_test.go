package yamlfile_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"waymark/internal/yamlfile"
)

type inner struct {
	Share *float64 `yaml:"share"`
	Names []string `yaml:"names"`
}

type colour struct{ name string }

func (c *colour) DecodeYAML(d *yamlfile.Doc, n *yaml.Node) error {
	if n.Value != "red" && n.Value != "blue" {
		return d.ErrorAt(n, "found %q, expected red or blue", n.Value)
	}
	c.name = n.Value
	return nil
}

type file struct {
	Name   string             `yaml:"name" required:"true"`
	Count  int                `yaml:"count"`
	Price  float64            `yaml:"price"`
	Inner  *inner             `yaml:"inner"`
	Table  map[string]float64 `yaml:"table"`
	Colour colour             `yaml:"colour"`
	Raw    yaml.Node          `yaml:"raw"`
}

func TestDecode(t *testing.T) {
	var f file
	doc, err := yamlfile.Decode("x.yaml", []byte("name: 3\ncount: 4\nprice: 1e-6\ninner: &a {share: .5, names: [a, b]}\ntable: {x: 1}\ncolour: red\nraw: [1, {k: v}]\n"), &f)
	if err != nil {
		t.Fatal(err)
	}
	if f.Name != "3" || f.Count != 4 || f.Price != 1e-6 || *f.Inner.Share != 0.5 || f.Inner.Names[1] != "b" || f.Table["x"] != 1 || f.Colour.name != "red" {
		t.Errorf("decoded %+v", f)
	}
	if line, column := doc.Position("raw", 1, "k"); line != 7 || column != 14 {
		t.Errorf("position %d:%d, want 7:14", line, column)
	}
	if got := doc.Errorf([]any{"inner", "names", 7}, "gone").Error(); got != "x.yaml:4:30: gone" {
		t.Errorf("blame: %s", got)
	}
}

func TestMistakesHavePlaces(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"name: a\ncuont: 3\n", `x.yaml:2:1: found unknown key "cuont"; did you mean "count"?`},
		{"name: a\nzzz: 3\n", `x.yaml:2:1: found unknown key "zzz", expected one of colour, count, inner, name, price, raw, table`},
		{"count: 3\n", `x.yaml:1:1: the key "name" is missing`},
		{"name: a\ncount: many\n", `x.yaml:2:8: found "many", expected a whole number`},
		{"name: a\nprice: .nan\n", `x.yaml:2:8: found ".nan", expected a number`},
		{"name: a\nname: b\n", `x.yaml:2:1: found key "name" a second time`},
		{"name: a\ntable: {x: 1, x: 2}\n", `x.yaml:2:15: found key "x" a second time`},
		{"name: a\ninner: [1]\n", `x.yaml:2:8: found a list, expected a mapping`},
		{"name: a\ninner: {names: b}\n", `x.yaml:2:16: found "b", expected a list`},
		{"name: a\ncolour: green\n", `x.yaml:2:9: found "green", expected red or blue`},
		{"name:\n", `x.yaml:1:6: found nothing, expected text`},
		{"name: a\n  bad: [\n", `x.yaml:2:1: not YAML: `},
		{"", `x.yaml:1:1: the file is empty`},
		{"- a\n", `x.yaml:1:1: found a list, expected a mapping`},
		{"name: a\n---\nname: b\n", `x.yaml: found a second document, expected one`},
	} {
		var f file
		_, err := yamlfile.Decode("x.yaml", []byte(c.text), &f)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: %v\nwant %s", c.text, err, c.want)
		}
	}
}

func TestAllMistakesAreReportedAtOnce(t *testing.T) {
	var f file
	_, err := yamlfile.Decode("x.yaml", []byte("count: a\nprice: b\ninner: {share: c}\n"), &f)
	if diff := cmp.Diff(strings.Split(err.Error(), "\n"), []string{
		`x.yaml:1:8: found "a", expected a whole number`,
		`x.yaml:2:8: found "b", expected a number`,
		`x.yaml:3:16: found "c", expected a number`,
		`x.yaml:1:1: the key "name" is missing`,
	}); diff != "" {
		t.Error(diff)
	}
}

// A file whose aliases expand without end is refused quickly.
func TestAliasBomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("a00: &a00 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 12; i++ {
		b.WriteString("a" + name(i) + ": &a" + name(i) + " [" + strings.TrimSuffix(strings.Repeat("*a"+name(i-1)+", ", 10), ", ") + "]\n")
	}
	var f file
	if _, err := yamlfile.Decode("x.yaml", []byte(b.String()), &f); err == nil || !strings.Contains(err.Error(), "expands to more than") {
		t.Errorf("error %v", err)
	}
	deep := "name: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000)
	if _, err := yamlfile.Decode("x.yaml", []byte(deep), &f); err == nil {
		t.Error("5,000 levels of nesting passed")
	}
}

func name(i int) string { return string(rune('0'+i/10)) + string(rune('0'+i%10)) }

func TestNearest(t *testing.T) {
	among := []string{"gpt-5-mini", "gpt-5", "threshold"}
	for word, want := range map[string]string{"gpt5-mini": "gpt-5-mini", "treshold": "threshold", "zebra": "", "": ""} {
		if got := yamlfile.Nearest(word, among); got != want {
			t.Errorf("nearest to %q is %q, want %q", word, got, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("name: a\ninner: {share: .5}\n"))
	f.Add([]byte("name: &a [*a]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var v file
		if _, err := yamlfile.Decode("x.yaml", text, &v); err == nil && v.Name == "" && !strings.Contains(string(text), "name") {
			t.Error("a file without its required key passed")
		}
	})
}

// A fraction is no whole number, and nothing is no value.
func TestFractionsAndNothingAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"name: x\ncount: 2.9\n":  `x.yaml:2:8: found "2.9", expected a whole number`,
		"name: x\ncount: 1e3\n":  `expected a whole number`,
		"name: x\ncolour:\n":     `expected a value`,
		"name: x\ncolour: ~\n":   `x.yaml:2:9: found nothing, expected a value`,
		"name: x\ncount: null\n": `found nothing, expected a whole number`,
	} {
		var f file
		if _, err := yamlfile.Decode("x.yaml", []byte(text), &f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, expected one that says %q", text, err, want)
		}
	}
}
