package mqttwire

import (
	"bytes"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// TestPrefixes: of a packet that is not all there the Decoder says that it is
// incomplete, or already what it says of the whole.
func TestPrefixes(t *testing.T) {
	for _, r := range samples() {
		whole := wire(r.wire)
		d := Decoder{Rules: r.rules()}
		_, _, final := d.Decode(whole)
		require.NotErrorIs(t, final, ErrIncomplete, r)
		enough := refusedAt(whole, r.rules())
		for n := range whole {
			d := Decoder{Rules: r.rules()}
			p, taken, err := d.Decode(whole[:n:n])
			ok := err == final && n >= 1 || err == ErrIncomplete && n < enough
			if !ok || err == nil || p != nil || taken != 0 { // faster than as many times require
				require.Fail(t, "not what the whole packet gets", "%v\nafter %d bytes: %v, %d, %v; the whole: %v", r, n, p, taken, err, final)
			}
		}
	}
}

// refusedAt is the number of bytes after which there is no excuse to wait for
// more of a packet that is refused for its fixed header.
func refusedAt(whole []byte, r Rules) int {
	if whole[0]>>4 == 0 {
		return 1 // there is no such type
	}
	h, n, err := ConsumeFixedHeader(whole)
	switch {
	case err != nil:
		return 5 // the fourth byte of the Remaining Length promises another
	case h.Type == PacketConnect: // the version that its header is judged by is in the body
		return len(whole)
	case h.Check(r) != nil:
		return n
	}
	return len(whole)
}

// TestCutBody: a packet whose body ends early, and whose Remaining Length says
// so, is refused unless it is in order all the same.
func TestCutBody(t *testing.T) {
	for _, r := range samples() {
		if r.want == nil {
			continue
		}
		h, body, _ := r.split()
		whole, err := decodeInto(nil, wire(r.wire), r.rules())
		require.NoError(t, err, r)
		p := newPacket(h.Type)
		for n := range body {
			h.RemainingLength = n
			err := p.Decode(h, body[:n:n], r.rules())
			require.NotEqual(t, ErrIncomplete, err, r)
			if want := mayEnd(whole, body, n, r.rules()); (err == nil) != want {
				require.Fail(t, "wrong verdict", "%v\ncut to %d of %d: %v; should be legal: %v", r, n, len(body), err, want)
			}
			if err != nil || r.once || h.Type == PacketConnect {
				continue // what is not canonical is not written as it came
			}
			out, err := p.Append(nil, r.rules())
			require.NoError(t, err, r)
			require.Equal(t, body[:n], out[len(out)-n:], r)
		}
	}
}

// mayEnd reports whether the body of p, which is whole, could as well have ended
// after n bytes.
func mayEnd(p Packet, body []byte, n int, r Rules) bool {
	v5 := r.Version == MQTT5
	switch p := p.(type) {
	case *Connect:
		return mayEndConnect(p, body, n, r)
	case *Publish:
		// anywhere in the payload, which is what is left, or in the middle of a
		// character if somebody looks
		payload := n - (len(body) - len(p.Payload))
		return payload >= 0 && (r.Options&RejectInvalidPayload == 0 || !promisesText(p.Properties) || utf8.Valid(p.Payload[:payload]))
	case *Puback, *Pubrec, *Pubrel, *Pubcomp:
		return v5 && (n == 2 || n == 3) // without reason code, and without Property Length: sections 3.4.2.1, 3.4.2.2.1
	case *Disconnect:
		return v5 && (n == 0 || n == 1) // the same: sections 3.14.2.1, 3.14.2.2.1
	case *Auth:
		// without reason code, which is then Success: section 3.15.2.1; it is the
		// server's, and without a method only if nobody minds
		mayBeSuccess := r.Sender != Client || r.Options&AllowUnknownReasonCodes != 0
		return n == 0 && mayBeSuccess && r.Options&RejectEmptyAuth == 0
	case *Subscribe: // after each filter with its options
		return slices.Contains(ends(p.Subscriptions.list.b, 1, len(body)), n)
	case *Unsubscribe: // after each filter
		return slices.Contains(ends(p.TopicFilters.list.b, 0, len(body)), n)
	case *Suback: // after each reason code
		return n > len(body)-p.ReasonCodes.Len()
	case *Unsuback: // after each reason code, of which there are none before 5.0
		return n > len(body)-p.ReasonCodes.Len()
	}
	return false // CONNACK, PINGREQ and PINGRESP have nothing to leave out
}

// ends is where the entries of a list end, each a string and extra bytes, in a
// body whose end it is.
func ends(list []byte, extra, bodyLength int) (at []int) {
	for rest := list; len(rest) > 0; {
		rest = rest[2+int(rest[0])<<8+int(rest[1])+extra:]
		at = append(at, bodyLength-len(rest))
	}
	return at
}

// mayEndConnect: in 3.1 before a User Name or Password that the flags announce,
// and wherever what follows is only there because AllowTrailingBytes is.
func mayEndConnect(c *Connect, body []byte, n int, r Rules) bool {
	name := 2 + int(body[1])
	flags := body[name+1]
	end := name + 1 + 1 + 2 + 2 + len(c.ClientID)
	if r.Version == MQTT5 {
		end += c.Properties.size()
	}
	if c.WillFlag {
		end += 2 + len(c.Will.Topic) + 2 + len(c.Will.Payload)
		if r.Version == MQTT5 {
			end += c.Will.Properties.size()
		}
	}
	for _, credential := range []struct {
		flag byte
		s    []byte
	}{{flagUserName, c.UserName}, {flagPassword, c.Password}} {
		if flags&credential.flag == 0 {
			continue
		}
		if n == end && r.Version == MQTT31 { // section 3.1, User name and password flags
			return true
		}
		if credential.s != nil {
			end += 2 + len(credential.s)
		}
	}
	return n >= end && r.Options&AllowTrailingBytes != 0
}

// promisesText reports whether the Payload Format Indicator says UTF-8.
func promisesText(p Properties) bool {
	text, _ := p.PayloadFormatIndicator()
	return text
}

// TestExtraByte: a packet with one byte more, and a Remaining Length that says
// so, is refused unless the byte has a meaning.
func TestExtraByte(t *testing.T) {
	for _, r := range samples() {
		if r.want == nil {
			continue
		}
		h, body, _ := r.split()
		whole, err := decodeInto(nil, wire(r.wire), r.rules())
		require.NoError(t, err, r)
		h.RemainingLength++
		p := newPacket(h.Type)
		longer := append(slices.Clip(body), 0)
		for x := range 256 {
			longer[len(body)] = byte(x)
			err := p.Decode(h, longer, r.rules())
			if want := mayFollow(whole, body, byte(x), r.rules()); (err == nil) != want {
				require.Fail(t, "wrong verdict", "%v\nand %02X: %v; should be legal: %v", r, x, err, want)
			}
		}
	}
}

// mayFollow reports whether the byte x may follow the body of p, which is whole.
func mayFollow(p Packet, body []byte, x byte, r Rules) bool {
	v5 := r.Version == MQTT5
	code := ReasonCode(x)
	legalCode := v5 && code.AllowedIn(p.Type(), r.Sender) || r.Options&AllowUnknownReasonCodes != 0
	switch p := p.(type) {
	case *Connect:
		return r.Options&AllowTrailingBytes != 0 && !missesCredentials(p, body)
	case *Publish: // as part of the payload
		return r.Options&RejectInvalidPayload == 0 || !promisesText(p.Properties) || utf8.Valid(append(slices.Clip(p.Payload), x))
	case *Puback, *Pubrec, *Pubrel, *Pubcomp: // as reason code, or as Property Length of 0
		return v5 && (len(body) == 2 && legalCode || len(body) == 3 && x == 0)
	case *Disconnect:
		return v5 && (len(body) == 0 && legalCode || len(body) == 1 && x == 0)
	case *Suback: // as another reason code
		switch r.Version {
		case MQTT31:
			return legalCode || x&3 != 3
		case MQTT311:
			return legalCode || x <= 2 || x == 0x80
		}
		return legalCode
	case *Unsuback:
		return v5 && legalCode
	}
	return false // an AUTH has a reason code only with properties: section 3.15.2.2.1
}

// missesCredentials reports whether a 3.1 CONNECT announces a User Name or
// Password that it has not, so that what follows is read as one.
func missesCredentials(c *Connect, body []byte) bool {
	flags := body[2+int(body[1])+1]
	return flags&flagUserName != 0 && c.UserName == nil || flags&flagPassword != 0 && c.Password == nil
}

// TestBodyLength: a body that is not as long as the fixed header says is refused,
// whatever is in it.
func TestBodyLength(t *testing.T) {
	for _, r := range samples() {
		h, body, ok := r.split()
		if !ok {
			continue
		}
		p := newPacket(h.Type)
		require.Error(t, p.Decode(h, append(slices.Clip(body), 0), r.rules()), r)
		if r.want != nil {
			require.ErrorIs(t, p.Decode(h, append(slices.Clip(body), 0), r.rules()), ErrTrailingBytes, r)
		}
		if len(body) == 0 {
			continue
		}
		err := p.Decode(h, body[:len(body)-1], r.rules())
		if err != ErrIncomplete { // then the fixed header is refused, whatever the body
			require.Equal(t, h.Check(r.rules()), err, r)
		}
	}
}

// TestSurroundings: what is in memory behind a packet makes no difference.
func TestSurroundings(t *testing.T) {
	another := wire(`30 ["other" [01 00] 'payload']`)
	for _, r := range samples() {
		h, body, ok := r.split()
		if !ok {
			continue
		}
		n := len(body)
		want := newPacket(h.Type)
		wantErr := want.Decode(h, bytes.Clone(body)[:n:n], r.rules())
		for _, suffix := range [][]byte{bytes.Repeat([]byte{0xA5}, 40), make([]byte, 40), another} {
			got := newPacket(h.Type)
			require.Equal(t, wantErr, got.Decode(h, append(slices.Clip(body), suffix...)[:n], r.rules()), r)
			require.Equal(t, want, got, "%v, before %X", r, suffix)
		}
	}
}

// TestDirtyPacket: a packet that has been used decodes like a new one.
func TestDirtyPacket(t *testing.T) {
	byType := map[PacketType][]row{}
	for _, r := range samples() {
		if h, _, ok := r.split(); ok {
			byType[h.Type] = append(byType[h.Type], r)
		}
	}
	for _, rows := range byType {
		for i, r := range rows {
			want, wantErr := decodeInto(nil, wire(r.wire), r.rules())
			for _, step := range []int{1, 7, 101} { // all pairs would be too many
				before := rows[(i+step)%len(rows)]
				p, _ := decodeInto(nil, wire(before.wire), before.rules()) // refused or not
				_, err := decodeInto(p, wire(r.wire), r.rules())
				require.Equal(t, wantErr, err, "%v\nafter %v", r, before)
				if err == nil {
					require.Equal(t, want, p, "%v\nafter %v", r, before)
				}
			}
		}
	}
}
