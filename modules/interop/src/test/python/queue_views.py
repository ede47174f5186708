"""Consumers that do not simply take everything: selectors and browsers. Each function is one test."""
import pika
import pika.exceptions as errors

from serai_it import connect, count, pump


def publish(channel, queue, body, **headers):
    channel.basic_publish("", queue, body.encode(), pika.BasicProperties(headers=headers))


def browse(channel, queue, **arguments):
    """All messages of a queue, up to the server's basic.cancel."""
    return [(method, properties, body.decode()) for method, properties, body in channel.consume(
        queue, auto_ack=True, arguments={"x-browse": True, **arguments})]


def a_selector_takes_its_messages_and_leaves_the_rest():
    c = connect()
    ch = c.channel()
    queue = ch.queue_declare("", exclusive=True).method.queue
    red, rest = [], []
    ch.basic_qos(prefetch_count=2)

    def on_red(channel, method, properties, body):
        red.append((body.decode(), method.redelivered))
        if len(red) == 2:
            channel.basic_nack(method.delivery_tag, requeue=True)
        else:
            channel.basic_ack(method.delivery_tag)

    ch.basic_consume(queue, on_red, arguments={"x-selector": "color = 'red' AND size > 3"})
    for n in range(1000):
        publish(ch, queue, f"blue {n}", color="blue", size=n)
    for n in range(1, 8):
        publish(ch, queue, f"red {n}", color="red", size=n)
    pump(c, lambda: len(red) == 5)
    assert red == [("red 4", False), ("red 5", False), ("red 5", True), ("red 6", False), ("red 7", False)] or \
        red == [("red 4", False), ("red 5", False), ("red 6", False), ("red 5", True), ("red 7", False)], red
    assert count(ch, queue) == 1003, count(ch, queue)
    ch.basic_consume(queue, lambda _c, _m, _p, body: rest.append(body.decode()), auto_ack=True)
    pump(c, lambda: len(rest) == 1003)
    assert rest == [f"blue {n}" for n in range(1000)] + [f"red {n}" for n in range(1, 4)], rest[-5:]
    c.close()


def a_selector_that_is_none_is_refused():
    c = connect()
    ch = c.channel()
    queue = ch.queue_declare("", exclusive=True).method.queue
    try:
        ch.basic_consume(queue, lambda *_: None, arguments={"x-selector": "color = 'red' AND"})
        raise AssertionError("taken")
    except errors.ChannelClosedByBroker as e:
        assert e.reply_code == 406, e
        assert e.reply_text == (
            f"PRECONDITION_FAILED - invalid arg 'x-selector' for queue '{queue}' in vhost '/': "
            "selector: expected a name or a value at character 18, found the end"), e
    c.close()


def a_browser_reads_and_leaves_everything():
    c = connect()
    ch = c.channel()
    queue = ch.queue_declare("", exclusive=True, arguments={"x-delivery-limit": 1}).method.queue
    for n in range(500):
        publish(ch, queue, f"m{n}", even=n % 2 == 0)
    for _ in range(3):
        shown = browse(ch, queue)
        assert [body for _, _, body in shown] == [f"m{n}" for n in range(500)], len(shown)
        assert not any(method.redelivered for method, _, _ in shown)
    assert [body for _, _, body in browse(ch, queue, **{"x-selector": "even"})] == [
        f"m{n}" for n in range(0, 500, 2)]
    assert count(ch, queue) == 500
    method, properties, body = ch.basic_get(queue)
    assert body == b"m0" and not method.redelivered and "x-delivery-count" not in properties.headers
    assert browse(ch, ch.queue_declare("", exclusive=True).method.queue) == []
    c.close()


def a_browser_that_follows_sees_what_comes_within_its_prefetch():
    c = connect()
    ch = c.channel()
    queue = ch.queue_declare("", exclusive=True).method.queue
    for n in range(10):
        publish(ch, queue, f"m{n}")
    seen = []
    ch.basic_qos(prefetch_count=4)
    ch.basic_consume(queue, lambda _c, method, _p, body: seen.append((method.delivery_tag, body.decode())),
                     arguments={"x-browse": "follow"})
    pump(c, lambda: len(seen) == 4)
    ch.basic_reject(seen[0][0], requeue=False)  # says no more than "seen"
    ch.basic_ack(seen[3][0], multiple=True)
    pump(c, lambda: len(seen) == 8)
    ch.basic_ack(0, multiple=True)
    pump(c, lambda: len(seen) == 10)
    publish(ch, queue, "late")
    pump(c, lambda: len(seen) == 11)
    assert [body for _, body in seen] == [f"m{n}" for n in range(10)] + ["late"], seen
    assert count(ch, queue) == 11
    c.close()
