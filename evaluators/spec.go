package evaluators

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sort"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"

	"waymark/internal/yamlfile"
)

// A SpecError blames a part of a specification: Path leads to it.
type SpecError struct {
	Path []any
	Msg  string
}

func (e *SpecError) Error() string {
	var b strings.Builder
	for _, p := range e.Path {
		if i, ok := p.(int); ok {
			fmt.Fprintf(&b, "[%d]", i)
		} else {
			fmt.Fprintf(&b, ".%v", p)
		}
	}
	if b.Len() == 0 {
		return e.Msg
	}
	return strings.TrimPrefix(b.String(), ".") + ": " + e.Msg
}

func specf(path []any, format string, args ...any) error {
	return &SpecError{Path: path, Msg: fmt.Sprintf(format, args...)}
}

// options are the keys that a grader of any kind may have.
type options struct {
	Weight       *float64 `json:"weight,omitempty"`        // in a list, of this grader's score
	Threshold    *float64 `json:"threshold,omitempty"`     // the score from which on the answer counts as right: the grade is then 0 or 1
	KeepThinking bool     `json:"keep_thinking,omitempty"` // judge what stands in <think> too
}

// Parse makes a grader from a specification, as a decoder of YAML or JSON gives
// it: a name, an object with type (or all, or any), or a list, whose grade is the
// weighted mean. Errors are of type *SpecError.
func Parse(spec any) (Named, error) { return parse(spec, nil) }

func parse(spec any, path []any) (Named, error) {
	switch s := spec.(type) {
	case string:
		return single(s, map[string]any{}, path)
	case []any:
		return many("mean", s, path)
	case map[string]any:
		return object(s, path)
	}
	return nil, specf(path, "found %s, expected a grader: a name, an object with type, or a list", describe(spec))
}

func object(s map[string]any, path []any) (Named, error) {
	for _, how := range []string{"all", "any"} {
		list, ok := s[how]
		if !ok {
			continue
		}
		parts, ok := list.([]any)
		if !ok || len(s) != 1 {
			return nil, specf(path, "found %s beside or instead of a list, expected {%s: [grader, …]}", describe(list), how)
		}
		return many(how, parts, append(path[:len(path):len(path)], how))
	}
	name, ok := s["type"].(string)
	if !ok {
		return nil, specf(path, "a grader lacks the key type, expected one of %s", strings.Join(names(), ", "))
	}
	return single(name, s, path)
}

// single makes a grader of one kind.
func single(name string, s map[string]any, path []any) (Named, error) {
	bare, negated := strings.CutPrefix(name, "not-")
	for _, k := range Kinds {
		if k.Name == bare {
			return build(k, negated, s, path)
		}
	}
	msg := fmt.Sprintf("found grader %q", name)
	if near := yamlfile.Nearest(bare, names()); near != "" {
		return nil, specf(path, "%s; did you mean %q?", msg, near)
	}
	return nil, specf(path, "%s, expected one of %s", msg, strings.Join(names(), ", "))
}

func names() (out []string) {
	for _, k := range Kinds {
		out = append(out, k.Name)
	}
	return out
}

func build(k Kind, negated bool, s map[string]any, path []any) (Named, error) {
	config := k.New()
	var opt options
	if err := decode(s, config, &opt, path); err != nil {
		return nil, err
	}
	if w := opt.Weight; w != nil && !(*w > 0) {
		return nil, specf(append(path, "weight"), "found %g, expected a number above 0", *w)
	}
	if x := opt.Threshold; x != nil && !(*x >= 0 && *x <= 1) {
		return nil, specf(append(path, "threshold"), "found %g, expected a number from 0 to 1", *x)
	}
	judge, err := config.Build()
	if err != nil {
		var at *SpecError
		if errors.As(err, &at) {
			return nil, &SpecError{Path: append(path[:len(path):len(path)], at.Path...), Msg: at.Msg}
		}
		return nil, specf(path, "%v", err)
	}
	return &grader{name: fullName(k, negated, s), judge: judge, options: opt, negated: negated}, nil
}

// decode fills config and opt with the keys of s, each with those it knows.
func decode(s map[string]any, config any, opt *options, path []any) error {
	own, shared := keys(config), keys(opt)
	mine, others := map[string]any{}, map[string]any{}
	for key, v := range s {
		switch {
		case key == "type":
		case own[key]:
			mine[key] = v
		case shared[key]:
			others[key] = v
		default:
			var all []string
			for k := range own {
				all = append(all, k)
			}
			for k := range shared {
				all = append(all, k)
			}
			sort.Strings(all)
			msg := fmt.Sprintf("found unknown key %q", key)
			if near := yamlfile.Nearest(key, all); near != "" {
				return specf(append(path, key), "%s; did you mean %q?", msg, near)
			}
			return specf(append(path, key), "%s, expected one of %s", msg, strings.Join(all, ", "))
		}
	}
	if err := fill(mine, config, path); err != nil {
		return err
	}
	return fill(others, opt, path)
}

func fill(s map[string]any, into any, path []any) error {
	text, err := json.Marshal(s)
	if err != nil {
		return specf(path, "%v", err)
	}
	err = jsonv2.Unmarshal(text, into)
	var at *jsonv2.SemanticError
	if errors.As(err, &at) {
		key := at.JSONPointer.LastToken()
		return specf(append(path, key), "found %v, expected a value of type %v", s[key], at.GoType)
	}
	if err != nil {
		return specf(path, "%v", err)
	}
	return nil
}

// keys are the json names of a struct's exported fields.
func keys(config any) map[string]bool {
	out := map[string]bool{}
	t := reflect.TypeOf(config).Elem()
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" {
			out[name] = true
		}
	}
	return out
}

// fullName is name@version and, where there is any, the configuration as JSON with
// sorted keys.
func fullName(k Kind, negated bool, s map[string]any) string {
	name := fmt.Sprintf("%s@%d", k.Name, k.Version)
	if negated {
		name = "not-" + name
	}
	rest := map[string]any{}
	for key, v := range s {
		if key != "type" && key != "weight" {
			rest[key] = v
		}
	}
	if len(rest) == 0 {
		return name
	}
	text, _ := json.Marshal(rest) // it was marshalled before
	return name + " " + string(text)
}

func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	default:
		return fmt.Sprintf("%v", v)
	}
}
