package suite

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"waymark/policies"
)

// FittedSchema is the version of the file that a fitted policy is saved in.
const FittedSchema = 1

// A Fitted is the saved state of a policy's learned parts, and where it is from. A
// suite names it under fitted, and the policy is then loaded and not fitted.
type Fitted struct {
	Schema        int             `json:"schema"`
	Policy        string          `json:"policy"`
	Type          string          `json:"type"`
	Config        json.RawMessage `json:"config"` // without the knob, which may be another
	Dataset       string          `json:"dataset"`
	DatasetDigest string          `json:"dataset_digest"`
	Synthetic     bool            `json:"synthetic,omitempty"`
	Version       string          `json:"waymark_version"`
	Seed          uint64          `json:"seed"`
	Tasks         int             `json:"tasks"` // that it was fitted on
	Units         string          `json:"units"` // base64 of 64-bit hashes of their groups, names and prompts, so that it is told where one is reported on
	Digest        string          `json:"digest"`
	State         policies.State  `json:"state"`

	// Facts is what was found in fitting, for people; it is not saved. Difficulties are those of
	// the tasks that it was fitted on, where an item response model was.
	Facts        []policies.Fact    `json:"-"`
	Difficulties map[string]float64 `json:"-"`

	on   map[uint64]bool // the units
	of   *board          // that rows are of
	rows []bool          // whether it was fitted on each
}

// maxFitted bounds the file of a fitted policy.
const maxFitted = 1 << 30

// LoadFitted reads a saved state and holds it to its digest.
func LoadFitted(path string) (*Fitted, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() || st.Size() > maxFitted {
		return nil, fmt.Errorf("%s: expected a file of at most %d bytes, as waymark fit writes it", path, maxFitted)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f := &Fitted{}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(f); err != nil {
		return nil, fmt.Errorf("%s: not a fitted policy as waymark fit writes it: %w", path, err)
	}
	if dec.More() {
		return nil, fmt.Errorf("%s: found more behind the fitted policy that waymark fit wrote", path)
	}
	if f.Schema != FittedSchema {
		return nil, fmt.Errorf("%s: found schema %d, expected %d", path, f.Schema, FittedSchema)
	}
	digest, err := f.digest()
	if err != nil {
		return nil, err
	}
	if digest != f.Digest {
		return nil, fmt.Errorf("%s: its content has digest %s and not the %s that it says: it was changed after it was saved", path, digest, f.Digest)
	}
	return f, f.readUnits()
}

// digest is of everything but itself.
func (f *Fitted) digest() (string, error) {
	c := *f
	c.Digest = ""
	c.State = policies.State{}
	for name, text := range f.State { // in one form, however the file is laid out
		var b bytes.Buffer
		if err := json.Compact(&b, text); err != nil {
			return "", fmt.Errorf("state of %s: %w", name, err)
		}
		c.State[name] = b.Bytes()
	}
	var config bytes.Buffer
	if err := json.Compact(&config, f.Config); err != nil {
		return "", fmt.Errorf("config: %w", err)
	}
	c.Config = config.Bytes()
	text, err := json.Marshal(&c)
	return fmt.Sprintf("sha256:%x", sha256.Sum256(text)), err
}

// JSON is the file that LoadFitted reads.
func (f *Fitted) JSON() ([]byte, error) {
	text, err := json.Marshal(f)
	return append(text, '\n'), err
}

// Fit fits the learned parts of a policy on the tune split, or on all tasks where the
// suite does not split them.
func (s *Suite) Fit(ctx context.Context, policy string, opt Options) (*Fitted, error) {
	i := slices.IndexFunc(s.Policies, func(e Entry) bool { return e.Name == policy })
	if i < 0 {
		var names []string
		for _, e := range s.Policies {
			names = append(names, e.Name)
		}
		return nil, &InputError{fmt.Errorf("found policy %q, expected one of the suite's %v", policy, names)}
	}
	b, err := s.prepare(ctx, &opt)
	if err != nil {
		return nil, err
	}
	defer b.opened.Close()
	opt.stage("fitting")
	e := s.Policies[i]
	e.fitted = nil
	f := &fitting{on: b.tune, whole: policies.Learning{Outcomes: b.outcomes(b.tune)}}
	f.policy, err = e.Config.Build(b.inputs(&f.whole))
	if b.ctx.Err() != nil {
		return nil, errFitting
	}
	if err != nil {
		return nil, s.policyError(i, err)
	}
	if !f.whole.Asked() {
		return nil, s.errorf([]any{"policies", i}, "found policy %q, which has no learned part, expected one that has", policy)
	}
	return f.save(b, e, opt.Version)
}

// save is the state of a policy that was fitted, with where it is from.
func (f *fitting) save(b *board, e Entry, version string) (*Fitted, error) {
	state, err := f.whole.State()
	if err != nil {
		return nil, err
	}
	out := &Fitted{
		Schema: FittedSchema, Policy: e.Name, Type: e.Type, Dataset: b.info.Name, DatasetDigest: b.info.Digest, Synthetic: b.info.Synthetic,
		Version: version, Seed: b.queries.Seed, Tasks: len(f.on), State: state,
		Facts: f.whole.Facts(), Difficulties: f.whole.Difficulties(),
	}
	if out.Config, err = e.unknobbed(); err != nil {
		return nil, err
	}
	var units []byte
	for _, i := range f.on {
		for _, key := range b.identities(i) {
			units = binary.LittleEndian.AppendUint64(units, key)
		}
	}
	out.Units = base64.StdEncoding.EncodeToString(units)
	out.Digest, err = out.digest()
	return out, err
}

// unknobbed is an entry's keys as JSON, but for its name, its knob and what does not
// bear on what is fitted.
func (e Entry) unknobbed() (json.RawMessage, error) {
	var v map[string]any
	if err := e.node.Decode(&v); err != nil {
		return nil, err
	}
	for _, key := range []string{"name", "repeats", "fitted"} {
		delete(v, key)
	}
	if s, ok := e.Config.(policies.Swept); ok {
		_, key := s.Swept()
		delete(v, key)
	}
	return json.Marshal(v)
}

// loadFitted reads the states that entries name, relative to the suite file.
func (s *Suite) loadFitted() error {
	var errs []error
	for i := range s.Policies {
		e := &s.Policies[i]
		if e.Fitted == nil {
			continue
		}
		path := *e.Fitted
		if path == "" {
			errs = append(errs, s.errorf([]any{"policies", i, "fitted"}, "found no name, expected a file that waymark fit wrote"))
			continue
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(s.Path), filepath.FromSlash(path))
		}
		f, err := LoadFitted(path)
		if err == nil {
			err = f.fits(e)
		}
		if err != nil {
			errs = append(errs, s.errorf([]any{"policies", i, "fitted"}, "%v", err))
		}
		e.fitted = f
	}
	return errors.Join(errs...)
}

// fits refuses a state that was fitted under another configuration than the entry's.
func (f *Fitted) fits(e *Entry) error {
	own, err := e.unknobbed()
	if err != nil {
		return err
	}
	var theirs bytes.Buffer
	if err := json.Compact(&theirs, f.Config); err != nil {
		return err
	}
	if f.Type != e.Type || !bytes.Equal(own, theirs.Bytes()) {
		return fmt.Errorf("it was fitted as %s, and the policy is now %s: fit it anew with waymark fit", theirs.Bytes(), own)
	}
	return nil
}

// seen says of each row whether a loaded policy was fitted on it: on a task of its unit as it is now or
// was then, on one of its name, or on one of the same prompt.
func (f *Fitted) seen(b *board) []bool {
	if f.rows != nil && f.of == b {
		return f.rows
	}
	units := map[uint64]bool{}
	for i := range b.matrix.Tasks {
		for _, key := range b.identities(i) {
			if f.on[key] {
				units[b.units.keys[i]] = true
			}
		}
	}
	f.of, f.rows = b, make([]bool, len(b.matrix.Tasks))
	for i := range f.rows {
		f.rows[i] = units[b.units.keys[i]]
	}
	return f.rows
}

// identities are what a task can be known again by: its unit, its name, and its prompt.
func (b *board) identities(row int) [3]uint64 {
	t := &b.matrix.Tasks[row]
	return [3]uint64{b.units.keys[row], textKey("task\x00" + t.ID), textKey("prompt\x00" + asked(t))}
}

// readUnits takes the keys of the units that the policy was fitted on.
func (f *Fitted) readUnits() error {
	raw, err := base64.StdEncoding.DecodeString(f.Units)
	if err != nil || len(raw)%8 != 0 {
		return fmt.Errorf("units: found %d characters, expected base64 of 64-bit numbers", len(f.Units))
	}
	f.on = map[uint64]bool{}
	for ; len(raw) > 0; raw = raw[8:] {
		f.on[binary.LittleEndian.Uint64(raw)] = true
	}
	return nil
}
