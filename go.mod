module github.com/seed-2c1fe983/mqttwire

go 1.25
