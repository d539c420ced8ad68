package policies

import (
	"errors"
	"io"
	"sync"
)

// Opened are the routers that policies talk to: processes and connections. Whoever
// builds policies closes them when the policies are done with. Two policies
// that say the same of a router share it, and what it said once is not asked again.
type Opened struct {
	// Offline begins routers and asks them nothing, since asking may cost money.
	Offline bool

	mu     sync.Mutex
	routes map[string]*router
	order  []*router
	closed bool
	floor  map[string]*floor
}

// An opening is how a router is opened, and what tells it from others that are open.
type opening struct {
	config string // all that the suite says of it
	taught string // what tells copies of it apart
	open   func() (*router, error)
}

// router is the one of an opening, opened where it is not yet.
func (o *Opened) router(by opening) (*router, error) {
	if o == nil {
		return nil, errors.New("nothing may be opened here, since nobody would close it")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return nil, errors.New("the routers are closed already")
	}
	key := by.config + " on " + by.taught
	if r := o.routes[key]; r != nil {
		return r, nil
	}
	r, err := by.open()
	if err != nil {
		return nil, err
	}
	if o.routes == nil {
		o.routes = map[string]*router{}
	}
	r.offline, r.config = o.Offline, by.config
	o.routes[key] = r
	o.order = append(o.order, r)
	return r, nil
}

// ErrOffline reports a question that is not put because Opened is offline.
var ErrOffline = errors.New("routers are asked only in a run")

// Close ends all of them. It may be called more than once.
func (o *Opened) Close() error {
	if o == nil {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	var errs []error
	for _, r := range o.order {
		errs = append(errs, r.Close())
	}
	o.order, o.routes = nil, nil
	return errors.Join(errs...)
}

var _ io.Closer = (*Opened)(nil)

// Routers tells of each router what it is and did, in the order in which they were
// opened. Copies that were taught different outcomes are told of together.
func (o *Opened) Routers() []Spoken {
	if o == nil {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	var names []string
	copies := map[string][]*router{}
	for _, r := range o.order {
		if copies[r.config] == nil {
			names = append(names, r.config)
		}
		copies[r.config] = append(copies[r.config], r)
	}
	var out []Spoken
	for _, name := range names {
		r := copies[name][0]
		s := r.spoken(copies[name])
		if s.Transport = o.floorOf(r); s.Transport != nil {
			s.Transport.PerDecision = s.Transport.Line / float64(max(1, r.batch))
		}
		out = append(out, s)
	}
	return out
}
