package mqttwire

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// filterTexts is every string of up to four of the bytes that matter.
func filterTexts() []string {
	texts := []string{""}
	for begin, n := 0, 0; n < 4; n++ {
		end := len(texts)
		for ; begin < end; begin++ {
			for _, c := range "a/+#$" {
				texts = append(texts, texts[begin]+string(c))
			}
			texts = append(texts, texts[begin]+"\x00", texts[begin]+"\x80", texts[begin]+"\xFF")
		}
	}
	return texts
}

// TestPlainFilterEnd: the loop over eight bytes at a time takes what it should, and
// nothing else, wherever a filter begins and whatever stands around it.
func TestPlainFilterEnd(t *testing.T) {
	for _, text := range filterTexts() {
		for _, filter := range []string{text, "abcdefgh/" + text, text + "/abcdefgh", "abcdefgh" + text + "/abcdefgh/#"} {
			for _, around := range []string{"/////////", "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "abcdefgh"} {
				in := append(appendBytes(b(around), b(filter)), around...)
				want := 0
				if plainFilter(b(filter), Rules{Version: MQTT311}) && isASCII(b(filter)) {
					want = len(in) - len(around)
				}
				require.Equal(t, want, plainFilterEnd(in, len(around)), "%X", in)
			}
		}
	}
	require.Zero(t, plainFilterEnd(b("\x00\x05abcd"), 0), "cut short")
	require.Zero(t, plainFilterEnd(b("abcdefgh\x00"), 8), "cut short in its length")
	require.Zero(t, plainFilterEnd(b("\x00\x05abcde"), 0), "too near to the beginning")
	require.Equal(t, 8, plainFilterEnd(b("\x00\x06abcdef"), 0))
}

// TestPlainSubscriptions: the list that nearly every SUBSCRIBE has is read without a
// closer look, and what needs one stops it.
func TestPlainSubscriptions(t *testing.T) {
	for _, filter := range []string{
		"$share/g/t", "$share/g/+", "$share/group/#", "$share/g//t", "$share/g/$share/h/t", "$share/g", "$share/g/", "$share//t",
		"$share/", "$share/+/t", "$share/#", "$share", "$shares/g/t", "$SYS/broker", "$", "sport/+/player", "a",
	} {
		_, _, shared := plainShare(b(filter))
		plain := shared || filter[0] != '$' // other filters with a $ are rare
		for o := range 256 {
			options := SubscriptionOptions(o)
			in := append(appendBytes(b("\x00\x08sport/+/\x00"), b(filter)), byte(o))
			want := 11
			if plain && plainOptions[MQTT5]>>(o&63)&1 == 1 && o < 64 && !(options.NoLocal() && filter[0] == '$') {
				want = len(in)
			}
			next, n := plainSubscriptions(in, 0, 0, plainOptions[MQTT5])
			require.Equal(t, want, next, "%q %#x", filter, o)
			require.Equal(t, 1+int(bit(want > 11)), n)
			if want == len(in) {
				shared, e := checkFilter(b(filter), subscribeFilter, Rules{Version: MQTT5})
				require.Nil(t, e)
				require.Nil(t, options.check(shared, MQTT5), "%q %#x", filter, o)
			}
		}
	}
	next, n := plainSubscriptions(b("\x00\x06abcdef"), 0, 7, plainOptions[MQTT5])
	require.Equal(t, [2]int{0, 7}, [2]int{next, n}, "no options")
}
