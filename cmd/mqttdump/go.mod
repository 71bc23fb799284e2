module github.com/seed-2c1fe983/mqttwire/cmd/mqttdump

go 1.25.0

require (
	github.com/gopacket/gopacket v1.7.7
	github.com/seed-2c1fe983/mqttwire v0.0.0
	github.com/spf13/pflag v1.0.10
	github.com/stretchr/testify v1.12.1
)

require (
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/net v0.55.0 // indirect
	golang.org/x/sys v0.45.0 // indirect
)

replace github.com/seed-2c1fe983/mqttwire => ../..
