"""py-amqp itself, the library under kombu and Celery. Each function is one test."""
import socket
import time
from datetime import datetime
from decimal import Decimal

import amqp
from amqp import exceptions as errors

from serai_it import AMQP, PATIENCE


def connect(**options):
    connection = amqp.Connection(f"127.0.0.1:{AMQP}", **options)
    connection.connect()
    return connection


def expect(kind, code, text, action):
    try:
        action()
    except kind as e:
        assert e.reply_code == code and e.reply_text == text, e
        return
    raise AssertionError(f"expected {code} {text}")


def drain(connection, condition, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not met within {seconds} s"
        try:
            connection.drain_events(timeout=0.2)
        except socket.timeout:
            pass


def messages_and_their_properties():
    with connect() as connection, connection.channel() as channel:
        queue, _, _ = channel.queue_declare(exclusive=True)
        headers = {"text": "ü", "int": 5, "big": 2 ** 40, "yes": True, "none": None,
                   "list": [1, "a", {"b": 2}], "float": 1.5, "decimal": Decimal("3.14"),
                   "time": datetime(2026, 1, 2, 3, 4, 5)}
        properties = dict(content_type="text/plain", content_encoding="utf-8", delivery_mode=2,
                          priority=4, correlation_id="c", reply_to="r", expiration="60000",
                          message_id="m", timestamp=1778051289, type="t",
                          user_id="guest", app_id="a", cluster_id="x")
        for body in ("", "short", "long" * 100_000):
            channel.basic_publish(amqp.Message(body, application_headers=headers, **properties),
                                  routing_key=queue)
            message = channel.basic_get(queue)
            assert message.body == body and message.headers == headers, message.headers
            assert {key: message.properties[key] for key in properties} == properties
            assert message.delivery_info["message_count"] == 0
            channel.basic_ack(message.delivery_tag)
        assert channel.basic_get(queue) is None


def consuming_and_settling():
    connection = connect()
    channel = connection.channel()
    queue, _, _ = channel.queue_declare("py-amqp-work", durable=False, auto_delete=False)
    channel.queue_purge(queue)
    got = []
    channel.basic_qos(0, 2, True)
    tag = channel.basic_consume(queue, callback=got.append)
    for i in range(6):
        channel.basic_publish(amqp.Message(str(i)), routing_key=queue)
    drain(connection, lambda: len(got) == 2)
    try:
        connection.drain_events(timeout=0.3)
        raise AssertionError("more than the limit was delivered")
    except socket.timeout:
        pass
    channel.basic_qos(0, 3, True)  # holds at once
    drain(connection, lambda: len(got) == 3)
    channel.basic_ack(got[1].delivery_tag, multiple=True)
    drain(connection, lambda: len(got) == 5)
    channel.basic_reject(got[2].delivery_tag, requeue=False)
    drain(connection, lambda: len(got) == 6)
    channel.basic_cancel(tag)
    channel.basic_recover(requeue=True)
    left = [channel.basic_get(queue, no_ack=True) for _ in range(4)]
    assert [m and m.body for m in left] == ["3", "4", "5", None]
    assert all(m.delivery_info["redelivered"] for m in left[:3])

    cancelled = []
    channel.basic_consume(queue, callback=got.append, on_cancel=cancelled.append, consumer_tag="mine")
    other = connect()
    other.channel().queue_delete(queue)
    try:
        drain(connection, lambda: cancelled)
    except errors.ConsumerCancelled:
        cancelled.append("mine")
    assert cancelled == ["mine"], cancelled
    other.close()
    connection.close()


def exchanges_confirms_and_transactions():
    with connect(confirm_publish=True) as connection, connection.channel() as channel:
        channel.exchange_declare("py-amqp-from", "topic", auto_delete=False)
        channel.exchange_declare("py-amqp-to", "fanout", auto_delete=False)
        channel.exchange_bind("py-amqp-to", "py-amqp-from", "a.#")
        queue, _, _ = channel.queue_declare(exclusive=True)
        channel.queue_bind(queue, "py-amqp-to")
        channel.basic_publish(amqp.Message("1"), "py-amqp-from", "a.b")  # waits for the confirm
        assert channel.basic_get(queue, no_ack=True).body == "1"
        channel.exchange_unbind("py-amqp-to", "py-amqp-from", "a.#")
        returned = []
        channel.events["basic_return"].add(lambda *what: returned.append(what))
        channel.basic_publish(amqp.Message("2"), "py-amqp-from", "a.b", mandatory=True)
        assert returned and returned[0][1:3] == ("py-amqp-from", "a.b"), returned
        assert returned[0][0].reply_code == 312, returned
        channel.queue_unbind(queue, "py-amqp-to")
        channel.exchange_delete("py-amqp-to")
        channel.exchange_delete("py-amqp-from")

    with connect() as connection, connection.channel() as channel:
        queue, _, _ = channel.queue_declare(exclusive=True)
        channel.tx_select()
        channel.basic_publish(amqp.Message("lost"), routing_key=queue)
        channel.tx_rollback()
        channel.basic_publish(amqp.Message("kept"), routing_key=queue)
        channel.tx_commit()
        assert channel.basic_get(queue, no_ack=True).body == "kept"
        assert channel.basic_get(queue) is None


def errors_become_exceptions():
    with connect() as connection:
        expect(errors.NotFound, 404, "NOT_FOUND - no queue 'py-amqp-none' in vhost '/'",
               lambda: connection.channel().queue_declare("py-amqp-none", passive=True))
        expect(errors.AccessRefused, 403,
               "ACCESS_REFUSED - queue name 'amq.own' contains reserved prefix 'amq.*'",
               lambda: connection.channel().queue_declare("amq.own"))
        channel = connection.channel()
        queue, _, _ = channel.queue_declare("py-amqp-exclusive", exclusive=True)
        expect(errors.PreconditionFailed, 406,
               f"PRECONDITION_FAILED - inequivalent arg 'x-max-length' for queue '{queue}' in vhost"
               " '/': received the value '5' of type 'signedint' but current is none",
               lambda: connection.channel().queue_declare(queue, exclusive=True,
                                                          arguments={"x-max-length": 5}))
        with connect() as other:
            try:
                other.channel().basic_get(queue)
                raise AssertionError("the queue is exclusive")
            except errors.ResourceLocked as e:
                assert e.reply_code == 405 and "exclusive access" in e.reply_text, e
        assert channel.queue_declare(queue, passive=True)[1] == 0  # that channel lives on
    expect(errors.AccessRefused, 403, "ACCESS_REFUSED - Login was refused using authentication"
           " mechanism PLAIN. For details see the broker logfile.",
           lambda: connect(password="wrong", login_method="PLAIN"))
    expect(errors.NotAllowed, 530, "NOT_ALLOWED - vhost nowhere not found",
           lambda: connect(virtual_host="nowhere"))


def logging_in():
    for mechanism in ("PLAIN", "AMQPLAIN"):
        connection = connect(login_method=mechanism, heartbeat=7)
        assert connection.heartbeat == 7 and connection.frame_max == 131072
        capabilities = connection.server_properties["capabilities"]
        assert capabilities["consumer_cancel_notify"] and capabilities["basic.nack"]
        channel = connection.channel()
        queue, _, _ = channel.queue_declare(exclusive=True)
        channel.basic_publish(amqp.Message("x" * 500_000), routing_key=queue)
        assert len(channel.basic_get(queue, no_ack=True).body) == 500_000
        connection.close()
