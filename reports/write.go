package reports

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"waymark/suite"
)

// A Format is a kind of report: the files that it makes of a result.
type Format struct {
	Name, Doc string
	files     func(*suite.Result) (map[string][]byte, error)
}

// Formats are the kinds of report. To add one, write its file and add its line.
var Formats = []Format{
	{"html", "one self-contained page", htmlFiles},
	{"png", "the pictures, for slides", pngFiles},
	{"svg", "the pictures, for documents", svgFiles},
	{"md", "the whole report as Markdown", oneFile("report.md", Markdown)},
	{"csv", "the numbers behind the pictures", csvFiles},
	{"json", "the result as it is, a contract", oneFile("result.json", resultJSON)},
}

// Width and Height are those of a picture, in points of 1/72 inch.
const (
	Width  = 9.0 * 72
	Height = 6.0 * 72
	dpi    = 160
)

// Write writes a result in some formats (none: all) into a folder, and returns the
// paths. Every file appears whole or not at all.
func Write(ctx context.Context, res *suite.Result, dir string, formats []string) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	var paths []string
	for _, f := range Formats {
		if len(formats) > 0 && !slices.Contains(formats, f.Name) {
			continue
		}
		if ctx.Err() != nil {
			return paths, ctx.Err()
		}
		files, err := f.files(res)
		if err != nil {
			return paths, fmt.Errorf("%s: %w", f.Name, err)
		}
		names := make([]string, 0, len(files))
		for name := range files {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			path := filepath.Join(dir, name)
			if err := replace(path, files[name]); err != nil {
				return paths, err
			}
			paths = append(paths, path)
		}
	}
	if len(formats) == 0 {
		return paths, sweepOut(dir, paths)
	}
	return paths, nil
}

// seldom are the files that only some results make.
var seldom = []string{"sweep.png", "sweep.svg", "off_policy.csv"}

// sweepOut removes those that an earlier report of another result has left: they would be taken for
// this one's.
func sweepOut(dir string, written []string) error {
	for _, name := range seldom {
		path := filepath.Join(dir, name)
		if slices.Contains(written, path) {
			continue
		}
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

// replace writes a file beside path and renames it over that.
func replace(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".waymark-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

func oneFile(name string, write func(io.Writer, *suite.Result) error) func(*suite.Result) (map[string][]byte, error) {
	return func(res *suite.Result) (map[string][]byte, error) {
		var b bytes.Buffer
		err := write(&b, res)
		return map[string][]byte{name: b.Bytes()}, err
	}
}

func resultJSON(w io.Writer, res *suite.Result) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	return enc.Encode(res)
}

func csvFiles(res *suite.Result) (map[string][]byte, error) {
	out := map[string][]byte{}
	writers := map[string]func(io.Writer) error{
		"policies.csv":    func(w io.Writer) error { return policiesCSV(w, res.Policies) },
		"constants.csv":   func(w io.Writer) error { return policiesCSV(w, res.Constants) },
		"categories.csv":  func(w io.Writer) error { return categoriesCSV(w, res) },
		"measures.csv":    func(w io.Writer) error { return measuresCSV(w, res) },
		"slices.csv":      func(w io.Writer) error { return slicesCSV(w, res) },
		"curves.csv":      func(w io.Writer) error { return curvesCSV(w, res) },
		"leakage.csv":     func(w io.Writer) error { return leakageCSV(w, res) },
		"matches.csv":     func(w io.Writer) error { return matchesCSV(w, res) },
		"reliability.csv": func(w io.Writer) error { return reliabilityCSV(w, res) },
	}
	if res.OffPolicy != nil {
		writers["off_policy.csv"] = func(w io.Writer) error { return offPolicyCSV(w, res) }
	}
	for name, write := range writers {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			return nil, err
		}
		out[name] = b.Bytes()
	}
	return out, nil
}

// pictures are the plots by name.
func pictures(res *suite.Result) (map[string]*Picture, error) {
	pareto, err := Pareto(res)
	if err != nil {
		return nil, err
	}
	out := map[string]*Picture{"pareto": pareto}
	if len(res.Curves) > 0 {
		out["sweep"] = Sweep(res)
	}
	return out, nil
}

func pngFiles(res *suite.Result) (map[string][]byte, error) {
	return drawn(res, ".png", func(p *Picture, w io.Writer) error {
		c := vgimg.NewWith(vgimg.UseWH(Width, Height), vgimg.UseDPI(dpi))
		p.Draw(draw.New(c))
		_, err := vgimg.PngCanvas{Canvas: c}.WriteTo(w)
		return err
	})
}

func svgFiles(res *suite.Result) (map[string][]byte, error) {
	return drawn(res, ".svg", drawSVG)
}

func drawSVG(p *Picture, w io.Writer) error {
	c := vgsvg.New(vg.Length(Width), vg.Length(Height))
	p.Draw(draw.New(c))
	_, err := c.WriteTo(w)
	return err
}

func drawn(res *suite.Result, extension string, to func(*Picture, io.Writer) error) (map[string][]byte, error) {
	plots, err := pictures(res)
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for name, p := range plots {
		var b bytes.Buffer
		if err := to(p, &b); err != nil {
			return nil, err
		}
		out[name+extension] = b.Bytes()
	}
	return out, nil
}
