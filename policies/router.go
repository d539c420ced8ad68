package policies

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"waymark"
	"waymark/internal/wire"
)

// A router is something outside that decides: it remembers what was said of each
// query and repeat, so that no question is put twice. Parts that two planners make of one
// task have one ID and other words: they are two questions.
type router struct {
	kind   string // the type in the suite
	config string // all that the suite says of it
	about  wire.Ready
	batch  int
	charge Charge
	client *wire.Client // nil for a router of another protocol
	// ask puts one question about some queries, at most batch of them. An error is of ctx.
	ask   func(ctx context.Context, qs *waymark.Queries) ([]wire.Said, time.Duration, error)
	close func() error
	// taught is whether it knows the outcomes that its policy may learn from.
	taught  bool
	offline bool // nothing may be asked

	mu      sync.Mutex
	said    map[question]*decided
	spokeOf tally
}

// tally counts what a router did.
type tally struct {
	asked, failed, untimed, unpriced int
	own                              time.Duration
}

// decided is what is known of one query, once done is closed.
type decided struct {
	asked question
	done  chan struct{}
	err   error // nobody knows: the question was given up
	said  wire.Said
	spent waymark.Spending
}

// atOnce is how many lines of one batch of queries are under way together.
const atOnce = 4

func (r *router) Close() error { return r.close() }

// decide is what the router says of some queries. It asks for those that it was
// not asked for before.
func (r *router) decide(ctx context.Context, qs *waymark.Queries) ([]*decided, error) {
	all, mine := r.claim(qs)
	err := r.askAll(ctx, qs, all, mine)
	if err != nil {
		r.giveUp(all, mine, err)
		return nil, err
	}
	for _, d := range all {
		select {
		case <-d.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if d.err != nil {
			return nil, d.err
		}
	}
	return all, nil
}

// claim gives the entry of each query, and the positions of those that the caller is to ask for.
func (r *router) claim(qs *waymark.Queries) (all []*decided, mine []int) {
	keys := questions(qs)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.said == nil {
		r.said = map[question]*decided{}
	}
	all = make([]*decided, qs.Len())
	for i, key := range keys {
		if all[i] = r.said[key]; all[i] == nil {
			all[i] = &decided{asked: key, done: make(chan struct{})}
			r.said[key] = all[i]
			mine = append(mine, i)
		}
	}
	return all, mine
}

func (r *router) askAll(ctx context.Context, qs *waymark.Queries, all []*decided, mine []int) error {
	if r.offline && len(mine) > 0 {
		return ErrOffline
	}
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for lo := 0; lo < len(mine) && inner.Err() == nil; lo += r.batch {
		some := mine[lo:min(lo+r.batch, len(mine))]
		group.Go(func() error {
			said, took, err := r.ask(inner, qs.Pick(some))
			if err != nil {
				return err
			}
			for k, i := range some {
				r.settle(all[i], said[k], took/time.Duration(len(some)))
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// settle enters what was said of a query.
func (r *router) settle(d *decided, s wire.Said, took time.Duration) {
	d.said, d.spent = s, r.charge.of(s.Spent, took)
	r.count(s, d.spent)
	close(d.done)
}

func (r *router) count(s wire.Said, spent waymark.Spending) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := &r.spokeOf
	t.asked++
	t.own += spent.Latency
	switch {
	case s.Err != "":
		t.failed++
		return
	case !s.Spent.Timed && !r.charge.timed():
		t.untimed++
	}
	if !spent.Cost.Known {
		t.unpriced++
	}
}

// giveUp forgets the questions that were not answered because they were given up.
func (r *router) giveUp(all []*decided, mine []int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, i := range mine {
		select {
		case <-all[i].done:
		default:
			all[i].err = err
			close(all[i].done)
			delete(r.said, all[i].asked)
		}
	}
}

// remember is decide without an end. Another's question that was given up is put again.
func (r *router) remember(qs *waymark.Queries) []*decided {
	for {
		all, err := r.decide(context.Background(), qs)
		if err == nil {
			return all
		}
		if errors.Is(err, ErrOffline) {
			panic("policies: a router that was not asked is to tell what it spent")
		}
	}
}

// Charge is what the router spent on each query.
func (r *router) Charge(qs *waymark.Queries, spent []waymark.Spending) {
	for i, d := range r.remember(qs) {
		spent[i] = d.spent
	}
}

// Remark is the router's own words, or why there is no decision.
func (r *router) Remark(qs *waymark.Queries, said []string) {
	for i, d := range r.remember(qs) {
		said[i] = d.said.Reason
		if d.said.Err != "" {
			said[i] = d.said.Err
		}
	}
}

// Waits is true: a router is somewhere else.
func (*router) Waits() bool { return true }

// String tells the router for a person.
func (r *router) String() string { return fmt.Sprintf("%s router %s", r.kind, &r.about) }
