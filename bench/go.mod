module github.com/seed-2c1fe983/mqttwire/bench

go 1.25.0

require (
	github.com/256dpi/gomqtt v0.14.4
	github.com/DrmagicE/gmqtt v0.5.0
	github.com/VolantMQ/vlapi v0.6.1
	github.com/eclipse/paho.golang v0.23.0
	github.com/eclipse/paho.mqtt.golang v1.5.1
	github.com/goiiot/libmqtt v0.9.6
	github.com/mochi-mqtt/server/v2 v2.7.9
	github.com/seed-2c1fe983/mqttwire v0.0.0
	github.com/soypat/natiu-mqtt v0.6.0
	github.com/stretchr/testify v1.12.1
	github.com/surgemq/message v0.0.0-20151017233315-2b7ca1ac6121
	github.com/vitalvas/mqttv5 v0.8.1
)

require (
	codeberg.org/go-fonts/liberation v0.5.0 // indirect
	codeberg.org/go-latex/latex v0.2.0 // indirect
	codeberg.org/go-pdf/fpdf v0.11.1 // indirect
	git.sr.ht/~sbinet/gg v0.7.0 // indirect
	github.com/ajstarks/svgo v0.0.0-20211024235047-1546f124cd8b // indirect
	github.com/golang/freetype v0.0.0-20170609003504-e2365dfdc4a0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/image v0.30.0 // indirect
)

require (
	github.com/256dpi/mercury v0.2.0 // indirect
	github.com/golang/mock v1.6.0 // indirect
	github.com/klauspost/compress v1.15.15 // indirect
	github.com/quic-go/quic-go v0.60.0 // indirect
	github.com/spf13/pflag v1.0.10
	github.com/vitalvas/kasper v0.24.0 // indirect
	golang.org/x/crypto v0.53.0 // indirect
	golang.org/x/net v0.56.0 // indirect
	golang.org/x/sys v0.46.0 // indirect
	golang.org/x/text v0.38.0 // indirect
	golang.org/x/time v0.15.0 // indirect
	gonum.org/v1/gonum v0.17.0
	gonum.org/v1/plot v0.17.0
	nhooyr.io/websocket v1.8.6 // indirect
)

replace github.com/seed-2c1fe983/mqttwire => ../
