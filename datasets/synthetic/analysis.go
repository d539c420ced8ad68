package synthetic

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

func tableTotal(r *rand.Rand, level int) item {
	var b strings.Builder
	b.WriteString("region | item | units | unit price\n")
	want := pick(r, cities)
	total := 0
	for k := range 3 + 2*level {
		city, units, price := pick(r, cities), 1+r.IntN(40), 2+r.IntN(30)
		if k == 0 {
			city = want
		}
		fmt.Fprintf(&b, "%s | %s | %d | %d\n", city, pick(r, goods), units, price)
		if city == want {
			total += units * price
		}
	}
	return number(r, level, fmt.Sprintf("What is the revenue (units times unit price) of all rows of %s together?\n\n%s", want, b.String()), total)
}

func percentChange(r *rand.Rand, level int) item {
	base, percent := 100*(1+r.IntN(30)), 5*(1+r.IntN(12))
	var b strings.Builder
	fmt.Fprintf(&b, "Revenue was %d thousand in the first quarter. ", base)
	value := base
	for range level {
		delta := 10 * (1 + r.IntN(20))
		fmt.Fprintf(&b, "It then rose by %d thousand. ", delta)
		value += delta
	}
	fmt.Fprintf(&b, "By how many thousand must it grow from there to exceed the first quarter by %d percent of the first quarter, if at all? Give a negative number if it is already above.", percent)
	return number(r, level, b.String(), base*percent/100-(value-base))
}

func outlier(r *rand.Rand, level int) item {
	names := distinct(r, cities, min(3+level/2, 6))
	right := r.IntN(len(names))
	var b strings.Builder
	b.WriteString("Daily orders by warehouse:\n")
	for i, n := range names {
		base := 200 + r.IntN(60)
		fmt.Fprintf(&b, "%s:", n)
		for d := range 3 + level {
			v := base + r.IntN(20)
			if i == right && d == 1 {
				v *= 3
			}
			fmt.Fprintf(&b, " %d", v)
		}
		b.WriteString("\n")
	}
	b.WriteString("Which warehouse has an outlier?")
	return letters(r, level, b.String(), names, right)
}

func trend(r *rand.Rand, level int) item {
	n := 4 + level
	up := 0
	prev := 50 + r.IntN(50)
	text := []string{fmt.Sprint(prev)}
	for range n {
		next := prev + r.IntN(21) - 10
		if next > prev {
			up++
		}
		text = append(text, fmt.Sprint(next))
		prev = next
	}
	return number(r, level, "In how many months did the figure rise against the month before?\n\n"+strings.Join(text, ", "), up)
}
