// Package yamlfile decodes the YAML files that people write, strictly: every
// mistake is reported as file:line:column with what was found and what was
// expected, all of them at once.
package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// A Doc is a decoded file. It knows where every value stands.
type Doc struct {
	name string
	root *yaml.Node
}

// The bounds of a file: one that is larger, nests deeper or repeats itself more by
// aliases is refused.
const (
	maxBytes = 8 << 20
	maxDepth = 100
	maxNodes = 1 << 20
)

// Decode decodes text into the struct that into points at. Keys are matched by
// yaml tags; a field with the tag required:"true" must be given. The name stands
// in errors. Types may decode themselves by a method DecodeYAML(*Doc, *yaml.Node) error.
func Decode(name string, text []byte, into any) (*Doc, error) {
	d := &Doc{name: name}
	if len(text) > maxBytes {
		return nil, &Error{File: name, Msg: fmt.Sprintf("the file has %d bytes, expected at most %d", len(text), maxBytes)}
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var root yaml.Node
	switch err := dec.Decode(&root); {
	case errors.Is(err, io.EOF):
		return nil, &Error{File: name, Line: 1, Column: 1, Msg: "the file is empty"}
	case err != nil:
		return nil, d.syntax(err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, &Error{File: name, Msg: "found a second document, expected one"}
	}
	d.root = root.Content[0]
	nodes := 0
	if err := d.bound(d.root, 0, &nodes); err != nil {
		return nil, err
	}
	return d, d.DecodeNode(d.root, into)
}

var yamlLine = regexp.MustCompile(`^yaml: line (\d+): `)

// syntax gives a parser's error its place.
func (d *Doc) syntax(err error) error {
	msg := err.Error()
	if m := yamlLine.FindStringSubmatch(msg); m != nil {
		line, _ := strconv.Atoi(m[1])
		return &Error{File: d.name, Line: line, Column: 1, Msg: "not YAML: " + msg[len(m[0]):]}
	}
	return &Error{File: d.name, Line: 1, Column: 1, Msg: "not YAML: " + msg}
}

// bound refuses aliases that expand without end and nesting without end.
func (d *Doc) bound(n *yaml.Node, depth int, nodes *int) error {
	if *nodes++; *nodes > maxNodes {
		return d.ErrorAt(n, "the file expands to more than %d values", maxNodes)
	}
	if depth > maxDepth {
		return d.ErrorAt(n, "found more than %d levels of nesting", maxDepth)
	}
	if n.Kind == yaml.AliasNode {
		return d.bound(n.Alias, depth+1, nodes)
	}
	for _, c := range n.Content {
		if err := d.bound(c, depth+1, nodes); err != nil {
			return err
		}
	}
	return nil
}

// ErrorAt blames a node.
func (d *Doc) ErrorAt(n *yaml.Node, format string, args ...any) error {
	return &Error{File: d.name, Line: n.Line, Column: n.Column, Msg: fmt.Sprintf(format, args...)}
}

// Errorf blames the value that a path of keys and positions leads to, or the
// deepest part of the path that is there.
func (d *Doc) Errorf(path []any, format string, args ...any) error {
	return d.ErrorAt(d.find(path), format, args...)
}

// ErrorWithin blames a column, from 1, of the text that a path leads to. In a text
// that does not stand on one line, as folded ones do not, it names the column and blames the whole.
func (d *Doc) ErrorWithin(path []any, column int, format string, args ...any) error {
	n := *d.find(path)
	switch {
	case n.Kind != yaml.ScalarNode || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return d.ErrorAt(&n, "column %d of the text: %s", column, fmt.Sprintf(format, args...))
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		column++
	}
	n.Column += column - 1
	return d.ErrorAt(&n, format, args...)
}

// Position is where the value stands that a path leads to.
func (d *Doc) Position(path ...any) (line, column int) {
	n := d.find(path)
	return n.Line, n.Column
}

func (d *Doc) find(path []any) *yaml.Node {
	n := resolve(d.root)
	for _, step := range path {
		next := child(n, step)
		if next == nil {
			break
		}
		n = resolve(next)
	}
	return n
}

func child(n *yaml.Node, step any) *yaml.Node {
	switch step := step.(type) {
	case string:
		if n.Kind != yaml.MappingNode {
			return nil
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return n.Content[i+1]
			}
		}
	case int:
		if n.Kind == yaml.SequenceNode && step >= 0 && step < len(n.Content) {
			return n.Content[step]
		}
	}
	return nil
}

func resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}
