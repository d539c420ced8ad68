package demo

import "strings"

var writing = []family{
	{"refund-reply", []byte(`"contains-all"`), "The reply has to name the order, the amount and the day.", writeRefundReply},
	{"blurb", []byte(`{"type":"contains-all","ignore_case":true}`), "Every required word has to occur.", writeBlurb},
	{"announcement", []byte(`"contains-all"`), "Readers need the place, the day and the time.", writeAnnouncement},
	{"reschedule", []byte(`"contains-all"`), "Both the new day and the room have to be there.", writeReschedule},
	{"polite", []byte(`{"all":["contains-all",{"type":"not-icontains","values":["problem"]}]}`), "Keep the facts and leave out the word.", writePolite},
	{"subject-line", []byte(`{"all":["contains-all",{"type":"regex","pattern":"(?m)^Subject: .{1,70}$"}]}`), "A subject line is short and names what it is about.", writeSubjectLine},
	{"summary", []byte(`"contains-all"`), "The figures are what the reader takes away.", writeSummary},
}

// tones are wishes for how a text should sound. Longer briefs have more of them.
var tones = []string{
	" Keep it under 120 words.", " Write warmly, but do not gush.", " Avoid exclamation marks.", " The reader is in a hurry.",
	" Do not promise anything that is not stated here.", " Use short sentences.", " It will be read aloud, so avoid brackets.",
	" However formal the occasion, it should not sound stiff.",
}

// brief appends wishes, the more the higher the level.
func (d *draft) brief() {
	from := d.below(len(tones))
	for i := range d.level - 1 {
		d.say("{}", tones[(from+3*i)%len(tones)])
	}
}

var refundBodies = [3]string{
	"Hi {9},\n\nyour refund of {1} for order {0} will reach you by {2}.\n\nBest wishes",
	"Dear {9},\n\nthank you for sending the item back. We have approved the refund for order {0}: {1} will be with you by {2}. You need not do anything else.\n\nKind regards,\nCustomer care",
	"Dear {9},\n\nthank you for your patience and for returning the item so carefully packed. We have looked into the matter and are glad to confirm that order {0} qualifies for a full refund.\n\nThe amount of {1} will be credited to the account that you paid from, and it should appear there no later than {2}. Should you not see it by then, simply answer this message and we shall follow it up with the bank.\n\nWith kind regards,\nCustomer care",
}

func writeRefundReply(d *draft) {
	name := people[d.below(len(people))]
	order, amount, day := d.code("KX", 5), d.between(1000, 29999), d.date()
	d.say(d.pick("Write a short reply to {}.", "Draft an email to our customer {}.", "Please answer {} for me."), name)
	d.say(" Say that the refund for order {} is approved, that it is {}, and that it arrives by {}. Give the order number, amount and date exactly as written here.", order, dollars(amount), day)
	d.brief()
	d.prose(&refundBodies, name,
		value{right: order, wrong: d.code("TK", 5), vague: "your order"},
		value{right: dollars(amount), wrong: dollars(amount + 1000), vague: "the full amount"},
		value{right: day, wrong: d.otherDate(day), vague: "the end of the month"},
	)
}

// virtues are words that product texts have to use.
var virtues = []string{"lightweight", "hand-made", "repairable", "waterproof", "foldable", "quiet", "recycled", "dishwasher-safe"}

var blurbBodies = [3]string{
	"The {9}: {0}, {1} and {2}.",
	"Meet the {9} that keeps up with you. It is {0}, so it goes wherever you go; it is {1}, which you will notice in daily use; and, being {2}, it will be with you for years.",
	"Some things are bought twice, and some are bought once. Our {9} belongs to the second kind. Being {0}, it never stands in your way. Being {1}, it suits places where others give up. And because it is {2} as well, you may feel as good about how it was made as about what it does. Put it to the test for a month, and send it back if we have said too much.",
}

func writeBlurb(d *draft) {
	product, words := products[d.below(len(products))], d.distinct(virtues, 4)
	d.say(d.pick("Write a product description for a {}", "I need a blurb for our new {}", "Describe this {} for our catalogue"), product)
	d.say(". Use the words {}.", strings.Join(words[:3], ", "))
	d.brief()
	d.prose(&blurbBodies, product,
		value{right: words[0], wrong: words[3], vague: "practical"},
		value{right: words[1], wrong: "sturdy", vague: "well thought out"},
		value{right: words[2], wrong: words[3], vague: "made to last"},
	)
}

var announcementBodies = [3]string{
	"Open evening: {0}, {1}, {2}. All welcome.",
	"Dear all,\n\nwe warmly invite you to our open evening on {1}. Come to {0} at {2} for a look behind the scenes, followed by a small buffet.\n\nWe look forward to seeing you,\n{9}",
	"Dear friends and colleagues,\n\nmuch has happened since we last opened our doors, and we should like to show you. On {1} you are invited to an evening at {0}, beginning at {2}. There will be a tour of the new rooms, a few words from those who planned them, and time to talk over something to eat.\n\nNo registration is needed, and guests are as welcome as you are.\n\nYours,\n{9}",
}

func writeAnnouncement(d *draft) {
	name, place := people[d.below(len(people))], d.distinct(halls, 2)
	day, at := d.date(), clock(30*d.between(34, 41))
	d.say(d.pick("Announce our open evening", "Write an invitation to our open evening", "Draft a notice about the open evening"))
	d.say(": {}, {}, {}. Sign as {}. Write the date and the time as I did.", place[0], day, at, name)
	d.brief()
	if d.level >= 3 {
		d.ask(`"contains-all"`, day, "Write a headline for an open evening on {}. The date must be in it as written.", day)
		d.ask(`"contains-all"`, at, "Write a reminder that an open evening begins at {}. Give the time as written.", at)
	}
	d.prose(&announcementBodies, name,
		value{right: place[0], wrong: place[1], vague: "the usual place"},
		value{right: day, wrong: d.otherDate(day), vague: "that evening"},
		value{right: at, wrong: at[:3] + "15", vague: "the usual time"},
	)
}

var halls = []string{"Mill Hall", "the Old Library", "Pier Four", "the Garden Room", "Corn Exchange", "Studio Nine"}

var rescheduleBodies = [3]string{
	"{9}, the review moves to {0}, {1}.",
	"Hi {9},\n\nI have to move our review, sorry about that. Would {0} suit you? I have booked {1} for us.\n\nThanks for being flexible!",
	"Dear {9},\n\nI am writing about our review. Owing to a clash in the calendar I would ask you to move it to {0}. We shall meet in {1}, which is equipped for those who wish to join from elsewhere.\n\nI apologise for the change at short notice. If the new day is impossible for you, let me know and I shall look for another one.\n\nWith kind regards",
}

func writeReschedule(d *draft) {
	name, old := people[d.below(len(people))], d.date()
	moved := d.otherDate(old)
	room := "room " + d.pick("B", "C", "D") + "-" + itoa(d.between(101, 499))
	d.say(d.pick("Tell {} that our review on {} moves to {}, in {}.", "Write to {}: the review on {} is now on {}, in {}.", "Message for {}: review of {} postponed to {}; we meet in {}."), name, old, moved, room)
	d.sayOne(" Mention the new date and the room as written.", " New date and room exactly as above, please.")
	d.brief()
	d.prose(&rescheduleBodies, name,
		value{right: moved, wrong: old, vague: "another day"},
		value{right: room, wrong: "room A-" + itoa(d.between(10, 99)), vague: "a room that I have yet to find"},
	)
}

var politeBodies = [3]string{
	"Hello {9}, could you please look at invoice {0}? We expected {1}.",
	"Hello {9},\n\nthank you for invoice {0}. We had expected a total of {1}. Could you please have another look and send us a corrected one?\n\nMany thanks",
	"Dear {9},\n\nthank you for sending invoice {0} so promptly. While going through it we noticed that the total differs from the {1} which we had agreed on. I am sure that this is easily put right, and would be grateful for a corrected invoice when you have a moment.\n\nWith best wishes and thanks for the good work so far",
}

func writePolite(d *draft) {
	name, invoice, amount := people[d.below(len(people))], d.code("INV", 6), d.between(10_000, 90_000)
	d.sayOne("Rewrite this politely, without the word \"problem\":", "Make this friendlier. Do not use the word \"problem\".", "Please rephrase so that nobody is offended; the word \"problem\" must not occur.")
	d.say("\n\n\"{}, there is a problem with invoice {}. It should be {}, as we agreed. Fix it.", name, invoice, dollars(amount))
	if d.level >= 2 {
		d.filler(d.level - 1)
	}
	d.say("\"\n\nKeep the name, the invoice number and the amount.")
	d.brief()
	d.prose(&politeBodies, name,
		value{right: invoice, wrong: d.code("IN", 5), vague: "the problem"},
		value{right: dollars(amount), wrong: dollars(amount / 10), vague: "less"},
	)
}

var subjectBodies = [3]string{
	"Subject: {0}: {1}",
	"Subject: {0}: now due {1}",
	"Subject: {0} has a new date: {1}\n\nThe line names the matter first and the date second, so that it can be understood from the list of messages alone.",
}

func writeSubjectLine(d *draft) {
	matter, day := d.code("PR", 4), d.date()
	d.sayOne("Write a subject line for an email.", "I need a subject for a message.", "Suggest one subject line.")
	d.say(" The message says that project {}", matter)
	d.say(d.pick(", which had been planned for the spring,", "", ", after some discussion,"))
	d.say(" is now due on {}.", day)
	if d.level >= 2 {
		d.filler(d.level - 1)
	}
	d.say(" Write it as \"Subject: ...\", at most 70 characters, with the project and the date as given.")
	d.brief()
	d.prose(&subjectBodies, "",
		value{right: matter, wrong: d.code("PJ", 4), vague: "your project"},
		value{right: day, wrong: d.otherDate(day), vague: "soon"},
	)
}

var summaryBodies = [3]string{
	"{9}: revenue {0}, {1} new customers, margin {2}.",
	"{9} closed the quarter with revenue of {0}. It won {1} new customers and reached a margin of {2}.",
	"In the quarter under review, {9} developed steadily. Revenue came to {0}, to which all lines of business contributed. The number of new customers, {1}, shows that the campaign was noticed. The margin stood at {2}, which the management considers satisfactory in view of what energy costs.",
}

func writeSummary(d *draft) {
	firm := firms[d.below(len(firms))]
	revenue, customers, margin := "$"+decimal(d.between(12, 98), 1)+" million", itoa(d.between(1100, 9900)), decimal(d.between(101, 299), 1)+"%"
	d.sayOne("Summarise this report in two sentences.", "Give me the gist of this report, two sentences at most.", "Boil this down for a slide.")
	d.say(" Revenue, new customers and margin have to be in it as they are written.\n\n{} presents its quarter.", firm)
	d.filler(1 + d.level)
	d.say(" Revenue reached {}.", revenue)
	d.filler(d.level / 2)
	d.say(" In the same time {} new customers signed up", customers)
	d.say(d.pick(".", ", more than in any quarter before.", ", which nobody had expected."))
	d.filler(d.level / 2)
	d.say(" The margin was {}.", margin)
	if d.level >= 4 {
		d.say(" The year before, it had been {}.", decimal(d.between(50, 99), 1)+"%")
	}
	d.filler(d.level / 3)
	d.brief()
	d.prose(&summaryBodies, firm,
		value{right: revenue, wrong: "$" + decimal(d.between(99, 120), 1) + " million", vague: "a good sum"},
		value{right: customers, wrong: itoa(d.between(100, 999)), vague: "many"},
		value{right: margin, wrong: decimal(d.between(31, 99), 1) + "%", vague: "good"},
	)
}

// familiesOf are the families by category.
var familiesOf = [categories][]family{
	Writing: writing, Coding: coding, Analysis: analysis, Extraction: extraction, Reasoning: reasoning, Routine: routine,
}
