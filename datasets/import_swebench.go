package datasets

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"

	"waymark"
	"waymark/internal/yamlfile"
)

type sweResult struct {
	Name, Folder string
	Resolved     float64
	Details      map[string]struct {
		Cost     *float64 `json:"cost"`
		Resolved *bool    `json:"resolved"`
		Calls    int      `json:"api_calls"`
	} `json:"per_instance_details"`
}

// readSWEBench reads the bash-only board of the leaderboard's JSON.
func readSWEBench(ctx context.Context, src string, to *sink) error {
	text, err := os.ReadFile(src)
	if err != nil {
		return err
	}
	var file struct {
		Leaderboards []struct {
			Name    string
			Results []sweResult
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return jsonPlace(src, text, err)
	}
	for _, board := range file.Leaderboards {
		if board.Name != "bash-only" {
			to.report.Skipped[fmt.Sprintf("leaderboard %q, which is not bash-only", board.Name)]++
			continue
		}
		for _, r := range board.Results {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err := sweModel(src, to, r); err != nil {
				return err
			}
		}
	}
	return nil
}

var sweFolder = regexp.MustCompile(`^\d{8}_mini-v[\d.]+[_-](.+)$`)

func sweModel(src string, to *sink, r sweResult) error {
	if len(r.Details) == 0 {
		to.report.Skipped["a result without per-instance details"]++
		return nil
	}
	model := r.Name
	if m := sweFolder.FindStringSubmatch(r.Folder); m != nil {
		model = m[1]
	}
	if to.models[model] {
		model = r.Folder // the same model in two versions of the agent
	}
	if model == "" || to.models[model] {
		return fmt.Errorf("%s: result %q (folder %q): found no model id of its own, expected a folder or a name that no other result has", src, r.Name, r.Folder)
	}
	ids := make([]string, 0, len(r.Details))
	for id := range r.Details {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	solved := 0.0
	for _, id := range ids {
		d := r.Details[id]
		if d.Resolved == nil {
			to.report.Skipped["an instance without a verdict"]++
			continue
		}
		if !to.w.seen[id] { // every model answers the same tasks
			if err := to.task(waymark.Task{ID: id, Category: sweRepository(id), Messages: []waymark.Message{{Role: "user", Content: id}}}); err != nil {
				return err
			}
		}
		rec := waymark.Recorded{Task: id, Model: waymark.ModelID(model), Score: waymark.Scored(0)}
		if *d.Resolved {
			rec.Score = waymark.Scored(1)
			solved++
		}
		var err error
		if rec.Cost, err = cost(d.Cost); err != nil {
			return fmt.Errorf("%s: %s on %s: %w", src, model, id, err)
		}
		if err := to.response(rec); err != nil {
			return err
		}
	}
	if share := 100 * solved / float64(len(ids)); math.Abs(share-r.Resolved) > 0.1 {
		to.report.Warnings = append(to.report.Warnings, fmt.Sprintf("%s: %.1f %% are solved by its details, %.1f %% are published", model, share, r.Resolved))
	}
	return nil
}

// sweRepository is astropy/astropy of astropy__astropy-12907.
func sweRepository(id string) string {
	if i := strings.LastIndex(id, "-"); i > 0 {
		id = id[:i]
	}
	return strings.Replace(id, "__", "/", 1)
}

// jsonPlace gives an error of encoding/json its line and column.
func jsonPlace(path string, text []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	at := int64(0)
	switch {
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.As(err, &kind):
		at = kind.Offset
	default:
		return fmt.Errorf("%s: %w", path, err)
	}
	before := string(text[:min(int(at), len(text))])
	line := strings.Count(before, "\n") + 1
	return &yamlfile.Error{File: path, Line: line, Column: len(before) - strings.LastIndex(before, "\n"), Msg: "not the JSON that was expected: " + err.Error()}
}
