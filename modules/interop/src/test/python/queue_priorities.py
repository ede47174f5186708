"""Sessions of paho on a listener with queue-priorities = "alarms/#=9, +/state=2" that keeps 300 messages. Each function
is one test."""
import socket
import time

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from bridge import Device
from serai_it import MQTT, eventually

TOPICS = ("other/thing", "room/state", "alarms/fire")


class Session:
    """A client whose session outlives its connections: one paho client, so that it knows its QoS 2 messages again."""

    def __init__(self, name, version, qos):
        self.received, self.granted, self.present = [], [], []
        self.half_done = []  # for each connection that broke, QoS 2 messages that came and are not released
        options = {"clean_session": False} if version == mqtt.MQTTv311 else {}
        self.client = mqtt.Client(f"{name}-{time.time_ns()}", protocol=version, **options)
        self.client.on_connect = lambda c, u, flags, *rest: self.present.append(flags["session present"])
        self.client.on_subscribe = lambda *a: self.granted.append(True)
        self.client.on_message = lambda c, u, m: self.received.append((m.topic, int(m.payload)))
        self.client.reconnect_delay_set(0.02, 0.02)
        self.connect = {}
        if version == mqtt.MQTTv5:
            self.connect["properties"] = Properties(PacketTypes.CONNECT)
            self.connect["properties"].SessionExpiryInterval = 300
            self.connect["clean_start"] = False
        self.come()
        for filters in ("other/#", "room/#", "alarms/#"):
            self.client.subscribe(filters, qos)
        eventually(lambda: len(self.granted) == 3, what="subacks")

    def come(self):
        connections = len(self.present)
        self.client.connect("127.0.0.1", MQTT, **self.connect)
        self.client.loop_start()
        eventually(lambda: len(self.present) > connections, what="connack")
        assert self.present[-1] == (connections > 0), self.present

    def go(self):
        self.client.disconnect()
        self.client.loop_stop()

    def vanish(self):
        """The connection breaks and nobody makes another one."""
        self.client.reconnect_delay_set(1, 1)
        self.client.socket().shutdown(socket.SHUT_RDWR)
        self.client.loop_stop()
        self.half_done.append(len(self.client._in_messages))
        self.client.reconnect_delay_set(0.02, 0.02)

    def break_connection(self):
        """As a network does; paho connects again by itself."""
        connections = len(self.present)
        self.half_done.append(len(self.client._in_messages))
        try:
            self.client.socket().shutdown(socket.SHUT_RDWR)
        except (OSError, AttributeError):
            pass  # it is just being made anew
        eventually(lambda: len(self.present) > connections, what="connection")

    def numbers(self, topic):
        return [n for t, n in self.received if t == topic]

    def end(self):
        self.go()
        if "properties" in self.connect:
            self.client.connect("127.0.0.1", MQTT, clean_start=True)
        else:
            self.client.reinitialise(self.client._client_id, clean_session=True)
            self.client.connect("127.0.0.1", MQTT)
        self.client.loop_start()
        eventually(self.client.is_connected, what="end of the session")
        self.go()


def publisher():
    device = Device()
    device.client.max_inflight_messages_set(50)
    device.client.max_queued_messages_set(0)
    return device


def publish(device, topic, numbers, qos):
    for n in numbers:
        last = device.client.publish(topic, b"%d" % n, qos=qos)
    eventually(lambda: last.mid in device.acks, what=f"acks on {topic}")


def an_absent_client_gets_what_matters_most_first_and_keeps_it_when_its_queue_is_full():
    for version in (mqtt.MQTTv311, mqtt.MQTTv5):
        for qos in (1, 2):
            session, device = Session("absent", version, qos), publisher()
            session.go()
            publish(device, "alarms/fire", range(50), qos)
            publish(device, "other/thing", range(200), qos)
            publish(device, "room/state", range(100), qos)
            publish(device, "room/light", range(100), qos)  # like other/thing: nobody said more
            publish(device, "alarms", range(50, 100), qos)
            session.come()
            eventually(lambda: len(session.received) >= 300, what=lambda: f"300 of {len(session.received)} messages")
            publish(device, "other/thing", [1000], qos)
            eventually(lambda: session.received[-1] == ("other/thing", 1000), what="what is published now")
            kept = [("alarms/fire", n) for n in range(50)] + [("alarms", n) for n in range(50, 100)]
            kept += [("room/state", n) for n in range(100)] + [("room/light", n) for n in range(100)]
            assert session.received[:-1] == kept, (len(session.received), session.received)
            session.end(), device.close()


def no_qos_2_message_comes_twice_however_often_the_connection_breaks():
    for version in (mqtt.MQTTv311, mqtt.MQTTv5):
        session, device = Session("broken", version, 2), publisher()
        last = -1
        while last < 99 or not any(session.half_done):  # breaks in the middle of messages are what it is about
            last += 1
            for topic in TOPICS:
                device.client.publish(topic, b"%d" % last, qos=2)
            if last % 5 == 0:
                session.break_connection()
        eventually(lambda: len(device.acks) == 3 * (last + 1), what="acks")
        while len(session.received) < 3 * (last + 1) - 30:
            seen = len(session.received)
            session.break_connection()
            eventually(lambda: len(session.received) > seen, what="more messages")
        eventually(lambda: all(session.numbers(t)[-1:] == [last] for t in TOPICS), what=lambda: str(session.received))
        time.sleep(0.2)
        for topic in TOPICS:
            assert session.numbers(topic) == list(range(last + 1)), (topic, session.numbers(topic))
        session.end(), device.close()


def what_was_under_way_is_finished_when_the_queue_overflowed_meanwhile():
    """QoS 2 messages whose client left in the middle of them: the least goes, nothing comes twice, the rest is all there."""
    for version in (mqtt.MQTTv311, mqtt.MQTTv5):
        session, device = Session("half", version, 2), publisher()
        states = 250
        rounds = 0
        while rounds < 5 or not any(session.half_done):  # that a message was under way is what it is about
            r = rounds
            rounds += 1
            began = len(session.received)
            for n in range(100):
                device.client.publish("other/thing", b"%d" % (100 * r + n), qos=2)
                if n % 10 == 0:
                    device.client.publish("alarms/fire", b"%d" % (10 * r + n / 10), qos=2)
            eventually(lambda: len(session.received) > began, what="the first ones")
            session.vanish()
            publish(device, "room/state", range(states * r, states * (r + 1)), 2)
            session.come()
            eventually(lambda: session.numbers("room/state")[-1:] == [states * (r + 1) - 1], what="the last state")
        publish(device, "other/thing", [1_000_000], 2)
        eventually(lambda: session.received[-1] == ("other/thing", 1_000_000), what="what is published now")
        assert session.numbers("alarms/fire") == list(range(10 * rounds)), session.numbers("alarms/fire")
        assert session.numbers("room/state") == list(range(states * rounds)), session.numbers("room/state")
        others = session.numbers("other/thing")
        assert others == sorted(set(others)) and len(others) < 100 * rounds + 1, others
        session.end(), device.close()
