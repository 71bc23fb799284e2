package main

import (
	"strings"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

const somePDML = `<?xml version="1.0" encoding="utf-8"?>
<packet>
  <proto name="geninfo" pos="0" showname="General information" size="9">
    <field name="num" pos="0" show="7" showname="Number" value="7" size="9"/>
  </proto>
  <proto name="mqtt" showname="MQ Telemetry Transport Protocol, Publish Message" size="9" pos="66">
    <field name="mqtt.hdrflags" showname="Header Flags: 0x32" size="1" pos="66" show="0x32" value="32">
      <field name="mqtt.retain" showname=".... ...0 = Retain: Not set" size="1" pos="66" show="False" value="0" unmaskedvalue="32"/>
    </field>
    <field name="mqtt.topic" showname="Topic: a
b" size="3" pos="70" show="a
b" value="610a62"/>
    <field name="mqtt.msg" showname="Message: " size="0" pos="70" show="" value=""/>
    <field name="mqtt.properties" showname="Properties" size="49" pos="79" show="" value="">
      <field name="mqtt.property.content_type" showname="Content Type: t" size="3" pos="80" show="t" value="000174"/>
    </field>
  </proto>
</packet>
<packet>
    <field name="num" pos="0" show="8" showname="Number" value="8" size="9"/>
  <proto name="_ws.malformed" showname="Malformed Packet" size="0" pos="0">
  </proto>
</packet>
<packet>
    <field name="num" pos="0" show="9" showname="Number" value="9" size="9"/>
    <field name="_ws.expert.severity" showname="Severity level: Warning" size="0" pos="0" show="6291456"/>
</packet>
<packet>
    <field name="num" pos="0" show="10" showname="Number" value="a" size="9"/>
    <field name="_ws.expert.severity" showname="Severity level: Error" size="0" pos="0" show="8388608"/>
</packet>
`

func TestReadPDML(t *testing.T) {
	frames := make(map[int]frame)
	require.NoError(t, readPDML(strings.NewReader(somePDML), func(number int, f frame) { frames[number] = f }))
	require.Equal(t, map[int]frame{
		7: {packets: 1, fields: []shown{
			{"mqtt.hdrflags", "50"}, {"mqtt.retain", "0"}, {"mqtt.topic", "610a62"}, {"mqtt.property.content_type", "74"}}},
		8:  {complaint: "malformed"},
		9:  {},
		10: {complaint: "an error"},
	}, frames)
}

// TestTsharkDiffers: whatever tshark shows otherwise is found out.
func TestTsharkDiffers(t *testing.T) {
	p := packet{rules: mqttwire.Rules{Version: mqttwire.MQTT311, Sender: mqttwire.Client}, wire: []byte{0x30, 5, 0, 2, 'a', 'b', 'x'}}
	about, _ := rootSays(&p, p.rules)
	fields := dissect(headerOf(p.wire), about.got, about.version)
	ask := func(f frame) (told []string) {
		askTshark(about, f, func(does, field, detail string) { told = append(told, does+" "+field) })
		return told
	}
	require.Empty(t, ask(frame{packets: 1, fields: fields}))
	require.Equal(t, []string{"refuses "}, ask(frame{packets: 1, fields: fields, complaint: "malformed"}))
	require.Equal(t, []string{"reads "}, ask(frame{packets: 2, fields: fields}))
	for i := range fields {
		changed := append([]shown(nil), fields...)
		changed[i].value += "0"
		require.Equal(t, []string{"reads " + fields[i].name}, ask(frame{packets: 1, fields: changed}))
		require.Equal(t, []string{"reads " + fields[i].name}, ask(frame{packets: 1, fields: append(append([]shown(nil), fields[:i]...), fields[min(i+1, len(fields)):]...)}))
	}
	require.Equal(t, []string{"reads mqtt.new"}, ask(frame{packets: 1, fields: append(fields[:len(fields):len(fields)], shown{"mqtt.new", "1"})}))
}
