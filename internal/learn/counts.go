package learn

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
)

// Counts are many whole numbers that JSON holds as base64 of varints of their
// differences, which is one byte or two for each if they are alike or ascend.
type Counts []uint32

// MarshalJSON writes base64.
func (c Counts) MarshalJSON() ([]byte, error) {
	var b []byte
	last := int64(0)
	for _, x := range c {
		b = binary.AppendVarint(b, int64(x)-last)
		last = int64(x)
	}
	return json.Marshal(base64.StdEncoding.EncodeToString(b))
}

// UnmarshalJSON reads base64.
func (c *Counts) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return err
	}
	*c = (*c)[:0]
	last := int64(0)
	for len(b) > 0 {
		step, size := binary.Varint(b)
		if size <= 0 || step > math.MaxUint32 || step < -math.MaxUint32 || last+step < 0 || last+step > math.MaxUint32 {
			return errors.New("learn: found bytes that are no counts")
		}
		last += step
		*c, b = append(*c, uint32(last)), b[size:]
	}
	return nil
}
