package coverage

import (
	"fmt"
	"os"
	"strings"
)

const (
	begin = "<!-- simulated: make simulate -->\n"
	end   = "<!-- end -->\n"
)

// writeTable puts the tables between the marks of a page.
func writeTable(path string, rows []row) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(page), begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return fmt.Errorf("%s: found no %q … %q", path, strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	var b strings.Builder
	b.WriteString(head + begin)
	population := ""
	sizes := []int{50, 200, 1000, 5000}
	at := map[string]row{}
	var order []string
	for _, r := range rows {
		at[fmt.Sprint(r.Population, r.Statistic, r.N)] = r
		if key := r.Population + "\x00" + r.Statistic; !contains(order, key) {
			order = append(order, key)
		}
	}
	for _, key := range order {
		p, statistic, _ := strings.Cut(key, "\x00")
		if p != population {
			population = p
			fmt.Fprintf(&b, "\n### %s\n\n| statistic | n = 50 | 200 | 1,000 | 5,000 |\n|---|--:|--:|--:|--:|\n", p)
		}
		fmt.Fprintf(&b, "| %s |", statistic)
		for _, n := range sizes {
			b.WriteString(" " + at[fmt.Sprint(p, statistic, n)].text() + " |")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n" + end + tail)
	return os.WriteFile(path, []byte(b.String()), 0o644)
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// text is the coverage in percent, with how often an interval was printed where
// that is not always.
func (r row) text() string {
	switch {
	case r.Draws == 0:
		return "–"
	case r.Printed < 40:
		return "withheld"
	case r.Printed < r.Draws:
		return fmt.Sprintf("%.1f (%.0f %%)", 100*r.coverage(), 100*float64(r.Printed)/float64(r.Draws))
	}
	return fmt.Sprintf("%.1f", 100*r.coverage())
}
