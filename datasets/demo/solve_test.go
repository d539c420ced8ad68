package demo

import (
	"encoding/json"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// solvers find the answers again, from the words of the prompt alone and by other
// means than the generator.
var solvers = map[string]func(prompt string) string{
	"sum":           solveSum,
	"units":         solveUnits,
	"iso-date":      solveISODate,
	"alphabet":      solveAlphabet,
	"order-email":   func(p string) string { return regexp.MustCompile(`order is (\S+)\.`).FindStringSubmatch(p)[1] },
	"invoice":       solveInvoice,
	"notice-period": func(p string) string { return regexp.MustCompile(`other (\d+) days`).FindStringSubmatch(p)[1] },
	"first-failure": func(p string) string {
		return regexp.MustCompile(`(\S+) disk failure on`).FindStringSubmatch(p)[1]
	},
	"packing-list": solvePackingList,
	"growth":       solveGrowth,
	"error-count":  solveErrorCount,
	"experiment":   solveExperiment,
	"change":       solveChange,
	"ratings":      solveRatings,
	"expenses":     solveExpenses,
	"purchase":     solvePurchase,
	"finish-line":  solveFinishLine,
	"journey":      solveJourney,
	"sequence":     solveSequence,
	"weekday":      solveWeekday,
	"ages":         solveAges,
	"sql":          solveSQL,
	"stack-trace":  solveStackTrace,
}

// TestReferencesAreRight solves the tasks of most families a second time.
func TestReferencesAreRight(t *testing.T) {
	w := &writer{g: Generator{Seed: 12}}
	solved, wrong := map[string]int{}, map[string]int{}
	for i := range 8000 {
		w.begin(i)
		name, prompt := w.draft.family.name, string(w.draft.text)
		solve, ok := solvers[name]
		if !ok {
			continue
		}
		solved[name]++
		var refs []string
		for _, v := range w.draft.answer.values {
			refs = append(refs, v.right)
		}
		if got := solve(prompt); got != strings.Join(refs, "; ") && wrong[name] < 2 {
			wrong[name]++
			t.Errorf("%s: reference %q, solved again %q:\n%s", name, refs, got, prompt)
		}
	}
	for name := range solvers {
		if solved[name] < 50 {
			t.Errorf("%s: only %d tasks", name, solved[name])
		}
	}
}

var numeral = regexp.MustCompile(`\d+(?:\.\d+)?`)

func ints(s string) (out []int) {
	for _, m := range numeral.FindAllString(s, -1) {
		n, _ := strconv.Atoi(m)
		out = append(out, n)
	}
	return out
}

// table is the cells of a Markdown table, without its head.
func table(prompt string) (rows [][]string) {
	for line := range strings.Lines(prompt) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "|") {
			cells := strings.Split(strings.Trim(line, "|"), "|")
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			rows = append(rows, cells)
		}
	}
	return rows[2:]
}

func atoi(s string) int { n, _ := strconv.Atoi(s); return n }

// shown writes an exact number with so many decimals, halves away from zero.
func shown(r *big.Rat, decimals int) string { return r.FloatString(decimals) }

func ratio(a, b int) *big.Rat { return big.NewRat(int64(a), int64(b)) }

func solveSum(p string) string {
	total, sign := 0, 1
	for _, word := range strings.FieldsFunc(p, func(r rune) bool { return r == ' ' || r == '?' || r == ',' || r == ':' }) {
		switch n, err := strconv.Atoi(word); {
		case err == nil:
			total += sign * n
		case word == "-":
			sign = -1
		case word == "+":
			sign = 1
		}
	}
	return strconv.Itoa(total)
}

func solveUnits(p string) string {
	n := ints(p)
	factor := 60
	if regexp.MustCompile(`(?i)kil|lit`).MatchString(p) {
		factor = 1000
	}
	if len(n) == 1 {
		return strconv.Itoa(n[0] * factor)
	}
	return strconv.Itoa(n[0]*factor + n[1])
}

func solveISODate(p string) string {
	var day time.Time
	for _, layout := range []string{"2 January 2006", "January 2, 2006"} {
		for i := range p {
			for end := i + 8; end <= len(p); end++ {
				if d, err := time.Parse(layout, p[i:end]); err == nil && d.Year() > 1000 && (i == 0 || !strings.ContainsRune("0123456789", rune(p[i-1]))) {
					day = d
				}
			}
		}
	}
	if strings.Contains(p, "day after") {
		day = day.Add(24 * time.Hour)
	}
	if m := regexp.MustCompile(`is (\d+) days after`).FindStringSubmatch(p); m != nil {
		day = day.Add(time.Duration(atoi(m[1])) * 24 * time.Hour)
	}
	return day.Format(time.DateOnly)
}

func solveAlphabet(p string) string {
	words := strings.Split(strings.TrimRight(p[strings.Index(p, ": ")+2:], "."), ", ")
	slices.Sort(words)
	return strings.Join(words, ", ")
}

func solveInvoice(p string) string {
	net := new(big.Rat)
	for _, m := range regexp.MustCompile(`(\d+) x [a-z ]+  \$([\d.]+)`).FindAllStringSubmatch(p, -1) {
		q, _ := new(big.Rat).SetString(m[1])
		price, _ := new(big.Rat).SetString(m[2])
		net.Add(net, q.Mul(q, price))
	}
	tax := strings.Split(p, "Tax $")[1]
	charged, _ := new(big.Rat).SetString(strings.SplitN(tax, "\n", 2)[0])
	return regexp.MustCompile(`Invoice (\S+)`).FindStringSubmatch(p)[1] + "; $" + shown(net.Add(net, charged), 2) + "; " +
		regexp.MustCompile(`Payable by (.+)`).FindStringSubmatch(p)[1]
}

func solvePackingList(p string) string {
	var list struct {
		Items []struct {
			Article  string
			Quantity int
		}
	}
	if err := json.Unmarshal([]byte(p[strings.Index(p, "{"):]), &list); err != nil {
		return err.Error()
	}
	for _, it := range list.Items {
		if strings.Contains(p[:strings.Index(p, "{")], it.Article) {
			return strconv.Itoa(it.Quantity)
		}
	}
	return ""
}

func solveGrowth(p string) string {
	best, most := "", math.Inf(-1)
	for _, row := range table(p) {
		if g := float64(atoi(row[2])) / float64(atoi(row[1])); g > most {
			best, most = row[0], g
		}
	}
	return best
}

func solveErrorCount(p string) string {
	service := regexp.MustCompile(`service (\w+)`).FindStringSubmatch(p)[1]
	from := ""
	if m := regexp.MustCompile(`those at (\d\d:\d\d)`).FindStringSubmatch(p); m != nil {
		from = m[1]
	}
	n := 0
	for _, m := range regexp.MustCompile(`(?m)^(\d\d:\d\d) ERROR (\w+)`).FindAllStringSubmatch(p, -1) {
		if m[2] == service && m[1] >= from {
			n++
		}
	}
	return strconv.Itoa(n)
}

func solveExperiment(p string) string {
	rows := table(p)
	rate := func(i int) *big.Rat { return ratio(atoi(rows[i][2]), atoi(rows[i][1])) }
	least := atoi(regexp.MustCompile(`fewer than (\d+)`).FindStringSubmatch(p)[1])
	lift := new(big.Rat).Sub(rate(1), rate(0))
	switch {
	case atoi(rows[0][1]) < least || atoi(rows[1][1]) < least:
		return "extend"
	case lift.Cmp(big.NewRat(1, 100)) >= 0:
		return "ship"
	}
	return "keep"
}

func solveChange(p string) string {
	q := regexp.MustCompile(`Q(\d)`).FindAllStringSubmatch(p, 2)
	for _, row := range table(p) {
		if strings.Contains(p[:strings.Index(p, "\n")], " "+row[0]+" ") {
			a, b := atoi(row[atoi(q[0][1])]), atoi(row[atoi(q[1][1])])
			return shown(ratio(100*(b-a), a), 1)
		}
	}
	return ""
}

func solveRatings(p string) string {
	blocks := strings.Split(p, "\n\n")
	for _, b := range blocks[1:] {
		name, rest, _ := strings.Cut(b, "\n")
		if len(blocks) > 2 && !strings.Contains(blocks[0], "the "+name+".") {
			continue
		}
		sum, n := 0, 0
		for _, m := range regexp.MustCompile(`(\d) stars: (\d+)`).FindAllStringSubmatch(rest, -1) {
			sum, n = sum+atoi(m[1])*atoi(m[2]), n+atoi(m[2])
		}
		return shown(ratio(sum, n), 2)
	}
	return ""
}

func solveExpenses(p string) string {
	most := map[string]float64{}
	for _, m := range regexp.MustCompile(`a (\w+) may cost up to \$([\d.]+)`).FindAllStringSubmatch(p, -1) {
		most[m[1]], _ = strconv.ParseFloat(m[2], 64)
	}
	n := 0
	for _, m := range regexp.MustCompile(`(?m)^- (\w+), (\w+): \$([\d.]+)$`).FindAllStringSubmatch(p, -1) {
		cost, _ := strconv.ParseFloat(m[3], 64)
		if cost > most[m[2]] || m[1] == "Sunday" && strings.Contains(p, "for a Sunday") {
			n++
		}
	}
	return strconv.Itoa(n)
}

func solvePurchase(p string) string {
	total := new(big.Rat)
	for _, m := range regexp.MustCompile(`(\d+) of the [a-z ]+ at \$([\d.]+)`).FindAllStringSubmatch(p, -1) {
		q, _ := new(big.Rat).SetString(m[1])
		price, _ := new(big.Rat).SetString(m[2])
		total.Add(total, q.Mul(q, price))
	}
	small := total.Cmp(big.NewRat(20, 1)) < 0
	if m := regexp.MustCompile(`discount of (\d+)%`).FindStringSubmatch(p); m != nil {
		off := new(big.Rat).Mul(total, ratio(atoi(m[1]), 100))
		cents, _ := new(big.Rat).SetString(shown(off, 2))
		total.Sub(total, cents)
	}
	if m := regexp.MustCompile(`Shipping costs \$([\d.]+)`).FindStringSubmatch(p); m != nil {
		x, _ := new(big.Rat).SetString(m[1])
		total.Add(total, x)
	}
	if m := regexp.MustCompile(`voucher takes \$([\d.]+)`).FindStringSubmatch(p); m != nil && !small {
		x, _ := new(big.Rat).SetString(m[1])
		total.Sub(total, x)
	}
	return shown(total, 2)
}

func solveFinishLine(p string) string {
	after := map[string]string{}
	behind := map[string]bool{}
	for _, m := range regexp.MustCompile(`(\w+) finished directly ahead of (\w+)\.`).FindAllStringSubmatch(p, -1) {
		after[m[1]], behind[m[2]] = m[2], true
	}
	for _, m := range regexp.MustCompile(`(\w+) came in right after (\w+)\.`).FindAllStringSubmatch(p, -1) {
		after[m[2]], behind[m[1]] = m[1], true
	}
	at := ""
	for name := range after {
		if !behind[name] {
			at = name
		}
	}
	for range slices.Index(ordinals, regexp.MustCompile(`came in (\w+)\?`).FindStringSubmatch(p)[1]) {
		at = after[at]
	}
	return at
}

func solveJourney(p string) string {
	at, _ := time.Parse("15:04", regexp.MustCompile(`at (\d\d:\d\d)\.`).FindStringSubmatch(p)[1])
	for _, m := range regexp.MustCompile(`(\d+) minutes( faster)?`).FindAllStringSubmatch(p, -1) {
		d := time.Duration(atoi(m[1])) * time.Minute
		if m[2] != "" {
			d = -d
		}
		at = at.Add(d)
	}
	return at.Format("15:04")
}

// solveSequence takes second differences of the magnitudes.
func solveSequence(p string) string {
	var x []int
	for _, m := range regexp.MustCompile(`-?\d+`).FindAllString(p, -1) {
		x = append(x, atoi(m))
	}
	sign := 1
	if x[1] < 0 {
		sign = -1 // the signs alternate, so that the sixth is negative
	}
	a := make([]int, len(x))
	for i, v := range x {
		a[i] = max(v, -v)
	}
	return strconv.Itoa(sign * (a[4] + 2*(a[4]-a[3]) - (a[3] - a[2])))
}

func solveWeekday(p string) string {
	n := ints(p)
	day := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC) // a Monday
	for !strings.Contains(p, "Today is "+day.Weekday().String()) {
		day = day.AddDate(0, 0, 1)
	}
	if strings.Contains(p, "ago") {
		n[0] = -n[0]
	}
	for _, days := range n {
		day = day.AddDate(0, 0, days)
	}
	return day.Weekday().String()
}

// solveAges tries every age of the youngest until the sum is right.
func solveAges(p string) string {
	clues := regexp.MustCompile(`(\w+) is (?:(twice) as old as|(\d+) years older than) (\w+)\.`).FindAllStringSubmatch(p, -1)
	sum := atoi(regexp.MustCompile(`they are (\d+)`).FindStringSubmatch(p)[1])
	asked := regexp.MustCompile(`How old (?:is|will) (\w+)`).FindStringSubmatch(p)[1]
	for young := 1; young < 200; young++ {
		ages := map[string]int{clues[0][4]: young}
		total := young
		for _, c := range clues {
			ages[c[1]] = ages[c[4]] + atoi(c[3])
			if c[2] != "" {
				ages[c[1]] = 2 * ages[c[4]]
			}
			total += ages[c[1]]
		}
		if total == sum {
			if m := regexp.MustCompile(`be in (\d+) years`).FindStringSubmatch(p); m != nil {
				return strconv.Itoa(ages[asked] + atoi(m[1]))
			}
			return strconv.Itoa(ages[asked])
		}
	}
	return ""
}

func solveSQL(p string) string {
	town := regexp.MustCompile(`town = '([^']+)'`).FindStringSubmatch(p)[1]
	least := 0
	if m := regexp.MustCompile(`quantity >= (\d+)`).FindStringSubmatch(p); m != nil {
		least = atoi(m[1])
	}
	var amounts []int
	for _, row := range table(p) {
		if row[0] == town && atoi(row[1]) >= least && !(row[3] == "true" && strings.Contains(p, "NOT cancelled")) {
			amounts = append(amounts, atoi(row[2]))
		}
	}
	switch {
	case strings.Contains(p, "COUNT"):
		return strconv.Itoa(len(amounts))
	case strings.Contains(p, "MAX"):
		return strconv.Itoa(slices.Max(amounts))
	}
	sum := 0
	for _, a := range amounts {
		sum += a
	}
	return strconv.Itoa(sum)
}

func solveStackTrace(p string) string {
	all := regexp.MustCompile(`"/app/([^"]+)", line (\d+)`).FindAllStringSubmatch(p, -1)
	last := all[len(all)-1]
	return last[1] + ":" + last[2]
}
