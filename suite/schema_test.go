package suite_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"waymark/datasets/demo"
	"waymark/suite"
)

// The published schema is a schema, takes the suites that Load takes, and refuses
// what it refuses.
func TestSchemaAgreesWithLoad(t *testing.T) {
	text, err := json.Marshal(suite.JSONSchema())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("waymark.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("waymark.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		text string
		ok   bool
	}{
		"demo":        {demo.SuiteYAML, true},
		"bare scorer": {"dataset: d\npolicies: [{name: t, type: threshold, scorer: length, weak: a, strong: b, threshold: 0.5}]\n", true},
		"unknown key": {"dataset: d\npolicy: []\npolicies: [{name: t, type: fixed, model: a}]\n", false},
		"no dataset":  {"policies: [{name: t, type: fixed, model: a}]\n", false},
		"type":        {"dataset: d\npolicies: [{name: t, type: fixt, model: a}]\n", false},
		"wrong key":   {"dataset: d\npolicies: [{name: t, type: fixed, modle: a}]\n", false},
		"holes":       {"dataset: d\nholes: maybe\npolicies: [{name: t, type: fixed, model: a}]\n", false},
		"no lint":     {"dataset: d\nleakage: off\npolicies: [{name: t, type: fixed, model: a}]\n", true},
		"lint":        {"dataset: d\nleakage: {similarity: 0.9}\npolicies: [{name: t, type: fixed, model: a}]\n", true},
		"lint on":     {"dataset: d\nleakage: on\npolicies: [{name: t, type: fixed, model: a}]\n", false},
		"too alike":   {"dataset: d\nleakage: {similarity: 0.2}\npolicies: [{name: t, type: fixed, model: a}]\n", false},
		"lint key":    {"dataset: d\nleakage: {similarty: 0.9}\npolicies: [{name: t, type: fixed, model: a}]\n", false},
		"knob":        {"dataset: d\npolicies: [{name: t, type: threshold, scorer: length, weak: a, strong: b, threshold: high}]\n", false},
	} {
		var v any
		if err := yaml.Unmarshal([]byte(x.text), &v); err != nil {
			t.Fatal(err)
		}
		bySchema := schema.Validate(v)
		_, byLoad := suite.Parse("s.yaml", []byte(x.text))
		if (bySchema == nil) != x.ok || (byLoad == nil) != x.ok {
			t.Errorf("%s: schema says %v, Load says %v", name, bySchema, byLoad)
		}
	}
}
