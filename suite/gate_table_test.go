package suite_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// gateRows are the lines that are finished, kept in a file.
type gateRows struct {
	path string
	rows map[string]gateRow
}

func openGateRows(path string) (*gateRows, error) {
	k := &gateRows{path: path, rows: map[string]gateRow{}}
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return k, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var r gateRow
		if json.Unmarshal(lines.Bytes(), &r) == nil { // a line cut off by an interruption is done again
			k.rows[r.key()] = r
		}
	}
	return k, lines.Err()
}

func (r gateRow) key() string { return fmt.Sprintf("%s/%d/%d", r.Population, r.N, r.Draws) }

// row is a line, simulated unless it is kept.
func (k *gateRows) row(p nights, n, draws int) (gateRow, error) {
	if r, ok := k.rows[gateRow{Population: p.name, N: n, Draws: draws}.key()]; ok {
		return r, nil
	}
	r, err := p.measure(n, draws)
	if err != nil {
		return r, err
	}
	k.rows[r.key()] = r
	f, err := os.OpenFile(k.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return r, err
	}
	if err := json.NewEncoder(f).Encode(r); err != nil {
		return r, err
	}
	return r, f.Close()
}

const (
	tableBegin = "<!-- simulated: make simulate -->\n"
	tableEnd   = "<!-- end -->\n"
)

// write puts the table between the marks of a page.
func (k *gateRows) write(path string) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(page), tableBegin)
	_, tail, closed := strings.Cut(rest, tableEnd)
	if !ok || !closed {
		return fmt.Errorf("%s: found no %q … %q", path, strings.TrimSpace(tableBegin), strings.TrimSpace(tableEnd))
	}
	var b strings.Builder
	b.WriteString("| what | tasks | margin | at the bound: passes | fails | unchanged: passes | as told | noticed | fails |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, p := range populations {
		for _, n := range []int{50, 200, 1000, 5000} {
			for _, r := range k.rows {
				if r.Population == p.name && r.N == n {
					b.WriteString(r.text())
				}
			}
		}
	}
	return os.WriteFile(path, []byte(head+tableBegin+b.String()+tableEnd+tail), 0o644)
}

func (r gateRow) text() string {
	told := fmt.Sprintf("%.1f %%", 100*r.Printed)
	if r.Ranges > 0 {
		told = fmt.Sprintf("a range, which holds it in %.1f %%", 100*float64(r.InRange)/float64(r.Ranges))
	}
	return fmt.Sprintf("| %s | %d | %.3g | %.1f %% | %.1f %% | %.1f %% | %s | %.3g | %.1f %% |\n", r.Population, r.N, r.Margin,
		100*r.share(r.FalsePass), 100*r.share(r.FalseFail), 100*r.share(r.Passed), told, r.Noticed, 100*r.share(r.Failed))
}
