// Package expression compiles the expressions that people write into suites:
// conditions of rules, filters and scores. The language is expr-lang's without
// its loops, so that evaluating takes time linear in the text's length.
package expression

import (
	"errors"
	"fmt"
	"math"
	"sort"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"

	"waymark/internal/yamlfile"
)

// A Program is a compiled expression. It is safe for concurrent use.
type Program struct {
	text  string
	code  *vm.Program
	names map[string]bool
}

// An Error is a mistake in the text of an expression.
type Error struct {
	Column int // from 1
	Msg    string
}

func (e *Error) Error() string { return fmt.Sprintf("column %d: %s", e.Column, e.Msg) }

const maxNodes = 1000

// Compile compiles text, which may use the names of env: its values are samples
// of the types, and a nil value is a name of any type.
func Compile(text string, env map[string]any) (*Program, error) {
	v := &visitor{env: env, names: map[string]bool{}}
	code, err := expr.Compile(text, expr.Env(typesOf(env)), expr.MaxNodes(maxNodes))
	var fe *file.Error
	switch {
	case errors.As(err, &fe):
		return nil, &Error{Column: fe.Column + 1, Msg: message(fe.Message, env)}
	case err != nil:
		return nil, &Error{Column: 1, Msg: err.Error()}
	}
	node := code.Node()
	ast.Walk(&node, v)
	if v.err != nil {
		return nil, v.err
	}
	return &Program{text: text, code: code, names: v.names}, nil
}

// typesOf tells the checker the types of the samples; nil is any type.
func typesOf(env map[string]any) types.Map {
	out := make(types.Map, len(env))
	for k, v := range env {
		out[k] = types.Any
		if v != nil {
			out[k] = types.TypeOf(v)
		}
	}
	return out
}

func message(msg string, env map[string]any) string {
	name, ok := strings.CutPrefix(msg, "unknown name ")
	if !ok {
		return msg
	}
	names := make([]string, 0, len(env))
	for k := range env {
		names = append(names, k)
	}
	sort.Strings(names)
	msg = fmt.Sprintf("unknown name %q; an expression may use %s", name, strings.Join(names, ", "))
	if near := yamlfile.Nearest(name, names); near != "" {
		msg += fmt.Sprintf("; did you mean %q?", near)
	}
	return msg
}

// visitor refuses loops and collects the names that are used.
type visitor struct {
	env   map[string]any
	names map[string]bool
	err   *Error
}

func (v *visitor) Visit(n *ast.Node) {
	switch n := (*n).(type) {
	case *ast.PredicateNode:
		if v.err == nil {
			v.err = &Error{Column: n.Location().From + 1, Msg: "found a loop (all, any, filter, map, …); an expression has none, so that it always ends"}
		}
	case *ast.IdentifierNode:
		v.names[n.Value] = true
	}
}

// Uses reports whether the expression reads a name.
func (p *Program) Uses(name string) bool { return p.names[name] }

func (p *Program) String() string { return p.text }

// Bool evaluates a condition.
func (p *Program) Bool(env map[string]any) (bool, error) {
	v, err := expr.Run(p.code, env)
	if err != nil {
		return false, fmt.Errorf("%s: %s", p.text, firstLine(err))
	}
	b, ok := v.(bool)
	if !ok {
		return false, fmt.Errorf("%s: gave %T, want true or false", p.text, v)
	}
	return b, nil
}

// Float evaluates a number. A result that is not finite is an error.
func (p *Program) Float(env map[string]any) (float64, error) {
	v, err := expr.Run(p.code, env)
	if err != nil {
		return 0, fmt.Errorf("%s: %s", p.text, firstLine(err))
	}
	var x float64
	switch v := v.(type) {
	case float64:
		x = v
	case int:
		x = float64(v)
	case bool:
		if v {
			x = 1
		}
	default:
		return 0, fmt.Errorf("%s: gave %T, want a number", p.text, v)
	}
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, fmt.Errorf("%s: gave %g, want a finite number", p.text, x)
	}
	return x, nil
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
