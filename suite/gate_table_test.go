package suite_test

import (
	"fmt"
	"strings"
)

// gateTable is the table of docs/check.md.
func gateTable(rows []gateRow) string {
	var b strings.Builder
	b.WriteString("| what | tasks | margin | at the bound: passes | fails | unchanged: passes | as told | noticed | fails |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, r := range rows {
		b.WriteString(r.text())
	}
	return b.String()
}

func (r gateRow) text() string {
	told := fmt.Sprintf("%.1f %%", 100*r.Printed)
	if r.Ranges > 0 {
		told = fmt.Sprintf("a range, which holds it in %.1f %%", 100*float64(r.InRange)/float64(r.Ranges))
	}
	return fmt.Sprintf("| %s | %d | %.3g | %.1f %% | %.1f %% | %.1f %% | %s | %.3g | %.1f %% |\n", r.Population, r.N, r.Margin,
		100*r.share(r.FalsePass), 100*r.share(r.FalseFail), 100*r.share(r.Passed), told, r.Noticed, 100*r.share(r.Failed))
}
