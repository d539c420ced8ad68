package demo

var reasoning = []family{
	{"purchase", []byte(`"numeric"`), "Add up the items, take off the discount, then add what comes on top.", writePurchase},
	{"finish-line", []byte(`"icontains"`), "Each clue ties two runners together; put the pairs into one chain.", writeFinishLine},
	{"journey", []byte(`{"type":"regex","pattern":"\\b((?:[01]\\d|2[0-3]):[0-5]\\d)\\b"}`), "Add the legs and the waits to the time of departure, one after the other.", writeJourney},
	{"rates", []byte(`"numeric"`), "Add the rates of those that work at the same time.", writeRates},
	{"sequence", []byte(`"numeric"`), "Look at the differences between neighbours.", writeSequence},
	{"weekday", []byte(`"icontains"`), "Whole weeks change nothing; count what is left over.", writeWeekday},
	{"ages", []byte(`"numeric"`), "Write each age in terms of the youngest and solve for that.", writeAges},
}

func writePurchase(d *draft) {
	buyer := people[d.below(len(people))]
	n := 1 + (d.level+1)/2
	what := d.distinct(products, n)
	d.say("{} buys ", buyer)
	subtotal := 0
	for i := range n {
		quantity, price := d.between(2, 9), 100*d.between(3, 90)
		if d.level >= 3 {
			price += 25 * d.between(0, 3)
		}
		subtotal += quantity * price
		switch {
		case i == n-1 && i > 0:
			d.say(" and ")
		case i > 0:
			d.say(", ")
		}
		d.say("{} of the {} at {} each", itoa(quantity), what[i], dollars(price))
	}
	d.say(".")
	total, before, bought := subtotal, subtotal, string(d.text)
	if d.level >= 2 {
		off := 5 * d.between(1, 5)
		total -= rounded(total*off, 100)
		d.say(" There is a discount of {}% on everything.", itoa(off))
		if d.level >= 3 {
			d.ask(`"numeric"`, decimal(subtotal, 2), "{} What do the items cost together, in dollars?", bought)
			d.ask(`"numeric"`, decimal(total, 2), "The items cost {} together. What is left after {}% off, in dollars?", dollars(subtotal), itoa(off))
		}
	}
	if d.level >= 3 {
		shipping := 25 * d.between(10, 60)
		d.say(" Shipping costs {} and is not discounted.", dollars(shipping))
		total, before = total+shipping, before+shipping
	}
	if d.level >= 5 {
		voucher := 100 * d.between(1, 4)
		d.say(" A voucher takes {} off the final bill, unless the items cost less than $20.00 before the discount.", dollars(voucher))
		if subtotal >= 2000 {
			total -= voucher
		}
	}
	d.sayOne(" How much is it in all, in dollars?", " What does the whole purchase cost in dollars?", " How many dollars are to be paid?")
	d.caution()
	d.answer.prefix = "$"
	d.number(2, total, total+100, before, total*100)
}

func writeFinishLine(d *draft) {
	n := min(8, 3+d.level)
	runner := d.distinct(people, n)
	place := d.below(n)
	d.say("{} people ran a race, and no two of them finished together.", itoa(n))
	var at [8]int
	for _, i := range d.shuffle(at[:], n-1) {
		if d.percent(50) {
			d.say(" {} finished directly ahead of {}.", runner[i], runner[i+1])
		} else {
			d.say(" {} came in right after {}.", runner[i+1], runner[i])
		}
	}
	d.say(" Who came in {}? Reply with the name.", ordinals[place])
	d.caution()
	d.one(runner[place], runner[(place+1)%n], runner[(place+2)%n], "nobody")
}

var ordinals = []string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"}

func writeJourney(d *draft) {
	start := 5 * d.between(70, 190)
	d.say("{} leaves home at {}.", people[d.below(len(people))], clock(start))
	now, waits := start, 0
	legs := 1 + (d.level+1)/2
	for i := range legs {
		ride := d.between(12, 40+25*d.level)
		now += ride
		d.say(d.pick(" The next train takes {} minutes.", " Then a bus ride of {} minutes.", " A walk of {} minutes follows."), itoa(ride))
		if i < legs-1 {
			wait := d.between(4, 35)
			now, waits = now+wait, waits+wait
			d.say(d.pick(" There is a wait of {} minutes.", " The connection leaves {} minutes later.", " A coffee takes {} minutes."), itoa(wait))
		}
	}
	if d.level >= 4 {
		earlier := d.between(3, 10)
		d.say(" However, the last leg is {} minutes faster today than stated.", itoa(earlier))
		now -= earlier
	}
	d.sayOne(" At what time does the journey end? Answer as HH:MM.", " When is the arrival, as HH:MM on a 24-hour clock?")
	d.one(clock(now), clock(now+10), clock(now-max(waits, 1)), clock(now+12*60))
}

func writeRates(d *draft) {
	n := min(4, 1+(d.level+1)/2)
	thing := d.below(len(works))
	hours, all, first := d.between(2, 3+2*d.level), 0, 0
	for i := range n {
		rate := d.between(3, 6+5*d.level)
		d.say("{} {} {} {} an hour. ", works[thing].who[i], works[thing].does, itoa(rate), works[thing].what)
		all += rate
		if i == 0 {
			first = rate
		}
	}
	late := 0
	if d.level >= 4 {
		late = d.between(1, hours-1)
		d.say("{} joins only after {} hours. ", works[thing].who[0], itoa(late))
	}
	total := all*hours - first*late
	if d.level >= 2 {
		d.say("They begin together{}. ", d.pick("", " on a Tuesday", " before noon"))
	}
	d.say("How many {} are done after {} hours in all?", works[thing].what, itoa(hours))
	d.caution()
	d.number(0, total, total+first, all*(hours+toInt(late == 0)), first*hours)
}

// works are who does what at a rate.
var works = []struct {
	who        [4]string
	does, what string
}{
	{[4]string{"The old press", "The new press", "The small press", "The hand press"}, "prints", "posters"},
	{[4]string{"Machine A", "Machine B", "Machine C", "Machine D"}, "fills", "bottles"},
	{[4]string{"Leila", "Rajan", "Helga", "Bjorn"}, "packs", "boxes"},
}

func writeSequence(d *draft) {
	x, step := d.between(1, 20), d.between(2, 9)
	grow := 0
	if d.level >= 2 {
		grow = d.between(1, 2*d.level)
	}
	sign := 1
	d.sayOne("What comes next: ", "Continue the sequence: ", "Which number follows? ")
	last := step
	for i := range 5 {
		if i > 0 {
			d.say(", ")
		}
		d.say("{}", itoa(sign*x))
		last = step
		x += step
		step += grow
		if d.level >= 4 {
			sign = -sign
		}
	}
	if d.level >= 3 {
		d.say(", ... (each difference follows from the one before{})", d.pick("", ", apart from the sign", ", and signs may alternate"))
	}
	d.say("?")
	next := sign * x
	d.number(0, next, next-sign*grow-toInt(grow == 0), next+sign*last, -next)
}

func writeWeekday(d *draft) {
	today := d.below(7)
	days := d.between(3, [...]int{9, 30, 100, 400, 1500}[d.level-1])
	back := d.level == 3 && d.percent(50)
	verb, way := "is", "from now"
	if back {
		verb, way = "was", "ago"
	}
	d.say("Today is {}. ", weekdays[today])
	extra := 0
	if d.level >= 4 {
		extra = d.between(2, 6)
		d.say("A meeting was planned for the day that is {} days {}, and then put off by {} days. On which weekday does it fall?", itoa(days), way, itoa(extra))
	} else {
		d.say("Which weekday {} it {} days {}?", verb, itoa(days), way)
	}
	d.sayOne(" One word.", " Just the day.", "")
	shift := days
	if back {
		shift = -days
	}
	right := mod7(today + shift + extra)
	other := mod7(today - shift + extra)
	if other == right {
		other = mod7(right + 2)
	}
	d.one(weekdays[right], weekdays[mod7(right+1)], weekdays[other], weekdays[mod7(right-1)])
}

func mod7(n int) int { return (n%7 + 7) % 7 }

func writeAges(d *draft) {
	n := 2 + d.level/2
	name := d.distinct(people, n)
	young := d.between(4, 30)
	ages := [8]int{young}
	sum := young
	for i := 1; i < n; i++ {
		if i == 1 && d.level >= 3 {
			ages[i] = 2 * ages[0]
			d.say("{} is twice as old as {}. ", name[i], name[0])
		} else {
			older := d.between(2, 15)
			ages[i] = ages[i-1] + older
			d.say("{} is {} years older than {}. ", name[i], itoa(older), name[i-1])
		}
		sum += ages[i]
	}
	asked := 0
	if d.level >= 2 {
		asked = d.below(n)
	}
	years := 0
	d.say("Together they are {} years old. ", itoa(sum))
	if d.level >= 5 {
		years = d.between(3, 12)
		d.say("How old will {} be in {} years?", name[asked], itoa(years))
	} else {
		d.say("How old is {}?", name[asked])
	}
	d.caution()
	right := ages[asked] + years
	d.number(0, right, right+1, ages[(asked+1)%n]+years, sum/n)
}
