package demo

import "strings"

var extraction = []family{
	{"order-email", []byte(`"contains"`), "The email names several codes; only one of them is what was asked for.", writeOrderEmail},
	{"invoice", []byte(`"contains-all"`), "Each field has a line of its own.", writeInvoice},
	{"notice-period", []byte(`"numeric"`), "The clause on ending the agreement decides.", writeNoticePeriod},
	{"first-failure", []byte(`"contains"`), "Take the earliest line with that event and read off its host.", writeFirstFailure},
	{"action-owner", []byte(`"icontains"`), "Look for the action in the notes and see who took it.", writeActionOwner},
	{"packing-list", []byte(`"numeric"`), "Find the entry with that article and read its quantity.", writePackingList},
	{"profile", []byte(`"contains-all"`), "The facts stand in different sentences.", writeProfile},
}

// distractors are other codes that a customer mentions.
var distractors = []struct{ prefix, sentence string }{
	{"TK", " Your colleague gave me the ticket number {}."},
	{"VC", " I paid in part with the voucher {}."},
	{"PL", " The label on the parcel says {}."},
	{"CN", " My customer number is {}."},
	{"RT", " The return form has {} printed on it."},
}

func writeOrderEmail(d *draft) {
	d.sayOne("Which order number does this customer mean? Reply with the number.", "Find the order number in this email.", "Extract the order number from the message below.")
	d.say("\n\n---\nHello,\n\nI bought a {} from you last month.", products[d.below(len(products))])
	right := d.code("KX", 5)
	n := min(5, 1+d.level)
	before := d.below(n)
	var others [3]string
	for i := range n {
		if i == before {
			d.say(" The order is {}.", right)
		}
		other := &distractors[i]
		code := d.code(other.prefix, 5)
		others[i%3] = code
		d.say(other.sentence, code)
		d.filler(d.below(3))
	}
	d.filler(1 + d.level)
	d.say("\n\nKind regards,\n{} {}", people[d.below(len(people))], surnames[d.below(len(surnames))])
	d.one(right, others[0], others[1], "not stated")
}

func writeInvoice(d *draft) {
	d.sayOne("Extract the invoice number, the total and the due date.", "From the invoice below, give the invoice number, the total amount and the due date as they are written.")
	d.caution()
	id, due := d.code("INV", 6), d.date()
	d.say("\n\n{}\nInvoice {}\nCustomer {}\nOur reference {}\n\n", firms[d.below(len(firms))], id, d.code("CU", 4), d.code("RF", 4))
	total := 0
	for range 1 + d.level {
		quantity, price := d.between(1, 9), d.between(199, 9999)
		total += quantity * price
		d.say("{} x {}  {}  {}\n", itoa(quantity), products[d.below(len(products))], dollars(price), dollars(quantity*price))
	}
	net := total
	tax := net / 5
	total += tax
	d.say("\nNet {}\nTax {}\nTotal {}\n", dollars(net), dollars(tax), dollars(total))
	issued := d.otherDate(due)
	d.say("Issued {}\nPayable by {}\n", issued, due)
	if d.level >= 3 {
		d.say("\nRemarks:")
		d.filler(d.level)
	}
	d.list(
		value{"invoice number", id, d.code("CU", 6), "not given"},
		value{"total", dollars(total), dollars(net), "not given"},
		value{"due date", due, issued, "not given"},
	)
}

// clauses are terms of an agreement, each with a number of days.
var clauses = []string{
	"Invoices are payable within {} days of their date.",
	"Defects are to be reported within {} days of delivery.",
	"The supplier answers requests for support within {} days.",
	"Changes to the price list are announced {} days in advance.",
	"Confidential papers are returned or destroyed within {} days of a request.",
	"An order may be postponed once, by up to {} days.",
}

func writeNoticePeriod(d *draft) {
	d.sayOne("How many days' notice must a party give to end this agreement? Reply with a number.", "What is the notice period for termination, in days?", "Read the agreement and tell me the notice period in days.")
	d.caution()
	d.say("\n\n")
	notice := d.between(20, 120)
	n := min(len(clauses), 2+d.level)
	at := d.below(n)
	var others [8]int
	for i := range n {
		if i == at {
			d.say("{}. Either party may end this agreement by giving the other {} days' notice in writing.", itoa(i+1), itoa(notice))
			d.filler(1)
			d.say("\n")
		}
		others[i] = d.between(5, 90)
		d.say("{}. ", itoa(i+1+toInt(i >= at)))
		d.say(clauses[i], itoa(others[i]))
		d.filler(1 + d.level/3)
		d.say("\n")
	}
	d.number(0, notice, others[at], others[(at+1)%n], notice*24)
}

func toInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// events are what logs report beside the one that is asked for.
var events = []string{"connection reset by peer", "cache warmed", "certificate renewed", "queue drained", "retrying in background", "configuration reloaded"}

func writeFirstFailure(d *draft) {
	d.sayOne("Which host was the first to report a disk failure?", "In this log, which host reported \"disk failure\" first? Give its name.")
	d.caution()
	d.say("\n\n```\n")
	var at [8]int
	order := d.shuffle(at[:], 8)
	hosts := [4]string{}
	for i := range hosts {
		hosts[i] = "node-" + padded(11+7*order[i], 2)
	}
	lines := 6 + 4*d.level
	failed, now := 0, d.between(0, 600)
	for i := range lines {
		now += d.between(1, 9)
		event, host := events[d.below(len(events))], hosts[d.below(4)]
		if i >= lines/3 && failed < 3 && (d.percent(30) || i == lines-1-(2-failed)) {
			event, host = "disk failure on /dev/sdb", hosts[failed]
			failed++
		}
		d.say("{}:{} {} {}\n", clock(now), padded(d.below(60), 2), host, event)
	}
	d.say("```")
	d.one(hosts[0], hosts[1], hosts[2], "/dev/sdb")
}

var actions = []string{"prepare the budget figures", "call the landlord", "order the new badges", "write to the insurers", "test the backup", "book the train tickets", "update the floor plan"}

func writeActionOwner(d *draft) {
	n := min(7, 2+d.level)
	names, jobs := d.distinct(people, n), d.distinct(actions, n)
	asked := d.below(n)
	d.say(d.pick("According to these notes, who will {}? Reply with the name.", "Who took on the following: {}? Just the name.", "From the notes: whose job is it to {}?"), jobs[asked])
	d.say("\n\nNotes of the meeting. Present: {}.", strings.Join(names[:n], ", "))
	d.filler(d.level)
	d.say("\n")
	for i := range n {
		switch d.below(3) {
		case 0:
			d.say("\n{} will {}.", names[i], jobs[i])
		case 1:
			d.say("\nIt was agreed that {} should {}.", names[i], jobs[i])
		default:
			d.say("\nTo {}: {}, after a short discussion.", jobs[i], names[i])
		}
		d.filler(d.below(2))
	}
	d.caution()
	d.one(names[asked], names[(asked+1)%n], names[(asked+2)%n], "the meeting as a whole")
}

func writePackingList(d *draft) {
	n := 3 + 2*d.level
	asked := d.below(n)
	article := d.code("AR", 4)
	d.say(d.pick("How many pieces of article {} are in this shipment?", "Quantity of {} in the list below? Number only.", "Read the quantity of article {} from this packing list."), article)
	d.caution()
	d.say("\n\n{\"shipment\": \"{}\", \"items\": [", d.code("SH", 6))
	quantity, next := 0, 0
	for i := range n {
		sku, count := d.code("BX", 4), d.between(2, 240)
		switch i {
		case asked:
			sku, quantity = article, count
		case (asked + 1) % n:
			next = count
		}
		if i > 0 {
			d.say(",")
		}
		d.say("\n  {\"article\": \"{}\", \"quantity\": {}, \"bin\": {}}", sku, itoa(count), itoa(d.between(1, 60)))
	}
	d.say("\n]}")
	d.number(0, quantity, next, n, quantity*10)
}

func writeProfile(d *draft) {
	who := people[d.below(len(people))] + " " + surnames[d.below(len(surnames))]
	at, joined := d.distinct(firms, 2), d.between(1998, 2018)
	d.sayOne("Extract the full name, the present employer and the year of joining it.", "Give me three fields from this profile: full name, present employer, year in which the person joined.")
	d.say("\n\nAfter a few years at {}, {} moved to {} in {}.", at[1], who, at[0], itoa(joined))
	d.filler(1 + d.level)
	if d.level >= 3 {
		d.say(" Born in {}, the candidate took a degree in {} and spent a year abroad.", itoa(joined-d.between(26, 34)), itoa(joined-d.between(3, 6)))
		d.filler(d.level - 2)
	}
	if d.level >= 4 {
		d.say(" A promotion followed in {}.", itoa(joined+d.between(2, 6)))
	}
	d.list(
		value{"name", who, surnames[d.below(len(surnames))], "unknown"},
		value{"employer", at[0], at[1], "unknown"},
		value{"joined", itoa(joined), itoa(joined - d.between(3, 6)), "unknown"},
	)
}
