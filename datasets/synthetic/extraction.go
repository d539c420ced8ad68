package synthetic

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

func invoice(r *rand.Rand, level int) item {
	var b strings.Builder
	sum := 0
	fmt.Fprintf(&b, "INVOICE %05d\nBill to: %s, %s\n", r.IntN(100000), pick(r, people), pick(r, cities))
	for range 1 + level {
		price := 5 + r.IntN(200)
		sum += price
		fmt.Fprintf(&b, "%d %s .... %d EUR\n", 1+r.IntN(9), pick(r, goods), price)
	}
	shipping := 5 + r.IntN(20)
	fmt.Fprintf(&b, "Shipping .... %d EUR\nAmount due .... %d EUR\nPlease pay by the 30th.\n", shipping, sum+shipping)
	if level < 4 {
		return number(r, level, "What is the amount due?\n\n"+b.String(), sum+shipping)
	}
	return number(r, level, "What do the goods cost without shipping?\n\n"+b.String(), sum)
}

func logLine(r *rand.Rand, level int) item {
	services := []string{"billing", "search", "login", "export", "mailer", "cache"}
	var b strings.Builder
	errorAt := r.IntN(3 + 2*level)
	answer := ""
	for k := range 3 + 2*level {
		s := pick(r, services)
		state := "INFO request done"
		if k == errorAt {
			state, answer = "ERROR connection refused", s
		} else if r.IntN(4) == 0 {
			state = "WARN slow request"
		}
		fmt.Fprintf(&b, "2026-09-%02d 0%d:%02d:%02d %s %s in %d ms\n", 1+r.IntN(28), r.IntN(10), r.IntN(60), r.IntN(60), s, state, 5+r.IntN(900))
	}
	return exact(r, level, "Which service logged the error? Answer with its name alone.\n\n"+b.String(), answer, services)
}

func contact(r *rand.Rand, level int) item {
	names := distinct(r, people, min(1+level, 6))
	var b strings.Builder
	var mails []string
	for _, n := range names {
		mail := fmt.Sprintf("%s.%d@example.org", strings.ToLower(n), 10+r.IntN(90))
		mails = append(mails, mail)
		fmt.Fprintf(&b, "%s sits in %s and reads mail at %s most days, and leads the team for %s. ", n, pick(r, cities), mail, pick(r, goods))
	}
	k := r.IntN(len(names))
	return exact(r, level, fmt.Sprintf("What is the mail address of %s? Answer with the address alone.\n\n%s", names[k], b.String()), mails[k], append(mails, "info@example.org", "office@example.org"))
}

func shipment(r *rand.Rand, level int) item {
	n := 1 + level
	var b strings.Builder
	var codes []string
	for range n {
		code := fmt.Sprintf("PX-%04d", r.IntN(10000))
		codes = append(codes, code)
		fmt.Fprintf(&b, "Parcel %s left %s for %s with %d %s. ", code, pick(r, cities), pick(r, cities), 1+r.IntN(20), pick(r, goods))
	}
	if len(codes) < 2 || codes[0] == codes[1] {
		codes = []string{"PX-0000", "PX-9999"}
		b.Reset()
		b.WriteString("Parcel PX-0000 left Lyon. Parcel PX-9999 left Porto. ")
	}
	return needles(r, level, "List the codes of all parcels.\n\n"+b.String(), codes)
}
