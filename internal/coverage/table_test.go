package coverage

import (
	"fmt"
	"slices"
	"strings"
)

// sizes are the numbers of tasks that coverage is simulated at.
var sizes = []int{50, 200, 1000, 5000}

// tables are the rows as Markdown, a table for each population.
func tables(rows []row) string {
	var b strings.Builder
	at := map[string]row{}
	var order []string
	for _, r := range rows {
		at[fmt.Sprint(r.Population, r.Statistic, r.N)] = r
		if key := r.Population + "\x00" + r.Statistic; !slices.Contains(order, key) {
			order = append(order, key)
		}
	}
	population := ""
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
	return b.String()
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
