package datasets

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strings"

	"waymark/internal/yamlfile"
)

// csvVectors reads a table whose first column is task and whose other columns, of
// any name, are the numbers.
func csvVectors(ctx context.Context, t table) iter.Seq2[located[vectorRecord], error] {
	return func(yield func(located[vectorRecord], error) bool) {
		f, err := t.open()
		if err != nil {
			yield(located[vectorRecord]{}, err)
			return
		}
		defer f.Close()
		r := csv.NewReader(f)
		r.ReuseRecord = true
		err = vectorHeader(t.path, r)
		for err == nil && ctx.Err() == nil {
			var rec located[vectorRecord]
			if rec, err = vectorRow(t.path, r); err == nil && !yield(rec, nil) {
				return
			}
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != io.EOF {
			yield(located[vectorRecord]{}, err)
		}
	}
}

// vectorHeader checks the row of names.
func vectorHeader(name string, r *csv.Reader) error {
	row, err := r.Read()
	if err == io.EOF {
		return &yamlfile.Error{File: name, Line: 1, Column: 1, Msg: "the file is empty, expected a row of column names: task, then one for each number"}
	}
	if err != nil {
		return csvError(name, err)
	}
	first := strings.TrimPrefix(strings.TrimSpace(row[0]), "\ufeff")
	if first == "task" && len(row) > 1 && len(row)-1 <= MostDimensions {
		return nil
	}
	line, column := r.FieldPos(0)
	return &yamlfile.Error{File: name, Line: line, Column: column, Msg: fmt.Sprintf("found %.40q and %d other columns, expected task, then 1 to %d columns of numbers", first, len(row)-1, MostDimensions)}
}

func vectorRow(name string, r *csv.Reader) (out located[vectorRecord], err error) {
	row, err := r.Read()
	if err == io.EOF {
		return out, err
	}
	if err != nil {
		return out, csvError(name, err)
	}
	out.rec.Task = strings.Clone(row[0])
	v := &out.rec.Vector
	v.values = make([]float32, 0, len(row)-1)
	at := 0
	for i, cell := range row[1:] {
		if v.bad = v.add(cell); v.bad != "" {
			at, v.column = i+1, "cell"
			break
		}
	}
	line, column := r.FieldPos(0)
	cellLine, cellColumn := r.FieldPos(at)
	out.line = line
	out.at = func(e *fieldError) error {
		if e.field == "cell" {
			return &yamlfile.Error{File: name, Line: cellLine, Column: cellColumn, Msg: e.msg}
		}
		return &yamlfile.Error{File: name, Line: line, Column: column, Msg: e.msg}
	}
	return out, nil
}
