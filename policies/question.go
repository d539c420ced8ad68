package policies

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"

	"waymark"
)

// A question is all that a router is told of a query. What is not short stands as its SHA-256.
type question struct {
	id     string
	repeat int
	told   [sha256.Size]byte // of features and messages
}

// questions are those about some queries. It runs three times for every decision (the pick, its charge, its
// remark), and JSON would take a tenth of what a router of one's own takes: so each text stands behind
// its length instead, which is as unambiguous.
func questions(qs *waymark.Queries) []question {
	out := make([]question, qs.Len())
	names := slices.Sorted(maps.Keys(qs.Features))
	var b []byte
	for i, id := range qs.IDs {
		b = b[:0]
		for _, name := range names {
			if v := qs.Features[name].Value(i); v != nil { // as in a Query, where nil is none
				b = appendValue(appendText(append(b, 1), name), v)
			}
		}
		b = append(b, 0)
		for _, m := range qs.Conversation(i) {
			b = appendMessage(append(b, 1), m)
		}
		out[i] = question{id, qs.Repeat, sha256.Sum256(b)}
	}
	return out
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// appendValue tells values of two types apart by their first byte.
func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return appendText(append(b, 's'), v)
	case float64:
		return binary.BigEndian.AppendUint64(append(b, 'n'), math.Float64bits(v))
	case bool:
		if v {
			return append(b, 't')
		}
		return append(b, 'f')
	}
	return appendText(append(b, 'x'), fmt.Sprintf("%T %#v", v, v)) // of no dataset
}

func appendMessage(b []byte, m waymark.Message) []byte {
	b = appendText(appendText(appendText(b, m.Role), m.Content), m.ToolID)
	b = binary.AppendUvarint(b, uint64(len(m.ToolCalls)))
	for _, c := range m.ToolCalls {
		b = appendText(appendText(appendText(b, c.ID), c.Name), c.Arguments)
	}
	b = binary.AppendUvarint(b, uint64(len(m.Files)))
	for _, f := range m.Files {
		b = appendText(appendText(appendText(b, f.Name), f.MediaType), f.Digest)
	}
	return b
}
