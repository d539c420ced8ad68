package datasets

import (
	"context"
	"fmt"
	"iter"
	"strconv"

	"github.com/go-json-experiment/json"
)

// metadataVectors are the tasks' own lists of numbers under a field of their
// metadata. In a CSV file such a list is JSON in a cell.
func (f *Folder) metadataVectors(ctx context.Context, field string) iter.Seq2[located[vectorRecord], error] {
	return func(yield func(located[vectorRecord], error) bool) {
		place := "metadata"
		if f.tasks.csv() {
			place = metadataPrefix + field
		}
		for rec, err := range rows[taskRecord](ctx, f.tasks) {
			out := located[vectorRecord]{line: rec.line, at: rec.at}
			if err == nil {
				value, ok := rec.rec.Metadata[field]
				out.rec = vectorRecord{Task: rec.rec.ID, field: place, absent: !ok || value == nil, Vector: listed(field, value)}
			}
			if !yield(out, err) || err != nil {
				return
			}
		}
	}
}

// listed reads a vector from a value of the metadata.
func listed(field string, value any) (v numbers) {
	switch value := value.(type) {
	case string:
		if err := json.Unmarshal([]byte(value), &v); err != nil {
			v.bad = fmt.Sprintf("%s: found text, expected a list of numbers", field)
		}
		v.offset = 0
	case []any:
		for i, item := range value {
			x, ok := item.(float64)
			if !ok {
				v.bad = fmt.Sprintf("%s: item %d is not a number", field, i+1)
				return v
			}
			if why := v.add(strconv.FormatFloat(x, 'g', -1, 64)); why != "" {
				v.bad = fmt.Sprintf("%s: item %d: %s", field, i+1, why)
				return v
			}
		}
	default:
		v.bad = fmt.Sprintf("%s: found %v, expected a list of numbers", field, value)
	}
	return v
}
