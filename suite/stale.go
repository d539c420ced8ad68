package suite

import (
	"fmt"
	"time"
)

// staleDays is how old responses may be before they are flagged, unless the suite says otherwise.
const staleDays = 30

// recordedAt is when a dataset's responses were collected: by recorded in dataset.yaml or,
// failing that, by a version that is a date.
func (d DatasetInfo) recordedAt() (time.Time, bool) {
	for _, text := range []string{d.Recorded, d.Version} {
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly} {
			if t, err := time.Parse(layout, text); err == nil {
				return t, true
			}
		}
	}
	return time.Time{}, false
}

// AgeDays is how many days old the dataset's responses were at a time, and whether that is known.
func (d DatasetInfo) AgeDays(at time.Time) (days float64, ok bool) {
	t, ok := d.recordedAt()
	return at.Sub(t).Hours() / 24, ok
}

// stale is the warning about responses that are too old; "" where they are not, or nobody knows.
func stale(d DatasetInfo, at time.Time, days *int) string {
	most := staleDays
	if days != nil {
		most = *days
	}
	age, ok := d.AgeDays(at)
	if !ok || age <= float64(most) {
		return ""
	}
	on, _ := d.recordedAt()
	return fmt.Sprintf("stale: the responses were recorded on %s, %.0f days before (more than %d): models and prices may have moved on", on.Format(time.DateOnly), age, most)
}

// warnStale flags a run whose responses were old when it was made, or are now.
func (j *judge) warnStale(days *int, e *Evidence) {
	at := j.spec.Now
	if at.IsZero() {
		return
	}
	if text := stale(e.Dataset, at, days); text != "" {
		j.warn(text)
	}
}
