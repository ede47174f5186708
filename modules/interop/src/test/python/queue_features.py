"""Queue features as pika's users know them from RabbitMQ. Each function is one test."""
import threading
import time

import pika
import pika.exceptions as errors

from serai_it import PATIENCE, connect, count, drain, eventually, pump


def get(channel, queue, seconds=PATIENCE):
    """basic_get that waits for a message."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        method, properties, body = channel.basic_get(queue)
        if method is not None:
            return method, properties, body
        time.sleep(0.02)
    raise AssertionError(f"nothing came to {queue}")


def expect_refused(code, text, **declare):
    c = connect()
    try:
        c.channel().queue_declare(**declare)
    except errors.ChannelClosedByBroker as e:
        assert e.reply_code == code, e
        assert e.reply_text == text, e
        c.close()
        return
    raise AssertionError(f"expected {code} {text}")


def the_fourth_delivery_goes_to_the_dead_letter_exchange():
    """The retry program of many a tutorial: no queue type, a delivery limit, a dead letter exchange."""
    connection = connect()
    channel = connection.channel()
    channel.exchange_declare("nnn", "direct", durable=True)
    channel.queue_declare("nnn.dead", durable=True)
    channel.queue_bind("nnn.dead", "nnn", routing_key="xxx")
    channel.queue_declare("xxx", durable=True, arguments={
        "x-delivery-limit": 3, "x-dead-letter-exchange": "nnn", "x-dead-letter-routing-key": "xxx"})
    channel.confirm_delivery()
    channel.basic_publish("", "xxx", b"job", pika.BasicProperties(delivery_mode=2), mandatory=True)

    deliveries = []

    def work(method, properties):  # on another thread, as a worker does
        deliveries.append((properties.headers or {}).get("x-delivery-count"))
        connection.add_callback_threadsafe(
            lambda: channel.basic_nack(method.delivery_tag, requeue=True))

    def on_message(ch, method, properties, body):
        assert body == b"job" and method.redelivered == bool(deliveries)
        threading.Thread(target=work, args=(method, properties)).start()

    channel.basic_qos(prefetch_count=1)
    tag = channel.basic_consume("xxx", on_message, auto_ack=False)
    pump(connection, lambda: count(channel, "nnn.dead") == 1)
    assert deliveries == [None, 1, 2, 3], deliveries
    channel.basic_cancel(tag)

    method, properties, body = channel.basic_get("nnn.dead")
    assert body == b"job" and method.exchange == "nnn" and method.routing_key == "xxx"
    assert properties.delivery_mode == 2
    [death] = properties.headers["x-death"]
    assert death["reason"] == "delivery_limit" and death["queue"] == "xxx" and death["count"] == 1, death
    assert death["exchange"] == "" and death["routing-keys"] == ["xxx"], death
    assert properties.headers["x-first-death-reason"] == "delivery_limit"
    assert "x-delivery-count" not in properties.headers
    channel.basic_ack(method.delivery_tag)
    assert channel.basic_get("xxx") == (None, None, None)

    # Acknowledged from the other thread it is simply done.
    channel.basic_publish("", "xxx", b"good", mandatory=True)
    done = []

    def ack(ch, method, properties, body):
        threading.Thread(target=lambda: connection.add_callback_threadsafe(
            lambda: (channel.basic_ack(method.delivery_tag), done.append(body)))).start()

    tag = channel.basic_consume("xxx", ack, auto_ack=False)
    pump(connection, lambda: done == [b"good"])
    channel.basic_cancel(tag)
    channel.queue_unbind("nnn.dead", "nnn", routing_key="xxx")
    for queue in ("xxx", "nnn.dead"):
        channel.queue_delete(queue)
    channel.exchange_delete("nnn")
    connection.close()


def rejected_expired_and_overflowing_messages_are_dead_letters():
    c = connect()
    ch = c.channel()
    ch.exchange_declare("qf.dlx", "topic")
    dead = ch.queue_declare("", exclusive=True).method.queue
    ch.queue_bind(dead, "qf.dlx", "#")
    ch.exchange_declare("qf.in", "direct")
    sent = pika.BasicProperties(headers={"mine": 1}, message_id="m", expiration="60000", delivery_mode=2)

    ch.queue_declare("qf.reject", arguments={"x-dead-letter-exchange": "qf.dlx"})
    ch.queue_bind("qf.reject", "qf.in", "k")
    before = int(time.time())
    ch.basic_publish("qf.in", "k", b"rejected", sent)
    method, _, _ = get(ch, "qf.reject")
    ch.basic_reject(method.delivery_tag, requeue=False)
    method, properties, body = get(ch, dead)
    assert body == b"rejected" and method.exchange == "qf.dlx" and method.routing_key == "k"
    [death] = properties.headers["x-death"]
    assert abs(death.pop("time").timestamp() - before) < 24 * 3600  # pika reads it as local time
    assert death == {"count": 1, "reason": "rejected", "queue": "qf.reject", "exchange": "qf.in",
                     "routing-keys": ["k"], "original-expiration": "60000"}, death
    assert properties.headers["mine"] == 1 and properties.message_id == "m"
    assert properties.expiration is None and properties.delivery_mode == 2
    for end in ("first", "last"):
        assert properties.headers[f"x-{end}-death-queue"] == "qf.reject"
        assert properties.headers[f"x-{end}-death-reason"] == "rejected"
        assert properties.headers[f"x-{end}-death-exchange"] == "qf.in"

    ch.queue_declare("qf.ttl", arguments={
        "x-message-ttl": 50, "x-dead-letter-exchange": "qf.dlx", "x-dead-letter-routing-key": "late"})
    ch.basic_publish("", "qf.ttl", b"expired", pika.BasicProperties(headers={"CC": ["qf.none"]}))
    method, properties, body = get(ch, dead)
    assert body == b"expired" and method.routing_key == "late" and "CC" not in properties.headers
    [death] = properties.headers["x-death"]
    assert death["reason"] == "expired" and death["routing-keys"] == ["qf.ttl", "qf.none"], death

    ch.queue_declare("qf.full", arguments={"x-max-length": 1, "x-dead-letter-exchange": "qf.dlx"})
    ch.basic_publish("", "qf.full", b"old")
    ch.basic_publish("", "qf.full", b"new")
    _, properties, body = get(ch, dead)
    assert body == b"old" and properties.headers["x-death"][0]["reason"] == "maxlen"
    assert get(ch, "qf.full")[2] == b"new"

    confirmed = c.channel()
    confirmed.confirm_delivery()
    ch.queue_declare("qf.refuse", arguments={
        "x-max-length": 1, "x-overflow": "reject-publish-dlx", "x-dead-letter-exchange": "qf.dlx"})
    confirmed.basic_publish("", "qf.refuse", b"fits")
    try:
        confirmed.basic_publish("", "qf.refuse", b"refused")
        raise AssertionError("a refused message must be nacked")
    except errors.NackError:
        pass
    _, properties, body = get(ch, dead)
    assert body == b"refused" and properties.headers["x-death"][0]["reason"] == "maxlen"
    for queue in ("qf.reject", "qf.ttl", "qf.full", "qf.refuse"):
        ch.queue_delete(queue)
    ch.exchange_delete("qf.dlx")
    ch.exchange_delete("qf.in")
    c.close()


def retry_through_a_waiting_queue_counts_its_rounds():
    """work -> rejected -> wait (TTL) -> expired -> work: allowed, because a consumer rejects."""
    c = connect()
    ch = c.channel()
    ch.queue_declare("qf.work", arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "qf.wait"})
    ch.queue_declare("qf.wait", arguments={
        "x-message-ttl": 30, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "qf.work"})
    ch.basic_publish("", "qf.work", b"job")
    for n in range(4):
        method, properties, body = get(ch, "qf.work")
        deaths = (properties.headers or {}).get("x-death", [])
        assert [(d["queue"], d["reason"], d["count"]) for d in deaths] == (
            [("qf.wait", "expired", n), ("qf.work", "rejected", n)] if n else []), deaths
        ch.basic_nack(method.delivery_tag, requeue=False)
    get(ch, "qf.work")
    ch.queue_delete("qf.work")
    ch.queue_delete("qf.wait")
    c.close()


def a_cycle_that_nobody_rejects_in_ends():
    c = connect()
    ch = c.channel()
    for one, other in (("qf.a", "qf.b"), ("qf.b", "qf.a")):
        ch.queue_declare(one, arguments={
            "x-message-ttl": 50, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": other})
    ch.basic_publish("", "qf.a", b"round and round")
    quiet_since = None  # what goes round is in one of them whenever one looks

    def is_quiet():
        nonlocal quiet_since
        if count(ch, "qf.a") + count(ch, "qf.b") + count(ch, "qf.a") > 0:
            quiet_since = None
        elif quiet_since is None:
            quiet_since = time.monotonic()
        return quiet_since is not None and time.monotonic() - quiet_since > 0.8

    eventually(is_quiet, what="the end of the cycle")
    ch.queue_delete("qf.a")
    ch.queue_delete("qf.b")
    c.close()


def a_missing_dead_letter_exchange_loses_the_message_and_nothing_else():
    c = connect()
    ch = c.channel()
    queue = ch.queue_declare("", exclusive=True, arguments={"x-dead-letter-exchange": "qf.nowhere"}).method.queue
    for body in (b"a", b"b"):
        ch.basic_publish("", queue, body)
    ch.basic_reject(get(ch, queue)[0].delivery_tag, requeue=False)
    assert get(ch, queue)[2] == b"b"
    c.close()


def quorum_queues_are_taken_with_their_arguments_and_refusals():
    c = connect()
    ch = c.channel()
    quorum = {"x-queue-type": "quorum", "x-quorum-initial-group-size": 3, "x-no-such-argument": "ignored"}
    ch.queue_declare("qf.quorum", durable=True, arguments=quorum)
    ch.queue_declare("qf.quorum", durable=True, arguments=dict(quorum, **{"x-no-such-argument": "different"}))
    ch.basic_publish("", "qf.quorum", b"x", pika.BasicProperties(delivery_mode=2))
    for n in range(21):  # the default limit is 20 returns
        method, properties, _ = get(ch, "qf.quorum")
        assert (properties.headers or {}).get("x-delivery-count") == (n or None), (n, properties.headers)
        ch.basic_nack(method.delivery_tag, requeue=True)
    assert ch.basic_get("qf.quorum")[0] is None
    in_q = "queue 'qf.quorum' in vhost '/'"
    expect_refused(406, f"PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for {in_q}: received none but current "
                        "is the value 'quorum' of type 'longstr'",
                   queue="qf.quorum", durable=True, arguments={k: v for k, v in quorum.items() if k != "x-queue-type"})
    ch.queue_delete("qf.quorum")
    expect_refused(406, f"PRECONDITION_FAILED - invalid property 'non-durable' for {in_q}",
                   queue="qf.quorum", arguments=quorum)
    expect_refused(406, f"PRECONDITION_FAILED - invalid property 'exclusive-owner' for {in_q}",
                   queue="qf.quorum", durable=True, exclusive=True, arguments=quorum)
    expect_refused(406, "PRECONDITION_FAILED - Cannot declare a server-named queue for type rabbit_quorum_queue",
                   queue="", durable=True, arguments=quorum)
    for classic in {"x-max-priority": 5}, {"x-queue-version": 2}:
        expect_refused(406, f"PRECONDITION_FAILED - invalid arg '{min(classic)}' for {in_q} of queue type "
                            "rabbit_quorum_queue",
                       queue="qf.quorum", durable=True, arguments={**quorum, **classic})
    expect_refused(406, f"PRECONDITION_FAILED - invalid arg 'x-queue-version' for {in_q}: "
                        "\"unsupported queue version '3'\"",
                   queue="qf.quorum", arguments={"x-queue-version": 3})
    expect_refused(406, f"PRECONDITION_FAILED - invalid arg 'x-dead-letter-routing-key' for {in_q}: "
                        "routing_key_but_no_dlx_defined",
                   queue="qf.quorum", arguments={"x-dead-letter-routing-key": "k"})
    c.close()


def higher_priorities_come_first():
    c = connect()
    ch = c.channel()
    queue = ch.queue_declare("", exclusive=True, arguments={"x-max-priority": 10}).method.queue
    for n, priority in enumerate((None, 5, 1, 10, 200, 5, 0, 9)):
        ch.basic_publish("", queue, b"%d" % n, pika.BasicProperties(priority=priority))
    assert [body for _, _, body in drain(ch, queue, 8)] == [b"%d" % n for n in (3, 4, 7, 1, 5, 2, 0, 6)]

    # What comes back goes to its old place within its priority.
    for n, priority in enumerate((1, 2, 2)):
        ch.basic_publish("", queue, b"%d" % n, pika.BasicProperties(priority=priority))
    first, second = get(ch, queue), get(ch, queue)
    assert (first[2], second[2]) == (b"1", b"2")
    ch.basic_nack(second[0].delivery_tag, requeue=True)
    ch.basic_nack(first[0].delivery_tag, requeue=True)
    assert [body for _, _, body in drain(ch, queue, 3)] == [b"1", b"2", b"0"]
    c.close()


def one_consumer_at_a_time_is_active_and_the_next_takes_over():
    first, second = connect(), connect()
    ch = first.channel()
    ch.queue_declare("qf.sac", arguments={"x-single-active-consumer": True})
    got = {1: [], 2: [], 3: []}

    def consume(connection, number):
        channel = connection.channel()
        channel.basic_qos(prefetch_count=10)
        channel.basic_consume("qf.sac", lambda c, m, p, body: (got[number].append(body), c.basic_ack(m.delivery_tag)))
        return channel

    one = consume(first, 1)
    consume(second, 2)
    consume(second, 3)
    for n in range(10):
        ch.basic_publish("", "qf.sac", b"%d" % n)
    pump(first, lambda: len(got[1]) == 10)
    second.process_data_events(0.1)
    assert got[2] == [] and got[3] == []
    one.close()
    for n in range(10, 20):
        ch.basic_publish("", "qf.sac", b"%d" % n)
    pump(second, lambda: len(got[2]) == 10)
    assert got[1] == [b"%d" % n for n in range(10)] and got[3] == []
    assert got[2] == [b"%d" % n for n in range(10, 20)]
    second.close()
    ch.queue_delete("qf.sac")
    first.close()


def consumers_of_higher_priority_get_messages_first():
    c = connect()
    ch = c.channel()
    queue = ch.queue_declare("", exclusive=True).method.queue
    got = {"low": [], "high": []}
    ch.basic_qos(prefetch_count=3)
    for name, arguments in (("low", None), ("high", {"x-priority": 10})):
        ch.basic_consume(queue, lambda _, method, __, body, name=name: got[name].append(method.delivery_tag),
                         arguments=arguments)
    for n in range(5):
        ch.basic_publish("", queue, b"%d" % n)
    pump(c, lambda: len(got["low"]) + len(got["high"]) == 5)
    assert len(got["high"]) == 3 and len(got["low"]) == 2, got
    c.close()


def the_delays_of_celery_on_quorum_queues_work():
    """The topology kombu 5.5 declares: a topic exchange and a TTL queue for each binary digit of a delay."""
    c = connect()
    ch = c.channel()
    levels = 28
    name = "celery_delayed_%d"
    for level in range(levels):
        ch.exchange_declare(name % level, "topic", durable=True)
    ch.exchange_declare("celery_delayed_delivery", "topic", durable=True)
    key = "1.#"
    for level in range(levels - 1, -1, -1):
        ch.queue_declare(name % level, durable=True, arguments={
            "x-queue-type": "quorum", "x-overflow": "reject-publish", "x-dead-letter-strategy": "at-least-once",
            "x-message-ttl": 2 ** level * 1000,
            "x-dead-letter-exchange": name % (level - 1) if level else "celery_delayed_delivery"})
        ch.queue_bind(name % level, name % level, key)
        key = "*." + key
    key = "0.#"
    for level in range(levels - 1, -1, -1):
        ch.exchange_bind(name % (level - 1) if level else "celery_delayed_delivery", name % level, key)
        key = "*." + key
    ch.queue_declare("qf.tasks", durable=True, arguments={"x-queue-type": "quorum"})
    ch.queue_bind("qf.tasks", "celery_delayed_delivery", "#.qf.tasks")

    def publish(seconds, body):
        bits = ".".join(format(seconds, f"0{levels}b"))
        ch.basic_publish(name % (levels - 1), bits + ".qf.tasks", body, pika.BasicProperties(delivery_mode=2))

    start = time.monotonic()
    publish(3, b"in three seconds")
    publish(0, b"now")
    method, properties, body = get(ch, "qf.tasks")
    assert body == b"now" and not (properties.headers or {}).get("x-death"), properties.headers
    method, properties, body = get(ch, "qf.tasks")
    assert body == b"in three seconds" and time.monotonic() - start >= 3, time.monotonic() - start
    assert [d["queue"] for d in properties.headers["x-death"]] == ["celery_delayed_0", "celery_delayed_1"]
    for level in range(levels):
        ch.queue_delete(name % level)
        ch.exchange_delete(name % level)
    ch.exchange_delete("celery_delayed_delivery")
    ch.queue_delete("qf.tasks")
    c.close()


def dead_letters_keep_the_routing_keys_of_their_copies():
    c = connect()
    ch = c.channel()
    ch.exchange_declare("qf.in", "direct")
    ch.exchange_declare("qf.dlx", "direct")
    source = ch.queue_declare("", exclusive=True, arguments={"x-dead-letter-exchange": "qf.dlx"}).method.queue
    ch.queue_bind(source, "qf.in", "key")
    dead = {}
    for key in ("key", "copy", "blind"):
        dead[key] = ch.queue_declare("", exclusive=True).method.queue
        ch.queue_bind(dead[key], "qf.dlx", key)
    ch.basic_publish("qf.in", "key", b"x", pika.BasicProperties(headers={"CC": ["copy"], "BCC": ["blind"]}))
    ch.basic_reject(get(ch, source)[0].delivery_tag, requeue=False)
    for key, queue in dead.items():
        method, properties, body = get(ch, queue)
        assert body == b"x" and method.routing_key == "key", (key, method)
        assert properties.headers["CC"] == ["copy"] and "BCC" not in properties.headers, properties.headers
        assert properties.headers["x-death"][0]["routing-keys"] == ["key", "copy"], properties.headers
    ch.exchange_delete("qf.in")
    ch.exchange_delete("qf.dlx")
    c.close()


def what_comes_back_waits_longer_each_time():
    c = connect()
    ch = c.channel()
    dead = ch.queue_declare("", exclusive=True).method.queue
    queue = ch.queue_declare("", exclusive=True, arguments={
        "x-delayed-retry-type": "all", "x-delayed-retry-min": 200, "x-delayed-retry-multiplier": 2,
        "x-delivery-limit": 2, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": dead}).method.queue
    ch.basic_publish("", queue, b"job", pika.BasicProperties(headers={"mine": 1}))
    at = []
    for attempt in range(3):
        method, properties, body = get(ch, queue)
        at.append(time.monotonic())
        assert body == b"job" and method.redelivered == (attempt > 0)
        ch.basic_reject(method.delivery_tag, requeue=True)
    waits = [b - a for a, b in zip(at, at[1:])]
    assert waits[0] >= 0.19 and waits[1] >= 0.39, waits
    method, properties, body = get(ch, dead)
    history = properties.headers["x-retry-history"]
    assert [(h["queue"], h["attempt"], h["delay"]) for h in history] == [(queue, 2, 400), (queue, 1, 200)], history
    assert properties.headers["mine"] == 1 and properties.headers["x-death"][0]["reason"] == "delivery_limit"
    c.close()


def a_consumer_that_forgets_a_delivery_loses_its_channel():
    c = connect()
    ch = c.channel()
    queue = ch.queue_declare("", exclusive=True, arguments={"x-consumer-timeout": 1000}).method.queue
    ch.basic_publish("", queue, b"job")
    ch.basic_consume(queue, lambda *_: None)
    try:
        pump(c, lambda: not ch.is_open)
        ch.basic_qos(prefetch_count=1)  # tells why it is closed
        raise AssertionError("still open")
    except (errors.ChannelClosedByBroker, errors.ChannelWrongStateError) as e:
        if isinstance(e, errors.ChannelClosedByBroker):
            assert e.reply_code == 406, e
            assert e.reply_text.startswith(
                "PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out. "
                "Timeout value used: 1000 ms."), e
    method, _, body = get(c.channel(), queue)
    assert body == b"job" and method.redelivered
    c.close()


def a_message_id_that_came_before_is_confirmed_and_not_kept_again():
    c = connect()
    ch = c.channel()
    ch.confirm_delivery()
    queue = ch.queue_declare("", exclusive=True, arguments={
        "x-message-deduplication": True, "x-cache-size": 100, "x-cache-ttl": 60000}).method.queue
    for message_id in ("a", "b", "a", "a", "c"):
        ch.basic_publish("", queue, message_id.encode(), pika.BasicProperties(message_id=message_id), mandatory=True)
    assert [body for _, _, body in drain(ch, queue, 3)] == [b"a", b"b", b"c"]
    assert ch.basic_get(queue)[0] is None, "repeats were confirmed and not kept"
    # Who wants to hear of a repeat says so, and gets it back before its ack.
    try:
        ch.basic_publish("", queue, b"b", pika.BasicProperties(
            message_id="b", headers={"x-deduplication-return": True}))
    except pika.exceptions.UnroutableError as e:
        assert [(m.method.reply_code, m.method.reply_text, m.body) for m in e.messages] == [(200, "REPEATED", b"b")], e
    else:
        raise AssertionError("the publisher was not told")
    ch.basic_publish("", queue, b"d", pika.BasicProperties(
        message_id="d", headers={"x-deduplication-return": True}))
    assert drain(ch, queue, 1)[0][2] == b"d"
    ch.exchange_declare("qf.once", "direct", arguments={
        "x-message-deduplication": True, "x-deduplication-header": "order"})
    queues = [ch.queue_declare("", exclusive=True).method.queue for _ in range(2)]
    for each in queues:
        ch.queue_bind(each, "qf.once", "k")
    for order in (1, 2, 1, 2, 3):
        ch.basic_publish("qf.once", "k", b"%d" % order, pika.BasicProperties(headers={"order": order}))
    for each in queues:
        assert [body for _, _, body in drain(ch, each, 3)] == [b"1", b"2", b"3"]
        assert ch.basic_get(each)[0] is None
    ch.exchange_delete("qf.once")
    try:
        ch.queue_declare("", arguments={"x-message-deduplication": True, "x-cache-size": 0})
    except pika.exceptions.ChannelClosedByBroker as e:
        assert e.reply_code == 406 and "x-cache-size" in e.reply_text, e
    else:
        raise AssertionError("a window without a key is none")
    c.close()
