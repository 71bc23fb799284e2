package main

import (
	"bufio"
	"errors"
	"io"
	"time"

	"github.com/seed-2c1fe983/mqttwire"
)

// readJSON reads JSON lines as they come from --json, or from a person.
func (d *dumper) readJSON(b *bufio.Reader) error {
	r := newJSONReader(b, d.version)
	sessions := make(map[string]*session)
	var order []*session
	var start time.Time
	var failed error
	for !d.out.broken() {
		p, err := r.next()
		if err != nil {
			if err != io.EOF {
				failed = err
			}
			break
		}
		s := sessions[p.key()]
		if s == nil {
			s = d.sessionOf(p)
			sessions[p.key()] = s
			order = append(order, s)
		}
		if start.IsZero() && !p.at.IsZero() {
			start = p.at
			d.out.start = start
		}
		at := moment{frame: p.Frame}
		if !p.at.IsZero() {
			at.time = p.at.Sub(start)
			at.frame = max(at.frame, 1)
		}
		s.deliverWhole(p, at)
	}
	for _, s := range order {
		s.stop()
		d.out.closed(s)
	}
	if failed == nil && len(order) == 0 && !d.out.broken() {
		return errors.New("no packets in the JSON lines")
	}
	return failed
}

// sessionOf begins the connection of a packet.
func (d *dumper) sessionOf(p *jsonPacket) *session {
	s := newSession(d.out, d.settings)
	s.begin()
	if p.Connection > 0 {
		s.number = p.Connection
	}
	client, server := p.From, p.To
	if p.sender == mqttwire.Server {
		client, server = server, client
	}
	s.address[mqttwire.Client], s.address[mqttwire.Server] = client, server
	// What has no version in the output of --json came first, and was no CONNECT.
	if s.whole = p.judged && p.version == 0; p.kind != mqttwire.PacketConnect && !s.whole {
		s.assume(p.version)
	}
	return s
}

// deliverWhole delivers a packet that is alone in its line.
func (s *session) deliverWhole(p *jsonPacket, at moment) {
	if s.version == 0 && p.version != 0 && p.kind != mqttwire.PacketConnect {
		s.assume(p.version)
	}
	s.deliver(p.sender, p.wire, at)
	if st := s.streams[p.sender]; st != nil {
		if len(st.pending) > 0 {
			s.finishStream(p.sender, st, at)
			st.offset += int64(len(st.pending))
			st.pending = nil
		}
		st.lost, st.skip, st.search = false, 0, search{}
	}
}
