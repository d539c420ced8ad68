package demo

import "bytes"

// render writes what model m says to the task in outcome o. A text that is right
// holds a right answer where the task's grader looks for it; a text that is wrong
// holds none there.
func (d *draft) render(dst []byte, m int, o outcome) []byte {
	a, v := &d.answer, pool[m].voice
	if pool[m].Thinks {
		dst = expand(dst, thoughts[o.phrasing], "", d.family.method)
	}
	if !o.right {
		switch o.slip {
		case refusal:
			return append(dst, refusals[o.phrasing]...)
		case cutOff:
			return append(dst, cutOffs[o.phrasing]...)
		case hedge:
			return d.hedge(dst, o)
		}
	}
	switch a.form {
	case listing:
		return d.listing(dst, v, o)
	case prose:
		return d.prosaic(dst, v, o)
	case label:
		if !o.right && o.slip == badFormat {
			return expand(dst, wrapped[o.phrasing], a.values[0].right)
		}
		return expand(dst, labelsBy[v][o.phrasing], a.said(o))
	case letter:
		return expand(dst, lettersBy[v][o.phrasing], a.said(o), d.family.method, d.optionText(a.said(o)))
	case verdict:
		return expand(dst, verdictsBy[v][o.phrasing], a.said(o), d.family.method)
	}
	return d.phrase(dst, v, o)
}

// said is the one value that is given as the answer.
func (a *answer) said(o outcome) string {
	if o.right {
		return a.values[0].right
	}
	return a.wrong[o.slip]
}

// phrase gives a phrase or a number. Where the prompt is not in English, it is
// given without a sentence around it.
func (d *draft) phrase(dst []byte, v voice, o outcome) []byte {
	way := phrases[v][o.phrasing]
	if d.language != 0 {
		way = phrases[terse][o.phrasing%2]
	}
	said := d.answer.said(o)
	if d.answer.pretty && v != terse && (int(v)+o.phrasing)%2 == 0 {
		var b [40]byte
		return expand(dst, way, string(d.answer.dressed(b[:0], said)), d.family.method)
	}
	return expand(dst, way, said, d.family.method)
}

// dressed is a number with its prefix, grouped digits and its unit.
func (a *answer) dressed(dst []byte, plain string) []byte {
	if plain[0] == '-' && a.prefix != "" {
		dst, plain = append(dst, '-'), plain[1:]
	}
	dst = append(dst, a.prefix...)
	dst = grouped(dst, plain)
	return append(dst, a.unit...)
}

// optionText is the text of the option with a letter. It is read back from the
// prompt, where it stands in a line of its own.
func (d *draft) optionText(letter string) string {
	mark := [4]byte{'\n', letter[0], ')', ' '}
	i := bytes.LastIndex(d.text, mark[:])
	rest := d.text[i+len(mark):]
	if end := bytes.IndexByte(rest, '\n'); end >= 0 {
		rest = rest[:end]
	}
	return string(rest)
}

// hedge does not commit itself.
func (d *draft) hedge(dst []byte, o outcome) []byte {
	a := &d.answer
	switch a.form {
	case phrase:
		return expand(dst, eithers[o.phrasing], a.wrong[0], a.wrong[1])
	case label:
		return expand(dst, eithers[o.phrasing], a.wrong[0], a.values[0].right)
	}
	return append(dst, undecided[o.phrasing]...)
}

// given is value i of several, as it is said in the outcome: a near miss has one of
// them wrong, another slot another one, and a bad format leaves one out.
func (a *answer) given(i int, o outcome) string {
	v := &a.values[i]
	last := len(a.values) - 1
	switch {
	case o.right:
	case o.slip == nearMiss && i == last, o.slip == otherSlot && i == 0:
		return v.wrong
	case o.slip == badFormat && i == last/2:
		return v.vague
	}
	return v.right
}

// listing gives several values by name: as lines, as JSON or in a sentence.
func (d *draft) listing(dst []byte, v voice, o outcome) []byte {
	dst = append(dst, openings[v][o.phrasing]...)
	way := (int(v) + o.phrasing) % 3
	if way == 1 {
		dst = append(dst, "```json\n{"...)
	}
	for i := range d.answer.values {
		name, said := d.answer.values[i].name, d.answer.given(i, o)
		switch {
		case way == 1 && i > 0:
			dst = expand(dst, `, "{}": "{}"`, name, said)
		case way == 1:
			dst = expand(dst, `"{}": "{}"`, name, said)
		case i > 0 && way == 2:
			dst = expand(dst, "; {}: {}", name, said)
		case i > 0:
			dst = expand(dst, "\n- {}: {}", name, said)
		case way == 2:
			dst = expand(dst, "{}: {}", name, said)
		default:
			dst = expand(dst, "- {}: {}", name, said)
		}
	}
	if way == 1 {
		dst = append(dst, "}\n```"...)
	}
	return append(dst, closings[v][o.phrasing]...)
}

// lengthOf is which of the three bodies each voice writes.
var lengthOf = [voices]int{terse: 0, chatty: 1, markdown: 1, formal: 2, polished: 1, thoughtful: 2}

// prosaic writes a text.
func (d *draft) prosaic(dst []byte, v voice, o outcome) []byte {
	var args [10]string
	for i := range d.answer.values {
		args[i] = d.answer.given(i, o)
	}
	args[9] = d.answer.person
	dst = append(dst, openings[v][o.phrasing]...)
	dst = expand(dst, d.answer.bodies[lengthOf[v]], args[:]...)
	return append(dst, closings[v][o.phrasing]...)
}
