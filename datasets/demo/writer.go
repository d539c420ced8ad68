package demo

import (
	"time"

	"waymark"
)

// A writer writes one task after another into the same memory.
type writer struct {
	g       Generator
	draft   draft
	system  int // position in systems
	scratch []byte
}

// The values of features, boxed once.
var (
	tenants  = []any{"harbour", "orchard", "lantern", "quarry"}
	channels = []any{"chat", "email", "api", "batch"}
)

// systems are the instructions that each tenant puts before a prompt, "" for none.
var systems = []string{
	"You answer for Harbour, a travel agency. Be brief and do exactly what is asked.",
	"",
	"You are the assistant of Lantern, a publisher. If you are asked for a format, keep to it.",
	"",
}

// How often in a hundred a session is of each tenant and channel.
var (
	tenantWeights  = []int{35, 30, 20, 15}
	channelWeights = []int{45, 25, 20, 10}
)

// The tasks lie within four weeks from a Monday on.
var firstMonday = time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)

const weeks = 4

// begin writes the prompt and the answer of task i and returns its name.
func (w *writer) begin(i int) string {
	l := latentAt(w.g.Seed, i)
	w.draft.begin(w.g.Seed, l)
	shared := newChance(w.g.Seed, streamSession, int64(l.session.first)+1<<40)
	w.system = shared.weighted(tenantWeights)
	return ID(i)
}

// promptBytes is the length of all that a model reads.
func (w *writer) promptBytes() int { return len(systems[w.system]) + len(w.draft.text) }

func (w *writer) task(i int) waymark.Task {
	t := w.draft.finish(w.begin(i))
	t.Messages = w.messages()
	s := w.draft.session
	shared := newChance(w.g.Seed, streamSession, int64(s.first)+1<<40)
	tenant := tenants[shared.weighted(tenantWeights)]
	channel := channels[shared.weighted(channelWeights)]
	minute := shared.minute() + (i-s.first)*shared.between(1, 6)
	t.Time = firstMonday.Add(time.Duration(minute) * time.Minute).Format(time.RFC3339)
	if s.size > 1 {
		var b [12]byte
		t.Group = string(appendPadded(append(b[:0], "session-"...), s.first, 7))
	}
	t.Metadata = map[string]any{
		"tenant": tenant, "channel": channel, "language": languages[w.draft.language],
		"tokens": float64(tokens(w.promptBytes())), "family": w.draft.family.name,
	}
	return t
}

func (w *writer) messages() []waymark.Message {
	user := waymark.Message{Role: "user", Content: string(w.draft.text)}
	if systems[w.system] == "" {
		return []waymark.Message{user}
	}
	return []waymark.Message{{Role: "system", Content: systems[w.system]}, user}
}

// minute is a minute of the four weeks: mostly of a working day.
func (c *chance) minute() int {
	day := c.below(7 * weeks)
	if day%7 >= 5 && c.percent(60) { // weekends are quiet
		day -= 2
	}
	of := c.between(7*60, 19*60)
	if c.percent(15) {
		of = c.below(24 * 60)
	}
	return day*24*60 + of
}

// recorded is a response to the task that was begun.
func (w *writer) recorded(id string, m, s int) waymark.Recorded {
	o, jitter := outcomeAt(w.g.Seed, &w.draft.latent, m, s)
	r := waymark.Recorded{Task: id, Model: pool[m].ID, Sample: s}
	r.Response, w.scratch = w.draft.response(w.scratch, m, o, w.promptBytes())
	r.TTFT, r.Latency = pool[m].latency(r.Usage, jitter)
	return r
}

// hole reports whether a response is left out.
func (w *writer) hole(i, m, s int) bool {
	if w.g.HoleShare == 0 {
		return false
	}
	c := newChance(w.g.Seed, streamHole, cell(i, m, s))
	return c.uniform() < w.g.HoleShare
}
