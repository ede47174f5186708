"""MQTT on one side, AMQP 0-9-1 on the other, through one node. Each function is one test."""
import subprocess
import threading
import time

import paho.mqtt.client as mqtt
import pika
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from serai_it import AMQP, MQTT, PATIENCE, connect, drain, eventually, pump


class Device:
    """A paho client with a record of what it received."""

    def __init__(self, client_id="", version=mqtt.MQTTv5, clean=True, username=None, password=None):
        options = {} if version == mqtt.MQTTv5 else {"clean_session": clean}
        self.client = mqtt.Client(client_id, protocol=version, **options)
        if username is not None:
            self.client.username_pw_set(username, password)
        self.received, self.acks, self.codes = [], [], []
        self.connected, self.granted = threading.Event(), threading.Event()
        self.client.on_connect = lambda *a: self.connected.set()
        self.client.on_message = lambda c, u, m: self.received.append(m)
        self.client.on_subscribe = self._subscribed
        self.client.on_publish = lambda c, u, mid: self.acks.append(mid)
        self.client.connect("127.0.0.1", MQTT)
        self.client.loop_start()
        assert self.connected.wait(PATIENCE)

    def _subscribed(self, client, userdata, mid, codes, *properties):
        self.codes = [getattr(code, "value", code) for code in codes]
        self.granted.set()

    def subscribe(self, *filters, qos=0):
        """Subscribes and answers the reason code of each filter."""
        self.granted.clear()
        self.client.subscribe([(f, mqtt.SubscribeOptions(qos=qos)) for f in filters]
                              if self.client._protocol == mqtt.MQTTv5 else [(f, qos) for f in filters])
        assert self.granted.wait(PATIENCE)
        return self.codes

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


def properties(**values):
    p = Properties(PacketTypes.PUBLISH)
    for name, value in values.items():
        setattr(p, name, value)
    return p


def mosquitto_pub_reaches_pika(queue):
    """The issue's main job: mosquitto_pub to a queue that a HOCON rule binds."""
    c = connect()
    ch = c.channel()
    subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(MQTT), "-t", "plant/1/temp", "-m", "21.5"], check=True, timeout=PATIENCE)
    [(method, _, body)] = drain(ch, queue, 1)
    assert body == b"21.5"
    print(method.exchange, method.routing_key)
    c.close()


def mqtt5_properties_arrive_in_amqp():
    c = connect()
    ch = c.channel()
    queue = ch.queue_declare("", exclusive=True).method.queue
    ch.queue_bind(queue, "amq.topic", "props.#")
    d = Device("props")
    d.client.publish("props/1", b"body", qos=1, properties=properties(
        ContentType="text/plain", ResponseTopic="answers/props", CorrelationData=b"corr-1", MessageExpiryInterval=6000,
        UserProperty=[("b", "2"), ("a", "1"), ("b", "3")]))
    [(method, got, body)] = drain(ch, queue, 1)
    assert body == b"body" and method.routing_key == "props.1" and method.exchange == "amq.topic"
    assert got.content_type == "text/plain" and got.correlation_id == "corr-1" and got.delivery_mode == 2
    assert got.reply_to == "/topic/answers.props", got.reply_to
    assert 5_900_000 < int(got.expiration) <= 6_000_000, got.expiration
    assert got.headers["a"] == "1" and got.headers["b"] == ["2", "3"], got.headers
    # A worker that answers to reply_to on the default exchange reaches the device.
    d.subscribe("answers/props", qos=1)
    ch.basic_publish("", got.reply_to, b"answer", pika.BasicProperties(correlation_id=got.correlation_id))
    eventually(lambda: d.received, what="answer")
    assert d.received[0].payload == b"answer" and d.received[0].properties.CorrelationData == b"corr-1"
    d.close()
    c.close()


def amqp_properties_arrive_in_mqtt5():
    c = connect()
    ch = c.channel()
    d = Device("props-back")
    d.subscribe("back/#", qos=1)
    ch.basic_publish("amq.topic", "back.1", b"body", pika.BasicProperties(
        content_type="text/plain", correlation_id="corr-2", reply_to="answers", expiration="3000000", delivery_mode=2,
        headers={"s": "text", "n": 5}, message_id="m-1"))
    eventually(lambda: d.received, what="message")
    m = d.received[0]
    assert m.topic == "back/1" and m.payload == b"body" and m.qos == 1
    p = m.properties
    assert p.ContentType == "text/plain" and p.CorrelationData == b"corr-2" and p.ResponseTopic == "$queue/answers"
    assert 2900 <= p.MessageExpiryInterval <= 3000, p.MessageExpiryInterval
    user = p.UserProperty
    assert ("s", "text") in user and ("n", "5") in user and ("serai-message-id", "m-1") in user, user
    d.close()
    c.close()


def retained_values_come_into_an_amqp_queue():
    """What devices retained before a consumer bound, then what they say from then on; nothing twice."""
    level = f"kept-{time.time_ns()}"
    d = Device("kept")
    for topic, body in (("1", b"old"), ("1", b"one"), ("2/x", b"two"), ("3", b"gone"), ("3", b""), ("4", b"other")):
        d.client.publish(f"{level}/{topic}", body, qos=1, retain=True)
    d.client.publish(f"{level}/5", b"not kept", qos=1)
    eventually(lambda: len(d.acks) == 7, what="acks")
    subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(MQTT), "-t", f"{level}/6", "-m", "six", "-q", "1", "-r"],
                   check=True, timeout=PATIENCE)
    c = connect()
    ch = c.channel()

    def consume(key, **declare):
        """A queue that asks for what is retained, and [(routing key, body)] of what comes into it."""
        got = []
        queue = ch.queue_declare(**declare).method.queue
        ch.basic_consume(queue, lambda _, method, __, body: got.append((method, body)), auto_ack=True)
        ch.queue_bind(queue, "amq.topic", key, arguments={"x-retained": True})
        return got

    every = consume(level + ".#", queue="", exclusive=True)
    lasting = consume(level + ".*", queue=level, durable=True)
    plain = []
    queue = ch.queue_declare("", exclusive=True).method.queue
    ch.basic_consume(queue, lambda _, method, __, body: plain.append((method, body)), auto_ack=True)
    ch.queue_bind(queue, "amq.topic", level + ".#")

    def seen(got):
        return [(method.routing_key.removeprefix(level + "."), body) for method, body in got]

    kept = [("1", b"one"), ("4", b"other"), ("6", b"six")]
    pump(c, lambda: len(every) >= 4 and len(lasting) >= 3, what="retained values")
    live = [("1", b"newer"), ("2", b"live"), ("4", b""), ("3", b"again")]
    for topic, body in live:
        d.client.publish(f"{level}/{topic}", body, qos=1, retain=topic != "2")
    d.client.publish(f"{level}/end", b"end", qos=1)
    pump(c, lambda: all(seen(got)[-1:] == [("end", b"end")] for got in (every, lasting, plain)), what="live values")
    assert sorted(seen(every)[:4]) == sorted([*kept, ("2.x", b"two")]), seen(every)
    assert sorted(seen(lasting)[:3]) == kept, seen(lasting)
    for got in (seen(every)[4:-1], seen(lasting)[3:-1], seen(plain)[:-1]):
        assert got == live, got
    for method, _ in every + lasting:
        assert method.exchange == "amq.topic" and not method.redelivered, method
    ch.queue_delete(level)
    for topic in ("1", "2/x", "3", "6"):
        d.client.publish(f"{level}/{topic}", b"", qos=1, retain=True)
    eventually(lambda: len(d.acks) == 16, what="acks")
    d.close()
    c.close()


def queues_that_are_bound_meanwhile_miss_and_repeat_nothing():
    """A device counts up on retained topics while queues are bound: from its first value on each gets every one."""
    level, topics, least = f"counts-{time.time_ns()}", 5, 400
    d = Device("counts")
    d.client.max_inflight_messages_set(20)
    d.client.max_queued_messages_set(0)
    stop, are_bound = threading.Event(), threading.Event()
    values_sent = []

    def count_up():
        while not stop.is_set() and (len(values_sent) <= least or not are_bound.is_set()):
            n = len(values_sent)
            for t in range(topics):
                d.client.publish(f"{level}/{t}", b"%d" % n, qos=1, retain=True)
            values_sent.append(n)
            eventually(lambda: stop.is_set() or len(d.acks) > n * topics - 20, what="acks")

    counting = threading.Thread(target=count_up)
    counting.start()
    try:
        c = connect()
        ch = c.channel()
        queues = {}
        for n in range(20):
            queue = ch.queue_declare("" if n % 2 else f"{level}.{n}", exclusive=n % 2 == 1).method.queue
            got = queues[queue] = [[] for _ in range(topics)]
            ch.queue_bind(queue, "amq.topic", level + ".*", arguments={"x-retained": True})
            ch.basic_consume(queue, lambda _, method, __, body, got=got:
                             got[int(method.routing_key[-1])].append(int(body)), auto_ack=True)
            c.process_data_events(0.01)
            if n == 0:
                far = len(values_sent) + 20
                pump(c, lambda: len(values_sent) > far, what="more values before the next queues are bound")
        are_bound.set()
        counting.join()
        last = values_sent[-1]
        pump(c, lambda: all(t[-1:] == [last] for got in queues.values() for t in got), seconds=60, what="the last values")
        c.process_data_events(0.2)
    finally:
        stop.set()
        counting.join(60)
    firsts = [values[0] for got in queues.values() for values in got]
    assert max(firsts) > min(firsts), "some queues were bound later than others"
    for queue, got in queues.items():
        for values in got:
            assert values == list(range(values[0], last + 1)), (queue, values)
        if "." in queue and queue.startswith(level):
            ch.queue_delete(queue)
    for t in range(topics):
        d.client.publish(f"{level}/{t}", b"", qos=1, retain=True)
    eventually(lambda: len(d.acks) == (last + 2) * topics, what="acks")
    d.close()
    c.close()


def odd_topics_return_byte_for_byte():
    """MQTT -> AMQP -> MQTT over names that hold the other protocol's characters."""
    topics = ["a.b/c", "a//b", "*/x", "100%2F/x", "käse/1", "50%", "50%25/y", "/lead", "trail/", "owntracks/joe@example.com/phone"]
    c = connect()
    ch = c.channel()
    queue = ch.queue_declare("", exclusive=True).method.queue
    ch.queue_bind(queue, "amq.topic", "#")
    out = Device("odd-out")
    for t in topics:
        out.client.publish(t, t.encode(), qos=1)
    got = drain(ch, queue, len(topics))
    keys = {b.decode(): m.routing_key for m, _, b in got}
    assert set(keys) == set(topics), keys
    assert keys["a.b/c"] == "a%2Eb.c" and keys["a//b"] == "a..b" and keys["*/x"] == "%2A.x", keys
    ch.queue_unbind(queue, "amq.topic", "#")
    back, dots = Device("odd-back"), Device("odd-dots")
    back.subscribe("#", qos=1)
    dots.subscribe("+/c", qos=1)
    for t in topics:
        ch.basic_publish("amq.topic", keys[t], t.encode())
    live = lambda: [m for m in back.received if not m.retain]  # other tests may have left retained values
    eventually(lambda: len(live()) == len(topics), what="all topics back")
    for m in live():
        assert m.topic == m.payload.decode(), (m.topic, m.payload)
    eventually(lambda: dots.received, what="+/c matches a.b/c")
    assert [m.topic for m in dots.received] == ["a.b/c"]
    for d in (out, back, dots):
        d.close()
    c.close()


def hundred_thousand_exactly_in_order():
    """100,000 messages of 20 QoS 1 publishers to 3 consumers with manual ack."""
    publishers, each = 20, 5_000
    c = connect()
    ch = c.channel()
    ch.queue_declare("it.bulk", durable=True)
    ch.queue_purge("it.bulk")
    ch.queue_bind("it.bulk", "amq.topic", "bulk.*")
    seen = [[] for _ in range(3)]
    stop = threading.Event()
    failures = []

    def consume(mine):
        try:
            own = connect()
            channel = own.channel()
            channel.basic_qos(prefetch_count=100)
            for method, _, body in channel.consume("it.bulk", inactivity_timeout=0.1):
                if method is None:
                    if stop.is_set():
                        break
                    continue
                mine.append((body, method.redelivered))
                if method.delivery_tag % 50 == 0 or stop.is_set():
                    channel.basic_ack(method.delivery_tag, multiple=True)
                elif len(mine) % 50 == 49:
                    channel.basic_ack(method.delivery_tag)
            channel.basic_ack(0, multiple=True)
            own.close()
        except Exception as e:  # shown by the main thread
            failures.append(e)

    def publish(p):
        try:
            d = Device(f"bulk-{p}", version=mqtt.MQTTv311)
            d.client.max_inflight_messages_set(100)
            d.client.max_queued_messages_set(0)
            for n in range(each):
                d.client.publish(f"bulk/{p}", b"%d:%d" % (p, n), qos=1)
            eventually(lambda: len(d.acks) == each, seconds=280, what=f"acks of publisher {p}")
            d.close()
        except Exception as e:
            failures.append(e)

    threads = [threading.Thread(target=consume, args=(s,)) for s in seen]
    threads += [threading.Thread(target=publish, args=(p,)) for p in range(publishers)]
    for t in threads:
        t.start()
    eventually(lambda: failures or sum(map(len, seen)) >= publishers * each, seconds=280, what="100,000 deliveries")
    stop.set()
    for t in threads:
        t.join(PATIENCE)
    assert not failures, failures
    bodies = [b for s in seen for b, _ in s]
    assert len(bodies) == publishers * each == len(set(bodies)), (len(bodies), len(set(bodies)))
    for s in seen:
        last = [-1] * publishers
        for body, redelivered in s:
            assert not redelivered
            p, n = map(int, body.split(b":"))
            assert n > last[p], f"publisher {p}: {n} after {last[p]}"
            last[p] = n
    assert ch.queue_declare("it.bulk", passive=True).method.message_count == 0
    ch.queue_delete("it.bulk")
    c.close()
