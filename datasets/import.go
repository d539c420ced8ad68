package datasets

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"strings"

	"waymark"
	"waymark/internal/yamlfile"
)

// An Importer turns foreign files into a dataset.
type Importer struct {
	Name, Doc string
	meta      Meta
	read      func(ctx context.Context, src string, to *sink) error
}

// Importers are the foreign formats. To add one, write its file and add its line.
var Importers = []Importer{
	{"routellm-mmlu", "RouteLLM's MMLU answers: a CSV a subject, and the contaminated prompts", routeLLMMeta("routellm_mmlu", "mmlu"), readRouteLLM(mmluTask)},
	{"routellm-gsm8k", "RouteLLM's GSM8K answers with their text, and the contaminated prompts", routeLLMMeta("routellm_gsm8k", "gsm8k"), readRouteLLM(gsm8kTask)},
	{"routerbench", "RouterBench's wide CSV: a column a model for score, total_cost and model_response", Meta{Name: "routerbench", Licence: "not stated", Source: "RouterBench, wide CSV", Features: []string{"category"}}, readRouterBench},
	{"swebench", "SWE-bench's leaderboard JSON with per-instance details", Meta{Name: "swebench_bashonly", Licence: "CC-BY-NC-4.0 (results)", Source: "SWE-bench leaderboard, bash-only, per-instance details; prompts are ids, since the file has no issue texts", Features: []string{"category"}}, readSWEBench},
}

// An ImportReport says what an import made, and what it left out and why.
type ImportReport struct {
	Tasks, Responses, Models int
	Skipped                  map[string]int // by reason
	Warnings                 []string
}

// Import makes a dataset folder of foreign files. The folder appears whole or not
// at all, and one that is there already must be empty.
func Import(ctx context.Context, format string, srcs []string, out string) (ImportReport, error) {
	var names []string
	for _, im := range Importers {
		names = append(names, im.Name)
		if im.Name == format {
			return im.run(ctx, srcs, out)
		}
	}
	msg := fmt.Sprintf("found format %q, expected one of %s", format, strings.Join(names, ", "))
	if near := yamlfile.Nearest(format, names); near != "" {
		msg += fmt.Sprintf("; did you mean %q?", near)
	}
	return ImportReport{}, fmt.Errorf("%s", msg)
}

func (im Importer) run(ctx context.Context, srcs []string, out string) (ImportReport, error) {
	w, err := Create(out, im.meta)
	if err != nil {
		return ImportReport{}, err
	}
	to := &sink{w: w, models: map[string]bool{}, contaminated: map[string]bool{}, report: ImportReport{Skipped: map[string]int{}}}
	for _, src := range srcs { // the marks of tasks first
		if strings.HasSuffix(src, "contaminated_prompts.jsonl") {
			err = errorOr(err, readContaminated(ctx, src, to))
		}
	}
	for _, src := range srcs {
		if !strings.HasSuffix(src, "contaminated_prompts.jsonl") && err == nil {
			err = im.read(ctx, src, to)
		}
	}
	if err == nil && to.report.Responses == 0 {
		err = fmt.Errorf("%s: no responses were found", strings.Join(srcs, ", "))
	}
	if err != nil {
		w.Abort()
		return ImportReport{}, err
	}
	to.report.Models = len(to.models)
	return to.report, w.Close()
}

func errorOr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// A sink takes what an importer reads.
type sink struct {
	w            *Writer
	models       map[string]bool
	contaminated map[string]bool // prompts
	marked       bool            // whether contaminated prompts were given
	report       ImportReport
}

// task takes a task. Its id must not have been there before.
func (s *sink) task(t waymark.Task) error {
	s.report.Tasks++
	t.Weight = 1
	return s.w.WriteTask(t)
}

func (s *sink) response(r waymark.Recorded) error {
	s.models[string(r.Model)] = true
	s.report.Responses++
	return s.w.WriteResponse(r)
}

// A wideCSV is a CSV file with a header whose cells are found by name.
type wideCSV struct {
	path    string
	r       *csv.Reader
	header  []string
	columns map[string]int
	row     []string
}

func openCSV(path string) (*wideCSV, io.Closer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	c := &wideCSV{path: path, r: csv.NewReader(f), columns: map[string]int{}}
	if c.header, err = c.r.Read(); err != nil {
		f.Close()
		return nil, nil, csvError(path, err)
	}
	for i, h := range c.header {
		c.header[i] = strings.TrimPrefix(h, "\ufeff")
		if _, twice := c.columns[c.header[i]]; twice {
			line, column := c.r.FieldPos(i)
			f.Close()
			return nil, nil, &yamlfile.Error{File: path, Line: line, Column: column, Msg: fmt.Sprintf("found column %q a second time, expected a name of its own", c.header[i])}
		}
		c.columns[c.header[i]] = i
	}
	return c, f, nil
}

// need reports a column that the format has and the file has not.
func (c *wideCSV) need(names ...string) error {
	for _, n := range names {
		if _, ok := c.columns[n]; !ok {
			return &yamlfile.Error{File: c.path, Line: 1, Column: 1, Msg: fmt.Sprintf("found columns %.200s, expected one named %q", strings.Join(c.header, ", "), n)}
		}
	}
	return nil
}

func (c *wideCSV) next() error {
	var err error
	if c.row, err = c.r.Read(); err != nil && err != io.EOF {
		return csvError(c.path, err)
	}
	return err
}

func (c *wideCSV) cell(name string) string { return c.row[c.columns[name]] }

// errorf blames the cell of a column in the current row.
func (c *wideCSV) errorf(name, format string, args ...any) error {
	line, column := c.r.FieldPos(c.columns[name])
	return &yamlfile.Error{File: c.path, Line: line, Column: column, Msg: fmt.Sprintf("column %q: ", name) + fmt.Sprintf(format, args...)}
}

func (c *wideCSV) float(name string) (float64, error) {
	x, err := decimal(c.cell(name), 64)
	if err != nil {
		return 0, c.errorf(name, "found %.40q, expected a number", c.cell(name))
	}
	return x, nil
}
