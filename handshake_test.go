package mqttwire

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNegotiate(t *testing.T) {
	connect := Connect{Version: MQTT5, ClientID: b("own"), KeepAlive: 60, Properties: properties(func(p *Properties) {
		p.SetSessionExpiryInterval(300)
		p.SetReceiveMaximum(7)
		p.SetMaximumPacketSize(1000)
		p.SetTopicAliasMaximum(3)
		p.SetRequestProblemInformation(false)
	})}
	connack := Connack{SessionPresent: true, Properties: properties(func(p *Properties) {
		p.SetReceiveMaximum(9)
		p.SetMaximumPacketSize(2000)
		p.SetTopicAliasMaximum(4)
		p.SetMaximumQoS(QoS1)
		p.SetRetainAvailable(false)
		p.SetWildcardSubscriptionAvailable(false)
		p.SetSubscriptionIdentifierAvailable(false)
		p.SetSharedSubscriptionAvailable(false)
	})}
	want := Limits{
		Version: MQTT5, SessionPresent: true, ClientID: b("own"), KeepAlive: 60, SessionExpiryInterval: 300, MaySetExpiry: true,
		ToServer: Direction{ReceiveMaximum: 9, TopicAliasMaximum: 4, MaximumPacketSize: 2000, MaximumQoS: QoS1},
		ToClient: Direction{ReceiveMaximum: 7, TopicAliasMaximum: 3, MaximumPacketSize: 1000, MaximumQoS: QoS2, RetainAvailable: true,
			WildcardSubscriptionAvailable: true, SubscriptionIdentifierAvailable: true, SharedSubscriptionAvailable: true},
	}
	got, err := Negotiate(&connect, &connack)
	require.NoError(t, err)
	require.Equal(t, want, got)

	// what the server overrides
	connack.Properties = properties(func(p *Properties) {
		p.SetServerKeepAlive(30)
		p.SetSessionExpiryInterval(100)
		p.SetAssignedClientIdentifier(b("given"))
	})
	got, err = Negotiate(&connect, &connack)
	require.NoError(t, err)
	want.KeepAlive, want.SessionExpiryInterval, want.ClientID = 30, 100, b("given")
	want.ToServer = unlimited
	require.Equal(t, want, got)

	// the defaults
	got, err = Negotiate(&Connect{Version: MQTT5, ClientID: b("c")}, &Connack{})
	require.NoError(t, err)
	require.Equal(t, Limits{Version: MQTT5, ClientID: b("c"), ProblemInformation: true, ToServer: unlimited, ToClient: unlimited}, got)
	require.EqualValues(t, MaxPacketSize, got.ToServer.MaximumPacketSize)

	// 3.1.1, where CleanSession stands for the Session Expiry Interval
	for _, clean := range []bool{false, true} {
		got, err = Negotiate(&Connect{Version: MQTT311, ClientID: b("c"), KeepAlive: 5, CleanStart: clean}, &Connack{SessionPresent: !clean})
		require.NoError(t, err)
		want := Limits{Version: MQTT311, SessionPresent: !clean, ClientID: b("c"), KeepAlive: 5, ProblemInformation: true, ToServer: unlimited, ToClient: unlimited}
		if !clean {
			want.SessionExpiryInterval = 0xFFFFFFFF
		}
		require.Equal(t, want, got)
	}
}

// TestNegotiateRefuses: each contradiction between CONNECT and CONNACK, and its
// nearest agreement.
func TestNegotiateRefuses(t *testing.T) {
	auth := func(m string) func(p *Properties) {
		return func(p *Properties) { p.SetAuthenticationMethod(b(m)) }
	}
	tests := []struct {
		name    string
		connect func(c *Connect)
		connack func(c *Connack)
		err     error
	}{
		{"agreed", nil, nil, nil},
		{"refused", nil, func(c *Connack) { c.ReasonCode = ReasonBanned }, ErrRefused},
		{"no version", func(c *Connect) { c.Version = 0 }, nil, errNegotiateVersion},
		{"session after clean start", func(c *Connect) { c.CleanStart = true }, func(c *Connack) { c.SessionPresent = true }, errSessionAfterCleanStart},
		{"session after clean session", func(c *Connect) { c.CleanStart, c.Version = true, MQTT311 }, func(c *Connack) { c.SessionPresent = true }, errSessionAfterCleanStart},
		{"session", nil, func(c *Connack) { c.SessionPresent = true }, nil},
		{"no identifier at all", func(c *Connect) { c.ClientID = nil }, nil, errNoAssignedID},
		{"an empty identifier assigned", func(c *Connect) { c.ClientID = nil }, func(c *Connack) {
			c.Properties = properties(func(p *Properties) { p.SetAssignedClientIdentifier(nil) })
		}, errNoAssignedID},
		{"identifier assigned", func(c *Connect) { c.ClientID = nil }, func(c *Connack) {
			c.Properties = properties(func(p *Properties) { p.SetAssignedClientIdentifier(b("a")) })
		}, nil},
		{"no identifier in 3.1.1", func(c *Connect) { c.ClientID, c.Version, c.CleanStart = nil, MQTT311, true }, nil, nil},
		{"method that nobody asked for", nil, func(c *Connack) { c.Properties = properties(auth("m")) }, errNotAskedMethod},
		{"data that nobody asked for", nil, func(c *Connack) {
			c.Properties = properties(func(p *Properties) { p.SetAuthenticationData(nil) })
		}, errNotAskedMethod},
		{"another method", func(c *Connect) { c.Properties = properties(auth("m")) }, func(c *Connack) { c.Properties = properties(auth("n")) }, errOtherMethod},
		{"no method", func(c *Connect) { c.Properties = properties(auth("m")) }, nil, errOtherMethod},
		{"the method", func(c *Connect) { c.Properties = properties(auth("m")) }, func(c *Connack) { c.Properties = properties(auth("m")) }, nil},
		{"response information that nobody asked for", nil, func(c *Connack) {
			c.Properties = properties(func(p *Properties) { p.SetResponseInformation(b("x")) })
		}, errNotAskedResponse},
		{"response information", func(c *Connect) {
			c.Properties = properties(func(p *Properties) { p.SetRequestResponseInformation(true) })
		}, func(c *Connack) {
			c.Properties = properties(func(p *Properties) { p.SetResponseInformation(b("x")) })
		}, nil},
		{"will QoS too high", func(c *Connect) { c.WillFlag, c.Will = true, Will{QoS: 2, Topic: b("w")} }, func(c *Connack) {
			c.Properties = properties(func(p *Properties) { p.SetMaximumQoS(QoS1) })
		}, errWillQoSAccepted},
		{"will QoS just right", func(c *Connect) { c.WillFlag, c.Will = true, Will{QoS: 1, Topic: b("w")} }, func(c *Connack) {
			c.Properties = properties(func(p *Properties) { p.SetMaximumQoS(QoS1) })
		}, nil},
		{"will retained in vain", func(c *Connect) { c.WillFlag, c.Will = true, Will{Retain: true, Topic: b("w")} }, func(c *Connack) {
			c.Properties = properties(func(p *Properties) { p.SetRetainAvailable(false) })
		}, errWillRetainAccepted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			connect, connack := Connect{Version: MQTT5, ClientID: b("c")}, Connack{}
			if tt.connect != nil {
				tt.connect(&connect)
			}
			if tt.connack != nil {
				tt.connack(&connack)
			}
			l, err := Negotiate(&connect, &connack)
			if tt.err == nil {
				require.NoError(t, err)
				require.Equal(t, connect.Version, l.Version)
				return
			}
			require.ErrorIs(t, err, tt.err)
			require.Zero(t, l)
			if e, ok := err.(*Error); ok {
				require.NotEmpty(t, e.Clause(MQTT5))
			}
		})
	}
}

// limits is a connection on which nothing is allowed that can be forbidden.
var limits = Limits{Version: MQTT5, AuthenticationMethod: b("m"),
	ToServer: Direction{MaximumPacketSize: 40, TopicAliasMaximum: 2},
	ToClient: Direction{MaximumPacketSize: 30, TopicAliasMaximum: 1, MaximumQoS: QoS2, RetainAvailable: true}}

func TestLimitsCheck(t *testing.T) {
	method := func(m string) Properties {
		return properties(func(p *Properties) { p.SetAuthenticationMethod(b(m)) })
	}
	expiry := func(n uint32) Properties {
		return properties(func(p *Properties) { p.SetSessionExpiryInterval(n) })
	}
	why := properties(func(p *Properties) { p.SetReasonString(b("x")) })
	tests := []struct {
		name string
		p    Packet
		from Sender
		err  error
		code ReasonCode
	}{
		{"PUBLISH", &Publish{TopicName: b("a")}, Client, nil, 0},
		{"QoS", &Publish{TopicName: b("a"), QoS: 1, PacketID: 1}, Client, errQoSLimit, 0x9B},
		{"QoS of a server", &Publish{TopicName: b("a"), QoS: 2, PacketID: 1}, Server, nil, 0},
		{"QoS of whomever", &Publish{TopicName: b("a"), QoS: 1, PacketID: 1}, AnySender, errQoSLimit, 0x9B},
		{"RETAIN", &Publish{TopicName: b("a"), Retain: true}, Client, errRetainLimit, 0x9A},
		{"RETAIN of a server", &Publish{TopicName: b("a"), Retain: true}, Server, nil, 0},
		{"alias", &Publish{TopicName: b("a"), Properties: alias(2)}, Client, nil, 0},
		{"alias too high", &Publish{TopicName: b("a"), Properties: alias(3)}, Client, errAliasLimit, 0x94},
		{"alias of a server", &Publish{TopicName: b("a"), Properties: alias(1)}, Server, nil, 0},
		{"alias of a server too high", &Publish{TopicName: b("a"), Properties: alias(2)}, Server, errServerAlias, 0x94},
		{"40 bytes", &Publish{TopicName: b("a"), Payload: make([]byte, 34)}, Client, nil, 0},
		{"41 bytes", &Publish{TopicName: b("a"), Payload: make([]byte, 35)}, Client, ErrPacketTooLarge, 0x95},
		{"31 bytes to the client", &Publish{TopicName: b("a"), Payload: make([]byte, 25)}, Server, ErrPacketTooLarge, 0x95},
		{"31 bytes of whomever", &Publish{TopicName: b("a"), Payload: make([]byte, 25)}, AnySender, ErrPacketTooLarge, 0x95},
		{"filter", &Subscribe{PacketID: 1, Subscriptions: subs("a/b", 0)}, Client, nil, 0},
		{"wildcard", &Subscribe{PacketID: 1, Subscriptions: subs("a", 0, "a/+", 0)}, Client, errWildcardLimit, 0xA2},
		{"shared", &Subscribe{PacketID: 1, Subscriptions: subs("$share/g/a", 0)}, Client, errSharedLimit, 0x9E},
		{"identifier", &Subscribe{PacketID: 1, Subscriptions: subs("a", 0), Properties: subID(1)}, Client, errSubIDLimit, 0xA1},
		{"second CONNECT", &Connect{Version: MQTT5, ClientID: b("c")}, Client, errSecond[PacketConnect], 0x82},
		{"second CONNACK", &Connack{}, Server, errSecond[PacketConnack], 0x82},
		{"DISCONNECT", &Disconnect{Properties: expiry(0)}, Client, nil, 0},
		{"DISCONNECT that lengthens the session", &Disconnect{Properties: expiry(1)}, Client, errExpiryLimit, 0x82},
		{"DISCONNECT with reason", &Disconnect{Properties: why}, Server, nil, 0},
		{"AUTH", &Auth{ReasonCode: 0x18, Properties: method("m")}, Client, nil, 0},
		{"AUTH by another method", &Auth{ReasonCode: 0x18, Properties: method("n")}, Server, errMethodLimit, 0x82},
		{"AUTH with reason", &Auth{ReasonCode: 0x18, Properties: properties(func(p *Properties) {
			p.SetAuthenticationMethod(b("m"))
			p.SetReasonString(b("x"))
		})}, Server, errProblemLimit[PacketAuth], 0x82},
		{"PUBACK with reason", &Puback{PacketID: 1, Properties: why}, Server, errProblemLimit[PacketPuback], 0x82},
		{"PUBACK of a client with reason", &Puback{PacketID: 1, Properties: why}, Client, nil, 0},
		{"PUBREC with user property", &Pubrec{PacketID: 1, Properties: user("a", "b")}, Server, errProblemLimit[PacketPubrec], 0x82},
		{"PUBREL with reason", &Pubrel{PacketID: 1, Properties: why}, Server, errProblemLimit[PacketPubrel], 0x82},
		{"PUBCOMP with reason", &Pubcomp{PacketID: 1, Properties: why}, Server, errProblemLimit[PacketPubcomp], 0x82},
		{"SUBACK with reason", &Suback{PacketID: 1, Properties: why, ReasonCodes: codes(0)}, Server, errProblemLimit[PacketSuback], 0x82},
		{"UNSUBACK with reason", &Unsuback{PacketID: 1, Properties: why, ReasonCodes: codes(0)}, Server, errProblemLimit[PacketUnsuback], 0x82},
		{"PINGRESP", &Pingresp{}, Server, nil, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := limits.Check(tt.p, tt.from)
			if tt.err == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, tt.err)
			e := err.(*Error)
			require.Equal(t, tt.code, e.ReasonCode())
			require.NotEmpty(t, e.Clause(MQTT5))
			require.Equal(t, tt.p.Type(), e.Packet())
		})
	}
	for size, want := range map[int]error{30: nil, 31: ErrPacketTooLarge} {
		require.ErrorIs(t, limits.CheckSize(PacketPublish, size, Server), want)
		require.ErrorIs(t, limits.CheckSize(PacketPublish, size, AnySender), want)
		require.NoError(t, limits.CheckSize(PacketPublish, size, Client))
	}
	require.ErrorIs(t, limits.CheckSize(PacketPublish, 41, Client), ErrPacketTooLarge)
	for _, from := range []Sender{Client, Server} {
		for p := PacketConnect; p <= PacketAuth; p++ {
			require.Equal(t, p, limits.CheckSize(p, 1000, from).(*Error).Packet())
		}
	}
	open := limits
	open.AuthenticationMethod = nil
	require.ErrorIs(t, open.Check(&Auth{ReasonCode: 0x18, Properties: method("m")}, Client), errMethodLimit)
	open.MaySetExpiry = true
	require.NoError(t, open.Check(&Disconnect{Properties: expiry(1)}, Client))
	open.ProblemInformation = true
	require.NoError(t, open.Check(&Puback{PacketID: 1, Properties: why}, Server))
	open.ToServer = unlimited
	require.NoError(t, open.Check(&Subscribe{PacketID: 1, Subscriptions: subs("$share/g/+", 0), Properties: subID(1)}, Client))
	open.ToServer.SharedSubscriptionAvailable = false
	require.NoError(t, open.Check(&Subscribe{PacketID: 1, Subscriptions: subs("a/+", 0)}, Client))
	open.ToServer.SharedSubscriptionAvailable, open.ToServer.WildcardSubscriptionAvailable = true, false
	require.NoError(t, open.Check(&Subscribe{PacketID: 1, Subscriptions: subs("$share/g/a", 0)}, Client))
	require.ErrorIs(t, open.Check(&Subscribe{PacketID: 1, Subscriptions: subs("$share/g/#", 0)}, Client), errWildcardLimit)

	old, err := Negotiate(&Connect{Version: MQTT311, ClientID: b("c"), CleanStart: true}, &Connack{})
	require.NoError(t, err)
	require.NoError(t, old.Check(&Subscribe{PacketID: 1, Subscriptions: subs("$share/g/+", 0)}, Client))
	require.NoError(t, old.Check(&Publish{TopicName: b("a"), QoS: 2, PacketID: 1, Retain: true}, AnySender))
}

// TestFit: what may be left out is, User Properties first, and no more than
// need be.
func TestFit(t *testing.T) {
	explained := properties(func(p *Properties) {
		p.AddUserProperty(b("k"), b("0123456789"))
		p.SetReasonString(b("0123456789"))
	})
	scratch := make([]byte, 0, 64)
	full := Puback{PacketID: 1, ReasonCode: 0x87, Properties: explained}
	require.Equal(t, 2+2+1+1+16+13, full.Size(MQTT5))
	for _, tt := range []struct {
		limit uint32
		want  string
		err   error
	}{
		{35, `40 [0001 87 [26 "k" "0123456789" 1F "0123456789"]]`, nil},
		{34, `40 [0001 87 [1F "0123456789"]]`, nil},
		{19, `40 [0001 87 [1F "0123456789"]]`, nil},
		{18, `40 [0001 87]`, nil},
		{5, `40 [0001 87]`, nil},
		{4, `40 [0001 87]`, ErrPacketTooLarge},
	} {
		p := full
		err := Fit(&p, MQTT5, tt.limit, scratch)
		require.ErrorIs(t, err, tt.err, tt.limit)
		out, err := p.Append(nil, Rules{Version: MQTT5})
		require.NoError(t, err)
		require.Equal(t, wire(tt.want), out, tt.limit)

		l := Limits{Version: MQTT5, ProblemInformation: true, ToClient: Direction{MaximumPacketSize: tt.limit}, ToServer: unlimited}
		p = full
		require.ErrorIs(t, l.Fit(&p, Server, scratch), tt.err)
		again, _ := p.Append(nil, Rules{Version: MQTT5})
		require.Equal(t, out, again)
		p = full
		require.NoError(t, l.Fit(&p, Client, scratch))
		require.Equal(t, full, p)
	}
	require.Equal(t, explained, full.Properties, "the packet that was copied is as it was")

	// a client that asked for none gets none, but in three packets
	l := Limits{Version: MQTT5, ToClient: unlimited, ToServer: unlimited}
	p := full
	require.NoError(t, l.Fit(&p, Server, scratch))
	require.Empty(t, p.Properties.Bytes())
	d := Disconnect{ReasonCode: 0x8E, Properties: explained}
	require.NoError(t, l.Fit(&d, Server, scratch))
	require.Equal(t, explained, d.Properties)

	// a PUBLISH is sent whole or not at all
	m := Publish{TopicName: b("a"), Properties: user("k", "v")}
	require.ErrorIs(t, Fit(&m, MQTT5, 10, scratch), ErrPacketTooLarge)
	require.True(t, m.Properties.Has(PropertyUserProperty))
	for _, p := range []Packet{&Connack{Properties: explained}, &Pubrec{Properties: explained}, &Pubrel{Properties: explained},
		&Pubcomp{Properties: explained}, &Suback{Properties: explained, ReasonCodes: codes(0)}, &Unsuback{Properties: explained, ReasonCodes: codes(0)},
		&Disconnect{Properties: explained}, &Auth{Properties: explained}} {
		require.NoError(t, Fit(p, MQTT5, 10, scratch))
		require.LessOrEqual(t, p.Size(MQTT5), 10)
	}
}
