package replay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"waymark"
)

// Calls are recorded calls other than plain answers, by what they answer. A call for one
// task answers another one's too, where the key is the same, if that has none of its own:
// a model does not know which task it is asked for.
type Calls struct {
	own      map[ownKey]waymark.RecordedCall
	shared   map[waymark.Key]waymark.RecordedCall // of several tasks' calls that of the first by id
	models   []waymark.ModelID
	Replaced int // calls that a later one for the same task and key replaced
}

type ownKey struct {
	task string
	key  waymark.Key
}

// Put enters a call. Of two for one task and key the later wins.
func (c *Calls) Put(r waymark.RecordedCall) {
	if c.own == nil {
		c.own, c.shared = map[ownKey]waymark.RecordedCall{}, map[waymark.Key]waymark.RecordedCall{}
	}
	k := ownKey{r.Task, r.Key}
	if _, had := c.own[k]; had {
		c.Replaced++
	}
	c.own[k] = r
	if first, had := c.shared[r.Key]; !had || r.Task <= first.Task {
		c.shared[r.Key] = r
	}
	if i, had := slices.BinarySearch(c.models, r.Key.Model); !had {
		c.models = slices.Insert(c.models, i, r.Key.Model)
	}
}

// Len is the number of calls.
func (c *Calls) Len() int { return len(c.own) }

// Models are those of which a call is recorded, sorted.
func (c *Calls) Models() []waymark.ModelID { return c.models }

// Reprice sets what every call costs.
func (c *Calls) Reprice(price func(waymark.RecordedCall) (waymark.Cost, error)) error {
	keys := make([]ownKey, 0, len(c.own))
	for k := range c.own {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b ownKey) int { // so that of several errors the same is told
		return cmp.Or(cmp.Compare(a.task, b.task), cmp.Compare(a.key.Model, b.key.Model), slices.Compare(a.key.Prompt[:], b.key.Prompt[:]), cmp.Compare(a.key.Sample, b.key.Sample))
	})
	for _, k := range keys {
		r := c.own[k]
		cost, err := price(r)
		if err != nil {
			return err
		}
		r.Cost = cost
		c.own[k] = r
		if s := c.shared[k.key]; s.Task == k.task {
			c.shared[k.key] = r
		}
	}
	return nil
}

func (c *Calls) find(r waymark.Request) (waymark.RecordedCall, bool) {
	keys := keysOf(r)
	for _, key := range keys {
		if call, ok := c.own[ownKey{r.Query.ID, key}]; ok {
			return call, true
		}
	}
	for _, key := range keys {
		if call, ok := c.shared[key]; ok {
			return call, true
		}
	}
	return waymark.RecordedCall{}, false
}

// keysOf are the keys under which a response to r may be recorded: its own, and for the first
// of several samples that which leaves open which is meant, and the other way round.
func keysOf(r waymark.Request) []waymark.Key {
	key := r.Key()
	if r.Sample > 1 {
		return []waymark.Key{key}
	}
	other := key
	other.Sample = 1 - key.Sample
	return []waymark.Key{key, other}
}

// Score is that of the answer to r, as recorded for r's own task: what another task's
// answer is worth says nothing of this one's.
func (c *Calls) Score(r waymark.Request) waymark.Score {
	for _, key := range keysOf(r) {
		if call, ok := c.own[ownKey{r.Query.ID, key}]; ok {
			return call.Score
		}
	}
	return waymark.Score{}
}

// Respond answers by the request's key.
func (c *Calls) Respond(_ context.Context, r waymark.Request) (waymark.Response, error) {
	if call, ok := c.find(r); ok {
		return call.Response, nil
	}
	return waymark.Response{}, fmt.Errorf("%s on task %s (for %s): %w", r.Model, r.Query.ID, r.Purpose, waymark.ErrNotRecorded)
}

// Layers are sources of which the first that has a response gives it. A hole is where none has.
type Layers []waymark.Source

// Respond asks one source after the other, as long as all that is wrong is a hole.
func (l Layers) Respond(ctx context.Context, r waymark.Request) (resp waymark.Response, err error) {
	err = fmt.Errorf("%s on task %s: %w", r.Model, r.Query.ID, waymark.ErrNotRecorded)
	for i, src := range l {
		got, e := src.Respond(ctx, r)
		if e == nil || !errors.Is(e, waymark.ErrNotRecorded) {
			return got, e
		}
		if i == 0 {
			err = e
		}
	}
	return resp, err
}

var (
	_ waymark.Source = (*Calls)(nil)
	_ waymark.Source = Layers(nil)
)
