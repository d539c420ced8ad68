package demo

import (
	"encoding/json"
	"strconv"

	"waymark"
)

// A family is a kind of task: a template with parameters.
type family struct {
	name   string
	grader json.RawMessage // as a suite would name it
	method string          // how one arrives at the answer, in words; no digit, no name
	write  func(*draft)    // writes the prompt and settles the answer
}

// A draft is a task while it is written. It is used again for the next one.
type draft struct {
	chance
	latent
	family   *family
	text     []byte // the prompt so far
	language int    // position in languages
	subtasks []subtask
	answer   answer
}

// A subtask is a part of a task that can be asked on its own.
type subtask struct{ prompt, grader, reference string }

// languages are those of prompts. Most are English.
var languages = []any{"en", "de", "fr", "es"}

// begin clears the draft for the task of l.
func (d *draft) begin(seed uint64, l latent) {
	of := familiesOf[l.category]
	d.latent, d.chance = l, newChance(seed, streamText, int64(l.index))
	d.family = &of[d.below(len(of))]
	d.text, d.language, d.subtasks = d.text[:0], 0, nil
	d.answer = answer{values: d.answer.values[:0]}
	d.family.write(d)
}

// say appends text to the prompt, with the arguments in the place of each {}.
func (d *draft) say(template string, args ...string) { d.text = expand(d.text, template, args...) }

// sayOne appends one of several texts.
func (d *draft) sayOne(of ...string) { d.text = append(d.text, of[d.below(len(of))]...) }

// ask adds a subtask.
func (d *draft) ask(grader, reference, template string, args ...string) {
	d.subtasks = append(d.subtasks, subtask{string(expand(nil, template, args...)), grader, reference})
}

// expand appends template to dst, with the next argument in the place of each {},
// and argument n in that of {n}.
func expand(dst []byte, template string, args ...string) []byte {
	from, next := 0, 0
	for i := 0; i+1 < len(template); i++ {
		if template[i] != '{' {
			continue
		}
		switch c := template[i+1]; {
		case c == '}':
			dst = append(append(dst, template[from:i]...), args[next]...)
			next++
			from = i + 2
			i++
		case '0' <= c && c <= '9' && i+2 < len(template) && template[i+2] == '}':
			dst = append(append(dst, template[from:i]...), args[c-'0']...)
			from = i + 3
			i += 2
		}
	}
	return append(dst, template[from:]...)
}

// finish is the finished task, without what its place in the stream gives it.
func (d *draft) finish(id string) waymark.Task {
	t := waymark.Task{ID: id, Category: d.category.String(), Grader: d.family.grader, Weight: 1}
	t.Reference = make([]string, len(d.answer.values))
	for i, v := range d.answer.values {
		t.Reference[i] = v.right
	}
	for i, s := range d.subtasks {
		t.Subtasks = append(t.Subtasks, waymark.Task{
			ID: id + "/" + strconv.Itoa(i+1), Category: t.Category, Weight: 1,
			Messages:  []waymark.Message{{Role: "user", Content: s.prompt}},
			Reference: []string{s.reference}, Grader: json.RawMessage(s.grader),
		})
	}
	return t
}
