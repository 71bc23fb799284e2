module github.com/seed-2c1fe983/mqttwire/interop

go 1.25.0

require (
	github.com/256dpi/gomqtt v0.14.4
	github.com/DrmagicE/gmqtt v0.5.0
	github.com/VolantMQ/vlapi v0.6.1
	github.com/eclipse/paho.golang v0.23.0
	github.com/eclipse/paho.mqtt.golang v1.5.1
	github.com/google/gofuzz v1.2.0
	github.com/gopacket/gopacket v1.7.7
	github.com/mochi-mqtt/server/v2 v2.7.9
	github.com/seed-2c1fe983/mqttwire v0.0.0
	github.com/spf13/pflag v1.0.10
	github.com/stretchr/testify v1.12.1
	github.com/vitalvas/mqttv5 v0.8.1
)

require (
	github.com/256dpi/mercury v0.2.0 // indirect
	github.com/golang/mock v1.6.0 // indirect
	github.com/quic-go/quic-go v0.60.0 // indirect
	github.com/vitalvas/kasper v0.24.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/crypto v0.53.0 // indirect
	golang.org/x/net v0.56.0 // indirect
	golang.org/x/sys v0.46.0 // indirect
	golang.org/x/text v0.38.0 // indirect
	golang.org/x/time v0.15.0 // indirect
)

replace github.com/seed-2c1fe983/mqttwire => ../
