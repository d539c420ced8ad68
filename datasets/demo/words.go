package demo

// Words that prompts are made of. No name is part of another or of a common word,
// since graders look for them in texts.
var (
	people   = []string{"Marta", "Oskar", "Ingrid", "Tomasz", "Leila", "Priya", "Yusuf", "Helga", "Dmitri", "Noemi", "Rajan", "Kenji", "Amara", "Zuzana", "Bjorn", "Fatima"}
	surnames = []string{"Okafor", "Lindqvist", "Moreau", "Takeda", "Hartmann", "Sandoval", "Haddad", "Petrov", "Keller", "Oduya", "Ferreira", "Whitlock"}
	regions  = []string{"Lowlands", "Uplands", "Harbourside", "Old Town", "Riverbank", "Northgate", "Westfield", "Islands"}
	products = []string{"kettle", "desk lamp", "rucksack", "rain jacket", "coffee grinder", "notebook", "headphones", "bicycle pump", "tent", "water bottle"}
	firms    = []string{"Orchard Foods", "Quarry Works", "Lantern Press", "Harbour Travel", "Fenwick Glass", "Bluebell Energy", "Tidewater Bank", "Marlow Textiles"}
	months   = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	weekdays = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
	services = []string{"checkout", "search", "mailer", "ledger", "gateway"}
)

// fillers are sentences that say nothing that is asked for.
var fillers = []string{
	"The weather has been kind to us all week, which helped.",
	"Everybody who was there agreed that the new entrance looks better than the old one.",
	"We had hoped to settle this earlier, but the holidays came in between.",
	"As you may have heard, the cafeteria has changed its supplier.",
	"I am writing from my phone, so please excuse any typing mistakes.",
	"Some of this was mentioned in the last letter already.",
	"The parking situation remains difficult, although the city has promised to look into it.",
	"My neighbour, who has bought from you for years, recommended you warmly.",
	"Nothing in this paragraph replaces what was agreed before.",
	"It took a little longer than planned because the lift was out of order.",
	"The team would like to thank all who stayed late to finish the work.",
	"There were questions about the colour of the folders, which were answered on the spot.",
	"Please do not reply to the automatic message that went out this morning.",
	"On the whole, people seemed content with how the day went.",
}

// cautions are added to prompts that ask for much.
var cautions = []string{
	"Note that not everything that is given is relevant.",
	"Be careful: some of the details may be there to distract you.",
	"However, take every condition into account before you decide.",
	"Assume nothing that is not stated, unless it follows from what is.",
}

// filler appends n sentences that say nothing that is asked for.
func (d *draft) filler(n int) {
	from := d.below(len(fillers))
	for i := range n {
		d.say(" {}", fillers[(from+i*5)%len(fillers)])
	}
}

// caution appends a warning to a prompt that asks for much.
func (d *draft) caution() {
	if d.level >= 4 {
		d.say(" {}", cautions[d.below(len(cautions))])
	}
}

// distinct is n different entries of a list, at most eight.
func (d *draft) distinct(of []string, n int) (out [8]string) {
	var at [32]int
	for i, k := range d.shuffle(at[:], len(of))[:n] {
		out[i] = of[k]
	}
	return out
}

// code is a reference such as KX-48213. Prefixes tell the kinds of code apart, so
// that no code is part of another.
func (d *draft) code(prefix string, digits int) string {
	var b [16]byte
	out := append(append(b[:0], prefix...), '-', byte('1'+d.below(9)))
	for range digits - 1 {
		out = append(out, byte('0'+d.below(10)))
	}
	return string(out)
}

// date is a day of two digits and a month, such as 14 March.
func (d *draft) date() string {
	return padded(d.between(10, 28), 2) + " " + months[d.below(12)]
}

// otherDate differs from a date in its day.
func (d *draft) otherDate(date string) string {
	day := int(date[0]-'0')*10 + int(date[1]-'0')
	day = 10 + (day-10+d.between(1, 18))%19
	return padded(day, 2) + date[2:]
}
