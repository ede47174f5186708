"""$SYS as paho and pika see it; the node publishes it every second. Each function is one test."""
import json
import time

from bridge import Device
from serai_it import connect, eventually

SECONDS_TO_WAIT = 2.5  # more than two times the interval


def values(device):
    return {m.topic: m.payload.decode() for m in device.received}


def a_new_subscriber_gets_the_last_values_and_then_the_next_ones():
    device = Device("sys-new")
    device.subscribe("$SYS/#", qos=1)
    eventually(lambda: "$SYS/broker/version" in values(device), what="version")
    first = [m for m in device.received if m.topic == "$SYS/broker/version"]
    assert [m.retain for m in first] == [True] and first[0].payload.startswith(b"serai version ")
    eventually(lambda: [m for m in device.received if m.topic == "$SYS/broker/uptime" and not m.retain], what="next uptime")
    assert values(device)["$SYS/broker/uptime"].endswith(" seconds")
    device.close()


def figures_follow_what_happens():
    device, other = Device("sys-figures"), Device("sys-other")
    other.subscribe("sys-test/#", qos=1)
    device.subscribe("$SYS/broker/+/+", qos=0)
    device.subscribe("$SYS/broker/publish/messages/received", qos=0)
    eventually(lambda: values(device).get("$SYS/broker/clients/connected") == "2", what=lambda: f"clients {values(device)}")
    eventually(lambda: values(device).get("$SYS/broker/subscriptions/count") == "3", what=lambda: f"subscriptions {values(device)}")
    eventually(lambda: "$SYS/broker/publish/messages/received" in values(device), what="the count of messages")
    before = int(values(device)["$SYS/broker/publish/messages/received"])
    for n in range(50):
        other.client.publish(f"sys-test/{n}", b"x", qos=1, retain=True)
    eventually(lambda: int(values(device)["$SYS/broker/publish/messages/received"]) >= before + 50, what="messages received")
    eventually(lambda: int(values(device)["$SYS/broker/retained messages/count"]) >= 50, what="retained messages")
    assert int(values(device)["$SYS/broker/bytes/received"]) > 0
    for n in range(50):
        other.client.publish(f"sys-test/{n}", b"", qos=1, retain=True)
    eventually(lambda: len(other.acks) == 100, what="acks")
    device.close(), other.close()


def wildcards_hide_it():
    everything = Device("sys-hidden")
    everything.subscribe("#", qos=0)
    everything.subscribe("+/broker/#", qos=0)
    connection = connect()
    channel = connection.channel()
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(queue, "amq.topic", "#")
    time.sleep(SECONDS_TO_WAIT)
    assert not [m for m in everything.received if m.topic.startswith("$")]
    assert channel.basic_get(queue, auto_ack=True)[0] is None
    channel.queue_bind(queue, "amq.sys", "$SYS.broker.uptime")
    eventually(lambda: channel.basic_get(queue, auto_ack=True)[0], what="uptime over AMQP")
    connection.close()
    everything.close()


def clients_that_come_and_go_are_told_of():
    watching = Device("sys-watching")
    watching.subscribe("$SYS/brokers/+/clients/#", qos=1)
    other = Device("sys-guest")
    told = lambda what: [json.loads(m.payload) for m in watching.received if m.topic.endswith(f"/clients/sys-guest/{what}")]
    eventually(lambda: told("connected"), what="connected")
    came = told("connected")[0]
    assert came["username"] == "guest" and came["ipaddress"] == "127.0.0.1", came
    assert abs(came["connected_at"] / 1000 - time.time()) < 60, came
    assert not told("disconnected")
    other.close()
    eventually(lambda: told("disconnected"), what="disconnected")
    gone = told("disconnected")[0]
    assert gone["reason"] == "client_request" and gone["disconnected_at"] >= came["connected_at"], gone
    assert not [m for m in watching.received if m.retain]
    watching.close()


def only_who_may_read_the_exchange_gets_it():
    device = Device("sys-refused", username="plant", password="secret")
    assert device.subscribe("$SYS/#", qos=0) == [0x87], "0x87"
    assert device.subscribe("plant/#", qos=0) == [0], "granted"
    device.close()
