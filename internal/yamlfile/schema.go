package yamlfile

import (
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A Variant is a type that is decoded by DecodeVariant: it tells its kinds for the
// schema.
type Variant interface {
	// Kinds are the names of the kinds, what each is, and a pointer to its struct.
	Kinds() []Kind
	// Common is a pointer to the struct of the keys that all kinds share; nil if there are none.
	Common() any
}

// A Kind is one kind of a Variant.
type Kind struct {
	Name, Doc string
	Config    any
}

// A Described type has a schema of its own.
type Described interface{ Schema() map[string]any }

// Schema is the JSON Schema (draft 2020-12) of files that are decoded into what v
// points at: from the same tags that Decode goes by.
func Schema(v any, id, title string) map[string]any {
	s := schemaOf(reflect.TypeOf(v).Elem())
	s["$schema"], s["$id"], s["title"] = "https://json-schema.org/draft/2020-12/schema", id, title
	return s
}

func schemaOf(t reflect.Type) map[string]any {
	switch v := reflect.New(t).Interface().(type) {
	case Described:
		return v.Schema()
	case Variant:
		return variantSchema(v)
	case *yaml.Node:
		return map[string]any{}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem())
	case reflect.Struct:
		s := map[string]any{"type": "object", "additionalProperties": false}
		properties, required := fieldsSchema(t)
		s["properties"] = properties
		if len(required) > 0 {
			s["required"] = required
		}
		return s
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem())}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float64, reflect.Float32:
		return map[string]any{"type": "number"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.Uint, reflect.Uint64:
		return map[string]any{"type": "integer", "minimum": 0}
	case reflect.String:
		return map[string]any{"type": []string{"string", "number", "boolean"}}
	}
	return map[string]any{}
}

// fieldsSchema are the properties of a struct, and which of them must be given.
func fieldsSchema(t reflect.Type) (properties map[string]any, required []string) {
	properties = map[string]any{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name == "" || name == "-" {
			continue
		}
		p := schemaOf(f.Type)
		if doc := f.Tag.Get("doc"); doc != "" {
			p["description"] = doc
		}
		if enum := f.Tag.Get("enum"); enum != "" {
			p["enum"] = strings.Split(enum, ",")
			delete(p, "type")
		}
		properties[name] = p
		if f.Tag.Get("required") == "true" {
			required = append(required, name)
		}
	}
	return properties, required
}

// bare reports whether the name of a kind may stand alone: no key that all share must be given.
func bare(v Variant) bool {
	if v.Common() == nil {
		return true
	}
	_, must := fieldsSchema(reflect.TypeOf(v.Common()).Elem())
	return len(must) == 0
}

// variantSchema is one of the kinds, told apart by type, or the bare name of one.
func variantSchema(v Variant) map[string]any {
	var of []any
	var names []string
	for _, k := range v.Kinds() {
		properties, required := fieldsSchema(reflect.TypeOf(k.Config).Elem())
		if common := v.Common(); common != nil {
			shared, must := fieldsSchema(reflect.TypeOf(common).Elem())
			for name, p := range shared {
				properties[name] = p
			}
			required = append(required, must...)
		}
		properties["type"] = map[string]any{"const": k.Name, "description": k.Doc}
		of = append(of, map[string]any{
			"type": "object", "title": k.Name, "description": k.Doc, "properties": properties,
			"required": append([]string{"type"}, required...), "additionalProperties": false,
		})
		names = append(names, k.Name)
	}
	if bare(v) {
		of = append(of, map[string]any{"enum": names})
	}
	return map[string]any{"oneOf": of}
}
