package demo

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

var routine = []family{
	{"sum", []byte(`"numeric"`), "Work from left to right.", writeSum},
	{"units", []byte(`"numeric"`), "Convert the larger unit and add what is over.", writeUnits},
	{"intent", []byte(`"equals"`), "Look at what the writer wants to happen.", writeIntent},
	{"sentiment", []byte(`"equals"`), "Weigh what the writer says about the thing as a whole.", writeSentiment},
	{"iso-date", []byte(`"contains"`), "The year comes first, then the month, then the day.", writeISODate},
	{"alphabet", []byte(`"icontains"`), "Compare the words letter by letter.", writeAlphabet},
	{"opening", []byte(`"equals"`), "Compare the time with the hours that are given.", writeOpening},
}

func itoa(n int) string { return strconv.Itoa(n) }

func writeSum(d *draft) {
	size := [...]int{20, 90, 400, 1500, 9000}[d.level-1]
	total := d.between(size/4+2, size)
	d.sayOne("What is ", "Quick sum: ", "Please work out ", "Add this up for me: ", "How much is ")
	d.say("{}", itoa(total))
	last := 0
	for range 1 + d.level/2 {
		last = d.between(2, size)
		if last < total && d.percent(35) {
			total, last = total-last, -last
			d.say(" - {}", itoa(-last))
		} else {
			total += last
			d.say(" + {}", itoa(last))
		}
	}
	d.sayOne("?", "? Just the number.", ", please")
	d.number(0, total, total+10, total-2*last, total-1)
}

// unitsOf are a larger and a smaller unit in each language, and how many of the
// smaller make one.
var unitsOf = []struct {
	big, small [4]string
	factor     int
}{
	{[4]string{"kilometres", "Kilometer", "kilomètres", "kilómetros"}, [4]string{"metres", "Meter", "mètres", "metros"}, 1000},
	{[4]string{"kilograms", "Kilogramm", "kilogrammes", "kilogramos"}, [4]string{"grams", "Gramm", "grammes", "gramos"}, 1000},
	{[4]string{"hours", "Stunden", "heures", "horas"}, [4]string{"minutes", "Minuten", "minutes", "minutos"}, 60},
	{[4]string{"litres", "Liter", "litres", "litros"}, [4]string{"millilitres", "Milliliter", "millilitres", "mililitros"}, 1000},
	{[4]string{"minutes", "Minuten", "minutes", "minutos"}, [4]string{"seconds", "Sekunden", "secondes", "segundos"}, 60},
}

var (
	unitsPlain = [4]string{"How many {} are {} {}?", "Wie viele {} sind {} {}?", "Combien de {} font {} {} ?", "¿Cuántos {} son {} {}?"}
	unitsOver  = [4]string{"How many {0} are {1} {2} and {3} {0}?", "Wie viele {0} sind {1} {2} und {3} {0}?", "Combien de {0} font {1} {2} et {3} {0} ?", "¿Cuántos {0} son {1} {2} y {3} {0}?"}
)

// speak settles the language of a prompt: half of those that can be in another
// language than English are.
func (d *draft) speak() int {
	d.language = d.weighted([]int{50, 22, 16, 12})
	return d.language
}

func writeUnits(d *draft) {
	lang := d.speak()
	u := &unitsOf[d.below(len(unitsOf))]
	big := d.between(2, 4+6*d.level)
	if d.level < 3 {
		d.say(unitsPlain[lang], u.small[lang], itoa(big), u.big[lang])
		d.number(0, big*u.factor, big*u.factor/10, big, big*u.factor+u.factor)
		return
	}
	over := d.between(2, u.factor-2)
	d.say(unitsOver[lang], u.small[lang], itoa(big), u.big[lang], itoa(over))
	total := big*u.factor + over
	d.number(0, total, big*u.factor, big*100+over, big+over)
}

var intents = [4]string{"refund", "delivery", "login", "invoice"}

// messagesOf are what people write, by language and intent.
var messagesOf = [4][4][2]string{
	{
		{"I sent the jacket back two weeks ago. When do I get my money?", "This is not what I ordered, I would like my money back."},
		{"My parcel should have been here on Monday. Where is it?", "Can you bring it to my office instead of my home?"},
		{"I can't get into my account, it keeps saying the password is wrong.", "The code that you text me never arrives, so I am locked out."},
		{"Could you send the bill again, with our tax number on it?", "I need a receipt with the company's name for our books."},
	},
	{
		{"Ich habe die Jacke zurückgeschickt. Wann bekomme ich mein Geld?", "Das habe ich nicht bestellt, ich möchte mein Geld zurück."},
		{"Mein Paket sollte am Montag hier sein. Wo ist es?", "Können Sie es ins Büro liefern statt nach Hause?"},
		{"Ich komme nicht in mein Konto, das Passwort sei falsch.", "Der Code per SMS kommt nie an, ich bin ausgesperrt."},
		{"Können Sie mir die Rechnung noch einmal mit Steuernummer schicken?", "Ich brauche einen Beleg mit dem Namen der Firma."},
	},
	{
		{"J'ai renvoyé la veste. Quand serai-je remboursé ?", "Ce n'est pas ce que j'ai commandé, je veux être remboursé."},
		{"Mon colis devait arriver lundi. Où est-il ?", "Pouvez-vous le livrer au bureau plutôt que chez moi ?"},
		{"Je n'arrive pas à me connecter, le mot de passe serait faux.", "Le code par SMS n'arrive jamais, mon compte est bloqué."},
		{"Pouvez-vous renvoyer la facture avec notre numéro fiscal ?", "Il me faut un reçu au nom de la société."},
	},
	{
		{"Devolví la chaqueta. ¿Cuándo recibo mi dinero?", "Esto no es lo que pedí, quiero que me devuelvan el dinero."},
		{"Mi paquete debía llegar el lunes. ¿Dónde está?", "¿Pueden entregarlo en la oficina y no en casa?"},
		{"No puedo entrar en mi cuenta, dice que la contraseña es incorrecta.", "El código por SMS nunca llega y no puedo entrar."},
		{"¿Pueden enviar otra vez la factura con nuestro número fiscal?", "Necesito un recibo a nombre de la empresa."},
	},
}

var intentAsks = [4]string{
	"Label this message as refund, delivery, login or invoice. Reply with the label only.\n\n\"{}",
	"Ordne diese Nachricht zu: refund, delivery, login oder invoice. Antworte nur mit dem Label.\n\n„{}",
	"Classe ce message : refund, delivery, login ou invoice. Réponds par l'étiquette seule.\n\n« {}",
	"Clasifica este mensaje: refund, delivery, login o invoice. Responde solo con la etiqueta.\n\n«{}",
}

var (
	intentAsides = [4]string{" By the way, the last time everything went well.", " Beim letzten Mal hat übrigens alles geklappt.", " D'ailleurs, la dernière fois tout s'était bien passé.", " Por cierto, la última vez todo fue bien."}
	intentEnds   = [4]string{"\"", "“", " »", "»"}
)

func writeIntent(d *draft) {
	lang := d.speak()
	var at [4]int
	order := d.shuffle(at[:], 4)
	right := order[0]
	d.say(intentAsks[lang], messagesOf[lang][right][d.below(2)])
	for range d.level / 2 {
		d.say("{}", intentAsides[lang])
		if d.percent(50) {
			break
		}
	}
	d.say("{}", intentEnds[lang])
	d.exactly(intents[right], intents[order[1]], intents[order[2]])
}

// opinions are what reviews say, by sentiment.
var opinions = [3][4]string{
	{"I would buy it again tomorrow", "it does exactly what I hoped for", "the whole family loves it", "it is the best one that I have had"},
	{"I am sending it back", "it broke in the first week", "I regret having bought it", "nobody here wants to use it"},
	{"it is a thing of its kind, no more and no less", "I have no feelings about it either way", "it is as described", "it arrived on the day that was announced"},
}

var sentiments = [3]string{"positive", "negative", "neutral"}

// contrasts are clauses that lead astray.
var contrasts = []string{"Although the box was dented", "Even though a friend had warned me", "While the price is what it is", "Despite what the picture suggests", "Whatever the other reviews say"}

func writeSentiment(d *draft) {
	right := d.below(3)
	d.sayOne("Is this review positive, negative or neutral? One word.", "Sentiment of this review (positive, negative or neutral, one word only):", "Classify as positive, negative or neutral. Give the word only.")
	d.say("\n\n\"About the {}:", products[d.below(len(products))])
	if d.level >= 3 {
		d.say(" {},", contrasts[d.below(len(contrasts))])
	}
	d.say(" {}.", opinions[right][d.below(4)])
	if d.level >= 4 {
		d.filler(d.level - 3)
	}
	d.say("\"")
	d.exactly(sentiments[right], sentiments[(right+1)%3], sentiments[(right+2)%3])
}

func writeISODate(d *draft) {
	day := time.Date(d.between(2019, 2027), time.Month(d.between(1, 12)), d.between(1, 28), 0, 0, 0, 0, time.UTC)
	written := itoa(day.Day()) + " " + months[day.Month()-1] + " " + itoa(day.Year())
	if d.percent(50) {
		written = months[day.Month()-1] + " " + itoa(day.Day()) + ", " + itoa(day.Year())
	}
	shift := 0
	switch d.level {
	case 1, 2:
		d.say(d.pick("Write {} as YYYY-MM-DD.", "ISO format for {}?", "Turn {} into an ISO date."), written)
	case 3:
		shift = 1
		d.say("Give the day after {} as YYYY-MM-DD.", written)
	default:
		shift = d.between(5, 10*d.level)
		d.say("Give the date that is {} days after {} as YYYY-MM-DD.", itoa(shift), written)
	}
	right := day.AddDate(0, 0, shift)
	swapped := padded(right.Year(), 4) + "-" + padded((right.Day()-1)%12+1, 2) + "-" + padded(int(right.Month()), 2)
	if right.Day() == int(right.Month()) || right.Day() > 12 {
		swapped = itoa(right.Day()) + "/" + itoa(int(right.Month())) + "/" + itoa(right.Year())
	}
	d.one(isoDate(right), isoDate(right.AddDate(0, 0, 1)), isoDate(right.AddDate(0, 1, 0)), swapped)
}

func isoDate(t time.Time) string {
	return padded(t.Year(), 4) + "-" + padded(int(t.Month()), 2) + "-" + padded(t.Day(), 2)
}

var alphabet = []string{"apple", "apricot", "banana", "barley", "basil", "cherry", "chive", "coriander", "fennel", "fig", "ginger", "grape", "lemon", "lentil", "lime", "mango", "maple", "olive", "onion", "parsley", "pear", "peach", "plum", "quince"}

func writeAlphabet(d *draft) {
	n := min(8, 3+d.level)
	chosen := d.distinct(alphabet, n)
	words := chosen[:n]
	d.say(d.pick("Sort alphabetically, separated by commas: {}.", "Put these in alphabetical order, with commas between them: {}", "Alphabetical order please, comma-separated: {}"), strings.Join(words, ", "))
	slices.Sort(words)
	right := strings.Join(words, ", ")
	i := d.below(n - 1)
	words[i], words[i+1] = words[i+1], words[i]
	near := strings.Join(words, ", ")
	words[i], words[i+1] = words[i+1], words[i]
	missing := strings.Join(words[1:], ", ")
	slices.Reverse(words)
	d.one(right, near, missing, strings.Join(words, ", "))
}

func writeOpening(d *draft) {
	opens, closes := 60*d.between(7, 10), 60*d.between(16, 20)+30*d.below(2)
	at := opens + 5*d.between(-24, (closes-opens)/5+24)
	day, shut := d.below(7), d.below(7)
	open := opens <= at && at < closes
	d.say("We are open from {} to {}", clock(opens), clock(closes))
	if d.level >= 3 {
		d.say(", except on {}, when we are closed", weekdays[shut])
		open = open && day != shut
	}
	if d.level >= 4 {
		d.say(", and closed for lunch from 12:00 until 13:00")
		open = open && !(720 <= at && at < 780)
	}
	d.say(". Are we open on {} at {}? Reply yes or no.", weekdays[day], clock(at))
	d.caution()
	if open {
		d.exactly("yes", "no", "unclear")
		return
	}
	d.exactly("no", "yes", "unclear")
}
