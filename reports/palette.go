package reports

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The palette of Okabe and Ito (2008) can be told apart by the colour-blind; every
// series has a shape or a dash of its own too, for print without colour.
var (
	black      = color.NRGBA{0x20, 0x20, 0x20, 0xff}
	grey       = color.NRGBA{0x80, 0x80, 0x80, 0xff}
	pale       = color.NRGBA{0xb8, 0xb8, 0xb8, 0xff}
	blue       = color.NRGBA{0x00, 0x72, 0xb2, 0xff}
	vermillion = color.NRGBA{0xd5, 0x5e, 0x00, 0xff}
	green      = color.NRGBA{0x00, 0x9e, 0x73, 0xff}
	purple     = color.NRGBA{0xcc, 0x79, 0xa7, 0xff}
	orange     = color.NRGBA{0xe6, 0x9f, 0x00, 0xff}
	sky        = color.NRGBA{0x56, 0xb4, 0xe9, 0xff}
)

var (
	lineColours = []color.NRGBA{vermillion, green, purple, orange, sky, blue}
	dashes      = [][]vg.Length{nil, {vg.Points(6), vg.Points(3)}, {vg.Points(2), vg.Points(2)}, {vg.Points(8), vg.Points(3), vg.Points(2), vg.Points(3)}}
	shapes      = []draw.GlyphDrawer{draw.BoxGlyph{}, draw.TriangleGlyph{}, draw.PyramidGlyph{}, draw.RingGlyph{}, draw.SquareGlyph{}, draw.PlusGlyph{}, draw.CrossGlyph{}}
)

func colourOf(i int) color.NRGBA      { return lineColours[i%len(lineColours)] }
func dashOf(i int) []vg.Length        { return dashes[i%len(dashes)] }
func shapeOf(i int) draw.GlyphDrawer  { return shapes[i%len(shapes)] }
func faint(c color.NRGBA) color.NRGBA { c.A = 0x70; return c }
