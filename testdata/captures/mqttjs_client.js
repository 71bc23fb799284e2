// MQTT.js client sessions for make.sh.
//
// usage: node mqttjs_client.js session VERSION     VERSION is 31, 311 or 5
//        node mqttjs_client.js acks                MQTT 5.0: acknowledgements with properties
//        node mqttjs_client.js auth                MQTT 5.0: enhanced authentication
'use strict'

const mqtt = require('mqtt')

const [command, argument = '5'] = process.argv.slice(2)
const version = { 31: 3, 311: 4, 5: 5 }[argument]
const five = version === 5
const text = Array.from({ length: 2000 }, (_, i) => i + 1).join(' ')

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

// Connects and counts the messages that arrive.
async function connect(clientId, options = {}) {
  const client = await mqtt.connectAsync({
    host: '127.0.0.1',
    port: 1883,
    protocolVersion: version,
    protocolId: version === 3 ? 'MQIsdp' : 'MQTT',
    clientId,
    reconnectPeriod: 0,
    ...options,
  }, false)
  client.on('error', (error) => console.log(clientId, error.message))
  client.count = 0
  client.on('message', (topic, payload, packet) => {
    client.count++
    console.log(clientId, topic, payload.length, JSON.stringify(packet.properties || {}))
  })
  return client
}

async function receive(client, count) {
  for (let i = 0; client.count < count; i++) {
    if (i === 200) throw new Error(`${client.options.clientId} got ${client.count} of ${count} messages`)
    await sleep(50)
  }
}

// The same session in every version: filters, QoS, retain, Will, absence.
async function session() {
  const v5 = (properties) => (five ? { properties } : {})

  const durable = await connect('js-durable', { clean: false, ...v5({ sessionExpiryInterval: 3600 }) })
  await durable.subscribeAsync('js/offline/#', { qos: 2 })
  await durable.endAsync()

  const watcher = await connect('js-watcher', { username: 'admin', password: 'public' })
  await watcher.subscribeAsync({
    'js/qos0/+': { qos: 0 },
    'js/qos1/#': five ? { qos: 1, rap: true } : { qos: 1 },
    'js/qos2/device': five ? { qos: 2, nl: true, rh: 1 } : { qos: 2 },
    'js/will/#': five ? { qos: 2, nl: true, rap: true, rh: 2 } : { qos: 2 },
  })

  const writer = await connect('js-writer', {
    keepalive: 0,
    will: { topic: 'js/will/normal', payload: Buffer.from('not published'), qos: 1, retain: true },
  })
  await writer.publishAsync('js/qos0/device', 'zero')
  await writer.publishAsync('js/qos1/device', 'one', { qos: 1, retain: true })
  await writer.publishAsync('js/qos2/device', 'two', { qos: 2 })
  await writer.publishAsync('js/qos1/empty', '', { qos: 1 })
  await writer.publishAsync('js/qos1/Größe/温度', '23 °C', { qos: 1 })
  await writer.publishAsync('js/qos2/device', text.slice(0, 3000), { qos: 2 })
  await writer.publishAsync('js/offline/1', 'while away', { qos: 1 })
  await writer.publishAsync('js/offline/2', 'while away', { qos: 2 })
  await receive(watcher, 6)

  const lost = await connect('js-lost', {
    will: { topic: 'js/will/lost', payload: Buffer.from('gone'), qos: 2, retain: false },
  })
  lost.stream.destroy()
  await receive(watcher, 7)

  const late = await connect('js-late')
  await late.subscribeAsync('js/qos1/device', { qos: 1 })
  await receive(late, 1)
  await late.endAsync()
  await writer.publishAsync('js/qos1/device', '', { qos: 1, retain: true })
  await receive(watcher, 8)

  const back = await connect('js-durable', { clean: false, ...v5({ sessionExpiryInterval: 0 }) })
  await back.unsubscribeAsync('js/offline/#')
  await sleep(300)
  await back.endAsync()

  await watcher.unsubscribeAsync(['js/qos0/+', 'js/qos1/#', 'js/none'])
  await watcher.endAsync()
  await writer.endAsync()

  const quiet = await connect('js-quiet', { keepalive: 2 })
  await sleep(5000)
  await quiet.endAsync()

  if (five) await sessionProperties()
}

// MQTT 5.0: every property that MQTT.js can put into a packet.
async function sessionProperties() {
  const message = {
    payloadFormatIndicator: true,
    messageExpiryInterval: 300,
    contentType: 'application/json',
    responseTopic: 'js/reply',
    correlationData: Buffer.from([0, 1, 2, 254, 255]),
    userProperties: { unit: ['°C', 'K'], empty: '' },
  }
  const client = await connect('js-properties', {
    username: 'admin',
    password: 'public',
    properties: {
      sessionExpiryInterval: 120,
      receiveMaximum: 10,
      maximumPacketSize: 65536,
      topicAliasMaximum: 8,
      requestResponseInformation: true,
      requestProblemInformation: true,
      userProperties: { site: ['north', 'south'] },
    },
    will: {
      topic: 'js/will/properties',
      payload: Buffer.from('gone'),
      qos: 2,
      retain: true,
      properties: {
        willDelayInterval: 1,
        payloadFormatIndicator: true,
        messageExpiryInterval: 60,
        contentType: 'text/plain',
        responseTopic: 'js/reply',
        correlationData: Buffer.from([0, 255]),
        userProperties: { cause: 'lost' },
      },
    },
  })
  for (const [filter, id] of [['js/props/#', 1], ['js/props/+', 127], ['js/props/a', 128], ['js/props/alias', 268435455]]) {
    await client.subscribeAsync(filter, {
      qos: 2,
      properties: { subscriptionIdentifier: id, userProperties: { filter } },
    })
  }
  for (const qos of [0, 1, 2]) {
    await client.publishAsync('js/props/a', '{"t": 21.5}', { qos, properties: message })
  }
  await client.publishAsync('js/props/alias', 'sets the alias', { qos: 1, properties: { topicAlias: 3 } })
  await client.publishAsync('', 'uses the alias', { qos: 1, properties: { topicAlias: 3 } })
  await client.unsubscribeAsync(['js/props/#', 'js/props/none'], { properties: { userProperties: { why: 'done' } } })
  await client.subscribeAsync('$share/readers/js/shared/#', { qos: 1 })
  await client.publishAsync('js/shared/1', 'for one of the group', { qos: 1 })
  await sleep(300)
  await client.endAsync(false, {
    reasonCode: 0x04,
    properties: { sessionExpiryInterval: 60, reasonString: 'going away', userProperties: { why: 'test' } },
  })

  const assigned = await connect('js-assign', { autoAssignTopicAlias: true })
  for (const n of [1, 2, 3]) await assigned.publishAsync('js/alias/assigned', `message ${n}`, { qos: 1 })
  await assigned.endAsync({ reasonCode: 0 })

  const used = await connect('js-use', { autoUseTopicAlias: true, properties: { requestProblemInformation: false } })
  await used.publishAsync('js/alias/used', 'message 1', { qos: 2, properties: { topicAlias: 1 } })
  for (const n of [2, 3]) await used.publishAsync('js/alias/used', `message ${n}`, { qos: 2 })
  await used.endAsync({ reasonCode: 0x80 })
}

// MQTT 5.0: MQTT.js by itself sends its acknowledgements without properties,
// so each one gets a reason code and properties here before it is encoded.
async function acks() {
  const wrap = (client, reasonCodes) => {
    const send = client._sendPacket.bind(client)
    client._sendPacket = (packet, ...rest) => {
      if (packet.cmd in reasonCodes) {
        packet = {
          ...packet,
          reasonCode: reasonCodes[packet.cmd],
          properties: { reasonString: `this is a ${packet.cmd}`, userProperties: { key: ['1', '2'] } },
        }
      }
      return send(packet, ...rest)
    }
    return client
  }

  const writer = wrap(await connect('js-ack-writer'), { pubrel: 0 })
  for (const reasonCodes of [{ puback: 0, pubrec: 0, pubcomp: 0 }, { puback: 0x97, pubrec: 0x99 }]) {
    const reader = wrap(await connect('js-ack-reader'), reasonCodes)
    await reader.subscribeAsync('js/acks/#', { qos: 2 })
    await writer.publishAsync('js/acks/1', 'one', { qos: 1 })
    await writer.publishAsync('js/acks/2', 'two', { qos: 2 })
    await sleep(500)
    await reader.endAsync()
  }
  await writer.endAsync()

  // Reason codes without properties, through the public interface.
  const judge = await connect('js-ack-judge', {
    customHandleAcks: (topic, payload, packet, done) => done(topic.endsWith('good') ? 0 : 0x83),
  })
  await judge.subscribeAsync('js/judge/#', { qos: 2 })
  for (const qos of [1, 2]) {
    await judge.publishAsync('js/judge/good', 'x', { qos })
    await judge.publishAsync('js/judge/bad', 'x', { qos })
  }
  await sleep(500)
  await judge.endAsync()
}

// MQTT 5.0: the server plugin auth_plugin.c asks twice, and accepts "three".
async function auth() {
  const method = 'COUNT'
  const packet = (reasonCode, data) => ({
    cmd: 'auth',
    reasonCode,
    properties: {
      authenticationMethod: method,
      authenticationData: Buffer.from(data),
      reasonString: 'counting',
      userProperties: { step: data },
    },
  })
  const answers = { two: 'two and a half', 'nearly': 'three' }
  const open = (clientId, first) => {
    const client = mqtt.connect({
      host: '127.0.0.1',
      port: 1883,
      protocolVersion: 5,
      clientId,
      reconnectPeriod: 0,
      properties: { authenticationMethod: method, authenticationData: Buffer.from(first) },
    })
    client.handleAuth = (received, done) => {
      const question = String(received.properties.authenticationData)
      console.log(clientId, received.reasonCode, question)
      done(null, packet(0x18, answers[question] || 'no idea'))
    }
    client.on('packetreceive', (received) => console.log(clientId, received.cmd, received.reasonCode))
    client.on('error', (error) => console.log(clientId, error.message))
    return client
  }

  const good = open('js-auth', 'one')
  await sleep(500)
  good._sendPacket(packet(0x19, 'one'))
  await sleep(500)
  await good.endAsync()

  const bad = open('js-auth-wrong', 'zero')
  await sleep(500)
  await bad.endAsync(true)
}

const commands = { session, acks, auth }
commands[command]().then(
  () => process.exit(0),
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
