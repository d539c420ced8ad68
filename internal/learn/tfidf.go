package learn

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sync"
)

// TextOptions say how texts become rows of a sparse table: n-grams of words and of
// characters are hashed into buckets, counted, and weighted by TF-IDF. The hash is
// unsigned: n-grams that share a bucket are counted together, since counts must not
// cancel where their logarithm and the frequency of the bucket are taken.
//
// Of an n-gram that is t times in a text, and in df of n texts that were fitted on,
// the weight is t·idf, or (1+ln t)·idf if Sublinear, with idf = ln((1+n)/(1+df)) + 1;
// rows then have the Euclidean norm 1, or 0 where nothing of the text was seen in
// fitting. These are the formulas of scikit-learn's TfidfTransformer. A text is read
// up to its first 2^20 bytes.
type TextOptions struct {
	Words      [2]int // words in the shortest and longest n-gram; zeros for none
	Characters [2]int // characters in the shortest and longest n-gram; zeros for none
	Bits       int    // words and characters have 2^Bits buckets each; 0 means 18
	Sublinear  bool
	MinTexts   int // buckets that are in fewer texts get no column; 0 means 1
}

// Most that options and texts may ask for: a text has at most 2·longestGram n-grams
// a byte, and a table of buckets takes four bytes each.
const (
	longestGram = 16
	longestText = 1 << 20
	mostBits    = 24
)

// Text is what TextOptions are fitted to: the buckets that have a column, in
// ascending order, and in how many texts each was.
type Text struct {
	Options TextOptions
	Texts   int
	Buckets Counts
	Found   Counts

	column []int32   // by bucket; -1 if it has none
	idf    []float64 // by column
}

// Defaults are 1- and 2-grams of words and 3- to 5-grams of characters where
// neither is given, in 2^18 buckets each.
func (o TextOptions) withDefaults() TextOptions {
	if o.Words == [2]int{} && o.Characters == [2]int{} {
		o.Words, o.Characters = [2]int{1, 2}, [2]int{3, 5}
	}
	if o.Bits == 0 {
		o.Bits = 18
	}
	o.MinTexts = max(o.MinTexts, 1)
	return o
}

func (o TextOptions) check() error {
	for _, r := range [][2]int{o.Words, o.Characters} {
		if r != [2]int{} && (r[0] < 1 || r[1] < r[0] || r[1] > longestGram) {
			return fmt.Errorf("learn: found n-grams of %d to %d, expected 1 ≤ shortest ≤ longest ≤ %d", r[0], r[1], longestGram)
		}
	}
	if o.Bits < 1 || o.Bits > mostBits {
		return fmt.Errorf("learn: found 2^%d buckets, expected 2^1 to 2^%d", o.Bits, mostBits)
	}
	return nil
}

func (o TextOptions) buckets() int { return 2 << o.Bits }

// Fit counts in how many of n texts each bucket is. It fails if the options are
// wrong, there is no text, or no bucket is in enough texts.
func (o TextOptions) Fit(ctx context.Context, n int, text func(int) string) (*Text, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	t := &Text{Options: o, Texts: n}
	found, err := countTexts(ctx, o, n, text)
	if err != nil {
		return nil, err
	}
	for b, df := range found {
		if df > 0 && int(df) >= o.MinTexts {
			t.Buckets, t.Found = append(t.Buckets, uint32(b)), append(t.Found, df)
		}
	}
	if len(t.Buckets) == 0 {
		return nil, fmt.Errorf("learn: no n-gram is in %d of %d texts", o.MinTexts, n)
	}
	t.index()
	return t, nil
}

const textsAtOnce = 512

// countTexts is in how many texts each bucket is.
func countTexts(ctx context.Context, o TextOptions, n int, text func(int) string) ([]uint32, error) {
	total := make([]uint32, o.buckets())
	var one sync.Mutex
	counters := sync.Pool{New: func() any { return newRowCounter(o) }}
	chunks(n, textsAtOnce, func(_, lo, hi int) {
		if ctx.Err() != nil {
			return
		}
		c := counters.Get().(*rowCounter)
		defer counters.Put(c)
		seen := c.seen[:0]
		for i := lo; i < hi; i++ {
			buckets, _ := c.count(text(i))
			seen = append(seen, buckets...)
		}
		c.seen = seen
		one.Lock()
		defer one.Unlock()
		for _, b := range seen {
			total[b]++
		}
	})
	return total, ctx.Err()
}

// index makes what is not saved of a Text.
func (t *Text) index() {
	t.column = make([]int32, t.Options.buckets())
	for b := range t.column {
		t.column[b] = -1
	}
	t.idf = make([]float64, len(t.Buckets))
	for c, b := range t.Buckets {
		t.column[b] = int32(c)
		t.idf[c] = inverseFrequency(t.Texts, int(t.Found[c]))
	}
}

func inverseFrequency(texts, found int) float64 {
	return math.Log(float64(1+texts)/float64(1+found)) + 1
}

// Cols is how many columns a table of texts has.
func (t *Text) Cols() int { return len(t.Buckets) }

// Table is the texts as rows. What a row is depends on its text alone.
func (t *Text) Table(n int, text func(int) string) *Table {
	parts := make([]*Table, (n+textsAtOnce-1)/textsAtOnce)
	counters := sync.Pool{New: func() any { return newRowCounter(t.Options) }}
	chunks(n, textsAtOnce, func(chunk, lo, hi int) {
		c := counters.Get().(*rowCounter)
		defer counters.Put(c)
		part := &Table{Rows: hi - lo, Cols: t.Cols(), Start: make([]int, 1, hi-lo+1)}
		for i := lo; i < hi; i++ {
			t.weigh(c, text(i), part)
		}
		parts[chunk] = part
	})
	return stack(n, t.Cols(), parts)
}

// weigh appends the row of a text to a sparse table.
func (t *Text) weigh(c *rowCounter, text string, to *Table) {
	first := len(to.Col)
	buckets, times := c.count(text)
	c.weight = c.weight[:0]
	for j, b := range buckets {
		if col := t.column[b]; col >= 0 {
			to.Col = append(to.Col, col)
			c.weight = append(c.weight, t.weight(int(times[j]), int(col)))
		}
	}
	to.Value = append(to.Value, unit(c.weight)...)
	to.Start = append(to.Start, first+len(c.weight))
}

func (t *Text) weight(times, col int) float64 {
	tf := float64(times)
	if t.Options.Sublinear {
		tf = 1 + math.Log(tf)
	}
	return tf * t.idf[col]
}

// unit is a row divided by its Euclidean norm.
func unit(row []float64) []float32 {
	var squares float64
	for _, x := range row {
		squares += x * x
	}
	norm := math.Sqrt(squares)
	out := make([]float32, len(row))
	for i, x := range row {
		out[i] = float32(x / norm)
	}
	return out
}

// stack puts sparse tables on top of each other.
func stack(rows, cols int, parts []*Table) *Table {
	cells := 0
	for _, p := range parts {
		cells += len(p.Col)
	}
	out := &Table{Rows: rows, Cols: cols, Start: make([]int, 1, rows+1), Col: make([]int32, 0, cells), Value: make([]float32, 0, cells)}
	for _, p := range parts {
		before := len(out.Col)
		out.Col, out.Value = append(out.Col, p.Col...), append(out.Value, p.Value...)
		for _, end := range p.Start[1:] {
			out.Start = append(out.Start, before+end)
		}
	}
	return out
}

// rowCounter counts the buckets of one text after another.
type rowCounter struct {
	grams  grams
	times  []uint32 // of the buckets that are returned
	weight []float64
	seen   []uint32
}

func newRowCounter(o TextOptions) *rowCounter { return &rowCounter{grams: grams{options: o}} }

// count is the buckets of a text in ascending order, and how often it has each.
func (c *rowCounter) count(text string) (buckets, times []uint32) {
	found := c.grams.read(text)
	slices.Sort(found)
	buckets, c.times = found[:0], c.times[:0]
	for i, b := range found {
		if i > 0 && b == buckets[len(buckets)-1] {
			c.times[len(c.times)-1]++
			continue
		}
		buckets, c.times = append(buckets, b), append(c.times, 1)
	}
	return buckets, c.times
}

// UnmarshalJSON reads and checks a saved state.
func (t *Text) UnmarshalJSON(text []byte) error {
	type plain Text
	if err := json.Unmarshal(text, (*plain)(t)); err != nil {
		return err
	}
	if err := t.Options.check(); err != nil {
		return err
	}
	if len(t.Buckets) == 0 || len(t.Buckets) != len(t.Found) {
		return fmt.Errorf("learn: found %d buckets and %d frequencies, expected as many of both", len(t.Buckets), len(t.Found))
	}
	for i, b := range t.Buckets {
		if int(b) >= t.Options.buckets() || i > 0 && b <= t.Buckets[i-1] || int(t.Found[i]) > t.Texts {
			return fmt.Errorf("learn: found bucket %d in %d texts, expected ascending buckets below %d in at most %d", b, t.Found[i], t.Options.buckets(), t.Texts)
		}
	}
	t.index()
	return nil
}
