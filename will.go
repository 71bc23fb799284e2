package mqttwire

import "bytes"

// The Will, a part of CONNECT, 5.0 sections 3.1.2.5 to 3.1.2.7 and 3.1.3.2 to
// 3.1.3.4, 3.1.1 and 3.1 section 3.1.

// Will is the message that the server publishes when the client is gone.
type Will struct {
	QoS        QoS
	Retain     bool
	Properties Properties // empty in 3.1 and 3.1.1
	Topic      []byte     // a Topic Name
	Payload    []byte     // Will Message in 3.1 and 3.1.1; at most 65,535 bytes
}

var (
	willTopic   = newField(PacketConnect, "Will Topic", clauses{"4.7.0-1", "4.7.1-1", "A"})
	willPayload = newField(PacketConnect, "Will Payload", clauses{"3.1.2-9", "3.1.2-9", "3.1"})

	errWillPayloadFormat = newField(PacketConnect, "Will Payload", clauses{"3.1.3.2.3", "", ""}).breaks(&rules[payloadFormat])
)

// decode reads the Will, which is in the Connect Flags, 5.0 sections 3.1.2.6 and
// 3.1.2.7, and in the payload at b[i], 5.0 sections 3.1.3.2 to 3.1.3.4.
func (w *Will) decode(b []byte, i int, flags byte, r Rules) (next int, e *Error) {
	w.QoS = QoS(flags & flagWillQoS >> 3)
	w.Retain = flags&flagWillRetain != 0
	if r.Version == MQTT5 {
		if w.Properties, i, e = consumeProperties(b, i, willProperties, r); e != nil {
			return 0, e
		}
	}
	if w.Topic, i, e = consumeTopicName(b, i, willTopic, r); e != nil {
		return 0, e // 5.0 [MQTT-3.1.3-11], [MQTT-4.7.0-1], 3.1.1 [MQTT-3.1.3-10], [MQTT-4.7.1-1]
	}
	if w.Payload, i, e = consumeBinary(b, i, willPayload); e != nil {
		return 0, e
	}
	return i, w.checkPayload(r)
}

// checkPayload holds the Will Payload against its Payload Format Indicator.
func (w *Will) checkPayload(r Rules) *Error {
	if r.Options&RejectInvalidPayload != 0 && !w.Properties.allows(w.Payload) {
		return errWillPayloadFormat // 5.0 section 3.1.3.2.3, optional
	}
	return nil
}

// check holds a Will that is to be written against r.
func (w *Will) check(r Rules) *Error {
	if w.Properties.ids != 0 {
		if e := w.Properties.check(willProperties, r); e != nil {
			return e
		}
	}
	if !isPlainName(w.Topic, r) {
		if e := checkTopicText(w.Topic, willTopic, r); e != nil {
			return e
		}
	}
	if e := checkLength(w.Payload, willPayload); e != nil {
		return e
	}
	return w.checkPayload(r)
}

// Clone returns a copy that owns its bytes.
func (w *Will) Clone() Will {
	d := *w
	d.Properties = w.Properties.Clone()
	d.Topic = bytes.Clone(w.Topic)
	d.Payload = bytes.Clone(w.Payload)
	return d
}
