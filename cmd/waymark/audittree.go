package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"waymark"
	"waymark/internal/store"
)

// A node is a part of a task in the tree of a trial's calls, with what it and all below it cost and took.
type node struct {
	path  string // "" for the whole
	made  []store.MadeCall
	below []*node
}

// treeOf puts each call under its part. Parts stand in the order of their first calls.
func treeOf(made []store.MadeCall) *node {
	root := &node{}
	for _, c := range made {
		at := root
		if c.Part != "" {
			steps := strings.Split(c.Part, "/")
			for i := range steps {
				at = at.child(strings.Join(steps[:i+1], "/"))
			}
		}
		at.made = append(at.made, c)
	}
	return root
}

func (n *node) child(path string) *node {
	for _, c := range n.below {
		if c.path == path {
			return c
		}
	}
	c := &node{path: path}
	n.below = append(n.below, c)
	return c
}

// calls are those of a node and of all below it.
func (n *node) calls() []store.MadeCall {
	out := slices.Clone(n.made)
	for _, c := range n.below {
		out = append(out, c.calls()...)
	}
	return out
}

// spent is what calls cost, and how long at least one of them was under way.
func spent(made []store.MadeCall) (waymark.Cost, time.Duration) {
	calls := make([]waymark.Call, len(made))
	for i, m := range made {
		calls[i].Start, calls[i].Purpose, calls[i].Cost, calls[i].Latency = m.Start, m.Purpose, m.Cost, m.Latency
	}
	return waymark.CostOf(calls), waymark.LatencyOf(calls)
}

// write tells a node's calls and then its parts, each with its sum.
func (n *node) write(w io.Writer, indent string) {
	for _, c := range n.made {
		what := clean(string(c.Model)) + " for " + c.Purpose.String()
		if c.Purpose == waymark.ForAnswer {
			what = clean(string(c.Model))
		}
		if c.Sample > 0 {
			what += fmt.Sprintf(", sample %d", c.Sample)
		}
		fmt.Fprintf(w, "%s%d. %s: %s, %s", indent, c.N+1, what, priceText(c.Cost), latencyText(c.Latency))
		if c.Start > 0 {
			fmt.Fprintf(w, ", after %s", latencyText(c.Start))
		}
		if c.Err != "" {
			fmt.Fprintf(w, "; failed: %s", clean(c.Err))
		}
		fmt.Fprintln(w)
	}
	for _, p := range n.below {
		all := p.calls()
		cost, took := spent(all)
		fmt.Fprintf(w, "%spart %s: %s, %s, %s\n", indent, clean(p.path), priceText(cost), latencyText(took), plural(len(all), "call"))
		p.write(w, indent+"  ")
	}
}

func priceText(c waymark.Cost) string {
	if !c.Known {
		return "cost unknown"
	}
	return c.USD.String()
}

// A nodeJSON is a node of the tree as --format json tells it, with nulls for what is not known.
type nodeJSON struct {
	Part      string     `json:"part"`
	CostUSD   *float64   `json:"cost_usd"`
	LatencyMS *float64   `json:"latency_ms"`
	Calls     []callJSON `json:"calls,omitempty"`
	Parts     []nodeJSON `json:"parts,omitempty"`
}

type callJSON struct {
	N         int      `json:"n"`
	Model     string   `json:"model"`
	Purpose   string   `json:"purpose"`
	Sample    int      `json:"sample,omitempty"`
	CostUSD   *float64 `json:"cost_usd"`
	LatencyMS *float64 `json:"latency_ms"`
	StartMS   float64  `json:"start_ms"`
	Error     string   `json:"error,omitempty"`
}

func (n *node) json() nodeJSON {
	cost, took := spent(n.calls())
	out := nodeJSON{Part: n.path, CostUSD: dollarsOrNull(cost), LatencyMS: millisecondsOrNull(took)}
	for _, c := range n.made {
		out.Calls = append(out.Calls, callJSON{
			N: c.N, Model: string(c.Model), Purpose: c.Purpose.String(), Sample: c.Sample, CostUSD: dollarsOrNull(c.Cost),
			LatencyMS: millisecondsOrNull(c.Latency), StartMS: float64(c.Start) / 1e6, Error: c.Err,
		})
	}
	for _, p := range n.below {
		out.Parts = append(out.Parts, p.json())
	}
	return out
}

func dollarsOrNull(c waymark.Cost) *float64 {
	if !c.Known {
		return nil
	}
	x := c.USD.Float()
	return &x
}

func millisecondsOrNull(l time.Duration) *float64 {
	if l == 0 {
		return nil
	}
	x := l.Seconds() * 1000
	return &x
}
