package learn

import (
	"fmt"
	"reflect"
	"slices"
)

// estOptions checks that the numbers among a struct's options are at least 0, but for those of
// which a negative one has a meaning.
func estOptions(options any, negative ...string) error {
	v := reflect.ValueOf(options)
	for i := range v.NumField() {
		name, x := v.Type().Field(i).Name, 0.0
		switch f := v.Field(i); f.Kind() {
		case reflect.Int:
			x = float64(f.Int())
		case reflect.Float64:
			x = f.Float()
		default:
			continue
		}
		if x-x != 0 || x < 0 && !slices.Contains(negative, name) {
			return fmt.Errorf("learn: %s.%s is %g, expected a finite number of at least 0", v.Type().Name(), name, x)
		}
	}
	return nil
}
