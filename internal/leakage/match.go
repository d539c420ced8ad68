package leakage

import (
	"context"
	"math"
	"math/bits"
)

// match goes through the signatures band by band: texts that share one are held
// against each other.
func (s *search) match(ctx context.Context) error {
	m := &matcher{search: s, across: make([]bool, len(s.part)), within: make([]bool, len(s.part)), verified: make([]int16, len(s.part)), no: map[[2]int32]bool{}}
	for k, i := range s.part {
		t := &s.texts[i]
		m.across[k] = t.count[Test] == 0 || t.count[Tune] > 0 // nothing to look for
		m.within[k] = t.count[Test] == 0 || t.mixed
	}
	n := len(s.part)
	heads := make([]int32, 1<<bits.Len(uint(2*n)))
	next, keys := make([]int32, n), make([]uint64, n)
	for band := range bins / s.rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		for i := range heads {
			heads[i] = -1
		}
		for k := range n {
			if s.size[k] == 0 {
				continue
			}
			keys[k] = s.signed[k].band(band, s.rows)
			at := mix64(keys[k]) & uint64(len(heads)-1)
			next[k], heads[at] = heads[at], int32(k)
		}
		for k := range n {
			if s.size[k] > 0 && !(m.across[k] && m.within[k]) {
				m.bucket(k, heads[mix64(keys[k])&uint64(len(heads)-1)], next, keys)
			}
		}
	}
	return nil
}

// A matcher remembers what is found: a text needs one partner of each kind.
type matcher struct {
	*search
	across, within []bool  // found, or not looked for
	verified       []int16 // comparisons in full that a text has had
	no             map[[2]int32]bool
	mine, other    shingler
}

// bucket holds text k against the others of its bucket.
func (m *matcher) bucket(k int, head int32, next []int32, keys []uint64) {
	looked := 0
	for at := head; at >= 0; at = next[at] {
		j := int(at)
		if j == k || keys[j] != keys[k] {
			continue
		}
		across, within := m.may(k, j)
		if !across && !within {
			continue
		}
		if looked++; looked > mostLooked || m.verified[k] >= mostVerified {
			m.out.AtLeast = true
			return
		}
		if !m.likely(k, j) {
			continue
		}
		x, ok := m.similar(k, j)
		if !ok {
			continue
		}
		m.keep(k, j, x, across, within)
		if m.across[k] && m.within[k] {
			return
		}
	}
}

// may says of what kinds a match of k with j could be.
func (m *matcher) may(k, j int) (across, within bool) {
	a, b := &m.texts[m.part[k]], &m.texts[m.part[j]]
	if a.files != b.files {
		return false, false
	}
	across = !m.across[k] && b.count[Tune] > 0
	within = !m.within[k] && b.count[Test] > 0 && (b.mixed || !m.p.together(int(a.first[Test]), int(b.first[Test])))
	return across, within
}

// likely reports whether two signatures leave room for the similarity that is asked
// for: it is in doubt by four standard errors, over as many bins as the smaller set can fill.
func (m *matcher) likely(k, j int) bool {
	t := m.out.Similarity
	a, b := float64(m.size[k]), float64(m.size[j])
	if math.Min(a, b) < t*math.Max(a, b) { // |A∩B|/|A∪B| ≤ min/max
		return false
	}
	filled := math.Min(bins, math.Min(a, b))
	least := t - 4*math.Sqrt(t*(1-t)/filled)
	return float64(agree(&m.signed[k], &m.signed[j])) >= least*bins
}

// similar is the Jaccard similarity of two texts, and whether it is enough.
func (m *matcher) similar(k, j int) (float64, bool) {
	pair := [2]int32{int32(min(k, j)), int32(max(k, j))}
	if m.no[pair] {
		return 0, false
	}
	m.verified[k]++
	x := m.jaccard(k, j)
	if x < m.out.Similarity {
		m.no[pair] = true
		return x, false
	}
	return x, true
}

// jaccard is |A∩B| / |A∪B| of the shingles of two texts, boilerplate left out.
func (m *matcher) jaccard(k, j int) float64 {
	a, b := m.texts[m.part[k]], m.texts[m.part[j]]
	m.mine.shingles(m.read(a))
	both := 0
	for _, x := range m.plain.strip(m.other.shingles(m.read(b)), b.category) {
		if m.mine.has(x) && !m.plain.common(x, a.category) {
			both++
		}
	}
	return float64(both) / float64(int(m.size[k])+int(m.size[j])-both)
}

// keep counts a match of k with j.
func (m *matcher) keep(k, j int, x float64, across, within bool) {
	a, b := &m.texts[m.part[k]], &m.texts[m.part[j]]
	n, task := int(a.count[Test]), int(a.first[Test])
	if across {
		m.across[k] = true
		m.out.Across.add(false, n, Match{task, int(b.first[Tune]), x})
	}
	if within {
		m.within[k] = true
		m.out.Within.add(false, n, Match{task, int(b.first[Test]), x})
	}
}
