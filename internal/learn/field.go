package learn

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// A Field is a piece of metadata as columns of a table. A value is a string, a
// bool, a float64 or nil where it is not known; a number that is not finite is not
// known either.
//
// If all values that were fitted on are numbers, the field is one column of them
// in standard deviations from their mean, with 0 where it is not known or no number,
// and a second column that is 1 there if that was seen in fitting. Otherwise it has a
// column for each value that was seen, with 1 for that value: a row is all zeros
// where the value is not known, or another.
type Field struct {
	Values    []any // that have a column: false and true, then numbers, then strings, ascending; nil for numbers
	Mean      float64
	Deviation float64
	Missing   bool // numbers were missing in fitting

	column map[any]int
}

// FitField learns which values there are. It fails on a value of another type.
func FitField(values []any) (*Field, error) {
	f := &Field{}
	var numbers []float64
	seen := map[any]bool{}
	for i, v := range values {
		v, err := knownValue(v)
		if err != nil {
			return nil, fmt.Errorf("learn: row %d: %w", i, err)
		}
		if v == nil {
			f.Missing = true
			continue
		}
		if x, ok := v.(float64); ok {
			numbers = append(numbers, x)
		}
		if !seen[v] {
			seen[v] = true
			f.Values = append(f.Values, v)
		}
	}
	if len(numbers) > 0 && len(numbers) == count(values) {
		f.Values = nil
		f.Mean, f.Deviation = spread(numbers)
		return f, nil
	}
	f.Missing = false
	if f.Values == nil {
		f.Values = []any{}
	}
	slices.SortFunc(f.Values, compareValues)
	f.index()
	return f, nil
}

// count is how many values are known.
func count(values []any) (n int) {
	for _, v := range values {
		if v, err := knownValue(v); err == nil && v != nil {
			n++
		}
	}
	return n
}

// knownValue is a value, or nil if it is not known.
func knownValue(v any) (any, error) {
	switch v := v.(type) {
	case nil, string, bool:
		return v, nil
	case float64:
		if v-v != 0 {
			return nil, nil
		}
		return v, nil
	}
	return nil, fmt.Errorf("found a value of type %T, expected a string, a bool or a float64", v)
}

// compareValues orders false, true, numbers and strings.
func compareValues(a, b any) int {
	if c := cmp.Compare(valueKind(a), valueKind(b)); c != 0 {
		return c
	}
	switch a := a.(type) {
	case float64:
		return cmp.Compare(a, b.(float64))
	case string:
		return cmp.Compare(a, b.(string))
	}
	return 0
}

func valueKind(v any) int {
	switch v := v.(type) {
	case bool:
		if v {
			return 1
		}
		return 0
	case float64:
		return 2
	}
	return 3
}

func (f *Field) index() {
	f.column = make(map[any]int, len(f.Values))
	for c, v := range f.Values {
		f.column[v] = c
	}
}

func (f *Field) numeric() bool { return f.Values == nil }

// Cols is how many columns the field has.
func (f *Field) Cols() int {
	if !f.numeric() {
		return len(f.Values)
	}
	if f.Missing {
		return 2
	}
	return 1
}

// Table is the columns of the field: dense if it is of numbers, otherwise sparse.
func (f *Field) Table(values []any) *Table {
	if f.numeric() {
		return f.numbers(values)
	}
	out := &Table{Rows: len(values), Cols: f.Cols(), Start: make([]int, 1, len(values)+1)}
	for _, v := range values {
		if c, ok := f.columnOf(v); ok {
			out.Col, out.Value = append(out.Col, int32(c)), append(out.Value, 1)
		}
		out.Start = append(out.Start, len(out.Col))
	}
	return out
}

// columnOf looks up only what can be a key.
func (f *Field) columnOf(v any) (int, bool) {
	v, err := knownValue(v)
	if err != nil || v == nil {
		return 0, false
	}
	c, ok := f.column[v]
	return c, ok
}

func (f *Field) numbers(values []any) *Table {
	out := NewDense(len(values), f.Cols())
	for i, v := range values {
		x, ok := v.(float64)
		switch {
		case ok && !math.IsNaN(x) && !math.IsInf(x, 0):
			out.Row(i)[0] = float32(standard(x, f.Mean, f.Deviation))
		case f.Missing:
			out.Row(i)[1] = 1
		}
	}
	return out
}

// UnmarshalJSON reads and checks a saved state.
func (f *Field) UnmarshalJSON(text []byte) error {
	type plain Field
	if err := json.Unmarshal(text, (*plain)(f)); err != nil {
		return err
	}
	for _, v := range f.Values {
		if v, err := knownValue(v); err != nil || v == nil {
			return fmt.Errorf("learn: found %v among the values of a field, expected strings, bools and numbers", v)
		}
	}
	if f.Values != nil {
		f.index()
	}
	return nil
}
