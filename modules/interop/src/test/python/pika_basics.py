"""AMQP 0-9-1 as pika speaks it. Each function is one test."""
import pika
import pika.exceptions as errors

from serai_it import connect, drain, pump, undisturbed


def expect_closed(code, text, action, connection=None):
    """action(channel) must close its channel with this code and text."""
    own = connection or connect()
    channel = own.channel()
    try:
        action(channel)
    except errors.ChannelClosedByBroker as e:
        assert e.reply_code == code, e
        assert text in e.reply_text, e
        if connection is None:
            own.close()
        return
    raise AssertionError(f"expected {code} {text}")


def publish_and_get():
    c = connect()
    ch = c.channel()
    queue = ch.queue_declare("", exclusive=True).method.queue
    assert queue.startswith("amq.gen-"), queue
    ch.basic_publish("", queue, b"hello")
    [(method, properties, body)] = drain(ch, queue, 1)
    assert body == b"hello" and method.routing_key == queue and method.exchange == "" and not method.redelivered
    assert ch.basic_get(queue)[0] is None
    c.close()


def all_properties_come_back():
    c = connect()
    ch = c.channel()
    queue = ch.queue_declare("", exclusive=True).method.queue
    import datetime
    import decimal

    headers = {
        "text": "käse", "int": 1, "big": 2**40, "negative": -5, "yes": True, "none": None,
        "list": [1, "two", [3]], "table": {"a": {"b": "c"}}, "when": datetime.datetime(2026, 11, 21, 8, 0, 0),
        "decimal": decimal.Decimal("3.14"), "bytes": b"\x00\xff" * 3,
    }
    sent = pika.BasicProperties(
        content_type="application/json", content_encoding="gzip", headers=headers, delivery_mode=2, priority=7,
        correlation_id="c-1", reply_to="answers", expiration="60000", message_id="m-1", timestamp=1_700_000_000,
        type="order", user_id="guest", app_id="test", cluster_id="x")
    ch.basic_publish("", queue, b"body", sent)
    [(_, got, body)] = drain(ch, queue, 1)
    for name in ("content_type", "content_encoding", "delivery_mode", "priority", "correlation_id", "reply_to",
                 "expiration", "message_id", "timestamp", "type", "user_id", "app_id", "cluster_id"):
        assert getattr(got, name) == getattr(sent, name), (name, getattr(got, name))
    for name in headers:
        want = headers[name]
        have = got.headers[name]
        if isinstance(want, bytes) and isinstance(have, str):
            have = have.encode("latin-1", "surrogateescape")
        assert have == want or name == "bytes", (name, have)
    assert body == b"body"
    c.close()


def confirms_and_mandatory():
    c = connect()
    ch = c.channel()
    ch.confirm_delivery()
    queue = ch.queue_declare("", exclusive=True).method.queue
    for n in range(50):
        ch.basic_publish("", queue, b"%d" % n, mandatory=True)
    try:
        ch.basic_publish("", "no-such-queue", b"x", mandatory=True)
        raise AssertionError("a mandatory message to nowhere must come back")
    except errors.UnroutableError as e:
        assert e.messages[0].method.reply_code == 312 and e.messages[0].method.reply_text == "NO_ROUTE"
    ch.basic_publish("", "no-such-queue", b"x")  # not mandatory: acknowledged and gone
    assert [m[2] for m in drain(ch, queue, 50)] == [b"%d" % n for n in range(50)]
    c.close()


def ack_nack_reject_and_requeue_order():
    c = connect()
    ch = c.channel()
    queue = ch.queue_declare("", exclusive=True).method.queue
    for n in range(5):
        ch.basic_publish("", queue, b"%d" % n)
    got = []
    while len(got) < 5:
        m, _, body = ch.basic_get(queue)
        if m:
            got.append((m.delivery_tag, body))
    tags = [t for t, _ in got]
    ch.basic_nack(tags[1], requeue=True)
    ch.basic_reject(tags[0], requeue=True)
    ch.basic_nack(tags[2], requeue=False)
    ch.basic_ack(tags[4], multiple=True)  # 3 and 4
    again = []
    while len(again) < 2:
        m, _, body = ch.basic_get(queue)
        if m:
            assert m.redelivered
            again.append(body)
            ch.basic_ack(m.delivery_tag)
    assert again == [b"0", b"1"], again
    assert ch.queue_declare(queue, passive=True).method.message_count == 0
    c.close()


def unacked_messages_return_when_the_connection_goes():
    c = connect()
    ch = c.channel()
    ch.queue_declare("it.return", auto_delete=False)
    ch.queue_purge("it.return")
    for n in range(10):
        ch.basic_publish("", "it.return", b"%d" % n)
    other = connect()
    och = other.channel()
    seen = []
    och.basic_qos(prefetch_count=4)
    och.basic_consume("it.return", lambda _c, m, p, b: seen.append(b))
    pump(other, lambda: len(seen) == 4, what="prefetch of 4")
    other.process_data_events(time_limit=0.1)  # a fifth would show here
    assert len(seen) == 4, seen
    other.close()
    pump(c, lambda: ch.queue_declare("it.return", passive=True).method.message_count == 10, what="ten messages")
    got = drain(ch, "it.return", 10)
    assert [b for _, _, b in got] == [b"%d" % n for n in range(10)]
    assert [m.redelivered for m, _, _ in got] == [True] * 4 + [False] * 6
    ch.queue_delete("it.return")
    c.close()


def prefetch_one_consumer_cancel_and_threadsafe_ack():
    import threading

    c = connect()
    ch = c.channel()
    ch.queue_declare("it.worker", durable=True)
    ch.queue_purge("it.worker")
    ch.confirm_delivery()
    for n in range(20):
        ch.basic_publish("", "it.worker", b"%d" % n, pika.BasicProperties(delivery_mode=2))
    ch.basic_qos(prefetch_count=1)
    done, outstanding = [], []

    def on_message(channel, method, properties, body):
        outstanding.append(body)
        assert len(outstanding) == 1, "prefetch 1 exceeded"

        def finish():
            outstanding.clear()
            done.append(body)
            channel.basic_ack(method.delivery_tag)

        threading.Timer(0.001, lambda: c.add_callback_threadsafe(finish)).start()

    tag = ch.basic_consume("it.worker", on_message)
    assert tag.startswith("ctag") or tag.startswith("amq.ctag"), tag
    pump(c, lambda: len(done) == 20, what="20 acknowledged deliveries")
    assert done == [b"%d" % n for n in range(20)]
    ch.basic_cancel(tag)
    ch.basic_publish("", "it.worker", b"left")
    assert [b for _, _, b in drain(ch, "it.worker", 1)] == [b"left"]
    ch.queue_delete("it.worker")
    c.close()


def prefetch_one_over_eight_queues():
    """A channel-wide limit of 1 over consumers of queues that live on different loops."""
    c = connect()
    ch = c.channel()
    ch.basic_qos(prefetch_count=1, global_qos=True)
    names = [f"it.shared.{i}" for i in range(8)]
    outstanding, done = [], []

    def on_message(channel, method, properties, body):
        outstanding.append(method.delivery_tag)
        assert len(outstanding) == 1, f"{len(outstanding)} unacknowledged at once"
        done.append(body)

    for name in names:
        ch.queue_declare(name)
        ch.queue_purge(name)
        for n in range(25):
            ch.basic_publish("", name, f"{name}:{n}".encode())
        ch.basic_consume(name, on_message)

    def ack_one():
        c.process_data_events(time_limit=0.002)
        c.process_data_events(time_limit=0)  # a second message would show here
        if outstanding:
            ch.basic_ack(outstanding.pop())
        return len(done) == 200 and not outstanding

    pump(c, ack_one, seconds=60, what="200 messages one at a time")
    for name in names:
        mine = [b for b in done if b.startswith(name.encode() + b":")]
        assert mine == [f"{name}:{n}".encode() for n in range(25)], mine
        ch.queue_delete(name)
    c.close()


def exchange_types():
    c = connect()
    ch = c.channel()
    q = {n: ch.queue_declare("", exclusive=True).method.queue for n in ("a", "b")}
    ch.exchange_declare("it.topic", "topic", auto_delete=True)
    ch.queue_bind(q["a"], "it.topic", "plant.*.temp")
    ch.queue_bind(q["b"], "it.topic", "plant.#")
    ch.basic_publish("it.topic", "plant.1.temp", b"both")
    ch.basic_publish("it.topic", "plant.1.2.temp", b"b only")
    assert [m[2] for m in drain(ch, q["a"], 1)] == [b"both"]
    assert [m[2] for m in drain(ch, q["b"], 2)] == [b"both", b"b only"]
    ch.exchange_declare("it.fan", "fanout")
    ch.exchange_bind("it.fan", "it.topic", "up.#")
    ch.queue_bind(q["a"], "it.fan")
    ch.basic_publish("it.topic", "up.1", b"through")
    assert [m[2] for m in drain(ch, q["a"], 1)] == [b"through"]
    ch.exchange_declare("it.headers", "headers")
    ch.queue_bind(q["b"], "it.headers", "", {"x-match": "all", "k": "v", "n": 1})
    ch.basic_publish("it.headers", "", b"no", pika.BasicProperties(headers={"k": "v"}))
    ch.basic_publish("it.headers", "", b"yes", pika.BasicProperties(headers={"k": "v", "n": 1, "more": 2}))
    assert [m[2] for m in drain(ch, q["b"], 1)] == [b"yes"]
    ch.exchange_declare("it.ae", "fanout")
    ch.queue_bind(q["a"], "it.ae")
    ch.exchange_declare("it.main", "direct", arguments={"alternate-exchange": "it.ae"})
    ch.queue_bind(q["b"], "it.main", "known")
    ch.basic_publish("it.main", "known", b"known")
    ch.basic_publish("it.main", "unknown", b"unknown")
    assert [m[2] for m in drain(ch, q["b"], 1)] == [b"known"]
    assert [m[2] for m in drain(ch, q["a"], 1)] == [b"unknown"]
    for name in ("it.fan", "it.headers", "it.main", "it.ae"):
        ch.exchange_delete(name)
    c.close()


def errors_are_rabbitmqs():
    expect_closed(404, "NOT_FOUND - no queue 'it.none' in vhost '/'", lambda ch: ch.queue_declare("it.none", passive=True))
    expect_closed(404, "NOT_FOUND - no exchange 'it.none' in vhost '/'", lambda ch: ch.exchange_declare("it.none", passive=True))
    expect_closed(404, "NOT_FOUND - no queue 'it.none' in vhost '/'", lambda ch: ch.basic_consume("it.none", lambda *a: None))
    expect_closed(403, "ACCESS_REFUSED", lambda ch: ch.queue_declare("amq.mine"))
    expect_closed(403, "ACCESS_REFUSED", lambda ch: ch.exchange_declare("amq.mine"))
    c = connect()
    ch = c.channel()
    ch.queue_declare("it.args", durable=True)
    expect_closed(406, "PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'it.args' in vhost '/'",
                  lambda x: x.queue_declare("it.args", durable=False), c)
    mine = ch.queue_declare("it.mine", exclusive=True).method.queue
    expect_closed(405, "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'it.mine' in vhost '/'",
                  lambda x: x.queue_declare(mine, passive=True))

    def publish_nowhere(x):
        x.basic_publish("it.nowhere", "k", b"x")
        x.queue_declare("it.args", passive=True)  # pika raises what came meanwhile

    def ack_twice(x):
        x.basic_publish("", "it.args", b"1")
        m = None
        while m is None:
            m, _, _ = x.basic_get("it.args")
        x.basic_ack(m.delivery_tag)
        x.basic_ack(m.delivery_tag)
        x.queue_declare("it.args", passive=True)

    expect_closed(404, "NOT_FOUND - no exchange 'it.nowhere' in vhost '/'", publish_nowhere, c)
    expect_closed(406, "PRECONDITION_FAILED - unknown delivery tag", ack_twice, c)
    ch = c.channel()
    ch.queue_delete("it.args")
    c.close()


def wrong_password_and_vhost():
    try:
        connect(credentials=pika.PlainCredentials("guest", "wrong"))
        raise AssertionError("let in with a wrong password")
    except errors.ProbableAuthenticationError as e:
        assert "ACCESS_REFUSED" in str(e), e
    try:
        connect(virtual_host="nowhere")
        raise AssertionError("let into a vhost that does not exist")
    except errors.ProbableAccessDeniedError:
        pass
    except errors.ConnectionClosedByBroker as e:
        assert e.reply_code == 530 and "NOT_ALLOWED" in e.reply_text, e


def large_bodies_and_small_frames():
    c = connect(frame_max=4096)
    ch = c.channel()
    queue = ch.queue_declare("", exclusive=True).method.queue
    for size in (0, 1, 4088, 4089, 300_000, 3_000_000):
        body = bytes(i % 251 for i in range(size))
        ch.basic_publish("", queue, body)
        [(_, _, got)] = drain(ch, queue, 1)
        assert got == body, (size, len(got))
    c.close()


def heartbeats_keep_an_idle_connection():
    import time

    for _ in range(10):
        c, lost = connect(heartbeat=2), []

        def idle():
            try:
                c.process_data_events(time_limit=0.5)
            except errors.AMQPError as e:
                lost.append(e)
                time.sleep(0.5)

        if undisturbed(6, idle, late=1.5):
            assert not lost, lost
            assert c.channel().queue_declare("", exclusive=True).method.queue
            c.close()
            return
    raise AssertionError("the machine let nobody send heart-beats in time")


def message_ttl_and_length_limits():
    c = connect()
    ch = c.channel()
    ch.confirm_delivery()
    queue = ch.queue_declare("", exclusive=True, arguments={"x-max-length": 3}).method.queue
    for n in range(5):
        ch.basic_publish("", queue, b"%d" % n)
    assert [b for _, _, b in drain(ch, queue, 3)] == [b"2", b"3", b"4"]
    full = ch.queue_declare("", exclusive=True, arguments={"x-max-length": 1, "x-overflow": "reject-publish"}).method.queue
    ch.basic_publish("", full, b"first")
    try:
        ch.basic_publish("", full, b"second")
        raise AssertionError("a full queue must refuse")
    except errors.NackError:
        pass
    short = ch.queue_declare("", exclusive=True, arguments={"x-message-ttl": 50}).method.queue
    ch.basic_publish("", short, b"gone")
    pump(c, lambda: ch.queue_declare(short, passive=True).method.message_count == 0, what="expiry")
    c.close()


def cc_and_bcc():
    c = connect()
    ch = c.channel()
    names = [ch.queue_declare("", exclusive=True).method.queue for _ in range(4)]
    ch.confirm_delivery()
    headers = {"CC": [names[1], names[1]], "BCC": [names[2], names[0]], "n": 7}
    ch.basic_publish("", names[0], b"x", pika.BasicProperties(headers=headers, app_id="test"), mandatory=True)
    for name in names[:3]:
        [(method, properties, body)] = drain(ch, name, 1)
        assert method.routing_key == names[0] and body == b"x", method
        assert properties.headers == {"CC": [names[1], names[1]], "n": 7}, properties.headers
        assert properties.app_id == "test"
    for name in names:
        assert ch.basic_get(name)[0] is None, "each queue gets one copy"
    ch.exchange_declare("it.copies", "direct", auto_delete=True)
    ch.queue_bind(names[3], "it.copies", "blind")
    ch.basic_publish("it.copies", "nobody", b"y", pika.BasicProperties(headers={"BCC": ["blind"]}), mandatory=True)
    [(method, properties, _)] = drain(ch, names[3], 1)
    assert method.routing_key == "nobody" and properties.headers == {}, properties.headers

    def wrong_type(x):
        x.basic_publish("", names[0], b"x", pika.BasicProperties(headers={"CC": "no list"}))
        x.queue_declare(names[0], passive=True)

    expect_closed(406, 'PRECONDITION_FAILED - invalid message: {unacceptable_type_in_header,"CC",longstr}', wrong_type, c)
    c.close()


def direct_reply_to():
    reply_to = "amq.rabbitmq.reply-to"
    client, server = connect(), connect()
    asking, serving = client.channel(), server.channel()
    requests = serving.queue_declare("", exclusive=True).method.queue
    addresses, replies = [], []

    def serve(channel, method, properties, body):
        addresses.append(properties.reply_to)
        found = channel.queue_declare(properties.reply_to, passive=True).method
        assert found.message_count == 0 and found.consumer_count == 1
        for n in range(3):
            channel.basic_publish("", properties.reply_to, body + b" %d" % n,
                                  pika.BasicProperties(correlation_id=properties.correlation_id))

    serving.basic_consume(requests, serve, auto_ack=True)
    declared = asking.queue_declare(reply_to, passive=True).method
    assert (declared.message_count, declared.consumer_count) == (0, 1)
    tag = asking.basic_consume(reply_to, lambda _c, m, p, b: replies.append((m.routing_key, p.correlation_id, b)),
                               auto_ack=True)
    for n in range(2):
        asking.basic_publish("", requests, b"q%d" % n,
                             pika.BasicProperties(reply_to=reply_to, correlation_id=f"c{n}", content_type="text/plain"))
    pump(server, lambda: len(addresses) == 2, what="two requests")
    pump(client, lambda: len(replies) == 6, what="six replies")
    assert addresses[0] == addresses[1] and addresses[0].startswith(reply_to + "."), addresses
    assert replies == [(addresses[0], f"c{n}", b"q%d %d" % (n, i)) for n in range(2) for i in range(3)], replies

    asking.basic_cancel(tag)

    def gone():
        try:
            other = server.channel()
            other.queue_declare(addresses[0], passive=True)
            other.close()
            return False
        except errors.ChannelClosedByBroker as e:
            assert e.reply_code == 404, e
            return True

    pump(client, gone, what="the address is gone with its consumer")

    def without_consumer(x):
        x.basic_publish("", requests, b"x", pika.BasicProperties(reply_to=reply_to))
        x.queue_declare(requests, passive=True)

    expect_closed(406, "PRECONDITION_FAILED - fast reply consumer does not exist", without_consumer)
    expect_closed(406, "PRECONDITION_FAILED - reply consumer cannot acknowledge",
                  lambda x: x.basic_consume(reply_to, lambda *a: None))

    def two_consumers(x):
        x.basic_consume(reply_to, lambda *a: None, auto_ack=True)
        x.basic_consume(reply_to, lambda *a: None, auto_ack=True)

    expect_closed(406, "PRECONDITION_FAILED - reply consumer already set", two_consumers)
    client.close()
    server.close()


def transactions():
    c = connect()
    ch, other = c.channel(), c.channel()
    names = [ch.queue_declare(f"it.tx.{i}").method.queue for i in range(4)]
    for name in names:
        ch.queue_purge(name)

    def counts():
        return [other.queue_declare(name, passive=True).method.message_count for name in names]

    ch.tx_select()
    for name in names:
        ch.basic_publish("", name, b"lost")
    assert counts() == [0] * 4
    ch.tx_rollback()
    assert counts() == [0] * 4
    for n in range(10):
        for name in names:
            ch.basic_publish("", name, b"%d" % n)
    assert counts() == [0] * 4
    ch.tx_commit()
    assert counts() == [10] * 4, "commit-ok says that every queue has its messages"

    got = [ch.basic_get(names[0])[0].delivery_tag for _ in range(3)]
    ch.basic_ack(got[-1], multiple=True)
    ch.tx_rollback()
    ch.basic_ack(got[0])
    ch.basic_nack(got[1], requeue=False)
    ch.basic_reject(got[2], requeue=True)
    assert counts()[0] == 7
    ch.tx_commit()
    assert counts()[0] == 8, "one acknowledged, one dropped, one back"
    [(method, _, body)] = drain(other, names[0], 1)
    assert method.redelivered and body == b"2"

    full = other.queue_declare("", exclusive=True, arguments={"x-max-length": 1, "x-overflow": "reject-publish"}).method.queue
    ch.basic_publish("", full, b"1")
    ch.basic_publish("", full, b"2")
    try:
        ch.tx_commit()
        raise AssertionError("a full queue must fail the commit")
    except errors.ChannelClosedByBroker as e:
        assert e.reply_code == 406 and "nothing was published or acknowledged" in e.reply_text, e

    expect_closed(406, "PRECONDITION_FAILED - channel is not transactional", lambda x: x.tx_commit())

    def both_modes(x):
        x.confirm_delivery()
        x.tx_select()

    expect_closed(406, "PRECONDITION_FAILED - cannot switch from confirm to tx mode", both_modes)
    for name in names:
        other.queue_delete(name)
    c.close()


def properties_larger_than_frame_max():
    """A header frame cannot be split: it is sent whole, as by RabbitMQ."""
    large, small = connect(), connect(frame_max=4096)
    publishing, consuming = large.channel(), small.channel()
    queue = publishing.queue_declare("it.large-header", auto_delete=True).method.queue
    got = []
    consuming.basic_consume(queue, lambda _c, m, p, b: got.append((p.headers, b)), auto_ack=True)
    headers = {f"name-{n}": "x" * 1000 for n in range(40)}
    for n in range(3):
        publishing.basic_publish("", queue, b"body" * 5000, pika.BasicProperties(headers=headers))
    pump(small, lambda: len(got) == 3, what="three messages with 40 kB of headers")
    assert got == [(headers, b"body" * 5000)] * 3
    large.close()
    small.close()


def route_explain():
    import json

    c = connect()
    ch = c.channel()
    ch.confirm_delivery()
    ch.exchange_declare("explain.in", "topic", arguments={"alternate-exchange": "explain.rest"})
    ch.exchange_declare("explain.rest", "fanout")
    queues = [ch.queue_declare("", exclusive=True).method.queue for _ in range(3)]
    ch.queue_bind(queues[0], "explain.in", "a.#")
    ch.queue_bind(queues[1], "explain.in", "*.b")
    ch.queue_bind(queues[2], "explain.rest", "")
    answers = []
    ch.basic_consume("amq.rabbitmq.reply-to", lambda _c, m, p, b: answers.append((p, json.loads(b))), auto_ack=True)

    def ask(exchange, key, **headers):
        headers["x-route-explain"] = True
        ch.basic_publish(exchange, key, b"dry run", mandatory=True, properties=pika.BasicProperties(
            reply_to="amq.rabbitmq.reply-to", correlation_id=key, headers=headers))
        pump(c, lambda: answers, what="an explanation")
        properties, answer = answers.pop()
        assert properties.correlation_id == key and properties.content_type == "application/json", properties
        return answer

    answer = ask("explain.in", "a.b")
    assert sorted(answer["queues"]) == sorted(queues[:2]) and answer["routed"], answer
    assert [step["routing_key"] for step in answer["steps"] if step["step"] == "binding"] == ["a.#", "*.b"], answer
    answer = ask("explain.in", "x.y")
    assert answer["queues"] == [queues[2]] and answer["exchanges"] == ["explain.in", "explain.rest"], answer
    assert {"step": "alternate_exchange", "name": "explain.in", "alternate": "explain.rest"} in answer["steps"], answer
    answer = ask("explain.in", "nobody", CC=["a.c"])
    assert answer["queues"] == [queues[0]], answer
    answer = ask("", "no.such.queue")
    assert not answer["routed"] and answer["steps"] == [
        {"step": "queue_name", "name": "no.such.queue", "exists": False}], answer
    for queue in queues:
        assert ch.queue_declare(queue, passive=True).method.message_count == 0, "nothing was delivered"
    expect_closed(404, "no exchange 'nowhere'", lambda channel: (
        channel.confirm_delivery(),
        channel.basic_publish("nowhere", "k", b"", pika.BasicProperties(
            reply_to=queues[0], headers={"x-route-explain": True}))))
    c.close()
