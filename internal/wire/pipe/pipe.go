// Package pipe holds a conversation with a router that is a process: lines go to
// its standard input and come from its standard output. The process and whatever
// it started end with the conversation.
package pipe

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"

	"waymark/internal/secret"
	"waymark/internal/wire"
)

// A Command is what is started. There is no shell.
type Command struct {
	Argv []string
	Dir  string
	Env  []string // all of it, as NAME=value

	Secrets *secret.Values // that it is given and nobody is told
}

// patience is how long a router may take to end after its input has.
const patience = 500 * time.Millisecond

// A Pipe is a running router.
type Pipe struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stderr *tail
	hide   *secret.Values
	exited chan struct{} // closed when the process is gone and told in state
	read   chan struct{} // closed when the reader has ended

	writing sync.Mutex

	mu      sync.Mutex
	waiting map[int64]chan *wire.Reply
	broken  *wire.Broken
	over    chan struct{} // closed when broken is set
	state   string        // how the process ended
}

// Start runs a command.
func Start(c Command) (*Pipe, error) {
	p := &Pipe{
		stderr: &tail{hide: c.Secrets}, hide: c.Secrets, waiting: map[int64]chan *wire.Reply{},
		exited: make(chan struct{}), read: make(chan struct{}), over: make(chan struct{}),
	}
	p.cmd = exec.Command(c.Argv[0], c.Argv[1:]...)
	p.cmd.Dir, p.cmd.Env, p.cmd.Stderr = c.Dir, c.Env, p.stderr
	p.cmd.WaitDelay = patience // for what it started and left behind, with its stderr open
	ownGroup(p.cmd)
	var err error
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	r, w, err := os.Pipe() // one of ours: Wait may end before all is read
	if err != nil {
		return nil, err
	}
	p.cmd.Stdout = w
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(err, r.Close(), w.Close())
	}
	w.Close()
	go p.wait(r)
	go p.listen(r)
	return p, nil
}

// wait reaps the process and ends whatever it left behind.
func (p *Pipe) wait(r *os.File) {
	err := p.cmd.Wait()
	state := "it ended"
	if p.cmd.ProcessState != nil {
		state = p.cmd.ProcessState.String() // "exit status 1", "signal: killed"
	}
	if errors.Is(err, exec.ErrWaitDelay) {
		state += ", and left processes behind"
	}
	p.mu.Lock()
	p.state = state
	p.mu.Unlock()
	killGroup(p.cmd)
	_ = r.SetReadDeadline(time.Now().Add(patience)) // what it started may hold the other end
	close(p.exited)
}

// listen hands replies on until there are no more.
func (p *Pipe) listen(r *os.File) {
	defer close(p.read)
	defer r.Close()
	lines := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := readLine(lines)
		if err != nil {
			p.end(err)
			return
		}
		reply, err := wire.ParseReply(line, p.hide)
		if err == nil {
			err = p.deliver(reply)
		}
		if err != nil {
			p.breakOff(&wire.Broken{Why: err.Error() + p.lastWords()})
			killGroup(p.cmd)
			_, _ = io.Copy(io.Discard, r) // so that it can end
			return
		}
	}
}

var errLong = fmt.Errorf("the router wrote a line of more than %d bytes", wire.MaxLine)

// readLine reads up to the end of a line, and no more than a line may have.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		switch {
		case len(line)+len(part) > wire.MaxLine:
			return nil, errLong
		case err == nil && line == nil:
			return part, nil
		}
		line = append(line, part...)
		if err == nil {
			return line, nil
		}
		if err != bufio.ErrBufferFull {
			if len(line) > 0 {
				return nil, fmt.Errorf("the router broke off within a line (%w)", err)
			}
			return nil, err
		}
	}
}

// end tells why there are no more lines.
func (p *Pipe) end(err error) {
	why := "the router closed its output"
	switch {
	case errors.Is(err, errLong):
		why = err.Error()
		killGroup(p.cmd)
	case !errors.Is(err, io.EOF) && !errors.Is(err, os.ErrDeadlineExceeded):
		why = err.Error()
	case errors.Unwrap(err) != nil && errors.Is(err, io.EOF):
		why = "the router broke off within a line"
	}
	select {
	case <-p.exited:
	case <-time.After(patience):
		killGroup(p.cmd)
		<-p.exited
		p.breakOff(&wire.Broken{Why: why + p.lastWords()})
		return
	}
	p.mu.Lock()
	state := p.state
	p.mu.Unlock()
	p.breakOff(&wire.Broken{Why: fmt.Sprintf("%s (%s)%s", why, state, p.lastWords())})
}

func (p *Pipe) lastWords() string {
	if said := p.stderr.String(); said != "" {
		return fmt.Sprintf("; its last words on stderr: %q", said)
	}
	return ""
}

// deliver hands a reply to whoever asked.
func (p *Pipe) deliver(r *wire.Reply) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	to, ok := p.waiting[r.N]
	if !ok {
		return fmt.Errorf("the router answered question %d, which was not asked or is answered already", r.N)
	}
	delete(p.waiting, r.N)
	to <- r
	return nil
}

func (p *Pipe) breakOff(b *wire.Broken) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken == nil {
		p.broken = b
		close(p.over)
	}
}

// Exchange writes a line and waits for its reply. A router that does not answer in
// time is ended: what it says later could be taken for the answer to something else.
func (p *Pipe) Exchange(ctx context.Context, n int64, line []byte) (*wire.Reply, error) {
	to := make(chan *wire.Reply, 1)
	p.mu.Lock()
	if p.broken != nil {
		p.mu.Unlock()
		return nil, p.broken
	}
	p.waiting[n] = to
	p.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { killGroup(p.cmd) }) // frees a write that nobody reads
	defer stop()
	err := p.Tell(ctx, line)
	if err == nil {
		select {
		case r := <-to:
			return r, nil
		case <-ctx.Done():
		case <-p.over:
		}
	}
	select {
	case r := <-to: // it came at the same time
		return r, nil
	default:
	}
	if ctx.Err() != nil {
		killGroup(p.cmd)
		return nil, &wire.Broken{Why: p.lastWords(), Query: true}
	}
	if err != nil { // it closed its input: the reader knows why, if it ends
		select {
		case <-p.over:
		case <-time.After(patience):
			p.breakOff(&wire.Broken{Why: "the router closed its input" + p.lastWords()})
		}
	}
	return nil, p.broken
}

// Tell writes a line that is not answered.
func (p *Pipe) Tell(_ context.Context, line []byte) error {
	p.writing.Lock()
	defer p.writing.Unlock()
	_, err := p.stdin.Write(line)
	return err
}

// Close ends the router: its input ends, and where that is not enough its process
// group is killed.
func (p *Pipe) Close() error {
	_ = p.stdin.Close()
	select {
	case <-p.exited:
	case <-time.After(patience):
		killGroup(p.cmd)
		<-p.exited
	}
	<-p.read
	p.breakOff(&wire.Broken{Why: "the conversation with the router is closed"})
	return nil
}
