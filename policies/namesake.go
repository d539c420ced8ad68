package policies

import (
	"fmt"
	"regexp"
	"strings"

	"waymark"
	"waymark/internal/wire"
)

// A namesake finds the model of the pool that an endpoint means by a name: the same
// name, one of the suite's aliases, or the same name but for what Normal takes away.
// It never guesses.
type namesake struct {
	pool    []waymark.ModelID
	aliases map[string]waymark.ModelID
}

// of maps the names under which a reply reports its model, the most telling first. named
// is what it said.
func (n namesake) of(names ...string) (m waymark.ModelID, named string, err error) {
	for _, name := range names {
		if name == "" {
			continue
		}
		found, e := n.one(name)
		switch {
		case e != nil && err == nil && m == "":
			named, err = fmt.Sprintf("%.100q", name), e
		case e != nil: // another name says it
		case m != "" && m != found:
			return "", named, fmt.Errorf("the endpoint names two models, %q and %q", m, found)
		case m == "":
			m, named, err = found, fmt.Sprintf("%.100q", name), nil
		}
	}
	if m == "" && err == nil {
		return "", "nothing", fmt.Errorf("the endpoint does not say which model answered")
	}
	return m, named, err
}

func (n namesake) one(name string) (waymark.ModelID, error) {
	if m, ok := n.aliases[name]; ok {
		return m, nil
	}
	m, err := wire.Known(name, n.pool)
	if err == nil {
		return m, nil
	}
	plain, undated := normal(name)
	var like []waymark.ModelID
	for _, id := range n.pool {
		if own, _ := normal(string(id)); own == plain || own == undated {
			like = append(like, id)
		}
	}
	if len(like) == 1 {
		return like[0], nil
	}
	if len(like) > 1 {
		return "", fmt.Errorf("the endpoint's model %.100q could be any of %v; name it under aliases", name, like)
	}
	return "", fmt.Errorf("the endpoint's model is not one of the pool: %w; name it under aliases", err)
}

var (
	date = regexp.MustCompile(`-(\d{8}|\d{4}-\d{2}-\d{2})$`)
	// tier says how OpenRouter serves a model, not which one it is. Other words behind a
	// colon, such as :7b, are part of the name.
	tier = regexp.MustCompile(`:(free|nitro|floor|beta|extended)$`)
)

// normal is a name in small letters, without the provider before its last slash and
// without OpenRouter's :free and its like; and that without a date at its end. A name that is
// reported with a date is that of the pool without one; of two dates each is another model.
func normal(name string) (plain, undated string) {
	plain = strings.ToLower(name[strings.LastIndex(name, "/")+1:])
	plain = tier.ReplaceAllString(plain, "")
	return plain, date.ReplaceAllString(plain, "")
}
