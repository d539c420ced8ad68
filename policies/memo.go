package policies

// A Memo is what learned policies that are fitted on the same outcomes share, such
// as the features of their queries. The zero Memo is empty. A nil Memo keeps nothing.
type Memo struct{ kept map[string]any }

// memoised is what make makes, the first time that key is asked for.
func memoised[T any](m *Memo, key string, make func() (T, error)) (T, error) {
	if m != nil {
		if v, ok := m.kept[key].(T); ok {
			return v, nil
		}
	}
	v, err := make()
	if err == nil && m != nil {
		if m.kept == nil {
			m.kept = map[string]any{}
		}
		m.kept[key] = v
	}
	return v, err
}
