// Package datasets reads and writes labelled tasks and recorded responses: the
// folder format, foreign formats, splits.
package datasets

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"waymark"
	"waymark/internal/yamlfile"
)

// Meta is dataset.yaml: what is known of a dataset as a whole.
type Meta struct {
	Name       string     `yaml:"name" required:"true"`
	Version    string     `yaml:"version"`
	Recorded   string     `yaml:"recorded"` // when the responses were collected: a date, or RFC 3339
	Licence    string     `yaml:"licence"`
	Source     string     `yaml:"source"`
	Kind       string     `yaml:"kind"`   // matrix (default) or logged
	Logger     string     `yaml:"logger"` // of a logged one: the recorded policy that chose; needed where there are several
	Quality    *Quality   `yaml:"quality"`
	Currency   string     `yaml:"currency"`   // USD (default)
	Features   []string   `yaml:"features"`   // what a policy may see, such as category
	Embeddings []string   `yaml:"embeddings"` // vectors that a policy may see: NAME of embeddings/NAME.jsonl or .csv, or metadata.FIELD
	Group      string     `yaml:"group"`      // metadata field that groups tasks, where a task has no group
	Split      *SplitRule `yaml:"split"`
	Synthetic  bool       `yaml:"synthetic"` // says SYNTHETIC wherever it is shown
}

// Quality is the scale of recorded scores.
type Quality struct {
	Range          []float64 `yaml:"range"` // lowest and highest; default 0 and 1
	HigherIsBetter *bool     `yaml:"higher_is_better"`
}

const metaFile = "dataset.yaml"

func readMeta(dir string) (*Meta, *yamlfile.Doc, error) {
	path := filepath.Join(dir, metaFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("%s is not a dataset folder: %w", dir, err)
	}
	m := &Meta{}
	doc, err := yamlfile.Decode(path, text, m)
	if err != nil {
		return nil, nil, err
	}
	return m, doc, m.check(doc)
}

func (m *Meta) check(doc *yamlfile.Doc) error {
	if !slices.Contains([]string{"", "matrix", kindLogged}, m.Kind) {
		return doc.Errorf([]any{"kind"}, "found %q, expected matrix or logged", m.Kind)
	}
	if m.Logger != "" && m.Kind != kindLogged {
		return doc.Errorf([]any{"logger"}, "found logger: %s without kind: logged, expected it there only", m.Logger)
	}
	if m.Recorded != "" {
		if _, err := parseTime(m.Recorded); err != nil {
			return doc.Errorf([]any{"recorded"}, "%v", err)
		}
	}
	if m.Currency != "" && m.Currency != "USD" {
		return doc.Errorf([]any{"currency"}, "found %q, expected USD: convert costs before they are recorded", m.Currency)
	}
	if q := m.Quality; q != nil && q.Range != nil {
		if len(q.Range) != 2 || !(q.Range[0] < q.Range[1]) || math.IsInf(q.Range[0], 0) || math.IsInf(q.Range[1], 0) {
			return doc.Errorf([]any{"quality", "range"}, "found %v, expected two finite numbers, the lower first", q.Range)
		}
	}
	if err := m.checkEmbeddings(doc); err != nil {
		return err
	}
	if m.Split != nil {
		if err := m.Split.Check(); err != nil {
			return doc.Errorf([]any{"split"}, "%v", err)
		}
	}
	return nil
}

// plainName is a name that is a file's in its folder, whatever the system.
var plainName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$`)

func (m *Meta) checkEmbeddings(doc *yamlfile.Doc) error {
	for i, name := range m.Embeddings {
		field, isField := strings.CutPrefix(name, metadataPrefix)
		switch {
		case isField && field == "":
			return doc.Errorf([]any{"embeddings", i}, "found %q, expected the name of a field after metadata.", name)
		case !isField && !plainName.MatchString(name):
			return doc.Errorf([]any{"embeddings", i}, "found %q, expected a name of letters, digits, _, - and ., or metadata.FIELD", name)
		case slices.Contains(m.Embeddings[:i], name):
			return doc.Errorf([]any{"embeddings", i}, "found %q a second time", name)
		}
	}
	return nil
}

// scale is the range of scores, and whether the lower end is the better.
func (m *Meta) scale() (lo, hi float64, flipped bool) {
	lo, hi = 0, 1
	if m.Quality == nil {
		return lo, hi, false
	}
	if m.Quality.Range != nil {
		lo, hi = m.Quality.Range[0], m.Quality.Range[1]
	}
	return lo, hi, m.Quality.HigherIsBetter != nil && !*m.Quality.HigherIsBetter
}

func (m *Meta) info() waymark.Info {
	lo, hi, flipped := m.scale()
	if flipped {
		lo, hi = 0, 1 // a score of which less is better is shown as a share of the way from worst to best
	}
	return waymark.Info{
		Name: m.Name, Version: m.Version, Recorded: m.Recorded, Licence: m.Licence, Source: m.Source, Synthetic: m.Synthetic,
		QualityLo: lo, QualityHi: hi, Currency: "USD", Features: m.Features,
	}
}
