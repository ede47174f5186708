"""Streams as pika reads and writes them. Each function is one test."""
import base64
import datetime
import json
import os
import time
import urllib.error
import urllib.request
import uuid

import pika
import pika.exceptions as errors

from serai_it import PATIENCE, connect, pump

STREAM = {"x-queue-type": "stream"}


def declared(channel, **arguments):
    """A stream of its own for this test."""
    name = "it.stream." + uuid.uuid4().hex
    channel.queue_declare(name, durable=True, arguments={**STREAM, **arguments})
    return name


def publish(channel, stream, *bodies, **headers):
    channel.confirm_delivery()
    for body in bodies:
        channel.basic_publish("", stream, body.encode(), pika.BasicProperties(delivery_mode=2, headers=headers or None))


def http(method, path):
    """The HTTP API's status and answer about a stream in vhost /."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{os.environ['HTTP']}/api/streams/%2F/{path}", method=method,
        headers={"Authorization": "Basic " + base64.b64encode(b"guest:guest").decode()})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as e:
        return e.code, json.load(e)


class Reader:
    """Collects (offset, body) and acknowledges, on a channel of its own."""

    def __init__(self, connection, stream, prefetch=10, acks=True, **arguments):
        self.connection = connection
        self.channel = connection.channel()
        self.channel.basic_qos(prefetch_count=prefetch)
        self.acks = acks
        self.got = []
        self.tags = []
        self.channel.basic_consume(stream, self.on_message, arguments={k.replace("_", "-"): v for k, v in arguments.items()})

    def on_message(self, channel, method, properties, body):
        assert not method.redelivered
        self.got.append((properties.headers["x-stream-offset"], body.decode()))
        self.tags.append(method.delivery_tag)
        if self.acks:
            channel.basic_ack(method.delivery_tag)

    def bodies(self):
        return [body for _, body in self.got]

    def expect(self, *bodies):
        pump(self.connection, lambda: len(self.got) >= len(bodies), what=f"{len(bodies)} messages")
        self.connection.process_data_events(time_limit=0.1)
        assert self.bodies() == list(bodies), self.got


def refused(code, text, step):
    c = connect()
    try:
        step(c.channel())
        raise AssertionError("taken")
    except (errors.ChannelClosedByBroker, errors.ConnectionClosedByBroker) as e:  # 540 ends the connection
        assert (e.reply_code, e.reply_text) == (code, text), e
    finally:
        if c.is_open:
            c.close()


def many_readers_each_at_its_own_place():
    c = connect()
    ch = c.channel()
    stream = declared(ch)
    publish(ch, stream, *[f"m{n}" for n in range(5)])
    first = Reader(c, stream, x_stream_offset="first")
    third = Reader(c, stream, x_stream_offset=3)
    later = Reader(c, stream, x_stream_offset="next")
    default = Reader(c, stream)
    last = Reader(c, stream, x_stream_offset="last")
    first.expect(*[f"m{n}" for n in range(5)])
    third.expect("m3", "m4")
    last.expect("m4")  # pika waits for each confirm, so each message is a chunk
    publish(ch, stream, "new")
    first.expect(*[f"m{n}" for n in range(5)], "new")
    later.expect("new")
    default.expect("new")
    assert first.got == [(n, body) for n, body in enumerate(first.bodies())], first.got
    assert ch.queue_declare(stream, passive=True).method.message_count == 6
    ch.queue_delete(stream)
    c.close()


def readers_begin_at_a_time():
    c = connect()
    ch = c.channel()
    stream = declared(ch)
    publish(ch, stream, "old")
    bodies = ["old"]
    is_in_time = False
    while not is_in_time:  # a second has not passed since the young one when the reader asks
        time.sleep(2.1)
        bodies.append(f"young{len(bodies)}")
        began = time.monotonic()
        publish(ch, stream, bodies[-1])
        reader = Reader(c, stream, x_stream_offset="1s")
        is_in_time = time.monotonic() - began < 0.9
    reader.expect(bodies[-1])
    Reader(c, stream, x_stream_offset="1h").expect(*bodies)
    Reader(c, stream, x_stream_offset=datetime.datetime.fromtimestamp(time.time() - 3600, datetime.timezone.utc)
           .replace(tzinfo=None)).expect(*bodies)
    ahead = Reader(c, stream, x_stream_offset=datetime.datetime.fromtimestamp(time.time() + 3600, datetime.timezone.utc)
                   .replace(tzinfo=None))
    ahead.expect()
    ch.queue_delete(stream)
    c.close()


def acknowledgements_give_credit_and_remove_nothing():
    c = connect()
    ch = c.channel()
    stream = declared(ch)
    publish(ch, stream, *[f"m{n}" for n in range(6)])
    slow = Reader(c, stream, prefetch=2, acks=False, x_stream_offset="first")
    slow.expect("m0", "m1")
    slow.channel.basic_ack(slow.tags[0])
    slow.expect("m0", "m1", "m2")
    slow.channel.basic_nack(slow.tags[1], requeue=True)
    slow.channel.basic_reject(slow.tags[2], requeue=False)
    slow.expect("m0", "m1", "m2", "m3", "m4")
    slow.channel.close()
    Reader(c, stream, x_stream_offset="first").expect(*[f"m{n}" for n in range(6)])
    ch.queue_delete(stream)
    c.close()


def filters_choose_by_value():
    c = connect()
    ch = c.channel()
    stream = declared(ch, **{"x-stream-filter-size-bytes": 32})
    for n in range(4):
        publish(ch, stream, f"red{n}", **{"x-stream-filter-value": "red"})
        publish(ch, stream, f"blue{n}", **{"x-stream-filter-value": "blue"})
        publish(ch, stream, f"none{n}")
    Reader(c, stream, x_stream_offset="first", x_stream_filter="red").expect("red0", "red1", "red2", "red3")
    Reader(c, stream, x_stream_offset="first", x_stream_filter=["red", "blue"]).expect(
        *[f"{color}{n}" for n in range(4) for color in ("red", "blue")])
    Reader(c, stream, x_stream_offset="first", x_stream_filter=["blue"], x_stream_match_unfiltered=True).expect(
        *[f"{color}{n}" for n in range(4) for color in ("blue", "none")])
    ch.queue_delete(stream)
    c.close()


def a_selector_chooses_by_condition():
    c = connect()
    ch = c.channel()
    stream = declared(ch)
    for n in range(6):
        publish(ch, stream, f"m{n}", size=n)
    Reader(c, stream, x_stream_offset="first", x_selector="size BETWEEN 2 AND 4").expect("m2", "m3", "m4")
    ch.queue_delete(stream)
    c.close()


def what_streams_refuse_is_said_in_rabbitmqs_words():
    c = connect()
    stream = declared(c.channel())
    where = f"queue '{stream}' in vhost '/'"

    def consume(channel, prefetch, auto_ack=False, global_qos=False, **arguments):
        channel.basic_qos(prefetch_count=prefetch, global_qos=global_qos)
        channel.basic_consume(stream, lambda *_: None, auto_ack=auto_ack, arguments=arguments)

    refused(406, f"PRECONDITION_FAILED - consumer prefetch count is not set for stream {where}",
            lambda ch: ch.basic_consume(stream, lambda *_: None))
    refused(540, f"NOT_IMPLEMENTED - automatic acknowledgement not supported by stream {where}",
            lambda ch: consume(ch, 10, auto_ack=True))
    refused(540, f"NOT_IMPLEMENTED - {where} does not support global qos",
            lambda ch: consume(ch, 10, global_qos=True))
    refused(406, f"PRECONDITION_FAILED - failed consuming from stream {where}: invalid_max_age",
            lambda ch: consume(ch, 10, **{"x-stream-offset": "soon"}))
    refused(540, f"NOT_IMPLEMENTED - basic.get not supported by stream queues {where}",
            lambda ch: ch.basic_get(stream))
    refused(540, f"NOT_IMPLEMENTED - queue.purge not supported by stream queues {where}",
            lambda ch: ch.queue_purge(stream))
    refused(406, "PRECONDITION_FAILED - invalid property 'non-durable' for queue 'it.bad' in vhost '/'",
            lambda ch: ch.queue_declare("it.bad", arguments=STREAM))
    refused(406, "PRECONDITION_FAILED - Cannot declare a server-named queue for type rabbit_stream_queue",
            lambda ch: ch.queue_declare("", durable=True, arguments=STREAM))
    refused(406, "PRECONDITION_FAILED - invalid arg 'x-message-ttl' for queue 'it.bad' in vhost '/' of queue type"
                 " rabbit_stream_queue",
            lambda ch: ch.queue_declare("it.bad", durable=True, arguments={**STREAM, "x-message-ttl": 1}))
    refused(406, "PRECONDITION_FAILED - invalid arg 'x-max-age' for queue 'it.bad' in vhost '/': invalid_max_age",
            lambda ch: ch.queue_declare("it.bad", durable=True, arguments={**STREAM, "x-max-age": "7 days"}))
    c.channel().queue_delete(stream)
    c.close()


def a_deleted_stream_cancels_its_readers():
    c = connect()
    stream = declared(c.channel())
    reader = Reader(c, stream)
    cancelled = []
    reader.channel.add_on_cancel_callback(lambda frame: cancelled.append(frame))
    c.channel().queue_delete(stream)
    pump(c, lambda: cancelled, what="cancel")
    c.close()


def before_a_crash(stream):
    """A hundred messages, every other one transient; a reader with a name takes forty."""
    c = connect()
    ch = c.channel()
    ch.queue_declare(stream, durable=True, arguments={**STREAM, "x-max-length-bytes": 1_000_000_000})
    ch.confirm_delivery()
    for n in range(100):
        ch.basic_publish("", stream, f"m{n}".encode(), pika.BasicProperties(delivery_mode=1 + n % 2))
    reader = Reader(c, stream, prefetch=40, acks=False, x_stream_offset="first", x_stream_consumer_name="billing")
    reader.expect(*[f"m{n}" for n in range(40)])
    reader.channel.basic_ack(reader.tags[-1], multiple=True)
    pump(c, lambda: [r["next_offset"] for r in http("GET", stream)[1]["readers"]] == [40], what="its place")
    ch.queue_declare("it.stream.marker", durable=True)
    ch.basic_publish("", "it.stream.marker", b"", pika.BasicProperties(delivery_mode=2))  # its confirm is behind the place
    # not closed: the node is killed under it, after the place was stored


def after_the_crash(stream):
    c = connect()
    ch = c.channel()
    ch.queue_declare(stream, durable=True, arguments={**STREAM, "x-max-length-bytes": 1_000_000_000})
    everything = Reader(c, stream, prefetch=1000, x_stream_offset="first")
    everything.expect(*[f"m{n}" for n in range(100)])
    named = Reader(c, stream, prefetch=1000, x_stream_offset="first", x_stream_consumer_name="billing")
    named.expect(*[f"m{n}" for n in range(40, 100)])
    publish(ch, stream, "after")
    everything.expect(*[f"m{n}" for n in range(100)], "after")
    assert everything.got == [(n, f"m{n}") for n in range(100)] + [(100, "after")], everything.got
    c.close()


def members_of_a_group_share_a_super_stream():
    """Three partitions, two members that come one after the other; the first leaves before the end."""
    c = connect()
    ch = c.channel()
    name = "it.super." + uuid.uuid4().hex
    ch.exchange_declare(name, "x-super-stream", durable=True, arguments={"x-partitions": 3, "x-max-age": "1h"})
    ch.confirm_delivery()
    partitions = [f"{name}-{n}" for n in range(3)]

    def publish_some(first, last):
        for n in range(first, last):
            ch.basic_publish(name, f"customer-{n % 10}", f"{n}".encode(), mandatory=True)

    class Member:
        def __init__(self):
            self.connection = connect()
            self.readers = [Reader(self.connection, p, prefetch=5, x_stream_offset="first",
                                   x_stream_consumer_name="billing", x_single_active_consumer=True) for p in partitions]

        def got(self):
            return [[int(body) for body in reader.bodies()] for reader in self.readers]

        def count(self):
            return sum(map(len, self.got()))

    publish_some(0, 150)
    one = Member()
    pump(one.connection, lambda: one.count() == 150, what="everything, alone")
    assert all(one.got()), "every partition has some"
    other = Member()
    one.connection.process_data_events(time_limit=0)
    publish_some(150, 300)
    deadline = time.monotonic() + PATIENCE
    while one.count() + other.count() < 300:
        assert time.monotonic() < deadline, (one.count(), other.count())
        one.connection.process_data_events(time_limit=0.02)
        other.connection.process_data_events(time_limit=0.02)
    assert [bool(got) for got in other.got()] == [False, True, False], "the second member has the partition in the middle"
    one.connection.close()
    publish_some(300, 450)
    pump(other.connection, lambda: one.count() + other.count() >= 450, what="the rest")
    assert all(other.got()), "it has all partitions now"
    other.connection.process_data_events(time_limit=0.3)
    for n in range(3):
        both = one.got()[n] + other.got()[n]
        assert both == sorted(set(both)), (n, both)  # in order, nothing twice
    assert sorted(sum(one.got() + other.got(), [])) == list(range(450))
    other.connection.close()
    ch.exchange_delete(name)
    for partition in partitions:
        ch.queue_delete(partition)
    c.close()


def the_readers_of_a_stream_are_shown_and_forgotten_over_http():
    c = connect()
    stream = declared(c.channel())
    publish(c.channel(), stream, *[f"m{n}" for n in range(10)])
    reader = Reader(c, stream, prefetch=4, acks=False, x_stream_offset="first", x_stream_consumer_name="billing")
    reader.expect("m0", "m1", "m2", "m3")
    reader.channel.basic_ack(reader.tags[2], multiple=True)

    pump(c, lambda: http("GET", stream)[1]["readers"] == [{"name": "billing", "next_offset": 3, "behind": 7, "attached": 1}],
         what="a place behind what was acknowledged")
    shown = http("GET", stream)[1]
    assert (shown["first_offset"], shown["next_offset"]) == (0, 10) and shown["size_bytes"] > 0, shown
    assert http("DELETE", stream + "/readers/billing")[0] == 409
    reader.channel.close()
    assert http("DELETE", stream + "/readers/billing") == (200, {"forgotten": "billing"})
    assert http("GET", stream)[1]["readers"] == []
    Reader(c, stream, x_stream_offset="first", x_stream_consumer_name="billing").expect(*[f"m{n}" for n in range(10)])
    c.channel().queue_delete(stream)
    c.close()
