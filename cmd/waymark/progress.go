package main

import (
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// progress shows how far a run is, with rate and time left, on a terminal only.
type progress struct {
	mu   sync.Mutex
	bars *mpb.Progress // nil where nothing is shown
	bar  *mpb.Bar
	name string
}

func newProgress(a *app) *progress {
	p := &progress{}
	if !a.Quiet && terminal(a.stderr) {
		p.bars = mpb.New(mpb.WithOutput(a.stderr), mpb.WithWidth(40), mpb.WithRefreshRate(120*time.Millisecond))
	}
	return p
}

func (p *progress) stage(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finish()
	p.name = name
}

func (p *progress) progress(done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bars == nil || total == 0 {
		return
	}
	if p.bar == nil {
		p.bar = p.bars.AddBar(int64(total), mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Name(p.name+" ")),
			mpb.AppendDecorators(decor.CountersNoUnit("%d / %d "), decor.AverageSpeed(0, "%.0f/s "), decor.AverageETA(decor.ET_STYLE_GO, decor.WCSyncSpaceR)))
	}
	if int64(done) > p.bar.Current() {
		p.bar.SetCurrent(int64(done))
	}
}

// finish ends the bar of a stage.
func (p *progress) finish() {
	if p.bar != nil {
		p.bar.Abort(true)
		p.bar = nil
	}
}

func (p *progress) done() {
	p.mu.Lock()
	p.finish()
	p.mu.Unlock()
	if p.bars != nil {
		p.bars.Wait()
	}
}
