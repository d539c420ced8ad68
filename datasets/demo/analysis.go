package demo

var analysis = []family{
	{"growth", []byte(`"icontains"`), "Divide each gain by where it started from; the largest gain is not the largest growth.", writeGrowth},
	{"error-count", []byte(`"numeric"`), "Go through the log line by line and keep those that meet every condition.", writeErrorCount},
	{"experiment", []byte(`{"type":"regex","pattern":"(?m)^VERDICT: (\\w+)\\s*$"}`), "Compare the rates of both groups with what the rules ask for.", writeExperiment},
	{"change", []byte(`{"type":"numeric","tolerance":0.1}`), "Take the difference and divide it by the earlier figure.", writeChange},
	{"expenses", []byte(`"numeric"`), "Hold each claim against the limit of its kind.", writeExpenses},
	{"ratings", []byte(`{"type":"numeric","tolerance":0.01}`), "Weigh each rating by how many gave it.", writeRatings},
}

func writeGrowth(d *draft) {
	n := min(8, 2+d.level)
	names := d.distinct(regions, n)
	best, biggest := d.below(n), 0
	d.sayOne("Which region grew fastest in percent? Reply with its name.", "In which region did sales grow most, relative to last year?", "Here are our sales by region. Which one shows the highest growth rate?")
	d.caution()
	d.say("\n\n| region | last year | this year |\n|---|---:|---:|\n")
	var gain [8]int
	for i := range n {
		before, rate := d.between(400, 3000), d.between(-12, 24)
		if i == best {
			before, rate = d.between(90, 380), d.between(28, 45)
		}
		now := before * (100 + rate) / 100
		gain[i] = now - before
		d.say("| {} | {} | {} |\n", names[i], itoa(before), itoa(now))
		if i != best && (biggest == best || gain[i] > gain[biggest]) {
			biggest = i
		}
		d.ask(`{"type":"numeric","tolerance":0.1}`, percent(now-before, before),
			"Sales in {} went from {} to {}. By how many percent did they change, to one decimal?", names[i], itoa(before), itoa(now))
	}
	if d.level < 4 {
		d.subtasks = nil // small tables need not be taken apart
	}
	if d.level >= 3 {
		d.filler(d.level - 2)
	}
	other := names[(best+1)%n]
	d.one(names[best], names[biggest], other, "all of them alike")
}

// percent is 100 a / b to one decimal, halves away from zero.
func percent(a, b int) string { return decimal(rounded(1000*a, b), 1) }

// rounded is a / b to the nearest whole number, halves away from zero; b is above 0.
func rounded(a, b int) int {
	if a < 0 {
		return -rounded(-a, b)
	}
	return (2*a + b) / (2 * b)
}

func writeErrorCount(d *draft) {
	asked, from := services[d.below(len(services))], 0
	start := d.between(300, 700)
	d.say("How many ERROR lines does the service {} have in this log", asked)
	if d.level >= 3 {
		from = start + d.between(10, 15*d.level)
		d.say(", counting only those at {} or later", clock(from))
	}
	d.sayOne("?", "? Reply with a number.", "? I need the count.")
	d.caution()
	d.say("\n\n```\n")
	count, all, errors := 0, 0, 0
	now := start
	for range 5 + 5*d.level {
		now += d.between(0, 6)
		service, severity := services[d.below(len(services))], d.pick("INFO", "ERROR", "WARN", "ERROR")
		if d.percent(35) {
			service = asked
		}
		d.say("{} {} {} request {}\n", clock(now), severity, service, itoa(d.between(1000, 9999)))
		if service == asked {
			all++
		}
		if severity == "ERROR" {
			errors++
			count += toInt(service == asked && now >= from)
		}
	}
	d.say("```")
	d.number(0, count, count+1, errors, all)
}

func writeExperiment(d *draft) {
	least := 1000 * d.between(1, 3)
	var shown, ordered [2]int
	for i := range shown {
		shown[i] = d.between(least*8/10, least*3)
		ordered[i] = shown[i] * d.between(200, 700) / 10000
	}
	d.say("We tried a new page on part of our visitors.\n\n| group | visitors | orders |\n|---|---:|---:|\n| control | {} | {} |\n| new page | {} | {} |\n\n",
		itoa(shown[0]), itoa(ordered[0]), itoa(shown[1]), itoa(ordered[1]))
	if d.level >= 2 {
		d.filler(d.level - 1)
		d.say("\n\n")
	}
	d.say("Rules: if either group has fewer than {} visitors, extend the test. Otherwise ship the new page if its share of orders is higher by at least one percentage point, and keep the old one if not.", itoa(least))
	d.caution()
	d.say(" End with a line \"VERDICT: \" and one word: ship, keep or extend.")
	lift := (ordered[1]*shown[0]-ordered[0]*shown[1])*100 >= shown[0]*shown[1]
	switch {
	case min(shown[0], shown[1]) < least:
		d.rules("extend", "keep", "ship", "undecided")
	case lift:
		d.rules("ship", "keep", "extend", "undecided")
	default:
		d.rules("keep", "ship", "extend", "undecided")
	}
	if d.level >= 3 {
		for i, group := range [2]string{"control", "new page"} {
			d.ask(`{"type":"numeric","tolerance":0.1}`, percent(ordered[i], shown[i]),
				"The group \"{}\" had {} visitors and {} orders. What percentage of visitors ordered, to one decimal?", group, itoa(shown[i]), itoa(ordered[i]))
		}
	}
}

// measures are what a company reports by quarter.
var measures = []string{"Revenue", "Costs", "New customers", "Cancelled orders", "Hours of support", "Visits", "Returns"}

func writeChange(d *draft) {
	rows := min(len(measures), 1+d.level)
	var table [7][4]int
	for i := range rows {
		table[i][0] = d.between(200, 9000)
		for q := 1; q < 4; q++ {
			step := d.between(6, 30)
			if d.percent(40) {
				step = -step
			}
			table[i][q] = table[i][q-1] * (100 + step) / 100
		}
	}
	row, from := d.below(rows), d.below(3)
	to := from + 1
	if d.level >= 4 && from < 2 {
		to = 3
	}
	d.say(d.pick("By how many percent did {} change from Q{} to Q{}, to one decimal?", "Percentage change of {} between Q{} and Q{} (one decimal)?", "What was the change of {} from Q{} to Q{} in percent, rounded to one decimal?"), measures[row], itoa(from+1), itoa(to+1))
	d.caution()
	d.say("\n\n| | Q1 | Q2 | Q3 | Q4 |\n|---|---:|---:|---:|---:|\n")
	for i := range rows {
		d.say("| {} ", measures[i])
		for _, x := range table[i] {
			d.say("| {} ", itoa(x))
		}
		d.say("|\n")
	}
	if d.level >= 3 {
		d.filler(d.level - 2)
	}
	a, b := table[row][from], table[row][to]
	right := rounded(1000*(b-a), a)
	d.answer.unit = "%"
	other := table[(row+1)%rows]
	d.numberApart(5, 1, right, rounded(1000*(b-a), b), rounded(1000*(other[to]-other[from]), other[from]), 10*(b-a))
}

// limits are the kinds of expense and what may be claimed at most, in dollars.
var limits = []struct {
	kind string
	most int
}{{"meal", 40}, {"taxi", 60}, {"hotel", 180}, {"train", 120}, {"parking", 25}}

func writeExpenses(d *draft) {
	kinds := min(len(limits), 2+d.level/2)
	d.sayOne("How many of these claims break the rules? Reply with a number.", "Check the claims against the policy. How many are over the limit?", "Count the claims that exceed what the policy allows.")
	d.say("\n\nPolicy:")
	for _, l := range limits[:kinds] {
		d.say(" a {} may cost up to {};", l.kind, dollars(100*l.most))
	}
	d.say(" exactly the limit is allowed.")
	weekend := d.level >= 4
	if weekend {
		d.say(" Nothing may be claimed for a Sunday.")
	}
	d.caution()
	d.say("\n\nClaims:\n")
	breaches, onlyLimit := 0, 0
	n := 3 + 2*d.level
	for range n {
		k, day := d.below(kinds), d.below(7)
		cents := 100*limits[k].most + 5*d.between(-300, 200)
		if d.percent(10) {
			cents = 100 * limits[k].most
		}
		d.say("- {}, {}: {}\n", weekdays[day], limits[k].kind, dollars(cents))
		bad := cents > 100*limits[k].most
		onlyLimit += toInt(bad)
		if bad || weekend && day == 6 {
			breaches++
		}
	}
	d.number(0, breaches, breaches+1, onlyLimit, n-breaches)
}

func writeRatings(d *draft) {
	d.sayOne("What is the mean rating, to two decimals?", "Compute the average number of stars (two decimals).", "Give the mean of these ratings, rounded to two decimals.")
	groups := 1 + d.level/2
	names := d.distinct(products, groups)
	asked := d.below(groups)
	if groups > 1 {
		d.say(" I mean those of the {}.", names[asked])
	}
	d.caution()
	scale := [...]int{8, 20, 60, 200, 900}[d.level-1]
	var mean, plain [8]int
	d.say("\n")
	for i := range groups {
		d.say("\n{}\n", names[i])
		total, sum, kinds := 0, 0, 0
		for stars := 5; stars >= 1; stars-- {
			n := d.between(0, scale)
			if stars == 3 {
				n++
			}
			d.say("{} stars: {}\n", itoa(stars), itoa(n))
			total, sum, kinds = total+n, sum+n*stars, kinds+toInt(n > 0)*stars
		}
		mean[i], plain[i] = rounded(100*sum, total), 20*kinds
	}
	d.numberApart(4, 2, mean[asked], mean[asked]+10, mean[(asked+1)%groups], plain[asked])
}
