package policies

import (
	"waymark"
	"waymark/internal/yamlfile"

	"go.yaml.in/yaml/v3"
)

// AnyPolicy is a policy within another: its type, and the keys of that type.
type AnyPolicy struct{ Config }

// DecodeYAML reads a mapping with type.
func (a *AnyPolicy) DecodeYAML(doc *yamlfile.Doc, n *yaml.Node) error {
	return doc.DecodeVariant(n, "policy", kindNames(), func(kind string) any {
		for _, k := range Kinds {
			if k.Name == kind {
				a.Config = k.New()
			}
		}
		return a.Config
	}, nil)
}

func kindNames() []string {
	names := make([]string, len(Kinds))
	for i, k := range Kinds {
		names[i] = k.Name
	}
	return names
}

// Schema says what types there are. Their keys are not said a second time, since a policy may stand
// within itself.
func (*AnyPolicy) Schema() map[string]any {
	return map[string]any{
		"type": "object", "required": []string{"type"},
		"properties": map[string]any{"type": map[string]any{"enum": kindNames()}},
	}
}

// mostNested is how deep policies may stand within each other.
const mostNested = 3

// build makes the policy as the part of another that key names.
func (a AnyPolicy) build(in Inputs, key string) (waymark.Policy, error) {
	if a.Config == nil {
		return nil, fieldf([]any{key}, "no policy is given, expected one: a mapping with type")
	}
	if in.nested++; in.nested > mostNested {
		return nil, fieldf([]any{key}, "found policies within policies more than %d deep", mostNested)
	}
	p, err := a.Build(in.within(key))
	if fe, ok := err.(*FieldError); ok {
		return nil, &FieldError{Path: append([]any{key}, fe.Path...), Msg: fe.Msg, Outage: fe.Outage}
	}
	if err != nil {
		return nil, err
	}
	switch p.(type) {
	case waymark.Sweeper, waymark.OneShotCuts, waymark.Staged:
		return nil, fieldf([]any{key}, "found a policy whose knob is swept, expected a number: only the policy of a suite itself can be swept")
	}
	return p, nil
}
