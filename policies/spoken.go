package policies

import (
	"fmt"
	"time"
)

// Spoken is what a router that was talked to is and did.
type Spoken struct {
	Name     string  `json:"name"`
	Version  string  `json:"version,omitempty"`
	Type     string  `json:"type"` // exec, http or openai-router
	Mode     string  `json:"mode"` // select, trial, score, choice or answer
	Batch    int     `json:"batch"`
	Copies   int     `json:"copies"` // that were taught different outcomes; 1 for one that learns nothing
	Asked    int     `json:"asked"`  // queries, of this run: what results.db had is not asked again
	Failed   int     `json:"failed"`
	Restarts int     `json:"restarts"`
	OwnTime  string  `json:"own_time"` // reported, measured, fixed, or not known
	OwnMS    float64 `json:"own_ms"`   // a query, on average
	// Transport is what the way there and back takes, measured with an echo in the
	// router's place; nil where it could not be measured. It is no part of OwnMS,
	// unless that is measured.
	Transport *Transport `json:"transport,omitempty"`
	Warnings  []string   `json:"warnings,omitempty"`
}

// A Transport is how long lines take that nobody thinks about, in microseconds.
type Transport struct {
	Line        float64 `json:"line_us"`     // the median
	PerDecision float64 `json:"decision_us"` // of the router's batch
	N           int     `json:"n"`           // lines that were echoed
}

// String is one line for a person.
func (s Spoken) String() string {
	name := s.Name
	if s.Version != "" {
		name += " " + s.Version
	}
	out := fmt.Sprintf("router %s (%s, %s): %d queries asked", name, s.Type, s.Mode, s.Asked)
	if s.Copies > 1 {
		out += fmt.Sprintf(" of %d copies", s.Copies)
	}
	switch s.OwnTime {
	case unknownTime:
		out += ", its own time is not known"
	default:
		out += fmt.Sprintf(", own time %.3g ms a query (%s)", s.OwnMS, s.OwnTime)
	}
	if t := s.Transport; t != nil {
		out += fmt.Sprintf("; transport %.3g µs a decision (echo, n=%d)", t.PerDecision, t.N)
	}
	return out
}

const unknownTime = "not known"

// spoken tells of a router and its copies, r among them, together.
func (r *router) spoken(copies []*router) Spoken {
	s := Spoken{Name: r.about.Name, Version: r.about.Version, Type: r.kind, Mode: r.about.Mode, Batch: r.batch, Copies: len(copies), OwnTime: "reported"}
	var t tally
	for _, c := range copies {
		c.mu.Lock()
		t.add(c.spokeOf)
		c.mu.Unlock()
		if c.client != nil {
			s.Restarts += c.client.Restarts()
		}
	}
	s.Asked, s.Failed = t.asked, t.failed
	switch {
	case r.charge.Measured:
		s.OwnTime = "measured, transport included"
	case r.charge.LatencyGiven:
		s.OwnTime = "fixed"
	case t.untimed > 0:
		s.OwnTime = unknownTime
		s.Warnings = append(s.Warnings, fmt.Sprintf("router %s did not say how long it took over %d of %d queries, which is counted as 0; let it report latency_ms, or say charge: measured", &r.about, t.untimed, t.asked))
	}
	if t.asked > 0 {
		s.OwnMS = (t.own / time.Duration(t.asked)).Seconds() * 1000
	}
	if t.unpriced > 0 {
		s.Warnings = append(s.Warnings, fmt.Sprintf("router %s did not say what %d of %d decisions cost, which is then not known; let it report cost_usd, or say charge: {cost_usd: 0} if it is free", &r.about, t.unpriced, t.asked))
	}
	if s.Restarts > 0 {
		s.Warnings = append(s.Warnings, fmt.Sprintf("router %s broke off and was begun anew %d times", &r.about, s.Restarts))
	}
	return s
}

func (t *tally) add(u tally) {
	t.asked, t.failed, t.untimed, t.unpriced = t.asked+u.asked, t.failed+u.failed, t.untimed+u.untimed, t.unpriced+u.unpriced
	t.own += u.own
}
