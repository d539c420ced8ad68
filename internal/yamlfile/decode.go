package yamlfile

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A decoder decodes itself.
type decoder interface {
	DecodeYAML(*Doc, *yaml.Node) error
}

// DecodeNode decodes one value of the document into what into points at.
func (d *Doc) DecodeNode(n *yaml.Node, into any) error {
	return d.value(resolve(n), reflect.ValueOf(into).Elem())
}

// DecodeVariant decodes a mapping whose key type names one of several kinds, or
// the bare name of a kind. The function into gives the struct for a kind, which takes all other keys but those
// of the struct that common points at, if it is not nil.
func (d *Doc) DecodeVariant(n *yaml.Node, what string, kinds []string, into func(kind string) any, common any) error {
	n = resolve(n)
	var kind *yaml.Node
	switch n.Kind {
	case yaml.ScalarNode:
		kind, n = n, &yaml.Node{Kind: yaml.MappingNode, Line: n.Line, Column: n.Column}
	case yaml.MappingNode:
		if kind = child(n, "type"); kind == nil {
			return d.ErrorAt(n, "%s lacks the key type, expected one of %s", article(what), strings.Join(kinds, ", "))
		}
	default:
		return d.ErrorAt(n, "found %s, expected %s: a mapping with type", describe(n), article(what))
	}
	if !slices.Contains(kinds, kind.Value) {
		return d.ErrorAt(kind, "found %s type %q%s", what, kind.Value, suggest(kind.Value, kinds))
	}
	targets := []reflect.Value{reflect.ValueOf(into(kind.Value)).Elem()}
	if common != nil {
		targets = append(targets, reflect.ValueOf(common).Elem())
	}
	return d.mapping(n, map[string]bool{"type": true}, targets...)
}

func (d *Doc) value(n *yaml.Node, v reflect.Value) error {
	if v.CanAddr() {
		switch own := v.Addr().Interface().(type) {
		case decoder:
			if n.Tag == "!!null" {
				return d.ErrorAt(n, "found nothing, expected a value")
			}
			return own.DecodeYAML(d, n)
		case *yaml.Node:
			*own = *n
			return nil
		}
	}
	if n.Tag == "!!null" && v.Kind() != reflect.Interface && v.Kind() != reflect.Pointer {
		return d.ErrorAt(n, "found nothing, expected %s", wanted(v.Type()))
	}
	switch v.Kind() {
	case reflect.Pointer:
		if n.Tag == "!!null" {
			return nil
		}
		v.Set(reflect.New(v.Type().Elem()))
		return d.value(n, v.Elem())
	case reflect.Struct:
		if n.Kind != yaml.MappingNode {
			return d.ErrorAt(n, "found %s, expected %s", describe(n), wanted(v.Type()))
		}
		return d.mapping(n, nil, v)
	case reflect.Slice:
		return d.sequence(n, v)
	case reflect.Map:
		return d.table(n, v)
	default:
		return d.scalar(n, v)
	}
}

// mapping decodes a mapping into the fields of one or several structs.
func (d *Doc) mapping(n *yaml.Node, skip map[string]bool, targets ...reflect.Value) error {
	fields, names := map[string]reflect.Value{}, []string{}
	required := map[string]bool{}
	for _, v := range targets {
		for _, f := range reflect.VisibleFields(v.Type()) { // those of embedded structs among them
			name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
			if name == "" || name == "-" {
				continue
			}
			fields[name], required[name] = v.FieldByIndex(f.Index), f.Tag.Get("required") == "true"
			names = append(names, name)
		}
	}
	var errs []error
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := n.Content[i], resolve(n.Content[i+1])
		field, known := fields[key.Value]
		switch {
		case seen[key.Value]:
			errs = append(errs, d.ErrorAt(key, "found key %q a second time", key.Value))
		case skip[key.Value]:
		case !known:
			errs = append(errs, d.ErrorAt(key, "found unknown key %q%s", key.Value, suggest(key.Value, names)))
		default:
			errs = append(errs, d.value(val, field))
		}
		seen[key.Value] = true
	}
	for _, name := range names {
		if required[name] && !seen[name] {
			errs = append(errs, d.ErrorAt(n, "the key %q is missing", name))
		}
	}
	return join(slices.DeleteFunc(errs, func(err error) bool { return err == nil }))
}

func (d *Doc) sequence(n *yaml.Node, v reflect.Value) error {
	if n.Kind != yaml.SequenceNode {
		return d.ErrorAt(n, "found %s, expected a list", describe(n))
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	var errs []error
	for i, c := range n.Content {
		if err := d.value(resolve(c), v.Index(i)); err != nil {
			errs = append(errs, err)
		}
	}
	return join(errs)
}

func (d *Doc) table(n *yaml.Node, v reflect.Value) error {
	if n.Kind != yaml.MappingNode {
		return d.ErrorAt(n, "found %s, expected a mapping", describe(n))
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(n.Content)/2))
	var errs []error
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := reflect.New(v.Type().Key()).Elem()
		val := reflect.New(v.Type().Elem()).Elem()
		key.SetString(n.Content[i].Value)
		if v.MapIndex(key).IsValid() {
			errs = append(errs, d.ErrorAt(n.Content[i], "found key %q a second time", n.Content[i].Value))
			continue
		}
		if err := d.value(resolve(n.Content[i+1]), val); err != nil {
			errs = append(errs, err)
		}
		v.SetMapIndex(key, val)
	}
	return join(errs)
}

func (d *Doc) scalar(n *yaml.Node, v reflect.Value) error {
	if v.Kind() != reflect.Interface && n.Kind != yaml.ScalarNode {
		return d.ErrorAt(n, "found %s, expected %s", describe(n), wanted(v.Type()))
	}
	if v.Kind() == reflect.String { // 3 and true are words where a word is expected
		v.SetString(n.Value)
		return nil
	}
	switch v.Kind() {
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint32, reflect.Uint64:
		if n.Tag != "!!int" { // a fraction would be cut off
			return d.ErrorAt(n, "found %s, expected %s", describe(n), wanted(v.Type()))
		}
	}
	err := n.Decode(v.Addr().Interface())
	if err == nil && v.Kind() == reflect.Float64 && math.IsNaN(v.Float()) {
		err = errors.New("not a number")
	}
	if err != nil {
		return d.ErrorAt(n, "found %s, expected %s", describe(n), wanted(v.Type()))
	}
	return nil
}

func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	if n.Tag == "!!null" {
		return "nothing"
	}
	text := []rune(n.Value)
	if len(text) > 60 {
		text = append(text[:60], '…')
	}
	return fmt.Sprintf("%q", string(text))
}

func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Float64, reflect.Float32:
		return "a number"
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "text"
	case reflect.Uint, reflect.Uint64, reflect.Uint32:
		return "a whole number of at least 0"
	case reflect.Int, reflect.Int64, reflect.Int32:
		return "a whole number"
	case reflect.Struct, reflect.Map:
		return "a mapping"
	case reflect.Slice:
		return "a list"
	case reflect.Pointer:
		return wanted(t.Elem())
	}
	return "a value"
}

// article puts a or an before a word.
func article(word string) string {
	if strings.HasPrefix(word, "a") || strings.HasPrefix(word, "e") || strings.HasPrefix(word, "o") {
		return "an " + word
	}
	return "a " + word
}
