package reports

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"

	"waymark/suite"
)

//go:embed page.tmpl
var pageTemplate string

//go:embed page.css
var pageStyle string

var page = template.Must(template.New("page").Funcs(template.FuncMap{"clean": clean}).Parse(pageTemplate))

// pageData is what the page shows: text, tables and pictures, all of it computed.
type pageData struct {
	Title, Answer  string
	Synthetic      bool
	OffPolicy      string // what is to be said of estimates from a log, "" of observations
	Banner         []string
	Policy         template.HTMLAttr // of the content security policy
	Style          template.CSS
	Pareto, Sweep  template.URL
	Grids          []htmlGrid
	Together       string
	More           []htmlGrid
	Categories     htmlGrid
	Leakage        htmlGrid
	Looked         string // what the leakage lint went over
	Notes          []string
	Provenance     [][2]string
	SuiteText      string
	CostKnown      bool
	HasSweep       bool
	HasCategories  bool
	InSample       bool
	HasOracle      bool
	ThinCategories bool
}

type htmlGrid struct {
	Title  string
	Note   string
	Header []htmlCell
	Rows   [][]htmlCell
}

type htmlCell struct {
	Text  string
	Right bool
}

func (g grid) html() htmlGrid {
	out := htmlGrid{Title: clean(g.title), Note: clean(g.note)}
	for i, h := range g.header {
		out.Header = append(out.Header, htmlCell{clean(h), g.right[i]})
	}
	for _, r := range g.rows {
		var row []htmlCell
		for i, c := range r {
			row = append(row, htmlCell{clean(c), g.right[i]})
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func htmlFiles(res *suite.Result) (map[string][]byte, error) {
	plots, err := pictures(res)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(pageStyle))
	d := pageData{
		Title: clean(res.Dataset.Name), Answer: Answer(res), Synthetic: res.Dataset.Synthetic, Banner: banner(res),
		Style: template.CSS(pageStyle), Notes: append(notes(res), measureReasons(res)...), Together: clean(together(res)), Provenance: provenance(res), SuiteText: res.Run.SuiteText,
		CostKnown: res.Dataset.CostKnown, HasSweep: plots["sweep"] != nil, InSample: res.Baselines.InSample, HasOracle: res.Baselines.Oracle != nil,
		Leakage: leakageGrid(res.Leakage).html(), Looked: looked(res.Leakage),
	}
	d.Policy = template.HTMLAttr(`content="default-src 'none'; img-src data:; style-src 'sha256-` + base64.StdEncoding.EncodeToString(sum[:]) + `'; base-uri 'none'; form-action 'none'"`)
	for name, to := range map[string]*template.URL{"pareto": &d.Pareto, "sweep": &d.Sweep} {
		if plots[name] == nil {
			continue
		}
		var b bytes.Buffer
		if err := drawSVG(plots[name], &b); err != nil {
			return nil, err
		}
		*to = template.URL("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(b.Bytes()))
	}
	if res.OffPolicy != nil {
		d.OffPolicy = offPolicyBanner(res.OffPolicy)
	}
	grids := append(append(checksOf(res), policyGrid(res)), offPolicyGrids(res)...)
	for _, g := range append(grids, curveGrid(res), baselineGrid(res), constantGrid(res)) {
		if len(g.rows) > 0 {
			g.title = marked(res, g.title)
			d.Grids = append(d.Grids, g.html())
		}
	}
	for _, g := range reportGrids(res) {
		g.title = marked(res, g.title)
		d.More = append(d.More, g.html())
	}
	if len(res.Categories) > 1 {
		g := categoryGrid(res, len(res.Constants) <= 8)
		g.title = marked(res, g.title)
		d.HasCategories, d.Categories = true, g.html()
	}
	var b bytes.Buffer
	if err := page.Execute(&b, d); err != nil {
		return nil, err
	}
	return map[string][]byte{"report.html": b.Bytes()}, nil
}
