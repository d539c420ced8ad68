package coverage

import (
	"fmt"
	"strings"
)

// logTables are the rows as Markdown, a table for each dataset and size.
func logTables(rows []logRow) string {
	var b strings.Builder
	table, logger := "", ""
	for _, r := range rows {
		if head := fmt.Sprintf("%s, %d tasks a log", r.Set, r.N); head != table {
			table, logger = head, ""
			fmt.Fprintf(&b, "\n### %s\n\n| logged by | policy | ESS | refused | DR, claimed | DR, all | ± | against the logger | SNIPS | IPS | naive | its bias |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n", head)
		}
		by := ""
		if r.Logger != logger {
			logger, by = r.Logger, r.Logger
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", by, r.Candidate, r.size(), percent(r.Refused, r.Draws),
			share(r.ClaimedHit, r.Claimed), share(r.Covered, r.Printed), r.half(), share(r.VersusHit, r.Printed), share(r.SNIPS, r.Printed), share(r.IPS, r.Printed), percent(r.Naive, r.Draws), r.bias())
	}
	return b.String()
}

func percent(n, of int) string { return fmt.Sprintf("%.1f", 100*float64(n)/float64(of)) }

// share is a coverage in percent; of few draws there is none to speak of.
func share(n, of int) string {
	if of < enoughOf {
		return "–"
	}
	return percent(n, of)
}

// size is the smallest effective sample size of a model, on average where it was told.
func (r logRow) size() string {
	if r.Printed == 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f", r.ESS)
}

func (r logRow) half() string {
	if r.Printed == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f", 100*r.Half)
}

// bias of the naive estimate; there is none where the log agrees nowhere.
func (r logRow) bias() string {
	if r.NaiveBias == 0 {
		return "–"
	}
	return fmt.Sprintf("%+.1f", 100*r.NaiveBias)
}
