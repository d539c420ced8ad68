package datasets

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"waymark/internal/yamlfile"
)

const (
	maxLine    = 64 << 20 // bytes of one line
	batchLines = 256
)

// A batch is some lines of a file, decoded by one worker.
type batch struct {
	text  []byte
	ends  []int // of each line in text
	first int   // line number of the first, from 1
	err   error // what ended the file, after these lines
}

// jsonLines decodes a file of JSON lines, several lines at a time side by side,
// and yields the records in order, each with the number of its line.
func jsonLines[T any](ctx context.Context, t table) iter.Seq2[located[T], error] {
	return func(yield func(located[T], error) bool) {
		r, err := t.open()
		if err != nil {
			yield(located[T]{}, err)
			return
		}
		defer r.Close()
		ctx, stop := context.WithCancel(ctx)
		pending := make(chan chan decoded[T], 2*runtime.GOMAXPROCS(0))
		readerGone := make(chan struct{})
		defer func() { // the reader must be gone before the file is closed
			stop()
			for range pending {
			}
			<-readerGone
		}()
		go func() {
			defer close(readerGone)
			defer close(pending)
			dispatch(ctx, t.path, bufio.NewReaderSize(r, 1<<20), pending)
		}()
		for result := range pending {
			d := <-result
			for _, rec := range d.records {
				if !yield(rec, nil) {
					return
				}
			}
			if d.err != nil {
				yield(located[T]{}, d.err)
				return
			}
		}
		if err := context.Cause(ctx); err != nil {
			yield(located[T]{}, err)
		}
	}
}

// A located record knows its line, and its text for finding columns.
type located[T any] struct {
	rec  T
	line int
	at   func(blame *fieldError) error // an error that blames one of its fields, with its place
}

type decoded[T any] struct {
	records []located[T]
	err     error
}

// dispatch reads batches and has each decoded by a goroutine of its own; pending
// bounds how many there are.
func dispatch[T any](ctx context.Context, name string, r *bufio.Reader, pending chan<- chan decoded[T]) {
	line := 1
	for {
		b := readBatch(name, r, line)
		line += len(b.ends)
		result := make(chan decoded[T], 1)
		select {
		case pending <- result:
		case <-ctx.Done():
			return
		}
		go func() { result <- decodeBatch[T](name, b) }()
		if b.err != nil {
			return
		}
	}
}

func readBatch(name string, r *bufio.Reader, first int) batch {
	b := batch{first: first}
	for len(b.ends) < batchLines {
		err := readLine(r, &b.text)
		if err == io.EOF {
			b.err = io.EOF
			return b
		}
		b.ends = append(b.ends, len(b.text))
		if err != nil {
			b.ends = b.ends[:len(b.ends)-1]
			b.err = &yamlfile.Error{File: name, Line: first + len(b.ends), Column: 1, Msg: err.Error()}
			return b
		}
	}
	return b
}

// readLine appends one line without its end; io.EOF only where there is no text.
func readLine(r *bufio.Reader, to *[]byte) error {
	start := len(*to)
	for {
		part, err := r.ReadSlice('\n')
		*to = append(*to, part...)
		switch {
		case len(*to)-start > maxLine:
			return fmt.Errorf("the line is longer than %d MB", maxLine>>20)
		case err == bufio.ErrBufferFull:
		case err == io.EOF && len(*to) > start:
			return nil
		case err != nil:
			return err
		default:
			return nil
		}
	}
}

func decodeBatch[T any](name string, b batch) (out decoded[T]) {
	start := 0
	for i, end := range b.ends {
		text := bytes.TrimRight(b.text[start:end], "\r\n")
		line := b.first + i
		start = end
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		if i == 0 && line == 1 {
			text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")) // a byte-order mark
		}
		rec := located[T]{line: line}
		if err := json.Unmarshal(text, &rec.rec, json.RejectUnknownMembers(true)); err != nil {
			out.err = jsonError[T](name, line, text, err)
			return out
		}
		rec.at = func(e *fieldError) error {
			return &yamlfile.Error{File: name, Line: line, Column: columnOf(text, fieldOffset(text, e.field)+e.offset), Msg: e.msg}
		}
		out.records = append(out.records, rec)
	}
	if b.err != nil && b.err != io.EOF {
		out.err = b.err
	}
	return out
}

// jsonError says what is wrong with a line, in words of the format.
func jsonError[T any](name string, line int, text []byte, err error) error {
	out := &yamlfile.Error{File: name, Line: line, Column: 1, Msg: err.Error()}
	var syntax *jsontext.SyntacticError
	var semantic *json.SemanticError
	switch {
	case errors.As(err, &syntax):
		out.Column = columnOf(text, int(syntax.ByteOffset))
		out.Msg = "not JSON: " + strings.TrimPrefix(syntax.Err.Error(), "jsontext: ")
		if errors.Is(syntax.Err, io.ErrUnexpectedEOF) {
			out.Msg = "not JSON: the line ends too early"
		}
	case errors.As(err, &semantic):
		out.Column = columnOf(text, int(semantic.ByteOffset))
		key := semantic.JSONPointer.LastToken()
		if errors.Is(semantic.Err, json.ErrUnknownName) {
			out.Column = columnOf(text, fieldOffset(text, key))
			out.Msg = unknownKey(key, fieldNames[T]())
			break
		}
		out.Msg = fmt.Sprintf("key %q: found %s, expected %s", key, kindName(semantic.JSONKind), typeName(semantic.GoType))
	}
	return out
}

func unknownKey(key string, names []string) string {
	msg := fmt.Sprintf("found unknown key %q", key)
	if near := yamlfile.Nearest(key, names); near != "" {
		return msg + fmt.Sprintf("; did you mean %q?", near)
	}
	msg += ", expected one of " + strings.Join(names, ", ")
	if slices.Contains(names, "metadata") {
		msg += "; anything else belongs under metadata"
	}
	return msg
}

func fieldNames[T any]() (names []string) {
	t := reflect.TypeFor[T]()
	for i := range t.NumField() {
		if !t.Field(i).IsExported() {
			continue
		}
		names = append(names, t.Field(i).Tag.Get("json"))
	}
	return names
}

func kindName(k jsontext.Kind) string {
	switch k {
	case '"':
		return "text"
	case '0':
		return "a number"
	case '{':
		return "an object"
	case '[':
		return "a list"
	case 'n':
		return "null"
	case 't', 'f':
		return "true or false"
	}
	return "something else"
}

func typeName(t reflect.Type) string {
	if t == nil {
		return "another type"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return typeName(t.Elem())
	case reflect.String:
		return "text"
	case reflect.Float64:
		return "a number"
	case reflect.Int:
		return "a whole number"
	case reflect.Slice:
		return "a list"
	default:
		return "an object"
	}
}

// columnOf counts characters up to a byte offset, from 1.
func columnOf(text []byte, offset int) int {
	return utf8.RuneCount(text[:min(max(offset, 0), len(text))]) + 1
}

// fieldOffset is where the value of a top-level key begins, else its key, else 0.
func fieldOffset(text []byte, field string) int {
	dec := jsontext.NewDecoder(bytes.NewReader(text))
	if tok, err := dec.ReadToken(); err != nil || tok.Kind() != '{' {
		return 0
	}
	for dec.PeekKind() == '"' {
		key, err := dec.ReadToken()
		if err != nil {
			return 0
		}
		name := key.String()
		after := int(dec.InputOffset())
		if name == field {
			for after < len(text) && (text[after] == ':' || text[after] == ' ' || text[after] == '\t') {
				after++
			}
			return after
		}
		if dec.SkipValue() != nil {
			return 0
		}
	}
	return 0
}
