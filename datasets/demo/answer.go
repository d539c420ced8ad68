package demo

import "strconv"

// A form is how an answer is given, and so how it can be wrong.
type form uint8

const (
	phrase  form = iota // a few words or a number somewhere in the text
	letter              // one of four options
	label               // the label and nothing else
	verdict             // a last line of its own: VERDICT: …
	listing             // several values, by name
	prose               // a text that must hold several values
)

// An answer is what a task asks for, and what a model may say instead.
type answer struct {
	form   form
	values []value    // one, or all of those that the text must hold
	wrong  [3]string  // where there is one value: near it, another field, another unit or order
	pretty bool       // the value may be written with prefix, grouped digits and unit
	prefix string     // as in $12
	unit   string     // as in 12 kg
	bodies *[3]string // of prose: brief, plain and long, with {0}, {1}, … for the values and {9} for the person
	person string
}

// A value is one part of an answer.
type value struct {
	name  string // of a listing
	right string
	wrong string
	vague string // what stands there when it is left out
}

// number settles a numeric answer. Amounts are in units of the last of so many
// decimals. A wrong amount that would be right is moved away.
func (d *draft) number(decimals, right int, wrong ...int) {
	d.numberApart(1, decimals, right, wrong...)
}

// numberApart is number for a grader that tolerates small differences: wrong
// amounts are moved until they are so far apart from the right one.
func (d *draft) numberApart(apart, decimals, right int, wrong ...int) {
	a := &d.answer
	a.form, a.pretty = phrase, true
	a.values = append(a.values, value{right: decimal(right, decimals)})
	for i := range a.wrong {
		w := wrong[i%len(wrong)]
		if diff := w - right; -apart < diff && diff < apart {
			w = right + apart*(i+1)
		}
		a.wrong[i] = decimal(w, decimals)
	}
}

// one settles an answer of one value that stands somewhere in the text.
func (d *draft) one(right string, wrong ...string) { d.single(phrase, right, wrong) }

// exactly settles an answer that is the label and nothing else.
func (d *draft) exactly(right string, wrong ...string) { d.single(label, right, wrong) }

// rules settles an answer whose last line is a verdict.
func (d *draft) rules(right string, wrong ...string) { d.single(verdict, right, wrong) }

func (d *draft) single(f form, right string, wrong []string) {
	d.answer.form = f
	d.answer.values = append(d.answer.values, value{right: right})
	for i := range d.answer.wrong {
		d.answer.wrong[i] = wrong[i%len(wrong)]
	}
}

// options appends four options in random order to the prompt, the first of which
// is right, and settles the answer.
func (d *draft) options(of [4]string) {
	var at [4]int
	order := d.shuffle(at[:], 4)
	wrong := 0
	for i, k := range order {
		l := letters[i]
		d.say("\n{}) {}", l, of[k])
		if k == 0 {
			d.answer.values = append(d.answer.values, value{right: l, name: of[k]})
			continue
		}
		d.answer.wrong[wrong] = l
		wrong++
	}
	d.answer.form = letter
}

var letters = [4]string{"A", "B", "C", "D"}

// list settles an answer of several values by name.
func (d *draft) list(values ...value) {
	d.answer.form = listing
	d.answer.values = append(d.answer.values, values...)
}

// prose settles an answer that is a text.
func (d *draft) prose(bodies *[3]string, person string, values ...value) {
	d.answer.form, d.answer.bodies, d.answer.person = prose, bodies, person
	d.answer.values = append(d.answer.values, values...)
}

// decimal writes an amount of units of the last of so many decimals.
func decimal(x, decimals int) string {
	if decimals == 0 {
		return strconv.Itoa(x)
	}
	var b [24]byte
	out := b[:0]
	if x < 0 {
		out, x = append(out, '-'), -x
	}
	unit := 1
	for range decimals {
		unit *= 10
	}
	out = append(strconv.AppendInt(out, int64(x/unit), 10), '.')
	for unit /= 10; unit > 0; unit /= 10 {
		out = append(out, byte('0'+x/unit%10))
	}
	return string(out)
}

// dollars writes an amount of cents as $12.50.
func dollars(cents int) string { return "$" + decimal(cents, 2) }

// padded writes x with at least so many digits.
func padded(x, digits int) string {
	var b [20]byte
	i := len(b)
	for n := 0; n < digits || x > 0; n++ {
		i--
		b[i] = byte('0' + x%10)
		x /= 10
	}
	return string(b[i:])
}

// grouped writes a plain number with commas between thousands.
func grouped(dst []byte, plain string) []byte {
	whole := len(plain)
	for i := range plain {
		if plain[i] == '.' {
			whole = i
			break
		}
	}
	for i := range whole {
		if i > 0 && (whole-i)%3 == 0 && plain[i-1] != '-' {
			dst = append(dst, ',')
		}
		dst = append(dst, plain[i])
	}
	return append(dst, plain[whole:]...)
}

// clock writes minutes after midnight as 09:05.
func clock(minutes int) string {
	minutes = (minutes%1440 + 1440) % 1440
	return padded(minutes/60, 2) + ":" + padded(minutes%60, 2)
}
