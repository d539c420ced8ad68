package datasets

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"waymark/internal/yamlfile"
)

// csvRows decodes a CSV file whose first row names the columns: the keys of the
// JSON form, and metadata.NAME for metadata. An empty cell is an absent key.
func csvRows[T any](ctx context.Context, t table) iter.Seq2[located[T], error] {
	return func(yield func(located[T], error) bool) {
		f, err := t.open()
		if err != nil {
			yield(located[T]{}, err)
			return
		}
		defer f.Close()
		r := csv.NewReader(f)
		r.ReuseRecord = true
		header, err := csvHeader[T](t.path, r)
		if err != nil {
			yield(located[T]{}, err)
			return
		}
		for ctx.Err() == nil {
			rec, err := csvRow[T](t.path, r, header)
			if err == io.EOF {
				return
			}
			if !yield(rec, err) || err != nil {
				return
			}
		}
		yield(located[T]{}, ctx.Err())
	}
}

// A csvColumn knows which field of a record its cells go to.
type csvColumn struct {
	name     string
	field    int    // of the record's type
	metadata string // the key under metadata, if it is one
}

func csvHeader[T any](name string, r *csv.Reader) ([]csvColumn, error) {
	row, err := r.Read()
	if err == io.EOF {
		return nil, &yamlfile.Error{File: name, Line: 1, Column: 1, Msg: "the file is empty, expected a row of column names"}
	}
	if err != nil {
		return nil, csvError(name, err)
	}
	names := fieldNames[T]()
	var out []csvColumn
	seen := map[string]bool{}
	for i, cell := range row {
		cell = strings.TrimPrefix(strings.TrimSpace(cell), "\ufeff")
		c := csvColumn{name: cell, field: -1}
		for k, n := range names {
			if n == cell {
				c.field = k
			}
			if rest, ok := strings.CutPrefix(cell, "metadata."); ok && n == "metadata" {
				c.field, c.metadata = k, rest
			}
		}
		line, column := r.FieldPos(i)
		if c.field < 0 {
			return nil, &yamlfile.Error{File: name, Line: line, Column: column, Msg: strings.Replace(unknownKey(cell, names), "key", "column", 1)}
		}
		if seen[cell] {
			return nil, &yamlfile.Error{File: name, Line: line, Column: column, Msg: fmt.Sprintf("found column %q a second time", cell)}
		}
		seen[cell] = true
		out = append(out, c)
	}
	return out, nil
}

func csvRow[T any](name string, r *csv.Reader, header []csvColumn) (out located[T], err error) {
	row, err := r.Read()
	if err == io.EOF {
		return out, err
	}
	if err != nil {
		return out, csvError(name, err)
	}
	places := make(map[string][2]int, len(row))
	v := reflect.ValueOf(&out.rec).Elem()
	for i, cell := range row {
		line, column := r.FieldPos(i)
		places[header[i].name] = [2]int{line, column}
		if i == 0 {
			out.line = line
		}
		if cell == "" {
			continue
		}
		if err := setCell(v.Field(header[i].field), header[i], cell); err != nil {
			return out, &yamlfile.Error{File: name, Line: line, Column: column, Msg: fmt.Sprintf("column %q: %v", header[i].name, err)}
		}
	}
	line := out.line
	out.at = func(e *fieldError) error {
		p, ok := places[e.field]
		if !ok {
			p = [2]int{line, 1}
		}
		return &yamlfile.Error{File: name, Line: p[0], Column: p[1], Msg: e.msg}
	}
	return out, nil
}

func csvError(name string, err error) error {
	var at *csv.ParseError
	if !errors.As(err, &at) {
		return fmt.Errorf("%s: %w", name, err)
	}
	return &yamlfile.Error{File: name, Line: at.Line, Column: at.Column, Msg: "not CSV: " + at.Err.Error()}
}

// setCell converts a cell to the type of its field.
func setCell(v reflect.Value, c csvColumn, cell string) error {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if c.metadata != "" {
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		v.SetMapIndex(reflect.ValueOf(c.metadata), reflect.ValueOf(guess(cell)))
		return nil
	}
	if v.Type() == reflect.TypeFor[jsontext.Value]() {
		v.Set(reflect.ValueOf(jsontext.Value(cellJSON(c.name, cell))))
		return nil
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(cell)
	case reflect.Int:
		n, err := strconv.Atoi(cell)
		if err != nil {
			return fmt.Errorf("found %q, expected a whole number", cell)
		}
		v.SetInt(int64(n))
	case reflect.Float64:
		x, err := decimal(cell, 64)
		if err != nil || math.IsNaN(x) {
			return fmt.Errorf("found %q, expected a number", cell)
		}
		v.SetFloat(x)
	default: // messages, subtasks, metadata, scores: JSON in a cell
		if err := json.Unmarshal([]byte(cell), v.Addr().Interface()); err != nil {
			return fmt.Errorf("found %.40q, expected JSON", cell)
		}
	}
	return nil
}

// cellJSON is a reference as text, or a grader as JSON where it is an object or a
// list and as a name where it is not.
func cellJSON(column, cell string) []byte {
	if s := strings.TrimSpace(cell); column == "grader" && (strings.HasPrefix(s, "{") || strings.HasPrefix(s, "[")) {
		return []byte(s)
	}
	text, _ := json.Marshal(cell) // text always marshals, with invalid UTF-8 replaced
	return text
}

// decimal reads a number as people write it: without the digits after 0x and the underscores
// that Go takes for one too.
func decimal(text string, bits int) (float64, error) {
	if strings.ContainsAny(text, "_xX") {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseFloat(text, bits)
}

// guess gives metadata its type: CSV has none of its own.
func guess(cell string) any {
	if x, err := decimal(cell, 64); err == nil && !math.IsNaN(x) && !math.IsInf(x, 0) {
		return x
	}
	switch cell {
	case "true":
		return true
	case "false":
		return false
	}
	return cell
}
