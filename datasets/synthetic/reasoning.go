package synthetic

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

func shopping(r *rand.Rand, level int) item {
	who := pick(r, people)
	money := 300 + 10*r.IntN(60)
	start := money
	var b strings.Builder
	fmt.Fprintf(&b, "%s has %d coins. ", who, start)
	for range level {
		n, price := 1+r.IntN(4), 2+r.IntN(12)
		switch r.IntN(3) {
		case 0:
			gain := 5 * (1 + r.IntN(9))
			fmt.Fprintf(&b, "Then %s earns %d coins. ", who, gain)
			money += gain
		default:
			fmt.Fprintf(&b, "Then %s buys %d %s for %d coins each. ", who, n, pick(r, goods), price)
			money -= n * price
		}
	}
	b.WriteString("How many coins are left?")
	return number(r, level, b.String(), money)
}

func schedule(r *rand.Rand, level int) item {
	minute := 60*(6+r.IntN(4)) + 5*r.IntN(12)
	var b strings.Builder
	fmt.Fprintf(&b, "A train leaves at minute %d of the day. ", minute)
	for range level {
		ride, wait := 5+r.IntN(50), 1+r.IntN(15)
		fmt.Fprintf(&b, "It rides for %d minutes and waits for %d minutes. ", ride, wait)
		minute += ride + wait
	}
	b.WriteString("At which minute of the day does it leave its last stop?")
	return number(r, level, b.String(), minute)
}

func ordering(r *rand.Rand, level int) item {
	names := distinct(r, people, min(3+level/2, 6))
	var clues []string
	for i := 1; i < len(names); i++ {
		clues = append(clues, fmt.Sprintf("%s finished before %s", names[i-1], names[i]))
	}
	r.Shuffle(len(clues), func(i, j int) { clues[i], clues[j] = clues[j], clues[i] })
	at := r.IntN(len(names))
	options := distinct(r, names, len(names))
	right := 0
	for i, o := range options {
		if o == names[at] {
			right = i
		}
	}
	return letters(r, level, fmt.Sprintf("%s. Who finished in place %d?", strings.Join(clues, ". "), at+1), options, right)
}

func ages(r *rand.Rand, level int) item {
	names := distinct(r, people, min(2+level, len(people)))
	age := 20 + r.IntN(20)
	var b strings.Builder
	fmt.Fprintf(&b, "%s is %d. ", names[0], age)
	for i := 1; i < len(names); i++ {
		d := 1 + r.IntN(9)
		if r.IntN(2) == 0 {
			fmt.Fprintf(&b, "%s is %d years older than %s. ", names[i], d, names[i-1])
			age += d
		} else {
			fmt.Fprintf(&b, "%s is %d years younger than %s. ", names[i], d, names[i-1])
			age -= d
		}
	}
	fmt.Fprintf(&b, "How old is %s?", names[len(names)-1])
	return number(r, level, b.String(), age)
}
