"""MQTT as paho speaks it. Each function is one test."""
import time

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from bridge import Device, properties
from serai_it import MQTT, eventually


def every_qos_round_trip():
    for version in (mqtt.MQTTv311, mqtt.MQTTv5):
        a, b = Device("rt-a", version), Device("rt-b", version)
        b.subscribe("rt/+/x", qos=2)
        for qos in (0, 1, 2):
            for n in range(100):
                a.client.publish(f"rt/{n}/x", b"%d-%d" % (qos, n), qos=qos)
        eventually(lambda: len(b.received) == 300, what="300 messages")
        assert [m.payload for m in b.received] == [b"%d-%d" % (q, n) for q in (0, 1, 2) for n in range(100)]
        assert [m.qos for m in b.received] == [0] * 100 + [1] * 100 + [2] * 100
        a.close(), b.close()


def retained_values():
    a = Device("ret-a")
    a.client.publish("ret/1", b"old", qos=1, retain=True)
    a.client.publish("ret/1", b"one", qos=1, retain=True)
    a.client.publish("ret/2", b"two", qos=1, retain=True)
    a.client.publish("ret/2", b"", qos=1, retain=True)
    eventually(lambda: len(a.acks) == 4, what="acks")
    b = Device("ret-b")
    b.subscribe("ret/#", qos=1)
    eventually(lambda: b.received, what="retained value")
    a.client.publish("ret/3", b"live", qos=1, retain=True)
    eventually(lambda: len(b.received) == 2, what="live value")
    assert [(m.topic, m.payload, m.retain) for m in b.received] == [("ret/1", b"one", True), ("ret/3", b"live", False)]
    for t in ("ret/1", "ret/3"):
        a.client.publish(t, b"", qos=1, retain=True)
    eventually(lambda: len(a.acks) == 7, what="acks")
    a.close(), b.close()


def will_is_published_when_the_socket_dies():
    watcher = Device("will-watch")
    watcher.subscribe("will/#", qos=1)
    for version in (mqtt.MQTTv311, mqtt.MQTTv5):
        dying = mqtt.Client(f"will-{version}", protocol=version)
        dying.will_set(f"will/{version}", b"gone", qos=1)
        dying.connect("127.0.0.1", MQTT)
        dying.loop_start()
        eventually(dying.is_connected, what="connect")
        dying.loop_stop()
        dying._sock.close()
        eventually(lambda: [m for m in watcher.received if m.topic == f"will/{version}"], what="will")
    polite = Device("will-polite")
    polite.close()
    watcher.client.publish("will/end", b"end", qos=1)
    eventually(lambda: watcher.received[-1].payload == b"end", what="the end")
    assert len(watcher.received) == 3
    watcher.close()


def session_is_resumed_with_what_came_meanwhile():
    for version in (mqtt.MQTTv311, mqtt.MQTTv5):
        def make():
            if version == mqtt.MQTTv311:
                return mqtt.Client("resume-3", clean_session=False)
            return mqtt.Client("resume-5", protocol=version)

        def connect_it(c):
            seen["flags"] = None
            c.on_connect = (lambda c, u, f, rc: seen.__setitem__("flags", f)) if version == mqtt.MQTTv311 else \
                (lambda c, u, f, rc, p: seen.__setitem__("flags", f))
            c.on_message = lambda c, u, m: got.append(m.payload)
            c.on_subscribe = lambda *a: seen.__setitem__("sub", True)
            if version == mqtt.MQTTv5:
                p = Properties(PacketTypes.CONNECT)
                p.SessionExpiryInterval = 300
                c.connect("127.0.0.1", MQTT, clean_start=False, properties=p)
            else:
                c.connect("127.0.0.1", MQTT)
            c.loop_start()
            eventually(lambda: seen["flags"] is not None, what="connack")

        seen, got = {}, []
        first = make()
        connect_it(first)
        assert seen["flags"]["session present"] == 0
        first.subscribe("resume/#", 1)
        eventually(lambda: seen.get("sub"), what="suback")
        first.disconnect()
        first.loop_stop()
        other = Device("resume-other", version)
        for n in range(20):
            other.client.publish(f"resume/{n}", b"%d" % n, qos=1)
        other.client.publish("resume/0", b"at most once", qos=0)
        eventually(lambda: len(other.acks) == 21, what="acks")
        second = make()
        connect_it(second)
        assert seen["flags"]["session present"] == 1
        eventually(lambda: len(got) >= 20, what="20 kept messages")
        assert got[:20] == [b"%d" % n for n in range(20)], got
        second.disconnect()
        second.loop_stop()
        other.close()
        clean = mqtt.Client("resume-3") if version == mqtt.MQTTv311 else mqtt.Client("resume-5", protocol=version)
        clean.connect("127.0.0.1", MQTT) if version == mqtt.MQTTv311 else clean.connect("127.0.0.1", MQTT, clean_start=True)
        clean.loop_start()
        eventually(clean.is_connected, what="clean connect")
        clean.disconnect()
        clean.loop_stop()


def overlapping_filters_give_one_copy():
    a, b = Device("over-a"), Device("over-b")
    p = Properties(PacketTypes.SUBSCRIBE)
    for identifier, (f, qos) in enumerate([("over/#", 0), ("over/+", 2), ("over/x", 1)], start=1):
        p = Properties(PacketTypes.SUBSCRIBE)
        p.SubscriptionIdentifier = identifier
        b.granted.clear()
        b.client.subscribe(f, options=SubscribeOptions(qos=qos), properties=p)
        assert b.granted.wait(60)
    a.client.publish("over/x", b"1", qos=2)
    a.client.publish("over/y", b"2", qos=2)
    a.client.publish("over/end", b"end", qos=2)
    eventually(lambda: b.received and b.received[-1].payload == b"end", what="the end")
    assert len(b.received) == 3
    assert b.received[0].qos == 2 and sorted(b.received[0].properties.SubscriptionIdentifier) == [1, 2, 3]
    assert sorted(b.received[1].properties.SubscriptionIdentifier) == [1, 2]
    a.close(), b.close()


def no_local_and_retain_as_published():
    a = Device("nolocal")
    a.granted.clear()
    a.client.subscribe("nl/#", options=SubscribeOptions(qos=1, noLocal=True, retainAsPublished=True))
    assert a.granted.wait(60)
    b = Device("nolocal-b")
    a.client.publish("nl/1", b"own", qos=1)
    b.client.publish("nl/1", b"other", qos=1, retain=True)
    eventually(lambda: a.received, what="the other's message")
    assert [(m.payload, m.retain) for m in a.received] == [(b"other", True)]
    b.client.publish("nl/1", b"", qos=1, retain=True)
    eventually(lambda: len(b.acks) == 2, what="acks")
    a.close(), b.close()


def takeover_closes_the_older_connection():
    first = Device("twice")
    reasons = []
    first.client.on_disconnect = lambda c, u, rc, p=None: reasons.append(rc)
    first.client._reconnect_on_failure = False
    second = Device("twice")
    eventually(lambda: reasons, what="disconnect of the first")
    assert second.client.is_connected()
    first.client.loop_stop()
    second.close()


def no_matching_subscribers_is_told():
    a = Device("nobody")
    codes = []
    original = a.client._handle_pubackcomp

    def watch(cmd):
        packet = a.client._in_packet["packet"]
        codes.append(packet[2] if len(packet) > 2 else 0)
        return original(cmd)

    a.client._handle_pubackcomp = watch
    a.client.publish("nobody/listens", b"x", qos=1)
    eventually(lambda: a.acks, what="puback")
    assert codes == [0x10], codes
    a.close()


def message_expiry_counts_down():
    a = Device("expiry-a")
    keep = mqtt.Client("expiry-b", protocol=mqtt.MQTTv5)
    p = Properties(PacketTypes.CONNECT)
    p.SessionExpiryInterval = 300
    got, ready = [], []
    keep.on_message = lambda c, u, m: got.append(m)
    keep.on_subscribe = lambda *x: ready.append(1)
    keep.connect("127.0.0.1", MQTT, clean_start=True, properties=p)
    keep.loop_start()
    eventually(keep.is_connected, what="connect")
    keep.subscribe("expiry/#", 1)
    eventually(lambda: ready, what="suback")
    keep.disconnect()
    keep.loop_stop()
    before = time.monotonic()
    a.client.publish("expiry/short", b"gone", qos=1, properties=properties(MessageExpiryInterval=1))
    a.client.publish("expiry/long", b"kept", qos=1, properties=properties(MessageExpiryInterval=100))
    eventually(lambda: len(a.acks) == 2, what="acks")
    time.sleep(2.2)
    keep.connect("127.0.0.1", MQTT, clean_start=False, properties=p)
    keep.loop_start()
    eventually(lambda: got, what="the kept message")
    took = time.monotonic() - before
    assert [m.payload for m in got] == [b"kept"], got
    assert 98 - took <= got[0].properties.MessageExpiryInterval <= 98, (got[0].properties, took)
    keep.disconnect()
    keep.loop_stop()
    a.close()


def a_stream_is_replayed():
    """A stream gets what is published under a topic; MQTT clients read it from any place, and go on there."""
    from serai_it import connect
    amqp = connect()
    ch = amqp.channel()
    stream = f"it.stream.mqtt.{time.time_ns()}"
    ch.queue_declare(stream, durable=True, arguments={"x-queue-type": "stream"})
    ch.queue_bind(stream, "amq.topic", f"{stream}.#")
    topic = stream.replace(".", "/")
    writer = Device("stream-w")
    for n in range(20):
        writer.client.publish(f"{topic}/{n}", b"m%d" % n, qos=1)
    eventually(lambda: len(writer.acks) == 20, what="acks")

    def bodies(device):
        return [m.payload for m in device.received]

    old = Device("stream-3", mqtt.MQTTv311)
    old.subscribe(f"$stream/{stream}/first", qos=1)
    eventually(lambda: len(old.received) == 20, what="everything, in version 3")
    assert bodies(old) == [b"m%d" % n for n in range(20)]
    assert [m.topic for m in old.received] == [f"{topic}/{n}" for n in range(20)]
    old.close()

    new = Device("stream-5", mqtt.MQTTv5)
    asked = Properties(PacketTypes.SUBSCRIBE)
    asked.UserProperty = ("x-stream-offset", "15")
    new.client.subscribe(f"$stream/{stream}", options=SubscribeOptions(qos=1), properties=asked)
    eventually(lambda: len(new.received) == 5, what="the last five")
    assert bodies(new) == [b"m%d" % n for n in range(15, 20)]
    assert [dict(m.properties.UserProperty)["x-stream-offset"] for m in new.received] == [str(n) for n in range(15, 20)]
    writer.client.publish(f"$stream/{stream}", b"straight", qos=1)
    eventually(lambda: len(new.received) == 6, what="what was published to the stream itself")
    assert new.received[-1].payload == b"straight"
    new.close()

    def session():
        got = []
        c = mqtt.Client("stream-session", clean_session=False)
        c.on_message = lambda _c, _u, m: got.append(m.payload)
        c.on_unsubscribe = lambda *_: settled.append(True)
        c.connect("127.0.0.1", MQTT)
        c.loop_start()
        eventually(c.is_connected, what="connect")
        return c, got

    settled = []
    c, got = session()
    c.subscribe(f"$stream/{stream}/first", 1)
    eventually(lambda: len(got) == 21, what="everything")
    c.unsubscribe("another")  # behind the last PUBACK
    eventually(lambda: settled, what="UNSUBACK")
    c.disconnect(), c.loop_stop()
    writer.client.publish(f"{topic}/later", b"later", qos=1)
    eventually(lambda: len(writer.acks) == 22, what="acks")
    c, got = session()
    eventually(lambda: got, what="what came meanwhile")
    writer.client.publish(f"{topic}/end", b"end", qos=1)
    eventually(lambda: got[-1] == b"end", what="the end")
    assert got == [b"later", b"end"], got
    c.disconnect(), c.loop_stop()
    writer.close()
    ch.queue_delete(stream)
    amqp.close()


def publishers_stay_while_subscribers_come_and_go():
    """A queue that goes while a message is on its way to it is no reason to refuse the message."""
    received = []

    def publish_on(version):
        p = Device(f"churn-{version}", version)
        p.client.max_inflight_messages_set(20)
        lost = []
        p.client.on_disconnect = lambda *a: lost.append(a)
        original = p.client._handle_pubackcomp

        def watch(cmd):
            packet = p.client._in_packet["packet"]
            received.append(packet[2] if len(packet) > 2 else 0)
            return original(cmd)

        p.client._handle_pubackcomp = watch
        return p, lost

    publishers = [publish_on(mqtt.MQTTv311), publish_on(mqtt.MQTTv5)]
    sent = 0
    for n in range(60):
        guests = [Device(f"churn-guest-{n}-{i}") for i in range(4)]
        for g in guests:
            g.subscribe("churn/#", qos=1)
        for g in guests:
            for p, _ in publishers:
                for _ in range(10):
                    p.client.publish("churn/x", b"x", qos=1)
            sent += 10
            g.client.disconnect()
        for g in guests:
            g.client.loop_stop()
    for p, lost in publishers:
        eventually(lambda: len(p.acks) == sent, what=lambda: f"{sent} acknowledged, {len(p.acks)} are")
        assert not lost, lost
        p.close()
    assert set(received) <= {0, 0x10}, set(received)
