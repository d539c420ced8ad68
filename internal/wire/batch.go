package wire

import (
	"encoding/json"
	"fmt"
	"math"

	"waymark"
	"waymark/internal/yamlfile"
)

// A Said is what a router said of one query. Where Err is not "", it is why there
// is no decision, and nothing else holds but what was spent.
type Said struct {
	Model  waymark.ModelID // of a pick
	Signal float64         // the number that it was decided by, or the score; NaN if none
	Reason string          // in the router's words; "" if it gave none
	Spent  Spent
	Err    string
}

func failed(format string, args ...any) Said {
	return Said{Signal: math.NaN(), Err: fmt.Sprintf(format, args...)}
}

// everyone is the same failure of n queries.
func everyone(n int, why string) []Said {
	out := make([]Said, n)
	for i := range out {
		out[i] = failed("%s", why)
	}
	return out
}

// rows reads the list of a reply, one entry a query, in any order. An entry that
// is wrong is that query's failure, and so is one that is missing or there twice.
func (r *Reply) rows(list string, ids []string, read func(map[string]json.RawMessage) (Said, error)) []Said {
	if why := r.failure(); why != "" {
		return everyone(len(ids), why)
	}
	var entries []json.RawMessage
	if err := strict(r.fields[list], &entries); r.fields[list] == nil || err != nil {
		return everyone(len(ids), fmt.Sprintf("the router's line has no list %s", list))
	}
	at := make(map[string]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	out, seen, stray := make([]Said, len(ids)), make([]int, len(ids)), ""
	for k, entry := range entries {
		fields, id, err := r.identified(entry)
		i, known := at[id]
		switch {
		case err != nil:
			stray = fmt.Sprintf("; %s[%d] is wrong: %v", list, k, err)
			continue
		case !known:
			stray = fmt.Sprintf("; it answered %s, which was not asked%s", r.clip(id), nearID(id, ids))
			continue
		}
		if seen[i]++; seen[i] > 1 {
			out[i] = failed("the router answered it %d times", seen[i])
		} else if out[i], err = read(fields); err != nil {
			out[i] = failed("%v", err)
		}
	}
	for i, n := range seen {
		if n == 0 {
			out[i] = failed("the router's line has no answer to it%s", stray)
		}
	}
	return out
}

func nearID(id string, ids []string) string {
	if len(ids) > 256 {
		return ""
	}
	if near := yamlfile.Nearest(id, ids); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// identified is an entry by field, and whose it is.
func (h heard) identified(entry json.RawMessage) (fields map[string]json.RawMessage, id string, err error) {
	if err := strict(entry, &fields); err != nil {
		return nil, "", fmt.Errorf("found %s, expected an object", h.clip(string(entry)))
	}
	if fields["id"] == nil {
		return nil, "", fmt.Errorf("it has no id")
	}
	if err := strict(fields["id"], &id); err != nil {
		return nil, "", h.wrong(fields["id"], "id", "the text that was sent")
	}
	return fields, id, nil
}

// picks are what a router chose for some queries.
func (r *Reply) picks(ids []string, models []waymark.ModelID) []Said {
	return r.rows("picks", ids, func(f map[string]json.RawMessage) (s Said, err error) {
		if why, ok := f["error"]; ok {
			return s, r.reported(why)
		}
		if s.Model, err = r.modelOf(f["model"], models); err != nil {
			return s, err
		}
		raw, name := f["signal"], "signal"
		if raw == nil {
			raw, name = f["score"], "score"
		}
		if s.Signal, err = r.numberOf(raw, name); err != nil {
			return s, err
		}
		return r.rest(s, f)
	})
}

// scores are what a router rates some queries.
func (r *Reply) scores(ids []string) []Said {
	return r.rows("scores", ids, func(f map[string]json.RawMessage) (s Said, err error) {
		if why, ok := f["error"]; ok {
			return s, r.reported(why)
		}
		if s.Signal, err = r.numberOf(f["score"], "score"); err != nil {
			return s, err
		}
		if math.IsNaN(s.Signal) {
			return s, fmt.Errorf("no score is given")
		}
		return r.rest(s, f)
	})
}

func (h heard) reported(raw json.RawMessage) error {
	text, err := h.textOf(raw, "error")
	if err != nil || text == "" {
		return fmt.Errorf("the router reports an error")
	}
	return fmt.Errorf("the router reports: %s", text)
}

func (h heard) rest(s Said, f map[string]json.RawMessage) (_ Said, err error) {
	if s.Reason, err = h.textOf(f["reason"], "reason"); err != nil {
		return s, err
	}
	s.Spent, err = h.spentOf(f)
	return s, err
}
