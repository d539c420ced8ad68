package embedding

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// MostDimensions bounds the length of a vector.
const MostDimensions = 65_536

// An Endpoint is where texts are embedded: POST BaseURL/embeddings, as OpenAI's API
// reference describes it. What a text's vector is depends on BaseURL, Model and
// Dimensions alone.
type Endpoint struct {
	BaseURL    string
	Model      string
	Dimensions int // that are asked for; 0 leaves them to the model

	Key         func() (string, error) // of the API, asked for when a call is made; nil or "" sends none
	Batch       int                    // texts a call
	Concurrency int                    // calls side by side
	Timeout     time.Duration          // of one call
	Tries       int                    // of one call, the first included
	Pause       time.Duration          // before the second try; it doubles, with jitter
}

// Check reports a base URL that cannot be one. A URL that holds a password or a
// query is refused, since it is shown in errors.
func (e *Endpoint) Check() error {
	u, err := url.Parse(e.BaseURL)
	switch {
	case err != nil:
		return errors.New("not a URL")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return errors.New("expected a URL that begins with http:// or https:// and names a host")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("expected a URL without user, password, query and fragment")
	}
	return nil
}

// place is the host and path, which tell endpoints apart.
func (e *Endpoint) place() string {
	u, err := url.Parse(e.BaseURL)
	if err != nil {
		return e.BaseURL
	}
	return u.Host + strings.TrimRight(u.Path, "/")
}

// String tells the endpoint for a person.
func (e *Endpoint) String() string {
	if e.Dimensions > 0 {
		return fmt.Sprintf("%s at %s, %d dimensions", e.Model, e.place(), e.Dimensions)
	}
	return e.Model + " at " + e.place()
}
