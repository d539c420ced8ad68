package datasets

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"waymark"
	"waymark/internal/yamlfile"
)

// A Folder is a dataset as a folder: dataset.yaml, tasks, responses and decisions.
// It is a waymark.Dataset and a waymark.Recording. Every pass reads the files anew.
type Folder struct {
	dir                         string
	meta                        *Meta
	doc                         *yamlfile.Doc // of dataset.yaml, for places in it
	info                        waymark.Info
	tasks, responses, decisions table
	vectors                     map[string]table // by name, of those that dataset.yaml lists

	mu  sync.Mutex
	ids map[string]int // line of each task, once they have been read
}

// Open opens a dataset's folder. It reads dataset.yaml, and the bytes of the other
// files once for their digest; what is in them is checked as it is streamed.
func Open(dir string) (*Folder, error) {
	if st, err := os.Stat(dir); err != nil {
		return nil, err
	} else if !st.IsDir() {
		return nil, fmt.Errorf("%s: found a file, expected a dataset folder with dataset.yaml, tasks.jsonl and responses.jsonl; `waymark import` makes one", dir)
	}
	meta, doc, err := readMeta(dir)
	if err != nil {
		return nil, err
	}
	f := &Folder{dir: dir, meta: meta, doc: doc, info: meta.info()}
	files := []table{{metaFile, filepath.Join(dir, metaFile)}}
	for base, to := range map[string]*table{"tasks": &f.tasks, "responses": &f.responses, "decisions": &f.decisions} {
		if *to, err = find(dir, base); err != nil {
			return nil, err
		}
	}
	if f.tasks.path == "" {
		return nil, fmt.Errorf("%s: there is no tasks.jsonl or tasks.csv", dir)
	}
	for _, t := range []table{f.tasks, f.responses, f.decisions} {
		if t.path != "" {
			files = append(files, t)
		}
	}
	if err := f.findVectors(); err != nil {
		return nil, err
	}
	for _, name := range f.meta.Embeddings {
		if t, ok := f.vectors[name]; ok {
			files = append(files, t)
		}
	}
	f.info.Digest, err = digest(files)
	return f, err
}

// findVectors finds the tables that dataset.yaml lists.
func (f *Folder) findVectors() error {
	f.vectors = map[string]table{}
	for i, name := range f.meta.Embeddings {
		if strings.HasPrefix(name, metadataPrefix) {
			continue
		}
		t, err := find(f.dir, embeddingFolder+"/"+name)
		if err != nil {
			return err
		}
		if t.path == "" {
			return f.doc.Errorf([]any{"embeddings", i}, "found %q, expected a file %s/%s.jsonl or .csv, plain or compressed, or metadata.FIELD", name, embeddingFolder, name)
		}
		f.vectors[name] = t
	}
	return nil
}

// Path is the folder, as given.
func (f *Folder) Path() string { return f.dir }

// Info is what travels with the dataset into every run.
func (f *Folder) Info() waymark.Info { return f.info }

// SplitRule is the dataset's own, nil if it has none.
func (f *Folder) SplitRule() *SplitRule { return f.meta.Split }

// rows reads a table in its format.
func rows[T any](ctx context.Context, t table) iter.Seq2[located[T], error] {
	switch {
	case t.path == "":
		return func(func(located[T], error) bool) {}
	case t.csv():
		return csvRows[T](ctx, t)
	}
	return jsonLines[T](ctx, t)
}

// blame gives an error of a record its place.
func blame[T any](rec located[T], err error) error {
	var at *fieldError
	if errors.As(err, &at) {
		return rec.at(at)
	}
	return err
}

// Tasks streams the tasks in the order of the file. A task whose id was there
// before is an error.
func (f *Folder) Tasks(ctx context.Context) iter.Seq2[waymark.Task, error] {
	return func(yield func(waymark.Task, error) bool) {
		ids := map[string]int{}
		for rec, err := range rows[taskRecord](ctx, f.tasks) {
			if err != nil {
				yield(waymark.Task{}, err)
				return
			}
			t, err := rec.rec.task(f.meta)
			if line, twice := ids[t.ID]; err == nil && twice {
				err = bad("id", "found id %q a second time (first on line %d), expected an id of its own", t.ID, line)
			}
			if err != nil {
				yield(waymark.Task{}, blame(rec, err))
				return
			}
			ids[t.ID] = rec.line
			if !yield(t, nil) {
				return
			}
		}
		f.mu.Lock()
		f.ids = ids
		f.mu.Unlock()
	}
}

// known is the set of task ids, read if they have not been.
func (f *Folder) known(ctx context.Context) (map[string]int, error) {
	f.mu.Lock()
	ids := f.ids
	f.mu.Unlock()
	if ids != nil {
		return ids, nil
	}
	for _, err := range f.Tasks(ctx) {
		if err != nil {
			return nil, err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ids, nil
}

// Responses streams the recorded responses, scores scaled to [0,1]. A response to
// a task that is not there is an error.
func (f *Folder) Responses(ctx context.Context) iter.Seq2[waymark.Recorded, error] {
	return about(f, ctx, f.responses, func(r *responseRecord) (waymark.Recorded, string, error) {
		out, err := r.recorded(f.meta)
		return out, out.Task, err
	})
}

// Decisions streams the recorded decisions of other routers.
func (f *Folder) Decisions(ctx context.Context) iter.Seq2[waymark.Verdict, error] {
	return about(f, ctx, f.decisions, func(r *decisionRecord) (waymark.Verdict, string, error) {
		out, err := r.verdict()
		return out, out.Task, err
	})
}

// about streams a table whose rows are about tasks.
func about[R, T any](f *Folder, ctx context.Context, t table, convert func(*R) (out T, task string, err error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		ids, err := f.known(ctx)
		if err != nil {
			yield(none, err)
			return
		}
		for rec, err := range rows[R](ctx, t) {
			if err != nil {
				yield(none, err)
				return
			}
			out, task, err := convert(&rec.rec)
			if _, ok := ids[task]; err == nil && !ok {
				err = bad("task", "found task %q, which %s does not have", task, filepath.Base(f.tasks.path))
			}
			if err != nil {
				yield(none, blame(rec, err))
				return
			}
			if !yield(out, nil) {
				return
			}
		}
	}
}

var (
	_ waymark.Dataset   = (*Folder)(nil)
	_ waymark.Recording = (*Folder)(nil)
)
