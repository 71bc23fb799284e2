// Decodes packets with mqtt-packet, says what is in them, and encodes them again.
// It reads a line for each packet, the version and the bytes:
//
//   5 c000
//
// and answers each with a line of JSON, {"facts": {...}, "wire": "c000"}, with
// "error" in place of both if the packet is refused, and "unwritten" in place of
// wire if it cannot be encoded. Facts have the names of the specification and
// lists of values: numbers, true for a flag that is set, codes as ["code", number],
// strings and bytes as ["text", hex], pairs of strings as ["pair", hex, hex] and
// filters as ["filter", hex, options]. peer_mqttpacket.go is the other side.

import { createInterface } from 'node:readline'
import mqtt from 'mqtt-packet'

const propertyNames = {
  payloadFormatIndicator: 'Payload Format Indicator',
  messageExpiryInterval: 'Message Expiry Interval',
  contentType: 'Content Type',
  responseTopic: 'Response Topic',
  correlationData: 'Correlation Data',
  subscriptionIdentifier: 'Subscription Identifier',
  sessionExpiryInterval: 'Session Expiry Interval',
  assignedClientIdentifier: 'Assigned Client Identifier',
  serverKeepAlive: 'Server Keep Alive',
  authenticationMethod: 'Authentication Method',
  authenticationData: 'Authentication Data',
  requestProblemInformation: 'Request Problem Information',
  willDelayInterval: 'Will Delay Interval',
  requestResponseInformation: 'Request Response Information',
  responseInformation: 'Response Information',
  serverReference: 'Server Reference',
  reasonString: 'Reason String',
  receiveMaximum: 'Receive Maximum',
  topicAliasMaximum: 'Topic Alias Maximum',
  topicAlias: 'Topic Alias',
  maximumQoS: 'Maximum QoS',
  retainAvailable: 'Retain Available',
  maximumPacketSize: 'Maximum Packet Size',
  wildcardSubscriptionAvailable: 'Wildcard Subscription Available',
  subscriptionIdentifiersAvailable: 'Subscription Identifier Available',
  sharedSubscriptionAvailable: 'Shared Subscription Available'
}

const hex = (value) => Buffer.from(value).toString('hex')
const text = (value) => ['text', hex(value)]

function one (value) {
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'number' ? value : text(value)
}

function addProperties (facts, prefix, properties = {}) {
  for (const [key, value] of Object.entries(properties)) {
    if (key === 'userProperties') {
      facts[prefix + 'User Property'] = Object.entries(value)
        .flatMap(([name, list]) => [list].flat().map((v) => ['pair', hex(name), hex(v)]))
    } else {
      const name = propertyNames[key] ?? key
      facts[(key === 'willDelayInterval' ? '' : prefix) + name] = Array.isArray(value) ? value.map(one) : [one(value)]
    }
  }
}

function addConnect (facts, p) {
  facts['Protocol Version'] = [p.protocolVersion]
  if (p.clean) facts['Clean Start'] = [true]
  facts['Keep Alive'] = [p.keepalive]
  facts['Client Identifier'] = [text(p.clientId)]
  if (p.will) {
    facts['Will QoS'] = [p.will.qos]
    if (p.will.retain) facts['Will Retain'] = [true]
    facts['Will Topic'] = [text(p.will.topic)]
    facts['Will Payload'] = [text(p.will.payload)]
    addProperties(facts, 'Will ', p.will.properties)
  }
  if (p.username !== undefined) facts['User Name'] = [text(p.username)]
  if (p.password !== undefined) facts['Password'] = [text(p.password)]
}

function addPublish (facts, p) {
  facts['QoS'] = [p.qos]
  if (p.dup) facts['DUP'] = [true]
  if (p.retain) facts['RETAIN'] = [true]
  if (p.qos > 0) facts['Packet Identifier'] = [p.messageId]
  facts['Topic Name'] = [text(p.topic)]
  facts['Payload'] = [text(p.payload)]
}

const optionsOf = (s) => s.qos | (s.nl ? 4 : 0) | (s.rap ? 8 : 0) | (s.rh ?? 0) << 4

function factsOf (p, version) {
  const facts = { 'MQTT Control Packet type': [p.cmd.toUpperCase()] }
  if (p.messageId !== undefined && p.cmd !== 'publish') facts['Packet Identifier'] = [p.messageId]
  if (p.cmd === 'connect') addConnect(facts, p)
  if (p.cmd === 'publish') addPublish(facts, p)
  if (p.cmd === 'connack' && p.sessionPresent) facts['Session Present'] = [true]
  if (p.cmd === 'connack') facts['Reason Code'] = [['code', p.reasonCode ?? p.returnCode]]
  else if (p.reasonCode !== undefined && version === 5) facts['Reason Code'] = [['code', p.reasonCode]]
  if (p.cmd === 'subscribe') facts['Topic Filter'] = p.subscriptions.map((s) => ['filter', hex(s.topic), optionsOf(s)])
  if (p.cmd === 'unsubscribe') facts['Topic Filter'] = p.unsubscriptions.map(text)
  if (p.granted?.length) facts['Reason Code'] = p.granted.map((code) => ['code', code])
  addProperties(facts, '', p.properties)
  return facts
}

function answer (version, wire) {
  let packet, failure
  const parser = mqtt.parser({ protocolVersion: version })
  parser.on('packet', (p) => { packet = p })
  parser.on('error', (err) => { failure = err })
  parser.parse(wire)
  if (failure) throw failure
  if (!packet) throw new Error('no packet')
  const said = { facts: factsOf(packet, version) }
  try {
    said.wire = mqtt.generate(packet, { protocolVersion: version }).toString('hex')
  } catch (err) {
    said.unwritten = String(err.message ?? err)
  }
  return said
}

for await (const line of createInterface({ input: process.stdin })) {
  const [version, wire] = line.split(' ')
  let said
  try {
    said = answer(Number(version), Buffer.from(wire, 'hex'))
  } catch (err) {
    said = { error: String(err.message ?? err) }
  }
  process.stdout.write(JSON.stringify(said) + '\n')
}
