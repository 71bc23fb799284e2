// Package mqttwire turns MQTT packets into Go values and back, on byte slices,
// for MQTT 3.1, 3.1.1 and 5.0.
//
// It is a codec and nothing else: it opens no socket, keeps no session, starts no
// goroutine and holds no pool. Brokers, clients, bridges and tools bring the
// bytes and the memory. Neither decoding nor encoding allocates, on success or on
// failure, as long as the buffers that the caller brings have room.
//
// # Reading
//
// A [Decoder] takes packets off the front of a buffer. Here is the whole of a
// server's read loop; buf holds what has been read and not been decoded yet.
//
//	d := mqttwire.Decoder{Rules: mqttwire.Rules{Sender: mqttwire.Client}, MaxPacketSize: 4096}
//	buf := make([]byte, 0, 4096)
//	during := mqttwire.PacketConnect // the handshake, until the server has accepted
//	for {
//		p, n, err := d.Decode(buf)
//		switch {
//		case err == mqttwire.ErrIncomplete:
//			if len(buf) == cap(buf) {
//				buf = slices.Grow(buf, len(buf)) // never beyond twice MaxPacketSize
//			}
//			m, err := conn.Read(buf[len(buf):cap(buf)])
//			if m == 0 && err != nil {
//				return err
//			}
//			buf = buf[:len(buf)+m]
//			continue
//		case err != nil:
//			if answer := mqttwire.AppendAnswer(nil, err, during, d.Rules); len(answer) > 0 {
//				conn.Write(answer)
//			}
//			return err
//		}
//		handle(p) // p is valid until buf or d is used again
//		during = 0 // the CONNACK is sent: from now on a DISCONNECT answers
//		buf = buf[:copy(buf, buf[n:])]
//	}
//
// A server that takes its time to accept a connection, with enhanced
// authentication say, leaves during as it is until the CONNACK is sent. It also
// raises MaxPacketSize then, to what it wants to take from a client that it knows. The
// limit counts the whole packet and is applied as soon as its length is known. It
// is the caller's to set: without one, five bytes from anybody announce a packet
// of 256 MiB.
//
// The loop above sees every packet whole. [Publish.DecodeHeader] decodes a PUBLISH
// from its first bytes, so that a large payload can be passed on without ever
// being in memory.
//
// # Ownership
//
// A decoded packet borrows. Its slices (topic, payload, identifiers, properties,
// lists, and what their getters and iterators return) are parts of the buffer
// that was decoded, and are good until that buffer is written to again. Packets of
// a Decoder are also used again by its next Decode. To keep a packet call its
// Clone; to keep one field, copy that. All these slices are clipped to their
// length: appending to one allocates and never writes into the buffer.
//
// An encoder borrows as well: Append copies what it needs before it returns.
//
// # Writing
//
// Fill in the packet's struct and Append it to a buffer. Append checks everything
// before it writes anything: it never writes a packet that Decode, under the same
// [Rules], would refuse, and returns the buffer as it was beside the error.
//
//	ack := mqttwire.Puback{PacketID: p.PacketID}
//	out, err = ack.Append(out, mqttwire.Rules{Version: d.Version, Sender: mqttwire.Server})
//
// The version is not part of a packet, but of the Rules: one struct can be
// encoded for a 3.1.1 and for a 5.0 client. What a version has no place for is an
// error rather than left out; only a [Message], which forwards one PUBLISH to many
// subscribers of any version, leaves the properties out where there are none.
//
// Properties of 5.0 are one validated block of bytes, [Properties], with a getter
// and a setter for each; to forward them is to copy them.
//
// # Strictness
//
// With zero [Options] every MUST of the version at hand is enforced, and every MAY
// is allowed. 3.1 is held to its own rules: its strings may be the modified UTF-8
// that it names, its unused bits may be set, its client identifiers are short. Each option changes one rule, by
// name. [Rules].Sender matters: the same bytes can be right from a server and wrong
// from a client.
//
// # Errors
//
// An [Error] names the packet, the field, the rule, where each version has it, and
// the reason code to answer with. [AppendAnswer] writes that answer. errors.Is
// compares with rules, such as [ErrNotUTF8], and classes, such as
// [ErrMalformedPacket]. [ErrIncomplete] is none of these: it asks for more bytes.
//
// # The handshake
//
// [Negotiate] works out what a CONNECT and its CONNACK agree on, and [Limits.Check]
// holds later packets against it.
//
// # Printing
//
// Packets print as one line, with passwords and authentication data left out, in
// fmt, log/slog and encoding/json alike.
package mqttwire
