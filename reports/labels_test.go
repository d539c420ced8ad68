package reports

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// No two labels overlap, none leaves the canvas or covers a point, and the same
// labels are always placed alike.
func TestLabelsDoNotCollide(t *testing.T) {
	canvas := box{0, 0, 600, 400}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 100).Draw(t, "labels")
		var labels []label
		var points, lines []box
		for range n {
			x, y := rapid.Float64Range(0, 600).Draw(t, "x"), rapid.Float64Range(0, 400).Draw(t, "y")
			labels = append(labels, label{x: x, y: y, width: rapid.Float64Range(5, 150).Draw(t, "width"), height: 9, rank: rapid.IntRange(0, 3).Draw(t, "rank")})
			points = append(points, box{x - 3, y - 3, x + 3, y + 3})
			lines = append(lines, box{x - 0.5, y - 20, x + 0.5, y + 20})
		}
		at := place(labels, points, lines, canvas)
		for i, a := range at {
			if !a.ok {
				continue
			}
			if !a.box.inside(canvas) {
				t.Fatalf("label %d leaves the canvas: %+v", i, a.box)
			}
			for _, p := range points {
				if a.box.overlap(p) > 0 {
					t.Fatalf("label %d covers a point", i)
				}
			}
			for j, b := range at[:i] {
				if b.ok && a.box.overlap(b.box) > 0 {
					t.Fatalf("labels %d and %d overlap", i, j)
				}
			}
		}
		if again := place(labels, points, lines, canvas); !reflect.DeepEqual(at, again) {
			t.Fatal("the same labels are placed otherwise")
		}
	})
}

// With 24 models about the chart no label is left out; with 100 the frontier and
// the policies come first.
func TestLabelsOf24And100(t *testing.T) {
	canvas := box{0, 0, 600, 350}
	for _, c := range []struct{ n, least int }{{24, 24}, {100, 40}} {
		var labels []label
		var points []box
		for i := range c.n {
			x, y := 40+float64(i*193%520), 30+float64(i*71%290)
			rank := 3
			if i%10 == 0 {
				rank = 0
			}
			labels = append(labels, label{x: x, y: y, width: 95, height: 9, rank: rank})
			points = append(points, box{x - 3, y - 3, x + 3, y + 3})
		}
		placed := 0
		for i, a := range place(labels, points, nil, canvas) {
			if a.ok {
				placed++
			} else if labels[i].rank == 0 {
				t.Errorf("%d labels: one of the first rank is left out", c.n)
			}
		}
		if placed < c.least {
			t.Errorf("%d of %d labels are placed, want at least %d", placed, c.n, c.least)
		}
	}
}
