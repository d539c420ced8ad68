package policies

import (
	"errors"
	"strings"
	"text/template"
)

const (
	mostTemplate = 20_000    // bytes of a template in a suite
	mostPrompt   = 4_000_000 // bytes of a prompt or an answer that is made of one
)

// A prompt is a text with fields, in the syntax of Go's text/template.
type prompt struct{ t *template.Template }

// newPrompt compiles a template, or the default where there is none, and tries it on an
// example, whose values in need it must show: a reviewer who is not shown the draft would review nothing.
func newPrompt(text, otherwise string, example any, need []string, path ...any) (*prompt, error) {
	if text == "" {
		text = otherwise
	}
	if len(text) > mostTemplate {
		return nil, fieldf(path, "found a template of %d bytes, expected at most %d", len(text), mostTemplate)
	}
	t, err := template.New("prompt").Option("missingkey=error").Parse(text)
	if err != nil {
		return nil, fieldf(path, "found a template that cannot be read: %v", err)
	}
	p := &prompt{t}
	shown, err := p.render(example)
	if err != nil {
		return nil, fieldf(path, "found a template that cannot be filled in: %v", err)
	}
	for _, n := range need {
		if !strings.Contains(shown, n) {
			return nil, fieldf(path, "found a template that does not show the %s, expected one that does", n)
		}
	}
	return p, nil
}

var errLongPrompt = errors.New("the text would be longer than 4 MB")

// bounded is a text that may grow so far and no further.
type bounded struct{ strings.Builder }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > mostPrompt {
		return 0, errLongPrompt
	}
	return b.Builder.Write(p)
}

// render fills the template in.
func (p *prompt) render(fields any) (string, error) {
	var b bounded
	if err := p.t.Execute(&b, fields); err != nil {
		if errors.Is(err, errLongPrompt) {
			return "", errLongPrompt
		}
		return "", err
	}
	return b.String(), nil
}
