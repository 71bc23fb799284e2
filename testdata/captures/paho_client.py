#!/usr/bin/env python3
"""Eclipse Paho client sessions for make.sh (paho-mqtt 1.6.1).

usage: paho_client.py session VERSION       VERSION is 31, 311 or 5
       paho_client.py COMMAND [ARGUMENT]    one of the commands at the end of this file
"""

import sys
import time

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCodes
from paho.mqtt.subscribeoptions import SubscribeOptions

HOST, PORT = "127.0.0.1", 1883
PROTOCOLS = {"31": mqtt.MQTTv31, "311": mqtt.MQTTv311, "5": mqtt.MQTTv5}
TEXT = " ".join(str(n) for n in range(1, 2000))


def properties(packet_type, **values):
    """Properties of one packet, written in the order they are given."""
    result = Properties(packet_type)
    for name, value in values.items():
        setattr(result, name, value)
    return result


def until(client, done, seconds=10):
    """Runs the client's network loop until done() holds."""
    end = time.monotonic() + seconds
    while not done():
        if client.loop(0.05) != mqtt.MQTT_ERR_SUCCESS:
            return False
        if time.monotonic() > end:
            raise TimeoutError(done)
    return True


def idle(client, seconds):
    """Runs the network loop for some seconds, or until the connection ends."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and client.loop(0.05) == mqtt.MQTT_ERR_SUCCESS:
        pass


class Client(mqtt.Client):
    """A client that counts what it gets and has blocking calls."""

    def __init__(self, version, client_id, clean=True, user=None, password=None):
        protocol = PROTOCOLS[version]
        clean_session = None if protocol == mqtt.MQTTv5 else clean
        super().__init__(client_id, clean_session=clean_session, protocol=protocol)
        self.version, self.clean = version, clean
        self.acknowledged, self.answered, self.messages = set(), [], []
        self.on_connect = lambda *a: self.answered.append(a)
        self.on_subscribe = lambda c, u, mid, *a: self.acknowledged.add(mid)
        self.on_unsubscribe = lambda c, u, mid, *a: self.acknowledged.add(mid)
        self.on_publish = lambda c, u, mid: self.acknowledged.add(mid)
        self.on_message = lambda c, u, message: self.messages.append(message)
        if user is not None:
            self.username_pw_set(user, password)

    def open(self, keepalive=60, props=None):
        if self.version == "5":
            self.connect(HOST, PORT, keepalive, clean_start=self.clean, properties=props)
        else:
            self.connect(HOST, PORT, keepalive)
        until(self, lambda: self.answered)
        return self

    def wait(self, mid):
        until(self, lambda: mid in self.acknowledged)

    def send(self, topic, payload=None, qos=0, retain=False, props=None):
        self.wait(self.publish(topic, payload, qos, retain, props).mid)

    def sub(self, *args, **kwargs):
        self.wait(self.subscribe(*args, **kwargs)[1])

    def unsub(self, *args, **kwargs):
        self.wait(self.unsubscribe(*args, **kwargs)[1])

    def receive(self, count):
        until(self, lambda: len(self.messages) >= count)

    def close(self, **kwargs):
        self.disconnect(**kwargs)
        idle(self, 1)


def session(version):
    """The same session in every version: filters, QoS, retain, Will, absence."""
    five = version == "5"

    durable = Client(version, "paho-durable", clean=False)
    durable.open(props=properties(PacketTypes.CONNECT, SessionExpiryInterval=3600) if five else None)
    durable.sub([("paho/offline/#", SubscribeOptions(qos=2) if five else 2)])
    durable.close()

    watcher = Client(version, "paho-watcher", user="admin", password="public").open()
    if five:
        watcher.sub([("paho/qos0/+", SubscribeOptions(qos=0)),
                     ("paho/qos1/#", SubscribeOptions(qos=1, retainAsPublished=True)),
                     ("paho/qos2/device", SubscribeOptions(qos=2, noLocal=True, retainHandling=1)),
                     ("paho/will/#", SubscribeOptions(qos=2, retainHandling=2))])
    else:
        watcher.sub([("paho/qos0/+", 0), ("paho/qos1/#", 1), ("paho/qos2/device", 2), ("paho/will/#", 2)])

    writer = Client(version, "paho-writer")
    writer.will_set("paho/will/normal", "not published", qos=1, retain=True)
    writer.open()
    writer.send("paho/qos0/device", "zero")
    writer.send("paho/qos1/device", "one", qos=1, retain=True)
    writer.send("paho/qos2/device", "two", qos=2)
    writer.send("paho/qos1/empty", qos=1)
    writer.send("paho/qos1/Größe/温度", "23 °C", qos=1)
    writer.send("paho/qos2/device", TEXT[:3000], qos=2)
    writer.send("paho/offline/1", "while away", qos=1)
    writer.send("paho/offline/2", "while away", qos=2)
    watcher.receive(6)

    lost = Client(version, "paho-lost")
    lost.will_set("paho/will/lost", "gone", qos=2)
    lost.open()
    lost.socket().close()
    watcher.receive(7)

    late = Client(version, "paho-late").open()
    late.sub("paho/qos1/device", 1)
    late.receive(1)
    late.close()
    writer.send("paho/qos1/device", qos=1, retain=True)
    watcher.receive(8)

    back = Client(version, "paho-durable", clean=False)
    back.open(props=properties(PacketTypes.CONNECT, SessionExpiryInterval=0) if five else None)
    back.receive(2)
    back.unsub("paho/offline/#")
    back.close()

    watcher.unsub(["paho/qos0/+", "paho/qos1/#", "paho/none"])
    watcher.close()
    writer.close()

    quiet = Client(version, "paho-quiet").open(keepalive=2)
    idle(quiet, 5)
    quiet.close()

    if five:
        session_properties()


def session_properties():
    """MQTT 5.0: every property that Paho can put into a packet."""
    message = properties(
        PacketTypes.PUBLISH, PayloadFormatIndicator=1, MessageExpiryInterval=300,
        ContentType="application/json", ResponseTopic="paho/reply",
        CorrelationData=bytes(range(16)), UserProperty=[("unit", "°C"), ("unit", "K"), ("", "")])
    will = properties(
        PacketTypes.WILLMESSAGE, WillDelayInterval=1, PayloadFormatIndicator=1,
        MessageExpiryInterval=60, ContentType="text/plain", ResponseTopic="paho/reply",
        CorrelationData=b"\x00\xff", UserProperty=("cause", "lost"))
    greeting = properties(
        PacketTypes.CONNECT, SessionExpiryInterval=120, ReceiveMaximum=10, MaximumPacketSize=65536,
        TopicAliasMaximum=8, RequestResponseInformation=1, RequestProblemInformation=1,
        UserProperty=[("site", "north"), ("site", "south")])

    client = Client("5", "paho-properties", user="admin", password="public")
    client.will_set("paho/will/properties", "gone", qos=1, retain=False, properties=will)
    client.open(props=greeting)
    for number, topic in ((1, "paho/props/#"), (127, "paho/props/+"), (128, "paho/props/a"),
                          (268435455, "paho/props/alias")):
        client.sub(topic, options=SubscribeOptions(qos=2), properties=properties(
            PacketTypes.SUBSCRIBE, SubscriptionIdentifier=number, UserProperty=("filter", topic)))
    for qos in (0, 1, 2):
        client.send("paho/props/a", '{"t": 21.5}', qos, props=message)
    client.send("paho/props/alias", "sets the alias", 1,
                props=properties(PacketTypes.PUBLISH, TopicAlias=3))
    client.send("paho/props/alias", "topic and alias", 1,
                props=properties(PacketTypes.PUBLISH, TopicAlias=3))
    idle(client, 0.5)
    client.unsub(["paho/props/#", "paho/props/none"], properties=properties(
        PacketTypes.UNSUBSCRIBE, UserProperty=[("why", "done")]))
    client.sub("$share/readers/paho/shared/#", options=SubscribeOptions(qos=1))
    client.send("paho/shared/1", "for one of the group", 1)
    client.close(reasoncode=ReasonCodes(PacketTypes.DISCONNECT, "Disconnect with will message"),
                 properties=properties(PacketTypes.DISCONNECT, SessionExpiryInterval=60,
                                       ReasonString="going away", UserProperty=("why", "test")))


def overlap():
    """Overlapping filters with identifiers, and aliases chosen by the server."""
    client = Client("5", "overlap").open(props=properties(
        PacketTypes.CONNECT, TopicAliasMaximum=2, RequestResponseInformation=1))
    for number, topic in ((1, "overlap/#"), (127, "overlap/+"), (128, "overlap/a")):
        client.sub(topic, options=SubscribeOptions(qos=2), properties=properties(
            PacketTypes.SUBSCRIBE, SubscriptionIdentifier=number, UserProperty=("filter", topic)))
    for qos in (0, 1, 2):
        for topic in ("overlap/a", "overlap/b", "overlap/c"):
            client.send(topic, "x", qos, props=properties(PacketTypes.PUBLISH, ContentType="text/plain"))
    client.send("overlap/a", "x", props=properties(PacketTypes.PUBLISH, UserProperty=("unit", "K")))
    client.receive(10)
    client.unsub(["overlap/#", "overlap/none"], properties=properties(
        PacketTypes.UNSUBSCRIBE, UserProperty=[("why", "done")]))
    client.close()


# Small commands, each one connection.

def handshake():
    """CONNECT, CONNACK, DISCONNECT."""
    client = Client("5", "mqtt-client-1", user="admin", password="public")
    client.open(60, properties(PacketTypes.CONNECT, SessionExpiryInterval=300))
    idle(client, 1)
    client.close()


def empty_id(version):
    """An empty client identifier, with clean session."""
    Client(version, "").open()


def hold(client_id):
    """Connects and waits until the server ends the connection."""
    client = Client("5", client_id).open()
    client.sub("hold/#", options=SubscribeOptions(qos=1))
    idle(client, 30)


def login(user):
    """Like hold, with a user name and the password 'secret'."""
    idle(Client("5", user, user=user, password="secret").open(), 30)


def mute():
    """Keep Alive 2, and then not one byte more."""
    client = Client("5", "mute").open(2)
    client.socket().settimeout(20)
    client.socket().recv(1000)
    client.socket().close()


def with_will():
    """DISCONNECT 0x04 with properties: the server publishes the Will."""
    client = Client("5", "with-will")
    client.will_set("hold/will", "published on request", qos=1)
    client.open(props=properties(PacketTypes.CONNECT, SessionExpiryInterval=10))
    client.close(reasoncode=ReasonCodes(PacketTypes.DISCONNECT, "Disconnect with will message"),
                 properties=properties(PacketTypes.DISCONNECT, SessionExpiryInterval=5,
                                       ReasonString="publish my Will",
                                       UserProperty=[("a", "1"), ("a", "2")]))


def reason(name):
    """DISCONNECT with a reason code and no properties."""
    client = Client("5", "reason").open()
    client.close(reasoncode=ReasonCodes(PacketTypes.DISCONNECT, name))


def too_large():
    """A PUBLISH larger than the server's Maximum Packet Size."""
    client = Client("5", "too-large").open()
    client.publish("large", TEXT[:2000])
    idle(client, 2)


def alias(number):
    """A Topic Alias above the server's Topic Alias Maximum."""
    client = Client("5", "alias").open()
    client.publish("alias", "x", properties=properties(PacketTypes.PUBLISH, TopicAlias=int(number)))
    idle(client, 2)


def websocket(version):
    """Packets through a WebSocket, a large one too."""
    client = mqtt.Client("web-" + version, protocol=PROTOCOLS[version], transport="websockets")
    answered, acknowledged, messages = [], set(), []
    client.on_connect = lambda *a: answered.append(a)
    client.on_subscribe = lambda c, u, mid, *a: acknowledged.add(mid)
    client.on_publish = lambda c, u, mid: acknowledged.add(mid)
    client.on_message = lambda c, u, message: messages.append(message)
    client.connect(HOST, 8080)
    until(client, lambda: answered)
    mid = client.subscribe("web/#", 2)[1]
    until(client, lambda: mid in acknowledged)
    for qos, payload in (0, "21.5"), (1, "on"), (2, TEXT):
        mid = client.publish("web/state", payload, qos).mid
        until(client, lambda: mid in acknowledged)
    until(client, lambda: len(messages) == 3)
    idle(client, 0.2)
    client.disconnect()
    idle(client, 0.2)


def publish(qos, retain):
    """One PUBLISH that the server's Maximum QoS or Retain Available forbids."""
    client = Client("5", "publisher").open()
    client.publish("forbidden", "x", int(qos), retain == "retain")
    idle(client, 2)


def flood(count):
    """More unfinished QoS 2 messages than the server's Receive Maximum."""
    client = Client("5", "flood").open()
    for number in range(int(count)):
        client.publish("flood", str(number), 2)
    idle(client, 2)


COMMANDS = {f.__name__.replace("_", "-"): f for f in (
    session, overlap, handshake, empty_id, hold, login, mute, with_will, reason, too_large, alias, websocket,
    publish, flood)}
COMMANDS[sys.argv[1]](*sys.argv[2:])
