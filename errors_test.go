package mqttwire

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestErrors(t *testing.T) {
	refuse := func(s string, r Rules) error {
		_, err := decodeInto(nil, wire(s), r)
		require.Error(t, err)
		return err
	}
	err := refuse(`32 ["a/+" 0001]`, Rules{Version: MQTT311})
	require.EqualError(t, err, "mqttwire: PUBLISH: Topic Name: contains a wildcard character "+
		"(5.0 [MQTT-3.3.2-2], 3.1.1 [MQTT-3.3.2-2], 3.1 section 3.3, 0x82 Protocol Error)")
	var e *Error
	require.ErrorAs(t, fmt.Errorf("reading: %w", err), &e)
	require.Equal(t, PacketPublish, e.Packet())
	require.Equal(t, "Topic Name", e.Field())
	require.Equal(t, "contains a wildcard character", e.Problem())
	require.Equal(t, ReasonProtocolError, e.ReasonCode())
	require.Zero(t, e.ReturnCode())
	require.Equal(t, "[MQTT-3.3.2-2]", e.Clause(MQTT311))
	require.Equal(t, "section 3.3", e.Clause(MQTT31))
	require.Empty(t, e.Clause(9))

	require.ErrorIs(t, err, ErrTopicWildcard, "the rule")
	require.ErrorIs(t, err, ErrProtocolError, "the class")
	require.ErrorIs(t, err, err)
	for _, other := range []error{ErrMalformedPacket, ErrPacketTooLarge, ErrUnsupportedVersion, ErrIncomplete, ErrTopicEmpty, errors.New("x"), willTopicWildcard()} {
		require.NotErrorIs(t, err, other)
	}
	require.Same(t, err, refuse(`30 ["#"]`, Rules{Version: MQTT311}), "made once")

	require.ErrorIs(t, refuse(`30 ["a" 03]`, Rules{Version: MQTT5}), ErrMalformedPacket)
	require.ErrorIs(t, refuse(`30 ["a" [23 0000]]`, Rules{Version: MQTT5}), ErrProtocolError, "0x94 is of the class")
	require.ErrorIs(t, refuse(`10 ["MQTT" 04 00 0000 ""]`, Rules{}), ErrProtocolError, "and 0x85")
	require.ErrorIs(t, refuse(`10 ["MQTT" 07 00 0000 ""]`, Rules{}), ErrUnsupportedVersion)
	require.NotErrorIs(t, ErrIncomplete, ErrMalformedPacket)

	require.EqualError(t, ErrNotUTF8, "mqttwire: is not well-formed UTF-8 (5.0 [MQTT-1.5.4-1], 3.1.1 [MQTT-1.5.3-1], 3.1 section 2.5, 0x81 Malformed Packet)")
	require.Zero(t, ErrNotUTF8.Packet())
	require.Empty(t, ErrNotUTF8.Field())
	require.ErrorIs(t, ErrNotUTF8, ErrMalformedPacket, "a rule is of a class too")
	require.Empty(t, ErrPacketIDZero.Clause(MQTT5), "where it stands depends on the packet")
}

func willTopicWildcard() error { return &willTopic[wildcard] }

// TestRuleTable: every rule is exported once, has a problem, a code and, but for
// those whose fields have them, clauses.
func TestRuleTable(t *testing.T) {
	exported := map[*rule]bool{}
	for _, e := range []*Error{
		ErrPacketTooLarge, ErrPacketType, ErrFixedHeaderFlags, ErrIntegerTooLong, ErrIntegerOverlong, ErrWrongSender, ErrTruncated,
		ErrTrailingBytes, ErrStringTooLong, ErrNotUTF8, ErrNullCharacter, ErrControlCharacter, ErrNonCharacter, ErrTopicEmpty,
		ErrTopicWildcard, ErrFilterHash, ErrFilterPlus, ErrShareName, ErrShareFilter, ErrPacketIDZero, ErrReasonCode, ErrEmptyList, ErrPropertyNotAllowed, ErrPropertyUnknown,
		ErrPropertyRepeated, ErrPropertyValue, ErrTopicAliasZero, ErrPropertySender, ErrMethodMissing, ErrPayloadFormat, ErrNotInVersion,
	} {
		require.False(t, exported[e.rule], e)
		exported[e.rule] = true
		require.ErrorIs(t, e, e)
	}
	require.Len(t, exported, numRules)
	for i := range rules {
		require.True(t, exported[&rules[i]], rules[i].problem)
		require.NotEmpty(t, rules[i].problem)
		require.True(t, rules[i].reasonCode.IsError())
	}
}

func TestOptionsString(t *testing.T) {
	require.Equal(t, "strict", Options(0).String())
	require.Equal(t, "AllowBridgeLevel", AllowBridgeLevel.String())
	require.Equal(t, "AllowDupQoS0|RejectEmptyAuth", (AllowDupQoS0 | RejectEmptyAuth).String())
	require.Equal(t, "RejectInvalidPayload|Options(1<<31)", (RejectInvalidPayload | 1<<31).String())
	require.Len(t, optionNames, 13)
	for i, name := range optionNames {
		require.Equal(t, name, Options(1<<i).String())
		require.NotZero(t, AllOptions&(1<<i))
	}
	require.Equal(t, Options(1)<<13-1, AllOptions)
	require.Equal(t, []string{"3.1", "3.1.1", "5.0", "level 6"}, []string{MQTT31.String(), MQTT311.String(), MQTT5.String(), Version(6).String()})
	require.Equal(t, []string{"any sender", "client", "server"}, []string{AnySender.String(), Client.String(), Server.String()})
}
