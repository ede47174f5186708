"""Clients of paho under a listener's total rate. Each function is one test."""
import os
import time
import urllib.request

import paho.mqtt.client as mqtt

from serai_it import MQTT, eventually

HTTP = os.environ["HTTP"]
PER_SECOND = 200
SECONDS = 4


class Publisher:
    """Has 20 messages under way for as long as it may go on."""

    def __init__(self, name):
        self.sent = self.acknowledged = 0
        self.goes_on = True
        self.client = mqtt.Client(name, protocol=mqtt.MQTTv5)
        self.client.on_publish = self.on_publish
        self.client.connect("127.0.0.1", MQTT)
        self.client.loop_start()
        eventually(self.client.is_connected, what="connect")

    def begin(self):
        for _ in range(20):
            self.publish()

    def publish(self):
        self.sent += 1
        self.client.publish("rate/of/many", b"x", qos=1)  # 20 bytes

    def on_publish(self, *_):
        self.acknowledged += 1
        if self.goes_on:
            self.publish()

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


def metric(name):
    page = urllib.request.urlopen(f"http://127.0.0.1:{HTTP}/metrics").read().decode()
    return float(next(line for line in page.splitlines() if line.startswith(name + " ")).split()[1])


def is_fair(each, seconds):
    """Whether publishers got nearly all that they may have together, and each its part."""
    return sum(each) > 0.8 * PER_SECOND * seconds and min(each) > 0.6 * sum(each) / len(each)


def clients_share_the_rate_and_lose_nothing():
    publishers = [Publisher(f"rate-{n}") for n in range(5)]
    began = time.monotonic()
    for p in publishers:
        p.begin()
    seen = []
    while not seen or not is_fair(*seen[-1]):
        assert len(seen) < 10, seen  # a busy machine may hold them up, not every time
        before, since = [p.acknowledged for p in publishers], time.monotonic()
        time.sleep(SECONDS)
        now = [p.acknowledged for p in publishers]
        took = time.monotonic() - began
        most = PER_SECOND * (took + 1) + 20  # a second's worth may come at once
        assert sum(now) <= most, (now, took)
        seen.append(([a - b for a, b in zip(now, before)], time.monotonic() - since))
    for p in publishers:
        p.goes_on = False
    eventually(lambda: all(p.acknowledged == p.sent for p in publishers), what="everything acknowledged")
    assert metric("serai_publishers_slowed_together_total") > 0
    for p in publishers:
        p.close()


def a_client_that_sends_little_is_not_held_up():
    publishers = [Publisher(f"busy-{n}") for n in range(4)]
    delays = []
    reader = mqtt.Client("reader", protocol=mqtt.MQTTv5)
    reader.on_message = lambda c, u, m: delays.append(time.time() - float(m.payload))
    reader.connect("127.0.0.1", MQTT)
    reader.subscribe("clock", qos=1)
    reader.loop_start()
    for p in publishers:
        p.begin()
    time.sleep(2)
    clock = mqtt.Client("clock", protocol=mqtt.MQTTv5)
    clock.connect("127.0.0.1", MQTT)
    clock.loop_start()
    batches = 0
    while batches == 0 or sorted(delays)[5] >= 0.5:
        assert batches < 10, delays  # a busy machine may hold it up, not every time
        batches += 1
        delays.clear()
        for _ in range(10):
            clock.publish("clock", str(time.time()), qos=1)
            time.sleep(0.1)
        eventually(lambda: len(delays) == 10, what="ten messages")
    for p in publishers:
        p.goes_on = False
        p.close()
    for c in (reader, clock):
        c.disconnect()
        c.loop_stop()
