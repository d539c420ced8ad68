package suite

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
)

// A Column is numbers of which some are not known: NaN, and null in JSON.
type Column []float64

// MarshalJSON writes what is not a finite number as null.
func (c Column) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for i, x := range c {
		if i > 0 {
			b = append(b, ',')
		}
		if math.IsNaN(x) || math.IsInf(x, 0) {
			b = append(b, "null"...)
		} else {
			b = strconv.AppendFloat(b, x, 'g', -1, 64)
		}
	}
	return append(b, ']'), nil
}

// UnmarshalJSON reads null as NaN. A million values are common, so that it reads them itself:
// the text is known to be JSON.
func (c *Column) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	if len(b) < 2 || b[0] != '[' {
		return fmt.Errorf("found %.20q, expected a list of numbers", b)
	}
	out := make(Column, 0, bytes.Count(b, []byte{','})+1)
	for b = b[1 : len(b)-1]; len(b) > 0; {
		var cell []byte
		cell, b, _ = bytes.Cut(b, []byte{','})
		cell = bytes.TrimSpace(cell)
		if len(cell) == 0 && len(b) == 0 && len(out) == 0 {
			break // []
		}
		if string(cell) == "null" {
			out = append(out, math.NaN())
			continue
		}
		x, err := strconv.ParseFloat(string(cell), 64)
		if err != nil {
			return fmt.Errorf("found %.20q, expected a number or null", cell)
		}
		out = append(out, x)
	}
	*c = out
	return nil
}

// ReadEvidence reads what Evidence was written as. Whatever the file holds, what it gives is sound.
func ReadEvidence(path string, text []byte) (*Evidence, error) {
	var e Evidence
	if err := json.Unmarshal(text, &e); err != nil {
		return nil, &InputError{fmt.Errorf("%s: not a baseline, as waymark check --save-baseline FILE.json.gz writes it (a result.json has no rows): %w", path, err)}
	}
	if e.OffPolicy {
		return nil, &InputError{fmt.Errorf("%s: found a run over logged traffic: %s", path, whyOffPolicy)}
	}
	if e.Schema != Schema || len(e.Tasks) == 0 {
		return nil, &InputError{fmt.Errorf("%s: found no rows of schema %d, expected a baseline as waymark check --save-baseline FILE.json writes it (a result alone has no per-task rows)", path, Schema)}
	}
	if err := e.check(); err != nil {
		return nil, &InputError{fmt.Errorf("%s: %w", path, err)}
	}
	return &e, nil
}

// mostKept is more than a weight, or a cost in dollars, can be.
const mostKept = 1e12

// check refuses what contradicts itself.
func (e *Evidence) check() error {
	n := len(e.Tasks)
	if e.row(e.Tasks[0]); len(e.index) < n {
		for i, id := range e.Tasks {
			if e.index[id] != i {
				return fmt.Errorf("found task %q twice, expected each once", id)
			}
		}
	}
	if !(e.Level > 0.5 && e.Level < 1) {
		return fmt.Errorf("found confidence %g, expected a number between 0.5 and 1", e.Level)
	}
	lo, hi := e.Dataset.QualityLo, e.Dataset.QualityHi
	if !(lo < hi) {
		return fmt.Errorf("found qualities from %g to %g, expected a range", lo, hi)
	}
	for name, column := range map[string]int{"contents": len(e.Contents), "weights": len(e.Weights), "units": len(e.Units)} {
		if column != 0 && column != n {
			return fmt.Errorf("found %d %s, expected %d or none", column, name, n)
		}
	}
	e.Contents, e.Weights, e.Units = orNil(e.Contents), orNil(e.Weights), orNil(e.Units)
	if e.Slices["category"] == nil {
		return errors.New("found no slice \"category\", expected one with the category of each task")
	}
	for i, w := range e.Weights {
		if !(w >= 0 && w <= mostKept) {
			return fmt.Errorf("task %q has weight %g, expected 0 to %g", e.Tasks[i], w, mostKept)
		}
	}
	for name, s := range e.Slices {
		if len(s) != n {
			return fmt.Errorf("slice %q has %d values, expected %d", name, len(s), n)
		}
	}
	for name, o := range e.Rows {
		if err := o.check(e); err != nil {
			return fmt.Errorf("policy %q: %w", name, err)
		}
	}
	return nil
}

// orNil is a column, nil where it is empty.
func orNil[S ~[]T, T any](column S) S {
	if len(column) == 0 {
		return nil
	}
	return column
}

func (o *Outcomes) check(e *Evidence) error {
	n := len(e.Tasks)
	if o == nil || len(o.Quality) != n || len(o.Cost) != n || len(o.Latency) != n || len(o.Model) != n {
		return fmt.Errorf("found columns of other lengths than its %d tasks", n)
	}
	for i, m := range o.Model {
		if m < -1 || int(m) >= len(o.Models) {
			return fmt.Errorf("task %q is answered by model number %d, expected one of %d", e.Tasks[i], m, len(o.Models))
		}
		const rounding = 1e-9
		span := e.Dataset.QualityHi - e.Dataset.QualityLo
		if q := o.Quality[i]; q < e.Dataset.QualityLo-rounding*span || q > e.Dataset.QualityHi+rounding*span {
			return fmt.Errorf("task %q has quality %g, expected %g to %g", e.Tasks[i], q, e.Dataset.QualityLo, e.Dataset.QualityHi)
		}
		if o.Cost[i] < 0 || o.Latency[i] < 0 || o.Cost[i] > mostKept || o.Latency[i] > mostKept*1000 {
			return fmt.Errorf("task %q has a cost or latency below 0 or above all bounds", e.Tasks[i])
		}
	}
	return nil
}
