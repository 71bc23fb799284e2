// Package inspect explains the bytes of an MQTT packet, and everything that is wrong
// with them, in MQTT 3.1, 3.1.1 and 5.0.
//
// When a broker refuses a device's packet, somebody has to find out which byte is
// wrong, and why. Inspect takes the bytes of a packet, whole or not, and returns a
// Report:
//
//   - a tree in which every byte belongs to a field, with offset, length, the
//     specification's name, value, meaning, and the bits where bits mean something;
//   - every violation, not the first: where, what, which clause of which version
//     forbids it, which reason code names it, and what to send back;
//   - for input that ends too early, or cannot be taken apart to its end, as much of
//     the tree as there is, and where and why it ended. A packet that is not complete
//     is another thing than one that is wrong.
//
// AppendText renders a Report for people, AppendJSON for programs; SCHEMA.md
// describes the JSON. Passwords and authentication data are left out of both, and
// so are bytes that may hold them because they could not be taken apart, unless
// Style.Secrets asks for them. (When a packet's lengths are wrong a password can turn
// up in another field; nobody can tell then.)
//
// # How it works
//
// The packets are tables (packets.go, properties.go): a row is a field with its name,
// type, condition and rules, and a rule is a check with its clause in each version and
// its reason code. They were written from the specifications, and are meant to be
// read beside them. One loop (scan.go) walks over a packet along its table. After a
// violation it goes on wherever the next field can be found: behind a bad value,
// behind a string that is not UTF-8, and behind a block of properties that cannot be
// taken apart. A field that breaks the same rule in several places is listed once.
//
// With the root package it shares the tables of names, properties and reason codes,
// and no code that reads packets. The tests use each as the oracle of the other: they
// accept and refuse the same packets under all Rules, and read the same values.
//
// Inspect is slow and plain: it takes about a microsecond for each field. To decode
// packets use the root package, and this one for what that refuses.
package inspect
