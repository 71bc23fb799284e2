// Decodes and encodes with mqtt-packet for the comparison in the folder above. It
// reads one request a line, as JSON, and answers each with a line; peer_mqttpacket.go
// is the other side.
//
//   {"id": 1, "op": "decode", "v": 5, "wire": "c000", "n": 10, "facts": true}
//   {"id": 1, "op": "encode", "n": 10}
//
// wire may be left out when it is that of the request before with the same id.
// The answer has "ns", the nanoseconds that all n took; "facts", what the last
// packet says; "wire", what was encoded; or "error".

import { createInterface } from 'node:readline'
import { crc32 } from 'node:zlib'
import mqtt from 'mqtt-packet'

const longest = 100 // bytes that a fact spells out

const propertyNames = {
  sessionExpiryInterval: 'Session Expiry Interval',
  receiveMaximum: 'Receive Maximum',
  maximumPacketSize: 'Maximum Packet Size',
  topicAliasMaximum: 'Topic Alias Maximum',
  topicAlias: 'Topic Alias',
  requestResponseInformation: 'Request Response Information',
  requestProblemInformation: 'Request Problem Information',
  willDelayInterval: 'Will Delay Interval',
  payloadFormatIndicator: 'Payload Format Indicator',
  messageExpiryInterval: 'Message Expiry Interval',
  contentType: 'Content Type',
  responseTopic: 'Response Topic',
  maximumQoS: 'Maximum QoS',
  retainAvailable: 'Retain Available',
  assignedClientIdentifier: 'Assigned Client Identifier',
  reasonString: 'Reason String',
  wildcardSubscriptionAvailable: 'Wildcard Subscription Available',
  serverKeepAlive: 'Server Keep Alive',
  responseInformation: 'Response Information',
  subscriptionIdentifier: 'Subscription Identifier'
}

function text (value) {
  const bytes = Buffer.from(value)
  if (bytes.length > longest) {
    return `${bytes.length} bytes, CRC-32 ${crc32(bytes).toString(16).padStart(8, '0')}`
  }
  return JSON.stringify(bytes.toString())
}

function hex (n) {
  return '0x' + n.toString(16).padStart(2, '0')
}

function addProperties (facts, prefix, properties = {}) {
  for (const [key, value] of Object.entries(properties)) {
    if (key === 'userProperties') {
      facts[prefix + 'User Property'] = Object.entries(value)
        .flatMap(([k, list]) => [list].flat().map((v) => `${JSON.stringify(k)}=${JSON.stringify(v)}`)).join(' ')
      continue
    }
    const name = key === 'willDelayInterval' ? propertyNames[key] : prefix + (propertyNames[key] ?? key)
    if (typeof value === 'boolean') facts[name] = value ? '1' : '0'
    else if (typeof value === 'number') facts[name] = String(value)
    else facts[name] = text(value)
  }
}

function addConnect (facts, p) {
  facts['Protocol Version'] = String(p.protocolVersion)
  if (p.clean) facts['Clean Start'] = 'true'
  facts['Keep Alive'] = String(p.keepalive)
  facts['Client Identifier'] = text(p.clientId)
  if (p.will) {
    facts['Will QoS'] = String(p.will.qos)
    if (p.will.retain) facts['Will Retain'] = 'true'
    facts['Will Topic'] = text(p.will.topic)
    facts['Will Payload'] = text(p.will.payload)
    addProperties(facts, 'Will ', p.will.properties)
  }
  if (p.username !== undefined) facts['User Name'] = text(p.username)
  if (p.password !== undefined) facts['Password'] = text(p.password)
}

function factsOf (p, version) {
  const facts = { Type: p.cmd.toUpperCase() }
  const id = () => { facts['Packet Identifier'] = String(p.messageId) }
  switch (p.cmd) {
    case 'connect':
      addConnect(facts, p)
      break
    case 'connack':
      if (p.sessionPresent) facts['Session Present'] = 'true'
      facts['Reason Code'] = String(p.reasonCode)
      break
    case 'publish':
      facts['QoS'] = String(p.qos)
      if (p.dup) facts['DUP'] = 'true'
      if (p.retain) facts['RETAIN'] = 'true'
      if (p.qos > 0) id()
      facts['Topic Name'] = text(p.topic)
      facts['Payload'] = text(p.payload)
      break
    case 'puback':
      id()
      if (version === 5) facts['Reason Code'] = String(p.reasonCode)
      break
    case 'subscribe':
      id()
      facts['Topic Filters'] = p.subscriptions.map((s) =>
        `${JSON.stringify(s.topic)}=${hex(s.qos | (s.nl ? 4 : 0) | (s.rap ? 8 : 0) | (s.rh ?? 0) << 4)}`).join(' ')
      break
    case 'suback':
      id()
      facts['Reason Codes'] = p.granted.map(hex).join(' ')
      break
    case 'disconnect':
      facts['Reason Code'] = String(p.reasonCode)
      break
  }
  addProperties(facts, '', p.properties)
  return facts
}

// Memory takes what writeToStream writes.
class Memory {
  constructor () {
    this.bytes = Buffer.alloc(1 << 17)
    this.length = 0
  }

  write (chunk) {
    this.length += typeof chunk === 'string' ? this.bytes.write(chunk, this.length) : chunk.copy(this.bytes, this.length)
    return true
  }

  destroy (err) { throw err }
  cork () {}
  uncork () {}
}

const memory = new Memory()
const work = new Map()

function decode (w, n) {
  let last, failure
  const parser = mqtt.parser({ protocolVersion: w.v })
  parser.on('packet', (p) => { last = p })
  parser.on('error', (err) => { failure = err })
  const start = process.hrtime.bigint()
  for (let i = 0; i < n; i++) parser.parse(w.wire)
  const ns = Number(process.hrtime.bigint() - start)
  if (failure) throw failure
  if (!last) throw new Error('no packet')
  w.last = last
  return ns
}

function encode (w, n) {
  const options = { protocolVersion: w.v }
  const start = process.hrtime.bigint()
  for (let i = 0; i < n; i++) {
    memory.length = 0
    mqtt.writeToStream(w.last, memory, options)
  }
  return Number(process.hrtime.bigint() - start)
}

function answer (request) {
  const w = work.get(request.id) ?? {}
  work.set(request.id, w)
  if (request.wire) Object.assign(w, { wire: Buffer.from(request.wire, 'hex'), v: request.v })
  if (request.op === 'encode') {
    const ns = encode(w, request.n)
    return { ns, wire: memory.bytes.toString('hex', 0, memory.length) }
  }
  const ns = decode(w, request.n)
  return request.facts ? { ns, facts: factsOf(w.last, w.v) } : { ns }
}

for await (const line of createInterface({ input: process.stdin })) {
  let reply
  try {
    reply = answer(JSON.parse(line))
  } catch (err) {
    reply = { error: String(err.message ?? err) }
  }
  process.stdout.write(JSON.stringify(reply) + '\n')
}
