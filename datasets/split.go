package datasets

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"waymark"
)

// A SplitRule says which tasks are tuned on and which are reported on: by hash,
// by a field, or by time. The zero rule splits nothing.
type SplitRule struct {
	Tune  *float64 `yaml:"tune" json:"tune,omitempty" doc:"share of units to tune on, by hash of the group or ID, between 0 and 1"`
	Seed  uint64   `yaml:"seed" json:"seed,omitempty" doc:"of the hash"`
	Field string   `yaml:"field" json:"field,omitempty" doc:"a field whose value is tune or test, instead of a hash"`
	Until string   `yaml:"until" json:"until,omitempty" doc:"tune on tasks before this time (RFC 3339 or a date), test on the others, instead of a hash"`
	Folds int      `yaml:"folds" json:"folds,omitempty" doc:"cross-validate, 2 to 20: units are dealt to this many folds by hash, and each fold is reported on by what was fitted and chosen on the others"`
}

// Check reports a rule that is none, or several.
func (r *SplitRule) Check() error {
	given := 0
	for _, g := range []bool{r.Tune != nil, r.Field != "", r.Until != "", r.Folds != 0} {
		if g {
			given++
		}
	}
	if given != 1 {
		return fmt.Errorf("found %d rules, expected one of tune, field, until, folds", given)
	}
	if r.Folds != 0 && (r.Folds < 2 || r.Folds > 20) {
		return fmt.Errorf("found folds: %d, expected 2 to 20", r.Folds)
	}
	if r.Tune != nil && !(*r.Tune > 0 && *r.Tune < 1) {
		return fmt.Errorf("found tune: %g, expected a share between 0 and 1", *r.Tune)
	}
	if r.Until != "" {
		if _, err := parseTime(r.Until); err != nil {
			return fmt.Errorf("until: %w", err)
		}
	}
	return nil
}

// String is the rule in words; a task's own split goes before it.
func (r *SplitRule) String() string {
	switch {
	case r == nil:
		return "each task's own"
	case r.Field != "":
		return "by the field " + r.Field
	case r.Until != "":
		return "tune before " + r.Until
	case r.Folds != 0:
		return fmt.Sprintf("%d folds of the units, by hash, seed %d", r.Folds, r.Seed)
	case r.Tune != nil:
		return fmt.Sprintf("tune %g of the units, by hash, seed %d", *r.Tune, r.Seed)
	}
	return "none"
}

// Of is the split of a task. The task's own field goes before any rule; a nil
// rule leaves every other task in SplitAll.
func (r *SplitRule) Of(t *waymark.Task) (waymark.Split, error) {
	switch {
	case t.Split != waymark.SplitAll || r == nil:
		return t.Split, nil
	case r.Field != "":
		v, _ := t.Field(r.Field)
		return namedSplit(fmt.Sprint(v))
	case r.Until != "":
		return r.byTime(t)
	case r.Tune == nil:
		return waymark.SplitAll, nil
	}
	if hashShare(r.Seed, unit(t)) < *r.Tune {
		return waymark.SplitTune, nil
	}
	return waymark.SplitTest, nil
}

// Fold is the fold of a task, from 0; a rule without folds, or nil, has one.
func (r *SplitRule) Fold(t *waymark.Task) int {
	if r == nil || r.Folds == 0 {
		return 0
	}
	return min(int(hashShare(r.Seed, unit(t))*float64(r.Folds)), r.Folds-1)
}

// unit is the name of what a task belongs to: its group, or itself.
func unit(t *waymark.Task) string {
	if t.Group != "" {
		return t.Group
	}
	return t.ID
}

func (r *SplitRule) byTime(t *waymark.Task) (waymark.Split, error) {
	if t.Time == "" {
		return 0, errors.New("the split is by time and the task has none")
	}
	at, err := parseTime(t.Time)
	if err != nil {
		return 0, err
	}
	until, err := parseTime(r.Until)
	if err != nil {
		return 0, err
	}
	if at.Before(until) {
		return waymark.SplitTune, nil
	}
	return waymark.SplitTest, nil
}

func parseTime(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("found %q, expected a time such as 2026-03-01T12:00:00Z or a date", s)
}

func namedSplit(name string) (waymark.Split, error) {
	switch name {
	case "tune", "train", "dev", "validation":
		return waymark.SplitTune, nil
	case "test":
		return waymark.SplitTest, nil
	}
	return 0, fmt.Errorf("found split %q, expected tune (train, dev, validation) or test", name)
}

// hashShare maps a unit to [0,1): FNV-1a of seed and unit, finished by SplitMix64,
// so that a task's split depends on nothing but its own name and the seed.
func hashShare(seed uint64, unit string) float64 {
	h := fnv.New64a()
	var s [8]byte
	binary.LittleEndian.PutUint64(s[:], seed)
	h.Write(s[:])
	h.Write([]byte(unit))
	z := h.Sum64() + 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return float64((z^z>>31)>>11) * 0x1p-53
}
