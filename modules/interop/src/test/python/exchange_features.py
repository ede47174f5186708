"""Exchange types beyond those of AMQP, as pika's users know them from RabbitMQ. Each function is one test."""
import base64
import json
import os
import pathlib
import re
import subprocess
import time
import urllib.parse
import urllib.request

import pika
import pika.exceptions as errors

from serai_it import connect, count, drain


def a_consistent_hash_exchange_keeps_equal_keys_together():
    c = connect()
    ch = c.channel()
    ch.confirm_delivery()
    ch.exchange_declare("qf.hash", "x-consistent-hash")
    # Names of their own: which keys go where depends on them.
    queues = [ch.queue_declare(f"qf.hash.{n}", exclusive=True).method.queue for n in range(3)]
    for queue in queues:
        ch.queue_bind(queue, "qf.hash", "10")
    for n in range(300):
        ch.basic_publish("qf.hash", f"key-{n % 100}", b"%d" % (n % 100))
    seen = {}
    for queue in queues:
        bodies = {body for _, _, body in drain(ch, queue, count(ch, queue))}
        assert len(bodies) > 10, bodies
        for body in bodies:
            assert seen.setdefault(body, queue) == queue
    assert len(seen) == 100
    try:
        ch.queue_bind(queues[0], "qf.hash", "heavy")
        raise AssertionError("a weight must be a number")
    except errors.ChannelClosedByBroker as e:
        assert e.reply_code == 406, e
    c.channel().exchange_delete("qf.hash")
    c.close()


def a_random_exchange_gives_each_message_to_one_queue():
    c = connect()
    ch = c.channel()
    ch.confirm_delivery()
    ch.exchange_declare("qf.random", "x-random")
    queues = [ch.queue_declare("", exclusive=True).method.queue for _ in range(2)]
    for queue in queues:
        ch.queue_bind(queue, "qf.random", "")
    for n in range(200):
        ch.basic_publish("qf.random", "any", b"%d" % n)
    counts = [count(ch, queue) for queue in queues]
    assert sum(counts) == 200 and min(counts) > 40, counts
    ch.exchange_delete("qf.random")
    c.close()


def a_jms_topic_exchange_routes_by_the_selectors_of_its_bindings():
    c = connect()
    ch = c.channel()
    ch.confirm_delivery()
    ch.exchange_declare("qf.jms", "x-jms-topic")
    sql, compiled, everything = [ch.queue_declare("", exclusive=True).method.queue for _ in range(3)]
    ch.queue_bind(sql, "qf.jms", "", {"rabbitmq_jms_selector": "colour = 'red' AND weight > 100"})
    ch.queue_bind(compiled, "qf.jms", "", {
        "rjms_version": "1.4.7", "rjms_erlang_selector": "{'=',{'ident',<<\"colour\">>},<<\"red\">>}."})
    ch.queue_bind(everything, "qf.jms", "")
    for colour, weight in (("red", 200), ("red", 10), ("blue", 200)):
        ch.basic_publish("qf.jms", "any", colour.encode(),
                         pika.BasicProperties(headers={"colour": colour, "weight": weight}), mandatory=True)
    assert [count(ch, queue) for queue in (sql, compiled, everything)] == [1, 2, 3]
    ch.queue_unbind(compiled, "qf.jms", "", {
        "rjms_version": "1.4.7", "rjms_erlang_selector": "{'=',{'ident',<<\"colour\">>},<<\"red\">>}."})
    ch.basic_publish("qf.jms", "any", b"red", pika.BasicProperties(headers={"colour": "red"}))
    assert [count(ch, queue) for queue in (sql, compiled, everything)] == [1, 2, 4]
    try:
        ch.queue_bind(sql, "qf.jms", "", {"rabbitmq_jms_selector": "colour ="})
        raise AssertionError("that is no selector")
    except errors.ChannelClosedByBroker as e:
        assert e.reply_code == 406, e
        assert e.reply_text.startswith("PRECONDITION_FAILED - cannot parse selector binding destination"), e
    c.channel().exchange_delete("qf.jms")
    c.close()


def a_recent_history_exchange_tells_newcomers_what_was_said():
    c = connect()
    ch = c.channel()
    ch.confirm_delivery()
    ch.exchange_declare("qf.room", "x-recent-history", arguments={"x-recent-history-length": 3})
    for n in range(5):
        ch.basic_publish("qf.room", "any", b"%d" % n)
    ch.basic_publish("qf.room", "any", b"off the record",
                     pika.BasicProperties(headers={"x-recent-history-no-store": True}))
    try:
        ch.basic_publish("qf.room", "any", b"5", mandatory=True)
        raise AssertionError("nobody is there to hear it")
    except errors.UnroutableError as e:
        assert e.messages[0].method.reply_code == 312
    queue = ch.queue_declare("", exclusive=True).method.queue
    ch.queue_bind(queue, "qf.room")
    assert count(ch, queue) == 3  # there when bind-ok is
    ch.basic_publish("qf.room", "any", b"6", mandatory=True)
    got = drain(ch, queue, 4)
    assert [body for _, _, body in got] == [b"3", b"4", b"5", b"6"], got
    assert {method.exchange for method, _, _ in got} == {"qf.room"}
    assert not any(method.redelivered for method, _, _ in got)
    ch.exchange_delete("qf.room")
    try:
        ch.exchange_declare("qf.room", "x-recent-history", arguments={"x-recent-history-length": 0})
        raise AssertionError("a history has at least one message")
    except errors.ChannelClosedByBroker as e:
        assert e.reply_code == 406 and "'x-recent-history-length' must be a positive integer" in e.reply_text, e
    c.close()


def a_delayed_exchange_remembers_what_has_waited():
    c = connect()
    ch = c.channel()
    ch.confirm_delivery()
    ch.exchange_declare("qf.later", "x-delayed-message", durable=True,
                        arguments={"x-delayed-type": "x-recent-history", "x-recent-history-length": 3})
    here = ch.queue_declare("", exclusive=True).method.queue
    ch.queue_bind(here, "qf.later")
    for n in range(5):
        ch.basic_publish("qf.later", "any", b"%d" % n, pika.BasicProperties(headers={"x-delay": 100 + 50 * n}))
    ch.basic_publish("qf.later", "any", b"not yet", pika.BasicProperties(headers={"x-delay": 3_600_000}))
    ch.basic_publish("qf.later", "any", b"at once")
    assert [body for _, _, body in drain(ch, here, 6)] == [b"at once", b"0", b"1", b"2", b"3", b"4"]
    newcomer = ch.queue_declare("", exclusive=True).method.queue
    ch.queue_bind(newcomer, "qf.later")
    assert count(ch, newcomer) == 3  # there when bind-ok is
    got = drain(ch, newcomer, 3)
    assert [body for _, _, body in got] == [b"2", b"3", b"4"], got
    ch.basic_publish("qf.later", "any", b"5", pika.BasicProperties(headers={"x-delay": 50}))
    for queue in here, newcomer:
        assert [body for _, _, body in drain(ch, queue, 1)] == [b"5"]
    ch.exchange_delete("qf.later")
    c.close()


def a_delayed_message_comes_when_it_is_time():
    c = connect()
    ch = c.channel()
    ch.confirm_delivery()
    ch.exchange_declare("qf.later", "x-delayed-message", arguments={"x-delayed-type": "topic"})
    queue = ch.queue_declare("", exclusive=True).method.queue
    ch.queue_bind(queue, "qf.later", "a.#")
    due = {}  # seconds between which each is due

    def publish(body, seconds, properties=None):
        before = time.monotonic()
        ch.basic_publish("qf.later", "a.b", body, properties, mandatory=True)
        due[body] = before + seconds, time.monotonic() + seconds

    for delay in (900, 300, 0):
        publish(b"%d" % delay, delay / 1000, pika.BasicProperties(headers={"x-delay": delay}))
    publish(b"none", 0)
    came = []
    while len(came) < 4:
        [(method, properties, body)] = drain(ch, queue, 1)
        came.append((body, time.monotonic()))
        assert method.exchange == "qf.later" and method.routing_key == "a.b"
        if body not in (b"none", b"0"):
            assert properties.headers["x-delay"] == -int(body), properties.headers
    assert sorted(body for body, _ in came) == [b"0", b"300", b"900", b"none"], came
    assert all(at >= due[body][0] - 0.005 for body, at in came), (came, due)
    for (first, _), (second, _) in zip(came, came[1:]):
        assert due[second][1] > due[first][0] - 0.1, (came, due)  # not the other way round
    ch.exchange_delete("qf.later")
    try:
        ch.exchange_declare("qf.later", "x-delayed-message")
        raise AssertionError("a delayed exchange needs a type")
    except errors.ChannelClosedByBroker as e:
        assert e.reply_code == 406 and "x-delayed-type" in e.reply_text, e
    c.close()


def delayed(method, exchange, **query):
    """The HTTP API's answer about messages that wait in an exchange."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{os.environ['HTTP']}/api/delayed-messages/%2F/{exchange}?{urllib.parse.urlencode(query)}",
        method=method, headers={"Authorization": "Basic " + base64.b64encode(b"guest:guest").decode()})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def serai(*arguments):
    """What a command of the launcher prints, asked of this node."""
    launcher = pathlib.Path(__file__).resolve().parents[5] / "serai"
    run = subprocess.run([launcher, *arguments, "--url", f"http://127.0.0.1:{os.environ['HTTP']}"],
                         capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run
    return run.stdout


def delayed_messages_are_listed_and_cancelled():
    c = connect()
    ch = c.channel()
    ch.confirm_delivery()
    ch.exchange_declare("qf.plan", "x-delayed-message", arguments={"x-delayed-type": "fanout"})
    queue = ch.queue_declare("", exclusive=True).method.queue
    ch.queue_bind(queue, "qf.plan")
    for soon in (6, 30):  # a machine that has not asked by then gets longer
        began = time.time()
        for n, seconds in ((1, 300), (2, soon), (3, 200), (4, soon)):
            ch.basic_publish("qf.plan", f"key.{n}", b"job", pika.BasicProperties(
                message_id=f"job-{n}", headers={"x-delay": seconds * 1000}))
        published = time.time()
        listed = delayed("GET", "qf.plan")
        first = delayed("GET", "qf.plan", limit=1)
        cancelled = [delayed("DELETE", "qf.plan", **{"message-id": f"job-{n}"}) for n in (2, 1, 1)]
        left = delayed("GET", "qf.plan")
        if time.time() < began + soon:
            break
        for m in left:
            delayed("DELETE", "qf.plan", **{"message-id": m["message_id"]})
        drain(ch, queue, count(ch, queue))

    def ids(messages):
        return [m["message_id"] for m in messages]

    assert ids(listed) == ["job-2", "job-4", "job-3", "job-1"], listed
    assert [m["routing_key"] for m in listed] == ["key.2", "key.4", "key.3", "key.1"], listed
    assert began + 199.9 < listed[2]["due_ms"] / 1000 < published + 200.1, (began, listed)
    assert ids(first) == ["job-2"], first
    assert [ids(some) for some in cancelled] == [["job-2"], ["job-1"], []], cancelled
    assert ids(left) == ["job-4", "job-3"], left
    [(_, properties, _)] = drain(ch, queue, 1)
    assert properties.message_id == "job-4", "job-2 was due before it"
    assert ch.basic_get(queue)[0] is None, "cancelled"
    assert re.match(r"\S+  job-3  key\.3  3 bytes$", serai("delayed", "list", "qf.plan"))
    assert "job-3" in serai("delayed", "cancel", "qf.plan", "job-3")
    assert delayed("GET", "qf.plan") == []
    ch.exchange_delete("qf.plan")
    c.close()


def local_random_and_modulus_hash_exchanges_choose_one_queue():
    c = connect()
    ch = c.channel()
    ch.confirm_delivery()
    for name, kind in (("qf.local", "x-local-random"), ("qf.modulus", "x-modulus-hash")):
        ch.exchange_declare(name, kind)
        queues = [ch.queue_declare("", exclusive=True).method.queue for _ in range(3)]
        for queue in queues:
            ch.queue_bind(queue, name, "")
        for n in range(300):
            ch.basic_publish(name, "key.%d" % n, b"x")
        counts = [count(ch, queue) for queue in queues]
        assert sum(counts) == 300 and min(counts) > 50, (name, counts)
        before = list(counts)
        for _ in range(30):
            ch.basic_publish(name, "same", b"x")
        grown = sum(count(ch, queue) > old for queue, old in zip(queues, before))
        assert grown == 1 if kind == "x-modulus-hash" else grown > 1, (name, grown)
    try:
        ch.queue_bind(queues[0], "qf.local", "a.key")
    except pika.exceptions.ChannelClosedByBroker as e:
        assert e.reply_code == 406 and "key not permitted" in e.reply_text, e
    else:
        raise AssertionError("a local random exchange has no binding keys")
    ch = c.channel()
    ch.exchange_delete("qf.local")
    ch.exchange_delete("qf.modulus")
    c.close()
