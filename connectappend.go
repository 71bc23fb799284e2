package mqttwire

// Writing a CONNECT, 5.0 section 3.1, 3.1.1 section 3.1, 3.1 section 3.1.

// Size is the number of bytes that Append writes. If v is 0 it is for c.Version.
func (c *Connect) Size(v Version) int {
	n := c.length(c.versionFor(v))
	return 1 + sizeVarint(n) + n
}

// versionFor is the version to write: the packet's own, else that of the rules.
func (c *Connect) versionFor(v Version) Version {
	if c.Version != 0 {
		return c.Version
	}
	return v
}

// length is the Remaining Length.
func (c *Connect) length(v Version) int {
	n := 10 + 2 + len(c.ClientID)
	switch v {
	case MQTT31:
		n += 2 // the longer Protocol Name
	case MQTT5:
		n += c.Properties.size()
	}
	if c.WillFlag {
		n += 2 + len(c.Will.Topic) + 2 + len(c.Will.Payload)
		if v == MQTT5 {
			n += c.Will.Properties.size()
		}
	}
	if c.UserName != nil {
		n += 2 + len(c.UserName)
	}
	if c.Password != nil {
		n += 2 + len(c.Password)
	}
	return n
}

// Append writes the packet to the end of dst, or returns dst and an error. If
// both c.Version and r.Version are set they must be the same.
func (c *Connect) Append(dst []byte, r Rules) ([]byte, error) {
	if r.Version != 0 && c.Version != 0 && r.Version != c.Version {
		return dst, errVersionDiffers
	}
	r.Version = c.versionFor(r.Version)
	flags := c.flags()
	if e := c.check(flags, r); e != nil {
		return dst, e
	}
	n := c.length(r.Version)
	if n > MaxRemainingLength {
		return dst, errTooLarge[PacketConnect]
	}
	b := appendHeader(dst, PacketConnect, 0, n)
	level := byte(r.Version) | bit(c.Bridge)*bridgeLevel
	if r.Version == MQTT31 {
		b = append(b, 0, 6, 'M', 'Q', 'I', 's', 'd', 'p', level, flags, byte(c.KeepAlive>>8), byte(c.KeepAlive))
	} else {
		b = append(b, 0, 4, 'M', 'Q', 'T', 'T', level, flags, byte(c.KeepAlive>>8), byte(c.KeepAlive))
	}
	if r.Version == MQTT5 {
		b = c.Properties.appendTo(b)
	}
	b = appendBytes(b, c.ClientID)
	if c.WillFlag {
		if r.Version == MQTT5 {
			b = c.Will.Properties.appendTo(b)
		}
		b = appendBytes(b, c.Will.Topic)
		b = appendBytes(b, c.Will.Payload)
	}
	if c.UserName != nil {
		b = appendBytes(b, c.UserName)
	}
	if c.Password != nil {
		b = appendBytes(b, c.Password)
	}
	return b, nil
}

// flags puts the Connect Flags together. Will.QoS is at most 3.
func (c *Connect) flags() byte {
	return bit(c.UserName != nil)<<7 | bit(c.Password != nil)<<6 | bit(c.Will.Retain)<<5 |
		byte(c.Will.QoS)<<3 | bit(c.WillFlag)<<2 | bit(c.CleanStart)<<1
}

// check holds a packet with these flags that is to be written against r.
func (c *Connect) check(flags byte, r Rules) *Error {
	// One test for what nearly all are; which part of it fails matters only then.
	if r.Sender > Client || c.Bridge || c.Will.QoS > QoS2 || plainConnectFlags[flags]>>r.Version&1 == 0 ||
		!c.WillFlag && (flags&(flagWillQoS|flagWillRetain) != 0 || c.Will.Topic != nil || c.Will.Payload != nil || c.Will.Properties.ids != 0) ||
		r.Version != MQTT5 && c.Properties.ids|c.Will.Properties.ids != 0 {
		if e := c.checkHeader(flags, r); e != nil {
			return e
		}
	}
	if c.Properties.ids != 0 {
		if e := c.Properties.check(PacketConnect, r); e != nil {
			return e
		}
		if c.Properties.ids&methodAndData == data {
			return errNoMethod
		}
	}
	if !isPlainString(c.ClientID, r) {
		if e := checkText(c.ClientID, connectClientID, r); e != nil {
			return e
		}
	}
	if c.WillFlag {
		if e := c.Will.check(r); e != nil {
			return e
		}
	}
	if c.UserName != nil && !isPlainString(c.UserName, r) {
		if e := checkText(c.UserName, connectUserName, r); e != nil {
			return e
		}
	}
	if c.Password != nil {
		if e := c.checkPassword(r); e != nil {
			return e
		}
	}
	if r.Version == MQTT5 {
		return nil
	}
	return c.checkClientID(r)
}

// checkHeader checks what comes before the payload, but the properties.
func (c *Connect) checkHeader(flags byte, r Rules) *Error {
	switch {
	case !r.Version.supported():
		return errNoVersion[PacketConnect]
	case !PacketConnect.SentBy(r.Sender, r.Version):
		return errWrongSender[PacketConnect]
	case c.Bridge && (r.Version == MQTT5 || r.Options&AllowBridgeLevel == 0):
		return errBridgeVersion
	case c.Will.QoS > QoS2:
		return errWillQoS3
	case !c.WillFlag && (c.Will.Topic != nil || c.Will.Payload != nil || c.Will.Properties.ids != 0):
		return errWillWithout
	case !c.WillFlag && c.Will.QoS != 0:
		return errWillQoSAlone // also in 3.1, where it would be lost
	case !c.WillFlag && c.Will.Retain:
		return errWillRetainAlone
	case r.Version != MQTT5 && c.Properties.ids|c.Will.Properties.ids != 0:
		return errNoProperties[PacketConnect]
	}
	return checkConnectFlags(flags, r)
}

// checkPassword checks the Password, which is text in 3.1 only.
func (c *Connect) checkPassword(r Rules) *Error {
	if r.Version == MQTT31 {
		return checkString(c.Password, connectPassword, r) // 3.1 section 3.1
	}
	return checkLength(c.Password, connectPassword)
}
